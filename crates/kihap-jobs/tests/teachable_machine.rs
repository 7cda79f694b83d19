//! Teachable Machine's exports give the answers of Teachable Machine's own clients, which `tools/teachable_machine/record.mjs`
//! has recorded in Chromium.

mod common;

use std::path::Path;

use common::{picture_in, set_up, shared_data};
use kihap_export::foreign::{ForeignKind, ForeignOptions};
use kihap_jobs::ForeignModel;
use kihap_vision::weights::Network;
use serde_json::{Value, json};

fn golden(text: &str) -> (Vec<String>, Vec<(String, Vec<f64>)>) {
    let golden: Value = serde_json::from_str(text).unwrap();
    let labels = golden["labels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect();
    let answer = |answer: &Value| {
        let probabilities = answer["probabilities"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        (answer["name"].as_str().unwrap().to_owned(), probabilities)
    };
    (labels, golden["answers"].as_array().unwrap().iter().map(answer).collect())
}

/// The largest difference between our answers and the client's, and how many labels differ.
fn differences(model: &mut ForeignModel, zip: &Path, answers: &[(String, Vec<f64>)]) -> (f64, usize) {
    let (mut largest, mut changed) = (0f64, 0);
    for (name, wanted) in answers {
        let found = model.predict(&picture_in(zip, name)).unwrap();
        let difference = found.probabilities.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        largest = largest.max(difference);
        let top = (0..wanted.len()).max_by(|a, b| wanted[*a].total_cmp(&wanted[*b])).unwrap();
        changed += usize::from(found.label != top);
    }
    (largest, changed)
}

#[test]
fn an_image_export_answers_as_its_client() {
    let (Some(model), Some(pictures)) =
        (shared_data("teachable-machine/image-model.zip"), shared_data("teachable-machine/image-model-data.zip"))
    else {
        return;
    };
    if !set_up(&[]) {
        return;
    }
    let (labels, answers) = golden(include_str!("golden/teachable-machine-image.json"));
    let mut model = ForeignModel::open(&model, &ForeignOptions::default()).unwrap();
    assert_eq!((model.classifier().kind, &model.classifier().labels), (ForeignKind::TeachableMachineImage, &labels));
    assert_eq!(answers.len(), 22);
    let (largest, changed) = differences(&mut model, &pictures, &answers);
    eprintln!("largest difference of a probability: {largest:.2e}");
    assert!(largest < 1e-5 && changed == 0, "{largest:.2e}, {changed} changed");
    let right = answers.iter().filter(|(name, _)| {
        let said = model.predict(&picture_in(&pictures, name)).unwrap().label;
        name.starts_with(&format!("{}/", labels[said]))
    });
    assert_eq!(right.count(), 22);
}

/// A pose export whose weights are the formula of `record.mjs`.
fn pose_export(folder: &Path) {
    let shapes: [(&str, &[usize]); 3] =
        [("dense_Dense1/kernel", &[14739, 100]), ("dense_Dense1/bias", &[100]), ("dense_Dense2/kernel", &[100, 2])];
    let mut bytes = Vec::new();
    for (p, (_, shape)) in shapes.iter().enumerate() {
        let number = |i: usize| (0.02 * (0.7 * i as f64 + 1.3 * p as f64).sin()) as f32;
        bytes.extend((0..shape.iter().product()).flat_map(|i| number(i).to_le_bytes()));
    }
    let dense = |name: &str, units: usize, activation: &str, bias: bool| {
        json!({"class_name": "Dense", "config": {
        "name": name, "units": units, "activation": activation, "use_bias": bias, "batch_input_shape": [null, 14739]}})
    };
    // the shape of 2019, and the weights where an editor has moved them
    let model = json!({
        "modelTopology": {"class_name": "Sequential", "config": [
            dense("dense_Dense1", 100, "relu", true),
            {"class_name": "Dropout", "config": {"name": "dropout_Dropout1", "rate": 0.5}},
            dense("dense_Dense2", 2, "softmax", false)]},
        "weightsManifest": [{"paths": ["somewhere/else/weights.bin"], "weights": shapes.map(|(name, shape)|
            json!({"name": name, "shape": shape, "dtype": "float32"}))}]});
    let settings =
        json!({"architecture": "MobileNetV1", "outputStride": 16, "inputResolution": 257, "multiplier": 0.75});
    let metadata = json!({"labels": ["first", "second"], "modelSettings": {"posenet": settings}});
    std::fs::write(folder.join("model.json"), model.to_string()).unwrap();
    std::fs::write(folder.join("metadata.json"), metadata.to_string()).unwrap();
    std::fs::write(folder.join("weights.bin"), bytes).unwrap();
}

#[test]
fn a_pose_export_answers_as_its_client() {
    let Some(pictures) = shared_data("teachable-machine/image-model-data.zip") else { return };
    if !set_up(&[Network::Posenet]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    pose_export(folder.path());
    let (labels, answers) = golden(include_str!("golden/teachable-machine-pose.json"));
    let mut model = ForeignModel::open(folder.path(), &ForeignOptions::default()).unwrap();
    assert_eq!((model.classifier().kind, &model.classifier().labels), (ForeignKind::TeachableMachinePose, &labels));
    let (largest, changed) = differences(&mut model, &pictures, &answers);
    eprintln!("largest difference of a probability: {largest:.2e}");
    assert!(largest < 1e-4 && changed == 0, "{largest:.2e}, {changed} changed");
}

#[test]
fn what_is_no_model_is_told() {
    for (file, words) in [("push.tm", "holds pictures"), ("image-model-data.zip", "holds pictures")] {
        let Some(path) = shared_data(&format!("teachable-machine/{file}")) else { return };
        let error = ForeignModel::open(&path, &ForeignOptions::default()).err().unwrap().to_string();
        assert!(error.contains(words) && error.contains(file), "{error}");
    }
}
