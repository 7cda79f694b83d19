//! Skeletons as rows of numbers about 0 with deviation 1, and back.

use kihap_vision::{Landmark, Pose, Skeleton};
use serde::{Deserialize, Serialize};

use super::bones::{self, BoneRange, hips, length, middle, minus, shoulders};
use crate::error::LearnError;

/// Where each joint is, about the middle of the hips, in torso lengths; x to the right, y down, z away from the camera.
pub(super) type Joints = Vec<[f32; 3]>;

/// Size of the picture that generated skeletons are set into.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
/// Share of the picture that the body fills at most.
const FILLED: f32 = 0.8;
/// Numbers that vary less than this, in torso lengths, are not stretched to deviation 1.
const LEAST_DEVIATION: f32 = 0.01;

/// The space in which skeletons are generated: joints turned to the camera, and, where there is depth, how far they were
/// turned (cosine and sine).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct BodySpace {
    pub(super) skeleton: Skeleton,
    /// Whether the real skeletons have world coordinates.
    depth: bool,
    mean: Vec<f32>,
    deviation: Vec<f32>,
    pub(super) bones: Vec<BoneRange>,
    /// Mean visibility and presence of each joint.
    seen: Vec<[f32; 2]>,
    score: f32,
    /// Mean torso length in metres.
    torso: f32,
}

/// A body turned to the camera.
struct Turned {
    joints: Joints,
    /// Cosine and sine of the angle that it was turned by.
    turn: [f32; 2],
    /// Length of the torso as given.
    torso: f32,
}

impl BodySpace {
    /// The space of the skeletons `poses`, of which there is at least one.
    ///
    /// # Errors
    /// Skeletons of different kinds.
    pub(super) fn of(poses: &[&Pose]) -> Result<BodySpace, LearnError> {
        let first = poses.first().ok_or(LearnError::NoExamples)?;
        let skeleton = first.skeleton;
        let count = skeleton.names().len();
        let alike = |pose: &&&Pose| pose.skeleton == skeleton && pose.landmarks.len() == count;
        let same = poses.iter().filter(alike).count();
        if same != poses.len() {
            let what = "skeletons with the joints of the first";
            return Err(LearnError::Mismatch { what, found: same, expected: poses.len() });
        }
        let depth = poses.iter().all(|pose| pose.world.len() == count);
        let mut space = BodySpace {
            skeleton,
            depth,
            mean: Vec::new(),
            deviation: Vec::new(),
            bones: Vec::new(),
            seen: vec![[0.0; 2]; count],
            score: poses.iter().map(|pose| pose.score).sum::<f32>() / poses.len() as f32,
            torso: 1.0,
        };
        let turned: Vec<Turned> = poses.iter().map(|pose| space.turned(pose)).collect();
        space.torso = turned.iter().map(|body| body.torso).sum::<f32>() / turned.len() as f32;
        for pose in poses {
            for (seen, landmark) in space.seen.iter_mut().zip(&pose.landmarks) {
                seen[0] += landmark.visibility / poses.len() as f32;
                seen[1] += landmark.presence / poses.len() as f32;
            }
        }
        let rows: Vec<Vec<f32>> = turned.iter().map(|body| space.row(&body.joints, body.turn)).collect();
        let column = |index: usize| rows.iter().map(move |row| row[index]);
        for index in 0..rows[0].len() {
            let mean = column(index).sum::<f32>() / rows.len() as f32;
            let variance = column(index).map(|v| (v - mean).powi(2)).sum::<f32>() / rows.len() as f32;
            space.mean.push(mean);
            space.deviation.push(variance.sqrt().max(LEAST_DEVIATION));
        }
        let bodies: Vec<Joints> = turned.into_iter().map(|body| body.joints).collect();
        space.bones = bones::ranges(skeleton, &bodies);
        Ok(space)
    }

    /// How many numbers describe a body.
    pub(super) fn width(&self) -> usize {
        self.mean.len()
    }

    /// A real skeleton's numbers.
    pub(super) fn numbers(&self, pose: &Pose) -> Vec<f32> {
        let body = self.turned(pose);
        let row = self.row(&body.joints, body.turn);
        row.iter().zip(&self.mean).zip(&self.deviation).map(|((v, mean), deviation)| (v - mean) / deviation).collect()
    }

    /// A skeleton's joints turned to the camera, one after the other.
    pub(super) fn joints(&self, pose: &Pose) -> Joints {
        self.turned(pose).joints
    }

    /// The body that `numbers` describe, turned to the camera, and its turn, as generated.
    fn body(&self, numbers: &[f32]) -> (Joints, [f32; 2]) {
        let row: Vec<f32> =
            numbers.iter().zip(&self.mean).zip(&self.deviation).map(|((v, mean), dev)| v * dev + mean).collect();
        let axes = if self.depth { 3 } else { 2 };
        let count = self.skeleton.names().len();
        let joint = |joint: &[f32]| std::array::from_fn(|axis| joint.get(axis).copied().unwrap_or(0.0));
        let joints = row[..count * axes].chunks_exact(axes).map(joint).collect();
        let turn = match row[count * axes..] {
            [cos, sin] if cos.hypot(sin) > 1e-6 => [cos, sin].map(|v| v / cos.hypot(sin)),
            _ => [1.0, 0.0],
        };
        (joints, turn)
    }

    /// The joints as generated, before limbs are brought within their usual lengths.
    pub(super) fn unrepaired(&self, numbers: &[f32]) -> Joints {
        self.body(numbers).0
    }

    /// The skeleton that `numbers` describe: limbs within their usual lengths, turned as generated, set into a picture of
    /// 640 × 480 without perspective.
    pub(super) fn pose(&self, numbers: &[f32]) -> Pose {
        let (mut joints, [cos, sin]) = self.body(numbers);
        bones::repair(self.skeleton, &self.bones, &mut joints);
        for [x, _, z] in &mut joints {
            (*x, *z) = (cos * *x - sin * *z, sin * *x + cos * *z);
        }
        let bounds = |axis: usize| {
            joints.iter().fold((f32::MAX, f32::MIN), |(low, high), j| (low.min(j[axis]), high.max(j[axis])))
        };
        let (left, right) = bounds(0);
        let (top, bottom) = bounds(1);
        let fits = |room: u32, size: f32| FILLED * room as f32 / size.max(1e-3);
        let scale = fits(WIDTH, right - left).min(fits(HEIGHT, bottom - top));
        let landmark = |(joint, seen): (&[f32; 3], &[f32; 2])| Landmark {
            x: WIDTH as f32 / 2.0 + (joint[0] - (left + right) / 2.0) * scale,
            y: HEIGHT as f32 / 2.0 + (joint[1] - (top + bottom) / 2.0) * scale,
            z: joint[2] * scale,
            visibility: seen[0],
            presence: seen[1],
        };
        Pose {
            skeleton: self.skeleton,
            width: WIDTH,
            height: HEIGHT,
            score: self.score,
            landmarks: joints.iter().zip(&self.seen).map(landmark).collect(),
            world: if self.depth { joints.iter().map(|j| j.map(|v| v * self.torso)).collect() } else { Vec::new() },
        }
    }

    fn row(&self, joints: &Joints, turn: [f32; 2]) -> Vec<f32> {
        if self.depth {
            joints.iter().flatten().copied().chain(turn).collect()
        } else {
            joints.iter().flat_map(|[x, y, _]| [*x, *y]).collect()
        }
    }

    /// The body about the middle of its hips in torso lengths; with depth, turned about the vertical so that the line from
    /// right to left of hips and shoulders together runs along x.
    fn turned(&self, pose: &Pose) -> Turned {
        let joints: Joints =
            if self.depth { pose.world.clone() } else { pose.landmarks.iter().map(|l| [l.x, l.y, 0.0]).collect() };
        let (hips, shoulders) = (hips(self.skeleton), shoulders(self.skeleton));
        let centre = middle(&joints, hips);
        let torso = length(minus(middle(&joints, shoulders), centre)).max(1e-6);
        let mut joints: Joints = joints.iter().map(|joint| minus(*joint, centre).map(|v| v / torso)).collect();
        let mut turn = [1.0, 0.0];
        if self.depth {
            let across = |axis: usize| {
                let [left, right] = shoulders.map(|joint| joints[joint][axis]);
                let [left_hip, right_hip] = hips.map(|joint| joints[joint][axis]);
                left - right + left_hip - right_hip
            };
            let (x, z) = (across(0), across(2));
            let size = x.hypot(z);
            if size > 1e-6 {
                turn = [x / size, z / size];
            }
            let [cos, sin] = turn;
            for [x, _, z] in &mut joints {
                (*x, *z) = (cos * *x + sin * *z, cos * *z - sin * *x);
            }
        }
        Turned { joints, turn, torso }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pose(seed: f32, depth: bool) -> Pose {
        let place =
            |i: usize| [(i as f32 * 1.7 + seed).sin() * 0.4, (i as f32 * 0.6).cos() * 0.8, (i as f32).sin() * 0.2];
        let landmark = |[x, y, z]: [f32; 3]| Landmark {
            x: 300.0 + x * 100.0,
            y: 200.0 + y * 100.0,
            z: z * 100.0,
            visibility: 0.8,
            presence: 0.9,
        };
        Pose {
            skeleton: Skeleton::Blazepose33,
            width: 400,
            height: 500,
            score: 0.7,
            landmarks: (0..33).map(place).map(landmark).collect(),
            world: if depth { (0..33).map(place).collect() } else { Vec::new() },
        }
    }

    #[test]
    fn a_body_survives_the_way_to_numbers_and_back() {
        for depth in [true, false] {
            let real = pose(0.0, depth);
            let space = BodySpace::of(&[&real, &real]).unwrap();
            assert_eq!(space.width(), if depth { 33 * 3 + 2 } else { 33 * 2 });
            let back = space.pose(&space.numbers(&real));
            assert_eq!(back.world.is_empty(), !depth);
            assert_eq!((back.width, back.height, back.landmarks[3].visibility), (640, 480, 0.8));
            // the same shape, whatever the place and the size in the picture
            let distance = |pose: &Pose, a: usize, b: usize| {
                (pose.landmarks[a].x - pose.landmarks[b].x).hypot(pose.landmarks[a].y - pose.landmarks[b].y)
            };
            let scale = distance(&back, 11, 24) / distance(&real, 11, 24);
            for joint in 0..32 {
                let (a, b) = (distance(&back, joint, joint + 1), distance(&real, joint, joint + 1));
                assert!((a - scale * b).abs() < 1e-2, "{depth} {joint}: {a} {b}");
            }
            for landmark in &back.landmarks {
                assert!((0.0..640.0).contains(&landmark.x) && (0.0..480.0).contains(&landmark.y));
            }
        }
    }

    #[test]
    fn numbers_have_mean_zero_and_deviation_one() {
        let real: Vec<Pose> = (0..20).map(|i| pose(i as f32 * 0.1, true)).collect();
        let space = BodySpace::of(&real.iter().collect::<Vec<_>>()).unwrap();
        let rows: Vec<Vec<f32>> = real.iter().map(|pose| space.numbers(pose)).collect();
        let elbow = Skeleton::Blazepose33.index_of("left_elbow").unwrap() * 3;
        let mean = rows.iter().map(|row| row[elbow]).sum::<f32>() / 20.0;
        let variance = rows.iter().map(|row| row[elbow].powi(2)).sum::<f32>() / 20.0;
        assert!(mean.abs() < 1e-4 && (variance - 1.0).abs() < 1e-3, "{mean} {variance}");
    }

    #[test]
    fn skeletons_of_two_kinds_are_refused() {
        let other = Pose { skeleton: Skeleton::Coco17, ..pose(0.0, false) };
        assert!(matches!(BodySpace::of(&[&pose(0.0, false), &other]), Err(LearnError::Mismatch { .. })));
    }
}
