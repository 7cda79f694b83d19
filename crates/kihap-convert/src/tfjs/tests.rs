//! Whole conversions of small graph models.

use prost::Message;
use serde_json::{Value as Json, json};

use super::{GraphOptions, graph_to_onnx};
use crate::ConvertError;
use crate::onnx::proto::{DimensionValue, GraphProto, ModelProto, NodeProto};

const SAME: &str = "U0FNRQ==";
const BIAS_ADD: &str = "Qmlhc0FkZA==";
const RELU6: &str = "UmVsdTY=";

fn decode(onnx: &[u8]) -> GraphProto {
    ModelProto::decode(onnx).unwrap().graph.unwrap()
}

fn ops(graph: &GraphProto) -> Vec<&str> {
    graph.node.iter().map(|node| node.op_type.as_str()).collect()
}

fn ints<'g>(node: &'g NodeProto, name: &str) -> &'g [i64] {
    &node.attribute.iter().find(|attribute| attribute.name == name).unwrap().ints
}

fn floats(graph: &GraphProto, name: &str) -> Vec<f32> {
    let tensor = graph.initializer.iter().find(|tensor| tensor.name == name).unwrap();
    tensor.raw_data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn node(op: &str, name: &str, inputs: &[&str], attributes: Json) -> Json {
    json!({"op": op, "name": name, "input": inputs, "attr": attributes})
}

fn picture(size: i32) -> Json {
    let dims: Vec<Json> = [1, size, size, 2].iter().map(|size| json!({"size": size.to_string()})).collect();
    node("Placeholder", "x", &[], json!({"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": {"dim": dims}}}))
}

fn window(stride: i32) -> Json {
    json!({
        "strides": {"list": {"i": ["1", stride.to_string(), stride.to_string(), "1"]}},
        "padding": {"s": SAME},
        "data_format": {"s": "TkhXQw=="},
    })
}

/// A model of these nodes and the constants `k` `[3, 3, 2, 4]` (0, 1, …), `b` `[4]` (1 to 4) and `axis` (0).
fn model(nodes: &[Json]) -> (Vec<u8>, Vec<u8>) {
    let weights = json!([
        {"name": "k", "shape": [3, 3, 2, 4], "dtype": "float32"},
        {"name": "b", "shape": [4], "dtype": "float32"},
        {"name": "axis", "shape": [], "dtype": "int32"},
    ]);
    let constants = ["k", "b", "axis"].map(|name| node("Const", name, &[], json!({})));
    let nodes: Vec<&Json> = constants.iter().chain(nodes).collect();
    let model = json!({
        "format": "graph-model",
        "modelTopology": {"node": nodes},
        "weightsManifest": [{"paths": ["w.bin"], "weights": weights}],
    });
    let mut bytes: Vec<u8> = (0..72).flat_map(|i| (i as f32).to_le_bytes()).collect();
    bytes.extend([1f32, 2., 3., 4.].iter().flat_map(|value| value.to_le_bytes()));
    bytes.extend(0i32.to_le_bytes());
    (model.to_string().into_bytes(), bytes)
}

fn convert(nodes: &[Json], options: &GraphOptions) -> Result<GraphProto, ConvertError> {
    let (json, weights) = model(nodes);
    graph_to_onnx(&json, &weights, options).map(|onnx| decode(&onnx))
}

#[test]
fn separate_and_fused_operators_become_the_same_graph() {
    let separate = [
        picture(5),
        node("Conv2D", "c", &["x", "k"], window(2)),
        node("BiasAdd", "d", &["c", "b"], json!({})),
        node("Relu6", "y", &["d"], json!({})),
    ];
    let mut attributes = window(2);
    attributes["fused_ops"] = json!({"list": {"s": [BIAS_ADD, RELU6]}});
    let fused = [picture(5), node("_FusedConv2D", "y", &["x", "k", "b"], attributes)];
    for nodes in [separate.as_slice(), fused.as_slice()] {
        let graph = convert(nodes, &GraphOptions::default()).unwrap();
        assert_eq!(ops(&graph), ["Conv", "Clip", "Transpose"]);
        assert_eq!(graph.output[0].name, "y");
        let conv = &graph.node[0];
        assert_eq!(ints(conv, "pads"), [1, 1, 1, 1]);
        // [h, w, in, out] → [out, in, h, w]: taps of output 0 and input 0 lie 8 apart.
        assert_eq!(floats(&graph, &conv.input[1])[..3], [0., 8., 16.]);
        assert_eq!(floats(&graph, &conv.input[2]), [1., 2., 3., 4.]);
    }
}

#[test]
fn depthwise_kernels_keep_the_channel_outside_the_multiplier() {
    let nodes = [picture(4), node("DepthwiseConv2dNative", "y", &["x", "k"], window(1))];
    let graph = convert(&nodes, &GraphOptions::default()).unwrap();
    let conv = &graph.node[0];
    let tensor = graph.initializer.iter().find(|tensor| tensor.name == conv.input[1]).unwrap();
    assert_eq!(tensor.dims, [8, 1, 3, 3]);
    let weights = floats(&graph, &conv.input[1]);
    // Output c · 4 + m has the tap k[0, 0, c, m] = 4 c + m first.
    assert_eq!(weights.iter().step_by(9).copied().collect::<Vec<_>>(), [0., 1., 2., 3., 4., 5., 6., 7.]);
}

#[test]
fn input_size_and_batch_can_be_chosen() {
    let nodes = [picture(-1), node("Relu", "y", &["x"], json!({}))];
    assert!(convert(&nodes, &GraphOptions::default()).unwrap_err().to_string().contains("input_size"));
    let options = GraphOptions { input_size: Some((6, 8)), dynamic_batch: true, ..GraphOptions::default() };
    let graph = convert(&nodes, &options).unwrap();
    let shape = graph.input[0].r#type.clone().unwrap().tensor_type.unwrap().shape.unwrap();
    let dims: Vec<_> = shape.dim.into_iter().map(|dim| dim.value.unwrap()).collect();
    assert_eq!(dims[0], DimensionValue::DimParam("N".into()));
    assert_eq!(dims[1..], [2, 6, 8].map(DimensionValue::DimValue));
}

#[test]
fn taking_the_batch_apart_and_back_moves_nothing() {
    let nodes = [
        picture(4),
        node("Unpack", "u", &["x"], json!({"axis": {"i": "0"}, "num": {"i": "1"}})),
        node("ExpandDims", "e", &["u", "axis"], json!({})),
        node("Squeeze", "s", &["e"], json!({"squeeze_dims": {"list": {"i": ["0"]}}})),
        node("Pack", "p", &["s"], json!({"axis": {"i": "0"}})),
        node("Conv2D", "y", &["p", "k"], window(1)),
    ];
    let graph = convert(&nodes, &GraphOptions::default()).unwrap();
    let before: Vec<&str> = ops(&graph).into_iter().take_while(|op| *op != "Conv").collect();
    assert!(!before.contains(&"Transpose"), "{before:?}");
}

#[test]
fn broken_graphs_are_errors() {
    let default = GraphOptions::default();
    let cycle = [node("Relu", "a", &["b"], json!({})), node("Relu", "b", &["a"], json!({}))];
    let wanted = GraphOptions { outputs: Some(vec!["a".into()]), ..GraphOptions::default() };
    assert!(convert(&cycle, &wanted).unwrap_err().to_string().contains("itself"));
    assert!(convert(&[node("Relu", "a", &["ghost"], json!({}))], &default).is_err());
    let unknown = convert(&[picture(4), node("Einsum", "y", &["x"], json!({}))], &default).unwrap_err();
    assert!(unknown.to_string().contains("Einsum"), "{unknown}");
    let absent = GraphOptions { outputs: Some(vec!["nothing".into()]), ..GraphOptions::default() };
    assert!(matches!(convert(&[picture(4)], &absent), Err(ConvertError::NoSuchName { .. })));
    assert!(graph_to_onnx(b"{", &[], &default).is_err());
}
