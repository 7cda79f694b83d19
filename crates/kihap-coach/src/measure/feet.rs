//! Feet: how long, wide and turned a stance is.
//!
//! A foot's outline is its heel and toe points, which lie 0.03 foot lengths inside of its ends, and a breadth of 0.38 foot lengths
//! (ANSUR II). The unit is the performer's foot length as a share of stature, which is surer than heel to toe of one picture.

use glam::Vec3;

use super::body3::{between, outward};
use super::{Body3, BodyRatios};
use crate::kinematics::at;

/// Ends of the foot beyond its points, foot lengths.
const END: f64 = 0.03;
/// Breadth of the foot, foot lengths.
const BREADTH: f64 = 0.38;
/// Heel over toe, foot lengths, from which on a heel is off the floor: flat feet have 0.05, raised heels 0.3 and more.
const RAISED: f64 = 0.18;

/// Length of the foot, metres.
fn foot_length(body: &Body3, ratios: &BodyRatios) -> f64 {
    (ratios.foot * ratios.stature(body)).max(1e-6)
}

/// Where a foot points, level.
fn way(body: &Body3, i: usize) -> Option<Vec3> {
    (body.at(at::TOES[i]) - body.at(at::HEELS[i])).with_y(0.0).try_normalize()
}

/// Turn of the foot outward from the facing direction, degrees.
pub(super) fn out_deg(body: &Body3, i: usize) -> Option<f64> {
    let way = way(body, i)?;
    Some(f64::from((way.x * outward(i)).atan2(way.z)).to_degrees())
}

/// Turn of the foot away from the facing direction to either side, degrees 0..180.
pub(super) fn turned_away_deg(body: &Body3, i: usize) -> Option<f64> {
    Some(out_deg(body, i)?.abs())
}

/// Angle between the feet, degrees.
pub(super) fn angle_between_deg(body: &Body3) -> Option<f64> {
    between(way(body, 0)?, way(body, 1)?)
}

/// Distance between the ankles, shoulder widths.
pub(super) fn ankle_distance(body: &Body3, ratios: &BodyRatios) -> f64 {
    body.span(at::ANKLES[0], at::ANKLES[1]) / (ratios.shoulder_width * ratios.stature(body))
}

/// Level distance of two points.
fn level(body: &Body3, a: usize, b: usize) -> f64 {
    f64::from((body.at(a) - body.at(b)).with_y(0.0).length())
}

/// Free floor between the inner edges of feet side by side, foot lengths.
pub(super) fn gap_between(body: &Body3, ratios: &BodyRatios) -> f64 {
    level(body, at::ANKLES[0], at::ANKLES[1]) / foot_length(body, ratios) - BREADTH
}

/// Distance between the toes, foot lengths.
pub(super) fn toe_to_toe(body: &Body3, ratios: &BodyRatios) -> f64 {
    level(body, at::TOES[0], at::TOES[1]) / foot_length(body, ratios)
}

/// How far a foot reaches forward (`ahead` +1) or backward (−1) from the origin, foot lengths along the facing direction: with its
/// end, or with its edge where it is turned aside.
fn reach(body: &Body3, i: usize, ahead: f64, ratios: &BodyRatios) -> f64 {
    let foot = foot_length(body, ratios);
    let along = |index: usize| ahead * f64::from(body.at(index).z) / foot;
    let ends = along(at::TOES[i]).max(along(at::HEELS[i]));
    let edge = way(body, i).map_or(0.0, |way| f64::from(way.x.abs()) * BREADTH * 0.5);
    (ends + END).max(along(at::ANKLES[i]) + edge)
}

/// Free floor between the rear toe and the front heel along the facing direction, foot lengths.
pub(super) fn toe_heel_gap(body: &Body3, front: usize, ratios: &BodyRatios) -> f64 {
    -reach(body, front, -1.0, ratios) - reach(body, 1 - front, 1.0, ratios)
}

/// From the rear end to the front end of the stance along the facing direction, foot lengths.
pub(super) fn overall_length(body: &Body3, front: usize, ratios: &BodyRatios) -> f64 {
    reach(body, front, 1.0, ratios) + reach(body, 1 - front, -1.0, ratios)
}

/// Width between the inner edges of the feet at their heels, fists; negative where the feet cross. Feet at a right angle have their
/// heels on one line at 0.
pub(super) fn width_fists(body: &Body3, ratios: &BodyRatios) -> Option<f64> {
    let apart = f64::from(body.at(at::HEELS[0]).x - body.at(at::HEELS[1]).x);
    let parallel = angle_between_deg(body)?.to_radians().cos().max(0.0);
    Some((apart - BREADTH * parallel * foot_length(body, ratios)) / (ratios.fist * ratios.stature(body)))
}

/// 1 where the heel is off the floor.
pub(super) fn heel_raised(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    let over = f64::from(body.at(at::HEELS[i]).y - body.at(at::TOES[i]).y);
    f64::from(u8::from(over > RAISED * foot_length(body, ratios)))
}

/// Knee minus toe tip along the facing direction, foot lengths; negative behind the toe.
pub(super) fn knee_past_toe(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    f64::from(body.at(at::KNEES[i]).z - body.at(at::TOES[i]).z) / foot_length(body, ratios) - END
}

#[cfg(test)]
mod tests {
    use super::super::Facing;
    use super::super::testing::{body_of, standing_points};
    use super::*;
    use crate::kinematics::{Leg, Posture};

    const FOOT: f32 = 0.152 * 1.75;
    const FIST: f32 = 0.05 * 1.75;

    fn near(value: f64, expected: f64, within: f64) {
        assert!((value - expected).abs() <= within, "{value}, expected {expected}");
    }

    /// Flat feet: for each where the heel's end is (x, z) and how far it is turned out, degrees.
    fn feet(places: [(f32, f32, f32); 2]) -> Body3 {
        let (mut points, _) = standing_points();
        for (i, (x, z, out)) in places.into_iter().enumerate() {
            let yaw = (out * outward(i)).to_radians();
            let way = Vec3::new(yaw.sin(), 0.0, yaw.cos());
            let end = Vec3::new(x, 0.0, z);
            points[at::HEELS[i]] = end + way * (0.03 * FOOT) + Vec3::Y * 0.02;
            points[at::ANKLES[i]] = end + way * (0.27 * FOOT) + Vec3::Y * 0.07;
            points[at::TOES[i]] = end + way * (0.97 * FOOT) + Vec3::Y * 0.015;
        }
        Body3::new(&points, Facing::AHEAD)
    }

    /// Standard ratios for feet that were moved away from under the body, which makes the legs too long.
    fn ratios(body: &Body3) -> BodyRatios {
        let standard = BodyRatios::default();
        let scale = 1.75 / standard.stature(body);
        BodyRatios {
            foot: standard.foot * scale,
            fist: standard.fist * scale,
            shoulder_width: standard.shoulder_width * scale,
            ..standard
        }
    }

    #[test]
    fn a_parallel_stance_one_foot_wide() {
        let half = (1.0 + 0.38) * FOOT * 0.5;
        let body = feet([(half, 0.0, 0.0), (-half, 0.0, 0.0)]);
        let ratios = ratios(&body);
        near(gap_between(&body, &ratios), 1.0, 0.03);
        near(ankle_distance(&body, &ratios), 1.38 * 0.152 / 0.259, 0.03);
        near(out_deg(&body, 0).unwrap(), 0.0, 0.1);
        near(angle_between_deg(&body).unwrap(), 0.0, 0.1);
        near(width_fists(&body, &ratios).unwrap(), f64::from(FOOT / FIST), 0.1);
    }

    #[test]
    fn a_walking_stance_one_foot_long_on_one_line() {
        // Rear (right) foot straight: its toe's end at z = FOOT, the front heel's end one foot ahead.
        let half = 0.19 * FOOT;
        let body = feet([(half, 2.0 * FOOT, 0.0), (-half, 0.0, 0.0)]);
        let ratios = ratios(&body);
        near(toe_heel_gap(&body, 0, &ratios), 1.0, 0.04);
        near(overall_length(&body, 0, &ratios), 3.0, 0.06);
        near(width_fists(&body, &ratios).unwrap(), 0.0, 0.05);
        near(toe_to_toe(&body, &ratios), 2.035, 0.05);
        assert_eq!(body.leading_leg(), Some(kihap_syllabus::Side::Left));
    }

    #[test]
    fn a_back_stance_has_a_right_angle_and_heels_on_a_line() {
        let body = feet([(0.0, 2.3 * FOOT, 0.0), (0.0, 0.0, 90.0)]);
        let ratios = ratios(&body);
        near(angle_between_deg(&body).unwrap(), 90.0, 0.1);
        near(out_deg(&body, 1).unwrap(), 90.0, 0.1);
        near(width_fists(&body, &ratios).unwrap(), 0.0, 0.2);
        near(toe_heel_gap(&body, 0, &ratios), 2.3 - 0.19, 0.05);
        near(turned_away_deg(&body, 1).unwrap(), 90.0, 0.1);
    }

    #[test]
    fn a_foot_turned_out_by_thirty_degrees() {
        let body = feet([(0.1, 0.0, 30.0), (-0.1, 0.0, -10.0)]);
        near(out_deg(&body, 0).unwrap(), 30.0, 0.1);
        near(out_deg(&body, 1).unwrap(), -10.0, 0.1);
    }

    #[test]
    fn heels_up_and_knees_over_toes() {
        let ratios = BodyRatios::default();
        let mut posture = Posture::upright();
        posture.legs[0] = Leg::Stand { outward: 0.075, forward: 0.1, toes_out_deg: 0.0, heel_up: true };
        let body = body_of(&posture);
        assert_eq!([heel_raised(&body, 0, &ratios), heel_raised(&body, 1, &ratios)], [1.0, 0.0]);
        let mut points = *feet([(0.1, 0.0, 0.0), (-0.1, 0.0, 0.0)]).points();
        points[at::KNEES[0]] = Vec3::new(0.1, -0.3, points[at::TOES[0]].z - 0.17 * FOOT);
        near(knee_past_toe(&Body3::new(&points, Facing::AHEAD), 0, &ratios), -0.2, 0.02);
    }
}
