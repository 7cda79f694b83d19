//! How long the body's parts are for its height.

use kihap_syllabus::Syllabus;

use super::Body3;
use crate::kinematics::at;

/// Lengths of the body as shares of its height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BodyRatios {
    /// Length of the foot.
    pub foot: f64,
    /// Acromion to acromion.
    pub shoulder_width: f64,
    /// Middle of the hips to middle of the shoulders.
    pub trunk: f64,
    /// Shoulder to wrist.
    pub arm: f64,
    /// Hip to ankle.
    pub leg: f64,
    /// Height of an upright fist.
    pub fist: f64,
}

impl Default for BodyRatios {
    /// Segment proportions after Drillis and Contini, "Body Segment Parameters", 1966 (as in Winter, "Biomechanics and Motor
    /// Control of Human Movement"), and a fist of 0.05.
    fn default() -> Self {
        Self { foot: 0.152, shoulder_width: 0.259, trunk: 0.288, arm: 0.332, leg: 0.491, fist: 0.05 }
    }
}

impl BodyRatios {
    /// Those that the syllabus states; what it leaves out is as in [`BodyRatios::default`].
    pub fn of(syllabus: &Syllabus) -> Self {
        let standard = Self::default();
        let ratio = |name: &str, otherwise: f64| {
            syllabus.body_ratios().get(name).copied().filter(|ratio| *ratio > 0.0).unwrap_or(otherwise)
        };
        Self {
            foot: ratio("foot_length_of_stature", standard.foot),
            shoulder_width: ratio("shoulder_width_of_stature", standard.shoulder_width),
            trunk: ratio("trunk_of_stature", standard.trunk),
            arm: ratio("arm_to_wrist_of_stature", standard.arm),
            leg: standard.leg,
            fist: ratio("upright_fist_of_stature", standard.fist),
        }
    }

    /// Height of the body in metres, from the lengths of its trunk and legs, which estimators give best.
    pub fn stature(&self, body: &Body3) -> f64 {
        let leg =
            |limb: usize| body.span(at::HIPS[limb], at::KNEES[limb]) + body.span(at::KNEES[limb], at::ANKLES[limb]);
        (body.trunk_length() + (leg(0) + leg(1)) * 0.5) / (self.trunk + self.leg)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::standing;
    use super::*;

    #[test]
    fn the_height_of_a_drawn_body_is_found_from_its_segments() {
        let (body, stature) = standing();
        let found = BodyRatios::default().stature(&body);
        assert!((found / stature - 1.0).abs() < 0.02, "{found} of {stature}");
    }

    #[test]
    fn the_syllabus_states_what_it_states() {
        let ratios = BodyRatios::of(&Syllabus::embedded().unwrap());
        assert_eq!(ratios, BodyRatios::default());
    }
}
