//! `transformer`: an encoder of self-attention on a clip's skeleton features.

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, ReduceKind};

const WIDTH: usize = 64;
const HEADS: usize = 4;
const LAYERS: usize = 2;
const DROPOUT: f32 = 0.3;

/// `transformer`: two encoder layers, normalised before each part (Xiong et al., 2020), and the mean over the steps.
pub(crate) const TRANSFORMER: Entry = Entry {
    name: "transformer",
    input: InputKind::Sequence,
    purpose: "self-attention over the frames of clips of skeletons",
    paper: "Vaswani et al.: Attention is all you need, 2017",
    published: None,
    features: None,
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    let dropout = settings.dropout.unwrap_or(DROPOUT);
    let mut net = GraphBuilder::numbers("transformer", &[settings.steps, settings.features]);
    net.layer_norm("input_norm");
    net.dense("embedding", WIDTH);
    net.layer("position", Op::PositionEmbedding);
    let mut x = net.dropout("embedding_dropout", dropout);
    for number in 1..=LAYERS {
        let name = |part: &str| format!("layer{number}_{part}");
        net.from(&x);
        net.layer_norm(&name("attention_norm"));
        net.layer(&name("attention"), Op::Attention { heads: HEADS });
        let attended = net.dropout(&name("attention_dropout"), dropout);
        let sum = net.join(&name("attention_sum"), Op::Add, &[&x, &attended]);
        net.layer_norm(&name("dense_norm"));
        net.dense(&name("dense1"), 2 * WIDTH);
        net.activation(&name("gelu"), Activation::Gelu);
        net.dense(&name("dense2"), WIDTH);
        let changed = net.dropout(&name("dense_dropout"), dropout);
        x = net.join(&name("dense_sum"), Op::Add, &[&sum, &changed]);
    }
    net.layer_norm("norm");
    net.layer("mean", Op::Reduce { kind: ReduceKind::Mean, axes: vec![0] });
    net.dropout("dropout", dropout);
    net.logits("logits", settings.classes);
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_counted_layer_by_layer() {
        let settings = Settings { steps: 32, features: 99, ..Settings::pictures(20) };
        let attention = 4 * (WIDTH * WIDTH + WIDTH);
        let dense = WIDTH * 2 * WIDTH + 2 * WIDTH + 2 * WIDTH * WIDTH + WIDTH;
        let expected = 2 * 99 + (99 * WIDTH + WIDTH) + 32 * WIDTH + 2 * (attention + dense + 4 * WIDTH) + 2 * WIDTH;
        assert_eq!(build(&settings).unwrap().trainable_parameters().unwrap(), expected + WIDTH * 20 + 20);
    }
}
