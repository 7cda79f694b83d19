//! How sure a measured value is.

use glam::Vec3;
use kihap_syllabus::{Measure, Quantity, Unit};
use kihap_vision::Pose;

use crate::kinematics::at;
use crate::measure::{Body3, Context, FacingEstimate};

/// What is taken for sure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// Points less visible than this are hidden. BlazePose gives elbows and wrists that are in full view 0.7 on the mean, hidden ones
    /// 0.1 to 0.2.
    pub least_visibility: f32,
    /// Standard deviations between a value and its band from which on it is out of the band.
    pub sure: f64,
    /// Standard deviation of a derived band's place, as a share of its width: `SOURCES.md`, doubt 5.
    pub derived: f64,
    /// How good the skeletons are.
    pub skeletons: Skeletons,
}

impl Default for Doubt {
    fn default() -> Self {
        Self::of(Skeletons::Estimated)
    }
}

impl Doubt {
    /// What is usual for such skeletons.
    pub fn of(skeletons: Skeletons) -> Self {
        Self { least_visibility: 0.4, sure: 2.5, derived: 0.15, skeletons }
    }
}

/// Whose world coordinates are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skeletons {
    /// BlazePose's own.
    Estimated,
    /// BlazePose's, put right by a lifter.
    Lifted,
}

impl Skeletons {
    /// How much surer a point is than BlazePose's own, across and along the view: measured on lessons that no lifter had seen (from 0.58
    /// to 0.78 and from 0.51 to 0.78, joint by joint).
    fn surer(self) -> (f32, f32) {
        match self {
            Self::Estimated => (1.0, 1.0),
            Self::Lifted => (0.68, 0.58),
        }
    }

    /// What depths must be multiplied by to have their true size on the mean: of BlazePose's, thighs show 0.52, shins 0.74, arms 0.28 to
    /// 0.58 of it; lifted, 0.69 (upper arms) to 0.87 (thighs) over all frames, gross mistakes among them.
    fn shrunk(self) -> f32 {
        match self {
            Self::Estimated => 1.6,
            Self::Lifted => 1.12,
        }
    }
}

/// Where a value's variance comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variance {
    /// All of it.
    pub(super) total: f64,
    /// By the points' depth.
    pub(super) depth: f64,
    /// By the facing direction.
    pub(super) facing: f64,
    /// Points by their part, greatest first.
    pub(super) points: Vec<usize>,
}

impl Variance {
    /// Of what is counted or timed over frames: a frame or two, a turn that shoulders and hips show unlike each other.
    pub(super) fn over_time(quantity: Quantity) -> Self {
        let sigma: f64 = match quantity {
            Quantity::BodyTurnDeg => 25.0,
            Quantity::HoldS => 0.15,
            _ => 0.2,
        };
        Self { total: sigma * sigma, depth: 0.0, facing: 0.0, points: Vec::new() }
    }
}

/// Standard deviations of a point of BlazePose's world coordinates across and along the view, trunk lengths, where it is seen:
/// measured on figures whose joints are known (`degrade/errors.toml`; along the bones from the trunk outward, so that an ankle's are
/// those of thigh and shin less what the skeleton shares).
fn of_point(index: usize) -> (f32, f32) {
    const POINTS: [(&[usize; 2], f32, f32); 9] = [
        (&at::SHOULDERS, 0.03, 0.07),
        (&at::HIPS, 0.03, 0.07),
        (&at::ELBOWS, 0.06, 0.15),
        (&at::WRISTS, 0.07, 0.17),
        (&at::KNEES, 0.06, 0.13),
        (&at::ANKLES, 0.07, 0.15),
        (&at::HEELS, 0.08, 0.17),
        (&at::TOES, 0.08, 0.17),
        (&at::INDEXES, 0.09, 0.18),
    ];
    if index <= 10 {
        return (0.04, 0.10);
    }
    POINTS.iter().find(|(pair, ..)| pair.contains(&index)).map_or((0.09, 0.18), |(_, across, depth)| (*across, *depth))
}

/// Points with visibility 0 are this much less sure than those with 1.
const UNSEEN: f32 = 2.0;

/// Systematic doubt of a quantity: what the skeleton's points are to the body that the syllabus means (joints inside of the limbs,
/// wrists that are not fists, thicknesses taken from tables).
fn systematic(quantity: Quantity) -> f64 {
    match quantity {
        // Where the weight is felt is not just where the middle of the mass is.
        Quantity::WeightFront => return 0.3,
        // Feet turned by a quarter are seen turned by nothing or by a half as well.
        Quantity::FeetAngleDeg => return 25.0,
        // A heel is lifted by no more than the points of the foot are unsure: one in ten lifted heels reads as standing.
        Quantity::FrontHeelRaised | Quantity::RearHeelRaised => return 0.45,
        _ => {}
    }
    match quantity.unit() {
        Unit::Degrees => 5.0,
        Unit::Trunks | Unit::Knees | Unit::Share => 0.05,
        Unit::HalfShoulders | Unit::ShoulderWidths => 0.1,
        Unit::Feet => 0.2,
        Unit::Fists | Unit::HandBlades => 0.5,
        Unit::Seconds => 0.1,
        Unit::Flag | Unit::Count => 0.0,
    }
}

impl Doubt {
    /// Standard deviations of a point in metres across and along the view.
    fn of_seen_point(&self, pose: &Pose, index: usize, trunk: f32) -> (f32, f32) {
        let visibility = pose.landmarks.get(index).map_or(0.0, |landmark| landmark.visibility.clamp(0.0, 1.0));
        let (across, depth) = of_point(index);
        let surer = self.skeletons.surer();
        let unseen = trunk * (1.0 + (UNSEEN - 1.0) * (1.0 - visibility));
        (across * surer.0 * unseen, depth * surer.1 * unseen)
    }

    /// The variance of a measure by finite differences over the points it depends on and the facing direction; `value` is the measure
    /// itself, which a shift can make unmeasurable.
    pub(super) fn variance(
        &self,
        pose: &Pose,
        body: &Body3,
        facing: &FacingEstimate,
        measure: Measure,
        context: &Context<'_>,
    ) -> Variance {
        let difference =
            |ahead: Body3, behind: Body3| match (ahead.measure(measure, context), behind.measure(measure, context)) {
                (Ok(ahead), Ok(behind)) => across_the_turn(measure.quantity, ahead - behind) * 0.5,
                _ => UNMEASURABLE,
            };
        let trunk = body.trunk_length() as f32;
        let mut by_point: Vec<(f64, usize)> = Vec::new();
        let mut depth = 0.0;
        for index in body.involved(measure, context) {
            let (across, along) = self.of_seen_point(pose, index, trunk);
            let part = |shift: Vec3| difference(body.moved(index, shift), body.moved(index, -shift)).powi(2);
            let along = part(Vec3::Z * along);
            depth += along;
            by_point.push((part(Vec3::X * across) + part(Vec3::Y * across) + along, index));
        }
        by_point.sort_by(|a, b| b.0.total_cmp(&a.0));
        let turned = if Body3::depends_on_facing(measure.quantity) {
            let turned = |degrees: f64| body.faced(body.facing().turned(degrees));
            difference(turned(facing.spread_deg), turned(-facing.spread_deg)).powi(2)
        } else {
            0.0
        };
        // There is more depth than is found.
        let drawn_out = difference(body.stretched(self.skeletons.shrunk()), body.clone()).powi(2) * 4.0;
        depth += drawn_out;
        let all: f64 = by_point.iter().map(|(part, _)| part).sum();
        let most = by_point.first().map_or(0.0, |(part, _)| *part);
        let points = by_point.iter().filter(|(part, _)| *part > 0.4 * most).map(|(_, index)| *index).take(3).collect();
        let total = all + drawn_out + turned + systematic(measure.quantity).powi(2);
        Variance { total, depth, facing: turned, points }
    }
}

/// The half difference of a value that a shift makes unmeasurable: more than any band is wide.
const UNMEASURABLE: f64 = 60.0;

/// Directions go round: from −170 to 170 degrees is 20.
fn across_the_turn(quantity: Quantity, difference: f64) -> f64 {
    if quantity.unit() == Unit::Degrees { (difference + 180.0).rem_euclid(360.0) - 180.0 } else { difference }
}

#[cfg(test)]
mod tests {
    use kihap_syllabus::Side;

    use super::*;
    use crate::camera::Camera;
    use crate::kinematics::{Arm, Posture};
    use crate::measure::testing::points_of;
    use crate::measure::{BodyRatios, Facing};

    /// A punch of the left arm seen from an angle, with a point hidden.
    fn doubt_of(key: &str, heading: f64, hide: Option<usize>) -> Variance {
        doubt_by(&Doubt::default(), key, heading, hide)
    }

    fn doubt_by(doubt: &Doubt, key: &str, heading: f64, hide: Option<usize>) -> Variance {
        let mut posture = Posture::upright();
        posture.arms[0] = Arm { lateral: 0.2, height: 0.8, elbow_deg: 165.0, ..posture.arms[0] };
        let facing = Facing::of_heading_deg(heading);
        let away = facing.to_performer().transpose();
        let points = points_of(&posture).map(|point| away * point);
        let camera = Camera::towards(640, 480, 500.0, Vec3::new(0.0, 1.0, 4.0), Vec3::new(0.0, 1.0, 0.0));
        let mut pose = camera.sees(&points);
        if let Some(index) = hide {
            pose.landmarks[index].visibility = 0.1;
        }
        let body = Body3::of_pose(&pose, facing).unwrap();
        let ratios = BodyRatios::default();
        let context = Context { acting: Some(Side::Left), lead: None, ratios: &ratios };
        let estimate = FacingEstimate { facing, spread_deg: 10.0 };
        doubt.variance(&pose, &body, &estimate, Measure::from_key(key).unwrap(), &context)
    }

    #[test]
    fn what_lies_along_the_view_is_less_sure() {
        let (front, side) = (doubt_of("ankle_distance_sw", 0.0, None), doubt_of("ankle_distance_sw", 90.0, None));
        assert!(side.total > 2.0 * front.total, "{front:?} {side:?}");
        assert!(side.depth > 0.5 * side.total && front.depth < 0.5 * front.total);
        let height = doubt_of("act_wrist_height", 0.0, None);
        assert!(height.total.sqrt() < 0.12, "{height:?}");
    }

    #[test]
    fn a_lifted_skeleton_is_surer_above_all_along_the_view() {
        let lifted = Doubt::of(Skeletons::Lifted);
        let share = |key: &str, heading: f64| {
            let [lifted, estimated] =
                [&lifted, &Doubt::default()].map(|doubt| doubt_by(doubt, key, heading, None).total);
            (lifted / estimated).sqrt()
        };
        // The feet stand side by side, seen from the side and from the front.
        let (along, across) = (share("ankle_distance_sw", 90.0), share("ankle_distance_sw", 0.0));
        assert!((0.4..0.7).contains(&along) && along < across && across < 0.95, "{along} {across}");
    }

    #[test]
    fn a_hidden_point_is_less_sure_and_is_named() {
        let wrist = at::WRISTS[0];
        let (seen, hidden) = (doubt_of("act_wrist_height", 0.0, None), doubt_of("act_wrist_height", 0.0, Some(wrist)));
        assert!(hidden.total > 1.5 * seen.total, "{seen:?} {hidden:?}");
        assert_eq!(hidden.points[0], wrist);
    }

    #[test]
    fn an_unsure_facing_direction_counts_where_it_matters() {
        assert_eq!(doubt_of("act_elbow_deg", 0.0, None).facing, 0.0);
        assert!((doubt_of("trunk_yaw_deg", 0.0, None).facing - 100.0).abs() < 1.0);
    }
}
