//! Folding per-channel arithmetic after a convolution into its weights.

use std::collections::HashMap;

use super::GraphBuilder;
use super::proto::NodeProto;
use crate::{ConvertError, Tensor};

/// What follows a convolution, as `y = x · scale + shift` for each output channel.
struct PerChannel {
    scale: Vec<f64>,
    shift: Vec<f64>,
}

/// Folds every `BatchNormalization` and every `Add` of a per-channel constant that is the only reader of a convolution's
/// result into the weights of that convolution. Arithmetic is in `f64`, results are rounded once.
pub(super) fn fold(graph: &mut GraphBuilder) -> Result<(), ConvertError> {
    while let Some((conv, follower, change)) = find(graph) {
        let output = graph.nodes[follower].output.clone();
        apply(graph, conv, &change)?;
        graph.nodes[conv].output = output;
        graph.nodes.remove(follower);
    }
    Ok(())
}

fn find(graph: &GraphBuilder) -> Option<(usize, usize, PerChannel)> {
    let mut makers: HashMap<&str, usize> = HashMap::new();
    let mut readers: HashMap<&str, usize> = HashMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        makers.extend(node.output.iter().map(|name| (name.as_str(), index)));
        node.input.iter().for_each(|name| *readers.entry(name).or_default() += 1);
    }
    graph.outputs.iter().for_each(|output| *readers.entry(&output.name).or_default() += 1);
    graph.nodes.iter().enumerate().find_map(|(index, node)| {
        node.input.iter().find_map(|input| {
            let &maker = makers.get(input.as_str())?;
            let conv = &graph.nodes[maker];
            if conv.op_type != "Conv" || readers[input.as_str()] != 1 {
                return None;
            }
            let channels = *graph.constants.get(conv.input.get(1)?)?.shape().first()?;
            Some((maker, index, per_channel(graph, node, input, channels)?))
        })
    })
}

/// The arithmetic of `node` on its operand `input`, where it can be folded.
fn per_channel(graph: &GraphBuilder, node: &NodeProto, input: &str, channels: usize) -> Option<PerChannel> {
    let constant = |name: &String| graph.constants.get(name).and_then(Tensor::as_f32);
    match node.op_type.as_str() {
        "BatchNormalization" if node.input.first().is_some_and(|name| name == input) => {
            let [_, gamma, beta, mean, variance] = node.input.as_slice() else { return None };
            let epsilon = node.attribute.iter().find(|a| a.name == "epsilon").and_then(|a| a.f).unwrap_or(1e-5);
            let (gamma, beta) = (constant(gamma)?, constant(beta)?);
            let (mean, variance) = (constant(mean)?, constant(variance)?);
            if [gamma, beta, mean, variance].iter().any(|v| v.len() != channels) {
                return None;
            }
            let mut scale = Vec::with_capacity(channels);
            let mut shift = Vec::with_capacity(channels);
            for c in 0..channels {
                let s = f64::from(gamma[c]) / (f64::from(variance[c]) + f64::from(epsilon)).sqrt();
                scale.push(s);
                shift.push(f64::from(beta[c]) - f64::from(mean[c]) * s);
            }
            Some(PerChannel { scale, shift })
        }
        "Add" => {
            let other = node.input.iter().find(|name| *name != input)?;
            let tensor = graph.constants.get(other)?;
            if tensor.shape() != [1, channels, 1, 1] {
                return None;
            }
            let shift = tensor.as_f32()?.iter().map(|&v| f64::from(v)).collect();
            Some(PerChannel { scale: vec![1.0; channels], shift })
        }
        _ => None,
    }
}

fn apply(graph: &mut GraphBuilder, conv: usize, change: &PerChannel) -> Result<(), ConvertError> {
    let node = &graph.nodes[conv];
    let lost = || ConvertError::InvalidGraph("a convolution lost its weights while folding".into());
    let weights = graph.constants.get(&node.input[1]).ok_or_else(lost)?;
    let channels = change.scale.len();
    let source = weights.as_f32().ok_or_else(lost)?;
    let per_output = source.len() / channels.max(1);
    let scaled =
        source.iter().enumerate().map(|(i, &w)| (f64::from(w) * change.scale[i / per_output]) as f32).collect();
    let weights = Tensor::f32(weights.shape(), scaled)?;
    let old_bias = node.input.get(2).and_then(|name| graph.constants.get(name)).and_then(Tensor::as_f32);
    let bias = (0..channels)
        .map(|c| {
            let old = old_bias.and_then(|b| b.get(c)).copied().unwrap_or(0.0);
            (f64::from(old) * change.scale[c] + change.shift[c]) as f32
        })
        .collect();
    let data = node.input[0].clone();
    let weights = graph.constant("weights", weights);
    let bias = graph.constant("bias", Tensor::f32(&[channels], bias)?);
    graph.nodes[conv].input = vec![data, weights, bias];
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{ElementType, GraphBuilder};
    use crate::Tensor;

    fn conv(graph: &mut GraphBuilder) -> String {
        graph.input("x", ElementType::F32, &[1.into(), 1.into(), 2.into(), 2.into()]);
        let w = graph.constant("w", Tensor::f32(&[2, 1, 1, 1], vec![3.0, 5.0]).unwrap());
        graph.node("Conv", &["x", &w], "conv", &[])
    }

    fn vector(graph: &mut GraphBuilder, values: [f32; 2]) -> String {
        graph.constant("v", Tensor::f32(&[2], values.to_vec()).unwrap())
    }

    #[test]
    fn batch_normalisation_and_bias_become_weights() {
        let mut graph = GraphBuilder::new("g");
        let x = conv(&mut graph);
        let gamma = vector(&mut graph, [2.0, 1.0]);
        let beta = vector(&mut graph, [1.0, 0.0]);
        let mean = vector(&mut graph, [4.0, 0.0]);
        let variance = vector(&mut graph, [4.0, 1.0]);
        let inputs = [x.as_str(), &gamma, &beta, &mean, &variance];
        let y = graph.node("BatchNormalization", &inputs, "bn", &[("epsilon", 0f32.into())]);
        let shift = graph.constant("shift", Tensor::f32(&[1, 2, 1, 1], vec![10.0, 20.0]).unwrap());
        graph.node_into("Add", &[&y, &shift], "y", &[]);
        graph.output("y", ElementType::F32, &[1.into(), 2.into(), 2.into(), 2.into()]);
        graph.fold_into_convolutions().unwrap();
        assert_eq!(graph.nodes.len(), 1);
        assert_eq!(graph.nodes[0].output, ["y"]);
        let input = &graph.nodes[0].input;
        // gamma / sqrt(variance) = 1 for both; shift = beta - mean · scale + added.
        assert_eq!(graph.constants[&input[1]].as_f32().unwrap(), [3.0, 5.0]);
        assert_eq!(graph.constants[&input[2]].as_f32().unwrap(), [1.0 - 4.0 + 10.0, 20.0]);
    }

    #[test]
    fn a_result_that_is_read_twice_is_left_alone() {
        let mut graph = GraphBuilder::new("g");
        let x = conv(&mut graph);
        let shift = graph.constant("shift", Tensor::f32(&[1, 2, 1, 1], vec![1.0, 2.0]).unwrap());
        graph.node_into("Add", &[&x, &shift], "y", &[]);
        graph.node_into("Relu", &[&x], "z", &[]);
        graph.output("y", ElementType::F32, &[1.into()]);
        graph.output("z", ElementType::F32, &[1.into()]);
        graph.fold_into_convolutions().unwrap();
        assert_eq!(graph.nodes.len(), 3);
    }
}
