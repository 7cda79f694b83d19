//! Whole conversions of small layers models.

use prost::Message;
use serde_json::{Value as Json, json};

use super::{Cut, layers_to_onnx};
use crate::ConvertError;
use crate::onnx::proto::{GraphProto, ModelProto};

/// Model[padding, convolution, batch normalisation, ReLU6, shortcut], pooling, and a head of one dense layer.
fn parts() -> (Vec<Json>, Vec<Json>) {
    let layer = |class: &str, name: &str, reads: &[&str], config: Json| {
        let mut config = config;
        config["name"] = json!(name);
        let reads: Vec<Json> = reads.iter().map(|read| json!([read, 0, 0, {}])).collect();
        let nodes = if reads.is_empty() { json!([]) } else { json!([reads]) };
        json!({"class_name": class, "name": name, "config": config, "inbound_nodes": nodes})
    };
    // Deliberately not in the order in which the layers can run.
    let layers = json!([
        layer("Add", "add", &["relu", "relu"], json!({})),
        layer("InputLayer", "in", &[], json!({"batch_input_shape": [null, 4, 4, 1]})),
        layer("ZeroPadding2D", "pad", &["in"], json!({"padding": [[0, 1], [0, 1]]})),
        layer(
            "Conv2D",
            "conv",
            &["pad"],
            json!({
                "filters": 2, "kernel_size": [3, 3], "strides": [2, 2], "padding": "valid", "use_bias": false,
                "activation": "linear",
            })
        ),
        layer("BatchNormalization", "bn", &["conv"], json!({"axis": -1, "epsilon": 0.0})),
        layer("ReLU", "relu", &["bn"], json!({"max_value": 6})),
    ]);
    let config = json!({
        "name": "net", "layers": layers, "input_layers": [["in", 0, 0]], "output_layers": [["add", 0, 0]],
    });
    let backbone = vec![
        json!({"class_name": "Model", "config": config}),
        json!({"class_name": "GlobalAveragePooling2D", "config": {"name": "pool"}}),
    ];
    let dense = json!({
        "name": "dense", "units": 3, "activation": "softmax", "use_bias": false, "batch_input_shape": [null, 2],
    });
    (backbone, vec![json!({"class_name": "Dense", "config": dense})])
}

fn old_form() -> Json {
    let (backbone, head) = parts();
    let inner = [backbone, head].map(|layers| json!({"class_name": "Sequential", "config": layers}));
    json!({"class_name": "Sequential", "config": inner})
}

fn new_form() -> Json {
    let (backbone, head) = parts();
    let inner = [("a", backbone), ("b", head)]
        .map(|(name, layers)| json!({"class_name": "Sequential", "config": {"name": name, "layers": layers}}));
    json!({"class_name": "Sequential", "config": {"name": "c", "layers": inner}, "backend": "tensor_flow.js"})
}

fn convert(topology: Json, cut: &Cut) -> Result<Vec<u8>, ConvertError> {
    let entries = [
        ("conv/kernel", vec![3, 3, 1, 2]),
        ("bn/gamma", vec![2]),
        ("bn/beta", vec![2]),
        ("dense/kernel", vec![2, 3]),
        ("bn/moving_mean", vec![2]),
        ("bn/moving_variance", vec![2]),
    ];
    let count: usize = entries.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    let weights: Vec<Json> =
        entries.iter().map(|(name, shape)| json!({"name": name, "shape": shape, "dtype": "float32"})).collect();
    let model = json!({
        "modelTopology": topology,
        "weightsManifest": [{"paths": ["weights.bin"], "weights": weights}],
    });
    let bytes: Vec<u8> = (1..=count).flat_map(|i| (i as f32).to_le_bytes()).collect();
    layers_to_onnx(model.to_string().as_bytes(), &bytes, cut)
}

fn graph(onnx: &[u8]) -> GraphProto {
    ModelProto::decode(onnx).unwrap().graph.unwrap()
}

fn ops(graph: &GraphProto) -> Vec<&str> {
    graph.node.iter().map(|node| node.op_type.as_str()).collect()
}

#[test]
fn both_forms_of_sequential_give_the_same_network() {
    let old = convert(old_form(), &Cut::Whole).unwrap();
    assert_eq!(old, convert(new_form(), &Cut::Whole).unwrap());
    let graph = graph(&old);
    assert_eq!(ops(&graph), ["Conv", "Clip", "Add", "GlobalAveragePool", "Flatten", "Gemm", "Softmax"]);
    assert_eq!((graph.input[0].name.as_str(), graph.output[0].name.as_str()), ("input", "output"));
    let pads = graph.node[0].attribute.iter().find(|attribute| attribute.name == "pads").unwrap();
    assert_eq!(pads.ints, [0, 0, 1, 1]);
}

#[test]
fn batch_normalisation_is_folded() {
    let graph = graph(&convert(new_form(), &Cut::Whole).unwrap());
    let floats = |name: &str| -> Vec<f32> {
        let tensor = graph.initializer.iter().find(|tensor| tensor.name == name).unwrap();
        tensor.raw_data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
    };
    // Weights are numbered from 1 on: kernel 1 …, gamma 19, beta 21, (dense 23 …), mean 29, variance 31.
    let scale = 19.0 / 31f64.sqrt();
    let close = |value: f32, wanted: f64| (f64::from(value) - wanted).abs() < 1e-5 * wanted.abs();
    assert!(close(floats(&graph.node[0].input[1])[0], 1.0 * scale));
    assert!(close(floats(&graph.node[0].input[2])[0], 21.0 - 29.0 * scale));
}

#[test]
fn the_network_can_be_cut() {
    let features = graph(&convert(new_form(), &Cut::PooledFeatures).unwrap());
    assert_eq!(features.output[0].name, "features");
    assert_eq!(ops(&features).last(), Some(&"Flatten"));
    let relu = graph(&convert(new_form(), &Cut::After("relu".into())).unwrap());
    assert_eq!((relu.output[0].name.as_str(), ops(&relu)), ("relu", vec!["Conv", "Clip", "Transpose"]));
    let error = convert(new_form(), &Cut::After("nothing".into())).unwrap_err();
    assert!(error.to_string().contains("conv, bn, relu, add"), "{error}");
}

#[test]
fn a_head_alone_takes_vectors() {
    let (_, head) = parts();
    let onnx = convert(json!({"class_name": "Sequential", "config": head}), &Cut::Whole).unwrap();
    assert_eq!(ops(&graph(&onnx)), ["Gemm", "Softmax"]);
}

#[test]
fn models_used_again_and_again_are_refused() {
    let reads = |name: &str| json!([[[name, 0, 0, {}]], [[name, 0, 0, {}]]]);
    let input = json!({"class_name": "InputLayer", "name": "in", "inbound_nodes": [],
        "config": {"name": "in", "batch_input_shape": [null, 2]}});
    let mut inner =
        json!({"class_name": "Dropout", "name": "d", "config": {"name": "d"}, "inbound_nodes": reads("in")});
    for depth in 0..25 {
        let name = format!("m{depth}");
        let output = inner["name"].clone();
        let config = json!({"name": name, "layers": [input, inner], "input_layers": [["in", 0, 0]],
            "output_layers": [[output, 1, 0]]});
        inner = json!({"class_name": "Model", "name": name, "config": config, "inbound_nodes": reads("in")});
    }
    let error = convert(inner, &Cut::Whole).unwrap_err();
    assert!(error.to_string().contains("layers"), "{error}");
}

#[test]
fn unknown_layers_and_missing_weights_are_named() {
    let unknown = json!({"class_name": "Sequential", "config": [
        {"class_name": "LSTM", "config": {"name": "lstm", "batch_input_shape": [null, 2]}},
    ]});
    assert!(convert(unknown, &Cut::Whole).unwrap_err().to_string().contains("LSTM"));
    let missing = json!({"class_name": "Sequential", "config": [
        {"class_name": "Dense", "config": {"name": "ghost", "batch_input_shape": [null, 2]}},
    ]});
    assert!(convert(missing, &Cut::Whole).unwrap_err().to_string().contains("ghost/kernel"));
}
