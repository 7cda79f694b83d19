//! What an ONNX file of anybody's reads, gives and says of itself; its weights are not decoded.

use std::collections::{HashMap, HashSet};

use prost::Message;

use super::proto::{DimensionValue, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto};
use crate::ConvertError;

/// Control flow can keep a runtime busy for ever; classifiers have none.
const LOOPS: [&str; 2] = ["Loop", "Scan"];
/// Graphs within graphs are not followed deeper.
const DEEPEST: usize = 16;
/// `TensorProto.DataLocation` of numbers that lie in another file.
const EXTERNAL: i32 = 1;

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(string, tag = "2")]
    producer: String,
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset: Vec<OperatorSetIdProto>,
    #[prost(message, repeated, tag = "14")]
    metadata: Vec<StringStringEntryProto>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Constant>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfoProto>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfoProto>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "4")]
    operator: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
    #[prost(string, tag = "7")]
    domain: String,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(message, optional, tag = "5")]
    tensor: Option<Constant>,
    #[prost(message, optional, tag = "6")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "10")]
    tensors: Vec<Constant>,
    #[prost(message, repeated, tag = "11")]
    graphs: Vec<Graph>,
}

/// A constant without its numbers.
#[derive(Clone, PartialEq, Message)]
struct Constant {
    #[prost(int64, repeated, tag = "1")]
    dims: Vec<i64>,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(int32, optional, tag = "14")]
    location: Option<i32>,
}

/// An input or output of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Number of its element type in ONNX (`TensorProto.DataType`: 1 is f32, 2 u8, 6 i32, 7 i64, 10 f16, 11 f64); 0 where it
    /// is no tensor.
    pub element: i32,
    /// Its sides; `None` for one that is open. Empty also where the file does not say.
    pub shape: Vec<Option<usize>>,
}

/// What an ONNX file reads and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The program that wrote the file, in its own words.
    pub producer: String,
    /// Version of the standard operators.
    pub opset: i64,
    /// What the caller gives.
    pub inputs: Vec<Port>,
    /// What the caller gets.
    pub outputs: Vec<Port>,
    /// For each output the operator that makes it; those that only change type or shape are looked through.
    pub makers: Vec<String>,
    /// Number of scalars in its constants, as their shapes say.
    pub parameters: usize,
    /// Keys and values that its maker has put in.
    pub metadata: Vec<(String, String)>,
}

impl Inspected {
    /// The value that the file's maker has put in under `key`.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Reads what an ONNX file says of itself, and refuses files that reach beyond themselves or need not end.
///
/// # Errors
/// Bytes that are no ONNX file, weights in other files, and loops.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, ConvertError> {
    let damaged = |detail: String| ConvertError::Damaged { format: "ONNX", detail };
    let model = Model::decode(bytes).map_err(|e| damaged(e.to_string()))?;
    let graph = model.graph.ok_or_else(|| damaged("it holds no network".into()))?;
    if graph.node.is_empty() {
        return Err(damaged("its network has no operations".into()));
    }
    refuse(&graph, 0)?;
    let constants: HashSet<&str> = graph.initializer.iter().map(|constant| constant.name.as_str()).collect();
    let inputs: Vec<Port> = graph
        .input
        .iter()
        // old files list constants among the inputs
        .filter(|input| !constants.contains(input.name.as_str()))
        .map(port)
        .collect();
    let mut names = HashSet::new();
    for value in graph.node.iter().flat_map(|node| &node.output).filter(|name| !name.is_empty()) {
        if !names.insert(value.as_str()) {
            return Err(damaged(format!("{value:?} is made twice")));
        }
    }
    let by_output: HashMap<&str, &Node> =
        graph.node.iter().flat_map(|node| node.output.iter().map(move |output| (output.as_str(), node))).collect();
    let scalars = |constant: &Constant| {
        constant.dims.iter().fold(1usize, |all, side| all.saturating_mul(usize::try_from(*side).unwrap_or_default()))
    };
    Ok(Inspected {
        parameters: graph.initializer.iter().map(scalars).fold(0, usize::saturating_add),
        producer: model.producer,
        opset: model.opset.iter().find(|set| set.domain.is_empty()).map_or(0, |set| set.version),
        inputs,
        outputs: graph.output.iter().map(port).collect(),
        makers: graph.output.iter().map(|output| maker(&by_output, &output.name)).collect(),
        metadata: model.metadata.into_iter().map(|entry| (entry.key, entry.value)).collect(),
    })
}

fn refuse(graph: &Graph, depth: usize) -> Result<(), ConvertError> {
    let unsupported = |what: String| Err(ConvertError::Unsupported { format: "ONNX", what });
    if depth > DEEPEST {
        return unsupported(format!("graphs more than {DEEPEST} deep within each other"));
    }
    for node in &graph.node {
        if LOOPS.contains(&node.operator.as_str()) {
            return unsupported(format!("the operator {}, which need not end,", node.operator));
        }
        if !matches!(node.domain.as_str(), "" | "ai.onnx" | "ai.onnx.ml" | "com.microsoft") {
            return unsupported(format!("the operator {} of '{}'", node.operator, node.domain));
        }
        for attribute in &node.attribute {
            let tensors = attribute.tensor.iter().chain(&attribute.tensors);
            external(tensors)?;
            for inner in attribute.graph.iter().chain(&attribute.graphs) {
                refuse(inner, depth + 1)?;
            }
        }
    }
    external(graph.initializer.iter())
}

fn external<'a>(mut constants: impl Iterator<Item = &'a Constant>) -> Result<(), ConvertError> {
    match constants.find(|constant| constant.location == Some(EXTERNAL)) {
        None => Ok(()),
        Some(constant) => {
            let what = format!("numbers in another file ({:?}); save it as one file", constant.name);
            Err(ConvertError::Unsupported { format: "ONNX", what })
        }
    }
}

fn maker(by_output: &HashMap<&str, &Node>, output: &str) -> String {
    let mut name = output;
    // a file whose operations read each other in circles has no maker
    for _ in 0..64 {
        let Some(node) = by_output.get(name) else { return String::new() };
        let through = matches!(
            node.operator.as_str(),
            "Identity" | "Cast" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Transpose"
        );
        match node.input.first() {
            Some(input) if through => name = input,
            _ => return node.operator.clone(),
        }
    }
    String::new()
}

fn port(value: &ValueInfoProto) -> Port {
    let tensor = value.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let dims = tensor.and_then(|t| t.shape.as_ref()).map(|shape| shape.dim.as_slice()).unwrap_or_default();
    let side = |value: &Option<DimensionValue>| match value {
        Some(DimensionValue::DimValue(size)) => usize::try_from(*size).ok().filter(|size| *size > 0),
        _ => None,
    };
    Port {
        name: value.name.clone(),
        element: tensor.map_or(0, |t| t.elem_type),
        shape: dims.iter().map(|dim| side(&dim.value)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;
    use crate::onnx::{Dim, ElementType, GraphBuilder};

    fn classifier() -> Vec<u8> {
        let mut graph = GraphBuilder::new("classifier");
        graph.input("picture", ElementType::F32, &[Dim::batch(), 3.into(), 8.into(), 8.into()]);
        let weights = graph.constant("w", Tensor::f32(&[192, 2], vec![0.5; 384]).unwrap());
        graph.node_into("Flatten", &["picture"], "flat", &[]);
        graph.node_into("MatMul", &["flat", &weights], "scores", &[]);
        graph.node_into("Softmax", &["scores"], "p", &[]);
        graph.node_into("Identity", &["p"], "probabilities", &[]);
        graph.output("probabilities", ElementType::F32, &[Dim::batch(), 2.into()]);
        graph.metadata("labels", r#"["a","b"]"#);
        graph.finish().unwrap()
    }

    #[test]
    fn a_file_says_what_it_reads_and_gives() {
        let found = inspect(&classifier()).unwrap();
        assert_eq!(found.inputs[0].shape, [None, Some(3), Some(8), Some(8)]);
        assert_eq!((found.inputs[0].element, found.outputs[0].shape.clone()), (1, vec![None, Some(2)]));
        assert_eq!((found.makers[0].as_str(), found.metadata("labels")), ("Softmax", Some(r#"["a","b"]"#)));
        assert_eq!(found.parameters, 384);
    }

    #[test]
    fn files_that_reach_out_or_run_on_are_refused() {
        let whole = classifier();
        assert!(inspect(&whole[..whole.len() / 2]).is_err());
        assert!(inspect(b"not at all").is_err());
        assert!(inspect(&[]).is_err());
        let mut model = Model::decode(whole.as_slice()).unwrap();
        model.graph.as_mut().unwrap().initializer[0].location = Some(EXTERNAL);
        assert!(inspect(&model.encode_to_vec()).unwrap_err().to_string().contains("another file"));
        let mut model = Model::decode(whole.as_slice()).unwrap();
        model.graph.as_mut().unwrap().node[0].operator = "Loop".into();
        assert!(inspect(&model.encode_to_vec()).unwrap_err().to_string().contains("Loop"));
        let mut model = Model::decode(whole.as_slice()).unwrap();
        model.graph.as_mut().unwrap().node[2].output = vec!["flat".into()];
        assert!(inspect(&model.encode_to_vec()).unwrap_err().to_string().contains("made twice"));
    }
}
