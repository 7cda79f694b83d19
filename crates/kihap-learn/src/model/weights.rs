//! Weights as a safetensors file: `standardise.mean`, `standardise.std`, and `member.M.layer.L.weight` (inputs ×
//! outputs) and `.bias`, all 32-bit floats.

use std::{collections::HashMap, path::Path};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::description::ModelDescription;
use crate::{
    error::LearnError,
    features::Standardiser,
    train::{DenseWeights, TrainedNetwork},
};

/// The file's bytes.
pub(super) fn encode(network: &TrainedNetwork, path: &Path) -> Result<Vec<u8>, LearnError> {
    let bytes = |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
    let mut tensors = vec![
        ("standardise.mean".to_owned(), vec![network.standardiser.mean.len()], bytes(&network.standardiser.mean)),
        ("standardise.std".to_owned(), vec![network.standardiser.std.len()], bytes(&network.standardiser.std)),
    ];
    for (member, layers) in network.members.iter().enumerate() {
        for (layer, dense) in layers.iter().enumerate() {
            let name = layer_name(member, layer);
            tensors.push((format!("{name}.weight"), vec![dense.inputs, dense.outputs], bytes(&dense.weight)));
            tensors.push((format!("{name}.bias"), vec![dense.outputs], bytes(&dense.bias)));
        }
    }
    let refused = |problem| LearnError::bad_model(path, format!("its weights cannot be written: {problem}"));
    let views: Vec<(&str, TensorView)> = tensors
        .iter()
        .map(|(name, shape, data)| {
            Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), data).map_err(refused)?))
        })
        .collect::<Result<_, LearnError>>()?;
    let about = HashMap::from([("format".to_owned(), "kihap-model".to_owned())]);
    safetensors::serialize(views, Some(about)).map_err(refused)
}

/// The network that `description` and the file's bytes describe.
pub(super) fn decode(description: &ModelDescription, bytes: &[u8], path: &Path) -> Result<TrainedNetwork, LearnError> {
    let file = SafeTensors::deserialize(bytes).map_err(|problem| {
        LearnError::bad_model(
            path,
            format!("it is truncated or not a safetensors file ({problem}); train or copy it again"),
        )
    })?;
    let read = |name: &str, shape: &[usize]| -> Result<Vec<f32>, LearnError> {
        let tensor = file.tensor(name).map_err(|_| LearnError::bad_model(path, format!("it lacks \"{name}\"")))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
            let found = format!("{:?} {:?}", tensor.dtype(), tensor.shape());
            let problem = format!(
                "\"{name}\" is {found} where model.toml asks for F32 {shape:?}; the files do not belong together"
            );
            return Err(LearnError::bad_model(path, problem));
        }
        Ok(tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    };
    let width = description.layout.width();
    let classes = description.classes.len();
    let standardiser =
        Standardiser { mean: read("standardise.mean", &[width])?, std: read("standardise.std", &[width])? };
    let layers = description.head.layers(width, classes);
    let member = |member: usize| -> Result<Vec<DenseWeights>, LearnError> {
        let dense = |(layer, (inputs, outputs)): (usize, &(usize, usize))| {
            let name = layer_name(member, layer);
            let weight = read(&format!("{name}.weight"), &[*inputs, *outputs])?;
            let bias = read(&format!("{name}.bias"), &[*outputs])?;
            Ok(DenseWeights { inputs: *inputs, outputs: *outputs, weight, bias })
        };
        layers.iter().enumerate().map(dense).collect()
    };
    Ok(TrainedNetwork {
        head: description.head.clone(),
        classes,
        layout: description.layout,
        standardiser,
        members: (0..description.members).map(member).collect::<Result<_, _>>()?,
    })
}

fn layer_name(member: usize, layer: usize) -> String {
    format!("member.{member}.layer.{layer}")
}
