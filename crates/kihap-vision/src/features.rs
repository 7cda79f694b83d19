//! What a skeleton is turned into before a network sees it: numbers that do not depend on where in the picture the
//! person stands, how large they are, or which way the camera looks at them.
//!
//! With world coordinates (BlazePose) the body is turned about the vertical until hips and shoulders face the camera;
//! the vertical itself is kept, so that lying and standing differ. Without them (PoseNet, MoveNet) the picture's plane
//! is taken as it is, and depth is 0.

use crate::pose::Pose;

/// The joints that are looked at; every estimator gives them. A Kinect's skeleton has its head in place of nose and ears
/// ([`crate::Skeleton::index_of_nearest`]).
pub const JOINTS: [&str; 15] = [
    "nose",
    "left_ear",
    "right_ear",
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

const NOSE: usize = 0;
/// Left and right shoulder in [`JOINTS`].
pub const SHOULDERS: [usize; 2] = [3, 4];
const ELBOWS: [usize; 2] = [5, 6];
const WRISTS: [usize; 2] = [7, 8];
/// Left and right hip in [`JOINTS`].
pub const HIPS: [usize; 2] = [9, 10];
const KNEES: [usize; 2] = [11, 12];
const ANKLES: [usize; 2] = [13, 14];

/// Limbs whose direction is a feature, as (from, to); the trunk is added to them.
pub const LIMBS: [(usize, usize); 8] = [
    (SHOULDERS[0], ELBOWS[0]),
    (ELBOWS[0], WRISTS[0]),
    (SHOULDERS[1], ELBOWS[1]),
    (ELBOWS[1], WRISTS[1]),
    (HIPS[0], KNEES[0]),
    (KNEES[0], ANKLES[0]),
    (HIPS[1], KNEES[1]),
    (KNEES[1], ANKLES[1]),
];

/// Angles at the middle joint: elbows, shoulders to trunk, shoulders to the other shoulder, knees, hips, hips to the
/// other hip.
pub const ANGLES: [(usize, usize, usize); 12] = [
    (SHOULDERS[0], ELBOWS[0], WRISTS[0]),
    (SHOULDERS[1], ELBOWS[1], WRISTS[1]),
    (ELBOWS[0], SHOULDERS[0], HIPS[0]),
    (ELBOWS[1], SHOULDERS[1], HIPS[1]),
    (ELBOWS[0], SHOULDERS[0], SHOULDERS[1]),
    (ELBOWS[1], SHOULDERS[1], SHOULDERS[0]),
    (HIPS[0], KNEES[0], ANKLES[0]),
    (HIPS[1], KNEES[1], ANKLES[1]),
    (SHOULDERS[0], HIPS[0], KNEES[0]),
    (SHOULDERS[1], HIPS[1], KNEES[1]),
    (KNEES[0], HIPS[0], HIPS[1]),
    (KNEES[1], HIPS[1], HIPS[0]),
];

/// Distances between joints: where each fist is with regard to both shoulders, both hips and the face.
pub const DISTANCES: [(usize, usize); 12] = [
    (WRISTS[0], SHOULDERS[0]),
    (WRISTS[1], SHOULDERS[1]),
    (WRISTS[0], SHOULDERS[1]),
    (WRISTS[1], SHOULDERS[0]),
    (WRISTS[0], HIPS[0]),
    (WRISTS[1], HIPS[1]),
    (WRISTS[0], HIPS[1]),
    (WRISTS[1], HIPS[0]),
    (WRISTS[0], NOSE),
    (WRISTS[1], NOSE),
    (WRISTS[0], WRISTS[1]),
    (ANKLES[0], ANKLES[1]),
];

/// How many numbers [`landmark_features`] gives.
pub const LANDMARK_FEATURES: usize = JOINTS.len() * 3 + (LIMBS.len() + 1) * 3 + ANGLES.len() + DISTANCES.len();

/// Goes up when the features change, so that models trained on older ones are refused.
pub const LANDMARK_FEATURES_VERSION: u32 = 2;

/// The features of a skeleton, always [`LANDMARK_FEATURES`] of them:
///
/// 1. 15 joints × (x, y, z) about the middle of the hips, in torso lengths, body turned to the camera;
/// 2. directions of 8 limbs and the trunk as unit vectors (x, y, z);
/// 3. 12 angles in half turns (0..=1);
/// 4. 12 distances in torso lengths.
///
/// Torso length is the distance between the middles of hips and shoulders. Values that would not be finite are 0.
pub fn landmark_features(pose: &Pose) -> Vec<f32> {
    let has_world = pose.world.len() == pose.skeleton.names().len();
    let place = |joint: usize| match pose.landmarks.get(joint) {
        _ if has_world => pose.world[joint],
        Some(landmark) => [landmark.x, landmark.y, 0.0],
        None => [0.0; 3],
    };
    let joints: Vec<[f32; 3]> =
        JOINTS.iter().map(|name| pose.skeleton.index_of_nearest(name).map_or([0.0; 3], place)).collect();
    let body = normalised(&facing_the_camera(&joints));
    let mut out = Vec::with_capacity(LANDMARK_FEATURES);
    out.extend(body.iter().flatten());
    out.extend(LIMBS.iter().flat_map(|&(a, b)| unit(minus(body[b], body[a]))));
    out.extend(unit(middle(body[SHOULDERS[0]], body[SHOULDERS[1]])));
    out.extend(ANGLES.iter().map(|&(a, b, c)| angle(body[a], body[b], body[c])));
    out.extend(DISTANCES.iter().map(|&(a, b)| length(minus(body[a], body[b]))));
    for value in &mut out {
        if !value.is_finite() {
            *value = 0.0;
        }
    }
    out
}

/// All landmarks about the middle of the hips, (x right, y down) in units of their root mean square distance from it: neither place nor size
/// in the picture counts. Estimators are surer of them than of world coordinates (`drawn_lessons`, an example of `kihap-jobs`, compares).
/// Empty without hips.
pub fn landmarks_in_picture(pose: &Pose) -> Vec<[f32; 2]> {
    let hip = |name| pose.skeleton.index_of(name).and_then(|index| pose.landmarks.get(index));
    let Some((left, right)) = hip("left_hip").zip(hip("right_hip")) else { return Vec::new() };
    let hips = [(left.x + right.x) * 0.5, (left.y + right.y) * 0.5];
    let mut off: Vec<[f32; 2]> = pose.landmarks.iter().map(|l| [l.x - hips[0], l.y - hips[1]]).collect();
    let size = (off.iter().flatten().map(|v| v * v).sum::<f32>() / off.len() as f32).sqrt().max(1e-3);
    off.iter_mut().flatten().for_each(|v| *v /= size);
    off
}

/// Which of the features tell of the legs (knees, ankles, thighs, shins), [`LANDMARK_FEATURES`] of them: those to leave
/// out where only what the arms do counts, whatever the stance.
pub fn leg_features() -> Vec<bool> {
    let leg = |joint: usize| KNEES.contains(&joint) || ANKLES.contains(&joint);
    let joints = (0..JOINTS.len()).flat_map(|j| [leg(j); 3]);
    let limbs = LIMBS.iter().flat_map(|&(a, b)| [leg(a) || leg(b); 3]);
    let angles = ANGLES.iter().map(|&(a, b, c)| leg(a) || leg(b) || leg(c));
    let distances = DISTANCES.iter().map(|&(a, b)| leg(a) || leg(b));
    joints.chain(limbs).chain([false; 3]).chain(angles).chain(distances).collect()
}

/// The same body turned about the vertical so that the line from right to left, of hips and shoulders together, runs
/// along x.
fn facing_the_camera(joints: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let across = |i: usize| joints[SHOULDERS[0]][i] - joints[SHOULDERS[1]][i] + joints[HIPS[0]][i] - joints[HIPS[1]][i];
    let (x, z) = (across(0), across(2));
    let size = x.hypot(z);
    if size < 1e-9 || joints.iter().all(|j| j[2] == 0.0) {
        return joints.to_vec();
    }
    let (cos, sin) = (x / size, z / size);
    joints.iter().map(|&[x, y, z]| [cos * x + sin * z, y, cos * z - sin * x]).collect()
}

/// About the middle of the hips, in torso lengths.
fn normalised(joints: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let hips = middle(joints[HIPS[0]], joints[HIPS[1]]);
    let shoulders = middle(joints[SHOULDERS[0]], joints[SHOULDERS[1]]);
    let torso = length(minus(shoulders, hips)).max(1e-6);
    joints.iter().map(|j| minus(*j, hips).map(|v| v / torso)).collect()
}

fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn middle(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0, (a[2] + b[2]) / 2.0]
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn length(a: [f32; 3]) -> f32 {
    dot(a, a).sqrt()
}

fn unit(a: [f32; 3]) -> [f32; 3] {
    let size = length(a).max(1e-6);
    a.map(|v| v / size)
}

/// The angle at `b` between `a` and `c`, in half turns: 0 to 1.
pub fn angle(a: [f32; 3], b: [f32; 3], c: [f32; 3]) -> f32 {
    dot(unit(minus(a, b)), unit(minus(c, b))).clamp(-1.0, 1.0).acos() / std::f32::consts::PI
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::{Landmark, Skeleton};

    /// A body with its left arm stretched to the side, turned by `yaw` radians and scaled.
    fn body(yaw: f32, scale: f32, shift: f32) -> Pose {
        let mut world = vec![[0.0f32; 3]; 33];
        let mut set = |name: &str, p: [f32; 3]| world[Skeleton::Blazepose33.index_of(name).unwrap()] = p;
        for (side, sign) in [("left", 1.0), ("right", -1.0)] {
            set(&format!("{side}_shoulder"), [0.2 * sign, -0.5, 0.0]);
            set(&format!("{side}_hip"), [0.15 * sign, 0.0, 0.0]);
            set(&format!("{side}_knee"), [0.15 * sign, 0.4, -0.1]);
            set(&format!("{side}_ankle"), [0.15 * sign, 0.8, 0.0]);
            set(&format!("{side}_ear"), [0.08 * sign, -0.7, 0.05]);
        }
        set("nose", [0.0, -0.7, -0.1]);
        set("left_elbow", [0.5, -0.5, 0.0]);
        set("left_wrist", [0.8, -0.5, 0.0]);
        set("right_elbow", [-0.25, -0.2, 0.0]);
        set("right_wrist", [-0.2, 0.0, -0.2]);
        let (sin, cos) = yaw.sin_cos();
        let world: Vec<[f32; 3]> = world
            .iter()
            .map(|&[x, y, z]| [(cos * x - sin * z) * scale, y * scale, (sin * x + cos * z) * scale])
            .collect();
        let landmarks = world
            .iter()
            .map(|p| Landmark {
                x: p[0] * 300.0 + shift,
                y: p[1] * 300.0 + shift,
                z: p[2] * 300.0,
                visibility: 1.0,
                presence: 1.0,
            })
            .collect();
        Pose { skeleton: Skeleton::Blazepose33, width: 640, height: 480, score: 1.0, landmarks, world }
    }

    fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn place_size_and_camera_direction_do_not_matter() {
        let plain = landmark_features(&body(0.0, 1.0, 0.0));
        assert_eq!(plain.len(), LANDMARK_FEATURES);
        assert!(largest_difference(&plain, &landmark_features(&body(0.0, 1.3, 200.0))) < 1e-4);
        let turned = landmark_features(&body(1.2, 1.0, 0.0));
        assert!(largest_difference(&plain, &turned) < 1e-4);
    }

    #[test]
    fn the_mirrored_pose_gives_the_mirrored_features() {
        let pose = body(0.3, 1.0, 50.0);
        let (plain, mirrored) = (landmark_features(&pose), landmark_features(&pose.mirrored()));
        // Left elbow's x and right elbow's x trade places and sign.
        assert!((plain[3 * ELBOWS[0]] + mirrored[3 * ELBOWS[1]]).abs() < 1e-5);
        assert!(largest_difference(&plain, &mirrored) > 0.5);
    }

    #[test]
    fn moving_a_leg_changes_leg_features_only() {
        let mut pose = body(0.2, 1.0, 0.0);
        let plain = landmark_features(&pose);
        let knee = Skeleton::Blazepose33.index_of("left_knee").unwrap();
        pose.world[knee] = [0.4, 0.2, -0.4];
        let moved = landmark_features(&pose);
        let legs = leg_features();
        assert_eq!(legs.len(), LANDMARK_FEATURES);
        for i in 0..LANDMARK_FEATURES {
            assert!(legs[i] || (plain[i] - moved[i]).abs() < 1e-6, "feature {i}");
        }
        assert!((0..LANDMARK_FEATURES).any(|i| legs[i] && (plain[i] - moved[i]).abs() > 0.1));
    }

    #[test]
    fn angles_are_right() {
        let features = landmark_features(&body(0.7, 1.0, 0.0));
        let angles = &features[JOINTS.len() * 3 + 27..];
        assert!((angles[0] - 1.0).abs() < 1e-3, "a straight elbow is half a turn");
        assert!((angles[6] - (2.0 * (0.4f32 / 0.1).atan()) / std::f32::consts::PI).abs() < 1e-3);
    }

    #[test]
    fn a_skeleton_without_a_face_has_its_head_for_it() {
        let blaze = body(0.4, 1.0, 20.0);
        let skeleton = Skeleton::Kinect20;
        let mut kinect =
            Pose { skeleton, landmarks: vec![Landmark::default(); 20], world: vec![[0.0; 3]; 20], ..blaze.clone() };
        for (i, name) in skeleton.names().iter().enumerate() {
            let Some(from) = blaze.skeleton.index_of(if *name == "head" { "nose" } else { name }) else { continue };
            (kinect.landmarks[i], kinect.world[i]) = (blaze.landmarks[from], blaze.world[from]);
        }
        let (want, got) = (landmark_features(&blaze), landmark_features(&kinect));
        let ears = 3..9;
        for i in (0..LANDMARK_FEATURES).filter(|i| !ears.contains(i)) {
            assert!((want[i] - got[i]).abs() < 1e-6, "feature {i}");
        }
        assert_eq!(got[3..6], got[0..3], "the ears are where the head is");
    }

    #[test]
    fn in_the_picture_neither_place_nor_size_counts_and_a_mirror_turns_over() {
        let near = body(0.3, 1.0, 50.0);
        let mut far = near.clone();
        for landmark in &mut far.landmarks {
            (landmark.x, landmark.y) = (landmark.x * 0.4 + 7.0, landmark.y * 0.4 - 9.0);
        }
        let [near_points, far_points, mirrored] =
            [&near, &far, &near.mirrored()].map(|pose| landmarks_in_picture(pose).into_flattened());
        assert_eq!(near_points.len(), 66);
        assert!(largest_difference(&near_points, &far_points) < 1e-4);
        let wrists = ["left_wrist", "right_wrist"].map(|name| near.skeleton.index_of(name).unwrap() * 2);
        assert!((near_points[wrists[0]] + mirrored[wrists[1]]).abs() < 1e-4 && near_points[wrists[0]].abs() > 0.1);
        let squares: f32 = near_points.iter().map(|v| v * v).sum();
        assert!((squares / 33.0 - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_collapsed_skeleton_gives_finite_numbers() {
        let landmarks = vec![Landmark::default(); 17];
        let pose = Pose { skeleton: Skeleton::Coco17, width: 9, height: 9, score: 0.5, landmarks, world: Vec::new() };
        assert!(landmark_features(&pose).iter().all(|v| v.is_finite()));
        assert!(landmarks_in_picture(&pose).iter().flatten().all(|v| *v == 0.0));
    }
}
