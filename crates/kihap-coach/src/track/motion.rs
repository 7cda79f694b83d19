//! How much somebody moves, whether the picture was cut, and how long a posture has been held.

use kihap_vision::Pose;

/// Speed of the limbs from which on a body moves, trunk lengths a second: BlazePose's jitter on a still person measured 0.1 to 1,
/// techniques 3 to 15 (clips of two people at 30 frames a second). A share of the greatest speed lately, so that slow
/// performances and slowed videos count too, within bounds.
const MOVING_SHARE: f32 = 0.2;
const MOVING: [f32; 2] = [1.0, 1.9];
/// Seconds after which the greatest speed is forgotten to a third.
const LATELY: f64 = 15.0;
/// Width of the passage from still to moving, as a share of that speed.
const MOVING_WIDTH: f32 = 0.18;
/// A shift of the body between two frames that nobody can do: trunk lengths, and more of them for each second between.
const CUT_SHIFT: f32 = 0.3;
const CUT_SHIFT_PER_SECOND: f32 = 4.0;
/// The same for the body's size: ratio of trunk lengths.
const CUT_SIZE: f32 = 1.6;
/// Arms or legs that are elsewhere in the next frame without having been on their way, at least so fast (trunk lengths a second)
/// and with frames so close together (seconds): another shot from the same spot.
const JUMP_SPEED: f32 = 10.0;
const JUMP_WITHIN: f64 = 0.05;
/// Faster than any limb: the estimator's slip.
const MOST_SPEED: f32 = 20.0;
/// Frames further apart than this are not neighbours, seconds.
pub(super) const GAP: f64 = 0.6;
/// Least visibility of a joint whose motion counts.
const VISIBLE: f32 = 0.4;

const LIMBS: [&str; 8] =
    ["left_wrist", "right_wrist", "left_elbow", "right_elbow", "left_ankle", "right_ankle", "left_knee", "right_knee"];

/// Where the limbs are about the hips, in trunk lengths.
#[derive(Debug, Clone)]
struct Shape {
    seconds: f64,
    /// Middle of the hips, pixels.
    centre: [f32; 2],
    /// Hips to shoulders, pixels.
    trunk: f32,
    limbs: [Option<[f32; 2]>; LIMBS.len()],
}

impl Shape {
    fn of(pose: &Pose, seconds: f64) -> Option<Self> {
        let middle = |left: &str, right: &str| {
            let (a, b) = (pose.joint(left)?, pose.joint(right)?);
            Some([(a.x + b.x) * 0.5, (a.y + b.y) * 0.5])
        };
        let (centre, top) = (middle("left_hip", "right_hip")?, middle("left_shoulder", "right_shoulder")?);
        let trunk = distance(centre, top);
        if !(trunk > 1.0 && trunk.is_finite()) {
            return None;
        }
        let limb = |name: &str| {
            let joint = pose.joint(name).filter(|joint| joint.visibility >= VISIBLE)?;
            Some([(joint.x - centre[0]) / trunk, (joint.y - centre[1]) / trunk])
        };
        Some(Self { seconds, centre, trunk, limbs: LIMBS.map(limb) })
    }
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The motion that led to a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// 0 still to 1 moving.
    pub moving: f32,
    /// Another shot begins here.
    pub cut: bool,
    /// How long the body has been still, seconds.
    pub still_for: f64,
    /// Whether it moved since the last cut.
    pub fresh: bool,
    /// Time since the frame before, seconds; at most 0.6.
    pub step: f64,
}

/// Follows the motion of one person.
#[derive(Debug, Clone)]
pub struct MotionMeter {
    last: Option<Shape>,
    last_seconds: Option<f64>,
    /// Greatest speed lately, trunk lengths a second.
    greatest: f32,
    still_for: f64,
    stale: bool,
    /// Frames of the movement going on, and the greatest of its speeds.
    burst: (usize, f32),
}

impl Default for MotionMeter {
    fn default() -> Self {
        Self {
            last: None,
            last_seconds: None,
            greatest: MOVING[1] / MOVING_SHARE,
            still_for: 0.0,
            stale: false,
            burst: (0, 0.0),
        }
    }
}

impl MotionMeter {
    /// Takes a frame in; frames come in order of time.
    pub fn push(&mut self, pose: Option<&Pose>, seconds: f64) -> Motion {
        let step = self.last_seconds.map_or(1.0 / 30.0, |last| (seconds - last).clamp(1e-3, GAP));
        self.last_seconds = Some(seconds);
        let shape = pose.and_then(|pose| Shape::of(pose, seconds));
        let change = match (&self.last, &shape) {
            (Some(before), Some(now)) if now.seconds - before.seconds < GAP => compare(before, now),
            _ => Change::Unknown,
        };
        let (moving, cut) = match change {
            Change::Moved(speed) => {
                self.burst.1 = self.burst.1.max(speed);
                self.greatest = speed.min(MOST_SPEED).max(self.greatest * (-step / LATELY).exp() as f32);
                let limit = (MOVING_SHARE * self.greatest).clamp(MOVING[0], MOVING[1]);
                (1.0 / (1.0 + ((limit - speed) / (MOVING_WIDTH * limit)).exp()), false)
            }
            Change::Cut => (1.0, true),
            // Whoever comes into view may have moved there.
            Change::Unknown => (1.0, false),
        };
        if cut {
            self.stale = true;
            self.still_for = 0.0;
            self.burst = (0, 0.0);
        } else if moving > 0.5 {
            self.burst.0 += 1;
            self.stale &= self.jumped(step);
            self.still_for = 0.0;
        } else {
            // A body is not elsewhere from one frame to the next: between two still frames lies a cut.
            self.stale |= self.jumped(step);
            self.burst = (0, 0.0);
            self.still_for += step;
        }
        if shape.is_some() {
            self.last = shape;
        }
        let fresh = !self.stale && !self.jumped(step);
        Motion { moving, cut, still_for: self.still_for, fresh, step }
    }

    /// Whether all the movement since the body was last still lies between two neighbouring frames.
    fn jumped(&self, step: f64) -> bool {
        let (frames, speed) = self.burst;
        frames == 1 && speed >= JUMP_SPEED && step <= JUMP_WITHIN
    }
}

enum Change {
    /// The speed of the limbs, trunk lengths a second.
    Moved(f32),
    Cut,
    Unknown,
}

fn compare(before: &Shape, now: &Shape) -> Change {
    let seconds = (now.seconds - before.seconds).max(1e-3) as f32;
    let trunk = before.trunk.max(now.trunk);
    let ratio = trunk / before.trunk.min(now.trunk);
    if distance(before.centre, now.centre) / trunk > CUT_SHIFT + CUT_SHIFT_PER_SECOND * seconds || ratio > CUT_SIZE {
        return Change::Cut;
    }
    let pairs = before.limbs.iter().zip(&now.limbs);
    let mut speeds: Vec<f32> = pairs.filter_map(|(a, b)| Some(distance((*a)?, (*b)?) / seconds)).collect();
    speeds.sort_by(|a, b| b.total_cmp(a));
    // The two fastest together: one joint alone may be the estimator's slip.
    match speeds[..] {
        [] => Change::Unknown,
        [one] => Change::Moved(one),
        [first, second, ..] => Change::Moved((first * second).sqrt()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use kihap_vision::{Landmark, Skeleton};

    /// A stick figure: limbs where `limbs` says, in trunk lengths about the hips.
    pub(in crate::track) fn stick(centre: [f32; 2], limbs: &[[f32; 2]; 8]) -> Pose {
        let trunk = 100.0;
        let mut landmarks = vec![Landmark { visibility: 1.0, presence: 1.0, ..Landmark::default() }; 33];
        let mut put = |name: &str, x: f32, y: f32| {
            if let Some(index) = Skeleton::Blazepose33.index_of(name) {
                (landmarks[index].x, landmarks[index].y) = (centre[0] + x * trunk, centre[1] + y * trunk);
            }
        };
        put("left_hip", 0.2, 0.0);
        put("right_hip", -0.2, 0.0);
        put("left_shoulder", 0.4, -1.0);
        put("right_shoulder", -0.4, -1.0);
        for (name, [x, y]) in LIMBS.iter().zip(limbs) {
            put(name, *x, *y);
        }
        Pose { skeleton: Skeleton::Blazepose33, width: 1000, height: 1000, score: 1.0, landmarks, world: Vec::new() }
    }

    #[test]
    fn a_held_posture_is_still_and_a_thrown_arm_moves() {
        let mut meter = MotionMeter::default();
        let mut limbs = [[0.5, 0.0]; 8];
        let mut last = None;
        for frame in 0..20 {
            last = Some(meter.push(Some(&stick([500.0, 500.0], &limbs)), f64::from(frame) / 30.0));
        }
        let still = last.unwrap();
        assert!(still.moving < 0.05 && still.still_for > 0.5 && !still.cut, "{still:?}");
        limbs[0] = [0.7, -0.2];
        limbs[2] = [0.6, -0.1];
        let moved = meter.push(Some(&stick([500.0, 500.0], &limbs)), 20.0 / 30.0);
        assert!(moved.moving > 0.9 && moved.still_for == 0.0 && moved.fresh, "{moved:?}");
    }

    #[test]
    fn an_arm_elsewhere_at_once_is_another_shot_and_one_on_its_way_is_not() {
        let mut limbs = [[0.5, 0.0]; 8];
        let mut jumping = MotionMeter::default();
        let mut going = MotionMeter::default();
        for frame in 0..20 {
            let seconds = f64::from(frame) / 30.0;
            if frame == 10 {
                (limbs[0], limbs[2]) = ([1.1, -0.6], [0.9, -0.3]);
            }
            let part = (f64::from(frame) - 9.0).clamp(0.0, 4.0) as f32 / 4.0;
            let way = |from: [f32; 2], to: [f32; 2]| [0, 1].map(|axis| from[axis] + part * (to[axis] - from[axis]));
            let mut between = [[0.5, 0.0]; 8];
            (between[0], between[2]) = (way([0.5, 0.0], [1.1, -0.6]), way([0.5, 0.0], [0.9, -0.3]));
            let jumped = jumping.push(Some(&stick([500.0, 500.0], &limbs)), seconds);
            let went = going.push(Some(&stick([500.0, 500.0], &between)), seconds);
            assert!(went.fresh && !went.cut, "{frame}: {went:?}");
            assert_eq!(jumped.fresh, frame < 10, "{frame}: {jumped:?}");
        }
    }

    #[test]
    fn a_body_elsewhere_at_once_is_a_cut_and_what_follows_is_not_fresh() {
        let mut meter = MotionMeter::default();
        let limbs = [[0.5, 0.0]; 8];
        for frame in 0..5 {
            meter.push(Some(&stick([300.0, 500.0], &limbs)), f64::from(frame) / 30.0);
        }
        let cut = meter.push(Some(&stick([500.0, 500.0], &limbs)), 5.0 / 30.0);
        assert!(cut.cut && !cut.fresh);
        let after = meter.push(Some(&stick([500.0, 500.0], &limbs)), 6.0 / 30.0);
        assert!(!after.cut && !after.fresh && after.moving < 0.1);
    }
}
