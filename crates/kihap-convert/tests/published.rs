//! Conversions of the published files, where they are at hand: files of any folder below `$KIHAP_TEST_WEIGHTS`, and
//! Teachable Machine's example in the shared data.

use std::io::Read;
use std::path::{Path, PathBuf};

use kihap_convert::onnx::proto::{DimensionValue, GraphProto, ModelProto};
use kihap_convert::tfjs::{self, Cut, GraphOptions};
use kihap_convert::tflite::{self, TfliteOptions};
use kihap_convert::{efficientnet_lite0, pytorch};
use prost::Message;

/// The file of that name, or a visible word that the test is skipped.
fn published(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("KIHAP_TEST_WEIGHTS").and_then(|folder| find(Path::new(&folder), name, 6));
    if found.is_none() {
        eprintln!("skipped: {name} is not below $KIHAP_TEST_WEIGHTS");
    }
    found
}

fn find(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    let here = folder.join(name);
    if here.is_file() {
        return Some(here);
    }
    let folders = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    if depth == 0 { None } else { folders.into_iter().find_map(|folder| find(&folder, name, depth - 1)) }
}

fn decode(onnx: &[u8]) -> GraphProto {
    ModelProto::decode(onnx).unwrap().graph.unwrap()
}

fn count(graph: &GraphProto, op: &str) -> usize {
    graph.node.iter().filter(|node| node.op_type == op).count()
}

/// Name and shape of each output; -1 for an open batch.
fn outputs(graph: &GraphProto) -> Vec<(&str, Vec<i64>)> {
    graph
        .output
        .iter()
        .map(|output| {
            let tensor = output.r#type.as_ref().unwrap().tensor_type.as_ref().unwrap();
            let dims = tensor.shape.as_ref().unwrap().dim.iter().map(|dim| match &dim.value {
                Some(DimensionValue::DimValue(size)) => *size,
                _ => -1,
            });
            (output.name.as_str(), dims.collect())
        })
        .collect()
}

fn weights(model: &Path) -> (Vec<u8>, Vec<u8>) {
    let json = std::fs::read(model).unwrap();
    let weights = tfjs::gather_weights(&json, |path| std::fs::read(model.with_file_name(path)).ok()).unwrap();
    (json, weights)
}

#[test]
fn blazepose_landmarks_lose_their_segmentation() {
    for (variant, all, kept) in [("lite", 88, 75), ("full", 96, 83), ("heavy", 198, 185)] {
        let Some(path) = published(&format!("pose_landmark_{variant}.tflite")) else { continue };
        let bytes = std::fs::read(path).unwrap();
        let whole = decode(&tflite::to_onnx(&bytes, &TfliteOptions::default()).unwrap());
        assert_eq!(count(&whole, "Conv"), all);
        let names = ["Identity", "Identity_1", "Identity_3", "Identity_4"];
        let options = TfliteOptions { outputs: Some(names.map(String::from).to_vec()) };
        let graph = decode(&tflite::to_onnx(&bytes, &options).unwrap());
        assert_eq!(count(&graph, "Conv"), kept);
        // The only transpose is that of the published heatmap.
        assert_eq!(count(&graph, "Transpose"), 1);
        let shapes = [vec![1, 195], vec![1, 1], vec![1, 64, 64, 39], vec![1, 117]];
        assert_eq!(outputs(&graph), names.into_iter().zip(shapes).collect::<Vec<_>>());
    }
}

#[test]
fn blazepose_detector_with_its_sparse_weights() {
    let Some(path) = published("pose_solution_packed_assets.data") else { return };
    let bytes = std::fs::read(path).unwrap();
    let graph = decode(&tflite::to_onnx(&bytes, &TfliteOptions::default()).unwrap());
    assert_eq!(outputs(&graph), [("Identity", vec![1, 2254, 12]), ("Identity_1", vec![1, 2254, 1])]);
    assert_eq!((count(&graph, "Conv"), count(&graph, "Pad")), (73, 0));
    for place in (0..bytes.len()).step_by(bytes.len() / 150) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        let _ = tflite::to_onnx(&damaged, &TfliteOptions::default());
        let _ = tflite::to_onnx(&bytes[..place], &TfliteOptions::default());
    }
}

#[test]
fn posenet_at_teachable_machines_size() {
    let Some(path) = published("posenet.json") else { return };
    let (json, weights) = weights(&path);
    let options = GraphOptions { input_size: Some((257, 257)), dynamic_batch: true, ..GraphOptions::default() };
    let graph = decode(&tfjs::graph_to_onnx(&json, &weights, &options).unwrap());
    assert_eq!((count(&graph, "Conv"), count(&graph, "Clip"), graph.node.len()), (31, 27, 62));
    let mut sizes: Vec<Vec<i64>> = outputs(&graph).into_iter().map(|(_, shape)| shape).collect();
    sizes.sort();
    assert_eq!(sizes, [17, 32, 32, 34].map(|channels| vec![-1, 17, 17, channels]));
}

#[test]
fn movenet_thunder_with_its_decoder() {
    let Some(path) = published("movenet-thunder.json") else { return };
    let (json, weights) = weights(&path);
    let graph = decode(&tfjs::graph_to_onnx(&json, &weights, &GraphOptions::default()).unwrap());
    assert_eq!(outputs(&graph), [("Identity", vec![1, 1, 17, 3])]);
    assert_eq!(graph.input[0].name, "input");
    let first = graph.node.iter().position(|node| node.op_type == "Conv").unwrap();
    assert!(graph.node[..first].iter().all(|node| node.op_type != "Transpose"));
}

#[test]
fn efficientnet_lite0_with_folded_normalisation() {
    let Some(path) = published("efficientnet-lite0-57934424.pth") else { return };
    let state = pytorch::read_state_dict(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(state["_fc.weight"].shape(), [1000, 1280]);
    let graph = decode(&efficientnet_lite0::to_onnx(&state).unwrap());
    assert_eq!((count(&graph, "Conv"), count(&graph, "BatchNormalization")), (49, 0));
    assert_eq!(outputs(&graph), [("features", vec![-1, 1280]), ("logits", vec![-1, 1000])]);
}

/// Teachable Machine's example export, in `$KIHAP_SHARED_DATA` or beside the workspace.
#[test]
fn teachable_machine_pictures() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("KIHAP_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let Ok(file) = std::fs::File::open(data.join("teachable-machine/image-model.zip")) else {
        eprintln!("skipped: teachable-machine/image-model.zip is not in the shared data");
        return;
    };
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    let json = read("model.json").unwrap();
    let weights = tfjs::gather_weights(&json, read).unwrap();
    let whole = decode(&tfjs::layers_to_onnx(&json, &weights, &Cut::Whole).unwrap());
    assert_eq!(outputs(&whole), [("output", vec![-1, 2])]);
    assert_eq!((count(&whole, "Conv"), count(&whole, "Add"), count(&whole, "Gemm")), (52, 10, 2));
    let absent = ["BatchNormalization", "Pad", "Transpose"];
    assert_eq!(absent.map(|op| count(&whole, op)), [0; 3]);
    let features = decode(&tfjs::layers_to_onnx(&json, &weights, &Cut::PooledFeatures).unwrap());
    assert_eq!(outputs(&features), [("features", vec![-1, 1280])]);
}
