//! How long real limbs are, and giving generated ones such lengths.

use kihap_vision::Skeleton;
use serde::{Deserialize, Serialize};

use super::body::Joints;

/// Shares of the real lengths between which generated ones are kept.
const LEAST_SHARE: f32 = 0.05;
const MOST_SHARE: f32 = 0.95;

/// The usual lengths of one limb, in torso lengths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct BoneRange {
    least: f32,
    most: f32,
    pub(super) mean: f32,
}

/// Joints in the order in which the body is put together from the hips, each with the joint it hangs on and the bone
/// between them. Joints that no bone joins to the hips are left out: the face, which moves with the shoulders.
fn order(skeleton: Skeleton) -> Vec<(usize, usize, usize)> {
    let mut placed: Vec<usize> = hips(skeleton).into();
    let mut order = Vec::new();
    let mut next = 0;
    while next < placed.len() {
        let from = placed[next];
        for (bone, (a, b)) in skeleton.bones().iter().copied().enumerate() {
            let to = if a == from { b } else { a };
            if (a == from || b == from) && !placed.contains(&to) {
                placed.push(to);
                order.push((from, to, bone));
            }
        }
        next += 1;
    }
    order
}

fn named(skeleton: Skeleton, names: [&str; 2]) -> [usize; 2] {
    names.map(|name| skeleton.index_of(name).unwrap_or(0))
}

pub(super) fn hips(skeleton: Skeleton) -> [usize; 2] {
    named(skeleton, ["left_hip", "right_hip"])
}

pub(super) fn shoulders(skeleton: Skeleton) -> [usize; 2] {
    named(skeleton, ["left_shoulder", "right_shoulder"])
}

pub(super) fn middle(joints: &[[f32; 3]], [a, b]: [usize; 2]) -> [f32; 3] {
    std::array::from_fn(|axis| (joints[a][axis] + joints[b][axis]) / 2.0)
}

pub(super) fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

pub(super) fn length(a: [f32; 3]) -> f32 {
    a.iter().map(|v| v * v).sum::<f32>().sqrt()
}

/// The lengths of all bones.
pub(super) fn lengths(skeleton: Skeleton, joints: &[[f32; 3]]) -> Vec<f32> {
    skeleton.bones().iter().map(|(a, b)| length(minus(joints[*a], joints[*b]))).collect()
}

/// The usual lengths of each bone among `bodies`.
pub(super) fn ranges(skeleton: Skeleton, bodies: &[Joints]) -> Vec<BoneRange> {
    let all: Vec<Vec<f32>> = bodies.iter().map(|joints| lengths(skeleton, joints)).collect();
    (0..skeleton.bones().len())
        .map(|bone| {
            let mut sorted: Vec<f32> = all.iter().map(|lengths| lengths[bone]).collect();
            sorted.sort_unstable_by(f32::total_cmp);
            let at = |share: f32| sorted[(share * (sorted.len() - 1) as f32).round() as usize];
            let mean = sorted.iter().sum::<f32>() / sorted.len() as f32;
            BoneRange { least: at(LEAST_SHARE), most: at(MOST_SHARE), mean }
        })
        .collect()
}

/// Brings every limb within its usual lengths, from the hips outwards: directions stay, what hangs on a joint moves with it.
pub(super) fn repair(skeleton: Skeleton, ranges: &[BoneRange], joints: &mut Joints) {
    let before = joints.clone();
    let hips = hips(skeleton);
    let bone = |a: usize, b: usize| skeleton.bones().iter().position(|pair| *pair == (a, b) || *pair == (b, a));
    if let Some(range) = bone(hips[0], hips[1]).and_then(|bone| ranges.get(bone)) {
        let centre = middle(&before, hips);
        for joint in hips {
            let arm = minus(before[joint], centre);
            let factor = factor(length(arm) * 2.0, range);
            joints[joint] = std::array::from_fn(|axis| centre[axis] + arm[axis] * factor);
        }
    }
    let mut moved = vec![false; joints.len()];
    hips.iter().for_each(|hip| moved[*hip] = true);
    for (from, to, bone) in order(skeleton) {
        let limb = minus(before[to], before[from]);
        let factor = ranges.get(bone).map_or(1.0, |range| factor(length(limb), range));
        joints[to] = std::array::from_fn(|axis| joints[from][axis] + limb[axis] * factor);
        moved[to] = true;
    }
    let shoulders = shoulders(skeleton);
    let shift = minus(middle(joints, shoulders), middle(&before, shoulders));
    for joint in (0..joints.len()).filter(|joint| !moved[*joint]) {
        joints[joint] = std::array::from_fn(|axis| before[joint][axis] + shift[axis]);
    }
}

/// What a limb is stretched by.
fn factor(length: f32, range: &BoneRange) -> f32 {
    if length > 1e-6 { length.clamp(range.least, range.most) / length } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(scale: f32) -> Joints {
        (0..33).map(|i| [(i as f32 * 1.7).sin() * scale, (i as f32 * 0.6).cos() * scale, i as f32 * 0.01]).collect()
    }

    #[test]
    fn every_joint_below_the_shoulders_hangs_on_the_hips() {
        let order = order(Skeleton::Blazepose33);
        assert_eq!(order.len(), 33 - 11 - 2, "all but the face and the hips themselves");
        assert_eq!(super::order(Skeleton::Coco17).len(), 17 - 2 - 5);
    }

    #[test]
    fn too_long_limbs_are_shortened_and_right_ones_left_alone() {
        let skeleton = Skeleton::Blazepose33;
        let ranges = ranges(skeleton, &[body(1.0)]);
        let mut right = body(1.0);
        repair(skeleton, &ranges, &mut right);
        for (a, b) in right.iter().zip(body(1.0)) {
            assert!(length(minus(*a, b)) < 1e-5);
        }
        let mut long = body(1.0);
        let elbow = skeleton.index_of("left_elbow").unwrap();
        let wrist = skeleton.index_of("left_wrist").unwrap();
        long[wrist] = std::array::from_fn(|axis| long[elbow][axis] + 3.0 * (long[wrist][axis] - long[elbow][axis]));
        repair(skeleton, &ranges, &mut long);
        assert!(length(minus(long[wrist], body(1.0)[wrist])) < 1e-5, "the wrist is back");
    }
}
