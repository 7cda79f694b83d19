//! Weights from an ONNX network with names of its own, by the order of its layers.

use std::collections::{BTreeMap, HashMap};

use kihap_convert::onnx::proto::{AttributeProto, GraphProto, NodeProto};

use super::imported::Found;
use crate::graph::{Graph, Node, Op};
use crate::weights::Array;

/// A layer with weights in the file.
enum Layer<'a> {
    Convolution {
        weight: &'a Array,
        bias: Option<&'a Array>,
        node: &'a NodeProto,
    },
    Normalisation {
        scale: &'a Array,
        offset: &'a Array,
        mean: &'a Array,
        variance: &'a Array,
        epsilon: f32,
    },
    /// `[in, out]`.
    Dense {
        weight: Array,
        bias: Option<&'a Array>,
    },
}

impl Layer<'_> {
    fn describe(&self) -> String {
        match self {
            Layer::Convolution { weight, .. } => format!("a convolution {:?}", weight.shape),
            Layer::Normalisation { scale, .. } => format!("a normalisation {:?}", scale.shape),
            Layer::Dense { weight, .. } => format!("a fully connected layer {:?}", weight.shape),
        }
    }
}

/// Takes the file's layers in turn for the layers of `graph`.
pub(super) fn take_for(graph: &Graph, file: &GraphProto, constants: &BTreeMap<String, Array>) -> Result<Found, String> {
    let shapes = graph.shapes().map_err(|e| e.to_string())?;
    let wires = graph.wires().map_err(|e| e.to_string())?;
    let mut theirs = layers(file, constants).into_iter().peekable();
    let mut taken = Taken { found: Found::default(), left_over: HashMap::new() };
    let last = graph.nodes.iter().rposition(|node| matches!(node.op, Op::Conv2d { .. } | Op::Dense { .. }));
    for (index, node) in graph.nodes.iter().enumerate() {
        let Some(wire) = wires[index].first().copied() else { continue };
        let input = wire.map_or(&graph.input.shape, |i| &shapes[i]);
        let there = theirs.peek().map_or_else(|| "nothing".to_owned(), Layer::describe);
        let misfit = |needed: String| format!("at '{}' it has {there} where {} needs {needed}", node.name, graph.name);
        match &node.op {
            Op::Conv2d { .. } => match theirs.next() {
                Some(Layer::Convolution { weight, bias, node: their_node }) => {
                    taken.convolution(index, node, input, (weight, bias, their_node)).map_err(misfit)?;
                }
                _ => return Err(misfit("a convolution".into())),
            },
            Op::BatchNorm { epsilon, .. } => {
                let bias = wire.and_then(|conv| taken.left_over.remove(&conv));
                match theirs.next_if(|layer| matches!(layer, Layer::Normalisation { .. })) {
                    Some(layer) => taken.normalisation(node, layer, bias, *epsilon),
                    None if wire.is_some_and(|i| matches!(graph.nodes[i].op, Op::Conv2d { .. })) => {
                        taken.folded(node, input[0], bias, *epsilon);
                    }
                    None => return Err(misfit("a normalisation".into())),
                }
            }
            Op::Dense { .. } => match theirs.next() {
                Some(layer) => {
                    // a head for other classes, which is left fresh
                    let fits = taken.dense(node, input, layer);
                    if !fits && Some(index) != last {
                        return Err(misfit(format!("a fully connected layer of {input:?}")));
                    }
                }
                None if Some(index) == last => {}
                None => return Err(misfit("a fully connected layer".into())),
            },
            op if has_other_weights(op) => {
                return Err(format!(
                    "it does not have '{}' by that name, and such layers cannot be told by their order",
                    node.name
                ));
            }
            _ => {}
        }
    }
    if let Some(index) = taken.left_over.keys().min() {
        return Err(format!("at '{}' it has a bias, which {} has not", graph.nodes[*index].name, graph.name));
    }
    taken.found.unused = theirs.map(|layer| layer.describe()).collect();
    Ok(taken.found)
}

fn has_other_weights(op: &Op) -> bool {
    let mix = matches!(op, Op::Mix { learned: true, .. });
    mix || matches!(
        op,
        Op::ConvTranspose2d { .. }
            | Op::LayerNorm { .. }
            | Op::PositionEmbedding
            | Op::Recurrent { .. }
            | Op::Attention { .. }
    )
}

struct Taken {
    found: Found,
    /// Biases of convolutions, by their place, that have none here: what a folded normalisation left behind.
    left_over: HashMap<usize, Vec<f32>>,
}

impl Taken {
    fn put(&mut self, node: &Node, weight: &str, shape: &[usize], values: Vec<f32>) {
        self.found.arrays.insert(format!("{}.{weight}", node.name), Array { shape: shape.to_vec(), values });
    }

    /// Errors say what is needed.
    fn convolution(
        &mut self,
        index: usize,
        node: &Node,
        input: &[usize],
        (weight, their_bias, their_node): (&Array, Option<&Array>, &NodeProto),
    ) -> Result<(), String> {
        let Op::Conv2d { filters, kernel, stride, padding, dilation, groups, bias, .. } = &node.op else {
            return Ok(());
        };
        let shape = [*filters, input[0] / groups, kernel[0], kernel[1]];
        if weight.shape != shape {
            return Err(format!("{shape:?}"));
        }
        if pair(their_node, "strides") != *stride || pair(their_node, "dilations") != *dilation {
            return Err(format!("one of stride {stride:?} and dilation {dilation:?}"));
        }
        if !pads_alike(their_node, padding.around([input[1], input[2]], *kernel, *stride, *dilation)) {
            self.found.padded_otherwise.push(node.name.clone());
        }
        self.put(node, "weight", &shape, weight.values.clone());
        match (bias, their_bias.map(|array| array.values.clone())) {
            (true, values) => self.put(node, "bias", &[*filters], values.unwrap_or_else(|| vec![0.0; *filters])),
            (false, Some(values)) => {
                self.left_over.insert(index, values);
            }
            (false, None) => {}
        }
        Ok(())
    }

    /// `bias` is that of the convolution before, which has none here: it is taken off the mean.
    fn normalisation(&mut self, node: &Node, layer: Layer<'_>, bias: Option<Vec<f32>>, ours: f32) {
        let Layer::Normalisation { scale, offset, mean, variance, epsilon } = layer else { return };
        // the file's network may add another small number to the variance
        let fitted = |(s, v): (&f32, &f32)| if epsilon == ours { *s } else { s * ((v + ours) / (v + epsilon)).sqrt() };
        let fitted = scale.values.iter().zip(&variance.values).map(fitted).collect();
        self.put(node, "scale", &scale.shape, fitted);
        self.put(node, "offset", &offset.shape, offset.values.clone());
        let bias = bias.unwrap_or_else(|| vec![0.0; mean.values.len()]);
        self.put(node, "mean", &mean.shape, mean.values.iter().zip(bias).map(|(m, b)| m - b).collect());
        self.put(node, "variance", &variance.shape, variance.values.clone());
    }

    /// A normalisation that the convolution before has taken over: nothing is left but its offset.
    fn folded(&mut self, node: &Node, channels: usize, bias: Option<Vec<f32>>, epsilon: f32) {
        let shape = [channels];
        self.put(node, "scale", &shape, vec![1.0; channels]);
        self.put(node, "offset", &shape, bias.unwrap_or_else(|| vec![0.0; channels]));
        self.put(node, "mean", &shape, vec![0.0; channels]);
        self.put(node, "variance", &shape, vec![1.0 - epsilon; channels]);
    }

    /// Whether the layer fits; a 1 × 1 convolution does, too.
    fn dense(&mut self, node: &Node, input: &[usize], layer: Layer<'_>) -> bool {
        let Op::Dense { units, bias, .. } = node.op else { return false };
        let (weight, their_bias) = match layer {
            Layer::Dense { weight, bias } => (weight, bias),
            Layer::Convolution { weight, bias, .. } if weight.shape.ends_with(&[1, 1]) => (transposed(weight), bias),
            _ => return false,
        };
        let wanted = [input.last().copied().unwrap_or_default(), units];
        if weight.shape != wanted || (their_bias.is_some() && !bias) {
            return false;
        }
        self.put(node, "weight", &wanted, weight.values);
        if bias {
            self.put(node, "bias", &[units], their_bias.map_or_else(|| vec![0.0; units], |array| array.values.clone()));
        }
        true
    }
}

/// `[out, in, …]` → `[in, out]`.
fn transposed(array: &Array) -> Array {
    let outputs = array.shape.first().copied().unwrap_or(1);
    let inputs = array.values.len() / outputs.max(1);
    let values = (0..inputs * outputs).map(|i| array.values[i % outputs * inputs + i / outputs]).collect();
    Array { shape: vec![inputs, outputs], values }
}

/// The file's layers with weights, in its order.
fn layers<'a>(file: &'a GraphProto, constants: &'a BTreeMap<String, Array>) -> Vec<Layer<'a>> {
    file.node.iter().filter_map(|node| layer(file, node, constants)).collect()
}

fn layer<'a>(file: &'a GraphProto, node: &'a NodeProto, constants: &'a BTreeMap<String, Array>) -> Option<Layer<'a>> {
    let constant = |place: usize| node.input.get(place).and_then(|name| constants.get(name));
    match node.op_type.as_str() {
        "Conv" => Some(Layer::Convolution { weight: constant(1)?, bias: constant(2), node }),
        "BatchNormalization" => Some(Layer::Normalisation {
            scale: constant(1)?,
            offset: constant(2)?,
            mean: constant(3)?,
            variance: constant(4)?,
            epsilon: attribute(node, "epsilon").and_then(|a| a.f).unwrap_or(1e-5),
        }),
        "Gemm" => {
            let weight = constant(1).filter(|weight| weight.shape.len() == 2)?;
            let turned = attribute(node, "transB").and_then(|a| a.i) == Some(1);
            let weight = if turned { transposed(weight) } else { weight.clone() };
            Some(Layer::Dense { weight, bias: constant(2) })
        }
        "MatMul" => {
            let weight = constant(1).filter(|weight| weight.shape.len() == 2)?.clone();
            let product = node.output.first()?;
            let reads = |other: &&NodeProto| other.op_type == "Add" && other.input.contains(product);
            let sum = file.node.iter().find(reads);
            let bias = sum.and_then(|sum| sum.input.iter().find_map(|name| constants.get(name)));
            Some(Layer::Dense { weight, bias })
        }
        _ => None,
    }
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// Two numbers of a window; 1 where they are left out.
fn pair(node: &NodeProto, name: &str) -> [usize; 2] {
    let numbers = attribute(node, name).map_or([1, 1].as_slice(), |attribute| attribute.ints.as_slice());
    let number = |at: usize| numbers.get(at).and_then(|n| usize::try_from(*n).ok()).unwrap_or_default();
    [number(0), number(1)]
}

/// Whether the file's convolution adds as much at the edges; `sides` is top, bottom, left, right.
fn pads_alike(node: &NodeProto, [top, bottom, left, right]: [usize; 4]) -> bool {
    match attribute(node, "auto_pad").and_then(|attribute| attribute.s.as_deref()) {
        // the output is as large as here, so the padding is this or its mirror image
        Some(b"SAME_UPPER") => top <= bottom && left <= right,
        Some(b"SAME_LOWER") => top >= bottom && left >= right,
        _ => {
            let theirs = attribute(node, "pads").map_or([0; 4].as_slice(), |attribute| attribute.ints.as_slice());
            theirs == [top, left, bottom, right].map(|side| side as i64)
        }
    }
}
