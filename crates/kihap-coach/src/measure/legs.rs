//! Legs: standing on them and kicking with them.

use glam::Vec3;

use super::body3::{between, from_segment, inner_angle, outward};
use super::trunk::left_of_hips;
use super::{Body3, BodyRatios, NotMeasurable, arms};
use crate::kinematics::at;

/// The lowest points of a skeleton's feet are this far over the floor, of stature.
const SOLE: f64 = 0.01;
/// Feet higher than this are off the floor, of stature: more than a raised heel lifts the foot's lowest point.
const OFF_FLOOR: f64 = 0.035;

/// Inner angle of the knee, degrees.
pub(super) fn knee_deg(body: &Body3, i: usize) -> Option<f64> {
    inner_angle(body.at(at::HIPS[i]), body.at(at::KNEES[i]), body.at(at::ANKLES[i]))
}

/// The thigh by the axes of the hips: outward on the leg's side, down, forward.
fn thigh(body: &Body3, i: usize) -> Option<Vec3> {
    let left = left_of_hips(body)?;
    let thigh = body.at(at::KNEES[i]) - body.at(at::HIPS[i]);
    Some(Vec3::new(thigh.dot(left) * outward(i), -thigh.y, thigh.dot(left.cross(Vec3::Y))))
}

/// Thigh forward, degrees: 0 hanging, 90 level; what it points aside is left out.
pub(super) fn flexion_deg(body: &Body3, i: usize) -> Option<f64> {
    let thigh = thigh(body, i)?;
    (thigh.y.hypot(thigh.z) > 0.15 * thigh.length()).then(|| arms::forward_deg(thigh.y, thigh.z))
}

/// How far the thigh points aside of the plane of walking, degrees: 0 hanging or straight ahead, 90 level to the side; beyond level
/// it falls again.
pub(super) fn abduction_deg(body: &Body3, i: usize) -> Option<f64> {
    let thigh = thigh(body, i)?;
    (thigh.length() > 1e-4).then(|| f64::from(thigh.x.atan2(thigh.y.hypot(thigh.z))).to_degrees())
}

/// Tilt of the shin from the vertical, degrees.
pub(super) fn shin_tilt_deg(body: &Body3, i: usize) -> Option<f64> {
    between(body.at(at::KNEES[i]) - body.at(at::ANKLES[i]), Vec3::Y)
}

/// Height of the lifted ankle over the floor, in heights of the other knee.
pub(super) fn lifted_in_knees(body: &Body3, lifted: usize, ratios: &BodyRatios) -> Option<f64> {
    let under = |i: usize| body.at(at::HEELS[i]).y.min(body.at(at::TOES[i]).y);
    let floor = f64::from(under(1 - lifted)) - SOLE * ratios.stature(body);
    let knee = f64::from(body.at(at::KNEES[1 - lifted]).y) - floor;
    (knee > 1e-3).then(|| (f64::from(body.at(at::ANKLES[lifted]).y) - floor) / knee)
}

/// Turn of the plane of the kick, hip to ankle, from the facing direction, degrees; outward positive.
pub(super) fn kick_plane_yaw_deg(body: &Body3, i: usize) -> Option<f64> {
    let way = body.at(at::ANKLES[i]) - body.at(at::HIPS[i]);
    (way.x.hypot(way.z) > 0.2 * way.length()).then(|| f64::from((way.x * outward(i)).atan2(way.z)).to_degrees())
}

/// Angle shoulder–hip–heel of the kicking side, degrees.
pub(super) fn shoulder_hip_heel_deg(body: &Body3, i: usize) -> Option<f64> {
    inner_angle(body.at(at::SHOULDERS[i]), body.at(at::HIPS[i]), body.at(at::HEELS[i]))
}

/// Distance of the foot from the nearer hand, shoulder widths.
pub(super) fn foot_to_palm(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    let distance = |palm: usize| from_segment(arms::hand(body, palm), body.at(at::HEELS[i]), body.at(at::TOES[i]));
    distance(0).min(distance(1)) / (ratios.shoulder_width * ratios.stature(body))
}

/// 1 where both feet are off the floor.
pub(super) fn airborne(body: &Body3, ratios: &BodyRatios) -> Result<f64, NotMeasurable> {
    let floor = body.floor().ok_or(NotMeasurable::NoFloor)?;
    let above = f64::from(body.lowest() - floor) / ratios.stature(body);
    Ok(f64::from(u8::from(above > OFF_FLOOR)))
}

#[cfg(test)]
mod tests {
    use super::super::Facing;
    use super::super::testing::{body_of, points_of, standing, standing_points};
    use super::*;
    use crate::kinematics::{Leg, Posture};

    fn near(value: f64, expected: f64, within: f64) {
        assert!((value - expected).abs() <= within, "{value}, expected {expected}");
    }

    /// The right leg along thigh and shin.
    fn with_right_leg(thigh: Vec3, shin: Vec3) -> Body3 {
        let (mut points, stature) = standing_points();
        points[26] = points[24] + thigh.normalize() * (0.245 * stature as f32);
        points[28] = points[26] + shin.normalize() * (0.246 * stature as f32);
        points[30] = points[28] + shin.normalize() * 0.04;
        points[32] = points[28] + Vec3::Y * 0.15;
        Body3::new(&points, Facing::AHEAD)
    }

    #[test]
    fn a_front_kick_by_hand() {
        let body = with_right_leg(Vec3::Z, Vec3::new(0.0, 0.2, 1.0));
        near(flexion_deg(&body, 1).unwrap(), 90.0, 0.1);
        near(abduction_deg(&body, 1).unwrap(), 0.0, 0.1);
        near(knee_deg(&body, 1).unwrap(), 180.0 - 11.31, 0.1);
        near(kick_plane_yaw_deg(&body, 1).unwrap(), 0.0, 0.1);
        let aside = with_right_leg(Vec3::new(-0.2, 0.0, 1.0), Vec3::new(-0.2, 0.0, 1.0));
        near(kick_plane_yaw_deg(&aside, 1).unwrap(), 11.31, 0.1);
    }

    #[test]
    fn a_side_kick_by_hand() {
        let body = with_right_leg(Vec3::NEG_X, Vec3::NEG_X);
        near(abduction_deg(&body, 1).unwrap(), 90.0, 0.1);
        assert_eq!(flexion_deg(&body, 1), None);
        // The shoulder is farther out than the hip.
        near(shoulder_hip_heel_deg(&body, 1).unwrap(), 81.0, 3.0);
        near(body.height(body.at(at::ANKLES[1])), 0.0, 0.01);
    }

    #[test]
    fn a_crane_stance_by_hand() {
        let (mut points, _) = standing_points();
        points[28] = Vec3::new(points[25].x, points[25].y * 0.95, points[25].z);
        let body = Body3::new(&points, Facing::AHEAD);
        near(lifted_in_knees(&body, 1, &BodyRatios::default()).unwrap(), 0.95, 0.03);
    }

    #[test]
    fn a_shin_tilted_and_a_knee_bent() {
        let mut posture = Posture::upright();
        posture.hips = 0.75;
        let body = body_of(&posture);
        let knee = knee_deg(&body, 0).unwrap();
        assert!((80.0..110.0).contains(&knee), "{knee}");
        assert!(shin_tilt_deg(&body, 0).unwrap() > 25.0);
        near(knee_deg(&standing().0, 0).unwrap(), 160.0, 4.0);
    }

    #[test]
    fn a_jump_needs_the_floor() {
        let mut posture = Posture::upright();
        posture.lift = 0.15;
        let ratios = BodyRatios::default();
        let points = points_of(&posture);
        assert_eq!(airborne(&Body3::new(&points, Facing::AHEAD), &ratios), Err(NotMeasurable::NoFloor));
        assert_eq!(airborne(&Body3::on_floor(&points, Facing::AHEAD, 0.0), &ratios), Ok(1.0));
        let (standing, _) = standing_points();
        assert_eq!(airborne(&Body3::on_floor(&standing, Facing::AHEAD, 0.0), &ratios), Ok(0.0));
    }

    #[test]
    fn a_foot_that_hits_the_palm() {
        let mut posture = Posture::upright();
        let leg = Leg::Kick { towards: Vec3::new(0.0, 0.4, 1.0), knee_deg: 165.0, pole: Vec3::Y };
        posture.legs[1] = leg;
        let mut points = points_of(&posture);
        for index in [15, 17, 19] {
            points[index] = (points[30] + points[32]) * 0.5 + Vec3::X * 0.0453;
        }
        let body = Body3::new(&points, Facing::AHEAD);
        near(foot_to_palm(&body, 1, &BodyRatios::default()), 0.1, 0.02);
    }
}
