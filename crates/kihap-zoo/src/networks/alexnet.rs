//! `alexnet`: five convolutions and three fully connected layers (Krizhevsky, Sutskever and Hinton, 2012, "ImageNet
//! Classification with Deep Convolutional Neural Networks", NIPS 25).
//!
//! In one tower: the paper divides the second, fourth and fifth convolution between two graphics cards, which see only their
//! own half of the channels; then there are 60,965,224 weights (the paper's "60 million"). Undivided there are 62,378,344.
//! Layers are named as in Caffe's `bvlc_alexnet`. The paper's input of 224 px must be 227 for its maps of 55 × 55. Biases
//! start at 0 and weights from He's distribution, not from the paper's normal one of deviation 0.01.
//!
//! Input: 227 px (67 to 512), red, green, blue, less ImageNet's mean as in the paper, over its deviation (which the paper
//! does not divide by) so that He's distribution fits.

use kihap_vision::backbone::{Fit, Preprocessing};

use super::picture::{published_width, side_within};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, PoolKind};

const NAME: &str = "alexnet";
const UNITS: usize = 4096;
/// The paper's share, after both hidden layers.
const DROPOUT: f32 = 0.5;
/// The paper's k = 2, n = 5, α = 10⁻⁴, β = 0.75; the op divides its weight by n, the paper does not.
const NORM: Op = Op::LocalResponseNorm { size: 5, alpha: 5e-4, beta: 0.75, k: 2.0 };

/// The network's entry.
pub(crate) const ALEXNET: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "the network that began it; large and from scratch",
    paper: "Krizhevsky et al., 2012, NIPS 25",
    published: Some(Published {
        parameters: 62_378_344,
        classes: 1000,
        with_statistics: false,
        source: "the paper's layers undivided; Mallick and Nayak, 2018, \"Number of Parameters and Tensor Sizes in a CNN\"",
    }),
    features: Some("relu7"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    published_width(NAME, settings)?;
    let side = side_within(NAME, settings, 227, 67..=512)?;
    let dropout = settings.dropout.unwrap_or(DROPOUT);
    let mean = [123.68, 116.779, 103.939];
    let scale = [58.393, 57.12, 57.375];
    let mut net = GraphBuilder::pictures(NAME, Preprocessing { side, fit: Fit::Stretch, mean, scale });
    convolution(&mut net, 1, 96, 11, 4, Padding::Valid);
    net.layer("norm1", NORM);
    net.pool("pool1", PoolKind::Max, 3, 2, Padding::Valid);
    convolution(&mut net, 2, 256, 5, 1, Padding::Same);
    net.layer("norm2", NORM);
    net.pool("pool2", PoolKind::Max, 3, 2, Padding::Valid);
    convolution(&mut net, 3, 384, 3, 1, Padding::Same);
    convolution(&mut net, 4, 384, 3, 1, Padding::Same);
    convolution(&mut net, 5, 256, 3, 1, Padding::Same);
    net.pool("pool5", PoolKind::Max, 3, 2, Padding::Valid);
    net.flatten("flatten");
    net.dense("fc6", UNITS);
    net.activation("relu6", Activation::Relu);
    net.dropout("drop6", dropout);
    net.dense("fc7", UNITS);
    net.activation("relu7", Activation::Relu);
    net.dropout("drop7", dropout);
    net.logits("fc8", settings.classes);
    net.finish()
}

fn convolution(net: &mut GraphBuilder, number: usize, filters: usize, kernel: usize, stride: usize, padding: Padding) {
    net.conv(&format!("conv{number}"), filters, kernel, stride, padding);
    net.activation(&format!("relu{number}"), Activation::Relu);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_those_of_the_paper() {
        let graph = build(&Settings::pictures(1000)).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| shapes[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape("conv1"), [96, 55, 55]);
        assert_eq!(shape("conv2"), [256, 27, 27]);
        assert_eq!(shape("conv5"), [256, 13, 13]);
        assert_eq!(shape("flatten"), [9216]);
    }

    #[test]
    fn the_smallest_picture_still_gives_a_map() {
        assert!(build(&Settings { side: Some(67), ..Settings::pictures(3) }).is_ok());
        assert!(build(&Settings { side: Some(66), ..Settings::pictures(3) }).is_err());
    }
}
