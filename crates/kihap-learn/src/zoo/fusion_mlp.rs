//! `fusion-mlp`: a perceptron on photo features and landmarks together.

use super::Head;
use crate::example::InputKind;

/// Two hidden layers on the concatenation of photo and landmark features.
pub fn fusion_mlp() -> Head {
    Head {
        name: "fusion-mlp".into(),
        input: InputKind::Fusion,
        hidden: vec![128, 64],
        dropout: 0.3,
        input_dropout: 0.2,
    }
}
