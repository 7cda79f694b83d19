//! `st-gcn`: graph convolution over the skeleton's joints, and convolution over time.

use kihap_vision::Skeleton;

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, ReduceKind};

/// Channels and stride over time of each block. The paper's nine blocks of 64 to 256 are for 50 times as many clips.
const BLOCKS: [(usize, usize); 4] = [(32, 1), (32, 1), (64, 2), (96, 2)];
/// Frames that a block's window over time sees; the paper's is 9.
const WINDOW: usize = 9;
const DROPOUT: f32 = 0.3;

/// `st-gcn`: spatial configuration partitioning in three (a joint itself, nearer to the hips, farther away), with a
/// learned matrix added to each (as 2s-AGCN does: Shi et al., 2019).
pub(crate) const ST_GCN: Entry = Entry {
    name: "st-gcn",
    input: InputKind::JointSequence,
    purpose: "graph convolution over joints and time on clips of skeletons",
    paper: "Yan et al.: Spatial temporal graph convolutional networks for skeleton-based action recognition, 2018",
    published: None,
    features: None,
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    let joints = settings.skeleton.names().len();
    let partitions = partitions(settings.skeleton);
    let mut net = GraphBuilder::numbers("st-gcn", &[settings.joint_channels, settings.steps, joints]);
    let mut x = net.batch_norm("input_norm", 1e-3, 0.9);
    let mut channels = settings.joint_channels;
    for (index, (width, stride)) in BLOCKS.into_iter().enumerate() {
        let name = |part: &str| format!("block{}_{part}", index + 1);
        let parts: Vec<String> = partitions
            .iter()
            .enumerate()
            .map(|(number, matrix)| {
                net.from(&x);
                net.conv_plain(&name(&format!("spatial{number}")), width, 1, 1, Padding::Valid);
                let op = Op::Mix { matrix: matrix.clone(), learned: true };
                net.layer(&name(&format!("mix{number}")), op)
            })
            .collect();
        let first = net.join(&name("sum01"), Op::Add, &[&parts[0], &parts[1]]);
        net.join(&name("sum"), Op::Add, &[&first, &parts[2]]);
        net.batch_norm(&name("spatial_norm"), 1e-3, 0.9);
        net.activation(&name("spatial_relu"), Activation::Relu);
        net.convolution(&name("temporal"), width, [WINDOW, 1], [stride, 1], Padding::Same, 1, false);
        net.batch_norm(&name("temporal_norm"), 1e-3, 0.9);
        let changed = net.dropout(&name("dropout"), settings.dropout.unwrap_or(DROPOUT));
        let kept = if channels == width && stride == 1 {
            x.clone()
        } else {
            net.from(&x);
            net.convolution(&name("shortcut"), width, [1, 1], [stride, 1], Padding::Same, 1, false);
            net.batch_norm(&name("shortcut_norm"), 1e-3, 0.9)
        };
        net.join(&name("residual"), Op::Add, &[&changed, &kept]);
        x = net.activation(&name("relu"), Activation::Relu);
        channels = width;
    }
    net.layer("mean", Op::Reduce { kind: ReduceKind::Mean, axes: vec![1, 2] });
    net.dropout("head_dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("logits", settings.classes);
    net.finish()
}

/// The joints themselves, their neighbours towards the hips, and those away from them, each normalised so that what a joint
/// gets is the mean of its neighbours. Entry (i, j) is the weight with which joint i reaches joint j.
fn partitions(skeleton: Skeleton) -> [Vec<f32>; 3] {
    let count = skeleton.names().len();
    let distances = distances(skeleton);
    let mut parts = [vec![0.0; count * count], vec![0.0; count * count], vec![0.0; count * count]];
    for joint in 0..count {
        parts[0][joint * count + joint] = 1.0;
    }
    for &(a, b) in skeleton.bones() {
        for (from, to) in [(a, b), (b, a)] {
            let part = usize::from(distances[from] > distances[to]) + 1;
            parts[part][from * count + to] = 1.0;
        }
    }
    for part in &mut parts {
        for to in 0..count {
            let sum: f32 = (0..count).map(|from| part[from * count + to]).sum();
            if sum > 0.0 {
                (0..count).for_each(|from| part[from * count + to] /= sum);
            }
        }
    }
    parts
}

/// Bones between each joint and the nearest hip; joints that no bone leads to count as farthest.
fn distances(skeleton: Skeleton) -> Vec<usize> {
    let names = skeleton.names();
    let mut distances: Vec<usize> =
        names.iter().map(|name| if name.contains("hip") { 0 } else { names.len() }).collect();
    for _ in 0..names.len() {
        for &(a, b) in skeleton.bones() {
            distances[a] = distances[a].min(distances[b] + 1);
            distances[b] = distances[b].min(distances[a] + 1);
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bone_is_in_one_partition_and_columns_are_means() {
        for skeleton in [Skeleton::Blazepose33, Skeleton::Coco17] {
            let count = skeleton.names().len();
            let parts = partitions(skeleton);
            for &(a, b) in skeleton.bones() {
                for (from, to) in [(a, b), (b, a)] {
                    assert_eq!(parts.iter().filter(|part| part[from * count + to] > 0.0).count(), 1);
                }
            }
            for part in &parts {
                for to in 0..count {
                    let sum: f32 = (0..count).map(|from| part[from * count + to]).sum();
                    assert!(sum == 0.0 || (sum - 1.0).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn it_reads_any_skeleton() {
        let settings = Settings { steps: 32, joint_channels: 6, skeleton: Skeleton::Coco17, ..Settings::pictures(20) };
        let graph = build(&settings).unwrap();
        assert_eq!(graph.input.shape, [6, 32, 17]);
        assert_eq!(graph.outputs().unwrap(), 20);
        let mix: usize = BLOCKS.len() * 3 * 17 * 17;
        let learned = graph
            .parameters()
            .unwrap()
            .iter()
            .filter(|p| p.name.ends_with(".learned"))
            .map(|p| p.count())
            .sum::<usize>();
        assert_eq!(learned, mix);
    }
}
