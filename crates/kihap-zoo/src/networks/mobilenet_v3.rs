//! `mobilenet-v3-small` and `mobilenet-v3-large`: inverted residuals found by search, with squeeze-and-excitation and hard
//! swish (Howard et al., 2019, "Searching for MobileNetV3", arXiv:1905.02244).
//!
//! Layers are named as in Keras' `MobileNetV3Small` and `MobileNetV3Large`, `minimalistic=False`; its layers that only pad
//! are part of the convolutions here (they pad as TensorFlow's `SAME`). What are 1 × 1 convolutions of a single pixel there
//! (`…squeeze_excite_conv`, `…squeeze_excite_conv_1`, `conv_2`, `logits`) are fully connected layers of these names, and
//! layers that Keras numbers (`re_lu_7`) are named after what they follow.
//!
//! Input: 224 px (any from 32 on), red, green, blue, −1 to 1 (Keras' `Rescaling` layer is part of the preprocessing).
//! Widths: channels are rounded to multiples of 8; the last fully connected layer does not shrink.

use super::picture::{plus_minus_one, round_to_eight, side, width};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding};

const STEM: usize = 16;
/// Keras' share.
const DROPOUT: f32 = 0.2;

/// An inverted residual: a row of the paper's tables 1 and 2.
#[derive(Clone, Copy)]
struct Block {
    /// Channels in the middle over channels of the input, of the network of width 1.
    expansion: f32,
    /// Channels of the output.
    filters: usize,
    kernel: usize,
    stride: usize,
    /// Whether channels are weighed by squeeze-and-excitation.
    weighed: bool,
    activation: Activation,
}

const fn block(
    expansion: f32,
    filters: usize,
    kernel: usize,
    stride: usize,
    weighed: bool,
    activation: Activation,
) -> Block {
    Block { expansion, filters, kernel, stride, weighed, activation }
}

const RELU: Activation = Activation::Relu;
const SWISH: Activation = Activation::HardSwish;

const SMALL: [Block; 11] = [
    block(1.0, 16, 3, 2, true, RELU),
    block(72.0 / 16.0, 24, 3, 2, false, RELU),
    block(88.0 / 24.0, 24, 3, 1, false, RELU),
    block(4.0, 40, 5, 2, true, SWISH),
    block(6.0, 40, 5, 1, true, SWISH),
    block(6.0, 40, 5, 1, true, SWISH),
    block(3.0, 48, 5, 1, true, SWISH),
    block(3.0, 48, 5, 1, true, SWISH),
    block(6.0, 96, 5, 2, true, SWISH),
    block(6.0, 96, 5, 1, true, SWISH),
    block(6.0, 96, 5, 1, true, SWISH),
];

const LARGE: [Block; 15] = [
    block(1.0, 16, 3, 1, false, RELU),
    block(4.0, 24, 3, 2, false, RELU),
    block(3.0, 24, 3, 1, false, RELU),
    block(3.0, 40, 5, 2, true, RELU),
    block(3.0, 40, 5, 1, true, RELU),
    block(3.0, 40, 5, 1, true, RELU),
    block(6.0, 80, 3, 2, false, SWISH),
    block(2.5, 80, 3, 1, false, SWISH),
    block(2.3, 80, 3, 1, false, SWISH),
    block(2.3, 80, 3, 1, false, SWISH),
    block(6.0, 112, 3, 1, true, SWISH),
    block(6.0, 112, 3, 1, true, SWISH),
    block(6.0, 160, 5, 2, true, SWISH),
    block(6.0, 160, 5, 1, true, SWISH),
    block(6.0, 160, 5, 1, true, SWISH),
];

/// The entry of `mobilenet-v3-small`.
pub(crate) const MOBILENET_V3_SMALL: Entry = Entry {
    name: "mobilenet-v3-small",
    input: InputKind::Picture,
    purpose: "the smallest and fastest of the family",
    paper: "Howard et al., 2019, arXiv:1905.02244",
    published: Some(Published {
        parameters: 2_554_968,
        classes: 1000,
        with_statistics: true,
        source: "keras.applications.MobileNetV3Small",
    }),
    features: Some("conv_2_activation"),
    build: |settings| build("mobilenet-v3-small", &SMALL, 1024, settings),
};

/// The entry of `mobilenet-v3-large`.
pub(crate) const MOBILENET_V3_LARGE: Entry = Entry {
    name: "mobilenet-v3-large",
    input: InputKind::Picture,
    purpose: "the most accurate of the family",
    paper: "Howard et al., 2019, arXiv:1905.02244",
    published: Some(Published {
        parameters: 5_507_432,
        classes: 1000,
        with_statistics: true,
        source: "keras.applications.MobileNetV3Large",
    }),
    features: Some("conv_2_activation"),
    build: |settings| build("mobilenet-v3-large", &LARGE, 1280, settings),
};

fn build(name: &str, blocks: &[Block], last: usize, settings: &Settings) -> Result<Graph, ZooError> {
    let (side, width) = (side(name, settings, 224)?, width(name, settings)?);
    let mut net = GraphBuilder::pictures(name, plus_minus_one(side));
    net.conv_plain("conv", STEM, 3, 2, Padding::Same);
    normalise(&mut net, "conv", Some(SWISH));
    let mut channels = STEM;
    for (number, block) in blocks.iter().enumerate() {
        let filters = round_to_eight(block.filters as f32 * width);
        inverted_residual(&mut net, number, [channels, filters], *block);
        channels = filters;
    }
    net.conv_plain("conv_1", round_to_eight(channels as f32 * 6.0), 1, 1, Padding::Valid);
    normalise(&mut net, "conv_1", Some(SWISH));
    net.global_average("global_average_pooling2d");
    net.dense("conv_2", if width > 1.0 { round_to_eight(last as f32 * width) } else { last });
    net.activation("conv_2_activation", SWISH);
    net.dropout("dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("logits", settings.classes);
    net.finish()
}

fn normalise(net: &mut GraphBuilder, convolution: &str, activation: Option<Activation>) {
    net.batch_norm(&format!("{convolution}_bn"), 1e-3, 0.999);
    if let Some(function) = activation {
        net.activation(&format!("{convolution}_activation"), function);
    }
}

fn inverted_residual(net: &mut GraphBuilder, number: usize, [channels, filters]: [usize; 2], block: Block) {
    let input = net.at();
    let prefix = if number == 0 { "expanded_conv".to_owned() } else { format!("expanded_conv_{number}") };
    let name = |part: &str| format!("{prefix}_{part}");
    let mut wide = channels;
    if number > 0 {
        wide = round_to_eight(channels as f32 * block.expansion);
        net.conv_plain(&name("expand"), wide, 1, 1, Padding::Valid);
        normalise(net, &name("expand"), Some(block.activation));
    }
    net.depthwise(&name("depthwise"), wide, block.kernel, block.stride, Padding::Same);
    normalise(net, &name("depthwise"), Some(block.activation));
    if block.weighed {
        squeeze_and_excite(net, &name("squeeze_excite"), wide);
    }
    net.conv_plain(&name("project"), filters, 1, 1, Padding::Valid);
    normalise(net, &name("project"), None);
    if block.stride == 1 && channels == filters {
        let narrow = net.at();
        net.join(&name("add"), Op::Add, &[&input, &narrow]);
    }
}

/// Weighs each channel by what two fully connected layers make of the means of all (Hu et al., 2018).
fn squeeze_and_excite(net: &mut GraphBuilder, prefix: &str, channels: usize) {
    let input = net.at();
    let name = |part: &str| format!("{prefix}_{part}");
    net.global_average(&name("avg_pool"));
    net.dense(&name("conv"), round_to_eight(channels as f32 * 0.25));
    net.activation(&name("relu"), Activation::Relu);
    net.dense(&name("conv_1"), channels);
    net.activation(&name("sigmoid"), Activation::HardSigmoid);
    let weights = net.layer(&name("reshape"), Op::Reshape { shape: vec![channels, 1, 1] });
    net.join(&name("mul"), Op::Multiply, &[&input, &weights]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_as_many_as_keras_counts() {
        let count = |entry: Entry, settings: &Settings| (entry.build)(settings).unwrap().total_parameters().unwrap();
        let published = Settings::pictures(1000);
        assert_eq!(count(MOBILENET_V3_SMALL, &published), 2_554_968);
        assert_eq!(count(MOBILENET_V3_LARGE, &published), 5_507_432);
        // `MobileNetV3…(alpha=0.75, weights=None).count_params()` of Keras 3.15.
        let narrow = Settings { width: 0.75, ..published };
        assert_eq!(count(MOBILENET_V3_SMALL, &narrow), 2_051_552);
        assert_eq!(count(MOBILENET_V3_LARGE, &narrow), 4_012_616);
    }

    #[test]
    fn pictures_shrink_to_a_32nd_and_channels_are_weighed() {
        let graph = (MOBILENET_V3_SMALL.build)(&Settings { side: Some(160), ..Settings::pictures(3) }).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| &shapes[graph.index_of(layer).unwrap()];
        assert_eq!(shape("conv_1_activation"), &[576, 5, 5]);
        assert_eq!(shape("conv_2_activation"), &[1024]);
        assert_eq!(shape("expanded_conv_3_squeeze_excite_relu"), &[24]);
        assert_eq!(shape("expanded_conv_3_squeeze_excite_mul"), &[96, 10, 10]);
    }
}
