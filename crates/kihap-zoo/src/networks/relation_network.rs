//! `relation-network`: every pair of joints is looked at by the same small network, and what it says is added up.

use kihap_vision::Skeleton;

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, ReduceKind};

/// Joints whose pairs are looked at: face and fingers move with head and wrist.
const JOINTS: [&str; 13] = [
    "nose",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
];
/// Width of both networks; the paper's is 256, for questions about pictures.
const WIDTH: usize = 64;
const DROPOUT: f32 = 0.3;

/// `relation-network`: f(Σ g(joint i, joint j)) over all pairs; each joint says which it is by a number for each joint.
pub(crate) const RELATION_NETWORK: Entry = Entry {
    name: "relation-network",
    input: InputKind::Joints,
    purpose: "pairs of joints of one skeleton",
    paper: "Santoro et al.: A simple neural network module for relational reasoning, 2017",
    published: None,
    features: None,
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    let names = settings.skeleton.names();
    let joints = joints(settings.skeleton);
    let dropout = settings.dropout.unwrap_or(DROPOUT);
    let mut net = GraphBuilder::numbers("relation-network", &[names.len(), settings.joint_channels]);
    // a learned offset a joint says which joint it is, as the paper's coordinates say where an object is
    let named = net.layer("identity", Op::PositionEmbedding);
    let pairs: Vec<(usize, usize)> =
        joints.iter().flat_map(|a| joints.iter().filter(move |b| *b > a).map(move |b| (*a, *b))).collect();
    let (first, second): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
    let first = net.layer("first", Op::Gather { axis: 0, indices: first });
    net.from(&named);
    let second = net.layer("second", Op::Gather { axis: 0, indices: second });
    net.join("pairs", Op::Concat { axis: 1 }, &[&first, &second]);
    for number in 1..=3 {
        net.dense(&format!("g{number}"), WIDTH);
        net.activation(&format!("g{number}_relu"), Activation::Relu);
    }
    // the mean instead of the sum, so that its size does not depend on the number of joints
    net.layer("relations", Op::Reduce { kind: ReduceKind::Mean, axes: vec![0] });
    for number in 1..=2 {
        net.dense(&format!("f{number}"), WIDTH);
        net.activation(&format!("f{number}_relu"), Activation::Relu);
        net.dropout(&format!("f{number}_dropout"), dropout);
    }
    net.logits("logits", settings.classes);
    net.finish()
}

/// The joints of the list that the skeleton has; all where it has too few of them.
fn joints(skeleton: Skeleton) -> Vec<usize> {
    let known: Vec<usize> = JOINTS.iter().filter_map(|name| skeleton.index_of(name)).collect();
    if known.len() >= 8 { known } else { (0..skeleton.names().len()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pairs_share_one_network() {
        let settings = Settings { joint_channels: 4, ..Settings::pictures(6) };
        let graph = build(&settings).unwrap();
        let shapes = graph.shapes().unwrap();
        assert_eq!(shapes[graph.index_of("pairs").unwrap()], [13 * 12 / 2, 8]);
        let g = 8 * WIDTH + WIDTH + 2 * (WIDTH * WIDTH + WIDTH);
        let f = 2 * (WIDTH * WIDTH + WIDTH) + WIDTH * 6 + 6;
        assert_eq!(graph.trainable_parameters().unwrap(), 33 * 4 + g + f);
    }
}
