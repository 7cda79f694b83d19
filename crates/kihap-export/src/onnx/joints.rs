//! The joints of a skeleton in the body's own measure, computed inside the graph.

use kihap_vision::Skeleton;

use super::landmarks::heading;
use super::nodes::Nodes;
use crate::error::Result;

/// `[N, joints, 4]` (x, y, z, visibility; zeros: nobody) → the same, about the middle of the hips, in torso lengths, the body
/// turned to the camera.
pub(super) fn joints(nodes: &mut Nodes<'_>, input: &str, skeleton: Skeleton) -> Result<String> {
    let seen = nodes.anything(input);
    let (points, visibility) = (nodes.slice(input, 2, 0, 3), nodes.slice(input, 2, 3, 4));
    let count = skeleton.names().len();
    let of = |names: [(&str, f32); 4]| -> Vec<(usize, f32)> {
        names.iter().filter_map(|(name, weight)| Some((skeleton.index_of(name)?, *weight))).collect()
    };
    let none = ("", 0.0);
    let hips = of([("left_hip", 0.5), ("right_hip", 0.5), none, none]);
    let shoulders = of([("left_shoulder", 0.5), ("right_shoulder", 0.5), none, none]);
    let across = of([("left_shoulder", 1.0), ("right_shoulder", -1.0), ("left_hip", 1.0), ("right_hip", -1.0)]);
    let hips = nodes.sums("hips", count, &[hips], &points)?;
    let shoulders = nodes.sums("shoulders", count, &[shoulders], &points)?;
    let trunk = nodes.op("Sub", &[&shoulders, &hips], &[]);
    let torso = nodes.length(&trunk);
    let (zero, one) = (nodes.scalar(0.0), nodes.scalar(1.0));
    let some = nodes.op("Greater", &[&torso, &zero], &[]);
    let torso = nodes.op("Where", &[&some, &torso, &one], &[]);
    let about = nodes.op("Sub", &[&points, &hips], &[]);
    let about = nodes.op("Div", &[&about, &torso], &[]);
    let across = nodes.sums("across", count, &[across], &points)?;
    let (cos, sin) = heading(nodes, &across, None);
    let turned = nodes.turned(&about, &cos, &sin);
    let all = nodes.op("Concat", &[&turned, &visibility], &[("axis", 2.into())]);
    Ok(nodes.op("Mul", &[&all, &seen], &[]))
}
