//! The features of a skeleton, computed inside the graph from what an estimator gives.

use std::f32::consts::PI;

use kihap_convert::Tensor;
use kihap_vision::Skeleton;
use kihap_vision::features::{ANGLES, DISTANCES, HIPS, JOINTS, LIMBS, SHOULDERS, leg_features};

use super::nodes::Nodes;
use crate::error::{ExportError, Result};
use crate::obstacle::Obstacle;

type Rows = Vec<Vec<(usize, f32)>>;

fn middle([a, b]: [usize; 2]) -> Vec<(usize, f32)> {
    vec![(a, 0.5), (b, 0.5)]
}

fn differences(pairs: impl Iterator<Item = (usize, usize)>) -> Rows {
    pairs.map(|(from, to)| vec![(from, -1.0), (to, 1.0)]).collect()
}

/// `[N, joints, 3]` (zeros: nobody) → `[N, features + 1]`, as [`kihap_vision::features::landmark_features`] computes them, and
/// the flag that somebody was seen.
pub(super) fn features(nodes: &mut Nodes<'_>, points: &str, skeleton: Skeleton, upper_body: bool) -> Result<String> {
    let seen = nodes.anything(points);
    let missing = |joint: &str| ExportError::Unfit {
        model: "a model of this skeleton".into(),
        format: "to ONNX",
        obstacle: Obstacle::NoJoint { joint: joint.to_owned() },
    };
    let chosen: Result<Vec<i64>> =
        JOINTS.iter().map(|j| skeleton.index_of_nearest(j).map(|i| i as i64).ok_or_else(|| missing(j))).collect();
    let chosen = nodes.integers(&chosen?);
    let joints = nodes.op("Gather", &[points, &chosen], &[("axis", 1.into())]);
    let body = facing_the_camera(nodes, &joints)?;
    let body = normalised(nodes, &body)?;

    let count = JOINTS.len();
    let places = nodes.op("Flatten", &[&body], &[("axis", 1.into())]);
    let mut limbs = differences(LIMBS.into_iter());
    limbs.push(middle(SHOULDERS));
    let limbs = nodes.sums("limbs", count, &limbs, &body)?;
    let limbs = nodes.unit(&limbs);
    let limbs = nodes.op("Flatten", &[&limbs], &[("axis", 1.into())]);
    let angles = angles(nodes, &body)?;
    let reaches = nodes.sums("reaches", count, &differences(DISTANCES.into_iter()), &body)?;
    let reaches = nodes.length(&reaches);
    let reaches = nodes.op("Flatten", &[&reaches], &[("axis", 1.into())]);
    let mut all = nodes.op("Concat", &[&places, &limbs, &angles, &reaches], &[("axis", 1.into())]);
    if upper_body {
        let kept: Vec<f32> = leg_features().into_iter().map(|leg| if leg { 0.0 } else { 1.0 }).collect();
        let kept = nodes.numbers("kept", &[kept.len()], kept)?;
        all = nodes.op("Mul", &[&all, &kept], &[]);
    }
    let seen = nodes.op("Flatten", &[&seen], &[("axis", 1.into())]);
    let all = nodes.op("Mul", &[&all, &seen], &[]);
    Ok(nodes.op("Concat", &[&all, &seen], &[("axis", 1.into())]))
}

/// Turned about the vertical until hips and shoulders run along x; as it is where there is no depth.
fn facing_the_camera(nodes: &mut Nodes<'_>, joints: &str) -> Result<String> {
    let across = vec![vec![(SHOULDERS[0], 1.0), (SHOULDERS[1], -1.0), (HIPS[0], 1.0), (HIPS[1], -1.0)]];
    let across = nodes.sums("across", JOINTS.len(), &across, joints)?;
    let depth = nodes.slice(joints, 2, 2, 3);
    let depth = nodes.largest(&depth);
    let zero = nodes.scalar(0.0);
    let flat = nodes.op("Equal", &[&depth, &zero], &[]);
    let deep = nodes.op("Not", &[&flat], &[]);
    let (cos, sin) = heading(nodes, &across, Some(&deep));
    Ok(nodes.turned(joints, &cos, &sin))
}

/// Cosine and sine of the turn that brings `across` `[N, 1, 3]` into the plane of the picture; none where it has no length
/// there, or `only_if` is false.
pub(super) fn heading(nodes: &mut Nodes<'_>, across: &str, only_if: Option<&str>) -> (String, String) {
    let (x, z) = (nodes.slice(across, 2, 0, 1), nodes.slice(across, 2, 2, 3));
    let (xx, zz) = (nodes.op("Mul", &[&x, &x], &[]), nodes.op("Mul", &[&z, &z], &[]));
    let sum = nodes.op("Add", &[&xx, &zz], &[]);
    let size = nodes.op("Sqrt", &[&sum], &[]);
    let least = nodes.scalar(1e-9);
    let mut turns = nodes.op("GreaterOrEqual", &[&size, &least], &[]);
    if let Some(only_if) = only_if {
        turns = nodes.op("And", &[&turns, only_if], &[]);
    }
    let (one, zero) = (nodes.scalar(1.0), nodes.scalar(0.0));
    let size = nodes.op("Where", &[&turns, &size, &one], &[]);
    let cos = nodes.op("Div", &[&x, &size], &[]);
    let sin = nodes.op("Div", &[&z, &size], &[]);
    (nodes.op("Where", &[&turns, &cos, &one], &[]), nodes.op("Where", &[&turns, &sin, &zero], &[]))
}

/// About the middle of the hips, in torso lengths.
fn normalised(nodes: &mut Nodes<'_>, body: &str) -> Result<String> {
    let hips = nodes.sums("hips", JOINTS.len(), &[middle(HIPS)], body)?;
    let shoulders = nodes.sums("shoulders", JOINTS.len(), &[middle(SHOULDERS)], body)?;
    let trunk = nodes.op("Sub", &[&shoulders, &hips], &[]);
    let torso = nodes.length(&trunk);
    let least = nodes.scalar(1e-6);
    let torso = nodes.op("Max", &[&torso, &least], &[]);
    let about = nodes.op("Sub", &[body, &hips], &[]);
    Ok(nodes.op("Div", &[&about, &torso], &[]))
}

/// `[N, angles]` in half turns.
fn angles(nodes: &mut Nodes<'_>, body: &str) -> Result<String> {
    let first = differences(ANGLES.into_iter().map(|(a, b, _)| (b, a)));
    let second = differences(ANGLES.into_iter().map(|(_, b, c)| (b, c)));
    let mut arms = Vec::new();
    for (what, rows) in [("one arm", first), ("other arm", second)] {
        let arm = nodes.sums(what, JOINTS.len(), &rows, body)?;
        arms.push(nodes.unit(&arm));
    }
    let product = nodes.op("Mul", &[&arms[0], &arms[1]], &[]);
    let cosine = nodes.sum(&product, 2);
    let (low, high) = (nodes.scalar(-1.0), nodes.scalar(1.0));
    let cosine = nodes.op("Clip", &[&cosine, &low, &high], &[]);
    let angle = nodes.op("Acos", &[&cosine], &[]);
    let half_turn = nodes.file.constant("half turn", Tensor::scalar(PI));
    let angle = nodes.op("Div", &[&angle, &half_turn], &[]);
    Ok(nodes.op("Flatten", &[&angle], &[("axis", 1.into())]))
}
