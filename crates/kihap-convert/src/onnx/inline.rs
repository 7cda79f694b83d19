//! Putting a finished ONNX file into a larger graph.

use std::collections::HashMap;

use prost::Message;

use super::proto::{AttributeProto, ModelProto, NodeProto, TensorProto};
use super::{ElementType, GraphBuilder};
use crate::tensor::{Tensor, Values};
use crate::{ConvertError, onnx};

/// First version of the standard operators in which these take their axes as an input.
const AXES_AS_INPUT: i64 = 18;
const REDUCTIONS: [&str; 5] = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2"];

impl GraphBuilder {
    /// Puts the nodes of an ONNX file that this crate wrote into this graph. `inputs` says which value each of the file's inputs
    /// is; all other names get `prefix` before them. Gives the values' names by the names of the file's outputs.
    ///
    /// # Errors
    /// A file that is damaged or holds constants of other element types, and inputs that are not given.
    pub fn inline(
        &mut self,
        file: &[u8],
        prefix: &str,
        inputs: &[(&str, &str)],
    ) -> Result<HashMap<String, String>, ConvertError> {
        let damaged = |detail: String| ConvertError::Damaged { format: "ONNX", detail };
        let model = ModelProto::decode(file).map_err(|e| damaged(e.to_string()))?;
        let graph = model.graph.ok_or_else(|| damaged("it has no graph".into()))?;
        let mut names: HashMap<String, String> = HashMap::new();
        names.insert(String::new(), String::new());
        for input in &graph.input {
            let given = inputs.iter().find(|(theirs, _)| *theirs == input.name).map(|(_, ours)| (*ours).to_owned());
            let missing = || damaged(format!("its input {:?} is not given", input.name));
            names.insert(input.name.clone(), given.ok_or_else(missing)?);
        }
        for constant in graph.initializer {
            let name = constant.name.clone();
            let ours = self.constant(&format!("{prefix}{name}"), tensor(constant)?);
            names.insert(name, ours);
        }
        for node in graph.node {
            self.inline_node(node, prefix, &mut names)?;
        }
        let output = |name: &String| {
            let ours = names.get(name).ok_or_else(|| damaged(format!("nothing makes its output {name:?}")))?;
            Ok((name.clone(), ours.clone()))
        };
        graph.output.iter().map(|o| output(&o.name)).collect()
    }

    fn inline_node(
        &mut self,
        mut node: NodeProto,
        prefix: &str,
        names: &mut HashMap<String, String>,
    ) -> Result<(), ConvertError> {
        for input in &mut node.input {
            let ours = names.get(input).ok_or_else(|| {
                ConvertError::inconsistent(node.name.clone(), format!("it reads {input:?}, which nothing makes"))
            })?;
            input.clone_from(ours);
        }
        for output in node.output.iter_mut().filter(|name| !name.is_empty()) {
            let ours = self.fresh(&format!("{prefix}{output}"));
            names.insert(std::mem::replace(output, ours.clone()), ours);
        }
        if self.opset >= AXES_AS_INPUT && REDUCTIONS.contains(&node.op_type.as_str()) && node.input.len() == 1 {
            let axes = node.attribute.iter().position(|a: &AttributeProto| a.name == "axes");
            if let Some(axes) = axes.map(|at| node.attribute.remove(at)) {
                let axes = self.constant(&format!("{}/axes", node.output[0]), Tensor::i64_vector(axes.ints));
                node.input.push(axes);
            }
        }
        node.name = format!("{}:{}", node.op_type, node.output.first().map_or("", String::as_str));
        self.nodes.push(node);
        Ok(())
    }
}

fn tensor(constant: TensorProto) -> Result<Tensor, ConvertError> {
    let shape: Option<Vec<usize>> = constant.dims.iter().map(|d| usize::try_from(*d).ok()).collect();
    let bytes = &constant.raw_data;
    let four = || bytes.chunks_exact(4).map(|b| [b[0], b[1], b[2], b[3]]);
    let values = match constant.data_type {
        kind if kind == onnx::ElementType::F32 as i32 => Values::F32(four().map(f32::from_le_bytes).collect()),
        kind if kind == onnx::ElementType::I32 as i32 => Values::I32(four().map(i32::from_le_bytes).collect()),
        kind if kind == ElementType::I64 as i32 => {
            let eight = bytes.chunks_exact(8).map(|b| [b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
            Values::I64(eight.map(i64::from_le_bytes).collect())
        }
        other => {
            let what = format!("constants of element type {other} ({:?})", constant.name);
            return Err(ConvertError::Unsupported { format: "ONNX", what });
        }
    };
    let name = constant.name;
    Tensor::new(shape.ok_or_else(|| ConvertError::inconsistent(name, "a negative size"))?, values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::Dim;

    fn mean() -> Vec<u8> {
        let mut graph = GraphBuilder::new("mean");
        graph.input("x", ElementType::F32, &[Dim::batch(), 3.into()]);
        let two = graph.constant("two", Tensor::scalar(2.0));
        let doubled = graph.node("Mul", &["x", &two], "doubled", &[]);
        graph.node_into("ReduceMean", &[&doubled], "y", &[("axes", [1].into()), ("keepdims", 0.into())]);
        graph.output("y", ElementType::F32, &[Dim::batch()]);
        graph.finish().unwrap()
    }

    #[test]
    fn a_file_put_in_twice_keeps_its_names_apart_and_follows_the_newer_operators() {
        let mut graph = GraphBuilder::new("both").with_opset(18);
        graph.input("a", ElementType::F32, &[Dim::batch(), 3.into()]);
        let first = graph.inline(&mean(), "first/", &[("x", "a")]).unwrap();
        let second = graph.inline(&mean(), "second/", &[("x", "a")]).unwrap();
        assert_eq!((first["y"].as_str(), second["y"].as_str()), ("first/y", "second/y"));
        graph.node_into("Add", &[&first["y"], &second["y"]], "sum", &[]);
        graph.output("sum", ElementType::F32, &[Dim::batch()]);
        let model = ModelProto::decode(graph.finish().unwrap().as_slice()).unwrap();
        assert_eq!(model.opset_import[0].version, 18);
        let nodes = model.graph.unwrap().node;
        let reduce = nodes.iter().find(|n| n.op_type == "ReduceMean").unwrap();
        assert_eq!(reduce.input.len(), 2, "axes are an input");
        assert_eq!(reduce.attribute.len(), 1);
    }

    #[test]
    fn damage_and_missing_inputs_are_errors() {
        let mut graph = GraphBuilder::new("g");
        assert!(matches!(graph.inline(&mean()[..20], "", &[("x", "a")]), Err(ConvertError::Damaged { .. })));
        let missing = graph.inline(&mean(), "", &[]).unwrap_err();
        assert!(missing.to_string().contains("\"x\""), "{missing}");
    }
}
