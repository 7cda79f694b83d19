//! Arms and hands.
//!
//! Sideways and forward are along the shoulder line and square to it, both level, so that they need no facing direction. Thicknesses
//! of the trunk and the limbs, which no point shows, are shares of stature after ANSUR II (Gordon et al. 2014: chest depth 0.14,
//! waist depth 0.13, thigh circumference 0.36, hand breadth 0.05).

use glam::Vec3;

use super::body3::{between, from_segment, inner_angle, outward};
use super::trunk::left_of_chest;
use super::{Body3, BodyRatios};
use crate::kinematics::at;

/// Half the depth of the trunk, of stature.
const HALF_TRUNK: f64 = 0.065;
/// Radius of the thigh halfway down, of stature.
const THIGH: f64 = 0.05;
/// Half the thickness of a fist, of stature.
const HALF_FIST: f64 = 0.02;
/// Radius of the forearm near the wrist, of stature.
const FOREARM: f64 = 0.018;
/// Wrist to finger tips, of stature (Drillis and Contini 1966).
const HAND: f64 = 0.108;
/// Width of the hand's blade, of stature.
const HAND_BLADE: f64 = 0.05;
/// From this length of wrist to index finger on a hand is open, of stature: between a fist's 0.05 and an open hand's 0.09.
const OPEN: f64 = 0.07;
/// The forehead over the eyes, of stature.
const FOREHEAD: f64 = 0.027;

/// Inner angle of the elbow, degrees.
pub(super) fn elbow_deg(body: &Body3, i: usize) -> Option<f64> {
    inner_angle(body.at(at::SHOULDERS[i]), body.at(at::ELBOWS[i]), body.at(at::WRISTS[i]))
}

/// A vector by the axes of the chest: outward on the limb's side, down, forward.
fn by_chest(body: &Body3, i: usize, vector: Vec3) -> Option<Vec3> {
    let left = left_of_chest(body)?;
    Some(Vec3::new(vector.dot(left) * outward(i), -vector.y, vector.dot(left.cross(Vec3::Y))))
}

/// How far a limb is raised forward, −90..270 degrees: a little backward is negative, past overhead is more than 180.
pub(super) fn forward_deg(down: f32, ahead: f32) -> f64 {
    let angle = f64::from(ahead.atan2(down)).to_degrees();
    if angle < -90.0 { angle + 360.0 } else { angle }
}

/// Upper arm forward, degrees: 0 hanging, 90 level, 180 overhead; what it points aside is left out.
pub(super) fn flexion_deg(body: &Body3, i: usize) -> Option<f64> {
    let arm = by_chest(body, i, body.at(at::ELBOWS[i]) - body.at(at::SHOULDERS[i]))?;
    let flat = Vec3::new(0.0, arm.y, arm.z);
    (flat.length() > 0.15 * arm.length()).then(|| forward_deg(arm.y, arm.z))
}

/// How far the upper arm points aside of the plane of walking, degrees: 0 hanging or straight ahead, 90 level to the side, negative
/// across the body. Beyond level it falls again, since one angle of two cannot tell.
pub(super) fn abduction_deg(body: &Body3, i: usize) -> Option<f64> {
    let arm = by_chest(body, i, body.at(at::ELBOWS[i]) - body.at(at::SHOULDERS[i]))?;
    (arm.length() > 1e-4).then(|| f64::from(arm.x.atan2(arm.y.hypot(arm.z))).to_degrees())
}

/// Wrist sideways from the body's middle, half shoulder widths, positive on its own side.
pub(super) fn lateral(body: &Body3, i: usize) -> Option<f64> {
    let from_middle = by_chest(body, i, body.at(at::WRISTS[i]) - body.middle(at::SHOULDERS))?;
    let half = body.span(at::SHOULDERS[0], at::SHOULDERS[1]) * 0.5;
    (half > 1e-4).then(|| f64::from(from_middle.x) / half)
}

/// Middle of the knuckles.
fn knuckles(body: &Body3, i: usize) -> Vec3 {
    (body.at(at::INDEXES[i]) + body.at(at::PINKIES[i])) * 0.5
}

/// Middle of the fist or hand.
pub(super) fn hand(body: &Body3, i: usize) -> Vec3 {
    body.at(at::WRISTS[i]).lerp(knuckles(body, i), 0.6)
}

/// Tips of the fingers of a stretched hand: no point shows them, the knuckles show the way.
pub(super) fn fingertips(body: &Body3, i: usize, ratios: &BodyRatios) -> Vec3 {
    let wrist = body.at(at::WRISTS[i]);
    wrist + (knuckles(body, i) - wrist).normalize_or_zero() * (HAND * ratios.stature(body)) as f32
}

/// 1 where the fingers are stretched.
pub(super) fn open_hand(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    f64::from(u8::from(body.span(at::WRISTS[i], at::INDEXES[i]) > OPEN * ratios.stature(body)))
}

/// Distance of a point in front of the trunk's front surface, metres.
fn before_trunk(body: &Body3, i: usize, point: Vec3, ratios: &BodyRatios) -> Option<f64> {
    // The trunk's own line, at the point's height: a leaning trunk is nearer at the top.
    let (hips, shoulders) = (body.middle(at::HIPS), body.middle(at::SHOULDERS));
    let along = ((point.y - hips.y) / (shoulders.y - hips.y).max(1e-3)).clamp(0.0, 1.0);
    let ahead = by_chest(body, i, point - hips.lerp(shoulders, along))?.z;
    Some(f64::from(ahead) - HALF_TRUNK * ratios.stature(body))
}

/// Distance of the hand from the trunk, widths of a hand's blade.
pub(super) fn hand_gap_blades(body: &Body3, i: usize, ratios: &BodyRatios) -> Option<f64> {
    Some((before_trunk(body, i, hand(body, i), ratios)? / ratios.stature(body) - HALF_FIST) / HAND_BLADE)
}

/// Angle of the hand to the forearm, degrees; 0 straight.
pub(super) fn hand_tilt_deg(body: &Body3, i: usize) -> Option<f64> {
    let wrist = body.at(at::WRISTS[i]);
    between(knuckles(body, i) - wrist, wrist - body.at(at::ELBOWS[i]))
}

/// Angle of the forearm to the floor, degrees: 0 level, 90 upright, more where it is upright and leans inward, negative downward.
pub(super) fn forearm_tilt_deg(body: &Body3, i: usize) -> Option<f64> {
    let forearm = by_chest(body, i, body.at(at::WRISTS[i]) - body.at(at::ELBOWS[i]))?;
    let level = forearm.x.hypot(forearm.z);
    let tilt = f64::from((-forearm.y).atan2(level)).to_degrees();
    let inward = forearm.x < -0.5 * level;
    (forearm.length() > 1e-4).then_some(if tilt > 45.0 && inward { 180.0 - tilt } else { tilt })
}

/// How far the arm points forward from the side, seen from above, degrees: 0 to the side, 90 to the front.
pub(super) fn low_arm_forward_deg(body: &Body3, i: usize) -> Option<f64> {
    let arm = by_chest(body, i, body.at(at::WRISTS[i]) - body.at(at::SHOULDERS[i]))?;
    (arm.x.hypot(arm.z) > 0.1 * arm.length()).then(|| f64::from(arm.z.atan2(arm.x)).to_degrees())
}

/// Height of the fist over its elbow, trunk lengths.
pub(super) fn fist_above_elbow(body: &Body3, i: usize) -> f64 {
    body.height(body.at(at::WRISTS[i])) - body.height(body.at(at::ELBOWS[i]))
}

/// Free distance between the hand and the nearer thigh, fists.
pub(super) fn hand_to_leg(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    let distance = (0..2)
        .map(|leg| from_segment(hand(body, i), body.at(at::HIPS[leg]), body.at(at::KNEES[leg])))
        .fold(f64::INFINITY, f64::min);
    (distance / ratios.stature(body) - THIGH - HALF_FIST) / ratios.fist
}

/// Free distance between the forearm's middle and the trunk, fists.
pub(super) fn forearm_to_trunk(body: &Body3, i: usize, ratios: &BodyRatios) -> Option<f64> {
    let middle = (body.at(at::ELBOWS[i]) + body.at(at::WRISTS[i])) * 0.5;
    Some((before_trunk(body, i, middle, ratios)? / ratios.stature(body) - FOREARM) / ratios.fist)
}

/// Free distance between wrist and forehead, fists.
pub(super) fn wrist_to_forehead(body: &Body3, i: usize, ratios: &BodyRatios) -> f64 {
    let eyes = body.middle([2, 5]);
    let up = (eyes - body.middle([9, 10])).normalize_or(Vec3::Y);
    let stature = ratios.stature(body);
    let forehead = eyes + up * (FOREHEAD * stature) as f32;
    (f64::from((body.at(at::WRISTS[i]) - forehead).length()) / stature - FOREARM) / ratios.fist
}

/// Distance between the wrists, shoulder widths.
pub(super) fn wrist_gap(body: &Body3, ratios: &BodyRatios) -> f64 {
    body.span(at::WRISTS[0], at::WRISTS[1]) / (ratios.shoulder_width * ratios.stature(body))
}

/// Free distance between the fists, fists.
pub(super) fn fist_gap(body: &Body3, ratios: &BodyRatios) -> f64 {
    f64::from((hand(body, 0) - hand(body, 1)).length()) / (ratios.fist * ratios.stature(body)) - 1.0
}

/// Free distance between the fists and the belly, fists.
pub(super) fn fists_to_belly(body: &Body3, ratios: &BodyRatios) -> Option<f64> {
    let [left, right] = [0, 1].map(|i| before_trunk(body, i, hand(body, i), ratios));
    Some(((left? + right?) * 0.5 / ratios.stature(body) - HALF_FIST) / ratios.fist)
}

/// How alike both arms are, 0..=1: one minus the distance of elbows and wrists from each other's mirror images, in arm lengths.
pub(super) fn symmetry(body: &Body3) -> Option<f64> {
    let place = |i: usize, pair: [usize; 2]| by_chest(body, i, body.at(pair[i]) - body.middle(at::SHOULDERS));
    let apart = |pair: [usize; 2]| Some(f64::from((place(0, pair)? - place(1, pair)?).length()));
    let arm = |i: usize| body.span(at::SHOULDERS[i], at::ELBOWS[i]) + body.span(at::ELBOWS[i], at::WRISTS[i]);
    let length = (arm(0) + arm(1)) * 0.5;
    (length > 1e-4).then_some(())?;
    Some((1.0 - (apart(at::ELBOWS)? + apart(at::WRISTS)?) * 0.5 / length).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::super::Facing;
    use super::super::testing::{average, body_of, standing_points};
    use super::*;
    use crate::kinematics::Posture;

    const STATURE: f32 = 1.75;

    /// The average man with the left arm along the given directions.
    fn with_left_arm(upper: Vec3, fore: Vec3) -> Body3 {
        let (mut points, _) = standing_points();
        let (upper, fore) = (upper.normalize(), fore.normalize());
        points[13] = points[11] + upper * (0.172 * STATURE);
        points[15] = points[13] + fore * (0.150 * STATURE);
        points[19] = points[15] + fore * (0.088 * STATURE);
        points[17] = points[15] + fore * (0.080 * STATURE);
        Body3::new(&points, Facing::AHEAD)
    }

    fn near(value: f64, expected: f64, within: f64) {
        assert!((value - expected).abs() <= within, "{value}, expected {expected}");
    }

    #[test]
    fn angles_of_an_arm() {
        let down = Vec3::NEG_Y;
        let body = with_left_arm(Vec3::new(0.0, -1.0, 1.0), Vec3::new(0.0, 1.0, 1.0));
        near(elbow_deg(&body, 0).unwrap(), 90.0, 0.1);
        near(flexion_deg(&body, 0).unwrap(), 45.0, 0.1);
        near(abduction_deg(&body, 0).unwrap(), 0.0, 0.1);
        near(forearm_tilt_deg(&body, 0).unwrap(), 45.0, 0.1);
        let body = with_left_arm(Vec3::new(1.0, -1.0, 0.0), down);
        near(abduction_deg(&body, 0).unwrap(), 45.0, 0.1);
        let body = with_left_arm(Vec3::Z, Vec3::Z);
        near(flexion_deg(&body, 0).unwrap(), 90.0, 0.1);
        near(abduction_deg(&body, 0).unwrap(), 0.0, 0.1);
        near(elbow_deg(&body, 0).unwrap(), 180.0, 0.1);
        // To the side, the plane of walking tells nothing about it.
        let body = with_left_arm(Vec3::X, Vec3::Y);
        near(abduction_deg(&body, 0).unwrap(), 90.0, 0.1);
        assert_eq!(flexion_deg(&body, 0), None);
        near(forearm_tilt_deg(&body, 0).unwrap(), 90.0, 0.1);
        let body = with_left_arm(Vec3::X, Vec3::new(-0.2, 1.0, 0.0));
        near(forearm_tilt_deg(&body, 0).unwrap(), 90.0 + 11.31, 0.1);
        let body = with_left_arm(Vec3::new(0.2, -1.0, 0.5), Vec3::NEG_X);
        near(forearm_tilt_deg(&body, 0).unwrap(), 0.0, 0.1);
        let body = with_left_arm(Vec3::new(1.0, -1.5, 1.0), Vec3::new(1.0, -1.5, 1.0));
        near(low_arm_forward_deg(&body, 0).unwrap(), 45.0, 0.1);
    }

    #[test]
    fn places_of_a_wrist() {
        let mut posture = Posture::upright();
        posture.arms[0] = crate::kinematics::Arm { lateral: 0.5, height: 0.75, elbow_deg: 105.0, ..posture.arms[0] };
        let body = body_of(&posture);
        near(lateral(&body, 0).unwrap(), 0.5, 0.01);
        near(body.height(body.at(at::WRISTS[0])), 0.75, 0.01);
        near(elbow_deg(&body, 0).unwrap(), 105.0, 1.0);
        // The right wrist hangs beside its own hip: positive on its own side too.
        assert!(lateral(&body, 1).unwrap() > 1.0);
    }

    #[test]
    fn hands_open_and_closed_and_their_tips() {
        let ratios = BodyRatios::default();
        let mut posture = Posture::upright();
        posture.arms[0].open_hand = true;
        let body = body_of(&posture);
        assert_eq!([open_hand(&body, 0, &ratios), open_hand(&body, 1, &ratios)], [1.0, 0.0]);
        let body = with_left_arm(Vec3::Z, Vec3::Y);
        let reach = (body.at(13).y - body.middle(at::HIPS).y + (0.150 + 0.108) * STATURE) / (0.288 * STATURE);
        near(body.height(fingertips(&body, 0, &ratios)), f64::from(reach), 0.02);
        near(hand_tilt_deg(&body, 0).unwrap(), 0.0, 0.5);
        near(fist_above_elbow(&body, 0), 0.150 / 0.288, 0.01);
    }

    #[test]
    fn distances_between_hands_and_body() {
        let (mut points, _) = standing_points();
        let fist = 0.05 * STATURE;
        let hips = (points[23] + points[24]) * 0.5;
        // Fists before the belly, one fist from it and from each other, their middles at a known place.
        let ahead = (HALF_TRUNK + HALF_FIST) as f32 * STATURE + fist;
        for (i, side) in [(0, 1.0), (1, -1.0)] {
            let middle = hips + Vec3::new(side * fist, 0.05, ahead);
            for index in [at::WRISTS[i], at::INDEXES[i], at::PINKIES[i]] {
                points[index] = middle;
            }
        }
        let body = Body3::new(&points, Facing::AHEAD);
        let ratios = BodyRatios::default();
        near(fist_gap(&body, &ratios), 1.0, 0.05);
        near(fists_to_belly(&body, &ratios).unwrap(), 1.0, 0.15);
        near(wrist_gap(&body, &ratios), 0.1 / 0.259, 0.01);
        near(hand_gap_blades(&body, 0, &ratios).unwrap(), 1.0, 0.15);
        // Elbows a little behind the wrists.
        for (i, side) in [(0, 1.0), (1, -1.0)] {
            points[at::ELBOWS[i]] = hips + Vec3::new(side * 4.0 * fist, 0.05, ahead);
        }
        let body = Body3::new(&points, Facing::AHEAD);
        near(forearm_to_trunk(&body, 0, &ratios).unwrap(), 1.0 + (HALF_FIST - FOREARM) / 0.05, 0.15);
        near(symmetry(&body).unwrap(), 1.0, 1e-3);
    }

    #[test]
    fn a_fist_over_the_thigh_and_before_the_forehead() {
        let (mut points, _) = standing_points();
        let ratios = BodyRatios::default();
        let (hip, knee) = (points[23], points[25]);
        let away = (THIGH + HALF_FIST) as f32 * STATURE + 2.0 * 0.05 * STATURE;
        for index in [15, 19, 17] {
            points[index] = hip.lerp(knee, 0.6) + Vec3::Z * away;
        }
        let eyes = (points[2] + points[5]) * 0.5;
        points[16] = eyes + Vec3::new(0.0, FOREHEAD as f32 * STATURE, (FOREARM as f32 + 0.05) * STATURE);
        let body = Body3::new(&points, Facing::AHEAD);
        near(hand_to_leg(&body, 0, &ratios), 2.0, 0.1);
        near(wrist_to_forehead(&body, 1, &ratios), 1.0, 0.1);
    }

    #[test]
    fn one_arm_raised_is_not_symmetric() {
        let mut posture = Posture::upright();
        assert!(symmetry(&body_of(&posture)).unwrap() > 0.99);
        posture.arms[0].height = 1.2;
        assert!(symmetry(&body_of(&posture)).unwrap() < 0.7);
        assert!(average().stature > 0.0);
    }
}
