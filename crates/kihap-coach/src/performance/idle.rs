//! People who perform nothing: they stand about, walk, wave, stretch, sit down, turn round.

use glam::Vec3;
use kihap_syllabus::Side;

use super::choreography::Choreographer;
use super::manner::Manner;
use super::moving::Performance;
use super::truth::{Phase, other};
use crate::kinematics::{Arm, Leg, Posture};

/// What somebody does who performs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idle {
    /// Stands, shifts the weight, looks about.
    Standing,
    /// Walks to and fro.
    Walking,
    /// Scratches the head, wipes the face, folds the arms.
    Scratching,
    /// Waves.
    Waving,
    /// Stretches arms and trunk.
    Stretching,
    /// Sits down on a chair and gets up.
    Sitting,
    /// Turns round on the spot.
    Turning,
    /// Bows, squats, picks something up.
    Bending,
}

impl Idle {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Standing,
        Self::Walking,
        Self::Scratching,
        Self::Waving,
        Self::Stretching,
        Self::Sitting,
        Self::Turning,
        Self::Bending,
    ];
}

fn arm(lateral: f32, height: f32, elbow_deg: f32, pole: Vec3) -> Arm {
    Arm { lateral, height, elbow_deg, pole, open_hand: true }
}

const OUT: Vec3 = Vec3::new(1.0, -0.5, 0.0);
const DOWN: Vec3 = Vec3::new(0.4, -1.0, -0.2);
const BACK: Vec3 = Vec3::new(0.3, 0.0, -1.0);

fn stand(outward: f32, forward: f32) -> Leg {
    Leg::Stand { outward, forward, toes_out_deg: 10.0, heel_up: false }
}

impl Performance {
    /// Somebody who is about something else for at least `seconds`.
    pub fn idle(what: Idle, seconds: f64, manner: &Manner) -> Self {
        let mut maker = Choreographer::starting(manner, Posture::upright(), 0.0);
        let first = maker.chance.between(-180.0, 180.0);
        // Whoever is about something else faces anywhere.
        let posture = at_ease(&mut maker);
        let heading = if maker.chance.often(0.5) { first } else { 0.0 };
        maker.go(posture, heading, None, 0.8);
        while maker.now < seconds {
            do_once(what, &mut maker);
        }
        maker.mark(0.0, Phase::Idle, other(), other());
        Self::finished(maker, manner)
    }
}

/// Standing at ease, never twice alike.
fn at_ease(maker: &mut Choreographer) -> Posture {
    let chance = &mut maker.chance;
    let upright = Posture::upright();
    let own = |arm: Arm, chance: &mut crate::chance::Chance| Arm {
        lateral: arm.lateral + chance.between(-0.2, 0.3),
        height: arm.height + chance.around(0.06),
        elbow_deg: (arm.elbow_deg + chance.around(12.0)).min(177.0),
        open_hand: true,
        ..arm
    };
    let wide = chance.between(0.04, 0.10);
    Posture {
        arms: upright.arms.map(|arm| own(arm, chance)),
        legs: [stand(wide, chance.around(0.03)), stand(wide, chance.around(0.03))],
        hips: chance.between(0.965, 0.99),
        hips_shift: [chance.around(0.02), chance.around(0.01)],
        trunk_yaw_deg: chance.around(12.0),
        lean_deg: [chance.between(-2.0, 6.0), chance.around(2.5)],
        head_deg: [chance.around(35.0), chance.between(-6.0, 18.0)],
        ..upright
    }
}

fn pause(maker: &mut Choreographer, low: f32, high: f32) {
    let seconds = maker.chance.between(low, high);
    maker.wait(f64::from(seconds));
}

/// Comes to the posture where it stands.
fn change(maker: &mut Choreographer, posture: Posture, low: f32, high: f32) {
    let seconds = f64::from(maker.chance.between(low, high));
    let heading = maker.heading_deg;
    maker.go(posture, heading, None, seconds);
}

/// The same feet under another posture.
fn standing_as(maker: &Choreographer, posture: Posture) -> Posture {
    let feet = maker.upper.last().1;
    Posture { legs: feet.legs, hips: feet.hips, hips_shift: feet.hips_shift, ..posture }
}

fn do_once(what: Idle, maker: &mut Choreographer) {
    let ease = at_ease(maker);
    let here = standing_as(maker, ease);
    let limb = maker.chance.below(2);
    let with_arm = |arm: Arm| {
        let mut posture = here;
        posture.arms[limb] = arm;
        posture
    };
    match what {
        Idle::Standing => {
            change(maker, here, 0.8, 1.8);
            pause(maker, 0.5, 2.5);
            if maker.chance.often(0.3) {
                change(maker, ease, 0.5, 0.9);
            }
        }
        Idle::Walking => walk(maker),
        Idle::Scratching => {
            let place = match maker.chance.below(4) {
                0 => arm(0.4, 1.45, 45.0, OUT),
                1 => arm(0.1, 1.25, 50.0, DOWN),
                2 => arm(-0.5, 0.45, 75.0, DOWN),
                _ => arm(1.2, 0.12, 78.0, Vec3::new(1.0, 0.0, -0.5)),
            };
            let posture = with_arm(place);
            change(maker, posture, 0.5, 0.9);
            for _ in 0..maker.chance.below(4) {
                let moved = Arm { height: place.height + maker.chance.around(0.06), ..place };
                change(maker, with_arm(moved), 0.15, 0.3);
            }
            pause(maker, 0.2, 1.2);
            change(maker, here, 0.5, 1.0);
        }
        Idle::Waving => {
            let high = maker.chance.between(1.1, 1.7);
            change(maker, with_arm(arm(1.4, high, 95.0, OUT)), 0.4, 0.8);
            for swing in 0..4 + maker.chance.below(5) {
                let side = if swing % 2 == 0 { 2.0 } else { 1.1 };
                change(maker, with_arm(arm(side, high, 100.0, OUT)), 0.18, 0.3);
            }
            change(maker, here, 0.5, 0.9);
        }
        Idle::Stretching => {
            let up = arm(0.5, 2.0, 170.0, OUT);
            let over = Posture { arms: [up; 2], lean_deg: [-4.0, maker.chance.around(22.0)], ..here };
            let wide =
                Posture { arms: [arm(2.9, 0.95, 172.0, DOWN); 2], trunk_yaw_deg: maker.chance.around(40.0), ..here };
            let posture = if maker.chance.often(0.5) { over } else { wide };
            change(maker, posture, 0.8, 1.5);
            pause(maker, 0.6, 2.0);
            change(maker, here, 0.8, 1.4);
        }
        Idle::Sitting => {
            let lap = arm(0.6, 0.05, 110.0, BACK);
            let seat = Posture {
                arms: [lap; 2],
                legs: [stand(0.08, 0.12), stand(0.08, 0.12)],
                hips: 0.52,
                hips_shift: [0.0, -0.12],
                lean_deg: [4.0, 0.0],
                ..ease
            };
            change(maker, seat, 0.9, 1.6);
            pause(maker, 1.5, 5.0);
            change(maker, ease, 0.9, 1.5);
            pause(maker, 0.5, 1.5);
        }
        Idle::Turning => {
            let way = if maker.chance.often(0.5) { 1.0 } else { -1.0 };
            for _ in 0..2 + maker.chance.below(4) {
                let heading = maker.heading_deg + way * maker.chance.between(35.0, 60.0);
                let posture = at_ease(maker);
                let lead = if way > 0.0 { Side::Right } else { Side::Left };
                maker.go(posture, heading, Some(lead), 0.45);
                maker.go(posture, heading, Some(lead.other()), 0.35);
            }
            pause(maker, 0.4, 1.6);
        }
        Idle::Bending => {
            let low = maker.chance.between(0.5, 0.9);
            let lean = maker.chance.between(25.0, 75.0);
            let hands = arm(0.6, maker.chance.between(-0.3, 0.2), 165.0, DOWN);
            let bent = Posture { arms: [hands; 2], hips: low, lean_deg: [lean, 0.0], hips_shift: [0.0, -0.05], ..here };
            change(maker, bent, 0.8, 1.4);
            pause(maker, 0.3, 1.5);
            change(maker, here, 0.8, 1.3);
            pause(maker, 0.3, 1.5);
        }
    }
}

/// A few strides, then a turn.
fn walk(maker: &mut Choreographer) {
    let stride = maker.chance.between(0.10, 0.16);
    let seconds = f64::from(maker.chance.between(0.45, 0.65));
    let upright = Posture::upright();
    let mut lead = maker.chance.one_of(&Side::BOTH);
    for _ in 0..3 + maker.chance.below(4) {
        let ahead = if lead == Side::Left { 1.0 } else { -1.0 };
        let swing = |limb: f32| Arm {
            elbow_deg: 155.0 - 10.0 * limb * ahead,
            height: -0.1 + 0.03 * limb * ahead,
            ..upright.arms[0]
        };
        let posture = Posture {
            arms: [swing(-1.0), swing(1.0)],
            legs: [stand(0.035, stride * ahead), stand(0.035, -stride * ahead)],
            hips: 0.965,
            trunk_yaw_deg: 6.0 * ahead,
            hips_yaw_deg: -5.0 * ahead,
            lean_deg: [3.0, 0.0],
            ..upright
        };
        let heading = maker.heading_deg + maker.chance.around(12.0);
        maker.go(posture, heading, Some(lead), seconds);
        lead = lead.other();
    }
    let ease = at_ease(maker);
    let turn = if maker.chance.often(0.5) { 170.0 } else { maker.chance.around(100.0) };
    for part in 1..=3 {
        let heading = maker.heading_deg + turn / 3.0;
        let lead = if part % 2 == 0 { lead } else { lead.other() };
        maker.go(ease, heading, Some(lead), 0.4);
    }
    pause(maker, 0.0, 1.0);
}
