//! `landmark-mlp`: a small perceptron on the skeleton; the one to start with.

use super::Head;
use crate::example::InputKind;

/// Two hidden layers on landmark features.
pub fn landmark_mlp() -> Head {
    Head {
        name: "landmark-mlp".into(),
        input: InputKind::Landmarks,
        hidden: vec![128, 64],
        dropout: 0.3,
        input_dropout: 0.0,
    }
}
