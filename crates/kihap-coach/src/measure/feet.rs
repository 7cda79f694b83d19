//! Feet: how long, wide and turned a stance is.
//!
//! A foot reaches 0.27 of its length behind the ankle and 0.73 before it, the way from its heel point to its toe point, and is 0.38 of
//! its length broad (ANSUR II). Only the way is taken of heel and toe: BlazePose puts them at half of a foot's length from each other.
//! The unit is the performer's foot length as a share of stature.

use glam::Vec3;

use super::body3::{between, outward};
use super::{Body3, BodyRatios};
use crate::kinematics::at;

/// Ends of the foot behind and before the ankle, foot lengths.
const BEHIND: f64 = 0.27;
const BEFORE: f64 = 0.73;
/// Where the heel's point is, behind the ankle.
const HEEL: f64 = 0.24;
/// Breadth of the foot, foot lengths.
const BREADTH: f64 = 0.38;
/// Ankles nearer than this, the left one to the right, are crossed, shoulder widths: cross stances have 0.1 to 0.6.
const CROSSED: f64 = 0.8;
/// Tilt of the line from toe to heel, degrees, from which on a heel is off the floor: flat feet have 3 to 18 (the heel's point is
/// higher), raised heels 25 and more.
const RAISED_DEG: f64 = 21.0;

/// Length of the foot, metres.
fn foot_length(body: &Body3, ratios: &BodyRatios) -> f64 {
    (ratios.foot * ratios.stature(body)).max(1e-6)
}

/// Where a foot points, level.
fn way(body: &Body3, i: usize) -> Option<Vec3> {
    (body.at(at::TOES[i]) - body.at(at::HEELS[i])).with_y(0.0).try_normalize()
}

/// A place on the foot's middle line, so many foot lengths before the ankle; level with it.
pub(super) fn along(body: &Body3, i: usize, before: f64, ratios: &BodyRatios) -> Vec3 {
    let way = way(body, i).unwrap_or(Vec3::ZERO);
    body.at(at::ANKLES[i]) + way * (before * foot_length(body, ratios)) as f32
}

/// Middle of the foot.
pub(super) fn middle(body: &Body3, i: usize, ratios: &BodyRatios) -> Vec3 {
    along(body, i, (BEFORE - BEHIND) * 0.5, ratios)
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
fn level(a: Vec3, b: Vec3) -> f64 {
    f64::from((a - b).with_y(0.0).length())
}

/// Free floor between the inner edges of feet side by side, foot lengths.
pub(super) fn gap_between(body: &Body3, ratios: &BodyRatios) -> f64 {
    level(body.at(at::ANKLES[0]), body.at(at::ANKLES[1])) / foot_length(body, ratios) - BREADTH
}

/// Distance between the toes, foot lengths.
pub(super) fn toe_to_toe(body: &Body3, ratios: &BodyRatios) -> f64 {
    level(along(body, 0, BEFORE, ratios), along(body, 1, BEFORE, ratios)) / foot_length(body, ratios)
}

/// How far a foot reaches forward (`ahead` +1) or backward (−1) from the origin, foot lengths along the facing direction: with its
/// end, or with its edge where it is turned aside.
fn reach(body: &Body3, i: usize, ahead: f64, ratios: &BodyRatios) -> f64 {
    let foot = foot_length(body, ratios);
    let at = |before: f64| ahead * f64::from(along(body, i, before, ratios).z) / foot;
    let edge = way(body, i).map_or(0.0, |way| f64::from(way.x.abs()) * BREADTH * 0.5);
    at(BEFORE).max(at(-BEHIND)).max(at(0.0) + edge)
}

/// Free floor between the rear toe and the front heel along the facing direction, foot lengths.
pub(super) fn toe_heel_gap(body: &Body3, front: usize, ratios: &BodyRatios) -> f64 {
    -reach(body, front, -1.0, ratios) - reach(body, 1 - front, 1.0, ratios)
}

/// From the rear end to the front end of the stance along the facing direction, foot lengths.
pub(super) fn overall_length(body: &Body3, front: usize, ratios: &BodyRatios) -> f64 {
    reach(body, front, 1.0, ratios) + reach(body, 1 - front, -1.0, ratios)
}

/// Width between the inner edges of the feet at their heels, fists; negative where they overlap. Feet at a right angle have their heels
/// on one line at 0; of feet that cross it is the free floor between them.
pub(super) fn width_fists(body: &Body3, ratios: &BodyRatios) -> Option<f64> {
    let apart = f64::from(along(body, 0, -HEEL, ratios).x - along(body, 1, -HEEL, ratios).x);
    let fist = ratios.fist * ratios.stature(body);
    let (left, right) = (body.at(at::ANKLES[0]), body.at(at::ANKLES[1]));
    if left.x < right.x && ankle_distance(body, ratios) < CROSSED {
        return Some((level(left, right) - BREADTH * foot_length(body, ratios)) / fist);
    }
    let parallel = angle_between_deg(body)?.to_radians().cos().max(0.0);
    Some((apart - BREADTH * parallel * foot_length(body, ratios)) / fist)
}

/// 1 where the heel is off the floor.
pub(super) fn heel_raised(body: &Body3, i: usize) -> Option<f64> {
    let up = body.at(at::HEELS[i]) - body.at(at::TOES[i]);
    let tilt = 90.0 - between(up, Vec3::Y)?;
    Some(f64::from(u8::from(tilt > RAISED_DEG)))
}

/// Knee minus toe tip along the facing direction, foot lengths; negative behind the toe.
pub(super) fn knee_past_toe(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    f64::from(body.at(at::KNEES[i]).z - along(body, i, BEFORE, ratios).z) / foot_length(body, ratios)
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
        let mut posture = Posture::upright();
        posture.legs[0] = Leg::Stand { outward: 0.075, forward: 0.1, toes_out_deg: 0.0, heel_up: true };
        let body = body_of(&posture);
        assert_eq!([heel_raised(&body, 0), heel_raised(&body, 1)], [Some(1.0), Some(0.0)]);
        let mut points = *feet([(0.1, 0.0, 0.0), (-0.1, 0.0, 0.0)]).points();
        points[at::KNEES[0]] = Vec3::new(0.1, -0.3, points[at::TOES[0]].z - 0.17 * FOOT);
        let body = Body3::new(&points, Facing::AHEAD);
        near(knee_past_toe(&body, 0, &ratios(&body)), -0.2, 0.03);
    }
}
