//! Networks written as ONNX, run by ONNX Runtime, give what PyTorch gives.

mod common;

use kihap_vision::graph_runner::OnnxGraph;
use kihap_zoo::graph::{Activation, GraphBuilder, Padding};
use kihap_zoo::onnx::{Options, write};

use common::{Case, have_runtime, weights_by_formula};

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().all(|v| v.is_finite()));
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn every_kind_of_layer_agrees_with_pytorch() {
    if !have_runtime() {
        return;
    }
    let cases = Case::all();
    assert!(cases.len() > 100);
    let mut misfits = Vec::new();
    for case in &cases {
        let weights = weights_by_formula(&case.graph).unwrap();
        assert_eq!(case.graph.shapes().unwrap().last().unwrap(), &case.shape, "{}", case.name);
        for fold in [false, true] {
            let file = write(&case.graph, &weights, &Options { fold, ..Options::default() }).unwrap();
            let answer = OnnxGraph::from_bytes(&case.name, &file, &["output"])
                .and_then(|mut network| network.run(&case.input(), &case.input_shape()));
            match answer {
                Ok(output) => {
                    let difference = largest_difference(&output, &case.output);
                    if difference > 1e-5 {
                        misfits.push(format!("{} differs by {difference}", case.name));
                    }
                }
                Err(e) => misfits.push(format!("{}: {e}", case.name)),
            }
        }
    }
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
}

#[test]
fn layers_and_probabilities_are_given_on_request() {
    if !have_runtime() {
        return;
    }
    let mut net = GraphBuilder::numbers("small", &[3, 6, 6]);
    net.conv_plain("conv", 4, 3, 2, Padding::Same);
    net.batch_norm("norm", 1e-3, 0.9);
    net.activation("relu", Activation::Relu);
    net.global_average("output");
    net.dropout("dropout", 0.5);
    net.logits("logits", 3);
    let graph = net.finish().unwrap();
    let weights = weights_by_formula(&graph).unwrap();
    let names = ["conv", "norm", "output", "dropout", "logits"];
    let asked = names.iter().filter(|name| **name != "output").map(|name| (*name).to_owned()).collect();
    let options = Options { probabilities: true, outputs: asked, ..Options::default() };
    let file = write(&graph, &weights, &options).unwrap();
    let wanted = ["output", "probabilities", "logits", "dropout", "conv", "norm"];
    let mut network = OnnxGraph::from_bytes("small", &file, &wanted).unwrap();
    // any size of batch
    let input: Vec<f32> = (0..5 * 108).map(|i| (i as f32 * 0.37).cos()).collect();
    let all = network.run_all(&input, &[5, 3, 6, 6]).unwrap();
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [15, 15, 15, 20, 180, 180]);
    assert_eq!(all[0], all[2]);
    for row in 0..5 {
        let logits = &all[0][row * 3..][..3];
        let sum: f32 = logits.iter().map(|v| v.exp()).sum();
        for class in 0..3 {
            assert!((all[1][row * 3 + class] - logits[class].exp() / sum).abs() < 1e-6);
        }
    }
    assert!(largest_difference(&all[4], &all[5]) > 0.01, "the normalisation does something");

    let plain = write(&graph, &weights, &Options::default()).unwrap();
    let mut plain = OnnxGraph::from_bytes("small", &plain, &["output"]).unwrap();
    let one = plain.run(&input, &[5, 3, 6, 6]).unwrap();
    assert!(largest_difference(&one, &all[0]) < 1e-6);
    assert!(plain.run(&input[1..], &[5, 3, 6, 6]).unwrap_err().to_string().contains("do not fill"));
}

#[test]
fn what_cannot_be_written_is_refused_with_the_reason() {
    let mut net = GraphBuilder::numbers("small", &[4]);
    net.dense("output", 4);
    net.logits("logits", 3);
    let graph = net.finish().unwrap();
    let weights = weights_by_formula(&graph).unwrap();
    let refused = |outputs: &str| {
        let options = Options { outputs: vec![outputs.into()], ..Options::default() };
        write(&graph, &weights, &options).unwrap_err().to_string()
    };
    assert!(refused("lodgits").contains("output, logits"));
    assert!(refused("output").contains("'output'"), "{}", refused("output"));
    let mut missing = weights.clone();
    missing.0.remove("logits.bias");
    assert!(write(&graph, &missing, &Options::default()).unwrap_err().to_string().contains("logits.bias"));
}
