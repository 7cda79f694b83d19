//! Where hands and feet are drawn back before a technique.

use glam::Vec3;
use kihap_syllabus::{Kind, Technique};

use super::draw::Draw;
use crate::kinematics::{Arm, Posture};

/// Where a hand waits: lateral, height, elbow's angle, each give or take a little.
type Place = [f32; 3];

const HIP: Place = [1.05, 0.26, 84.0];
const OPPOSITE_SHOULDER: Place = [-0.7, 0.95, 55.0];
const BESIDE_EAR: Place = [1.5, 1.2, 60.0];
const OPPOSITE_HIP: Place = [-0.5, 0.3, 85.0];
const CROSSED: Place = [-0.35, 0.8, 65.0];
const FORWARD: Place = [0.2, 0.6, 150.0];
const FORWARD_LOW: Place = [0.1, 0.25, 155.0];
const OPPOSITE_RIBS: Place = [-0.7, 0.6, 70.0];

/// Acting and other hand before the technique; `None` where the hands have no part.
fn places(technique: &Technique) -> Option<[Place; 2]> {
    Some(match technique.id.as_str() {
        "inward_middle_block" | "knifehand_inward_block" | "palm_inward_block" | "assisted_palm_inward_block" => {
            [BESIDE_EAR, FORWARD]
        }
        "knifehand_inward_strike" | "swallow_form_neck_strike" | "palm_pressing_block" => [BESIDE_EAR, FORWARD],
        "face_block" => [OPPOSITE_HIP, FORWARD],
        "knifehand_assisted_block"
        | "knifehand_assisted_low_block"
        | "assisted_outward_block"
        | "assisted_low_block" => [OPPOSITE_SHOULDER, [1.6, 1.0, 110.0]],
        "outward_middle_block" | "outward_face_block" | "single_knifehand_outward_block" | "knifehand_side_block" => {
            [OPPOSITE_HIP, FORWARD]
        }
        "knifehand_twist_face_block" | "knifehand_outward_strike" | "back_fist_outward_strike" => {
            [OPPOSITE_SHOULDER, FORWARD]
        }
        "back_fist_front_strike" | "assisted_back_fist_front_strike" => [OPPOSITE_RIBS, FORWARD],
        "hammer_fist_downward_strike" => [[0.2, 1.7, 90.0], FORWARD],
        "low_opening_block" | "outer_forearm_opening_block" | "inner_forearm_opening_block" | "mountain_block" => {
            [CROSSED, CROSSED]
        }
        "scissors_block" | "single_mountain_block" | "diamond_block" => [OPPOSITE_SHOULDER, OPPOSITE_HIP],
        "cross_low_block" | "double_uppercut_punch" => [HIP, HIP],
        "pulling_chin_punch" => [[0.8, 0.3, 90.0], FORWARD],
        "pushing_ready_stance" | "covered_fist" => [[0.4, 0.15, 130.0], [0.4, 0.15, 130.0]],
        _ => match technique.kind {
            Kind::Block => [OPPOSITE_SHOULDER, FORWARD_LOW],
            Kind::Punch | Kind::Thrust | Kind::Strike => [HIP, FORWARD],
            Kind::Kick | Kind::Ready | Kind::Stance => return None,
        },
    })
}

/// The end posture with the hands drawn back and the trunk wound up; `None` where the hands have no part.
pub(super) fn arms(technique: &Technique, end: Posture, draw: &mut Draw<'_>) -> Option<Posture> {
    let places = places(technique)?;
    let mut limb = 0;
    let arms = places.map(|[lateral, height, elbow_deg]| {
        let open_hand = end.arms[limb].open_hand;
        limb += 1;
        Arm {
            lateral: lateral + draw.chance.around(0.25),
            height: height + draw.chance.around(0.1),
            elbow_deg: (elbow_deg + draw.chance.around(12.0)).min(172.0),
            pole: if lateral > 0.8 && height < 0.5 { Vec3::new(0.25, -0.1, -1.0) } else { Vec3::new(0.6, -0.8, -0.1) },
            open_hand,
        }
    });
    let wind = draw.band([0.0, 12.0, 25.0]);
    Some(Posture { arms, trunk_yaw_deg: end.trunk_yaw_deg + wind, arms_yaw_deg: end.arms_yaw_deg * 0.5, ..end })
}
