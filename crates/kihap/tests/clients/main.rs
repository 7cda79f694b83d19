//! Exports run by their real clients: Teachable Machine's two packages, TensorFlow.js and onnxruntime-web in Chromium,
//! TensorFlow.js in Node, onnxruntime in Python, and the exported page with a camera.
//!
//! `make clients` installs them. Without one a test says so and is skipped; where `CI` is set it fails.
//! `KIHAP_UPDATE=1 cargo test --release -p kihap --test clients` writes the table of `docs/formats.md` anew.

#[path = "../common/mod.rs"]
mod common;
mod exports;
mod programs;
mod table;
mod web_page;

use serde_json::json;

use exports::{Expected, Exports};
use programs::Programs;
use table::{Bound, Direction, Row, Rows};

#[test]
fn real_clients_give_the_same_answers() {
    if !common::networks_are_set_up("the test with real clients") {
        return;
    }
    let Some(programs) = Programs::find() else { return };
    let Some(exports) = Exports::make(&programs) else { return };
    let mut rows = Rows::default();
    in_chromium(&exports, &programs, &mut rows);
    in_python(&exports, &programs, &mut rows);
    in_node(&exports, &mut rows);
    web_page::check(&exports, &programs, &mut rows);
    rows.settle();
}

/// (format, client in words, client in `check.mjs`, export, what is given, expected, bound)
type Check<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a Expected, Bound);

fn in_chromium(exports: &Exports, programs: &Programs, rows: &mut Rows) {
    let e = exports;
    let (pose, image) = ("@teachablemachine/pose 0.8.6 in Chromium", "@teachablemachine/image 0.8.5 in Chromium");
    let (ort, tfjs) = ("onnxruntime-web 1.30.0 in Chromium", "@tensorflow/tfjs 4.22.0 in Chromium");
    let checks: Vec<Check<'_>> = vec![
        ("Teachable Machine, pose", pose, "tm-pose", "pose-tm", "the same pixels", &e.pose_pixels, Bound::SamePixels),
        ("Teachable Machine, pose", pose, "tm-pose", "pose-tm", "JPEG files", &e.pose_files, Bound::OwnDecoding),
        (
            "Teachable Machine, image",
            image,
            "tm-image",
            "image-tm",
            "the same pixels",
            &e.image_pixels,
            Bound::SamePixels,
        ),
        ("Teachable Machine, image", image, "tm-image", "image-tm", "JPEG files", &e.image_files, Bound::OwnDecoding),
        (
            "Teachable Machine, image",
            image,
            "tm-image",
            "image-tm",
            "large photographs",
            &e.image_photos,
            Bound::OwnResizing,
        ),
        ("ONNX, skeleton", ort, "ort-web", "landmarks-onnx", "the same landmarks", &e.landmarks, Bound::SamePixels),
        ("ONNX, photograph", ort, "ort-web", "photo-onnx", "the same pixels", &e.photo_pixels, Bound::SamePixels),
        ("ONNX, photograph", ort, "ort-web", "photo-onnx", "large photographs", &e.photo_photos, Bound::OwnDecoding),
        ("ONNX, PoseNet inside", ort, "ort-web", "pose-onnx", "the same pixels", &e.pose_pixels, Bound::SamePixels),
        (
            "ONNX, whole picture network",
            ort,
            "ort-web",
            "network-onnx",
            "the same pixels",
            &e.network_pixels,
            Bound::SamePixels,
        ),
        (
            "TensorFlow.js, skeleton",
            tfjs,
            "tfjs-web",
            "landmarks-tfjs",
            "the same features",
            &e.features,
            Bound::SamePixels,
        ),
    ];
    let read_back: Vec<Check<'_>> = vec![
        (
            "Teachable Machine, image (image-model.zip)",
            image,
            "tm-image",
            "backbone",
            "the same pixels",
            &e.read.image_fixture,
            Bound::SamePixels,
        ),
        ("Teachable Machine, pose", pose, "tm-pose", "pose-tm", "the same pixels", &e.read.pose, Bound::SamePixels),
        ("ONNX, photograph", ort, "ort-web", "photo-onnx", "the same pixels", &e.read.photo, Bound::SamePixels),
    ];
    let all: Vec<_> = checks
        .iter()
        .map(|check| (Direction::Out, check))
        .chain(read_back.iter().map(|check| (Direction::In, check)))
        .collect();
    let jobs: Vec<_> =
        all.iter().map(|(_, (_, _, client, export, _, expected, _))| expected.job(client, &e.folder(export))).collect();
    let answers = programs.node("check.mjs", &json!(jobs));
    for ((direction, (format, client, _, _, given, expected, bound)), answer) in
        all.iter().zip(answers.as_array().unwrap())
    {
        assert_eq!(answer["refused"], json!([]), "{client} asks others for something");
        let row = Row::compared(format, client, given, *bound, expected, &answer["rows"]);
        rows.add(row.with_direction(*direction));
    }
}

fn in_python(exports: &Exports, programs: &Programs, rows: &mut Rows) {
    let Some(python) = programs.python() else { return };
    let e = exports;
    let checks = [
        ("ONNX, skeleton", "landmarks-onnx", "the same landmarks", &e.landmarks, Bound::SamePixels),
        ("ONNX, photograph", "photo-onnx", "the same pixels", &e.photo_pixels, Bound::SamePixels),
        ("ONNX, PoseNet inside", "pose-onnx", "the same pixels", &e.pose_pixels, Bound::SamePixels),
        ("ONNX, whole picture network", "network-onnx", "the same pixels", &e.network_pixels, Bound::SamePixels),
    ];
    let jobs: Vec<_> =
        checks.iter().map(|(_, export, _, expected, _)| expected.python_job(&e.folder(export))).collect();
    let answers = programs::run_json(&python, "run_onnx.py", &json!(jobs));
    for ((format, _, given, expected, bound), answer) in checks.iter().zip(answers.as_array().unwrap()) {
        assert_eq!(answer["labels"].as_array().unwrap().len(), expected.classes(), "{answer}");
        for fact in ["kihap.threshold", "kihap.input", "kihap.card.en", "kihap.card.ko", "kihap.features"] {
            assert!(answer["facts"].as_array().unwrap().contains(&json!(fact)), "{fact} is not in the file");
        }
        let client = "onnxruntime in Python, onnx.checker";
        rows.add(Row::compared(format, client, given, *bound, expected, &answer["rows"]));
    }
    let network = &e.read.network;
    let job = network.python_job(&e.folder("network-onnx"));
    let answer = programs::run_json(&python, "run_onnx.py", &json!([job]));
    let (format, client) = ("ONNX, whole picture network", "onnxruntime in Python, onnx.checker");
    let row = Row::compared(format, client, "the same pixels", Bound::SamePixels, network, &answer[0]["rows"]);
    rows.add(row.with_direction(Direction::In));
}

/// What `kihap export --verify` has measured by Node while the exports were written.
fn in_node(exports: &Exports, rows: &mut Rows) {
    for (export, format, given) in [
        ("pose-tm", "Teachable Machine, pose", "PoseNet's features"),
        ("image-tm", "Teachable Machine, image", "the same pixels"),
        ("landmarks-tfjs", "TensorFlow.js, skeleton", "the same features"),
        ("network-tfjs", "TensorFlow.js, whole picture network", "the same pixels"),
        ("pose-onnx", "ONNX, PoseNet inside", "JPEG files"),
        ("photo-onnx", "ONNX, photograph", "JPEG files"),
        ("landmarks-onnx", "ONNX, skeleton", "the same landmarks"),
    ] {
        let verified = &exports.told[export]["verification"];
        assert_eq!(verified["changed"], json!([]), "{verified}");
        let runtime = verified["runtime"].as_str().unwrap();
        if format.starts_with("TensorFlow") || format.starts_with("Teachable") {
            assert!(runtime.contains("in Node"), "{runtime}");
        }
        let largest = verified["largest_difference"].as_f64().unwrap();
        let samples = verified["samples"].as_u64().unwrap() as usize;
        rows.add(Row::measured(format, &format!("{runtime} (--verify)"), given, Bound::SamePixels, samples, largest));
    }
}
