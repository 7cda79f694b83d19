//! From a graph of the zoo to the layers of TensorFlow.js.

use kihap_zoo::graph::{Activation, INPUT, Op};
use kihap_zoo::{Graph, Weights};
use serde_json::{Map, Value as Json, json};

use super::document::{LayersModel, Weight};
use super::layers;
use crate::error::{ExportError, Result};

/// The layers made so far.
pub(super) struct Writer<'a> {
    pub(super) graph: &'a Graph,
    weights: &'a Weights,
    /// `{class_name, name, config, inbound_nodes}`.
    layers: Vec<Json>,
    own: Vec<Weight>,
}

/// What a layer of the graph has become: the name of a layer of TensorFlow.js.
pub(super) type Value = String;

/// Writes `graph`, whose last layer is the output. A chain of layers becomes a `Sequential`, anything else a `Model`; a
/// function after a fully connected layer becomes part of it.
pub(crate) fn write(graph: &Graph, weights: &Weights) -> Result<LayersModel> {
    weights.check(graph)?;
    let shapes = graph.shapes()?;
    let wires = graph.wires()?;
    let mut writer = Writer { graph, weights, layers: Vec::new(), own: Vec::new() };
    let input = last_axis_channels(&graph.input.shape);
    let batch_shape: Vec<Json> = std::iter::once(Json::Null).chain(input.into_iter().map(Json::from)).collect();
    let mut values: Vec<Value> = Vec::new();
    let mut not_negative: Vec<bool> = Vec::new();
    let mut uses = vec![0usize; graph.nodes.len()];
    wires.iter().flatten().flatten().for_each(|wire| uses[*wire] += 1);
    writer.layers.push(json!({
        "name": INPUT, "class_name": "InputLayer", "inbound_nodes": [],
        "config": {"batch_input_shape": batch_shape, "dtype": "float32", "sparse": false, "name": INPUT},
    }));
    for (index, node) in graph.nodes.iter().enumerate() {
        let all_not_negative = wires[index].iter().all(|wire| wire.is_some_and(|i| not_negative[i]));
        not_negative.push(keeps_above_zero(&node.op, all_not_negative));
        let inputs: Vec<Value> =
            wires[index].iter().map(|w| w.map_or_else(|| INPUT.to_owned(), |i| values[i].clone())).collect();
        if let (Op::Activation { function }, [Some(before)]) = (&node.op, wires[index].as_slice())
            && uses[*before] == 1
            && matches!(graph.nodes[*before].op, Op::Dense { .. })
            && let Some(name) = fused(*function)
            && writer.activate_last(&inputs[0], name)
        {
            values.push(inputs[0].clone());
            continue;
        }
        let shape_of = |wire: &Option<usize>| wire.map_or(&graph.input.shape, |i| &shapes[i]).clone();
        let given: Vec<Vec<usize>> = wires[index].iter().map(shape_of).collect();
        let mut layer =
            Layer { writer: &mut writer, name: &node.name, given: &given, given_not_negative: all_not_negative };
        let value = layers::write(&mut layer, &node.op, &inputs)?;
        values.push(value);
    }
    let output = values.last().cloned().unwrap_or_else(|| INPUT.to_owned());
    Ok(LayersModel { root: root(&graph.name, writer.layers, &batch_shape, &output), weights: writer.own })
}

/// The shape as TensorFlow.js has it: channels last where there are three axes.
pub(super) fn last_axis_channels(shape: &[usize]) -> Vec<usize> {
    match *shape {
        [channels, height, width] => vec![height, width, channels],
        _ => shape.to_vec(),
    }
}

/// Whether what the operation gives cannot be below zero, told from whether what it reads cannot.
fn keeps_above_zero(op: &Op, given: bool) -> bool {
    match op {
        Op::Activation { function: Activation::Relu | Activation::Relu6 | Activation::Sigmoid } => true,
        Op::Concat { .. } | Op::Add | Op::Multiply | Op::Pool { .. } | Op::Dropout { .. } | Op::ZeroPad { .. } => given,
        _ => false,
    }
}

/// The names of functions that can be part of a fully connected layer.
fn fused(function: Activation) -> Option<&'static str> {
    match function {
        Activation::Relu => Some("relu"),
        Activation::Sigmoid => Some("sigmoid"),
        Activation::Tanh => Some("tanh"),
        Activation::Softmax => Some("softmax"),
        _ => None,
    }
}

fn root(name: &str, layers: Vec<Json>, batch_shape: &[Json], output: &str) -> Json {
    let chain = layers.windows(2).all(|pair| pair[1]["inbound_nodes"] == json!([[[pair[0]["name"], 0, 0, {}]]]));
    if chain && layers.len() > 1 {
        let mut inner: Vec<Json> = layers[1..]
            .iter()
            .map(|layer| json!({"class_name": layer["class_name"], "config": layer["config"]}))
            .collect();
        inner[0]["config"]["batch_input_shape"] = json!(batch_shape);
        inner[0]["config"]["dtype"] = json!("float32");
        return json!({"class_name": "Sequential", "config": {"name": name, "layers": inner}});
    }
    json!({"class_name": "Model", "config": {
        "name": name, "layers": layers, "input_layers": [[INPUT, 0, 0]], "output_layers": [[output, 0, 0]],
    }})
}

impl Writer<'_> {
    /// Makes `function` part of the layer `value` if that is the last one made.
    fn activate_last(&mut self, value: &str, function: &str) -> bool {
        let Some(last) = self.layers.last_mut().filter(|layer| layer["name"] == value) else { return false };
        let dense = last["class_name"] == "Dense" && last["config"]["activation"] == "linear";
        if dense {
            last["config"]["activation"] = json!(function);
        }
        dense
    }
}

/// One layer of the graph on its way.
pub(super) struct Layer<'a, 'b> {
    writer: &'a mut Writer<'b>,
    pub(super) name: &'a str,
    /// Shapes of what it reads, channels first.
    pub(super) given: &'a [Vec<usize>],
    /// Whether nothing it reads can be below zero.
    pub(super) given_not_negative: bool,
}

impl Layer<'_, '_> {
    /// The layer's name as TensorFlow.js can have it: letters, digits, `-`, `.` and `_`, the first a letter or a digit.
    pub(super) fn plain_name(&self) -> String {
        let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        let name: String = self.name.chars().map(|c| if kept(c) { c } else { '_' }).collect();
        if name.starts_with(|c: char| c.is_ascii_alphanumeric()) { name } else { format!("layer{name}") }
    }

    /// A layer of TensorFlow.js called like this one, with `part` behind it where it is one of several.
    pub(super) fn emit(&mut self, class: &str, part: &str, inputs: &[&str], config: Json) -> Value {
        let own = self.plain_name();
        let name = if part.is_empty() { own } else { format!("{own}_{part}") };
        let mut all = Map::new();
        if let Json::Object(config) = config {
            all.extend(config);
        }
        all.insert("name".into(), json!(name));
        all.insert("trainable".into(), json!(true));
        let inbound: Vec<Json> = inputs.iter().map(|input| json!([input, 0, 0, {}])).collect();
        self.writer.layers.push(json!({"name": name, "class_name": class, "config": all, "inbound_nodes": [inbound]}));
        name
    }

    /// Gives the layer `value` a weight.
    pub(super) fn weigh(&mut self, value: &str, weight: &str, shape: &[usize], values: Vec<f32>) {
        let trainable = !weight.starts_with("moving_");
        let name = format!("{value}/{weight}");
        self.writer.own.push(Weight { name, shape: shape.to_vec(), values, trainable });
    }

    /// The numbers of one of the graph layer's weights.
    pub(super) fn numbers(&self, weight: &str) -> Result<Vec<f32>> {
        let name = format!("{}.{weight}", self.name);
        let array = self.writer.weights.get(&name).ok_or_else(|| self.none(&format!("there is no '{name}'")))?;
        Ok(array.values.clone())
    }

    /// What TensorFlow.js cannot do.
    pub(super) fn none(&self, problem: &str) -> ExportError {
        ExportError::NoLayer {
            format: "TensorFlow.js",
            network: self.writer.graph.name.clone(),
            layer: self.name.to_owned(),
            problem: problem.to_owned(),
            instead: "use --to onnx, which runs in browsers by onnxruntime-web",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kihap_vision::Skeleton;
    use kihap_zoo::Array;
    use kihap_zoo::networks::{ALL, Settings};

    use super::*;

    fn settings() -> Settings {
        Settings {
            features: 97,
            steps: 32,
            skeleton: Skeleton::Blazepose33,
            joint_channels: 4,
            ..Settings::pictures(3)
        }
    }

    fn zeros(graph: &Graph) -> Weights {
        let zero = |p: kihap_zoo::graph::Parameter| {
            (p.name, Array { values: vec![0.0; p.shape.iter().product()], shape: p.shape })
        };
        Weights(graph.parameters().unwrap().into_iter().map(zero).collect())
    }

    /// EfficientNet-Lite0's first layer is called `_conv_stem`, which TensorFlow.js refuses as a name; GoogLeNet pools
    /// concatenated rectified maps with a border, where zeros are as good as nothing.
    #[test]
    fn every_network_has_names_that_tensorflow_js_takes_or_says_what_it_lacks() {
        let mut refused = Vec::new();
        for entry in ALL {
            let graph = (entry.build)(&settings()).unwrap();
            let model = match write(&graph, &zeros(&graph)) {
                Ok(model) => model,
                Err(e) => {
                    refused.push((entry.name, e.to_string()));
                    continue;
                }
            };
            let names: Vec<&str> = model.weights.iter().map(|w| w.name.as_str()).collect();
            for name in &names {
                let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
                assert!(name.chars().all(fine) && name.starts_with(|c: char| c.is_ascii_alphanumeric()), "{name}");
            }
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{}", entry.name);
        }
        let names: Vec<&str> = refused.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["alexnet", "gru", "transformer"], "{refused:?}");
    }
}
