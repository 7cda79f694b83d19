//! The nodes of a graph model.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value as Json;

use super::base64;
use crate::ConvertError;
use crate::lower::Size;

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "modelTopology")]
    topology: Topology,
    signature: Option<Signature>,
    #[serde(rename = "userDefinedMetadata")]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    signature: Option<Signature>,
}

#[derive(Deserialize)]
struct Topology {
    node: Vec<Node>,
}

#[derive(Deserialize)]
struct Signature {
    #[serde(default)]
    outputs: serde_json::Map<String, Json>,
}

/// One operation.
#[derive(Deserialize)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) op: String,
    #[serde(default)]
    pub(super) input: Vec<String>,
    #[serde(default)]
    attr: HashMap<String, Json>,
}

/// The nodes, and the outputs that the file publishes: (key in the signature, node, output number).
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) outputs: Vec<(String, String, usize)>,
}

/// A reference such as `name`, `name:1` or `^name` (control, carries no value).
pub(super) fn reference(text: &str) -> Option<(&str, usize)> {
    if text.starts_with('^') {
        return None;
    }
    match text.rsplit_once(':') {
        Some((name, number)) => Some(number.parse().map_or((text, 0), |number| (name, number))),
        None => Some((text, 0)),
    }
}

impl Graph {
    pub(super) fn read(model_json: &[u8]) -> Result<Self, ConvertError> {
        let model: Model = serde_json::from_slice(model_json).map_err(|error| ConvertError::Damaged {
            format: "TensorFlow.js graph model",
            detail: format!("model.json: {error}"),
        })?;
        let nodes = model.topology.node;
        let signature = model.signature.or(model.metadata.and_then(|metadata| metadata.signature));
        let mut outputs: Vec<_> = signature
            .map(|signature| signature.outputs)
            .unwrap_or_default()
            .iter()
            .filter_map(|(key, entry)| {
                let (name, number) = reference(entry.get("name").and_then(Json::as_str).unwrap_or(key))?;
                Some((key.clone(), name.to_string(), number))
            })
            .collect();
        if outputs.is_empty() {
            outputs = leaves(&nodes);
        }
        Ok(Self { nodes, outputs })
    }
}

/// Nodes whose values nobody reads: older models have no signature.
fn leaves(nodes: &[Node]) -> Vec<(String, String, usize)> {
    let read: std::collections::HashSet<&str> =
        nodes.iter().flat_map(|node| &node.input).filter_map(|input| Some(reference(input)?.0)).collect();
    let carries = |node: &&Node| !read.contains(node.name.as_str()) && !matches!(node.op.as_str(), "Const" | "NoOp");
    nodes.iter().filter(carries).map(|node| (node.name.clone(), node.name.clone(), 0)).collect()
}

/// An integer; they are written as texts.
fn integer(value: &Json) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A text, Base64 or a list of bytes.
fn text(value: &Json) -> Option<String> {
    let bytes = match value {
        Json::String(text) => base64::decode(text)?,
        Json::Array(bytes) => {
            bytes.iter().map(|byte| byte.as_u64().and_then(|b| u8::try_from(b).ok())).collect::<Option<_>>()?
        }
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

impl Node {
    /// A truth value, false if absent.
    pub(super) fn bool(&self, name: &str) -> bool {
        self.attr.get(name).and_then(|attr| attr.get("b")).and_then(Json::as_bool).unwrap_or(false)
    }

    /// An integer.
    pub(super) fn int(&self, name: &str) -> Option<i64> {
        integer(self.attr.get(name)?.get("i")?)
    }

    /// A list of integers; empty if absent.
    pub(super) fn ints(&self, name: &str) -> Result<Vec<i64>, ConvertError> {
        let Some(list) = self.attr.get(name).and_then(|attr| attr.get("list")).and_then(|list| list.get("i")) else {
            return Ok(Vec::new());
        };
        let parsed = list.as_array().and_then(|list| list.iter().map(integer).collect::<Option<Vec<_>>>());
        parsed.ok_or_else(|| self.inconsistent(format!("attribute {name} is not a list of integers")))
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        text(self.attr.get(name)?.get("s")?)
    }

    /// A list of texts; empty if absent.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, ConvertError> {
        let Some(list) = self.attr.get(name).and_then(|attr| attr.get("list")).and_then(|list| list.get("s")) else {
            return Ok(Vec::new());
        };
        let parsed = list.as_array().and_then(|list| list.iter().map(text).collect::<Option<Vec<_>>>());
        parsed.ok_or_else(|| self.inconsistent(format!("attribute {name} is not a list of texts")))
    }

    /// An element type, such as `DT_FLOAT`.
    pub(super) fn element(&self, name: &str) -> Option<&str> {
        self.attr.get(name)?.get("type")?.as_str()
    }

    /// A shape; unknown sizes are `None`.
    pub(super) fn shape(&self, name: &str) -> Option<Vec<Size>> {
        let shape = self.attr.get(name)?.get("shape")?;
        let Some(dims) = shape.get("dim") else { return Some(Vec::new()) };
        dims.as_array()?.iter().map(|dim| Some(usize::try_from(integer(dim.get("size")?)?).ok())).collect()
    }

    pub(super) fn inconsistent(&self, detail: impl Into<String>) -> ConvertError {
        ConvertError::inconsistent(format!("{} ({})", self.name, self.op), detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_node_and_output() {
        assert_eq!(reference("a/b"), Some(("a/b", 0)));
        assert_eq!(reference("a/b:2"), Some(("a/b", 2)));
        assert_eq!(reference("^a"), None);
    }

    #[test]
    fn without_signature_the_leaves_are_the_outputs() {
        let json = br#"{"modelTopology":{"node":[
            {"name":"x","op":"Placeholder"},{"name":"c","op":"Const"},
            {"name":"y","op":"Relu","input":["x"]},{"name":"z","op":"Relu","input":["y:0"]}]}}"#;
        let graph = Graph::read(json).unwrap();
        assert_eq!(graph.outputs, [("z".to_string(), "z".to_string(), 0)]);
    }

    #[test]
    fn attributes_are_read_in_their_written_forms() {
        let json = br#"{"modelTopology":{"node":[{"name":"x","op":"O","attr":{
            "b":{"b":true},"i":{"i":"7"},"l":{"list":{"i":["1","-2"]}},"s":{"s":"U0FNRQ=="},
            "t":{"list":{"s":["UmVsdTY="]}},"shape":{"shape":{"dim":[{"size":"-1"},{"size":3}]}}}}]}}"#;
        let graph = Graph::read(json).unwrap();
        let node = &graph.nodes[0];
        assert!(node.bool("b") && !node.bool("none"));
        assert_eq!(node.int("i"), Some(7));
        assert_eq!(node.ints("l").unwrap(), [1, -2]);
        assert_eq!(node.text("s").unwrap(), "SAME");
        assert_eq!(node.texts("t").unwrap(), ["Relu6"]);
        assert_eq!(node.shape("shape").unwrap(), [None, Some(3)]);
    }
}
