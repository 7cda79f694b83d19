//! `mobilenet-v1`: depthwise and pointwise convolutions by turns (Howard et al., 2017, "MobileNets: Efficient
//! Convolutional Neural Networks for Mobile Vision Applications", arXiv:1704.04861).
//!
//! Layers are named and padded as in Keras' `MobileNet`; its layers that only pad are part of the convolutions here. The
//! class scores, a 1 × 1 convolution `conv_preds` there, are a fully connected layer of that name.
//!
//! Input: 224 px (any from 32 on), red, green, blue, −1 to 1. Widths: Keras' rounding (down to a whole number).

use super::picture::{plus_minus_one, side, width};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Padding};

const NAME: &str = "mobilenet-v1";
const STEM: usize = 32;
/// (output channels, stride) of each block.
const BLOCKS: [(usize, usize); 13] = [
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
];
/// Keras' share.
const DROPOUT: f32 = 1e-3;

/// The network's entry.
pub(crate) const MOBILENET_V1: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "small and fast; the original's backbone",
    paper: "Howard et al., 2017, arXiv:1704.04861",
    published: Some(Published {
        parameters: 4_253_864,
        classes: 1000,
        with_statistics: true,
        source: "keras.applications.MobileNet",
    }),
    features: Some("global_average_pooling2d"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    let (side, width) = (side(NAME, settings, 224)?, width(NAME, settings)?);
    let scaled = |channels: usize| ((channels as f32 * width) as usize).max(1);
    let mut net = GraphBuilder::pictures(NAME, plus_minus_one(side));
    net.conv_plain("conv1", scaled(STEM), 3, 2, Padding::Same);
    normalise(&mut net, "conv1");
    let mut channels = scaled(STEM);
    for (index, (filters, stride)) in BLOCKS.into_iter().enumerate() {
        let (depthwise, pointwise) = (format!("conv_dw_{}", index + 1), format!("conv_pw_{}", index + 1));
        // Keras pads below and to the right whatever the size, which is `Same` only for even sizes.
        let padding = if stride == 1 { Padding::Same } else { Padding::Explicit([0, 1, 0, 1]) };
        net.depthwise(&depthwise, channels, 3, stride, padding);
        normalise(&mut net, &depthwise);
        channels = scaled(filters);
        net.conv_plain(&pointwise, channels, 1, 1, Padding::Valid);
        normalise(&mut net, &pointwise);
    }
    net.global_average("global_average_pooling2d");
    net.dropout("dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("conv_preds", settings.classes);
    net.finish()
}

fn normalise(net: &mut GraphBuilder, convolution: &str) {
    net.batch_norm(&format!("{convolution}_bn"), 1e-3, 0.99);
    net.activation(&format!("{convolution}_relu"), Activation::Relu6);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_as_many_as_keras_counts() {
        let count = |settings: &Settings| build(settings).unwrap().total_parameters().unwrap();
        let published = Settings::pictures(1000);
        assert_eq!(count(&published), 4_253_864);
        // `MobileNet(alpha=…, weights=None).count_params()` of Keras 3.15.
        assert_eq!(count(&Settings { width: 0.25, ..published.clone() }), 475_544);
        assert_eq!(count(&Settings { width: 0.75, ..published }), 2_601_976);
    }

    #[test]
    fn pictures_shrink_to_a_32nd() {
        let graph = build(&Settings { side: Some(97), ..Settings::pictures(3) }).unwrap();
        let shapes = graph.shapes().unwrap();
        assert_eq!(shapes[graph.index_of("conv_pw_13_relu").unwrap()], [1024, 3, 3]);
        assert!(build(&Settings { side: Some(31), ..Settings::pictures(3) }).is_err());
        assert!(build(&Settings { width: f32::NAN, ..Settings::pictures(3) }).is_err());
    }
}
