//! Limbs that are taken for each other, or found where they are not.

use glam::Vec2;

use super::latent::Latent;
use super::model::ErrorModel;
use super::view::blend;
use crate::kinematics::{at, outward};

/// Joints of a limb beyond its root, left and right.
const ARM: [[usize; 2]; 5] = [at::ELBOWS, at::WRISTS, at::PINKIES, at::INDEXES, at::THUMBS];
const LEG: [[usize; 2]; 4] = [at::KNEES, at::ANKLES, at::HEELS, at::TOES];
/// Pairs of the trunk and face.
const TRUNK: [[usize; 2]; 7] = [at::SHOULDERS, at::HIPS, [1, 4], [2, 5], [3, 6], [7, 8], [9, 10]];

/// How many latent numbers the events of a frame take.
pub(super) const EVENTS: usize = 7;
/// How many the guesses of lost limbs take.
pub(super) const GUESSES: usize = 4 * 4;

/// A limb found somewhere else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    /// Elbow or knee, wrist or ankle, from shoulder or hip in the picture (trunk lengths, y down).
    pub(super) middle: Vec2,
    pub(super) end: Vec2,
    /// Depth of both, standard normal.
    pub(super) depth: f32,
}

/// What is wrong with limbs in a frame.
#[derive(Debug)]
pub(super) struct Limbs {
    /// Whose true place each joint is given.
    pub(super) source: [usize; 33],
    /// Lost arms and legs, left and right.
    pub(super) arms: [Option<Guess>; 2],
    pub(super) legs: [Option<Guess>; 2],
}

fn exchange(source: &mut [usize; 33], pairs: &[[usize; 2]]) {
    for [left, right] in pairs {
        source.swap(*left, *right);
    }
}

impl Limbs {
    /// Draws what happens. `place` gives a joint's true place in the picture in trunk lengths, `inside`
    /// whether that lies in the picture.
    pub(super) fn of(
        model: &ErrorModel,
        events: &Latent,
        guesses: &Latent,
        turned_deg: f32,
        hidden: &[f32; 33],
        place: impl Fn(usize) -> Vec2,
        inside: impl Fn(usize) -> bool,
    ) -> Self {
        let views = &model.views;
        let share = |values: &[f32; 5]| blend(values, turned_deg);
        let mut source: [usize; 33] = std::array::from_fn(|joint| joint);
        if events.happens(4, share(&views.legs_swapped)) {
            exchange(&mut source, &LEG);
        }
        if events.happens(5, share(&views.arms_swapped)) {
            exchange(&mut source, &ARM);
        }
        if events.happens(6, share(&views.all_swapped)) {
            for pairs in [&LEG[..], &ARM[..], &TRUNK[..]] {
                exchange(&mut source, pairs);
            }
        }
        let guess = |nth: usize, limb: usize, root: usize, end: usize, [aside, down]: [f32; 2]| {
            let lost = &model.lost;
            let noise = |axis: usize| guesses.of(nth * 4 + axis) * lost.scatter;
            // Away from the middle, as the picture shows the side.
            let away = if turned_deg > 90.0 { -outward(limb) } else { outward(limb) };
            let true_way = place(end) - place(root);
            let way = true_way * lost.kept
                + Vec2::new(aside * away, down) * (1.0 - lost.kept)
                + Vec2::new(noise(0), noise(1));
            let middle = way * 0.5 + Vec2::new(noise(2), noise(3)) * 0.35;
            Guess { middle, end: way, depth: guesses.of(nth * 4 + 2) }
        };
        let arms = [0, 1].map(|limb| {
            let hides = hidden[at::ELBOWS[limb]].max(hidden[at::WRISTS[limb]]) > 0.5;
            let p = share(if hides { &views.arm_lost_hidden } else { &views.arm_lost_seen });
            let [root, end] = [at::SHOULDERS[limb], at::WRISTS[limb]];
            let p = if inside(end) { p } else { p + model.edge.lost };
            events.happens(limb, p).then(|| guess(limb, limb, root, end, model.lost.arm_guess))
        });
        let legs = [0, 1].map(|limb| {
            let hides = hidden[at::KNEES[limb]].max(hidden[at::ANKLES[limb]]) > 0.5;
            let p = share(if hides { &views.leg_lost_hidden } else { &views.leg_lost_seen });
            let [root, end] = [at::HIPS[limb], at::ANKLES[limb]];
            let p = if inside(end) { p } else { p + model.edge.lost };
            events.happens(limb + 2, p).then(|| guess(limb + 2, limb, root, end, model.lost.leg_guess))
        });
        Self { source, arms, legs }
    }

    /// The guess that a joint belongs to.
    pub(super) fn guess(&self, joint: usize) -> Option<&Guess> {
        let of = |pairs: &[[usize; 2]]| pairs.iter().find_map(|pair| pair.iter().position(|j| *j == joint));
        if let Some(limb) = of(&ARM) {
            return self.arms[limb].as_ref();
        }
        of(&LEG).and_then(|limb| self.legs[limb].as_ref())
    }
}
