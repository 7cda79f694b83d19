//! `photo-softmax`: the original's transfer learning: a softmax on frozen image features.

use super::Head;
use crate::example::InputKind;

/// One layer from photo features to classes, as Keras' `Dense(softmax)` on a TF-Hub feature vector.
pub fn photo_softmax() -> Head {
    Head { name: "photo-softmax".into(), input: InputKind::Photo, hidden: vec![], dropout: 0.0, input_dropout: 0.0 }
}
