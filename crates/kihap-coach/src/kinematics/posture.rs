//! A posture as targets for hands and feet.

use glam::Vec3;

/// Where a wrist goes: sideways in half shoulder widths towards its own side, height in trunk lengths over the hips; the
/// elbow's angle then says how far in front.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arm {
    /// Of the wrist, half shoulder widths from the body's middle towards the arm's own side.
    pub lateral: f32,
    /// Of the wrist over the hips, trunk lengths.
    pub height: f32,
    /// Inner angle of the elbow, degrees; 180 is straight. With `lateral` and `height` it says how far in front the wrist is.
    pub elbow_deg: f32,
    /// Where the elbow points, body axes of the arm's own side (x outward).
    pub pole: Vec3,
    /// The hand is open, not a fist.
    pub open_hand: bool,
}

/// Where a foot goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Leg {
    /// On the floor.
    Stand {
        /// Of the ankle from the middle towards the leg's own side, shares of stature.
        outward: f32,
        /// Of the ankle to the front, shares of stature.
        forward: f32,
        /// Turn of the toes towards the leg's own side, degrees.
        toes_out_deg: f32,
        /// Only the ball of the foot is on the floor.
        heel_up: bool,
    },
    /// In the air.
    Kick {
        /// From the hip to the ankle (x outward, in the axes of the hips); its length is of no account.
        towards: Vec3,
        /// Inner angle of the knee, degrees; 180 is straight.
        knee_deg: f32,
        /// Where the knee points, in the same axes.
        pole: Vec3,
    },
}

/// A whole posture; index 0 of a pair is the left limb.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posture {
    /// Left and right arm.
    pub arms: [Arm; 2],
    /// Left and right leg.
    pub legs: [Leg; 2],
    /// Height of the hips as a share of their height when standing straight.
    pub hips: f32,
    /// Hips against the middle of the feet: to the left, forward; shares of stature.
    pub hips_shift: [f32; 2],
    /// How far the body is lifted off the floor, shares of stature; 0 but in a jump.
    pub lift: f32,
    /// Turn of the hips to the left, degrees.
    pub hips_yaw_deg: f32,
    /// Turn of the shoulders to the left, degrees.
    pub trunk_yaw_deg: f32,
    /// Turn to the left of the axes in which the arms' `lateral` and their way forward are meant, degrees: that of the shoulders
    /// where the hands follow the chest, 0 where they aim ahead.
    pub arms_yaw_deg: f32,
    /// Lean forward and to the left, degrees.
    pub lean_deg: [f32; 2],
    /// The head turned to the left and bowed, against the facing direction, degrees.
    pub head_deg: [f32; 2],
}

impl Posture {
    /// Standing at ease: arms hanging, feet under the hips.
    pub fn upright() -> Self {
        let arm =
            Arm { lateral: 1.35, height: -0.14, elbow_deg: 168.0, pole: Vec3::new(0.3, 0.0, -1.0), open_hand: false };
        let leg = Leg::Stand { outward: 0.075, forward: 0.0, toes_out_deg: 6.0, heel_up: false };
        Self {
            arms: [arm; 2],
            legs: [leg; 2],
            hips: 0.985,
            hips_shift: [0.0; 2],
            lift: 0.0,
            hips_yaw_deg: 0.0,
            trunk_yaw_deg: 0.0,
            arms_yaw_deg: 0.0,
            lean_deg: [2.0, 0.0],
            head_deg: [0.0; 2],
        }
    }

    /// The posture a share of the way (0..=1) to another one: every number in between. A foot that is on the floor in one and in
    /// the air in the other changes over in the middle.
    pub fn between(&self, other: &Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * share;
        let pair = |a: [f32; 2], b: [f32; 2]| [mix(a[0], b[0]), mix(a[1], b[1])];
        let arm = |a: &Arm, b: &Arm| Arm {
            lateral: mix(a.lateral, b.lateral),
            height: mix(a.height, b.height),
            elbow_deg: mix(a.elbow_deg, b.elbow_deg),
            pole: a.pole.normalize_or_zero().lerp(b.pole.normalize_or_zero(), share),
            open_hand: if share < 0.5 { a.open_hand } else { b.open_hand },
        };
        let leg = |a: &Leg, b: &Leg| match (a, b) {
            (
                Leg::Stand { outward, forward, toes_out_deg, heel_up },
                Leg::Stand { outward: o, forward: f, toes_out_deg: t, heel_up: h },
            ) => Leg::Stand {
                outward: mix(*outward, *o),
                forward: mix(*forward, *f),
                toes_out_deg: mix(*toes_out_deg, *t),
                heel_up: if share < 0.5 { *heel_up } else { *h },
            },
            (Leg::Kick { towards, knee_deg, pole }, Leg::Kick { towards: t, knee_deg: k, pole: p }) => Leg::Kick {
                towards: towards.normalize_or_zero().lerp(t.normalize_or_zero(), share),
                knee_deg: mix(*knee_deg, *k),
                pole: pole.normalize_or_zero().lerp(p.normalize_or_zero(), share),
            },
            _ => *if share < 0.5 { a } else { b },
        };
        Self {
            arms: [arm(&self.arms[0], &other.arms[0]), arm(&self.arms[1], &other.arms[1])],
            legs: [leg(&self.legs[0], &other.legs[0]), leg(&self.legs[1], &other.legs[1])],
            hips: mix(self.hips, other.hips),
            hips_shift: pair(self.hips_shift, other.hips_shift),
            lift: mix(self.lift, other.lift),
            hips_yaw_deg: mix(self.hips_yaw_deg, other.hips_yaw_deg),
            trunk_yaw_deg: mix(self.trunk_yaw_deg, other.trunk_yaw_deg),
            arms_yaw_deg: mix(self.arms_yaw_deg, other.arms_yaw_deg),
            lean_deg: pair(self.lean_deg, other.lean_deg),
            head_deg: pair(self.head_deg, other.head_deg),
        }
    }

    /// The same on the other side.
    pub fn mirrored(self) -> Self {
        let [left_arm, right_arm] = self.arms;
        let [left_leg, right_leg] = self.legs;
        Self {
            arms: [right_arm, left_arm],
            legs: [right_leg, left_leg],
            hips_shift: [-self.hips_shift[0], self.hips_shift[1]],
            hips_yaw_deg: -self.hips_yaw_deg,
            trunk_yaw_deg: -self.trunk_yaw_deg,
            arms_yaw_deg: -self.arms_yaw_deg,
            lean_deg: [self.lean_deg[0], -self.lean_deg[1]],
            head_deg: [-self.head_deg[0], self.head_deg[1]],
            ..self
        }
    }
}
