//! Arms, trunk and head in time.

use super::ease::{Ease, mix};
use crate::kinematics::{Arm, Posture};

/// What of a posture is above the hips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Upper {
    pub(super) arms: [Arm; 2],
    pub(super) trunk_yaw_deg: f32,
    pub(super) lean_deg: [f32; 2],
    pub(super) head_deg: [f32; 2],
}

impl Upper {
    /// That of a posture, the head turned further to the left by `gaze_deg`.
    pub(super) fn of(posture: &Posture, gaze_deg: f32) -> Self {
        let [turn, bow] = posture.head_deg;
        Self {
            arms: posture.arms,
            trunk_yaw_deg: posture.trunk_yaw_deg,
            lean_deg: posture.lean_deg,
            head_deg: [turn + gaze_deg, bow],
        }
    }

    fn mix(&self, other: &Self, share: f32) -> Self {
        let arm = |limb: usize| {
            let (a, b) = (&self.arms[limb], &other.arms[limb]);
            Arm {
                lateral: mix(a.lateral, b.lateral, share),
                height: mix(a.height, b.height, share),
                elbow_deg: mix(a.elbow_deg, b.elbow_deg, share),
                pole: a.pole.lerp(b.pole, share),
                open_hand: if share < 0.5 { a.open_hand } else { b.open_hand },
            }
        };
        let pair = |a: [f32; 2], b: [f32; 2]| [mix(a[0], b[0], share), mix(a[1], b[1], share)];
        Self {
            arms: [arm(0), arm(1)],
            trunk_yaw_deg: mix(self.trunk_yaw_deg, other.trunk_yaw_deg, share),
            lean_deg: pair(self.lean_deg, other.lean_deg),
            head_deg: pair(self.head_deg, other.head_deg),
        }
    }
}

/// Postures of the upper body and when they are reached.
#[derive(Debug, Clone)]
pub(super) struct UpperTrack(Vec<(f64, Upper, Ease)>);

impl UpperTrack {
    pub(super) fn starting(upper: Upper) -> Self {
        Self(vec![(0.0, upper, Ease::Soft)])
    }

    /// Where the last posture is.
    pub(super) fn last(&self) -> (f64, Upper) {
        self.0.last().map_or_else(|| (0.0, Upper::of(&Posture::upright(), 0.0)), |(seconds, upper, _)| (*seconds, *upper))
    }

    /// Stays as it is until `seconds`, where that lies ahead.
    pub(super) fn hold_until(&mut self, seconds: f64) {
        let (last, upper) = self.last();
        if seconds > last {
            self.0.push((seconds, upper, Ease::Soft));
        }
    }

    /// Is at `upper` at `seconds`.
    pub(super) fn reach(&mut self, seconds: f64, upper: Upper, ease: Ease) {
        self.0.push((seconds.max(self.last().0), upper, ease));
    }

    pub(super) fn at(&self, seconds: f64) -> Upper {
        let next = self.0.partition_point(|(reached, ..)| *reached <= seconds);
        let Some((end, to, ease)) = self.0.get(next) else { return self.last().1 };
        let Some((start, from, _)) = next.checked_sub(1).and_then(|before| self.0.get(before)) else { return *to };
        from.mix(to, ease.at(((seconds - start) / (end - start)) as f32))
    }
}
