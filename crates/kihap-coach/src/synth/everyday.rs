//! People who show nothing: what `other` is made of.

use glam::Vec3;

use crate::chance::Chance;
use crate::kinematics::{Arm, Leg, Posture};

fn arm(lateral: f32, height: f32, elbow_deg: f32, pole: Vec3) -> Arm {
    Arm { lateral, height, elbow_deg, pole, open_hand: true }
}

fn one_arm(chance: &mut Chance) -> Arm {
    match chance.between(0.0, 10.0) as u32 {
        // Hanging.
        0..3 => {
            let side = chance.between(0.9, 1.6);
            arm(side, chance.between(-0.2, 0.0), chance.between(145.0, 176.0), Vec3::new(0.4, 0.0, -1.0))
        }
        // On the hip.
        3 => arm(1.3, chance.between(0.05, 0.25), chance.between(65.0, 95.0), Vec3::new(1.0, 0.0, -0.2)),
        // Waving.
        4 => {
            let side = chance.between(1.2, 2.4);
            arm(side, chance.between(1.2, 2.0), chance.between(60.0, 160.0), Vec3::new(1.0, -0.6, 0.0))
        }
        // Across the chest.
        5 => arm(chance.between(-0.8, 0.1), chance.between(0.35, 0.65), 65.0, Vec3::new(0.7, -0.7, 0.0)),
        // At the face or the hair.
        6 => arm(
            chance.between(0.0, 0.7),
            chance.between(1.15, 1.7),
            chance.between(30.0, 60.0),
            Vec3::new(1.0, -0.4, 0.3),
        ),
        // Stretched to the side or up.
        7 => {
            let up = chance.between(0.7, 2.0);
            arm(chance.between(1.5, 3.8), up, chance.between(150.0, 177.0), Vec3::new(0.0, -1.0, -0.3))
        }
        // Anything.
        _ => {
            let pole = Vec3::new(chance.between(0.0, 1.0), chance.around(1.0), chance.around(1.0));
            arm(chance.between(-0.8, 2.5), chance.between(-0.2, 1.9), chance.between(40.0, 176.0), pole)
        }
    }
}

/// A posture between techniques, or of another sport.
pub(super) fn posture(chance: &mut Chance) -> Posture {
    let wide = chance.between(0.03, 0.12);
    let walk = if chance.often(0.4) { chance.around(0.16) } else { chance.around(0.02) };
    let stand = |forward: f32, chance: &mut Chance| Leg::Stand {
        outward: wide,
        forward,
        toes_out_deg: chance.between(-5.0, 30.0),
        heel_up: chance.often(0.1),
    };
    let mut legs = [stand(walk, chance), stand(-walk, chance)];
    let mut hips = if chance.often(0.25) { chance.between(0.55, 0.93) } else { chance.between(0.95, 0.99) };
    let mut lean = [chance.between(-6.0, 18.0), chance.around(8.0)];
    if chance.often(0.12) {
        // A lunge or a wide stand with anything above it.
        let (forward, aside) = (chance.between(0.1, 0.35), chance.between(0.02, 0.25));
        legs = [-1.0, 1.0].map(|sign| Leg::Stand {
            outward: aside,
            forward: sign * forward,
            toes_out_deg: chance.between(0.0, 60.0),
            heel_up: false,
        });
        hips = chance.between(0.7, 0.95);
    } else if chance.often(0.1) {
        // One foot off the floor.
        let towards = Vec3::new(chance.around(0.5), -1.0, chance.around(0.9));
        legs[usize::from(chance.often(0.5))] =
            Leg::Kick { towards, knee_deg: chance.between(50.0, 175.0), pole: Vec3::new(0.1, 0.3, 1.0) };
    } else if chance.often(0.08) {
        // Bowing, tying shoes.
        lean = [chance.between(25.0, 95.0), chance.around(15.0)];
    }
    let same = chance.often(0.35);
    let first = one_arm(chance);
    let arms = [first, if same { first } else { one_arm(chance) }];
    let yaw = chance.around(35.0);
    let posture = Posture {
        arms,
        legs,
        hips,
        hips_shift: [chance.around(0.03), chance.around(0.03)],
        lift: 0.0,
        hips_yaw_deg: yaw * 0.5,
        trunk_yaw_deg: yaw,
        arms_yaw_deg: yaw * chance.between(0.0, 1.0),
        lean_deg: lean,
        head_deg: [chance.around(45.0), chance.between(-15.0, 30.0)],
    };
    if chance.often(0.5) { posture.mirrored() } else { posture }
}
