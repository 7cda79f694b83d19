//! The zoo's picture networks give what Keras' and PyTorch's of the same name give.

mod common;

use std::path::PathBuf;

use kihap_convert::{Tensor, Values, efficientnet_lite0};
use kihap_vision::graph_runner::OnnxGraph;
use kihap_zoo::networks::{Settings, find};
use kihap_zoo::onnx::{Options, write};
use kihap_zoo::weights::{Array, Weights};
use kihap_zoo::{Graph, Op};
use serde::Deserialize;

use common::have_runtime;

/// Share of the largest class score by which others may differ: numbers of 32 bits in networks whose formula-made weights
/// let them grow from layer to layer. Another picture changes the scores by 0.04 of the largest at least.
const TOLERANCE: f32 = 2e-4;

/// A network and what its peer answers; see tools/reference_networks.py for the formulas.
#[derive(Deserialize)]
struct Case {
    network: String,
    side: usize,
    width: f32,
    scale: f32,
    /// Counted as the peer does.
    parameters: usize,
    logits: Vec<f32>,
}

fn cases(peer: &str) -> Vec<Case> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/networks-{peer}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn noise(name: &str, count: usize) -> impl Iterator<Item = f64> {
    let seed = name.bytes().fold(2_166_136_261u32, |h, byte| (h ^ u32::from(byte)).wrapping_mul(16_777_619));
    (0..count as u32).map(move |i| {
        let mut h = i.wrapping_mul(2_654_435_761).wrapping_add(seed);
        h ^= h >> 15;
        h = h.wrapping_mul(2_246_822_519);
        h ^= h >> 13;
        f64::from(h) / f64::from(1u32 << 31) - 1.0
    })
}

fn picture(side: usize, scale: f32) -> Vec<f32> {
    noise("input", 3 * side * side).map(|u| (f64::from(scale) * u) as f32).collect()
}

fn weights(graph: &Graph) -> Weights {
    let made = graph.parameters().unwrap().into_iter().map(|p| {
        let (base, factor) = match p.name.rsplit('.').next().unwrap() {
            "weight" => (0.0, (6.0 / p.fan_in as f64).sqrt()),
            "scale" => (1.0, 0.2),
            "variance" => (1.0, 0.3),
            _ => (0.0, 0.2),
        };
        let values = noise(&p.name, p.count()).map(|u| (base + factor * u) as f32).collect();
        (p.name, Array { shape: p.shape, values })
    });
    Weights(made.collect())
}

fn build(network: &str, side: usize, width: f32, classes: usize) -> Graph {
    let settings = Settings { side: Some(side), width, ..Settings::pictures(classes) };
    (find(network).unwrap().build)(&settings).unwrap()
}

fn run(graph: &Graph, weights: &Weights, scale: f32, fold: bool) -> Vec<f32> {
    let file = write(graph, weights, &Options { fold, ..Options::default() }).unwrap();
    let mut network = OnnxGraph::from_bytes(&graph.name, &file, &["output"]).unwrap();
    let side = graph.input.shape[1];
    network.run(&picture(side, scale), &[1, 3, side, side]).unwrap()
}

/// Largest difference over the largest value.
fn error(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.iter().all(|v| v.is_finite()));
    let largest = theirs.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
}

fn compare(peer: &str, with_statistics: bool) {
    let run_too = have_runtime();
    let mut misfits = Vec::new();
    for case in cases(peer) {
        let what = format!("{} of {} px, width {}", case.network, case.side, case.width);
        let graph = build(&case.network, case.side, case.width, case.logits.len());
        let count = if with_statistics { graph.total_parameters() } else { graph.trainable_parameters() };
        assert_eq!(count.unwrap(), case.parameters, "{what}");
        if !run_too {
            continue;
        }
        let weights = weights(&graph);
        for fold in [false, true] {
            let error = error(&run(&graph, &weights, case.scale, fold), &case.logits);
            if error > TOLERANCE {
                misfits.push(format!("{what}, folded {fold}: off by {error}"));
            }
        }
    }
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
}

#[test]
fn networks_that_keras_has_answer_as_keras() {
    compare("keras", true);
}

#[test]
fn alexnet_and_googlenet_answer_as_in_pytorch() {
    compare("torch", false);
}

/// EfficientNet-Lite0 is also written by the converter that `setup` uses, from the names of its state dictionary.
#[test]
fn efficientnet_lite0_answers_as_the_installed_network() {
    if !have_runtime() {
        return;
    }
    let graph = build("efficientnet-lite0", efficientnet_lite0::INPUT_SIZE, 1.0, 1000);
    let weights = weights(&graph);
    let normalised = |layer: &str| matches!(graph.nodes[graph.index_of(layer).unwrap()].op, Op::BatchNorm { .. });
    let state = weights.0.iter().map(|(name, array)| {
        let (layer, part) = name.rsplit_once('.').unwrap();
        let theirs = match part {
            "scale" => "weight",
            "offset" => "bias",
            "mean" => "running_mean",
            "variance" => "running_var",
            part => part,
        };
        assert_eq!(normalised(layer), matches!(part, "scale" | "offset" | "mean" | "variance"), "{name}");
        let tensor = Tensor::new(array.shape.clone(), Values::F32(array.values.clone())).unwrap();
        let tensor = if name == "_fc.weight" { tensor.transposed(&[1, 0]).unwrap() } else { tensor };
        (format!("{layer}.{theirs}"), tensor)
    });
    let file = efficientnet_lite0::to_onnx(&state.collect()).unwrap();
    let mut installed = OnnxGraph::from_bytes("installed", &file, &[efficientnet_lite0::LOGITS]).unwrap();
    let side = efficientnet_lite0::INPUT_SIZE;
    let theirs = installed.run(&picture(side, 4.0), &[1, 3, side, side]).unwrap();
    let error = error(&run(&graph, &weights, 4.0, true), &theirs);
    assert!(error < TOLERANCE, "off by {error}");
}
