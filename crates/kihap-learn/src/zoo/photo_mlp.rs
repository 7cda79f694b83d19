//! `photo-mlp`: one hidden layer on frozen image features, as Teachable Machine trains.

use super::Head;
use crate::example::InputKind;

/// One hidden layer of 100 units (Teachable Machine's number) on photo features.
pub fn photo_mlp() -> Head {
    Head { name: "photo-mlp".into(), input: InputKind::Photo, hidden: vec![100], dropout: 0.3, input_dropout: 0.0 }
}
