//! Bodies for tests.

use glam::Vec3;

use super::{Body3, Facing};
use crate::kinematics::{Body, Joints, Posture};

/// The average man, standing at ease.
pub(crate) fn average() -> Body {
    let stature = 1.75;
    Body {
        stature,
        half_shoulders: 0.104 * stature,
        half_hips: 0.058 * stature,
        trunk: 0.288 * stature,
        upper_arm: 0.172 * stature,
        forearm: 0.150 * stature,
        thigh: 0.245 * stature,
        shin: 0.246 * stature,
        ankle: 0.042 * stature,
        foot: 0.152 * stature,
        head: 0.068 * stature,
    }
}

/// 33 points of a posture of the average man.
pub(crate) fn points_of(posture: &Posture) -> [Vec3; 33] {
    Joints::of(&average(), posture).points
}

/// A posture of the average man.
pub(crate) fn body_of(posture: &Posture) -> Body3 {
    Body3::new(&points_of(posture), Facing::AHEAD)
}

/// 33 points of the average man standing at ease, and his height.
pub(crate) fn standing_points() -> ([Vec3; 33], f64) {
    (points_of(&Posture::upright()), f64::from(average().stature))
}

/// The average man standing at ease, and his height.
pub(crate) fn standing() -> (Body3, f64) {
    (body_of(&Posture::upright()), f64::from(average().stature))
}
