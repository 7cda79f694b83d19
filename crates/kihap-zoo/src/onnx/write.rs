//! Writing a network and its weights as one ONNX file.

use kihap_convert::onnx::{Attribute, Dim, ElementType, GraphBuilder};
use kihap_convert::{ConvertError, Tensor};

use super::layers;
use crate::error::ZooError;
use crate::graph::{Graph, INPUT, Op};
use crate::weights::Weights;

const OUTPUT: &str = "output";
const PROBABILITIES: &str = "probabilities";

/// What is written besides the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Batch normalisation after a convolution becomes part of the convolution's weights: faster, but such a file cannot be
    /// trained on, nor read back layer by layer.
    pub fold: bool,
    /// Also give softmax of the output, as `probabilities`.
    pub probabilities: bool,
    /// Layers whose outputs are given too, under the layers' names.
    pub outputs: Vec<String>,
    /// Lines added to the file's metadata, such as the classes' names.
    pub metadata: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Options {
        Options { fold: true, probabilities: false, outputs: Vec::new(), metadata: Vec::new() }
    }
}

/// The network as an ONNX file (operators of version 17): input `input` `[N, …]`, output `output` `[N, …]`, both 32-bit, the
/// batch N free. Weights keep their names (see [`Graph::parameters`]), but those of recurrent layers are packed as ONNX wants
/// them, into `layer.W`, `layer.R` and `layer.B`. The metadata say the network's name and, as JSON, the preprocessing it
/// expects.
///
/// # Errors
/// Weights that do not fit, layers that ONNX Runtime cannot run, and unknown names in `options`.
pub fn write(graph: &Graph, weights: &Weights, options: &Options) -> Result<Vec<u8>, ZooError> {
    weights.check(graph)?;
    let failed = |e: ConvertError| ZooError::Onnx { network: graph.name.clone(), problem: e.to_string() };
    let shapes = graph.shapes()?;
    let wires = graph.wires()?;
    let extra = options.outputs.iter().map(|name| graph.index_of(name)).collect::<Result<Vec<_>, _>>()?;
    if let Some(taken) = options.outputs.iter().find(|name| [OUTPUT, PROBABILITIES].contains(&name.as_str())) {
        let problem = format!("the layer '{taken}' cannot be an output, since the network's own have that name");
        return Err(ZooError::Onnx { network: graph.name.clone(), problem });
    }
    let Some(last) = graph.nodes.len().checked_sub(1) else {
        return Err(ZooError::Onnx { network: graph.name.clone(), problem: "it has no layers".into() });
    };

    let mut file = GraphBuilder::new(&graph.name);
    file.metadata("kihap.network", &graph.name);
    if let Some(preprocessing) = &graph.input.preprocessing {
        let text = serde_json::to_string(preprocessing)
            .map_err(|e| ZooError::Onnx { network: graph.name.clone(), problem: e.to_string() })?;
        file.metadata("kihap.preprocessing", &text);
    }
    options.metadata.iter().for_each(|(key, value)| file.metadata(key, value));
    file.input(INPUT, ElementType::F32, &batch_of(&graph.input.shape));

    let mut values: Vec<String> = Vec::with_capacity(graph.nodes.len());
    for (index, node) in graph.nodes.iter().enumerate() {
        let inputs: Vec<&str> = wires[index].iter().map(|wire| wire.map_or(INPUT, |i| values[i].as_str())).collect();
        let nothing_to_do = matches!(node.op, Op::Dropout { .. }) && index != last && !extra.contains(&index);
        if nothing_to_do {
            values.push(inputs[0].to_owned());
            continue;
        }
        let output = if index == last { OUTPUT.to_owned() } else { value_name(&node.name) };
        let input_shape = wires[index][0].map_or(&graph.input.shape, |i| &shapes[i]);
        let mut layer =
            Layer { name: &node.name, inputs: &inputs, output: &output, input_shape, weights, file: &mut file };
        layers::write(&mut layer, &node.op, &shapes[index]).map_err(|problem| graph.misfit(node, problem))?;
        values.push(output);
    }

    file.output(OUTPUT, ElementType::F32, &batch_of(&shapes[last]));
    if options.probabilities {
        file.node_into("Softmax", &[OUTPUT], PROBABILITIES, &[("axis", (-1).into())]);
        file.output(PROBABILITIES, ElementType::F32, &batch_of(&shapes[last]));
    }
    for (index, name) in extra.into_iter().zip(&options.outputs) {
        if values[index] != *name {
            file.node_into("Identity", &[&values[index]], name, &[]);
        }
        file.output(name, ElementType::F32, &batch_of(&shapes[index]));
    }
    if options.fold {
        file.fold_into_convolutions().map_err(failed)?;
    }
    file.finish().map_err(failed)
}

/// The value that a layer makes is called like the layer, except for the names that are taken.
fn value_name(layer: &str) -> String {
    if layer == OUTPUT || layer == PROBABILITIES { format!("{layer}/value") } else { layer.to_owned() }
}

fn batch_of(shape: &[usize]) -> Vec<Dim> {
    std::iter::once(Dim::batch()).chain(shape.iter().map(|side| Dim::Fixed(*side))).collect()
}

/// A layer on its way into the file.
pub(super) struct Layer<'a> {
    pub(super) name: &'a str,
    /// Names of the values it reads.
    pub(super) inputs: &'a [&'a str],
    /// Name of the value it makes.
    pub(super) output: &'a str,
    /// Shape of its first input, without the batch.
    pub(super) input_shape: &'a [usize],
    weights: &'a Weights,
    file: &'a mut GraphBuilder,
}

impl Layer<'_> {
    /// The numbers of one of the layer's weights.
    pub(super) fn numbers(&self, weight: &str) -> Result<&[f32], String> {
        let name = format!("{}.{weight}", self.name);
        self.weights.get(&name).map(|array| array.values.as_slice()).ok_or_else(|| format!("there is no '{name}'"))
    }

    /// Puts one of the layer's weights into the file as it is.
    pub(super) fn weight(&mut self, weight: &str) -> Result<String, String> {
        let name = format!("{}.{weight}", self.name);
        let array = self.weights.get(&name).ok_or_else(|| format!("there is no '{name}'"))?;
        self.constant(weight, &array.shape, array.values.clone())
    }

    /// Puts numbers into the file.
    pub(super) fn constant(&mut self, what: &str, shape: &[usize], values: Vec<f32>) -> Result<String, String> {
        let tensor = Tensor::f32(shape, values).map_err(|e| e.to_string())?;
        Ok(self.file.constant(&format!("{}.{what}", self.name), tensor))
    }

    /// Puts whole numbers into the file.
    pub(super) fn integers(&mut self, what: &str, values: Vec<i64>) -> String {
        self.file.constant(&format!("{}.{what}", self.name), Tensor::i64_vector(values))
    }

    /// An operation on the way; gives the name of its value.
    pub(super) fn step(&mut self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        let hint = format!("{}/{}", self.name, op.to_lowercase());
        self.file.node(op, inputs, &hint, attributes)
    }

    /// Operations with two results on the way.
    pub(super) fn step_with_two(&mut self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> [String; 2] {
        let hint = format!("{}/{}", self.name, op.to_lowercase());
        let mut names = self.file.node_multi(op, inputs, &hint, 2, attributes).into_iter();
        [names.next().unwrap_or_default(), names.next().unwrap_or_default()]
    }

    /// The layer's last operation.
    pub(super) fn finish(&mut self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) {
        self.file.node_into(op, inputs, self.output, attributes);
    }
}
