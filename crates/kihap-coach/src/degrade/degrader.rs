//! Errors put onto true skeletons, one frame or frame after frame.

use glam::{Vec2, Vec3};
use kihap_vision::{Landmark, Pose};

use super::bones::{NUMBERS, Skeleton};
use super::hidden::hidden;
use super::latent::{Latent, normal};
use super::limbs::{EVENTS, GUESSES, Limbs};
use super::model::{BoneError, ErrorModel};
use super::picture::Sight;
use super::view::turned_away_deg;
use crate::chance::Chance;
use crate::kinematics::at;

/// A pause after which nothing is left of earlier errors but what lasts, in times of forgetting.
const FORGOTTEN: f32 = 20.0;

impl ErrorModel {
    /// What the estimator makes of one true skeleton (33 joints with world coordinates, as [`crate::camera::Camera::sees`]
    /// gives it); `None` where it finds nobody. The same seed gives the same errors. A pose without 33 joints stays as it is.
    pub fn degrade(&self, truth: &Pose, seed: u64) -> Option<Pose> {
        self.degrade_by(truth, &mut Chance::new("degrade", &[seed]))
    }

    /// The same with a stream of chance.
    pub(crate) fn degrade_by(&self, truth: &Pose, chance: &mut Chance) -> Option<Pose> {
        Degrader::new(self, chance.bits()).next(truth, 0.0)
    }
}

/// An estimator that follows somebody: errors change slowly while the body moves, hardly while it is held, and jitter from
/// frame to frame.
#[derive(Debug)]
pub struct Degrader {
    model: ErrorModel,
    chance: Chance,
    in_picture: Latent,
    bones: Latent,
    certainty: Latent,
    events: Latent,
    guesses: Latent,
    missing: Latent,
    lens: f32,
    before: Option<(f64, [Vec3; 33])>,
}

impl Degrader {
    /// The estimator on one performance; everything follows from the seed.
    pub fn new(model: &ErrorModel, seed: u64) -> Self {
        let mut chance = Chance::new("errors", &[seed]);
        let lasting = model.time.lasting_share;
        let lens = chance.between(model.lens.barrel, model.lens.pincushion);
        let mut latent = |count: usize, lasting: f32| Latent::new(count, lasting, &mut chance);
        Self {
            in_picture: latent(66, lasting),
            bones: latent(NUMBERS, lasting),
            certainty: latent(33, lasting),
            // Limbs are lost and found again; no performance is spoilt as a whole.
            events: latent(EVENTS, lasting * 0.3),
            guesses: latent(GUESSES, 0.0),
            missing: latent(1, 0.0),
            model: *model,
            lens,
            chance,
            before: None,
        }
    }

    /// The next frame, at `seconds`; `None` where nobody is found.
    pub fn next(&mut self, truth: &Pose, seconds: f64) -> Option<Pose> {
        let (Some(world), true) = (truth.world.first_chunk::<33>(), truth.landmarks.len() == 33) else {
            return Some(truth.clone());
        };
        if self.model == ErrorModel::none() {
            return Some(truth.clone());
        }
        let points = world.map(Vec3::from);
        let trunk = trunk_of(&points).max(1e-3);
        self.pass(&points, trunk, seconds);
        let pixels = pixels_per_metre(truth, &points) * trunk;
        let hides = hidden(world);
        let turned_deg = turned_away_deg(&points);
        let place = |joint: usize| Vec2::new(truth.landmarks[joint].x, truth.landmarks[joint].y) / pixels;
        let size = Vec2::new(truth.width as f32, truth.height as f32) / pixels;
        let inside = |joint: usize| place(joint) == place(joint).clamp(Vec2::ZERO, size);
        let limbs = Limbs::of(&self.model, &self.events, &self.guesses, turned_deg, &hides, place, inside);
        let sight = Sight {
            model: &self.model,
            truth,
            trunk_px: pixels,
            hidden: &hides,
            limbs: &limbs,
            noise: &self.in_picture,
            certainty: &self.certainty,
            lens: self.lens,
        };
        let outside = (0..33).filter(|joint| sight.beyond_edge(*joint) > 0.0).count() as f32 / 33.0;
        if self.missing.happens(0, self.model.missing.base + self.model.missing.cut_off * outside) {
            return None;
        }
        let skeleton = Skeleton {
            model: &self.model,
            truth: &points,
            trunk,
            turned_deg,
            hidden: &hides,
            limbs: &limbs,
            noise: &self.bones,
            in_picture: &self.in_picture,
        };
        let (places, found) = (sight.found(), skeleton.found());
        let visibility: [f32; 33] = std::array::from_fn(|joint| sight.visibility(joint));
        let size = trunk_of(&found).max(1e-3);
        Some(self.with_jitter(truth, places, found, visibility, pixels, size))
    }

    fn with_jitter(
        &mut self,
        truth: &Pose,
        places: [Vec2; 33],
        found: [Vec3; 33],
        visibility: [f32; 33],
        pixels: f32,
        size: f32,
    ) -> Pose {
        let mut pose = truth.clone();
        let chance = &mut self.chance;
        for joint in 0..33 {
            let jitter = self.model.joints.of(joint).jitter;
            let place = places[joint] + Vec2::new(normal(chance), normal(chance)) * (jitter * pixels);
            let depth = normal(chance) * depth_jitter(&self.model, joint) * size;
            let point =
                found[joint] + Vec3::new(normal(chance), normal(chance), 0.0) * (jitter * size) + Vec3::Z * depth;
            let visible = visibility[joint];
            pose.world[joint] = point.to_array();
            pose.landmarks[joint] =
                Landmark { x: place.x, y: place.y, z: point.z / size * pixels, visibility: visible, presence: visible };
        }
        pose
    }

    fn pass(&mut self, points: &[Vec3; 33], trunk: f32, seconds: f64) {
        let time = &self.model.time;
        let passed = match &self.before {
            Some((then, before)) if seconds > *then => {
                let elapsed = (seconds - then) as f32;
                let way: f32 = points.iter().zip(before).skip(11).map(|(a, b)| a.distance(*b)).sum();
                let speed = way / 22.0 / trunk / elapsed;
                elapsed / time.correlation_s.max(1e-3) * (time.held_pace + speed).min(4.0)
            }
            _ => 0.0,
        };
        self.before = Some((seconds, *points));
        let chance = &mut self.chance;
        let latents = [&mut self.in_picture, &mut self.bones, &mut self.certainty, &mut self.events, &mut self.guesses];
        for latent in latents {
            latent.pass(passed.min(FORGOTTEN), chance);
        }
        // Whether a frame finds anybody has little to do with the one before.
        self.missing.pass(1.0, chance);
    }
}

/// Between a pair of joints.
pub(super) fn middle(points: &[Vec3; 33], [left, right]: [usize; 2]) -> Vec3 {
    (points[left] + points[right]) * 0.5
}

/// Length of the trunk.
pub(super) fn trunk_of(points: &[Vec3; 33]) -> f32 {
    middle(points, at::SHOULDERS).distance(middle(points, at::HIPS))
}

/// Pixels that a metre spans where the body stands: the scale that brings the world's places onto the picture's.
pub(super) fn pixels_per_metre(truth: &Pose, points: &[Vec3; 33]) -> f32 {
    let flat: [Vec2; 33] = std::array::from_fn(|joint| Vec2::new(truth.landmarks[joint].x, truth.landmarks[joint].y));
    let mean = |places: &[Vec2; 33]| places.iter().sum::<Vec2>() / 33.0;
    let world = points.map(|point| point.truncate());
    let (centre, world_centre) = (mean(&flat), mean(&world));
    let pairs = flat.iter().zip(&world).map(|(a, b)| (*a - centre, *b - world_centre));
    let (dot, square) = pairs.fold((0.0, 0.0), |(dot, square), (a, b)| (dot + a.dot(b), square + b.length_squared()));
    (dot / square.max(1e-6)).max(1e-3)
}

fn depth_jitter(model: &ErrorModel, joint: usize) -> f32 {
    let bones = &model.bones;
    let bone: &BoneError = match joint {
        0..=10 => &bones.head,
        11 | 12 => &bones.trunk,
        13 | 14 => &bones.upper_arm,
        15 | 16 => &bones.forearm,
        17..=22 => &bones.hand,
        23 | 24 => return 0.0,
        25 | 26 => &bones.thigh,
        27 | 28 => &bones.shin,
        _ => &bones.foot,
    };
    bone.depth_jitter
}
