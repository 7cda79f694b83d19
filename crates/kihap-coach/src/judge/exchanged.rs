//! Left and right taken for each other, as pose estimators do with limbs that cover one another: the skeleton then contradicts as a
//! whole the side that is asked for, and none of its numbers is worth a verdict on that limb.
//!
//! In 1200 synthetic films with the estimator's measured errors this was behind about seven in ten of the bounds that lay four standard
//! deviations out of their bands without being broken.

use kihap_syllabus::{Bounds, Kind, Measure, Side, Technique};

use super::verdict::beyond;
use crate::kinematics::at;
use crate::measure::{Body3, BodyRatios};

/// A kicking foot is not this much lower than the other one, trunk lengths.
const KICK_BELOW: f64 = 0.3;
/// Both wrists together are out of their bands by this much, trunk lengths, …
const WRISTS_OUT: f64 = 0.25;
/// … of which less than this share is left where they change places.
const WRISTS_LEFT: f64 = 0.3;
/// No trunk turns farther from where the technique goes, degrees.
pub(super) const TRUNK_TURNS: f64 = 100.0;

/// Which limbs seem to be exchanged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Exchanged {
    legs: bool,
    arms: bool,
}

impl Exchanged {
    /// Of a technique with its acting limb, in a stance with the leg in front that is asked for; `lengthwise` where the stance has one
    /// foot before the other.
    pub(super) fn of(
        body: &Body3,
        technique: &Technique,
        acting: Option<Side>,
        lead: Option<Side>,
        lengthwise: bool,
        ratios: &BodyRatios,
    ) -> Self {
        let other_leads = lengthwise && lead.is_some_and(|lead| body.leading_leg() == Some(lead.other()));
        let Some(side) = acting else { return Self { legs: other_leads, arms: false } };
        let value = |key: &str, side: Side| {
            let measure = Measure::from_key(key)?;
            body.value(measure, Some(side), lead, ratios)
        };
        let lifted = |side: Side| value("act_ankle_height", side);
        let other_kicks = technique.kind == Kind::Kick
            && lifted(side).zip(lifted(side.other())).is_some_and(|(own, other)| own < other - KICK_BELOW);
        let arms = || {
            let bands = ["act_wrist_height", "aux_wrist_height"].map(|key| technique.geometry.bounds(key));
            let [Some(own), Some(aux)] = bands else { return None };
            let misfit = |side: Side| {
                let out = |bounds: &Bounds, value: f64| beyond(value, bounds.min, bounds.max);
                Some(out(own, value("act_wrist_height", side)?) + out(aux, value("aux_wrist_height", side)?))
            };
            let (as_asked, as_other) = misfit(side).zip(misfit(side.other()))?;
            Some(as_asked > WRISTS_OUT && as_other < WRISTS_LEFT * as_asked)
        };
        Self { legs: other_leads || other_kicks, arms: technique.kind != Kind::Kick && arms().unwrap_or(false) }
    }

    /// Whether a measure that depends on these points cannot be relied on.
    pub(super) fn touches(self, points: &[usize]) -> bool {
        let of_arms = |index: &usize| (at::ELBOWS[0]..at::HIPS[0]).contains(index);
        let of_legs = |index: &usize| *index >= at::KNEES[0];
        self.arms && points.iter().any(of_arms) || self.legs && points.iter().any(of_legs)
    }
}
