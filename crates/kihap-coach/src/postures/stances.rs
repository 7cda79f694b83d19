//! Where the feet of a stance are, and how high and how far forward the hips then hang.

use glam::Vec3;
use kihap_syllabus::{Limb, Quantity as Q, Technique};

use super::draw::Draw;
use crate::kinematics::{Body, Leg, Posture, span};

/// Shoulder width (acromion to acromion) as a share of stature; `body_ratios` of the syllabus.
const SHOULDERS: f32 = 0.259;
/// An upright fist, likewise.
const FIST: f32 = 0.05;
/// Half the width of a foot, share of stature: ankles are further apart than inner edges.
const HALF_FOOT: f32 = 0.028;

/// Puts the legs of the stance under the posture, the left one leading.
pub(super) fn stand(stance: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    match stance.id.as_str() {
        "crane_stance" => crane(stance, posture, draw),
        "forward_cross_stance" | "backward_cross_stance" => crossed(stance, posture, draw),
        _ if front_knee(stance) => one_ahead(stance, posture, draw),
        _ => side_by_side(stance, posture, draw),
    }
}

/// Whether the geometry says how to stand.
pub(super) fn names_legs(technique: &Technique) -> bool {
    technique.geometry.bounds("ankle_distance_sw").is_some() || technique.geometry.bounds("knee_l_deg").is_some()
}

fn front_knee(stance: &Technique) -> bool {
    stance.geometry.bounds("front_knee_deg").is_some()
}

/// Length of a leg from hip to ankle with its knee at an angle.
fn leg_length(knee_deg: f32) -> f32 {
    span(Body::MEAN.thigh, Body::MEAN.shin, knee_deg.clamp(40.0, 179.0))
}

fn one_ahead(stance: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let distance = draw.or(stance, Limb::Both, Q::AnkleDistanceSw, [0.9, 1.2, 1.5]).max(0.05) * SHOULDERS;
    let fists = draw.or(stance, Limb::Both, Q::WidthFists, [0.0, 0.4, 1.0]);
    let across = (fists * FIST + 2.0 * HALF_FOOT).min(distance * 0.95);
    let ahead = (distance * distance - across * across).max(0.0).sqrt();
    let front = draw.or(stance, Limb::Both, Q::FrontKneeDeg, [150.0, 165.0, 178.0]);
    let rear = draw.or(stance, Limb::Both, Q::RearKneeDeg, [150.0, 165.0, 178.0]);
    let front_out = draw.or(stance, Limb::Both, Q::FrontFootOutDeg, [-4.0, 3.0, 14.0]);
    let rear_out = draw.or(stance, Limb::Both, Q::RearFootOutDeg, [10.0, 28.0, 45.0]);
    let heel_up = draw.of(stance, Limb::Both, Q::FrontHeelRaised).is_some();
    // The hips hang where both legs have their length: two circles about the ankles.
    let aside = (across * 0.5 - Body::MEAN.half_hips).abs() * 0.5;
    let level = |length: f32| (length * length - aside * aside).max(0.01).sqrt();
    let (a, b) = (level(leg_length(front)), level(leg_length(rear)));
    let run = if ahead > 0.03 { (b * b - a * a + ahead * ahead) / (2.0 * ahead) } else { ahead * 0.5 };
    let run = run.clamp(-0.5 * ahead, 1.3 * ahead);
    let height = (b * b - run * run).max(0.02).sqrt();
    let straight = Body::MEAN.thigh + Body::MEAN.shin + Body::MEAN.ankle;
    Posture {
        legs: [
            Leg::Stand { outward: across * 0.5, forward: ahead * 0.5, toes_out_deg: front_out, heel_up },
            Leg::Stand { outward: across * 0.5, forward: -ahead * 0.5, toes_out_deg: rear_out, heel_up: false },
        ],
        hips: ((height + Body::MEAN.ankle) / straight).min(0.995),
        hips_shift: [0.0, run - ahead * 0.5],
        // The rear foot takes the hips along, half as far as it is turned.
        hips_yaw_deg: -(rear_out * 0.45).clamp(0.0, 45.0) + draw.chance.around(5.0),
        ..posture
    }
}

fn side_by_side(stance: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let distance = draw.or(stance, Limb::Both, Q::AnkleDistanceSw, [0.3, 0.7, 1.1]).max(0.12) * SHOULDERS;
    let left = draw.or(stance, Limb::Both, Q::KneeLDeg, [165.0, 175.0, 179.0]);
    let right = draw.or(stance, Limb::Both, Q::KneeRDeg, [165.0, 175.0, 179.0]);
    let out = draw.or(stance, Limb::Both, Q::FootOutDeg, [-3.0, 4.0, 14.0]);
    let turned = draw.of(stance, Limb::Both, Q::FeetAngleDeg).unwrap_or(0.0);
    let length = leg_length((left + right) * 0.5);
    let aside = (distance * 0.5 - Body::MEAN.half_hips).abs();
    let straight = Body::MEAN.thigh + Body::MEAN.shin + Body::MEAN.ankle;
    let height = (length * length - aside * aside).max(0.02).sqrt() + Body::MEAN.ankle;
    let ahead = draw.chance.around(0.01);
    Posture {
        legs: [
            Leg::Stand { outward: distance * 0.5, forward: ahead, toes_out_deg: out + turned, heel_up: false },
            Leg::Stand { outward: distance * 0.5, forward: -ahead, toes_out_deg: out, heel_up: false },
        ],
        hips: (height / straight).min(0.995),
        // Bent knees go forward, so the seat goes back.
        hips_shift: [draw.chance.around(0.01), -0.12 * (1.0 - height / straight)],
        hips_yaw_deg: turned * 0.3 + draw.chance.around(4.0),
        ..posture
    }
}

/// On the left leg, the right foot at its knee.
fn crane(stance: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let support = draw.or(stance, Limb::Both, Q::SupportKneeDeg, [110.0, 128.0, 150.0]);
    let lifted = draw.or(stance, Limb::Both, Q::LiftedKneeDeg, [35.0, 65.0, 95.0]);
    let straight = Body::MEAN.thigh + Body::MEAN.shin + Body::MEAN.ankle;
    let height = (leg_length(support) + Body::MEAN.ankle) / straight;
    let inward = -draw.band([0.1, 0.35, 0.6]);
    Posture {
        legs: [
            Leg::Stand { outward: 0.0, forward: 0.0, toes_out_deg: draw.band([-3.0, 5.0, 25.0]), heel_up: false },
            Leg::Kick {
                towards: Vec3::new(inward, -1.0, draw.band([0.3, 0.6, 0.9])),
                knee_deg: lifted,
                pole: Vec3::new(0.15, 0.15, 1.0),
            },
        ],
        hips: height.min(0.99),
        hips_shift: [-0.02, -0.04],
        hips_yaw_deg: draw.chance.around(8.0),
        ..posture
    }
}

/// Feet crossed; the left one in front, the right one behind it on its ball.
fn crossed(stance: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let front = draw.or(stance, Limb::Both, Q::FrontKneeDeg, [95.0, 120.0, 150.0]);
    let rear = draw.or(stance, Limb::Both, Q::RearKneeDeg, [95.0, 118.0, 150.0]);
    let ahead = draw.band([0.06, 0.10, 0.15]);
    let straight = Body::MEAN.thigh + Body::MEAN.shin + Body::MEAN.ankle;
    let height = (leg_length((front + rear) * 0.5) + Body::MEAN.ankle) / straight;
    let crossing = draw.band([-0.05, -0.03, 0.0]);
    let front_out = draw.or(stance, Limb::Both, Q::FrontFootOutDeg, [10.0, 30.0, 50.0]);
    Posture {
        legs: [
            Leg::Stand { outward: crossing, forward: ahead * 0.5, toes_out_deg: front_out, heel_up: false },
            Leg::Stand {
                outward: crossing,
                forward: -ahead * 0.5,
                toes_out_deg: draw.band([-5.0, 10.0, 30.0]),
                heel_up: true,
            },
        ],
        hips: height.min(0.95),
        hips_shift: [draw.chance.around(0.01), -0.01],
        hips_yaw_deg: draw.chance.around(20.0),
        ..posture
    }
}

/// Whatever people stand in who show a technique without its stance.
pub(super) fn at_ease(posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let wide = draw.band([0.03, 0.07, 0.13]);
    let walk = if draw.chance.often(0.3) { draw.chance.around(0.12) } else { draw.chance.around(0.02) };
    let leg = |forward: f32, draw: &mut Draw<'_>| Leg::Stand {
        outward: wide,
        forward,
        toes_out_deg: draw.band([0.0, 8.0, 25.0]),
        heel_up: false,
    };
    Posture {
        legs: [leg(walk, draw), leg(-walk, draw)],
        hips: draw.band([0.93, 0.98, 0.99]),
        hips_yaw_deg: draw.chance.around(8.0),
        ..posture
    }
}
