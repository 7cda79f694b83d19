//! Where the arms of a technique end.

use glam::Vec3;
use kihap_syllabus::{Kind, Limb, Quantity as Q, Technique};

use super::draw::Draw;
use crate::kinematics::{Arm, Body, Joints, Posture, at, span};

/// An arm before its elbow is turned: what the band of every named quantity gave.
struct Aim {
    arm: Arm,
    flexion_deg: Option<f32>,
    abduction_deg: Option<f32>,
    elbow_height: Option<f32>,
}

const DOWN: Vec3 = Vec3::new(0.35, -1.0, -0.2);
const OUT_DOWN: Vec3 = Vec3::new(0.9, -0.5, 0.0);
const BACK: Vec3 = Vec3::new(0.25, -0.1, -1.0);

/// What the geometry leaves open, for each technique and limb: lateral band where it names none (half shoulder widths), height
/// (trunk lengths), elbow's angle (degrees), and where the elbow points.
struct Habit {
    lateral: [f32; 3],
    height: [f32; 3],
    elbow_deg: [f32; 3],
    pole: Vec3,
}

const HIP: Habit =
    Habit { lateral: [0.8, 1.05, 1.3], height: [0.1, 0.25, 0.4], elbow_deg: [70.0, 86.0, 110.0], pole: BACK };
const GUARD: Habit = Habit {
    lateral: [0.3, 0.65, 1.1],
    height: [0.5, 0.8, 1.05],
    elbow_deg: [50.0, 70.0, 110.0],
    pole: Vec3::new(0.35, -0.6, -0.7),
};
const HANG: Habit = Habit {
    lateral: [1.15, 1.35, 1.7],
    height: [-0.22, -0.1, 0.05],
    elbow_deg: [145.0, 168.0, 178.0],
    pole: Vec3::new(0.3, 0.0, -1.0),
};

fn habit(id: &str, acting: bool) -> Habit {
    let of = |lateral, pole| Habit { lateral, pole, height: [0.4, 0.6, 0.8], elbow_deg: [80.0, 100.0, 130.0] };
    match (id, acting) {
        ("attention_stance", _) => Habit { lateral: [1.05, 1.25, 1.45], ..HANG },
        ("basic_ready_stance", _) => of([0.28, 0.42, 0.68], Vec3::new(1.0, 0.0, -0.5)),
        ("pushing_ready_stance", _) => of([0.35, 0.6, 0.9], DOWN),
        ("covered_fist", _) => of([0.05, 0.18, 0.3], DOWN),
        ("sparring_stance", true) => Habit { lateral: [0.2, 0.7, 1.1], ..GUARD },
        ("sparring_stance", false) => GUARD,
        ("hammer_fist_downward_strike", true) => of([0.7, 1.0, 1.7], OUT_DOWN),
        ("hammer_fist_low_target_strike", _) => of([-0.1, 0.15, 0.4], OUT_DOWN),
        ("target_punch", true) => of([-2.0, -1.3, -0.6], OUT_DOWN),
        ("target_punch", false) => of([1.1, 1.6, 2.3], OUT_DOWN),
        ("elbow_turning_strike", true) => of([0.1, 0.6, 1.0], Vec3::new(0.5, 0.2, 1.0)),
        ("elbow_turning_strike", false) => Habit { height: [0.7, 0.95, 1.1], ..of([-0.4, 0.1, 0.5], DOWN) },
        ("elbow_target_strike", true) => {
            Habit { height: [0.5, 0.7, 0.95], ..of([-0.7, -0.2, 0.3], Vec3::new(0.4, 0.0, 1.0)) }
        }
        ("elbow_target_strike", false) => of([-0.4, 0.1, 0.6], OUT_DOWN),
        ("elbow_side_strike", true) => {
            Habit { height: [0.6, 0.8, 1.0], ..of([-0.3, 0.1, 0.5], Vec3::new(1.0, 0.0, 0.0)) }
        }
        ("elbow_side_strike", false) => {
            Habit { height: [0.6, 0.78, 0.95], elbow_deg: [35.0, 55.0, 80.0], ..of([-0.2, 0.2, 0.6], OUT_DOWN) }
        }
        ("large_hinge", true) => of([-0.7, -0.3, 0.2], OUT_DOWN),
        ("knee_break", false) => of([-0.5, -0.1, 0.4], DOWN),
        ("knee_strike", _) => Habit { elbow_deg: [110.0, 140.0, 165.0], ..of([0.3, 0.6, 1.0], OUT_DOWN) },
        ("low_upturned_spearhand_thrust", false) => {
            Habit { height: [0.75, 0.95, 1.1], elbow_deg: [35.0, 55.0, 80.0], ..of([-1.2, -0.8, -0.3], DOWN) }
        }
        ("swallow_form_neck_strike", false) => of([-0.35, 0.0, 0.4], Vec3::new(1.0, -0.35, 0.1)),
        ("target_kick", false) => {
            Habit { height: [0.7, 0.95, 1.2], elbow_deg: [140.0, 165.0, 178.0], ..of([-0.4, 0.3, 1.0], OUT_DOWN) }
        }
        ("face_block" | "diamond_block", _) => of([-0.35, 0.0, 0.4], Vec3::new(1.0, -0.35, 0.1)),
        ("mountain_block", _) | ("single_mountain_block", false) => of([2.0, 2.4, 2.8], Vec3::new(1.0, -0.4, 0.0)),
        (_, false) => HIP,
        (_, true) => of([0.6, 1.0, 1.3], DOWN),
    }
}

/// Both arms of a technique that acts with the left; `posture` gives trunk and arms' axes.
pub(super) fn of(technique: &Technique, posture: &Posture, draw: &mut Draw<'_>) -> [Arm; 2] {
    let id = technique.id.as_str();
    if technique.kind == Kind::Kick && id != "target_kick" {
        return free(draw);
    }
    if id == "target_kick" {
        let [acting, _] = free(draw);
        let palm = aim(technique, Limb::Other, draw);
        return [acting, turned(palm, 1, posture)];
    }
    let mut arms = [aim(technique, Limb::Acting, draw), aim(technique, Limb::Other, draw)];
    if technique.handedness == kihap_syllabus::Handedness::None {
        // Both arms alike, but never quite.
        let loose = 0.35;
        let twin = &arms[0].arm;
        let near = |own: f32, twin: f32| twin + (own - twin) * loose;
        let own = arms[1].arm;
        arms[1].arm = Arm {
            lateral: near(own.lateral, twin.lateral),
            height: near(own.height, twin.height),
            elbow_deg: near(own.elbow_deg, twin.elbow_deg),
            ..own
        };
    }
    if id == "hammer_fist_low_target_strike" {
        arms[1].arm.height = arms[0].arm.height;
    }
    let [acting, other] = arms;
    [turned(acting, 0, posture), turned(other, 1, posture)]
}

/// Hands of somebody who shows a stance alone: at the hips as fists, in a guard, or hanging.
pub(super) fn idle(draw: &mut Draw<'_>) -> [Arm; 2] {
    let kind = draw.chance.between(0.0, 1.0);
    let habit = match kind {
        k if k < 0.4 => HIP,
        k if k < 0.6 => GUARD,
        _ => HANG,
    };
    [habit_arm(&habit, draw), habit_arm(&habit, draw)]
}

/// Hands that have nothing to do: in a guard, at the hip, or hanging.
fn free(draw: &mut Draw<'_>) -> [Arm; 2] {
    let kind = draw.chance.between(0.0, 1.0);
    [0, 1].map(|limb| {
        let habit = match kind {
            k if k < 0.55 => GUARD,
            k if k < 0.75 => HANG,
            k if k < 0.85 && limb == 1 => HIP,
            _ => Habit {
                lateral: [0.8, 1.6, 2.6],
                height: [0.0, 0.35, 0.8],
                elbow_deg: [100.0, 140.0, 172.0],
                pole: OUT_DOWN,
            },
        };
        habit_arm(&habit, draw)
    })
}

fn habit_arm(habit: &Habit, draw: &mut Draw<'_>) -> Arm {
    Arm {
        lateral: draw.band(habit.lateral),
        height: draw.band(habit.height),
        elbow_deg: draw.band(habit.elbow_deg).min(178.0),
        pole: habit.pole,
        open_hand: false,
    }
}

fn aim(technique: &Technique, limb: Limb, draw: &mut Draw<'_>) -> Aim {
    let habit = habit(&technique.id, limb == Limb::Acting);
    let height = draw.or(technique, limb, Q::WristHeight, habit.height);
    let elbow_deg = draw.or(technique, limb, Q::ElbowDeg, habit.elbow_deg).clamp(15.0, 178.0);
    let flexion_deg = draw.of(technique, limb, Q::ShoulderFlexionDeg);
    let abduction_deg = draw.of(technique, limb, Q::ShoulderAbductionDeg);
    let lateral = match (draw.of(technique, limb, Q::WristLateral), abduction_deg) {
        (Some(lateral), _) => lateral,
        // A straight arm hangs to the side by the abduction.
        (None, Some(abduction)) if elbow_deg > 140.0 => {
            let body = Body::MEAN;
            1.0 + span(body.upper_arm, body.forearm, elbow_deg) * abduction.to_radians().sin() / body.half_shoulders
        }
        _ => draw.band(habit.lateral),
    };
    let open_hand = draw.of(technique, limb, Q::OpenHand).is_some_and(|open| open > 0.5)
        || matches!(technique.id.as_str(), "pushing_ready_stance" | "target_kick")
        || (technique.id == "target_punch" || technique.id == "elbow_target_strike") && limb == Limb::Other;
    let elbow_height = draw.of(technique, limb, Q::ElbowHeight);
    let arm = Arm { lateral, height, elbow_deg, pole: habit.pole, open_hand };
    Aim { arm, flexion_deg, abduction_deg, elbow_height }
}

/// Swings the elbow about the line from shoulder to wrist to where the named angles are met best.
fn turned(aim: Aim, limb: usize, posture: &Posture) -> Arm {
    const STEPS: usize = 24;
    if aim.flexion_deg.is_none() && aim.abduction_deg.is_none() && aim.elbow_height.is_none() {
        return aim.arm;
    }
    let mut best = (f32::INFINITY, aim.arm);
    for step in 0..STEPS {
        let mut trial = *posture;
        let angle = std::f32::consts::TAU * step as f32 / STEPS as f32;
        // The axis of the swing is not known before the arm is set; from straight ahead it is close enough to try them all.
        let axis = Vec3::new(aim.arm.lateral - 1.0, (aim.arm.height - 1.0) * 2.8, 2.5).normalize_or(Vec3::Z);
        let pole = glam::Quat::from_axis_angle(axis, angle) * aim.arm.pole;
        trial.arms[limb] = Arm { pole, ..aim.arm };
        let joints = Joints::of(&Body::MEAN, &trial);
        let cost = cost(&aim, &joints, limb) + (1.0 - angle.cos()) * 0.35;
        if cost < best.0 {
            best = (cost, trial.arms[limb]);
        }
    }
    best.1
}

fn cost(aim: &Aim, joints: &Joints, limb: usize) -> f32 {
    let upper = (joints.points[at::ELBOWS[limb]] - joints.points[at::SHOULDERS[limb]]).normalize_or(Vec3::NEG_Y);
    let upper = joints.chest.transpose() * upper;
    let outward = if limb == 0 { upper.x } else { -upper.x };
    let flexion = upper.z.atan2(-upper.y).to_degrees();
    let abduction = outward.clamp(-1.0, 1.0).asin().to_degrees();
    let height = (joints.points[at::ELBOWS[limb]].y - joints.hip_centre.y) / Body::MEAN.trunk;
    let off =
        |value: f32, wanted: Option<f32>, unit: f32| wanted.map_or(0.0, |wanted| ((value - wanted) / unit).powi(2));
    off(flexion, aim.flexion_deg, 20.0) + off(abduction, aim.abduction_deg, 25.0) + off(height, aim.elbow_height, 0.12)
}
