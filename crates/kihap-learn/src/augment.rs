//! Variations of a skeleton that do not change what the person does.

use kihap_vision::Pose;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    error::LearnError,
    layout::clip::ClipPoints,
    random::{normal, symmetric},
};

/// How skeletons are varied, anew in every epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// Mirror half of the examples of classes with a mirror class, with the label of that class.
    pub mirror: bool,
    /// Largest turn about the vertical axis in degrees, both ways. Needs an estimator that gives depth.
    pub yaw_degrees: f32,
    /// Largest turn within the picture (a tilted camera) in degrees, both ways.
    pub roll_degrees: f32,
    /// Largest relative change of the body's height and, independently, of its width and depth, 0 to 0.5.
    pub stretch: f32,
    /// Standard deviation of noise on every joint's position, in torso lengths.
    pub jitter: f32,
    /// By how much the share of a clip's movement that is cut off at each end is varied, 0 to 0.05.
    pub time_crop: f32,
    /// By how much the mixture of time and movement that a clip is resampled by is varied about one half, 0 to 0.5.
    pub time_stretch: f32,
    /// Chance of each joint to be lost: its visibility becomes 0 and its position is off by a good third of the torso
    /// length, as estimators guess hidden joints.
    pub drop_joint: f32,
}

/// Standard deviation of a lost joint's position in torso lengths.
const LOST_JOINT_SPREAD: f32 = 0.35;

impl Default for Augmentation {
    fn default() -> Self {
        Augmentation {
            mirror: true,
            yaw_degrees: 20.0,
            roll_degrees: 6.0,
            stretch: 0.08,
            jitter: 0.02,
            time_crop: 0.03,
            time_stretch: 0.5,
            drop_joint: 0.02,
        }
    }
}

impl Augmentation {
    /// No variation at all.
    pub fn none() -> Augmentation {
        Augmentation {
            mirror: false,
            yaw_degrees: 0.0,
            roll_degrees: 0.0,
            stretch: 0.0,
            jitter: 0.0,
            time_crop: 0.0,
            time_stretch: 0.0,
            drop_joint: 0.0,
        }
    }

    /// Only the mirror.
    pub fn mirror_only() -> Augmentation {
        Augmentation { mirror: true, ..Augmentation::none() }
    }

    /// Whether anything but the mirror is varied.
    pub fn moves_joints(&self) -> bool {
        [self.yaw_degrees, self.roll_degrees, self.stretch, self.jitter, self.drop_joint].iter().any(|v| *v > 0.0)
    }

    /// Whether clips are cut or their speed is changed.
    pub(crate) fn bends_time(&self) -> bool {
        self.time_crop > 0.0 || self.time_stretch > 0.0
    }

    pub(crate) fn check(&self) -> Result<(), LearnError> {
        let ranges = [
            ("augmentation.yaw_degrees", self.yaw_degrees, 180.0, "from 0 to 180"),
            ("augmentation.roll_degrees", self.roll_degrees, 180.0, "from 0 to 180"),
            ("augmentation.stretch", self.stretch, 0.5, "from 0 to 0.5"),
            ("augmentation.jitter", self.jitter, 1.0, "from 0 to 1"),
            ("augmentation.time_crop", self.time_crop, 0.05, "from 0 to 0.05"),
            ("augmentation.time_stretch", self.time_stretch, 0.5, "from 0 to 0.5"),
            ("augmentation.drop_joint", self.drop_joint, 1.0, "from 0 to 1"),
        ];
        for (option, value, most, allowed) in ranges {
            if !(0.0..=most).contains(&value) {
                return Err(LearnError::BadOption { option, value: value.to_string(), allowed });
            }
        }
        Ok(())
    }

    /// A variation of `pose` (without the mirror, which changes the label and is drawn apart).
    pub(crate) fn vary(&self, pose: &Pose, rng: &mut impl Rng) -> Pose {
        let mut pose = pose.clone();
        let change = Change {
            yaw: (self.yaw_degrees * symmetric(rng)).to_radians(),
            roll: (self.roll_degrees * symmetric(rng)).to_radians(),
            width: 1.0 + self.stretch * symmetric(rng),
            height: 1.0 + self.stretch * symmetric(rng),
        };
        let has_depth = pose.landmarks.iter().any(|l| l.z != 0.0);
        let (hip, torso) = trunk(&pose, in_picture);
        for landmark in &mut pose.landmarks {
            [landmark.x, landmark.y, landmark.z] = change.apply([landmark.x, landmark.y, landmark.z], hip, has_depth);
        }
        let (origin, world_torso) = trunk(&pose, in_world);
        for point in &mut pose.world {
            *point = change.apply(*point, origin, true);
        }
        self.disturb(&mut pose, torso, world_torso, has_depth, rng);
        pose
    }

    /// A variation of a clip in `steps` frames: one turn and one stretch for all of it, another beginning, end and speed,
    /// noise frame by frame, and joints that are lost from beginning to end. `plain` are the share of movement in the clock
    /// and the share cut off at each end where these are not varied.
    pub(crate) fn vary_clip(&self, clip: &ClipPoints, steps: usize, plain: [f32; 2], rng: &mut impl Rng) -> ClipPoints {
        let [movement, cut] = plain;
        let alpha = if self.time_stretch > 0.0 { 0.5 + self.time_stretch * symmetric(rng) } else { movement };
        let (from, to) = (cut + self.time_crop * symmetric(rng), 1.0 - cut + self.time_crop * symmetric(rng));
        let change = Change {
            yaw: (self.yaw_degrees * symmetric(rng)).to_radians(),
            roll: (self.roll_degrees * symmetric(rng)).to_radians(),
            width: 1.0 + self.stretch * symmetric(rng),
            height: 1.0 + self.stretch * symmetric(rng),
        };
        let mut varied = clip.resampled(steps, alpha, from, to);
        for frame in &mut varied.frames {
            for point in frame {
                *point = change.apply(*point, [0.0; 3], true);
                if self.jitter > 0.0 {
                    point.iter_mut().for_each(|v| *v += self.jitter * normal(rng));
                }
            }
        }
        let joints = varied.frames.first().map_or(0, Vec::len);
        for joint in 0..joints {
            if rng.random::<f32>() < self.drop_joint {
                let offset = [0, 1, 2].map(|_| LOST_JOINT_SPREAD * normal(rng));
                for frame in &mut varied.frames {
                    frame[joint].iter_mut().zip(offset).for_each(|(v, o)| *v += o);
                }
            }
        }
        varied
    }

    /// Adds the noise of single joints: the same displacement in picture and world, for it is the same mistake.
    fn disturb(&self, pose: &mut Pose, torso: f32, world_torso: f32, has_depth: bool, rng: &mut impl Rng) {
        for index in 0..pose.landmarks.len() {
            let lost = rng.random::<f32>() < self.drop_joint;
            let spread = if lost { LOST_JOINT_SPREAD } else { self.jitter };
            let offset = [normal(rng) * spread, normal(rng) * spread, normal(rng) * spread];
            let landmark = &mut pose.landmarks[index];
            landmark.x += offset[0] * torso;
            landmark.y += offset[1] * torso;
            if has_depth {
                landmark.z += offset[2] * torso;
            }
            if lost {
                landmark.visibility = 0.0;
                landmark.presence = 0.0;
            }
            if let Some(point) = pose.world.get_mut(index) {
                for (value, offset) in point.iter_mut().zip(offset) {
                    *value += offset * world_torso;
                }
            }
        }
    }
}

/// One drawn turn and stretch of the whole body.
struct Change {
    yaw: f32,
    roll: f32,
    width: f32,
    height: f32,
}

impl Change {
    /// Turns and stretches `point` about `centre`; x to the right, y down, z away from the camera.
    fn apply(&self, point: [f32; 3], centre: [f32; 3], has_depth: bool) -> [f32; 3] {
        let (x, y, z) = (
            (point[0] - centre[0]) * self.width,
            (point[1] - centre[1]) * self.height,
            (point[2] - centre[2]) * self.width,
        );
        let (sin, cos) = if has_depth { self.yaw.sin_cos() } else { (0.0, 1.0) };
        let (x, z) = (cos * x + sin * z, cos * z - sin * x);
        let (sin, cos) = self.roll.sin_cos();
        let (x, y) = (cos * x - sin * y, sin * x + cos * y);
        [x + centre[0], y + centre[1], z + centre[2]]
    }
}

type Position = fn(&Pose, usize) -> [f32; 3];

fn in_picture(pose: &Pose, joint: usize) -> [f32; 3] {
    pose.landmarks.get(joint).map_or([0.0; 3], |l| [l.x, l.y, l.z])
}

fn in_world(pose: &Pose, joint: usize) -> [f32; 3] {
    pose.world.get(joint).copied().unwrap_or_default()
}

/// The middle of the hips, and the distance from there to the middle of the shoulders.
fn trunk(pose: &Pose, position: Position) -> ([f32; 3], f32) {
    let middle = |left: &str, right: &str| {
        let joint = |name| pose.skeleton.index_of(name).map_or([0.0; 3], |i| position(pose, i));
        let (a, b) = (joint(left), joint(right));
        [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0, (a[2] + b[2]) / 2.0]
    };
    let (hip, shoulder) = (middle("left_hip", "right_hip"), middle("left_shoulder", "right_shoulder"));
    let squares: f32 = hip.iter().zip(shoulder).map(|(h, s)| (s - h).powi(2)).sum();
    (hip, squares.sqrt())
}

#[cfg(test)]
mod tests {
    use kihap_vision::{Landmark, Skeleton};

    use super::*;
    use crate::random::{Purpose, stream};

    fn pose() -> Pose {
        let place = |i: usize| {
            let t = i as f32;
            [(t * 1.7).sin() * 0.4, (t * 0.6).cos() * 0.8, (t * 2.3).sin() * 0.2]
        };
        Pose {
            skeleton: Skeleton::Blazepose33,
            width: 640,
            height: 480,
            score: 1.0,
            landmarks: (0..33)
                .map(place)
                .map(|[x, y, z]| Landmark {
                    x: 320.0 + x * 100.0,
                    y: 240.0 + y * 100.0,
                    z: z * 100.0,
                    visibility: 1.0,
                    presence: 1.0,
                })
                .collect(),
            world: (0..33).map(place).collect(),
        }
    }

    fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    }

    #[test]
    fn nothing_is_changed_without_options() {
        let varied = Augmentation::none().vary(&pose(), &mut stream(1, Purpose::Augment, 0, 0));
        for (a, b) in varied.landmarks.iter().zip(pose().landmarks) {
            assert!((a.x - b.x).abs() < 1e-3 && (a.y - b.y).abs() < 1e-3 && a.visibility == 1.0);
        }
    }

    #[test]
    fn turning_keeps_every_distance_and_moves_picture_and_world_alike() {
        let turn = Augmentation { yaw_degrees: 90.0, roll_degrees: 30.0, ..Augmentation::none() };
        let before = pose();
        let after = turn.vary(&before, &mut stream(3, Purpose::Augment, 0, 0));
        let mut moved = 0.0f32;
        for i in 0..33 {
            for j in 0..33 {
                let apart = distance(before.world[i], before.world[j]);
                assert!((distance(after.world[i], after.world[j]) - apart).abs() < 1e-4);
            }
            moved = moved.max(distance(before.world[i], after.world[i]));
        }
        assert!(moved > 0.1, "nothing was turned: {moved}");
        let (hip, _) = trunk(&after, in_picture);
        let (origin, _) = trunk(&after, in_world);
        for (landmark, point) in after.landmarks.iter().zip(&after.world) {
            assert!(((landmark.x - hip[0]) / 100.0 - (point[0] - origin[0])).abs() < 1e-3);
            assert!(((landmark.z - hip[2]) / 100.0 - (point[2] - origin[2])).abs() < 1e-3);
        }
    }

    #[test]
    fn lost_joints_become_invisible() {
        let lose = Augmentation { drop_joint: 1.0, ..Augmentation::none() };
        let varied = lose.vary(&pose(), &mut stream(1, Purpose::Augment, 0, 0));
        assert!(varied.landmarks.iter().all(|l| l.visibility == 0.0 && l.presence == 0.0));
    }

    #[test]
    fn flat_skeletons_are_not_turned_out_of_the_picture() {
        let mut flat = pose();
        flat.world.clear();
        flat.landmarks.iter_mut().for_each(|l| l.z = 0.0);
        let turn = Augmentation { yaw_degrees: 90.0, ..Augmentation::none() };
        let varied = turn.vary(&flat, &mut stream(3, Purpose::Augment, 0, 0));
        for (a, b) in varied.landmarks.iter().zip(&flat.landmarks) {
            assert!((a.x - b.x).abs() < 1e-3 && a.z == 0.0);
        }
    }
}
