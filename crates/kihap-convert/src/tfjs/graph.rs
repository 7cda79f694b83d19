//! Walking a graph model.

use std::collections::HashMap;

use super::manifest::Weights;
use super::operators;
use super::topology::{Graph, Node, reference};
use crate::ConvertError;
use crate::lower::{Lowering, Value, check_size};
use crate::onnx::ElementType;

/// Options of [`graph_to_onnx`].
#[derive(Debug, Clone, Default)]
pub struct GraphOptions {
    /// Height and width of the input picture, in place of those in the file; needed where the file leaves them open.
    pub input_size: Option<(usize, usize)>,
    /// Outputs to keep, in the wanted order, by the name of the node or by its key in the file's signature; `None` keeps
    /// all. What only the others need is left out.
    pub outputs: Option<Vec<String>>,
    /// Leaves the batch size open (`N`), where the file says 1.
    pub dynamic_batch: bool,
}

/// State while walking the graph.
pub(super) struct Walk<'a> {
    pub(super) lowering: Lowering,
    pub(super) weights: Weights<'a>,
    options: &'a GraphOptions,
    inputs: usize,
    values: HashMap<(String, usize), Value>,
}

/// Converts a TensorFlow.js graph model to ONNX.
///
/// `weights` are the bytes of all weight files in the order of [`super::weight_paths`]. The picture input, published as
/// `[n, h, w, c]`, becomes the ONNX input `input` of shape `[n, c, h, w]` (further inputs: `input_1`, …). Outputs have the
/// names that the caller asked for (or else those of their nodes), shapes and order of elements as published.
///
/// # Errors
/// For files that are damaged, operators outside the subset, outputs that do not exist, and an input size that neither
/// the file nor the options give.
pub fn graph_to_onnx(model_json: &[u8], weights: &[u8], options: &GraphOptions) -> Result<Vec<u8>, ConvertError> {
    let graph = Graph::read(model_json)?;
    let mut walk = Walk {
        lowering: Lowering::new("tfjs"),
        weights: Weights::read(model_json, weights)?,
        options,
        inputs: 0,
        values: HashMap::new(),
    };
    let nodes: HashMap<&str, &Node> = graph.nodes.iter().map(|node| (node.name.as_str(), node)).collect();
    let outputs = choose_outputs(&graph, options.outputs.as_deref())?;
    for node in in_order(&nodes, outputs.iter().map(|(_, node, _)| node.as_str()))? {
        let values = operators::lower(&mut walk, node)?;
        for (number, value) in values.into_iter().enumerate() {
            check_size(&node.name, &value.shape())?;
            walk.values.insert((node.name.clone(), number), value);
        }
    }
    let published = outputs
        .into_iter()
        .map(|(name, node, number)| Ok((name, walk.value(&node, number)?)))
        .collect::<Result<Vec<_>, ConvertError>>()?;
    walk.lowering.finish(&published)
}

/// (published name, node, output number) of each wanted output.
fn choose_outputs(graph: &Graph, wanted: Option<&[String]>) -> Result<Vec<(String, String, usize)>, ConvertError> {
    let Some(wanted) = wanted else {
        return Ok(graph.outputs.iter().map(|(_, node, number)| (node.clone(), node.clone(), *number)).collect());
    };
    let find = |name: &String| {
        let keyed = graph.outputs.iter().find(|(key, node, _)| key == name || node == name);
        keyed.map(|(_, node, number)| (name.clone(), node.clone(), *number)).or_else(|| {
            let node = graph.nodes.iter().find(|node| &node.name == name)?;
            Some((name.clone(), node.name.clone(), 0))
        })
    };
    let available = || graph.outputs.iter().map(|(_, node, _)| node.as_str()).collect::<Vec<_>>().join(", ");
    wanted
        .iter()
        .map(|name| {
            find(name).ok_or_else(|| ConvertError::NoSuchName {
                what: "output",
                name: name.clone(),
                available: available(),
            })
        })
        .collect()
}

/// The nodes that `ends` depend on, each after the nodes it reads.
fn in_order<'g>(
    nodes: &HashMap<&'g str, &'g Node>,
    ends: impl Iterator<Item = &'g str>,
) -> Result<Vec<&'g Node>, ConvertError> {
    #[derive(PartialEq)]
    enum State {
        Open,
        Done,
    }
    let damaged = |detail: String| ConvertError::Damaged { format: "TensorFlow.js graph model", detail };
    let mut states: HashMap<&str, State> = HashMap::new();
    let mut order = Vec::new();
    let mut stack: Vec<&str> = ends.collect();
    stack.reverse();
    while let Some(&name) = stack.last() {
        let &node = nodes.get(name).ok_or_else(|| damaged(format!("there is no node {name:?}")))?;
        match states.get(name) {
            Some(State::Done) => {
                stack.pop();
            }
            Some(State::Open) => {
                states.insert(name, State::Done);
                order.push(node);
                stack.pop();
            }
            None => {
                states.insert(name, State::Open);
                for (input, _) in node.input.iter().filter_map(|input| reference(input)) {
                    match states.get(input) {
                        None => stack.push(input),
                        Some(State::Open) => return Err(damaged(format!("node {name:?} depends on itself"))),
                        Some(State::Done) => {}
                    }
                }
            }
        }
    }
    Ok(order)
}

impl Walk<'_> {
    /// The value of a node's input.
    pub(super) fn input(&self, node: &Node, number: usize) -> Result<Value, ConvertError> {
        let text = node.input.get(number).ok_or_else(|| node.inconsistent(format!("it has no input {number}")))?;
        let (name, output) =
            reference(text).ok_or_else(|| node.inconsistent(format!("input {number} carries no value")))?;
        self.value(name, output)
    }

    fn value(&self, node: &str, number: usize) -> Result<Value, ConvertError> {
        let key = (node.to_string(), number);
        let missing = || ConvertError::inconsistent(node, format!("it makes no value number {number}"));
        self.values.get(&key).cloned().ok_or_else(missing)
    }

    /// Declares the input that a `Placeholder` stands for.
    pub(super) fn placeholder(&mut self, node: &Node) -> Result<Value, ConvertError> {
        let element = match node.element("dtype") {
            None | Some("DT_FLOAT") => ElementType::F32,
            Some("DT_INT32") => ElementType::I32,
            Some(other) => return Err(node.inconsistent(format!("inputs of type {other} are not converted"))),
        };
        let mut shape = node.shape("shape").ok_or_else(|| node.inconsistent("its shape is unknown"))?;
        if let Some(batch) = shape.first_mut()
            && (self.options.dynamic_batch || batch.is_none())
        {
            *batch = if self.options.dynamic_batch { None } else { Some(1) };
        }
        if let ([_, height, width, _], Some(size)) = (shape.as_mut_slice(), self.options.input_size) {
            (*height, *width) = (Some(size.0), Some(size.1));
        }
        if shape.iter().skip(1).any(Option::is_none) {
            return Err(node.inconsistent("the file leaves the size of the input open: give one (input_size)"));
        }
        let name = if self.inputs == 0 { "input".to_string() } else { format!("input_{}", self.inputs) };
        self.inputs += 1;
        self.lowering.input(&name, &shape, element)
    }
}
