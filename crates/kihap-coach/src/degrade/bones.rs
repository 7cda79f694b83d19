//! World coordinates: bone by bone from the hips outward.

use glam::{Mat3, Vec2, Vec3};

use super::latent::Latent;
use super::limbs::Limbs;
use super::model::{BoneError, ErrorModel};
use super::view::blend;
use crate::kinematics::at;

/// How many latent numbers a body takes: three a joint, three for the trunk, one each for the turn of hip line and
/// shoulder line and for the size, and two for the lines' lengths.
pub(super) const NUMBERS: usize = 33 * 3 + 8;

/// What world coordinates are made from.
pub(super) struct Skeleton<'a> {
    pub(super) model: &'a ErrorModel,
    /// True world coordinates, metres.
    pub(super) truth: &'a [Vec3; 33],
    pub(super) trunk: f32,
    pub(super) turned_deg: f32,
    pub(super) hidden: &'a [f32; 33],
    pub(super) limbs: &'a Limbs,
    pub(super) noise: &'a Latent,
    /// The numbers behind errors in the picture, two a joint.
    pub(super) in_picture: &'a Latent,
}

/// The joint where the bone begins that ends in a joint of a limb.
fn root(joint: usize) -> Option<usize> {
    let limb = (joint + 1) % 2;
    Some(match joint {
        13 | 14 => at::SHOULDERS[limb],
        15 | 16 => at::ELBOWS[limb],
        17..=22 => at::WRISTS[limb],
        25 | 26 => at::HIPS[limb],
        27 | 28 => at::KNEES[limb],
        29..=32 => at::ANKLES[limb],
        _ => return None,
    })
}

/// The error of the bone that ends in a joint of a limb.
fn error_of(model: &ErrorModel, joint: usize) -> &BoneError {
    let bones = &model.bones;
    match joint {
        13 | 14 => &bones.upper_arm,
        15 | 16 => &bones.forearm,
        17..=22 => &bones.hand,
        25 | 26 => &bones.thigh,
        27 | 28 => &bones.shin,
        _ => &bones.foot,
    }
}

impl Skeleton<'_> {
    fn middle(&self, [left, right]: [usize; 2]) -> Vec3 {
        (self.truth[left] + self.truth[right]) * 0.5
    }

    /// Every joint about the middle of the hips, metres; without jitter.
    pub(super) fn found(&self) -> [Vec3; 33] {
        let views = &self.model.views;
        let mut found = [Vec3::ZERO; 33];
        let hips_yaw = self.noise.of(102) * blend(&views.hips_yaw_deg, self.turned_deg);
        // Shoulders are mostly wrong the way the hips are: half of the number is shared.
        let turn = 0.5 * self.noise.of(102) + 0.75_f32.sqrt() * self.noise.of(103);
        let shoulders_yaw = turn * blend(&views.shoulders_yaw_deg, self.turned_deg);
        let varied = |length: f32, number: usize| length * (1.0 + self.model.body.line_noise * self.noise.of(number));
        self.set_line(&mut found, at::HIPS, Vec3::ZERO, varied(self.model.body.hips, 105), hips_yaw);
        let (hips, shoulders) = (self.middle(at::HIPS), self.middle(at::SHOULDERS));
        let trunk = self.spread(&self.model.bones.trunk, (shoulders - hips) / self.trunk, [99, 100, 101], 1.0);
        // The trunk is the unit, so that its length stays.
        let top = trunk.normalize_or(Vec3::NEG_Y);
        self.set_line(&mut found, at::SHOULDERS, top, varied(self.model.body.shoulders, 106), shoulders_yaw);
        for (joint, place) in found.iter_mut().enumerate().take(11) {
            let way = (self.truth[self.limbs.source[joint]] - shoulders) / self.trunk;
            // A head is one piece: its points share the nose's error.
            *place = top + self.spread(&self.model.bones.head, way, [0, 1, 2], 1.0);
        }
        // From the inner end outward: the roots come before what hangs on them.
        for joint in 13..33 {
            if let Some(root) = root(joint) {
                found[joint] = found[root] + self.limb_bone(joint, error_of(self.model, joint));
            }
        }
        let body = &self.model.body;
        let size =
            if body.trunk_m > 0.0 { body.trunk_m + body.trunk_m_sd * self.noise.lasting(104) } else { self.trunk };
        found.map(|point| point * size)
    }

    fn set_line(&self, found: &mut [Vec3; 33], pair: [usize; 2], centre: Vec3, length: f32, yaw_deg: f32) {
        let [left, right] = pair.map(|joint| self.truth[self.limbs.source[joint]]);
        let half = (left - right) * (0.5 * length / self.trunk);
        let half = Mat3::from_rotation_y(yaw_deg.to_radians()) * half;
        found[pair[0]] = centre + half;
        found[pair[1]] = centre - half;
    }

    fn limb_bone(&self, joint: usize, error: &BoneError) -> Vec3 {
        let source = self.limbs.source[joint];
        let own = root(source).map_or(Vec3::ZERO, |root| self.truth[source] - self.truth[root]) / self.trunk;
        let numbers = [joint * 3, joint * 3 + 1, joint * 3 + 2];
        let of_joint = self.model.joints.of(joint);
        let worse = (of_joint.hidden / of_joint.seen.max(1e-6)).clamp(1.0, 2.5);
        let hidden = 1.0 + (worse - 1.0) * self.hidden[source];
        let way = match self.limbs.guess(joint) {
            Some(guess) if joint <= 16 || (25..=28).contains(&joint) => {
                let first = joint <= 14 || joint == 25 || joint == 26;
                let flat = if first { guess.middle } else { guess.end - guess.middle };
                flat.extend(guess.depth * self.model.lost.depth_noise)
            }
            _ => own,
        };
        let shared = self.model.body.shared;
        let in_picture = Vec2::new(self.in_picture.of(joint * 2), self.in_picture.of(joint * 2 + 1));
        let spread = self.spread(error, way, numbers, (1.0 - shared * shared).max(0.0).sqrt() * hidden);
        spread + (in_picture * (shared * error.across_noise * hidden)).extend(0.0)
    }

    /// A bone with its error: foreshortened bones are given too little depth and keep part of their length. `across` is the share
    /// of the error across the view that is the bone's own.
    fn spread(&self, error: &BoneError, way: Vec3, numbers: [usize; 3], across: f32) -> Vec3 {
        let [x, y, z] = numbers.map(|index| self.noise.of(index));
        let flat = way.truncate();
        let depth = error.depth * way.z;
        let (wide, long) = (flat.length() * error.length, way.length() * error.length);
        let kept = 0.5 * wide + 0.5 * (long * long - depth * depth).max(0.0).sqrt();
        // Seen end-on, a bone has no direction in the picture that could be kept.
        let flat = if wide > 0.02 { flat.normalize_or_zero() * kept } else { flat * error.length };
        let off = Vec2::new(x, y) * (error.across_noise * across);
        (flat + off).extend(depth + error.depth_bias + z * error.depth_noise)
    }
}
