//! `tcn`: convolutions over time on a clip's skeleton features, of DD-Net's kind.

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Init, Op, Padding, PoolKind};

/// Channels of every block.
const WIDTH: usize = 48;
/// Blocks, each of which halves the steps.
const BLOCKS: usize = 2;
/// Width of the hidden layer.
const HIDDEN: usize = 96;
const DROPOUT: f32 = 0.4;

/// `tcn`: 1-D convolutions with batch normalisation and pooling by two, as DD-Net has them, but with what is left of time laid
/// out instead of averaged: clips are aligned by their movement, so that when something happens says what it is.
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
    net.dropout("input_dropout", dropout / 4.0);
    block(&mut net, "embedding", 1);
    let mut steps = settings.steps;
    for number in 1..=BLOCKS {
        block(&mut net, &format!("block{number}"), 5);
        if steps >= 2 {
            let pool = Op::Pool { kind: PoolKind::Max, kernel: [2, 1], stride: [2, 1], padding: Padding::Valid };
            net.layer(&format!("block{number}_pool"), pool);
            steps /= 2;
        }
        net.dropout(&format!("block{number}_dropout"), dropout / 4.0);
    }
    net.flatten("flat");
    net.layer("hidden", Op::Dense { units: HIDDEN, bias: false, init: Init::HeUniform });
    net.batch_norm("hidden_norm", 1e-5, 0.9);
    net.activation("hidden_swish", Activation::Swish);
    net.dropout("dropout", dropout);
    net.logits("logits", settings.classes);
    net.finish()
}

/// A convolution over `kernel` steps, normalised.
fn block(net: &mut GraphBuilder, name: &str, kernel: usize) {
    net.convolution(&format!("{name}_conv"), WIDTH, [kernel, 1], [1, 1], Padding::Same, 1, false);
    net.batch_norm(&format!("{name}_norm"), 1e-5, 0.9);
    net.activation(&format!("{name}_swish"), Activation::Swish);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_halved_block_by_block() {
        let graph = build(&Settings { steps: 32, features: 57, ..Settings::pictures(20) }).unwrap();
        let shapes = graph.shapes().unwrap();
        assert_eq!(shapes[graph.index_of("block2_pool").unwrap()], [WIDTH, 8, 1]);
        assert_eq!(shapes[graph.index_of("flat").unwrap()], [WIDTH * 8]);
        assert!(build(&Settings { steps: 1, features: 57, ..Settings::pictures(20) }).is_ok());
    }
}
