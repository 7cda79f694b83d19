//! Models of other tools, run as they are: files made here, whose answers can be computed by hand.

mod common;

use std::path::{Path, PathBuf};

use common::set_up;
use kihap_convert::Tensor;
use kihap_convert::onnx::{Dim, ElementType, GraphBuilder};
use kihap_export::foreign::{ForeignKind, ForeignOptions, ValueRange};
use kihap_jobs::ForeignModel;
use kihap_learn::Warning;
use kihap_vision::backbone::Fit;
use kihap_vision::image::{Rgb, RgbImage};

/// How the small classifier below reads a picture.
#[derive(Clone, Copy)]
struct Reads {
    channels_last: bool,
    bytes: bool,
    softmax: bool,
}

/// A network that answers with the means of red, green and blue over a picture of 4 × 2 pixels.
fn colours(reads: Reads, metadata: &[(&str, &str)]) -> Vec<u8> {
    let mut graph = GraphBuilder::new("colours");
    let sides: [usize; 3] = if reads.channels_last { [2, 4, 3] } else { [3, 2, 4] };
    let shape: Vec<Dim> = std::iter::once(Dim::batch()).chain(sides.map(Dim::Fixed)).collect();
    graph.input("picture", if reads.bytes { ElementType::U8 } else { ElementType::F32 }, &shape);
    graph.node_into("Cast", &["picture"], "floats", &[("to", 1.into())]);
    let axes: [usize; 2] = if reads.channels_last { [1, 2] } else { [2, 3] };
    graph.node_into("ReduceMean", &["floats"], "means", &[("axes", axes.into()), ("keepdims", 0.into())]);
    if reads.softmax {
        graph.node_into("Softmax", &["means"], "answer", &[("axis", 1.into())]);
    } else {
        let one = graph.constant("one", Tensor::scalar(1.0));
        graph.node_into("Mul", &["means", &one], "answer", &[]);
    }
    graph.output("answer", ElementType::F32, &[Dim::batch(), 3.into()]);
    for (key, value) in metadata {
        graph.metadata(key, value);
    }
    graph.finish().unwrap()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn softmax(values: [f64; 3]) -> [f64; 3] {
    let sum: f64 = values.iter().map(|v| v.exp()).sum();
    values.map(|v| v.exp() / sum)
}

fn near(found: &[f64], wanted: [f64; 3]) -> bool {
    found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5)
}

#[test]
fn onnx_files_of_every_order_and_range_are_run() {
    if !set_up(&[]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let picture = RgbImage::from_pixel(4, 2, Rgb([255, 51, 0]));
    let floats = Reads { channels_last: false, bytes: false, softmax: true };
    for (channels_last, softmax_inside) in [(false, true), (true, true), (false, false)] {
        let reads = Reads { channels_last, softmax: softmax_inside, ..floats };
        let path =
            write(folder.path(), "model.onnx", &colours(reads, &[("names", "{0: 'red', 1: 'green', 2: 'blue'}")]));
        let mut model = ForeignModel::open(&path, &ForeignOptions::default()).unwrap();
        assert_eq!((model.classifier().kind, model.classifier().labels[2].as_str()), (ForeignKind::Onnx, "blue"));
        let found = model.predict(&picture).unwrap();
        assert!(near(&found.probabilities, softmax([1.0, 0.2, 0.0])), "{found:?}");
        let warned = |w: &Warning| matches!(w, Warning::PreprocessingGuessed { range, .. } if range == "0..1");
        assert!(model.classifier().warnings.iter().any(warned));

        let said = ForeignOptions { range: Some(ValueRange::MinusOneToOne), fit: Some(Fit::Stretch), labels: None };
        let mut model = ForeignModel::open(&path, &said).unwrap();
        assert!(near(&model.predict(&picture).unwrap().probabilities, softmax([1.0, -0.6, -1.0])));
        assert!(model.classifier().warnings.is_empty());
    }
    let bytes = Reads { channels_last: true, bytes: true, softmax: true };
    let path = write(folder.path(), "bytes.onnx", &colours(bytes, &[]));
    let mut model = ForeignModel::open(&path, &ForeignOptions::default()).unwrap();
    assert_eq!(model.classifier().labels, ["class_0", "class_1", "class_2"]);
    let dim = RgbImage::from_pixel(9, 9, Rgb([3, 1, 2]));
    assert!(near(&model.predict(&dim).unwrap().probabilities, softmax([3.0, 1.0, 2.0])));
}

#[test]
fn labels_come_from_the_users_file_the_metadata_or_beside() {
    if !set_up(&[]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let reads = Reads { channels_last: false, bytes: false, softmax: true };
    let path = write(folder.path(), "model.onnx", &colours(reads, &[]));
    write(folder.path(), "labels.txt", "0 빨강\n1 초록\n2 파랑\n".as_bytes());
    let open =
        |labels: Option<PathBuf>| ForeignModel::open(&path, &ForeignOptions { labels, ..ForeignOptions::default() });
    assert_eq!(open(None).unwrap().classifier().labels, ["빨강", "초록", "파랑"]);
    let own = write(folder.path(), "own.txt", b"r\ng\nb\n");
    assert_eq!(open(Some(own)).unwrap().classifier().labels, ["r", "g", "b"]);
    let few = write(folder.path(), "few.txt", b"r\ng\n");
    let error = open(Some(few)).err().unwrap().to_string();
    assert!(
        error.contains("few.txt") && error.contains("names 2 classes") && error.contains("tells 3 apart"),
        "{error}"
    );

    let kihap = r#"{"side":4,"fit":"centre-crop","mean":[0,0,0],"scale":[51,51,51]}"#;
    let path = write(
        folder.path(),
        "ours.onnx",
        &colours(reads, &[("kihap.preprocessing", kihap), ("labels", "a,b,c"), ("kihap.threshold", "0.9")]),
    );
    let mut model = ForeignModel::open(&path, &ForeignOptions::default()).unwrap();
    assert!(model.classifier().warnings.is_empty());
    let found = model.predict(&RgbImage::from_pixel(4, 2, Rgb([255, 51, 0]))).unwrap();
    assert!(near(&found.probabilities, softmax([5.0, 1.0, 0.0])) && !found.abstained, "{found:?}");
    assert!(model.predict(&RgbImage::from_pixel(4, 2, Rgb([51, 51, 0]))).unwrap().abstained);
}

#[test]
fn files_that_cannot_be_run_say_why() {
    if !set_up(&[]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let reads = Reads { channels_last: false, bytes: false, softmax: true };
    let whole = colours(reads, &[]);
    let small = |element: ElementType, shape: &[Dim]| {
        let mut graph = GraphBuilder::new("other");
        graph.input("x", element, shape);
        graph.node_into("Identity", &["x"], "y", &[]);
        graph.output("y", element, shape);
        graph.finish().unwrap()
    };
    let huge = small(ElementType::F32, &[1.into(), 3.into(), 100_000.into(), 100_000.into()]);
    let rows = small(ElementType::F32, &[1.into(), 99.into()]);
    let batch = small(ElementType::F32, &[8.into(), 3.into(), 8.into(), 8.into()]);
    let unknown = {
        let mut graph = GraphBuilder::new("unknown");
        graph.input("x", ElementType::F32, &[1.into(), 3.into(), 4.into(), 4.into()]);
        graph.node_into("NoSuchOperator", &["x"], "y", &[]);
        graph.output("y", ElementType::F32, &[1.into(), 2.into()]);
        graph.finish().unwrap()
    };
    let damaged = [("labels", r#"["a","a","b"]"#)];
    for (name, bytes, words) in [
        ("cut.onnx", &whole[..whole.len() / 2], "damaged"),
        ("text.onnx", b"hello".as_slice(), "damaged"),
        ("huge.onnx", &huge, "one a class"),
        ("rows.onnx", &rows, "[Some(1), Some(99)]"),
        ("batch.onnx", &batch, "one a class"),
        ("unknown.onnx", &unknown, "NoSuchOperator"),
        ("twice.onnx", &colours(reads, &damaged), "'a'"),
        ("model.tflite", b"TFL3", "TFLite"),
        ("model.pth", b"\x80\x02", "ONNX"),
        ("notes.txt", b"hello", "these are"),
        ("empty.onnx", b"", "no network"),
        ("model.json", b"[[[[", "damaged"),
        ("model.h5", b"\x89HDF\r\n\x1a\n", "model.h5"),
        ("broken.keras", b"PK\x03\x04", "damaged zip"),
    ] {
        let path = write(folder.path(), name, bytes);
        let error = ForeignModel::open(&path, &ForeignOptions::default()).err().unwrap().to_string();
        assert!(error.contains(name) && error.contains(words), "{name}: {error}");
    }
}
