//! One function a reader. None may panic, run on or take much memory, whatever the bytes; what they answer does not matter.
//!
//! `crates/kihap-jobs/tests/mutations.rs` drives the same functions in `cargo test`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use kihap_convert::onnx::inspect;
use kihap_convert::tfjs::{self, Cut, GraphOptions};
use kihap_convert::{pytorch, tflite};
use kihap_dataset::import::{ImportOptions, ImportReport, import};
use kihap_dataset::{Dataset, Manifest};
use kihap_export::foreign::{ForeignOptions, open_classifier};
use kihap_export::teachable_machine::import_archive;
use kihap_learn::model::ModelFiles;
use kihap_learn::{Example, Model};
use kihap_vision::picture;
use kihap_zoo::graph::{GraphBuilder, Padding};
use kihap_zoo::{Graph, Weights, import as weights_of};

/// What divides a JSON from the weights that belong to it, and the files of a model folder.
pub const DIVIDER: &[u8] = b"\0|\0";

/// What is done with the bytes of a file.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Target); 12] = [
    ("tfjs_layers", tfjs_layers),
    ("tfjs_graph", tfjs_graph),
    ("tflite_model", tflite_model),
    ("pytorch_state", pytorch_state),
    ("onnx_model", onnx_model),
    ("weights_file", weights_file),
    ("foreign_model", foreign_model),
    ("teachable_machine_zip", teachable_machine_zip),
    ("landmark_table", landmark_table),
    ("file_table", file_table),
    ("model_folder", model_folder),
    ("picture_file", picture_file),
];

/// The parts between dividers, at most `most`.
fn parts(data: &[u8], most: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = data;
    while parts.len() + 1 < most {
        let Some(at) = rest.windows(DIVIDER.len()).position(|window| window == DIVIDER) else { break };
        parts.push(&rest[..at]);
        rest = &rest[at + DIVIDER.len()..];
    }
    parts.push(rest);
    parts
}

/// A layers model: `model.json`, a divider, the weights.
pub fn tfjs_layers(data: &[u8]) {
    let parts = parts(data, 2);
    let (json, bytes) = (parts[0], parts.get(1).copied().unwrap_or_default());
    let _ = tfjs::weight_bytes(json);
    let _ = tfjs::gather_weights(json, |_| Some(Vec::new()));
    let _ = tfjs::read_weights(json, bytes);
    let _ = tfjs::layers_to_onnx(json, bytes, &Cut::Whole);
    let _ = tfjs::layers_to_onnx(json, bytes, &Cut::PooledFeatures);
}

/// A graph model: `model.json`, a divider, the weights.
pub fn tfjs_graph(data: &[u8]) {
    let parts = parts(data, 2);
    let bytes = parts.get(1).copied().unwrap_or_default();
    let _ = tfjs::graph_to_onnx(parts[0], bytes, &GraphOptions { dynamic_batch: true, ..GraphOptions::default() });
}

/// A TFLite file.
pub fn tflite_model(data: &[u8]) {
    let _ = tflite::to_onnx(data, &tflite::TfliteOptions::default());
}

/// A state dictionary in PyTorch's old format.
pub fn pytorch_state(data: &[u8]) {
    let _ = pytorch::read_state_dict(data);
}

/// An ONNX file.
pub fn onnx_model(data: &[u8]) {
    let _ = inspect(data);
}

/// The network whose weights [`weights_file`] looks for.
pub fn small_network() -> Graph {
    let mut net = GraphBuilder::numbers("tiny", &[3, 8, 8]);
    net.conv("conv1", 4, 3, 2, Padding::Same);
    net.batch_norm("bn_conv1", 1e-3, 0.99);
    net.global_average("pool");
    net.logits("predictions", 2);
    net.finish().expect("a network written down here")
}

/// A file of weights: safetensors, ONNX, Keras' .h5 and .keras, a state dictionary, a Teachable Machine export's zip.
pub fn weights_file(data: &[u8]) {
    let _ = weights_of::read_bytes(data, "file", &small_network());
    let _ = Weights::from_safetensors(data, "file");
}

/// A model of another tool, as it lies on the disk: the first byte says under which name.
pub fn foreign_model(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    let names = ["model.zip", "model.onnx", "model.json", "model.h5", "model.keras"];
    let name = names[usize::from(*kind) % names.len()];
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join(name);
    if std::fs::write(&path, bytes).is_ok() {
        let _ = open_classifier(&path, &ForeignOptions::default());
    }
}

/// A `.tm` project or sample zip, taken into a dataset.
pub fn teachable_machine_zip(data: &[u8]) {
    taken_in("project.tm", data, |dataset, path| {
        let mut report = ImportReport::default();
        let _ = import_archive(dataset, path, &ImportOptions::default(), &mut report, &AtomicBool::new(false));
    });
}

/// A table of landmarks.
pub fn landmark_table(data: &[u8]) {
    table(data, Some("class"));
}

/// A table of files.
pub fn file_table(data: &[u8]) {
    table(data, None);
}

fn table(data: &[u8], class: Option<&str>) {
    taken_in("table.csv", data, |dataset, path| {
        let options = ImportOptions { class: class.map(str::to_owned), ..ImportOptions::default() };
        let _ = import(dataset, &[path.to_owned()], &options, &mut |_| {}, &AtomicBool::new(false));
    });
}

fn taken_in(name: &str, data: &[u8], take: impl FnOnce(&mut Dataset, &Path)) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join(name);
    let Ok(mut dataset) = Dataset::create(folder.path().join("set"), &Manifest::new("set", Vec::new())) else { return };
    if std::fs::write(&path, data).is_ok() {
        take(&mut dataset, &path);
    }
}

/// The files of a model folder, divided: description, network, weights, metrics. The check sums in the description are made
/// to fit, as anybody can.
pub fn model_folder(data: &[u8]) {
    let parts = parts(data, 4);
    let &[description, network, weights, metrics] = parts.as_slice() else { return };
    let fitting = std::str::from_utf8(description).ok().and_then(|text| {
        let mut table: toml::Table = toml::from_str(text).ok()?;
        for (key, bytes) in [("network_hash", network), ("weights_hash", weights)] {
            table.insert(key.into(), blake3::hash(bytes).to_hex().to_string().into());
        }
        toml::to_string(&table).ok()
    });
    let fitting = fitting.unwrap_or_default();
    let described = if fitting.is_empty() { description } else { fitting.as_bytes() };
    let files = ModelFiles { description: described, network, weights, metrics };
    if let Ok(model) = Model::from_files(Path::new("model"), &files) {
        let _ = model.predict(&[Example::empty(0)]);
    }
}

/// A picture.
pub fn picture_file(data: &[u8]) {
    let _ = picture::upright_size(data);
    let _ = picture::decode(data);
}
