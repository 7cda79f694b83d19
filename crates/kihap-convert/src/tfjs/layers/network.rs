//! Walking through chains and graphs of layers.

use std::collections::HashMap;

use super::config::{Inside, Layer, Use, damaged};
use super::convert::Converter;
use crate::ConvertError;
use crate::lower::{Value, check_size};

/// More layers than any network applies. Models within models that are used again and again could apply billions.
const MAX_APPLIED: usize = 20_000;

impl Converter<'_> {
    /// The layer's result on `inputs`; `None` where the network ends before it (see [`super::Cut`]).
    pub(super) fn apply(&mut self, layer: &Layer, inputs: &[Value]) -> Result<Option<Value>, ConvertError> {
        self.applied += 1;
        if self.applied > MAX_APPLIED {
            return Err(damaged(format!("it applies more than {MAX_APPLIED} layers")));
        }
        let value = match &layer.inside {
            None => {
                let value = self.layer(layer, inputs)?;
                check_size(&layer.name, &value.shape())?;
                Some(value)
            }
            Some(Inside::Chain(layers)) => self.chain(layers, inputs)?,
            Some(Inside::Graph { layers, inputs: from, outputs }) => self.graph(layers, from, outputs, inputs)?,
        };
        if let Some(value) = &value
            && self.ends_at(layer)
        {
            self.end = Some(value.clone());
            return Ok(None);
        }
        Ok(value)
    }

    fn chain(&mut self, layers: &[Layer], inputs: &[Value]) -> Result<Option<Value>, ConvertError> {
        let [input] = inputs else { return Err(damaged("a Sequential has not exactly one input")) };
        let mut value = input.clone();
        for layer in layers {
            match self.apply(layer, &[value])? {
                Some(next) => value = next,
                None => return Ok(None),
            }
        }
        Ok(Some(value))
    }

    fn graph(
        &mut self,
        layers: &[Layer],
        from: &[Use],
        outputs: &[Use],
        inputs: &[Value],
    ) -> Result<Option<Value>, ConvertError> {
        let [output] = outputs else { return Err(damaged("a Model has not exactly one output")) };
        if from.len() != inputs.len() {
            return Err(damaged(format!("a Model of {} inputs is given {}", from.len(), inputs.len())));
        }
        let mut values: HashMap<Use, Value> = from.iter().cloned().zip(inputs.iter().cloned()).collect();
        let mut waiting: Vec<(Use, &Layer, &[Use])> = layers
            .iter()
            .flat_map(|layer| {
                let uses = layer.reads.iter().enumerate();
                uses.map(move |(number, reads)| (Use { layer: layer.name.clone(), number }, layer, reads.as_slice()))
            })
            .filter(|(place, ..)| !values.contains_key(place))
            .collect();
        // Keras lists layers in an order in which they can run, but nothing promises it.
        while !values.contains_key(output) {
            let before = waiting.len();
            let mut still = Vec::new();
            for (place, layer, reads) in waiting {
                let ready: Option<Vec<Value>> = reads.iter().map(|read| values.get(read).cloned()).collect();
                match ready {
                    None => still.push((place, layer, reads)),
                    Some(inputs) => match self.apply(layer, &inputs)? {
                        Some(value) => drop(values.insert(place, value)),
                        None => return Ok(None),
                    },
                }
            }
            waiting = still;
            if waiting.len() == before {
                return Err(damaged(format!("nothing makes the output {:?} of a Model", output.layer)));
            }
        }
        Ok(values.remove(output))
    }
}

/// The input shape (without batch) that the first layer inside `layer` expects.
pub(super) fn input_shape(layer: &Layer) -> Result<Vec<usize>, ConvertError> {
    let nothing = || damaged("nothing says what the network's input looks like (batch_input_shape)");
    match &layer.inside {
        None => layer.options.input_shape()?.ok_or_else(nothing),
        Some(Inside::Chain(layers)) => match layer.options.input_shape()? {
            Some(shape) => Ok(shape),
            None => input_shape(layers.first().ok_or_else(nothing)?),
        },
        Some(Inside::Graph { layers, inputs, .. }) => {
            let [input] = inputs.as_slice() else {
                let what = format!("{} inputs", inputs.len());
                return Err(ConvertError::Unsupported { format: "TensorFlow.js layers", what });
            };
            input_shape(layers.iter().find(|layer| layer.name == input.layer).ok_or_else(nothing)?)
        }
    }
}
