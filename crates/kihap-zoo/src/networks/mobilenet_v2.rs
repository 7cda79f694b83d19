//! `mobilenet-v2`: inverted residuals with linear bottlenecks (Sandler et al., 2018, "MobileNetV2: Inverted Residuals and
//! Linear Bottlenecks", arXiv:1801.04381).
//!
//! Layers are named as in Keras' `MobileNetV2`; its layers that only pad are part of the convolutions here (they pad as
//! TensorFlow's `SAME`). Dropout before the class scores is the published code's 0.2, which Keras leaves out.
//!
//! Input: 224 px (any from 32 on), red, green, blue, −1 to 1. Widths: channels are rounded to multiples of 8; the last
//! convolution does not shrink below 1280.

use super::picture::{plus_minus_one, round_to_eight, side, width};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding};

const NAME: &str = "mobilenet-v2";
const STEM: usize = 32;
const LAST: usize = 1280;
/// (expansion, output channels, repeats, stride of the first) of each stage: the paper's table 2.
const STAGES: [(usize, usize, usize, usize); 7] =
    [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
/// The share in the published code (`mobilenet_v2.py` of TensorFlow's models).
const DROPOUT: f32 = 0.2;

/// The network's entry.
pub(crate) const MOBILENET_V2: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "small and fast; Teachable Machine's backbone is one of width 0.35",
    paper: "Sandler et al., 2018, arXiv:1801.04381",
    published: Some(Published {
        parameters: 3_538_984,
        classes: 1000,
        with_statistics: true,
        source: "keras.applications.MobileNetV2",
    }),
    features: Some("global_average_pooling2d"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    let (side, width) = (side(NAME, settings, 224)?, width(NAME, settings)?);
    let mut net = GraphBuilder::pictures(NAME, plus_minus_one(side));
    let mut channels = round_to_eight(STEM as f32 * width);
    net.conv_plain("Conv1", channels, 3, 2, Padding::Same);
    net.batch_norm("bn_Conv1", 1e-3, 0.999);
    net.activation("Conv1_relu", Activation::Relu6);
    let mut number = 0;
    for (expansion, filters, repeats, first_stride) in STAGES {
        let filters = round_to_eight((filters as f32 * width).floor());
        for repeat in 0..repeats {
            let stride = if repeat == 0 { first_stride } else { 1 };
            inverted_residual(&mut net, number, [channels, filters], expansion, stride);
            channels = filters;
            number += 1;
        }
    }
    let last = if width > 1.0 { round_to_eight(LAST as f32 * width) } else { LAST };
    net.conv_plain("Conv_1", last, 1, 1, Padding::Valid);
    net.batch_norm("Conv_1_bn", 1e-3, 0.999);
    net.activation("out_relu", Activation::Relu6);
    net.global_average("global_average_pooling2d");
    net.dropout("dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("predictions", settings.classes);
    net.finish()
}

/// Widens, filters each channel, narrows; adds the block's input where the shape stays the same.
fn inverted_residual(
    net: &mut GraphBuilder,
    number: usize,
    [channels, filters]: [usize; 2],
    expansion: usize,
    stride: usize,
) {
    let input = net.at();
    let prefix = if number == 0 { "expanded_conv".to_owned() } else { format!("block_{number}") };
    let name = |part: &str| format!("{prefix}_{part}");
    let wide = channels * expansion;
    if number > 0 {
        net.conv_plain(&name("expand"), wide, 1, 1, Padding::Valid);
        net.batch_norm(&name("expand_BN"), 1e-3, 0.999);
        net.activation(&name("expand_relu"), Activation::Relu6);
    }
    net.depthwise(&name("depthwise"), wide, 3, stride, Padding::Same);
    net.batch_norm(&name("depthwise_BN"), 1e-3, 0.999);
    net.activation(&name("depthwise_relu"), Activation::Relu6);
    net.conv_plain(&name("project"), filters, 1, 1, Padding::Valid);
    let narrow = net.batch_norm(&name("project_BN"), 1e-3, 0.999);
    if stride == 1 && channels == filters {
        net.join(&name("add"), Op::Add, &[&input, &narrow]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_as_many_as_keras_counts() {
        let count = |settings: &Settings| build(settings).unwrap().total_parameters().unwrap();
        let published = Settings::pictures(1000);
        assert_eq!(count(&published), 3_538_984);
        // `MobileNetV2(alpha=…, weights=None).count_params()` of Keras 3.15.
        assert_eq!(count(&Settings { width: 0.35, ..published.clone() }), 1_691_208);
        assert_eq!(count(&Settings { width: 1.4, ..published }), 6_156_712);
    }

    #[test]
    fn pictures_shrink_to_a_32nd() {
        let graph = build(&Settings { side: Some(96), width: 0.35, ..Settings::pictures(3) }).unwrap();
        let shapes = graph.shapes().unwrap();
        assert_eq!(shapes[graph.index_of("out_relu").unwrap()], [1280, 3, 3]);
        assert_eq!(graph.outputs().unwrap(), 3);
        assert!(graph.index_of("dropout").is_ok());
        let graph = build(&Settings { dropout: Some(0.0), ..Settings::pictures(3) }).unwrap();
        assert!(graph.index_of("dropout").is_err());
    }
}
