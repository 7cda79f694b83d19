//! `landmark-softmax`: multinomial logistic regression on the skeleton.

use super::Head;
use crate::example::InputKind;

/// The smallest head: one layer from landmark features to classes.
pub fn landmark_softmax() -> Head {
    Head {
        name: "landmark-softmax".into(),
        input: InputKind::Landmarks,
        hidden: vec![],
        dropout: 0.0,
        input_dropout: 0.0,
    }
}
