//! A model as one network without anything around it: standardising and calibration are in its weights.

use kihap_learn::Model;
use kihap_zoo::graph::{Activation, INPUT, Node, Op};
use kihap_zoo::{Array, Graph, Weights};

use crate::error::{ExportError, Result};
use crate::obstacle::Obstacle;

/// Name of the last layer, which gives probabilities.
const SOFTMAX: &str = "probabilities";

/// A network from numbers to probabilities.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    pub(crate) graph: Graph,
    pub(crate) weights: Weights,
    /// Whether the calibration's temperature is inside. It is not where probabilities of several views are averaged first.
    pub(crate) calibrated: bool,
}

/// The model's network with its standardiser before it, its temperature behind it, and softmax.
pub(crate) fn of(model: &Model, format: &'static str) -> Result<Plain> {
    let network = &model.network;
    let [weights] = network.members.as_slice() else {
        let obstacle = Obstacle::Ensemble { networks: network.members.len() };
        return Err(ExportError::Unfit { model: model.description.name.clone(), format, obstacle });
    };
    let (mut graph, mut weights) = (network.graph.clone(), weights.clone());
    let standardiser = &network.standardiser;
    if !standardiser.mean.is_empty() {
        let std: Vec<f64> = standardiser.std.iter().map(|s| f64::from(*s)).collect();
        let mean: Vec<f64> = standardiser.mean.iter().map(|m| f64::from(*m)).collect();
        standardise(&mut graph, &mut weights, &mean, &std);
    }
    let calibrated = model.description.layout.views() == 1;
    if calibrated && model.description.calibration.temperature != 1.0 {
        temper(&mut graph, &mut weights, model.description.calibration.temperature);
    }
    append(&mut graph, SOFTMAX, Op::Activation { function: Activation::Softmax });
    Ok(Plain { graph, weights, calibrated })
}

fn append(graph: &mut Graph, name: &str, op: Op) {
    let last = graph.nodes.last().map_or(INPUT.to_owned(), |node| node.name.clone());
    let taken = graph.nodes.iter().any(|node| node.name == name);
    let name = if taken { format!("kihap_{name}") } else { name.to_owned() };
    graph.nodes.push(Node { name, inputs: vec![last], op });
}

/// Puts (x − mean) / std before the network: into its first layer where that alone reads the input, else as a layer.
fn standardise(graph: &mut Graph, weights: &mut Weights, mean: &[f64], std: &[f64]) {
    let mut value = INPUT.to_owned();
    loop {
        let readers: Vec<usize> = (0..graph.nodes.len()).filter(|i| graph.nodes[*i].inputs.contains(&value)).collect();
        let [reader] = readers[..] else { break };
        let node = &mut graph.nodes[reader];
        match &mut node.op {
            Op::Dropout { .. } => value.clone_from(&node.name),
            Op::Dense { units, bias, .. } => {
                let (weight, shift) = (format!("{}.weight", node.name), format!("{}.bias", node.name));
                let Some(Array { values, .. }) = weights.0.get_mut(&weight) else { break };
                let width = *units;
                let mut moved = vec![0.0f64; width];
                for (row, values) in values.chunks_exact_mut(width).enumerate() {
                    for (v, moved) in values.iter_mut().zip(&mut moved) {
                        let scaled = f64::from(*v) / std[row];
                        *moved -= mean[row] * scaled;
                        *v = scaled as f32;
                    }
                }
                *bias = true;
                let before =
                    weights.0.entry(shift).or_insert_with(|| Array { shape: vec![width], values: vec![0.0; width] });
                before.values.iter_mut().zip(moved).for_each(|(b, m)| *b = (f64::from(*b) + m) as f32);
                return;
            }
            _ => break,
        }
    }
    let scale = std.iter().map(|s| (1.0 / s) as f32).collect();
    let offset = mean.iter().zip(std).map(|(m, s)| (-m / s) as f32).collect();
    prepend(graph, Op::Scale { scale, offset });
}

/// Puts a layer before all others.
pub(crate) fn prepend(graph: &mut Graph, op: Op) {
    const NAME: &str = "standardised";
    for node in &mut graph.nodes {
        node.inputs.iter_mut().filter(|i| *i == INPUT).for_each(|i| *i = NAME.into());
    }
    graph.nodes.insert(0, Node { name: NAME.into(), inputs: vec![INPUT.into()], op });
}

/// Divides the class scores by the temperature: in the last layer's weights where it is fully connected, else by a layer.
fn temper(graph: &mut Graph, weights: &mut Weights, temperature: f64) {
    if let Some(Node { name, op: Op::Dense { .. }, .. }) = graph.nodes.last() {
        for part in ["weight", "bias"] {
            if let Some(array) = weights.0.get_mut(&format!("{name}.{part}")) {
                array.values.iter_mut().for_each(|v| *v = (f64::from(*v) / temperature) as f32);
            }
        }
        return;
    }
    let classes = graph.outputs().unwrap_or(1);
    let op = Op::Scale { scale: vec![(1.0 / temperature) as f32; classes], offset: vec![0.0; classes] };
    append(graph, "temperature", op);
}

#[cfg(test)]
mod tests {
    use kihap_zoo::GraphBuilder;

    use super::*;

    #[test]
    fn standardising_and_temperature_end_up_in_the_weights() {
        let mut net = GraphBuilder::numbers("small", &[2]);
        net.dropout("d", 0.5);
        net.layer("first", Op::Dense { units: 1, bias: false, init: kihap_zoo::graph::Init::HeUniform });
        let mut graph = net.finish().unwrap();
        let mut weights = Weights::default();
        weights.0.insert("first.weight".into(), Array { shape: vec![2, 1], values: vec![3.0, 5.0] });
        standardise(&mut graph, &mut weights, &[1.0, 2.0], &[2.0, 0.5]);
        // 3·(x − 1)/2 + 5·(y − 2)/0.5
        assert_eq!(weights.0["first.weight"].values, [1.5, 10.0]);
        assert_eq!(weights.0["first.bias"].values, [-21.5]);
        temper(&mut graph, &mut weights, 2.0);
        assert_eq!(weights.0["first.weight"].values, [0.75, 5.0]);
        assert_eq!(weights.0["first.bias"].values, [-10.75]);
        weights.check(&graph).unwrap();
    }

    #[test]
    fn where_no_dense_layer_reads_the_input_a_layer_is_put_before_it() {
        let mut net = GraphBuilder::numbers("small", &[2]);
        net.activation("relu", Activation::Relu);
        let mut graph = net.finish().unwrap();
        standardise(&mut graph, &mut Weights::default(), &[1.0, 2.0], &[2.0, 0.5]);
        assert!(matches!(graph.nodes[0].op, Op::Scale { .. }));
        assert_eq!(graph.nodes[1].inputs, ["standardised"]);
        temper(&mut graph, &mut Weights::default(), 2.0);
        assert!(matches!(&graph.nodes[2].op, Op::Scale { scale, .. } if *scale == [0.5, 0.5]));
        graph.shapes().unwrap();
    }
}
