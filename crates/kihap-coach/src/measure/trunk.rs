//! The trunk, and where the weight is.

use glam::Vec3;
use kihap_syllabus::Side;

use super::body3::between;
use super::{Body3, BodyRatios, feet};
use crate::kinematics::at;

/// Tilt of the line from hips to shoulders from the vertical, degrees.
pub(super) fn lean_deg(body: &Body3) -> Option<f64> {
    between(body.middle(at::SHOULDERS) - body.middle(at::HIPS), Vec3::Y)
}

/// The shoulder line's left direction, level.
pub(super) fn left_of_chest(body: &Body3) -> Option<Vec3> {
    (body.at(at::SHOULDERS[0]) - body.at(at::SHOULDERS[1])).with_y(0.0).try_normalize()
}

/// The hip line's left direction, level.
pub(super) fn left_of_hips(body: &Body3) -> Option<Vec3> {
    (body.at(at::HIPS[0]) - body.at(at::HIPS[1])).with_y(0.0).try_normalize()
}

/// Turn of the shoulder line from square to the facing direction, degrees: positive where the side's shoulder is forward; where no
/// side is given, how far it is turned at all.
pub(super) fn yaw_deg(body: &Body3, side: Option<Side>) -> Option<f64> {
    let left = left_of_chest(body)?;
    // With the left shoulder forward the line's left direction has a part along z.
    let left_forward = f64::from(left.z.atan2(left.x)).to_degrees();
    Some(match side {
        Some(Side::Left) => left_forward,
        Some(Side::Right) => -left_forward,
        None => left_forward.abs(),
    })
}

/// Shares of the body's mass and where their centres lie between two points, as a share of the way (Winter, "Biomechanics and Motor
/// Control of Human Movement", table of anthropometric data after Dempster): for each limb upper arm, forearm with hand, thigh, shin,
/// foot.
const LIMBS: [(f32, [usize; 2], [usize; 2], f32); 5] = [
    (0.028, at::SHOULDERS, at::ELBOWS, 0.436),
    (0.022, at::ELBOWS, at::WRISTS, 0.682),
    (0.100, at::HIPS, at::KNEES, 0.433),
    (0.0465, at::KNEES, at::ANKLES, 0.433),
    (0.0145, at::HEELS, at::TOES, 0.5),
];
/// The same of the head (at the ears) and the trunk, from the shoulders to the hips.
const HEAD: f32 = 0.081;
const TRUNK: (f32, f32) = (0.497, 0.5);

/// Centre of the body's mass.
pub(super) fn centre_of_mass(body: &Body3) -> Vec3 {
    let (shoulders, hips) = (body.middle(at::SHOULDERS), body.middle(at::HIPS));
    let mut sum = body.middle([7, 8]) * HEAD + shoulders.lerp(hips, TRUNK.1) * TRUNK.0;
    let mut mass = HEAD + TRUNK.0;
    for (share, from, to, along) in LIMBS {
        for i in 0..2 {
            sum += body.at(from[i]).lerp(body.at(to[i]), along) * share;
            mass += share;
        }
    }
    sum / mass
}

/// Share of the weight on one foot of a body at rest: how far along the line between the middles of the feet the centre of mass
/// stands. 1 where the other foot is in the air.
pub(super) fn weight_front(body: &Body3, front: usize, ratios: &BodyRatios) -> Option<f64> {
    let foot = |i: usize| feet::middle(body, i, ratios);
    let lifted = |i: usize| foot(i).y - body.lowest() > 0.25 * body.trunk_length() as f32;
    match (lifted(front), lifted(1 - front)) {
        (false, true) => return Some(1.0),
        (true, false) => return Some(0.0),
        _ => {}
    }
    let rear = foot(1 - front).with_y(0.0);
    let line = foot(front).with_y(0.0) - rear;
    let length = line.length_squared();
    (length > 1e-4).then(|| f64::from((centre_of_mass(body).with_y(0.0) - rear).dot(line) / length).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use glam::Mat3;

    use super::super::Facing;
    use super::super::testing::{standing, standing_points};
    use super::*;

    #[test]
    fn a_lean_of_twenty_degrees() {
        let (mut points, _) = standing_points();
        let hips = (points[23] + points[24]) * 0.5;
        for index in at::SHOULDERS {
            let level = points[index].x;
            points[index] = hips + Mat3::from_rotation_x(20.0_f32.to_radians()) * Vec3::Y * 0.5 + Vec3::X * level;
        }
        let lean = lean_deg(&Body3::new(&points, Facing::AHEAD)).unwrap();
        assert!((lean - 20.0).abs() < 0.5, "{lean}");
    }

    #[test]
    fn the_acting_shoulder_forward_is_positive() {
        let (mut points, _) = standing_points();
        for index in at::SHOULDERS {
            points[index] = Mat3::from_rotation_y(-30.0_f32.to_radians()) * points[index];
        }
        let body = Body3::new(&points, Facing::AHEAD);
        assert!(points[at::SHOULDERS[0]].z > 0.0);
        assert!((yaw_deg(&body, Some(Side::Left)).unwrap() - 30.0).abs() < 0.5);
        assert!((yaw_deg(&body, Some(Side::Right)).unwrap() + 30.0).abs() < 0.5);
        assert!((yaw_deg(&body, None).unwrap() - 30.0).abs() < 0.5);
    }

    #[test]
    fn weight_is_even_when_standing_and_moves_with_the_hips() {
        let (body, _) = standing();
        assert!((weight_front(&body, 0, &BodyRatios::default()).unwrap() - 0.5).abs() < 0.02);
        let (mut points, _) = standing_points();
        // Both feet forward and backward by 0.4: a stance 0.8 long, then all but the feet moved ahead by 0.2.
        for (i, shift) in [(0, 0.4), (1, -0.4)] {
            for index in [at::ANKLES[i], at::HEELS[i], at::TOES[i]] {
                points[index].z += shift;
            }
        }
        let even = weight_front(&Body3::new(&points, Facing::AHEAD), 0, &BodyRatios::default()).unwrap();
        for point in points.iter_mut().take(27) {
            point.z += 0.2;
        }
        let ahead = weight_front(&Body3::new(&points, Facing::AHEAD), 0, &BodyRatios::default()).unwrap();
        assert!((0.15..0.3).contains(&(ahead - even)), "{even} {ahead}");
    }

    #[test]
    fn one_leg_in_the_air_leaves_all_weight_on_the_other() {
        let (mut points, _) = standing_points();
        for index in [at::ANKLES[1], at::HEELS[1], at::TOES[1]] {
            points[index].y += 0.4;
        }
        let body = Body3::new(&points, Facing::AHEAD);
        assert_eq!(
            (weight_front(&body, 0, &BodyRatios::default()), weight_front(&body, 1, &BodyRatios::default())),
            (Some(1.0), Some(0.0))
        );
    }
}
