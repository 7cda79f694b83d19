//! Who the person is: lengths.

use crate::chance::Chance;

/// Lengths in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Body {
    /// Height of the body.
    pub stature: f32,
    /// Distance of the shoulder joints from the middle.
    pub half_shoulders: f32,
    /// Distance of the hip joints from the middle.
    pub half_hips: f32,
    /// Hip centre to shoulder centre.
    pub trunk: f32,
    /// Shoulder to elbow.
    pub upper_arm: f32,
    /// Elbow to wrist.
    pub forearm: f32,
    /// Hip to knee.
    pub thigh: f32,
    /// Knee to ankle.
    pub shin: f32,
    /// Height of the ankle over the floor.
    pub ankle: f32,
    /// Heel to toe.
    pub foot: f32,
    /// Half the height of the head.
    pub head: f32,
}

impl Body {
    /// The mean of all, 1 m tall: its lengths are shares of stature.
    pub const MEAN: Self = Self {
        stature: 1.0,
        half_shoulders: 0.102,
        half_hips: 0.060,
        trunk: 0.288,
        upper_arm: 0.172,
        forearm: 0.150,
        thigh: 0.242,
        shin: 0.246,
        ankle: 0.042,
        foot: 0.148,
        head: 0.070,
    };

    /// Lengths that are shares of stature, brought to this stature in metres.
    pub fn scaled(&self) -> Self {
        let h = self.stature;
        Self {
            stature: h,
            half_shoulders: self.half_shoulders * h,
            half_hips: self.half_hips * h,
            trunk: self.trunk * h,
            upper_arm: self.upper_arm * h,
            forearm: self.forearm * h,
            thigh: self.thigh * h,
            shin: self.shin * h,
            ankle: self.ankle * h,
            foot: self.foot * h,
            head: self.head * h,
        }
    }

    /// The person of a seed: a child of 1.10 m to a man of 1.95 m.
    ///
    /// Lengths follow standard segment proportions (shares of stature after Drillis and Contini), each varied by a few
    /// per cent; women's shoulders are narrower and their hips wider (ANSUR II means), children have larger heads, narrower
    /// shoulders and shorter legs.
    pub fn of(person_seed: u64) -> Self {
        let mut chance = Chance::new("person", &[person_seed]);
        let stature = chance.between(1.10, 1.95);
        let child = ((1.60 - stature) / 0.40).clamp(0.0, 1.0);
        let woman = if chance.often(0.5) { 1.0 } else { 0.0 };
        let mut share = |of: f32| stature * of * (1.0 + chance.around(0.045));
        let leg = 1.0 - 0.03 * child;
        Self {
            stature,
            half_shoulders: share(0.104 - 0.005 * woman - 0.006 * child),
            half_hips: share(0.058 + 0.004 * woman),
            trunk: share(0.288),
            upper_arm: share(0.172),
            forearm: share(0.150),
            thigh: share(0.242 * leg),
            shin: share(0.246 * leg),
            foot: share(0.148),
            head: share(0.068 + 0.010 * child),
            ankle: 0.042 * stature,
        }
    }
}
