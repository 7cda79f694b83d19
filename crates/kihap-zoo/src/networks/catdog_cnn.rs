//! `catdog-cnn`: the network of the original's first notebook, three convolutions learned from scratch. It is that of
//! Google's practicum on image classification ("Cat vs. Dog", exercise 1, 2018), a shorter form of F. Chollet's "Building
//! powerful image classification models using very little data" (Keras blog, 2016).
//!
//! Layers that have weights are named as Keras names them in a fresh `Sequential`. The map is flattened as Keras does, row
//! by row with the channels of a pixel side by side, so that weights trained with Keras fit. Keras' network has one output
//! and a sigmoid; here are class scores.
//!
//! Input: 150 px (32 to 512), red, green, blue, 0 to 1.

use kihap_vision::backbone::{Fit, Preprocessing};

use super::picture::{published_width, side_within};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, PoolKind};

const NAME: &str = "catdog-cnn";
const FILTERS: [usize; 3] = [16, 32, 64];
const UNITS: usize = 512;

/// The network's entry.
pub(crate) const CATDOG_CNN: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "three convolutions from scratch; the original's first notebook",
    paper: "Google's practicum on image classification, 2018, after Chollet, 2016 (Keras blog)",
    published: Some(Published {
        parameters: 9_494_561,
        classes: 1,
        with_statistics: true,
        source: "model.summary() of these layers in Keras",
    }),
    features: Some("dense_activation"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    published_width(NAME, settings)?;
    let side = side_within(NAME, settings, 150, 32..=512)?;
    let mut net =
        GraphBuilder::pictures(NAME, Preprocessing { side, fit: Fit::Stretch, mean: [0.0; 3], scale: [255.0; 3] });
    for (index, filters) in FILTERS.into_iter().enumerate() {
        let number = if index == 0 { String::new() } else { format!("_{index}") };
        net.conv(&format!("conv2d{number}"), filters, 3, 1, Padding::Valid);
        net.activation(&format!("conv2d{number}_activation"), Activation::Relu);
        net.pool(&format!("max_pooling2d{number}"), PoolKind::Max, 2, 2, Padding::Valid);
    }
    net.layer("channels_last", Op::Permute { axes: vec![1, 2, 0] });
    net.flatten("flatten");
    net.dense("dense", UNITS);
    net.activation("dense_activation", Activation::Relu);
    net.dropout("dropout", settings.dropout.unwrap_or(0.0));
    net.logits("dense_1", settings.classes);
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_those_of_the_notebook() {
        let graph = build(&Settings::pictures(1)).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| shapes[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape("conv2d"), [16, 148, 148]);
        assert_eq!(shape("max_pooling2d_1"), [32, 36, 36]);
        assert_eq!(shape("max_pooling2d_2"), [64, 17, 17]);
        assert_eq!(shape("flatten"), [18_496]);
        let weights: Vec<usize> = graph.parameters().unwrap().iter().map(crate::graph::Parameter::count).collect();
        assert_eq!(weights, [432, 16, 4608, 32, 18_432, 64, 9_469_952, 512, 512, 1]);
    }
}
