//! People at other sports: yoga, gymnastics, stretching, floor work. None of it is a technique.

use glam::Vec3;

use crate::chance::Chance;
use crate::kinematics::{Arm, Leg, Posture};

fn arm(lateral: f32, height: f32, elbow_deg: f32, pole: Vec3) -> Arm {
    Arm { lateral, height, elbow_deg, pole, open_hand: true }
}

/// Both arms in one of the ways that exercises have them.
fn arms(chance: &mut Chance) -> [Arm; 2] {
    let out = Vec3::new(1.0, -0.5, 0.0);
    let arm = match chance.below(6) {
        // Palms together before the chest, or over the head.
        0 => arm(chance.between(0.0, 0.25), chance.between(0.6, 0.95), chance.between(45.0, 75.0), out),
        1 => arm(chance.between(0.0, 0.8), chance.between(1.7, 2.1), chance.between(120.0, 176.0), out),
        // Level to the sides.
        2 => arm(chance.between(3.2, 4.3), chance.between(0.8, 1.15), chance.between(160.0, 178.0), Vec3::NEG_Y),
        // Like a cactus.
        3 => arm(
            chance.between(2.0, 2.8),
            chance.between(1.2, 1.6),
            chance.between(75.0, 105.0),
            Vec3::new(1.0, -0.4, 0.0),
        ),
        // Straight before the body, as the hands on the floor are for one who lies or leans on them.
        4 => arm(chance.between(0.6, 1.3), chance.between(0.8, 1.9), chance.between(155.0, 178.0), out),
        // On the hips or the knees.
        _ => arm(
            chance.between(0.8, 1.5),
            chance.between(-0.5, 0.2),
            chance.between(80.0, 170.0),
            Vec3::new(1.0, 0.0, -0.3),
        ),
    };
    let near = |chance: &mut Chance| Arm {
        lateral: arm.lateral + chance.around(0.12),
        height: arm.height + chance.around(0.06),
        elbow_deg: (arm.elbow_deg + chance.around(6.0)).min(178.0),
        ..arm
    };
    [near(chance), near(chance)]
}

/// A posture, and how far the body as a whole is tipped forward and to its left, degrees.
pub(super) fn posture(chance: &mut Chance) -> (Posture, [f32; 2]) {
    let upright = Posture::upright();
    let arms = arms(chance);
    let straight = |chance: &mut Chance| Leg::Kick {
        towards: Vec3::new(chance.between(0.0, 0.25), -1.0, chance.around(0.12)),
        knee_deg: chance.between(160.0, 178.0),
        pole: Vec3::new(0.1, 0.1, 1.0),
    };
    let (posture, tip) = match chance.below(6) {
        // On one leg, the other foot at the knee or behind.
        0 => {
            let lifted = Leg::Kick {
                towards: Vec3::new(chance.between(-0.2, 0.6), -1.0, chance.between(-0.8, 0.6)),
                knee_deg: chance.between(25.0, 110.0),
                pole: Vec3::new(chance.between(0.2, 1.0), 0.1, chance.between(0.0, 0.8)),
            };
            let standing = Leg::Stand { outward: 0.01, forward: 0.0, toes_out_deg: 5.0, heel_up: false };
            (Posture { legs: [standing, lifted], hips: 0.985, ..upright }, [0.0; 2])
        }
        // A wide lunge, the trunk over the bent knee or upright.
        1 => {
            let wide = chance.between(0.22, 0.36);
            let legs = [1.0, -1.0].map(|sign| Leg::Stand {
                outward: wide,
                forward: sign * chance.around(0.1),
                toes_out_deg: chance.between(0.0, 90.0),
                heel_up: false,
            });
            let shift = chance.around(0.13);
            (Posture { legs, hips: chance.between(0.65, 0.9), hips_shift: [shift, 0.0], ..upright }, [0.0; 2])
        }
        // A wide squat.
        2 => {
            let wide = chance.between(0.15, 0.27);
            let leg =
                Leg::Stand { outward: wide, forward: 0.0, toes_out_deg: chance.between(20.0, 70.0), heel_up: false };
            (Posture { legs: [leg; 2], hips: chance.between(0.5, 0.8), ..upright }, [0.0; 2])
        }
        // Stretched out and leaning on the hands, on the back or on the side.
        3 => {
            let legs = [straight(chance), straight(chance)];
            let tip = [chance.one_of(&[82.0, 70.0, 95.0, -85.0]) + chance.around(10.0), chance.around(20.0)];
            (Posture { legs, hips: 0.98, lean_deg: [chance.around(8.0), 0.0], ..upright }, tip)
        }
        // Bent at the hips: a steep roof over hands and feet, or touching the toes.
        4 => {
            let legs = [straight(chance), straight(chance)];
            let lean = chance.between(50.0, 110.0);
            let tip = [chance.between(0.0, 60.0), 0.0];
            (Posture { legs, hips: 0.97, lean_deg: [lean, chance.around(10.0)], ..upright }, tip)
        }
        // Sitting, squatting on the floor, kneeling.
        _ => {
            let leg = |chance: &mut Chance| Leg::Kick {
                towards: Vec3::new(chance.between(0.0, 1.0), chance.between(-0.9, 0.2), chance.between(0.1, 1.0)),
                knee_deg: chance.between(30.0, 175.0),
                pole: Vec3::new(0.4, 0.8, 0.4),
            };
            let legs = [leg(chance), leg(chance)];
            (
                Posture { legs, hips: 0.5, lean_deg: [chance.between(-15.0, 40.0), 0.0], ..upright },
                [chance.around(25.0), 0.0],
            )
        }
    };
    let turn = chance.around(25.0);
    let posture = Posture {
        arms,
        trunk_yaw_deg: turn,
        arms_yaw_deg: turn,
        head_deg: [chance.around(50.0), chance.around(30.0)],
        ..posture
    };
    (if chance.often(0.5) { posture.mirrored() } else { posture }, tip)
}
