//! Small valid files for each target, made here.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use kihap_vision::Skeleton;
use kihap_vision::image::{ImageFormat, Rgb, RgbImage};
use kihap_zoo::onnx::{Options, write};
use kihap_zoo::{Array, Graph, Weights};
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::targets::{DIVIDER, small_network};

/// Valid files by the name of the target that reads them; `root` is the project's folder.
pub fn all(root: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let (json, bytes) = layers_model();
    let graph = small_network();
    let weights = weights_by_formula(&graph);
    let onnx = write(&graph, &weights, &Options::default()).expect("a network written down here");
    let export = zip_of(&[
        ("metadata.json", br#"{"tmVersion":"2.4.5","labels":["a","b","c"],"imageSize":4}"#.as_slice()),
        ("model.json", json.as_slice()),
        ("weights.bin", bytes.as_slice()),
    ]);
    let named = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
    let mut all = vec![
        ("tfjs_layers", [json.as_slice(), DIVIDER, &bytes].concat()),
        ("tfjs_graph", graph_model()),
        ("tflite_model", include_bytes!("../seeds/small.tflite").to_vec()),
        ("pytorch_state", pytorch_state()),
        ("onnx_model", onnx.clone()),
        ("weights_file", onnx.clone()),
        ("weights_file", weights.to_safetensors().expect("arrays that fit")),
        ("foreign_model", named(0, &export)),
        ("foreign_model", named(1, &onnx)),
        ("foreign_model", named(2, &json)),
        ("teachable_machine_zip", project()),
        ("landmark_table", landmarks()),
        (
            "file_table",
            b"file,class,person,split\na.jpg,low block,Kim,train\nb.jpg,\xec\xa7\x80\xeb\xa5\xb4\xea\xb8\xb0,,test\n"
                .to_vec(),
        ),
        ("picture_file", picture(ImageFormat::Jpeg)),
        ("picture_file", picture(ImageFormat::Png)),
    ];
    for name in ["keras2.h5", "keras3.keras", "keras3-nested.h5"] {
        let path = root.join("crates/kihap-zoo/tests/fixtures").join(format!("{name}.gz"));
        let bytes = unpacked(&path);
        let kind = if name.ends_with(".h5") { 3 } else { 4 };
        all.push(("foreign_model", named(kind, &bytes)));
        all.push(("weights_file", bytes));
    }
    let folder = root.join("crates/kihap-jobs/builtin/stances");
    let files = ["model.toml", "network.json", "weights.safetensors", "metrics.json"];
    let files = files.map(|name| std::fs::read(folder.join(name)).expect("the built-in model"));
    all.push(("model_folder", files.join(DIVIDER)));
    all
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).expect("a fixture");
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("a gzip file");
    bytes
}

/// Number i of weight p is 0.5 sin(0.7 i + 1.3 p), plus 1 for scales and variances.
fn weights_by_formula(graph: &Graph) -> Weights {
    let parameters = graph.parameters().expect("a network written down here");
    let array = |(p, parameter): (usize, &kihap_zoo::graph::Parameter)| {
        let about = if parameter.name.ends_with("scale") || parameter.name.ends_with("variance") { 1.0 } else { 0.0 };
        let values = (0..parameter.count()).map(|i| about + 0.5 * (0.7 * i as f32 + 1.3 * p as f32).sin()).collect();
        (parameter.name.clone(), Array { shape: parameter.shape.clone(), values })
    };
    Weights(parameters.iter().enumerate().map(array).collect())
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a name of its own");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// A backbone of one padded convolution, and a head, as Teachable Machine nests them.
fn layers_model() -> (Vec<u8>, Vec<u8>) {
    let layer = |class: &str, name: &str, reads: &[&str], mut config: Value| {
        config["name"] = json!(name);
        let reads: Vec<Value> = reads.iter().map(|read| json!([read, 0, 0, {}])).collect();
        let nodes = if reads.is_empty() { json!([]) } else { json!([reads]) };
        json!({"class_name": class, "name": name, "config": config, "inbound_nodes": nodes})
    };
    let convolution =
        json!({"filters": 2, "kernel_size": [3, 3], "strides": [2, 2], "padding": "valid", "use_bias": false});
    let layers = json!([
        layer("InputLayer", "in", &[], json!({"batch_input_shape": [null, 4, 4, 3]})),
        layer("ZeroPadding2D", "pad", &["in"], json!({"padding": [[0, 1], [0, 1]]})),
        layer("Conv2D", "conv", &["pad"], convolution),
        layer("BatchNormalization", "bn", &["conv"], json!({"axis": -1, "epsilon": 0.001})),
        layer("ReLU", "relu", &["bn"], json!({"max_value": 6})),
        layer(
            "DepthwiseConv2D",
            "deep",
            &["relu"],
            json!({"kernel_size": [3, 3], "padding": "same", "use_bias": false})
        ),
        layer("Add", "add", &["relu", "deep"], json!({})),
    ]);
    let net =
        json!({"name": "net", "layers": layers, "input_layers": [["in", 0, 0]], "output_layers": [["add", 0, 0]]});
    let dense = json!({"name": "dense", "units": 3, "activation": "softmax", "use_bias": false, "batch_input_shape": [null, 2]});
    let chain = json!({"name": "a", "layers": [
        {"class_name": "Model", "config": net}, {"class_name": "GlobalAveragePooling2D", "config": {"name": "pool"}}]});
    let head = json!([{"class_name": "Dense", "config": dense}]);
    let whole = json!([{"class_name": "Sequential", "config": chain}, {"class_name": "Sequential", "config": head}]);
    let shapes = [
        ("conv/kernel", vec![3, 3, 3, 2]),
        ("bn/gamma", vec![2]),
        ("bn/beta", vec![2]),
        ("deep/depthwise_kernel", vec![3, 3, 2, 1]),
        ("dense/kernel", vec![2, 3]),
        ("bn/moving_mean", vec![2]),
        ("bn/moving_variance", vec![2]),
    ];
    let count: usize = shapes.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    let weights: Vec<Value> =
        shapes.iter().map(|(name, shape)| json!({"name": name, "shape": shape, "dtype": "float32"})).collect();
    let model = json!({"modelTopology": {"class_name": "Sequential", "config": whole},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": weights}]});
    (model.to_string().into_bytes(), (0..count).flat_map(|i| (i as f32 / 50.0).to_le_bytes()).collect())
}

fn graph_model() -> Vec<u8> {
    let sides: Vec<Value> = [1, 4, 4, 2].iter().map(|side: &i32| json!({"size": side.to_string()})).collect();
    let window = json!({"strides": {"list": {"i": ["1", "2", "2", "1"]}}, "padding": {"s": "U0FNRQ=="}, "data_format": {"s": "TkhXQw=="}});
    let constant = |name: &str| json!({"op": "Const", "name": name, "input": [], "attr": {}});
    let nodes = json!([
        constant("k"), constant("b"),
        {"op": "Placeholder", "name": "x", "input": [], "attr": {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": {"dim": sides}}}},
        {"op": "Conv2D", "name": "c", "input": ["x", "k"], "attr": window},
        {"op": "BiasAdd", "name": "d", "input": ["c", "b"], "attr": {}},
        {"op": "Relu6", "name": "e", "input": ["d"], "attr": {}},
    ]);
    let model = json!({"format": "graph-model", "modelTopology": {"node": nodes}, "weightsManifest": [{"paths": ["w.bin"], "weights": [
        {"name": "k", "shape": [3, 3, 2, 4], "dtype": "float32"}, {"name": "b", "shape": [4], "dtype": "float32"}]}],
        "signature": {"outputs": {"e": {"name": "e"}}}});
    let bytes: Vec<u8> = (0..76).flat_map(|i| (i as f32).to_le_bytes()).collect();
    [model.to_string().as_bytes(), DIVIDER, &bytes].concat()
}

/// `{"w": …}`, six floats as 2 × 3, in PyTorch's format from before zips.
fn pytorch_state() -> Vec<u8> {
    let mut bytes = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.".to_vec();
    bytes.extend(b"ccollections\nOrderedDict\n)R(X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n(");
    bytes.extend(b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x007X\x03\0\0\0cpuK\x06NtQK\x00K\x02K\x03\x86K\x03K\x01\x86");
    bytes.extend(b"\x89ccollections\nOrderedDict\n)RtRu}X\x01\0\0\0mNsb.]X\x01\0\0\x007a.");
    bytes.extend(6u64.to_le_bytes());
    bytes.extend((0..6).flat_map(|i| (i as f32).to_le_bytes()));
    bytes
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(24, 16, |x, y| Rgb([(x * 10) as u8, (y * 16) as u8, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("memory");
    bytes.into_inner()
}

fn project() -> Vec<u8> {
    let manifest = br#"{"type":"image","version":"2.4.7","appdata":{"publishResults":{},"trainEpochs":50,"trainBatchSize":16,"trainLearningRate":0.001,
        "kihap":{"schema":1,"classes":[{"name":"a"},{"name":"b","korean":"b"}],"samples":{"a-!-0.jpg":{"person":"Kim","split":"test"}}}}}"#;
    let jpeg = picture(ImageFormat::Jpeg);
    zip_of(&[("a-!-0.jpg", &jpeg), ("b-!-0.png", &picture(ImageFormat::Png)), ("manifest.json", manifest)])
}

fn landmarks() -> Vec<u8> {
    let names = Skeleton::Blazepose33.names();
    let columns = names.iter().flat_map(|name| ["x", "y", "z", "visibility"].map(|axis| format!("{name}_{axis}")));
    let header: Vec<String> =
        ["person".to_owned(), "width".into(), "height".into()].into_iter().chain(columns).collect();
    let row = |shift: f32| {
        let cells: Vec<String> = (0..names.len() * 4).map(|i| format!("{:.2}", i as f32 / 4.0 + shift)).collect();
        format!("Kim,640,480,{}", cells.join(","))
    };
    format!("{}\n{}\n{}\n", header.join(","), row(0.5), row(1.5)).into_bytes()
}
