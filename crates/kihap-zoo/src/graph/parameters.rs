//! The weights that a network's layers have.

use super::{Cell, Graph, Init, Op};
use crate::error::ZooError;

/// One weight of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// `layer.weight`, unique in the network.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Whether training changes it by its gradient; running statistics are not trained so.
    pub trainable: bool,
    /// Where it starts from.
    pub init: Init,
    /// Inputs to one unit.
    pub fan_in: usize,
    /// Outputs that one input reaches.
    pub fan_out: usize,
}

impl Parameter {
    /// Number of numbers.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Graph {
    /// The weights, layer by layer.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn parameters(&self) -> Result<Vec<Parameter>, ZooError> {
        let shapes = self.shapes()?;
        let mut all = Vec::new();
        for (node, wires) in self.nodes.iter().zip(self.wires()?) {
            let Some(wire) = wires.first() else { continue };
            let input = wire.map_or(self.input.shape.as_slice(), |i| shapes[i].as_slice());
            all.extend(of_layer(&node.name, &node.op, input));
        }
        Ok(all)
    }

    /// Number of weights that training changes.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn trainable_parameters(&self) -> Result<usize, ZooError> {
        Ok(self.parameters()?.iter().filter(|p| p.trainable).map(Parameter::count).sum())
    }

    /// Number of all weights, running statistics among them, as Keras counts them.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn total_parameters(&self) -> Result<usize, ZooError> {
        Ok(self.parameters()?.iter().map(Parameter::count).sum())
    }
}

fn of_layer(layer: &str, op: &Op, input: &[usize]) -> Vec<Parameter> {
    let first = input.first().copied().unwrap_or(1);
    let last = input.last().copied().unwrap_or(1);
    let weight = |name: &str, shape: Vec<usize>, init: Init, fan_in: usize, fan_out: usize| Parameter {
        name: format!("{layer}.{name}"),
        shape,
        trainable: true,
        init,
        fan_in,
        fan_out,
    };
    let plain = |name: &str, shape: Vec<usize>, value: f32| weight(name, shape, Init::Constant(value), 1, 1);
    let with_bias = |weight: Parameter, bias: bool, width: usize| {
        let mut all = vec![weight];
        if bias {
            all.push(plain("bias", vec![width], 0.0));
        }
        all
    };
    match op {
        Op::Conv2d { filters, kernel: [height, width], groups, bias, init, .. } => {
            let (depth, window) = (first / groups.max(&1), height * width);
            let shape = vec![*filters, depth, *height, *width];
            with_bias(
                weight("weight", shape, *init, depth * window, filters / groups.max(&1) * window),
                *bias,
                *filters,
            )
        }
        Op::ConvTranspose2d { filters, kernel: [height, width], bias, init, .. } => {
            let window = height * width;
            let shape = vec![first, *filters, *height, *width];
            with_bias(weight("weight", shape, *init, first * window, filters * window), *bias, *filters)
        }
        Op::Dense { units, bias, init } => {
            with_bias(weight("weight", vec![last, *units], *init, last, *units), *bias, *units)
        }
        Op::BatchNorm { .. } => {
            let fixed = |name: &str, value: f32| Parameter { trainable: false, ..plain(name, vec![first], value) };
            vec![
                plain("scale", vec![first], 1.0),
                plain("offset", vec![first], 0.0),
                fixed("mean", 0.0),
                fixed("variance", 1.0),
            ]
        }
        Op::LayerNorm { .. } => vec![plain("scale", vec![last], 1.0), plain("offset", vec![last], 0.0)],
        Op::PositionEmbedding => vec![weight("position", input.to_vec(), Init::Normal(0.02), 1, 1)],
        Op::Recurrent { cell, units, bidirectional, .. } => {
            let directions: &[&str] = if *bidirectional { &["forward", "backward"] } else { &["forward"] };
            directions.iter().flat_map(|d| of_cell(&weight, d, *cell, last, *units)).collect()
        }
        Op::Attention { .. } => ["query", "key", "value", "output"]
            .iter()
            .flat_map(|part| {
                [
                    weight(&format!("{part}.weight"), vec![last, last], Init::GlorotUniform, last, last),
                    plain(&format!("{part}.bias"), vec![last], 0.0),
                ]
            })
            .collect(),
        Op::Mix { learned: true, .. } => vec![plain("learned", vec![last, last], 0.0)],
        _ => Vec::new(),
    }
}

/// Makes a weight from its name, shape, first distribution, and the inputs and outputs of a unit.
type NewParameter<'a> = dyn Fn(&str, Vec<usize>, Init, usize, usize) -> Parameter + 'a;

fn of_cell(weight: &NewParameter<'_>, direction: &str, cell: Cell, inputs: usize, units: usize) -> Vec<Parameter> {
    let gates = cell.gates() * units;
    let name = |what: &str| format!("{direction}.{what}");
    let zeros = Init::Constant(0.0);
    let mut all = vec![
        weight(&name("input"), vec![inputs, gates], Init::GlorotUniform, inputs, gates),
        weight(&name("recurrent"), vec![units, gates], Init::Orthogonal, units, gates),
        weight(&name("bias"), vec![gates], zeros, 1, 1),
    ];
    if cell == Cell::Gru {
        all.push(weight(&name("recurrent_bias"), vec![gates], zeros, 1, 1));
    }
    all
}
