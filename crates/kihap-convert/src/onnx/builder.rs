//! Assembling an ONNX graph.

use std::collections::{BTreeMap, HashSet};

use prost::Message;

use super::proto::{
    DimensionProto, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use super::{Attribute, Dim, ElementType, fold, prune};
use crate::tensor::{Tensor, Values};
use crate::{ConvertError, onnx};

/// Version of the standard operators, unless [`GraphBuilder::with_opset`] says otherwise.
const DEFAULT_OPSET: i64 = 17;
const IR_VERSION: i64 = 8;

/// Assembles a graph node by node and writes it as an ONNX file (IR version 8).
///
/// ```
/// use kihap_convert::onnx::{Dim, ElementType, GraphBuilder};
/// use kihap_convert::Tensor;
///
/// let mut graph = GraphBuilder::new("double");
/// graph.input("x", ElementType::F32, &[Dim::batch(), 3.into()]);
/// let two = graph.constant("two", Tensor::scalar(2.0));
/// graph.node_into("Mul", &["x", &two], "y", &[]);
/// graph.output("y", ElementType::F32, &[Dim::batch(), 3.into()]);
/// let bytes = graph.finish()?;
/// # Ok::<(), kihap_convert::ConvertError>(())
/// ```
#[derive(Debug, Clone)]
pub struct GraphBuilder {
    name: String,
    pub(super) opset: i64,
    pub(super) nodes: Vec<NodeProto>,
    pub(super) constants: BTreeMap<String, Tensor>,
    pub(super) inputs: Vec<ValueInfoProto>,
    pub(super) outputs: Vec<ValueInfoProto>,
    metadata: Vec<(String, String)>,
    names: HashSet<String>,
    next: usize,
}

impl GraphBuilder {
    /// An empty graph of that name, for opset 17.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            opset: DEFAULT_OPSET,
            nodes: Vec::new(),
            constants: BTreeMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            metadata: Vec::new(),
            names: HashSet::new(),
            next: 0,
        }
    }

    /// The same graph for another version of the standard operators.
    pub fn with_opset(mut self, version: i64) -> Self {
        self.opset = version;
        self
    }

    /// Adds a line to the file's metadata.
    pub fn metadata(&mut self, key: &str, value: &str) {
        self.metadata.push((key.into(), value.into()));
    }

    /// Declares an input.
    pub fn input(&mut self, name: &str, element: ElementType, shape: &[Dim]) {
        self.names.insert(name.into());
        self.inputs.push(value_info(name, element, shape));
    }

    /// Declares an output; a node must make a value of that name before [`GraphBuilder::finish`].
    pub fn output(&mut self, name: &str, element: ElementType, shape: &[Dim]) {
        self.outputs.push(value_info(name, element, shape));
    }

    /// Adds a constant under `hint`, or under a name made from it where that is taken, and returns the name.
    pub fn constant(&mut self, hint: &str, tensor: Tensor) -> String {
        let name = self.fresh(hint);
        self.constants.insert(name.clone(), tensor);
        name
    }

    /// Adds a node with one output whose name is made from `hint`, and returns that name.
    pub fn node(&mut self, op: &str, inputs: &[&str], hint: &str, attributes: &[(&str, Attribute)]) -> String {
        let name = self.fresh(hint);
        self.push(op, inputs, vec![name.clone()], attributes);
        name
    }

    /// Adds a node whose output has exactly the name `output`.
    pub fn node_into(&mut self, op: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) {
        self.names.insert(output.into());
        self.push(op, inputs, vec![output.into()], attributes);
    }

    /// Adds a node with `count` outputs whose names are made from `hint`, and returns the names.
    pub fn node_multi(
        &mut self,
        op: &str,
        inputs: &[&str],
        hint: &str,
        count: usize,
        attributes: &[(&str, Attribute)],
    ) -> Vec<String> {
        let names: Vec<String> = (0..count).map(|_| self.fresh(hint)).collect();
        self.push(op, inputs, names.clone(), attributes);
        names
    }

    /// Keeps a name from being made up for something else, since a node will get it later.
    pub(crate) fn reserve(&mut self, name: &str) {
        self.names.insert(name.into());
    }

    /// Gives the value `old`, made by a node, the name `new` everywhere. False, and nothing is changed, where `old` is
    /// not made by a node or something has the name `new`.
    pub(crate) fn rename(&mut self, old: &str, new: &str) -> bool {
        let makes = |name: &str| self.nodes.iter().any(|node| node.output.iter().any(|output| output == name));
        let given = self.constants.contains_key(new) || self.inputs.iter().any(|input| input.name == new);
        if !makes(old) || makes(new) || given {
            return false;
        }
        self.names.insert(new.into());
        for node in &mut self.nodes {
            for name in node.input.iter_mut().chain(&mut node.output) {
                if name == old {
                    *name = new.into();
                }
            }
        }
        true
    }

    /// Folds batch normalisation and constant additions into the convolutions before them.
    pub fn fold_into_convolutions(&mut self) -> Result<(), ConvertError> {
        fold::fold(self)
    }

    /// Removes every node, constant and input that no output needs. Inputs are kept if nothing would be left.
    pub fn prune(&mut self) {
        prune::prune(self);
    }

    /// Names of the declared outputs.
    pub fn output_names(&self) -> Vec<&str> {
        self.outputs.iter().map(|output| output.name.as_str()).collect()
    }

    /// Prunes, checks that every value is made once and before it is used, and encodes the file.
    pub fn finish(mut self) -> Result<Vec<u8>, ConvertError> {
        self.prune();
        self.check()?;
        let initializer = self.constants.iter().map(|(name, tensor)| tensor_proto(name, tensor)).collect();
        let model = ModelProto {
            ir_version: Some(IR_VERSION),
            producer_name: "kihap".into(),
            producer_version: env!("CARGO_PKG_VERSION").into(),
            doc_string: String::new(),
            graph: Some(GraphProto {
                node: self.nodes,
                name: self.name,
                initializer,
                input: self.inputs,
                output: self.outputs,
            }),
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: self.opset }],
            metadata_props: self
                .metadata
                .into_iter()
                .map(|(key, value)| StringStringEntryProto { key, value })
                .collect(),
        };
        Ok(model.encode_to_vec())
    }

    pub(super) fn fresh(&mut self, hint: &str) -> String {
        if self.names.insert(hint.to_string()) {
            return hint.into();
        }
        loop {
            self.next += 1;
            let name = format!("{hint}_{}", self.next);
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    fn push(&mut self, op: &str, inputs: &[&str], output: Vec<String>, attributes: &[(&str, Attribute)]) {
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&name| name.into()).collect(),
            name: format!("{op}:{}", output.first().map_or("", String::as_str)),
            output,
            op_type: op.into(),
            attribute: attributes.iter().map(|(name, value)| value.named(name)).collect(),
        });
    }

    fn check(&self) -> Result<(), ConvertError> {
        let fail = |message: String| Err(ConvertError::InvalidGraph(message));
        if self.outputs.is_empty() {
            return fail("it has no output".into());
        }
        let mut known: HashSet<&str> = self.constants.keys().map(String::as_str).collect();
        for input in &self.inputs {
            if !known.insert(&input.name) {
                return fail(format!("{:?} is declared twice", input.name));
            }
        }
        for node in &self.nodes {
            if let Some(missing) = node.input.iter().find(|name| !name.is_empty() && !known.contains(name.as_str())) {
                return fail(format!("{} reads {missing:?} before anything makes it", node.name));
            }
            for output in &node.output {
                if !known.insert(output) {
                    return fail(format!("{output:?} is made twice"));
                }
            }
        }
        match self.outputs.iter().find(|output| !known.contains(output.name.as_str())) {
            Some(output) => fail(format!("nothing makes the output {:?}", output.name)),
            None => Ok(()),
        }
    }
}

fn value_info(name: &str, element: ElementType, shape: &[Dim]) -> ValueInfoProto {
    let dim = shape
        .iter()
        .map(|dim| match dim {
            Dim::Fixed(size) => DimensionValue::DimValue(*size as i64),
            Dim::Named(name) => DimensionValue::DimParam(name.clone()),
        })
        .map(|value| DimensionProto { value: Some(value) })
        .collect();
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto { elem_type: element as i32, shape: Some(TensorShapeProto { dim }) }),
        }),
        doc_string: String::new(),
    }
}

fn tensor_proto(name: &str, tensor: &Tensor) -> TensorProto {
    let (data_type, raw_data) = match tensor.values() {
        Values::F32(v) => (onnx::ElementType::F32, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Values::I32(v) => (onnx::ElementType::I32, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Values::I64(v) => (onnx::ElementType::I64, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
    };
    TensorProto {
        dims: tensor.shape().iter().map(|&dim| dim as i64).collect(),
        data_type: data_type as i32,
        name: name.into(),
        raw_data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double() -> GraphBuilder {
        let mut graph = GraphBuilder::new("double");
        graph.input("x", ElementType::F32, &[Dim::batch(), 3.into()]);
        let two = graph.constant("two", Tensor::scalar(2.0));
        graph.node_into("Mul", &["x", &two], "y", &[]);
        graph.output("y", ElementType::F32, &[Dim::batch(), 3.into()]);
        graph
    }

    #[test]
    fn what_is_written_reads_back() {
        let model = ModelProto::decode(double().finish().unwrap().as_slice()).unwrap();
        assert_eq!((model.ir_version, model.opset_import[0].version), (Some(8), 17));
        let graph = model.graph.unwrap();
        assert_eq!(graph.node[0].op_type, "Mul");
        assert_eq!(graph.initializer[0].raw_data, 2f32.to_le_bytes());
        let dims = graph.input[0].r#type.clone().unwrap().tensor_type.unwrap().shape.unwrap().dim;
        assert_eq!(dims[0].value, Some(DimensionValue::DimParam("N".into())));
        assert_eq!(dims[1].value, Some(DimensionValue::DimValue(3)));
    }

    #[test]
    fn names_are_never_given_twice() {
        let mut graph = GraphBuilder::new("g");
        let a = graph.constant("w", Tensor::scalar(1.0));
        let b = graph.constant("w", Tensor::scalar(2.0));
        assert_ne!(a, b);
    }

    #[test]
    fn a_value_nobody_makes_is_an_error() {
        let mut graph = double();
        graph.node_into("Relu", &["ghost"], "z", &[]);
        graph.output("z", ElementType::F32, &[3.into()]);
        assert!(matches!(graph.finish(), Err(ConvertError::InvalidGraph(m)) if m.contains("ghost")));
        let mut graph = double();
        graph.output("nowhere", ElementType::F32, &[3.into()]);
        assert!(matches!(graph.finish(), Err(ConvertError::InvalidGraph(m)) if m.contains("nowhere")));
    }

    #[test]
    fn making_a_value_twice_is_an_error() {
        let mut graph = double();
        graph.node_into("Relu", &["x"], "y", &[]);
        assert!(matches!(graph.finish(), Err(ConvertError::InvalidGraph(m)) if m.contains("twice")));
    }

    #[test]
    fn attributes_keep_their_type_and_zero_values() {
        let mut graph = double();
        graph.node_into("Flatten", &["y"], "z", &[("axis", 0.into()), ("perm", [1, 0].into()), ("m", "a".into())]);
        graph.output("z", ElementType::F32, &[3.into()]);
        let model = ModelProto::decode(graph.finish().unwrap().as_slice()).unwrap();
        let node = &model.graph.unwrap().node[1];
        assert_eq!((node.attribute[0].i, node.attribute[0].r#type), (Some(0), Some(2)));
        assert_eq!((node.attribute[1].ints.clone(), node.attribute[1].r#type), (vec![1, 0], Some(7)));
        assert_eq!((node.attribute[2].s.clone(), node.attribute[2].r#type), (Some(b"a".to_vec()), Some(3)));
    }
}
