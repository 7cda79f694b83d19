//! The end posture of every motion, as targets for hands and feet.
//!
//! Numbers follow the bands of `syllabus/techniques.toml` (heights in trunk lengths over the hips, sideways in half
//! shoulder widths, inner angles of elbows and knees) and are written for the left side; the right side is their mirror
//! image.

use glam::Vec3;
use kihap_syllabus::Side;

use super::chance::Chance;
use super::motion::Motion;

/// Where a wrist goes: sideways in half shoulder widths towards its own side, height in trunk lengths over the hips; the
/// elbow's angle then says how far in front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arm {
    pub(super) lateral: f32,
    pub(super) height: f32,
    pub(super) elbow_deg: f32,
    /// Where the elbow points, body axes of the arm's own side (x outward).
    pub(super) pole: Vec3,
    pub(super) open_hand: bool,
}

/// Where a foot goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leg {
    /// On the floor: outward from the middle and forward, in shares of stature; toes turned out by so many degrees.
    Stand { outward: f32, forward: f32, toes_out_deg: f32 },
    /// In the air: from its hip in a direction (x outward), the knee at so many degrees.
    Kick { towards: Vec3, knee_deg: f32, pole: Vec3 },
}

/// A whole posture; index 0 of a pair is the left limb.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posture {
    pub(super) arms: [Arm; 2],
    pub(super) legs: [Leg; 2],
    /// Height of the hips as a share of their height when standing straight.
    pub(super) hips: f32,
    /// Hips against the middle of the feet: to the left, forward; shares of stature.
    pub(super) hips_shift: [f32; 2],
    /// Turn of hips and of shoulders to the left, degrees.
    pub(super) hips_yaw_deg: f32,
    pub(super) trunk_yaw_deg: f32,
    /// Lean forward and to the left, degrees.
    pub(super) lean_deg: [f32; 2],
    /// The head turned to the left and bowed, against the facing direction, degrees.
    pub(super) head_deg: [f32; 2],
}

const DOWN_BACK: Vec3 = Vec3::new(0.35, -0.6, -0.7);
const OUT_DOWN: Vec3 = Vec3::new(0.9, -0.5, 0.0);

fn arm(lateral: f32, height: f32, elbow_deg: f32, pole: Vec3) -> Arm {
    Arm { lateral, height, elbow_deg, pole, open_hand: false }
}

/// The fist at the hip, palm up, elbow drawn back.
fn at_hip() -> Arm {
    arm(1.05, 0.27, 84.0, Vec3::new(0.25, -0.1, -1.0))
}

fn hanging() -> Arm {
    arm(1.35, -0.14, 168.0, Vec3::new(0.3, 0.0, -1.0))
}

fn guard() -> Arm {
    arm(0.65, 0.72, 62.0, DOWN_BACK)
}

fn open(arm: Arm) -> Arm {
    Arm { open_hand: true, ..arm }
}

fn stand(outward: f32, forward: f32, toes_out_deg: f32) -> Leg {
    Leg::Stand { outward, forward, toes_out_deg }
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
    Posture {
        arms: [hanging(), hanging()],
        legs: [stand(0.075, 0.0, 6.0), stand(0.075, 0.0, 6.0)],
        hips: 0.985,
        hips_shift: [0.0, 0.0],
        hips_yaw_deg: 0.0,
        trunk_yaw_deg: 0.0,
        lean_deg: [2.0, 0.0],
        head_deg: [0.0, 0.0],
    }
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
            mirrored(stance)
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

/// The same on the other side.
fn mirrored(posture: Posture) -> Posture {
    let [left_arm, right_arm] = posture.arms;
    let [left_leg, right_leg] = posture.legs;
    Posture {
        arms: [right_arm, left_arm],
        legs: [right_leg, left_leg],
        hips_shift: [-posture.hips_shift[0], posture.hips_shift[1]],
        hips_yaw_deg: -posture.hips_yaw_deg,
        trunk_yaw_deg: -posture.trunk_yaw_deg,
        lean_deg: [posture.lean_deg[0], -posture.lean_deg[1]],
        head_deg: [-posture.head_deg[0], posture.head_deg[1]],
        ..posture
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
        Leg::Stand { outward, forward, toes_out_deg } => Leg::Stand {
            outward: outward + chance.around(0.012),
            forward: forward * chance.between(0.85, 1.12) + chance.around(0.008),
            toes_out_deg: toes_out_deg + chance.around(6.0),
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
        Side::Right => mirrored(posture),
    };
    Some(loosened(posture, chance))
}
