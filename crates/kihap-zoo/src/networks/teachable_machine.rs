//! The two heads that Teachable Machine trains, layer for layer: what it would get is a row in every comparison.
//!
//! Facts from `@teachablemachine/image` 0.8.5 and `@teachablemachine/pose` 0.8.6: weights start from TensorFlow.js'
//! `varianceScaling`, the last layer has no bias, features are not standardised. Training is Adam with 0.001 (image) or
//! RMSprop with 0.0001 (pose), 50 epochs, batches of 16.

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Init, Op};

/// `teachable-machine-image`: Dense(100, ReLU), Dense(classes, no bias) on 1280 features of MobileNetV2 0.35.
pub(crate) const TEACHABLE_MACHINE_IMAGE: Entry = Entry {
    name: "teachable-machine-image",
    input: InputKind::Photo,
    purpose: "Teachable Machine's head for image projects, to compare with",
    paper: "@teachablemachine/image 0.8.5",
    published: None,
    features: None,
    build: |settings| head("teachable-machine-image", settings, 0.0),
};

/// `teachable-machine-pose`: Dense(100, ReLU), dropout 0.5, Dense(classes, no bias) on PoseNet's 14739 numbers.
pub(crate) const TEACHABLE_MACHINE_POSE: Entry = Entry {
    name: "teachable-machine-pose",
    input: InputKind::Photo,
    purpose: "Teachable Machine's head for pose projects, to compare with",
    paper: "@teachablemachine/pose 0.8.6",
    published: None,
    features: None,
    build: |settings| head("teachable-machine-pose", settings, 0.5),
};

fn head(name: &str, settings: &Settings, dropout: f32) -> Result<Graph, ZooError> {
    let init = Init::LecunNormal;
    let mut net = GraphBuilder::numbers(name, &[settings.features]);
    net.layer("dense_Dense1", Op::Dense { units: 100, bias: true, init });
    net.activation("relu", Activation::Relu);
    net.dropout("dropout_Dropout1", settings.dropout.unwrap_or(dropout));
    net.layer("dense_Dense2", Op::Dense { units: settings.classes, bias: false, init });
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_as_many_as_in_an_export() {
        let count =
            |entry: Entry, features| (entry.build)(&Settings::rows(2, features)).unwrap().total_parameters().unwrap();
        // the sizes of weights.bin: 1,474,200 numbers for a pose project of two classes
        assert_eq!(count(TEACHABLE_MACHINE_POSE, 14739), 1_474_200);
        assert_eq!(count(TEACHABLE_MACHINE_IMAGE, 1280), 1280 * 100 + 100 + 100 * 2);
    }
}
