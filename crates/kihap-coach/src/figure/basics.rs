//! The end posture of every motion that the demo draws.
//!
//! Numbers follow the bands of `syllabus/techniques.toml` (heights in trunk lengths over the hips, sideways in half
//! shoulder widths, inner angles of elbows and knees) and are written for the left side; the right side is their mirror
//! image.

use glam::Vec3;
use kihap_syllabus::Side;

use super::motion::Motion;
use crate::chance::Chance;
use crate::kinematics::{Arm, Leg, Posture};

const DOWN_BACK: Vec3 = Vec3::new(0.35, -0.6, -0.7);
const OUT_DOWN: Vec3 = Vec3::new(0.9, -0.5, 0.0);

fn arm(lateral: f32, height: f32, elbow_deg: f32, pole: Vec3) -> Arm {
    Arm { lateral, height, elbow_deg, pole, open_hand: false }
}

/// The fist at the hip, palm up, elbow drawn back.
fn at_hip() -> Arm {
    arm(1.05, 0.27, 84.0, Vec3::new(0.25, -0.1, -1.0))
}

fn guard() -> Arm {
    arm(0.65, 0.72, 62.0, DOWN_BACK)
}

fn open(arm: Arm) -> Arm {
    Arm { open_hand: true, ..arm }
}

fn stand(outward: f32, forward: f32, toes_out_deg: f32) -> Leg {
    Leg::Stand { outward, forward, toes_out_deg, heel_up: false }
}

/// Left foot in front, long and deep.
fn front_stance(posture: Posture) -> Posture {
    Posture {
        legs: [stand(0.052, 0.20, 2.0), stand(0.052, -0.27, 28.0)],
        hips: 0.84,
        hips_shift: [0.0, 0.035],
        hips_yaw_deg: -10.0,
        ..posture
    }
}

/// Left foot in front, weight on the right.
fn back_stance(posture: Posture) -> Posture {
    Posture {
        legs: [stand(0.01, 0.17, 0.0), stand(0.02, -0.14, 82.0)],
        hips: 0.85,
        hips_shift: [0.0, -0.055],
        hips_yaw_deg: -38.0,
        trunk_yaw_deg: -40.0,
        ..posture
    }
}

fn upright() -> Posture {
    Posture::upright()
}

/// Kick with the left leg; the right one stands.
fn kick(towards: Vec3, knee_deg: f32, pole: Vec3) -> Posture {
    Posture {
        arms: [guard(), guard()],
        legs: [Leg::Kick { towards, knee_deg, pole }, stand(0.0, 0.0, 35.0)],
        hips: 0.965,
        hips_shift: [0.02, 0.0],
        ..upright()
    }
}

/// The end posture of a motion on the left side; `None` for an empty room.
fn left(motion: Motion, chance: &mut Chance) -> Option<Posture> {
    let posture = match motion {
        Motion::Nobody => return None,
        Motion::Other => return Some(everyday(chance)),
        Motion::BasicReady => {
            let fists = arm(0.36, 0.12, 132.0, Vec3::new(1.0, 0.0, -0.5));
            Posture { arms: [fists, fists], ..upright() }
        }
        Motion::HorseTrunkPunch => Posture {
            arms: [arm(0.02, 0.68, 174.0, OUT_DOWN), at_hip()],
            legs: [stand(0.165, 0.0, 4.0), stand(0.165, 0.0, 4.0)],
            hips: 0.80,
            trunk_yaw_deg: -8.0,
            ..upright()
        },
        Motion::FrontLowBlock => front_stance(Posture {
            arms: [arm(0.85, -0.03, 172.0, OUT_DOWN), at_hip()],
            trunk_yaw_deg: -20.0,
            ..upright()
        }),
        Motion::FrontInwardBlock => front_stance(Posture {
            arms: [arm(0.05, 0.78, 104.0, Vec3::new(0.35, -1.0, -0.2)), at_hip()],
            trunk_yaw_deg: -22.0,
            ..upright()
        }),
        Motion::FrontFaceBlock => front_stance(Posture {
            arms: [arm(0.02, 1.56, 112.0, Vec3::new(1.0, -0.35, 0.1)), at_hip()],
            trunk_yaw_deg: -16.0,
            ..upright()
        }),
        Motion::FrontKick => Posture { lean_deg: [-7.0, 0.0], ..kick(Vec3::new(-0.12, 0.16, 1.0), 170.0, Vec3::Y) },
        Motion::BackOutwardBlock => {
            back_stance(Posture { arms: [arm(1.0, 0.94, 102.0, Vec3::new(0.15, -1.0, -0.2)), at_hip()], ..upright() })
        }
        Motion::BackKnifehandBlock => back_stance(Posture {
            arms: [
                open(arm(1.0, 0.86, 112.0, Vec3::new(0.2, -1.0, -0.2))),
                open(arm(0.0, 0.60, 80.0, Vec3::new(0.5, -1.0, -0.3))),
            ],
            ..upright()
        }),
        // The hand opposite to the front foot: the left hand over a right front stance.
        Motion::FrontKnifehandNeckStrike => {
            let stance = front_stance(Posture {
                arms: [at_hip(), open(arm(0.12, 1.08, 150.0, OUT_DOWN))],
                trunk_yaw_deg: 14.0,
                ..upright()
            });
            stance.mirrored()
        }
        Motion::FrontBackFistStrike => front_stance(Posture {
            arms: [arm(0.05, 1.24, 108.0, Vec3::new(0.3, -1.0, 0.1)), at_hip()],
            trunk_yaw_deg: -15.0,
            ..upright()
        }),
        Motion::SideKick => Posture {
            arms: [arm(1.0, 0.45, 140.0, DOWN_BACK), guard()],
            lean_deg: [0.0, -38.0],
            hips_yaw_deg: -30.0,
            trunk_yaw_deg: -20.0,
            head_deg: [28.0, 0.0],
            hips_shift: [-0.015, 0.0],
            ..kick(Vec3::new(1.0, 0.22, 0.12), 172.0, Vec3::new(0.2, 0.6, 0.6))
        },
        Motion::RoundhouseKick => Posture {
            arms: [arm(1.1, 0.2, 150.0, DOWN_BACK), guard()],
            lean_deg: [-14.0, -20.0],
            hips_yaw_deg: -62.0,
            trunk_yaw_deg: -35.0,
            head_deg: [0.0, 0.0],
            ..kick(Vec3::new(0.95, 0.42, 0.35), 164.0, Vec3::new(0.3, 0.3, 1.0))
        },
        Motion::BackKick => Posture {
            arms: [guard(), guard()],
            lean_deg: [42.0, 0.0],
            hips_yaw_deg: 180.0,
            trunk_yaw_deg: 165.0,
            head_deg: [70.0, 0.0],
            hips_shift: [0.0, 0.0],
            ..kick(Vec3::new(0.05, 0.12, -1.0), 168.0, Vec3::new(0.0, -1.0, -0.2))
        },
    };
    Some(posture)
}

/// Things people do between techniques. None of them is one.
fn everyday(chance: &mut Chance) -> Posture {
    let free = |chance: &mut Chance| {
        let side = chance.between(0.9, 1.5);
        arm(side, chance.between(-0.18, -0.02), chance.between(150.0, 172.0), Vec3::new(0.4, 0.0, -1.0))
    };
    let pick = |chance: &mut Chance| match chance.one_of(&[0_u8, 1, 2, 3, 4, 5]) {
        0 => free(chance),
        1 => arm(1.25, 0.12, 78.0, Vec3::new(1.0, 0.0, -0.5)),
        2 => arm(1.7, 1.55, 95.0, Vec3::new(1.0, -0.6, 0.0)),
        3 => arm(-0.35, 0.5, 68.0, Vec3::new(0.7, -0.7, 0.0)),
        4 => arm(0.5, 1.35, 45.0, Vec3::new(1.0, -0.4, 0.3)),
        _ => arm(2.4, 0.95, 165.0, Vec3::new(0.0, -1.0, -0.3)),
    };
    let wide = chance.between(0.03, 0.09);
    let walk = if chance.often(0.4) { chance.around(0.13) } else { 0.0 };
    Posture {
        arms: [open(pick(chance)), open(pick(chance))],
        legs: [stand(wide, walk, chance.between(0.0, 20.0)), stand(wide, -walk, chance.between(0.0, 20.0))],
        hips: if chance.often(0.2) { chance.between(0.82, 0.93) } else { 0.98 },
        lean_deg: [chance.between(-3.0, 14.0), chance.around(5.0)],
        trunk_yaw_deg: chance.around(20.0),
        head_deg: [chance.around(30.0), chance.between(-8.0, 14.0)],
        ..upright()
    }
}

/// Nobody does a technique twice alike: every number moves a little.
fn loosened(posture: Posture, chance: &mut Chance) -> Posture {
    let arm = |arm: Arm, chance: &mut Chance| Arm {
        lateral: arm.lateral + chance.around(0.13),
        height: arm.height + chance.around(0.06),
        elbow_deg: (arm.elbow_deg + chance.around(7.0)).min(178.0),
        pole: arm.pole + Vec3::new(chance.around(0.12), chance.around(0.12), chance.around(0.12)),
        ..arm
    };
    let leg = |leg: Leg, chance: &mut Chance| match leg {
        Leg::Stand { outward, forward, toes_out_deg, heel_up } => Leg::Stand {
            outward: outward + chance.around(0.012),
            forward: forward * chance.between(0.85, 1.12) + chance.around(0.008),
            toes_out_deg: toes_out_deg + chance.around(6.0),
            heel_up,
        },
        Leg::Kick { towards, knee_deg, pole } => Leg::Kick {
            towards: towards + Vec3::new(chance.around(0.10), chance.around(0.13), chance.around(0.05)),
            knee_deg: (knee_deg + chance.around(9.0)).min(177.0),
            pole,
        },
    };
    Posture {
        arms: posture.arms.map(|a| arm(a, chance)),
        legs: posture.legs.map(|l| leg(l, chance)),
        hips: (posture.hips + chance.around(0.018)).min(0.995),
        hips_yaw_deg: posture.hips_yaw_deg + chance.around(5.0),
        arms_yaw_deg: posture.trunk_yaw_deg,
        trunk_yaw_deg: posture.trunk_yaw_deg + chance.around(6.0),
        lean_deg: posture.lean_deg.map(|lean| lean + chance.around(3.0)),
        head_deg: posture.head_deg.map(|turn| turn + chance.around(6.0)),
        ..posture
    }
}

/// The posture of a motion with the variation that `chance` gives; `None` for an empty room.
pub(super) fn of(motion: Motion, side: Side, chance: &mut Chance) -> Option<Posture> {
    let posture = left(motion, chance)?;
    let posture = match side {
        Side::Left => posture,
        Side::Right => posture.mirrored(),
    };
    Some(loosened(posture, chance))
}
