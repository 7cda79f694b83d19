//! Clips of skeletons as a network's input.

use kihap_vision::Skeleton;
use kihap_zoo::networks::{InputKind, Settings};
use serde::{Deserialize, Serialize};

use super::{
    Variation,
    clip::{ClipPoints, length, minus},
};
use crate::{augment::Augmentation, error::LearnError, example::Example};

/// Frames that a clip is resampled to.
const SEQUENCE_STEPS: usize = 32;
/// Goes up when the features change, so that models trained on older ones are refused.
const SEQUENCE_VERSION: u32 = 1;
/// Channels of a joint in a joint sequence: position and velocity.
const JOINT_CHANNELS: usize = 6;

/// How a clip becomes numbers.
///
/// A clip is resampled to `steps` frames. For [`InputKind::JointSequence`] each joint has its position in torso lengths
/// about the hips and its velocity in torso lengths a step: `[6, steps, joints]`. For [`InputKind::Sequence`] a step has
/// every joint's position, every bone's direction as a unit vector, and the change of each from the step before to the
/// step after: `[steps, 2 × 3 × (joints + bones)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceLayout {
    sequence: InputKind,
    skeleton: Skeleton,
    steps: usize,
    version: u32,
}

impl SequenceLayout {
    pub(crate) fn of(network: &str, input: InputKind, examples: &[Example]) -> Result<SequenceLayout, LearnError> {
        let frames = examples.iter().flat_map(|e| e.frames.iter().flat_map(|frames| frames.iter().flatten()));
        let skeleton = frames.map(|pose| pose.skeleton).next();
        let skeleton = skeleton.ok_or_else(|| LearnError::NobodySeen { head: network.to_owned() })?;
        Ok(SequenceLayout { sequence: input, skeleton, steps: SEQUENCE_STEPS, version: SEQUENCE_VERSION })
    }

    pub(crate) fn input(&self) -> InputKind {
        self.sequence
    }

    pub(crate) fn is_current(&self) -> bool {
        self.version == SEQUENCE_VERSION
    }

    pub(crate) fn tell(&self, settings: &mut Settings) {
        settings.steps = self.steps;
        settings.features = self.features();
        settings.skeleton = self.skeleton;
        settings.joint_channels = JOINT_CHANNELS;
    }

    pub(crate) fn shape(&self) -> Vec<usize> {
        match self.sequence {
            InputKind::JointSequence => vec![JOINT_CHANNELS, self.steps, self.skeleton.names().len()],
            _ => vec![self.steps, self.features()],
        }
    }

    fn features(&self) -> usize {
        2 * 3 * (self.skeleton.names().len() + self.skeleton.bones().len())
    }

    pub(crate) fn write(
        &self,
        out: &mut [f32],
        index: usize,
        example: &Example,
        variation: Option<Variation<'_>>,
    ) -> Result<(), LearnError> {
        let missing = || LearnError::MissingInput { index, input: "frames" };
        let poses = example.frames.as_ref().ok_or_else(missing)?;
        let mirrored: Vec<_>;
        let mut frames = poses.as_slice();
        if variation.as_ref().is_some_and(|v| v.mirror) {
            mirrored = poses.iter().map(|pose| pose.as_ref().map(kihap_vision::Pose::mirrored)).collect();
            frames = &mirrored;
        }
        out.fill(0.0);
        // a clip without anybody is all zeros, as a row is
        let Some(clip) = ClipPoints::of(frames, self.skeleton) else { return Ok(()) };
        let clip = match variation {
            Some(variation) => {
                let augmentation: &Augmentation = &variation.options.augmentation;
                augmentation.vary_clip(&clip, self.steps, variation.rng)
            }
            None => clip.resampled(self.steps, 0.0, 1.0),
        };
        match self.sequence {
            InputKind::JointSequence => self.write_joints(out, &clip),
            _ => self.write_features(out, &clip),
        }
        Ok(())
    }

    fn write_joints(&self, out: &mut [f32], clip: &ClipPoints) {
        let joints = self.skeleton.names().len();
        let plane = self.steps * joints;
        for step in 0..self.steps {
            let (before, after) = neighbours(step, self.steps);
            for joint in 0..joints {
                let position = clip.frames[step][joint];
                let velocity = minus(clip.frames[after][joint], clip.frames[before][joint]);
                for axis in 0..3 {
                    out[axis * plane + step * joints + joint] = position[axis];
                    out[(3 + axis) * plane + step * joints + joint] = velocity[axis];
                }
            }
        }
    }

    fn write_features(&self, out: &mut [f32], clip: &ClipPoints) {
        let half = self.features() / 2;
        let values: Vec<Vec<f32>> = clip.frames.iter().map(|frame| self.of_frame(frame)).collect();
        for (step, row) in out.chunks_exact_mut(2 * half).enumerate() {
            let (before, after) = neighbours(step, self.steps);
            row[..half].copy_from_slice(&values[step]);
            for (place, (a, b)) in row[half..].iter_mut().zip(values[after].iter().zip(&values[before])) {
                *place = a - b;
            }
        }
    }

    /// Positions of all joints and directions of all bones.
    fn of_frame(&self, frame: &[[f32; 3]]) -> Vec<f32> {
        let bones = self.skeleton.bones().iter().map(|&(from, to)| {
            let bone = minus(frame[to], frame[from]);
            let length = length(bone).max(1e-3);
            bone.map(|v| v / length)
        });
        frame.iter().copied().chain(bones).flatten().collect()
    }
}

fn neighbours(step: usize, steps: usize) -> (usize, usize) {
    (step.saturating_sub(1), (step + 1).min(steps - 1))
}
