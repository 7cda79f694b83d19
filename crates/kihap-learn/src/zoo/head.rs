//! The description of a head: fully connected layers on given features.

use serde::{Deserialize, Serialize};

use crate::{error::LearnError, example::InputKind};

/// A head: standardised features, hidden layers with ReLU and dropout, and a softmax over the classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Name on the command line.
    pub name: String,
    /// What it reads.
    pub input: InputKind,
    /// Width of each hidden layer; empty for a plain softmax.
    pub hidden: Vec<usize>,
    /// Share of the outputs of each hidden layer that is dropped in training, 0 to below 1.
    pub dropout: f32,
    /// Share of the input features that is dropped in training, 0 to below 1.
    pub input_dropout: f32,
}

impl Head {
    /// Number of weights for `features` inputs and `classes` outputs.
    pub fn parameters(&self, features: usize, classes: usize) -> usize {
        self.layers(features, classes).iter().map(|(inputs, outputs)| inputs * outputs + outputs).sum()
    }

    /// Inputs and outputs of every layer, first to last.
    pub fn layers(&self, features: usize, classes: usize) -> Vec<(usize, usize)> {
        let mut widths = vec![features];
        widths.extend(&self.hidden);
        widths.push(classes);
        widths.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    pub(crate) fn check(&self) -> Result<(), LearnError> {
        if let Some(width) = self.hidden.iter().find(|width| **width == 0) {
            let value = width.to_string();
            return Err(LearnError::BadOption { option: "head.hidden", value, allowed: "at least 1 for every layer" });
        }
        for (option, value) in [("head.dropout", self.dropout), ("head.input_dropout", self.input_dropout)] {
            if !(0.0..1.0).contains(&value) {
                let value = value.to_string();
                return Err(LearnError::BadOption { option, value, allowed: "from 0 to below 1" });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::zoo;

    #[test]
    fn parameters_are_counted_layer_by_layer() {
        assert_eq!(zoo::photo_softmax().parameters(1280, 3), 1280 * 3 + 3);
        let mlp = zoo::Head { hidden: vec![128, 64], ..zoo::landmark_mlp() };
        assert_eq!(mlp.parameters(100, 6), 100 * 128 + 128 + 128 * 64 + 64 + 64 * 6 + 6);
    }

    #[test]
    fn impossible_heads_are_refused() {
        assert!(zoo::Head { hidden: vec![0], ..zoo::landmark_mlp() }.check().is_err());
        assert!(zoo::Head { dropout: 1.0, ..zoo::landmark_mlp() }.check().is_err());
        assert!(zoo::landmark_mlp().check().is_ok());
    }
}
