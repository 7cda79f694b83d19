//! Weights from ONNX files: by name, else layer by layer in the order of the file.

use std::collections::BTreeMap;

use kihap_convert::onnx::proto::{GraphProto, ModelProto, TensorProto};
use prost::Message;

use super::imported::Found;
use super::onnx_layers;
use super::read::Problem;
use crate::graph::{Graph, Op};
use crate::onnx::recurrent::unpack_layer;
use crate::weights::Array;

/// `TensorProto.DataType` of 32-bit floats.
const FLOAT: i32 = 1;

/// Takes what `graph` needs.
pub(super) fn take_for(graph: &Graph, bytes: &[u8]) -> Result<Found, Problem> {
    let no_network = || {
        "it is none of the files that are read (safetensors, ONNX, .keras, .h5, Teachable Machine's export), or is damaged"
            .to_owned()
    };
    let model = ModelProto::decode(bytes).map_err(|_| no_network())?;
    let file = model.graph.filter(|file| !file.node.is_empty()).ok_or_else(no_network)?;
    let constants = constants(&file)?;
    let by_name = by_name(graph, &constants)?;
    let parameters = graph.parameters()?;
    let head = graph.nodes.iter().rev().find(|node| parameters.iter().any(|p| belongs(&p.name, &node.name)));
    let all = parameters
        .iter()
        .filter(|p| head.is_none_or(|head| !belongs(&p.name, &head.name)))
        .all(|p| by_name.arrays.contains_key(&p.name));
    if all && !by_name.arrays.is_empty() {
        return Ok(by_name);
    }
    Ok(onnx_layers::take_for(graph, &file, &constants)?)
}

fn belongs(weight: &str, layer: &str) -> bool {
    weight.strip_prefix(layer).is_some_and(|rest| rest.starts_with('.'))
}

/// The file's arrays of 32-bit floats.
fn constants(file: &GraphProto) -> Result<BTreeMap<String, Array>, String> {
    let floats = file.initializer.iter().filter(|tensor| tensor.data_type == FLOAT);
    floats.map(|tensor| Ok((tensor.name.clone(), array(tensor)?))).collect()
}

fn array(tensor: &TensorProto) -> Result<Array, String> {
    let name = &tensor.name;
    let shape: Vec<usize> = tensor
        .dims
        .iter()
        .map(|side| usize::try_from(*side).map_err(|_| format!("its '{name}' has a side of {side}")))
        .collect::<Result<_, _>>()?;
    let count = shape.iter().try_fold(1usize, |all, side| all.checked_mul(*side));
    if count.and_then(|count| count.checked_mul(4)) != Some(tensor.raw_data.len()) {
        return Err(format!(
            "its '{name}' keeps its numbers in another file or in another way; save it as one file with raw data"
        ));
    }
    let values = tensor.raw_data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Ok(Array { shape, values })
}

/// What stands in the file under the network's own names.
fn by_name(graph: &Graph, constants: &BTreeMap<String, Array>) -> Result<Found, Problem> {
    let mut found = Found::default();
    let shapes = graph.shapes()?;
    for p in graph.parameters()? {
        if let Some(array) = constants.get(&p.name) {
            found.arrays.insert(p.name, array.clone());
        }
    }
    for (node, wires) in graph.nodes.iter().zip(graph.wires()?) {
        let Op::Recurrent { cell, units, bidirectional, .. } = node.op else { continue };
        let parts = ["W", "R", "B"].map(|part| constants.get(&format!("{}.{part}", node.name)));
        let [Some(input), Some(recurrent), Some(bias)] = parts else { continue };
        let arrays = [&input.values, &recurrent.values, &bias.values].map(Vec::as_slice);
        let features = wires[0].map_or(&graph.input.shape, |i| &shapes[i])[1];
        let Some(unpacked) = unpack_layer(arrays, features, cell, units, bidirectional) else { continue };
        for (weight, values) in unpacked {
            let name = format!("{}.{weight}", node.name);
            let shape = match weight.ends_with("bias") {
                true => vec![values.len()],
                false => vec![values.len() / (cell.gates() * units), cell.gates() * units],
            };
            found.arrays.insert(name, Array { shape, values });
        }
    }
    Ok(found)
}
