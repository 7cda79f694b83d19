//! From a measure's name to its value: which limb it means, which file measures it, which points it needs.

use kihap_syllabus::{Limb, Measure, Quantity, Side};

use super::body3::limb;
use super::{Body3, BodyRatios, NotMeasurable, arms, feet, legs, trunk};
use crate::kinematics::at;

/// What a measure must know beside the body.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The acting limb.
    pub acting: Option<Side>,
    /// The leg in front (crane stance: the one stood on); found by the feet where it is `None`.
    pub lead: Option<Side>,
    /// Proportions, for the units that are shares of the body's height.
    pub ratios: &'a BodyRatios,
}

/// What a measure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Laterality {
    /// The body as a whole, or both limbs at once.
    Whole,
    /// One limb.
    One(Side),
    /// Each of both limbs, by itself.
    Each,
}

impl Body3 {
    /// The value of a measure in the unit of its quantity; `None` where one skeleton cannot tell it ([`Body3::measure`] says why).
    /// Where both limbs are meant alike it is their mean.
    pub fn value(
        &self,
        measure: Measure,
        acting: Option<Side>,
        lead: Option<Side>,
        reference: &BodyRatios,
    ) -> Option<f64> {
        self.measure(measure, &Context { acting, lead, ratios: reference }).ok()
    }

    /// The same with the reason where there is none.
    ///
    /// # Errors
    /// [`NotMeasurable`]: what is missing.
    pub fn measure(&self, measure: Measure, context: &Context<'_>) -> Result<f64, NotMeasurable> {
        match self.laterality(measure, context)? {
            Laterality::Whole => self.whole(measure.quantity, context),
            Laterality::One(side) => self.of_limb(measure.quantity, side, context),
            Laterality::Each => {
                let [left, right] = Side::BOTH.map(|side| self.of_limb(measure.quantity, side, context));
                Ok((left? + right?) * 0.5)
            }
        }
    }

    /// What a measure is about, in this body: "the lifted ankle" is that of the higher foot.
    ///
    /// # Errors
    /// [`NotMeasurable::NoActingLimb`] and [`NotMeasurable::NoLeadingLeg`].
    pub fn laterality(&self, measure: Measure, context: &Context<'_>) -> Result<Laterality, NotMeasurable> {
        use Quantity as Q;
        let acting = || context.acting.ok_or(NotMeasurable::NoActingLimb).map(Laterality::One);
        let lead = || context.lead.or_else(|| self.leading_leg()).ok_or(NotMeasurable::NoLeadingLeg);
        match measure.limb {
            Limb::Acting => return acting(),
            Limb::Other => return Ok(Laterality::One(context.acting.ok_or(NotMeasurable::NoActingLimb)?.other())),
            Limb::Both => {}
        }
        Ok(match measure.quantity {
            Q::KneeLDeg => Laterality::One(Side::Left),
            Q::KneeRDeg => Laterality::One(Side::Right),
            Q::FrontKneeDeg | Q::FrontFootOutDeg | Q::FrontHeelRaised | Q::FrontShinTiltDeg | Q::KneePastToe => {
                Laterality::One(lead()?)
            }
            Q::RearKneeDeg | Q::RearFootOutDeg | Q::RearHeelRaised => Laterality::One(lead()?.other()),
            Q::SupportKneeDeg | Q::SupportFootTurnDeg => Laterality::One(self.lifted_leg(context).other()),
            Q::LiftedKneeDeg | Q::LiftedAnkleHeightKnee => Laterality::One(self.lifted_leg(context)),
            Q::WristToForeheadFists => Laterality::One(self.higher_wrist()),
            Q::GapToTrunkFists => Laterality::One(self.central_wrist()),
            Q::KickPlaneYawDeg | Q::ShoulderHipHeelLineDeg | Q::FootToPalmSw | Q::ChamberKneeDeg => acting()?,
            Q::FingertipHeight
            | Q::ForearmTiltDeg
            | Q::FistAboveElbow
            | Q::FistAboveThighFists
            | Q::HandAboveThighFists
            | Q::FistToLegFists
            | Q::HandTiltDeg
            | Q::LowArmForwardDeg
            | Q::GapHandblades => context.acting.map_or(Laterality::Each, Laterality::One),
            Q::ElbowDeg
            | Q::ShoulderFlexionDeg
            | Q::ShoulderAbductionDeg
            | Q::WristHeight
            | Q::WristLateral
            | Q::ElbowHeight
            | Q::OpenHand
            | Q::KneeDeg
            | Q::HipFlexionDeg
            | Q::HipAbductionDeg
            | Q::AnkleHeight
            | Q::FootOutDeg => Laterality::Each,
            _ => Laterality::Whole,
        })
    }

    /// A quantity of one limb.
    ///
    /// # Errors
    /// [`NotMeasurable`]: what is missing.
    pub fn of_limb(&self, quantity: Quantity, side: Side, context: &Context<'_>) -> Result<f64, NotMeasurable> {
        use Quantity as Q;
        let (i, ratios) = (limb(side), context.ratios);
        let lacking = NotMeasurable::Degenerate;
        match quantity {
            Q::ElbowDeg => arms::elbow_deg(self, i).ok_or(lacking),
            Q::ShoulderFlexionDeg => arms::flexion_deg(self, i).ok_or(lacking),
            Q::ShoulderAbductionDeg => arms::abduction_deg(self, i).ok_or(lacking),
            Q::WristHeight => Ok(self.height(self.at(at::WRISTS[i]))),
            Q::WristLateral => arms::lateral(self, i).ok_or(lacking),
            Q::ElbowHeight => Ok(self.height(self.at(at::ELBOWS[i]))),
            Q::FingertipHeight => Ok(self.height(arms::fingertips(self, i, ratios))),
            Q::OpenHand => Ok(arms::open_hand(self, i, ratios)),
            Q::GapHandblades => arms::hand_gap_blades(self, i, ratios).ok_or(lacking),
            Q::HandTiltDeg => arms::hand_tilt_deg(self, i).ok_or(lacking),
            Q::ForearmTiltDeg => arms::forearm_tilt_deg(self, i).ok_or(lacking),
            Q::LowArmForwardDeg => arms::low_arm_forward_deg(self, i).ok_or(lacking),
            Q::FistAboveElbow => Ok(arms::fist_above_elbow(self, i)),
            Q::FistAboveThighFists | Q::HandAboveThighFists | Q::FistToLegFists => {
                Ok(arms::hand_to_leg(self, i, ratios))
            }
            Q::GapToTrunkFists => arms::forearm_to_trunk(self, i, ratios).ok_or(lacking),
            Q::WristToForeheadFists => Ok(arms::wrist_to_forehead(self, i, ratios)),
            Q::KneeDeg
            | Q::KneeLDeg
            | Q::KneeRDeg
            | Q::FrontKneeDeg
            | Q::RearKneeDeg
            | Q::SupportKneeDeg
            | Q::LiftedKneeDeg => legs::knee_deg(self, i).ok_or(lacking),
            Q::HipFlexionDeg => legs::flexion_deg(self, i).ok_or(lacking),
            Q::HipAbductionDeg => legs::abduction_deg(self, i).ok_or(lacking),
            Q::AnkleHeight => Ok(self.height(self.at(at::ANKLES[i]))),
            Q::LiftedAnkleHeightKnee => legs::lifted_in_knees(self, i, ratios).ok_or(lacking),
            Q::KickPlaneYawDeg => legs::kick_plane_yaw_deg(self, i).ok_or(lacking),
            Q::ShoulderHipHeelLineDeg => legs::shoulder_hip_heel_deg(self, i).ok_or(lacking),
            Q::FootToPalmSw => Ok(legs::foot_to_palm(self, i, ratios)),
            Q::FootOutDeg | Q::FrontFootOutDeg | Q::RearFootOutDeg => feet::out_deg(self, i).ok_or(lacking),
            Q::SupportFootTurnDeg => feet::turned_away_deg(self, i).ok_or(lacking),
            Q::FrontHeelRaised | Q::RearHeelRaised => feet::heel_raised(self, i).ok_or(lacking),
            Q::FrontShinTiltDeg => legs::shin_tilt_deg(self, i).ok_or(lacking),
            Q::KneePastToe => Ok(feet::knee_past_toe(self, i, ratios)),
            Q::AnklePlantarToesBack => Err(NotMeasurable::NoSuchPoint),
            Q::FirstAnkleHeight | Q::SecondAnkleHeight | Q::PeakAnkleHeight | Q::ChamberKneeDeg => {
                Err(NotMeasurable::OneFrame)
            }
            _ => self.whole(quantity, context),
        }
    }

    /// A quantity of the body as a whole.
    fn whole(&self, quantity: Quantity, context: &Context<'_>) -> Result<f64, NotMeasurable> {
        use Quantity as Q;
        let ratios = context.ratios;
        let lacking = NotMeasurable::Degenerate;
        let lead = || context.lead.or_else(|| self.leading_leg()).ok_or(NotMeasurable::NoLeadingLeg).map(limb);
        match quantity {
            Q::TrunkLeanDeg => trunk::lean_deg(self).ok_or(lacking),
            Q::TrunkYawDeg => trunk::yaw_deg(self, context.acting.or(context.lead)).ok_or(lacking),
            Q::WristGapSw => Ok(arms::wrist_gap(self, ratios)),
            Q::FistGapFists => Ok(arms::fist_gap(self, ratios)),
            Q::FistToBellyFists => arms::fists_to_belly(self, ratios).ok_or(lacking),
            Q::Symmetry => arms::symmetry(self).ok_or(lacking),
            Q::AnkleDistanceSw => Ok(feet::ankle_distance(self, ratios)),
            Q::FootGapFeet => Ok(feet::gap_between(self, ratios)),
            Q::ToeHeelGapFeet => Ok(feet::toe_heel_gap(self, lead()?, ratios)),
            Q::ToeToToeFeet => Ok(feet::toe_to_toe(self, ratios)),
            Q::OverallLengthFeet => Ok(feet::overall_length(self, lead()?, ratios)),
            Q::WidthFists => feet::width_fists(self, ratios).ok_or(lacking),
            Q::FeetAngleDeg => feet::angle_between_deg(self).ok_or(lacking),
            Q::WeightFront => trunk::weight_front(self, lead().unwrap_or(0), ratios).ok_or(lacking),
            Q::Airborne => legs::airborne(self, ratios),
            Q::BodyTurnDeg
            | Q::KicksInAir
            | Q::HoldS
            | Q::FirstAnkleHeight
            | Q::SecondAnkleHeight
            | Q::PeakAnkleHeight => Err(NotMeasurable::OneFrame),
            Q::AnklePlantarToesBack => Err(NotMeasurable::NoSuchPoint),
            _ => Err(NotMeasurable::NoActingLimb),
        }
    }

    /// The leg off the floor: the one with the higher foot; where the feet are level, the acting one, or the one that does not lead.
    fn lifted_leg(&self, context: &Context<'_>) -> Side {
        let higher = self.at(at::ANKLES[0]).y - self.at(at::ANKLES[1]).y;
        if f64::from(higher.abs()) < 0.1 * self.trunk_length() {
            return context.acting.or(context.lead.map(Side::other)).unwrap_or(Side::Left);
        }
        if higher > 0.0 { Side::Left } else { Side::Right }
    }

    fn higher_wrist(&self) -> Side {
        if self.at(at::WRISTS[0]).y >= self.at(at::WRISTS[1]).y { Side::Left } else { Side::Right }
    }

    /// The wrist nearer to the body's middle line.
    fn central_wrist(&self) -> Side {
        let aside = |i: usize| arms::lateral(self, i).unwrap_or(f64::INFINITY).abs();
        if aside(0) <= aside(1) { Side::Left } else { Side::Right }
    }

    /// The points that a measure depends on: those whose error is its error.
    pub fn involved(&self, measure: Measure, context: &Context<'_>) -> Vec<usize> {
        use Quantity as Q;
        let limbs = match self.laterality(measure, context) {
            Ok(Laterality::One(side)) => vec![limb(side)],
            _ => vec![0, 1],
        };
        let hand = |i: usize| [at::WRISTS[i], at::INDEXES[i], at::PINKIES[i]];
        let foot = |i: usize| [at::HEELS[i], at::TOES[i]];
        let trunk = at::HIPS.into_iter().chain(at::SHOULDERS);
        let mut points: Vec<usize> = match measure.quantity {
            Q::TrunkLeanDeg => trunk.collect(),
            Q::TrunkYawDeg => at::SHOULDERS.to_vec(),
            Q::ElbowDeg => each(&limbs, |i| vec![at::SHOULDERS[i], at::ELBOWS[i], at::WRISTS[i]]),
            Q::ShoulderFlexionDeg | Q::ShoulderAbductionDeg => {
                at::SHOULDERS.into_iter().chain(limbs.iter().map(|&i| at::ELBOWS[i])).collect()
            }
            Q::WristHeight => trunk.chain(limbs.iter().map(|&i| at::WRISTS[i])).collect(),
            Q::WristLateral => at::SHOULDERS.into_iter().chain(limbs.iter().map(|&i| at::WRISTS[i])).collect(),
            Q::ElbowHeight => trunk.chain(limbs.iter().map(|&i| at::ELBOWS[i])).collect(),
            Q::FingertipHeight => trunk.chain(limbs.iter().flat_map(|&i| hand(i))).collect(),
            Q::OpenHand => each(&limbs, |i| hand(i).to_vec()),
            Q::HandTiltDeg => each(&limbs, |i| hand(i).into_iter().chain([at::ELBOWS[i]]).collect()),
            Q::GapHandblades => trunk.chain(limbs.iter().flat_map(|&i| hand(i))).collect(),
            Q::ForearmTiltDeg | Q::FistAboveElbow => each(&limbs, |i| vec![at::ELBOWS[i], at::WRISTS[i]]),
            Q::LowArmForwardDeg => at::SHOULDERS.into_iter().chain(limbs.iter().map(|&i| at::WRISTS[i])).collect(),
            Q::FistAboveThighFists | Q::HandAboveThighFists | Q::FistToLegFists => {
                at::HIPS.into_iter().chain(at::KNEES).chain(limbs.iter().flat_map(|&i| hand(i))).collect()
            }
            Q::GapToTrunkFists => trunk.chain(limbs.iter().flat_map(|&i| [at::ELBOWS[i], at::WRISTS[i]])).collect(),
            Q::WristToForeheadFists => each(&limbs, |i| vec![at::WRISTS[i], 2, 5, 9, 10]),
            Q::WristGapSw => at::WRISTS.to_vec(),
            Q::FistGapFists => each(&[0, 1], |i| hand(i).to_vec()),
            Q::FistToBellyFists => trunk.chain([0, 1].into_iter().flat_map(hand)).collect(),
            Q::Symmetry => trunk.chain(at::ELBOWS).chain(at::WRISTS).collect(),
            Q::KneeDeg
            | Q::KneeLDeg
            | Q::KneeRDeg
            | Q::FrontKneeDeg
            | Q::RearKneeDeg
            | Q::SupportKneeDeg
            | Q::LiftedKneeDeg
            | Q::ChamberKneeDeg => each(&limbs, |i| vec![at::HIPS[i], at::KNEES[i], at::ANKLES[i]]),
            Q::HipFlexionDeg | Q::HipAbductionDeg => {
                at::HIPS.into_iter().chain(limbs.iter().map(|&i| at::KNEES[i])).collect()
            }
            Q::AnkleHeight | Q::FirstAnkleHeight | Q::SecondAnkleHeight | Q::PeakAnkleHeight => {
                trunk.chain(limbs.iter().map(|&i| at::ANKLES[i])).collect()
            }
            Q::LiftedAnkleHeightKnee => {
                each(&limbs, |i| [at::ANKLES[i], at::KNEES[1 - i]].into_iter().chain(foot(1 - i)).collect())
            }
            Q::KickPlaneYawDeg => each(&limbs, |i| vec![at::HIPS[i], at::ANKLES[i]]),
            Q::ShoulderHipHeelLineDeg => each(&limbs, |i| vec![at::SHOULDERS[i], at::HIPS[i], at::HEELS[i]]),
            Q::FootToPalmSw => each(&limbs, |i| foot(i).into_iter().chain(hand(0)).chain(hand(1)).collect()),
            Q::FootOutDeg
            | Q::FrontFootOutDeg
            | Q::RearFootOutDeg
            | Q::SupportFootTurnDeg
            | Q::FrontHeelRaised
            | Q::RearHeelRaised => each(&limbs, |i| foot(i).to_vec()),
            Q::FeetAngleDeg => each(&[0, 1], |i| foot(i).to_vec()),
            Q::FrontShinTiltDeg => each(&limbs, |i| vec![at::KNEES[i], at::ANKLES[i]]),
            Q::KneePastToe => each(&limbs, |i| foot(i).into_iter().chain([at::KNEES[i], at::ANKLES[i]]).collect()),
            Q::AnkleDistanceSw | Q::FootGapFeet => at::ANKLES.to_vec(),
            Q::ToeHeelGapFeet
            | Q::ToeToToeFeet
            | Q::OverallLengthFeet
            | Q::WidthFists
            | Q::Airborne
            | Q::KicksInAir => each(&[0, 1], |i| foot(i).into_iter().chain([at::ANKLES[i]]).collect()),
            Q::WeightFront => (11..=16).chain(23..=32).chain([7, 8]).collect(),
            Q::BodyTurnDeg => at::HIPS.to_vec(),
            Q::HoldS => at::WRISTS.into_iter().chain(at::ANKLES).collect(),
            Q::AnklePlantarToesBack => each(&limbs, |i| vec![at::TOES[i]]),
        };
        points.sort_unstable();
        points.dedup();
        points
    }

    /// Whether turning the facing direction changes a measure.
    pub fn depends_on_facing(quantity: Quantity) -> bool {
        use Quantity as Q;
        matches!(
            quantity,
            Q::TrunkYawDeg
                | Q::KickPlaneYawDeg
                | Q::FootOutDeg
                | Q::FrontFootOutDeg
                | Q::RearFootOutDeg
                | Q::SupportFootTurnDeg
                | Q::ToeHeelGapFeet
                | Q::OverallLengthFeet
                | Q::WidthFists
                | Q::KneePastToe
        )
    }
}

fn each(limbs: &[usize], points: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    limbs.iter().flat_map(|&i| points(i)).collect()
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::super::testing::standing;
    use super::*;

    const BOTH: [Limb; 3] = [Limb::Acting, Limb::Other, Limb::Both];

    #[test]
    fn every_quantity_has_a_value_or_a_reason_and_the_points_it_depends_on() {
        let (body, _) = standing();
        let ratios = BodyRatios::default();
        let context = Context { acting: Some(Side::Left), lead: Some(Side::Left), ratios: &ratios };
        for &quantity in Quantity::ALL {
            for limb in BOTH {
                let measure = Measure { limb, quantity };
                let points = body.involved(measure, &context);
                assert!(!points.is_empty(), "{measure}");
                match body.measure(measure, &context) {
                    Ok(value) => assert!(value.is_finite(), "{measure}"),
                    Err(NotMeasurable::OneFrame | NotMeasurable::NoSuchPoint | NotMeasurable::NoFloor) => {}
                    // A hanging leg has no direction.
                    Err(NotMeasurable::Degenerate) if quantity == Quantity::KickPlaneYawDeg => {}
                    Err(reason) => panic!("{measure}: {reason}"),
                }
            }
        }
    }

    /// Guards `involved` and `depends_on_facing`: a value must not change with anything they leave out.
    #[test]
    fn points_not_involved_do_not_change_a_value() {
        let (body, _) = standing();
        let ratios = BodyRatios::default();
        let context = Context { acting: Some(Side::Right), lead: Some(Side::Left), ratios: &ratios };
        // Lengths that are shares of stature depend on trunk and legs by a few per cent; those points are no use here.
        let scale = |index: usize| (11..=12).contains(&index) || (23..=28).contains(&index);
        for &quantity in Quantity::ALL {
            // Which wrist this is about changes with the wrists' places.
            if matches!(quantity, Quantity::GapToTrunkFists | Quantity::WristToForeheadFists) {
                continue;
            }
            let measure = Measure { limb: Limb::Both, quantity };
            let Ok(value) = body.measure(measure, &context) else { continue };
            let involved = body.involved(measure, &context);
            for index in (0..33).filter(|index| !involved.contains(index) && !scale(*index)) {
                let other = body.moved(index, Vec3::new(0.03, 0.02, -0.03)).measure(measure, &context).unwrap();
                assert!((other - value).abs() < 1e-3, "{measure} changes with point {index}: {value} {other}");
            }
            let turned = body.faced(body.facing().turned(8.0)).measure(measure, &context).unwrap();
            if !Body3::depends_on_facing(quantity) {
                assert!((turned - value).abs() < 1e-3, "{measure} changes with the facing direction: {value} {turned}");
            }
        }
    }

    #[test]
    fn the_limb_of_a_measure() {
        let (body, _) = standing();
        let ratios = BodyRatios::default();
        let measure = |key: &str| Measure::from_key(key).unwrap();
        let of = |key: &str, acting, lead| body.laterality(measure(key), &Context { acting, lead, ratios: &ratios });
        let (left, right) = (Some(Side::Left), Some(Side::Right));
        assert_eq!(of("act_elbow_deg", left, None), Ok(Laterality::One(Side::Left)));
        assert_eq!(of("aux_elbow_deg", left, None), Ok(Laterality::One(Side::Right)));
        assert_eq!(of("aux_elbow_deg", None, None), Err(NotMeasurable::NoActingLimb));
        assert_eq!(of("elbow_deg", left, None), Ok(Laterality::Each));
        assert_eq!(of("front_knee_deg", left, right), Ok(Laterality::One(Side::Right)));
        assert_eq!(of("rear_knee_deg", left, right), Ok(Laterality::One(Side::Left)));
        assert_eq!(of("front_knee_deg", left, None), Err(NotMeasurable::NoLeadingLeg));
        assert_eq!(of("knee_r_deg", left, None), Ok(Laterality::One(Side::Right)));
        assert_eq!(of("support_knee_deg", left, None), Ok(Laterality::One(Side::Right)));
        assert_eq!(of("trunk_lean_deg", None, None), Ok(Laterality::Whole));
    }
}
