//! Where joints are found in the picture, and how certainly.

use glam::Vec2;
use kihap_vision::Pose;

use super::latent::Latent;
use super::limbs::Limbs;
use super::model::ErrorModel;
use crate::kinematics::at;

/// What the frame's picture has to do with the truth.
pub(super) struct Sight<'a> {
    pub(super) model: &'a ErrorModel,
    pub(super) truth: &'a Pose,
    /// Pixels of a trunk length where the body stands.
    pub(super) trunk_px: f32,
    pub(super) hidden: &'a [f32; 33],
    pub(super) limbs: &'a Limbs,
    /// Two standard normal numbers a joint, two more for joints beyond the edge.
    pub(super) noise: &'a Latent,
    /// One a joint.
    pub(super) certainty: &'a Latent,
    /// Radial distortion.
    pub(super) lens: f32,
}

impl Sight<'_> {
    /// The true place of a joint in the picture, pixels.
    fn place(&self, joint: usize) -> Vec2 {
        let landmark = &self.truth.landmarks[joint];
        Vec2::new(landmark.x, landmark.y)
    }

    /// How far a joint lies beyond the picture's edge, trunk lengths.
    pub(super) fn beyond_edge(&self, joint: usize) -> f32 {
        let place = self.place(joint);
        let size = Vec2::new(self.truth.width as f32, self.truth.height as f32);
        let nearest = place.clamp(Vec2::ZERO, size);
        nearest.distance(place) / self.trunk_px
    }

    /// Where each joint is found without jitter, pixels.
    pub(super) fn found(&self) -> [Vec2; 33] {
        let mut found: [Vec2; 33] = std::array::from_fn(|joint| self.place(self.limbs.source[joint]));
        for limb in 0..2 {
            if let Some(guess) = &self.limbs.arms[limb] {
                let root = found[at::SHOULDERS[limb]];
                let hand = found[at::WRISTS[limb]];
                found[at::ELBOWS[limb]] = root + guess.middle * self.trunk_px;
                found[at::WRISTS[limb]] = root + guess.end * self.trunk_px;
                for joints in [at::PINKIES, at::INDEXES, at::THUMBS] {
                    found[joints[limb]] = found[joints[limb]] - hand + found[at::WRISTS[limb]];
                }
            }
            if let Some(guess) = &self.limbs.legs[limb] {
                let root = found[at::HIPS[limb]];
                let foot = found[at::ANKLES[limb]];
                found[at::KNEES[limb]] = root + guess.middle * self.trunk_px;
                found[at::ANKLES[limb]] = root + guess.end * self.trunk_px;
                for joints in [at::HEELS, at::TOES] {
                    found[joints[limb]] = found[joints[limb]] - foot + found[at::ANKLES[limb]];
                }
            }
        }
        for (joint, place) in found.iter_mut().enumerate() {
            let error = self.model.joints.of(joint);
            let hidden = self.hidden[self.limbs.source[joint]];
            let own = error.seen + (error.hidden - error.seen) * hidden;
            let beyond = self.beyond_edge(joint) * self.model.edge.error;
            let size = (own * own + beyond * beyond).sqrt();
            let off = Vec2::new(self.noise.of(joint * 2), self.noise.of(joint * 2 + 1)) * size;
            *place += (off + Vec2::Y * error.lower) * self.trunk_px;
        }
        found.map(|place| self.distorted(place))
    }

    fn distorted(&self, place: Vec2) -> Vec2 {
        let size = Vec2::new(self.truth.width as f32, self.truth.height as f32);
        let from_centre = place - size * 0.5;
        let r = (from_centre.length() / (size.length() * 0.5).max(1.0)).min(2.0);
        size * 0.5 + from_centre * (1.0 + self.lens * r * r)
    }

    /// The visibility of a joint.
    pub(super) fn visibility(&self, joint: usize) -> f32 {
        let error = self.model.joints.of(joint);
        let hidden = self.hidden[self.limbs.source[joint]];
        let mean = error.visibility_seen + (error.visibility_hidden - error.visibility_seen) * hidden;
        let mut visibility = if mean >= 1.0 {
            1.0
        } else {
            let logit = (mean / (1.0 - mean).max(1e-3)).max(1e-3).ln();
            // Wide enough that hands in full view are doubted now and then, as they are.
            1.0 / (1.0 + (-(logit + 1.3 * self.certainty.of(joint))).exp())
        };
        if self.limbs.guess(joint).is_some() {
            visibility *= self.model.lost.visibility;
        }
        let edge = &self.model.edge;
        visibility * edge.visibility.powf(self.beyond_edge(joint) / edge.reach.max(1e-3))
    }
}
