//! `resnet50`: residual bottlenecks (He, Zhang, Ren and Sun, 2015, "Deep Residual Learning for Image Recognition",
//! arXiv:1512.03385).
//!
//! Keras' `ResNet50`, which is the paper's: the first 1 × 1 convolution of a stage strides (in "v1.5", also torchvision's,
//! the 3 × 3 does), and convolutions have biases. Layers are named as there; its layers that only pad are part of the
//! convolutions and the pooling here (pooling follows a ReLU, so that padding with zeros changes nothing).
//!
//! Input: 224 px (any from 32 on), red, green, blue, less ImageNet's mean. Keras feeds its published weights with blue,
//! green, red: whoever imports them must reverse the input channels of `conv1_conv`.

use kihap_vision::backbone::{Fit, Preprocessing};

use super::picture::{published_width, side};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, PoolKind};

const NAME: &str = "resnet50";
/// (name, channels in the middle, blocks, stride of the first) of each stage.
const STAGES: [(&str, usize, usize, usize); 4] =
    [("conv2", 64, 3, 1), ("conv3", 128, 4, 2), ("conv4", 256, 6, 2), ("conv5", 512, 3, 2)];
/// A block's output over its middle.
const EXPANSION: usize = 4;

/// The network's entry.
pub(crate) const RESNET50: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "large; shortcuts past every three layers",
    paper: "He et al., 2015, arXiv:1512.03385",
    published: Some(Published {
        parameters: 25_636_712,
        classes: 1000,
        with_statistics: true,
        source: "keras.applications.ResNet50",
    }),
    features: Some("avg_pool"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    published_width(NAME, settings)?;
    let side = side(NAME, settings, 224)?;
    let mean = [123.68, 116.779, 103.939];
    let mut net = GraphBuilder::pictures(NAME, Preprocessing { side, fit: Fit::Stretch, mean, scale: [1.0; 3] });
    net.conv("conv1_conv", 64, 7, 2, Padding::Explicit([3; 4]));
    normalise(&mut net, "conv1", true);
    net.pool("pool1_pool", PoolKind::Max, 3, 2, Padding::Explicit([1; 4]));
    for (stage, filters, blocks, stride) in STAGES {
        for number in 1..=blocks {
            let name = format!("{stage}_block{number}");
            bottleneck(&mut net, &name, filters, (number == 1).then_some(stride));
        }
    }
    net.global_average("avg_pool");
    net.dropout("dropout", settings.dropout.unwrap_or(0.0));
    net.logits("predictions", settings.classes);
    net.finish()
}

/// The first block of a stage, which has a `stride`, also projects its input.
fn bottleneck(net: &mut GraphBuilder, block: &str, filters: usize, stride: Option<usize>) {
    let input = net.at();
    let mut shortcut = input.clone();
    if let Some(stride) = stride {
        net.conv(&format!("{block}_0_conv"), EXPANSION * filters, 1, stride, Padding::Valid);
        shortcut = normalise(net, &format!("{block}_0"), false);
    }
    net.from(&input);
    net.conv(&format!("{block}_1_conv"), filters, 1, stride.unwrap_or(1), Padding::Valid);
    normalise(net, &format!("{block}_1"), true);
    net.conv(&format!("{block}_2_conv"), filters, 3, 1, Padding::Same);
    normalise(net, &format!("{block}_2"), true);
    net.conv(&format!("{block}_3_conv"), EXPANSION * filters, 1, 1, Padding::Valid);
    let residual = normalise(net, &format!("{block}_3"), false);
    net.join(&format!("{block}_add"), Op::Add, &[&shortcut, &residual]);
    net.activation(&format!("{block}_out"), Activation::Relu);
}

fn normalise(net: &mut GraphBuilder, prefix: &str, relu: bool) -> String {
    net.batch_norm(&format!("{prefix}_bn"), 1.001e-5, 0.99);
    if relu {
        net.activation(&format!("{prefix}_relu"), Activation::Relu);
    }
    net.at()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_those_of_the_paper() {
        let graph = build(&Settings::pictures(1000)).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| shapes[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape("conv1_relu"), [64, 112, 112]);
        assert_eq!(shape("conv2_block3_out"), [256, 56, 56]);
        assert_eq!(shape("conv3_block4_out"), [512, 28, 28]);
        assert_eq!(shape("conv4_block6_out"), [1024, 14, 14]);
        assert_eq!(shape("conv5_block3_out"), [2048, 7, 7]);
        let convolutions = graph.nodes.iter().filter(|node| matches!(node.op, Op::Conv2d { .. })).count();
        assert_eq!(convolutions, 49 + 4, "49 and the class scores are the 50 layers; 4 project shortcuts");
    }

    #[test]
    fn a_stage_can_be_frozen() {
        let graph = build(&Settings { side: Some(64), ..Settings::pictures(3) }).unwrap();
        let (body, rest) = graph.cut_after("conv4_block6_out").unwrap();
        assert_eq!(body.shapes().unwrap().last().unwrap(), &[1024, 4, 4]);
        assert!(rest.index_of("conv5_block1_0_conv").is_ok());
        assert!(graph.cut_after("conv4_block6_1_relu").is_err());
    }
}
