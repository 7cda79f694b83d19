//! `tcn`: convolutions over time on a clip's skeleton features, of DD-Net's kind.

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, PoolKind, ReduceKind};

/// Channels of the blocks, each of which halves the steps.
const BLOCKS: [usize; 3] = [64, 96, 128];
const DROPOUT: f32 = 0.4;

/// `tcn`: double features, motion feature included, through 1-D convolutions as DD-Net has them: batch normalisation,
/// leaky ReLU, pooling by two, and the mean and the largest over what is left of time.
pub(crate) const TCN: Entry = Entry {
    name: "tcn",
    input: InputKind::Sequence,
    purpose: "convolutions over time on clips of skeletons (DD-Net's kind)",
    paper: "Yang et al.: Make skeleton-based action recognition model smaller, faster and better, 2019",
    published: None,
    features: None,
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    let dropout = settings.dropout.unwrap_or(DROPOUT);
    let mut net = GraphBuilder::numbers("tcn", &[settings.steps, settings.features]);
    net.layer("transposed", Op::Permute { axes: vec![1, 0] });
    net.layer("channels", Op::Reshape { shape: vec![settings.features, settings.steps, 1] });
    net.batch_norm("input_norm", 1e-3, 0.9);
    let mut steps = settings.steps;
    for (index, width) in BLOCKS.into_iter().enumerate() {
        for half in ["a", "b"] {
            let name = |part: &str| format!("block{}{half}_{part}", index + 1);
            net.convolution(&name("conv"), width, [3, 1], [1, 1], Padding::Same, 1, false);
            net.batch_norm(&name("norm"), 1e-3, 0.9);
            net.activation(&name("relu"), Activation::LeakyRelu(0.2));
        }
        net.dropout(&format!("block{}_dropout", index + 1), dropout / 4.0);
        if steps >= 2 {
            let pool = Op::Pool { kind: PoolKind::Max, kernel: [2, 1], stride: [2, 1], padding: Padding::Valid };
            net.layer(&format!("block{}_pool", index + 1), pool);
            steps /= 2;
        }
    }
    let end = net.at();
    let mean = net.layer("mean", Op::Reduce { kind: ReduceKind::Mean, axes: vec![1, 2] });
    net.from(&end);
    let largest = net.layer("largest", Op::Reduce { kind: ReduceKind::Max, axes: vec![1, 2] });
    net.join("features", Op::Concat { axis: 0 }, &[&mean, &largest]);
    net.dropout("features_dropout", dropout);
    net.dense("hidden", 128);
    net.batch_norm("hidden_norm", 1e-3, 0.9);
    net.activation("hidden_relu", Activation::LeakyRelu(0.2));
    net.dropout("dropout", dropout);
    net.logits("logits", settings.classes);
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_halved_block_by_block() {
        let graph = build(&Settings { steps: 32, features: 57, ..Settings::pictures(20) }).unwrap();
        let shapes = graph.shapes().unwrap();
        assert_eq!(shapes[graph.index_of("block3_pool").unwrap()], [128, 4, 1]);
        assert_eq!(shapes[graph.index_of("features").unwrap()], [256]);
        assert!(build(&Settings { steps: 1, features: 57, ..Settings::pictures(20) }).is_ok());
    }
}
