//! Kicks with the left leg, at their end and with the knee drawn up.

use glam::Vec3;
use kihap_syllabus::{Limb, Quantity as Q, Technique};

use super::draw::Draw;
use crate::kinematics::{Body, Joints, Leg, Posture, at};

/// How the leg gets there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Front,
    Side,
    Round,
    Back,
}

fn family(id: &str) -> Family {
    match id {
        "side_kick" | "double_side_kick" | "hook_kick" | "spinning_hook_kick" => Family::Side,
        "roundhouse_kick" | "tornado_kick" | "double_roundhouse_kick" => Family::Round,
        "back_kick" | "jumping_back_kick" => Family::Back,
        _ => Family::Front,
    }
}

/// Legs, hips and trunk of the kick at its end.
pub(super) fn end(kick: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let knee = draw.or(kick, Limb::Acting, Q::KneeDeg, [150.0, 168.0, 178.0]).min(178.0);
    let height = ankle_height(kick, draw);
    let mut posture = body(kick, posture, draw);
    let (flat, pole) = match family(&kick.id) {
        Family::Front => (Vec3::new(inward(kick, draw), 0.0, 1.0), Vec3::Y),
        Family::Side => (Vec3::new(1.0, 0.0, draw.chance.around(0.15)), Vec3::new(0.2, 0.6, 0.6)),
        Family::Round => (Vec3::new(0.95, 0.0, draw.band([0.15, 0.35, 0.6])), Vec3::new(0.3, 0.3, 1.0)),
        Family::Back => (Vec3::new(draw.chance.around(0.12), 0.0, -1.0), Vec3::new(0.0, -1.0, -0.2)),
    };
    // The leg is raised until the ankle has its height, whatever hips and trunk do.
    let (mut low, mut high) = (-80.0_f32, 80.0_f32);
    for _ in 0..18 {
        let middle = (low + high) * 0.5;
        posture.legs[0] = Leg::Kick { towards: raised(flat, middle), knee_deg: knee, pole };
        if ankle(&posture) < height { low = middle } else { high = middle }
    }
    posture
}

/// The same with the knee drawn up before it.
pub(super) fn chamber(kick: &Technique, end: Posture, draw: &mut Draw<'_>) -> Posture {
    let knee = draw.or(kick, Limb::Acting, Q::ChamberKneeDeg, [40.0, 65.0, 95.0]);
    let (towards, pole) = match family(&kick.id) {
        Family::Front => (Vec3::new(0.0, -0.45, 0.75), Vec3::new(0.0, 0.6, 1.0)),
        Family::Side => (Vec3::new(0.45, -0.35, 0.5), Vec3::new(0.7, 0.5, 0.8)),
        Family::Round => (Vec3::new(0.75, -0.1, -0.25), Vec3::new(0.6, 0.3, 1.0)),
        Family::Back => (Vec3::new(0.0, -0.8, -0.15), Vec3::new(0.0, 0.0, 1.0)),
    };
    let mut posture = Posture { lean_deg: end.lean_deg.map(|lean| lean * 0.5), ..end };
    posture.legs[0] = Leg::Kick { towards, knee_deg: knee, pole };
    posture
}

/// The knee driven up, the leg folded; hips and trunk as in a front kick.
pub(super) fn knee_strike(strike: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let knee = draw.or(strike, Limb::Acting, Q::KneeDeg, [35.0, 58.0, 85.0]);
    let flexion = draw.or(strike, Limb::Acting, Q::HipFlexionDeg, [85.0, 108.0, 130.0]);
    let mut posture = body(strike, posture, draw);
    // Thigh by the hip's flexion, shin folded under it; both in the plane of the leg.
    let at_angle = |degrees: f32| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Vec3::new(0.0, -cos, sin)
    };
    let thigh = at_angle(flexion);
    let towards = thigh * Body::MEAN.thigh + at_angle(flexion - (180.0 - knee)) * Body::MEAN.shin;
    posture.legs[0] = Leg::Kick { towards, knee_deg: knee, pole: thigh };
    posture
}

fn inward(kick: &Technique, draw: &mut Draw<'_>) -> f32 {
    if kick.id == "target_kick" { draw.band([-0.6, -0.35, -0.1]) } else { draw.band([-0.3, -0.12, 0.08]) }
}

fn raised(flat: Vec3, degrees: f32) -> Vec3 {
    let (sin, cos) = degrees.to_radians().sin_cos();
    flat.normalize_or(Vec3::Z) * cos + Vec3::Y * sin
}

/// Height of the left ankle over the hips, trunk lengths.
fn ankle(posture: &Posture) -> f32 {
    let joints = Joints::of(&Body::MEAN, posture);
    (joints.points[at::ANKLES[0]].y - joints.hip_centre.y) / Body::MEAN.trunk
}

fn ankle_height(kick: &Technique, draw: &mut Draw<'_>) -> f32 {
    for quantity in [Q::AnkleHeight, Q::SecondAnkleHeight, Q::PeakAnkleHeight] {
        if let Some(height) = draw.of(kick, Limb::Acting, quantity) {
            return height.min(1.5);
        }
    }
    match draw.of(kick, Limb::Acting, Q::HipFlexionDeg) {
        // The whole leg, nearly straight, is as long as 1.69 trunks.
        Some(flexion) => (flexion - 90.0).to_radians().sin() * 1.6 - 0.05,
        None => draw.band([0.2, 0.8, 1.4]),
    }
}

fn body(kick: &Technique, posture: Posture, draw: &mut Draw<'_>) -> Posture {
    let lean = draw.of(kick, Limb::Both, Q::TrunkLeanDeg);
    let knee = draw.or(kick, Limb::Both, Q::SupportKneeDeg, [148.0, 166.0, 178.0]);
    let turn = draw.of(kick, Limb::Both, Q::SupportFootTurnDeg);
    let jumps = kick.geometry.bounds("airborne").is_some();
    let lift = if jumps { draw.band([0.05, 0.14, 0.25]) } else { 0.0 };
    let (yaw, foot, leans) = match family(&kick.id) {
        Family::Front => {
            let yaw = draw.band([-35.0, -14.0, 5.0]);
            (yaw, draw.band([0.0, 25.0, 60.0]), [-lean.unwrap_or_else(|| draw.band([-2.0, 6.0, 18.0])), 0.0])
        }
        Family::Side => {
            let yaw = draw.band([-120.0, -92.0, -60.0]);
            (
                yaw,
                turn.unwrap_or(150.0),
                [draw.chance.around(8.0), -lean.unwrap_or_else(|| draw.band([20.0, 40.0, 65.0]))],
            )
        }
        Family::Round => {
            let yaw = draw.band([-95.0, -65.0, -35.0]);
            let lean = lean.unwrap_or_else(|| draw.band([10.0, 28.0, 50.0]));
            (yaw, turn.unwrap_or(130.0), [-lean * 0.5, -lean * 0.8])
        }
        Family::Back => {
            let yaw = draw.band([150.0, 178.0, 205.0]);
            (yaw, draw.band([-15.0, 180.0, 200.0]).abs(), [lean.unwrap_or_else(|| draw.band([25.0, 45.0, 75.0])), 0.0])
        }
    };
    let standing = if jumps {
        Leg::Kick {
            towards: Vec3::new(0.05, -1.0, draw.band([-0.1, 0.15, 0.4])),
            knee_deg: draw.band([60.0, 95.0, 150.0]),
            pole: Vec3::new(0.1, 0.1, 1.0),
        }
    } else {
        Leg::Stand {
            outward: draw.chance.around(0.02),
            forward: 0.0,
            toes_out_deg: foot,
            heel_up: draw.chance.often(0.15),
        }
    };
    let straight = Body::MEAN.thigh + Body::MEAN.shin + Body::MEAN.ankle;
    let length = crate::kinematics::span(Body::MEAN.thigh, Body::MEAN.shin, knee.min(179.0)) + Body::MEAN.ankle;
    let trunk = match family(&kick.id) {
        Family::Front => yaw + draw.chance.around(15.0),
        Family::Back => yaw - draw.band([0.0, 15.0, 40.0]),
        Family::Side | Family::Round => yaw * draw.band([0.45, 0.75, 1.0]),
    };
    Posture {
        legs: [posture.legs[0], standing],
        hips: (length / straight).min(0.99),
        hips_shift: [draw.chance.around(0.015), draw.chance.around(0.02)],
        lift,
        hips_yaw_deg: yaw,
        trunk_yaw_deg: trunk,
        arms_yaw_deg: trunk,
        lean_deg: leans,
        head_deg: [draw.chance.around(12.0), draw.chance.around(8.0)],
        ..posture
    }
}
