//! Clips of skeletons as a network's input.

use kihap_vision::Skeleton;
use kihap_zoo::networks::{InputKind, Settings};
use serde::{Deserialize, Serialize};

use super::{
    Variation,
    clip::{ClipPoints, length, median, minus},
};
use crate::{augment::Augmentation, error::LearnError, example::Example};

/// Frames that a clip is resampled to.
const SEQUENCE_STEPS: usize = 24;
/// Goes up when the features change, so that models trained on older ones are refused.
const SEQUENCE_VERSION: u32 = 1;
/// Channels of a joint in a joint sequence: position and velocity.
const JOINT_CHANNELS: usize = 6;
/// How much of the clock that frames are spread over is movement; the rest is time. The first is the plain view.
const MOVEMENTS: [f32; 3] = [0.6, 0.3, 0.9];
/// Share of all movement that is cut off at each end of a clip.
const CUTS: [f32; 3] = [0.05, 0.03, 0.07];
/// Limbs: the joint that is looked from, and those that are looked at, with other names for the last.
const LIMBS: [(&str, [&[&str]; 3]); 4] = [
    ("left_shoulder", [&["left_elbow"], &["left_wrist"], &["left_hand", "left_index"]]),
    ("right_shoulder", [&["right_elbow"], &["right_wrist"], &["right_hand", "right_index"]]),
    ("left_hip", [&["left_knee"], &["left_ankle"], &["left_foot", "left_foot_index"]]),
    ("right_hip", [&["right_knee"], &["right_ankle"], &["right_foot", "right_foot_index"]]),
];

/// How a clip becomes numbers.
///
/// A clip is resampled to `steps` frames over a clock of time and movement. For [`InputKind::JointSequence`] each joint has
/// its position in torso lengths about the hips and its velocity in torso lengths a step: `[6, steps, joints]`. For
/// [`InputKind::Sequence`] a step has (`[steps, features]`):
///
/// 1. the direction of every bone as a unit vector;
/// 2. where the joints of arms and legs are from their shoulder or hip, in lengths of the limb, and where head and shoulders
///    are from the hips, in torso lengths: without the mean over the clip, and divided by twice the clip's root mean
///    square, so that a small movement counts as a large one does;
/// 3. the change of these from the step before to the step after.
///
/// A trained network sees every clip in [`SequenceLayout::VIEWS`] ways, by clocks of more and less movement and with more
/// and less cut off, and its probabilities are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceLayout {
    sequence: InputKind,
    skeleton: Skeleton,
    steps: usize,
    version: u32,
}

impl SequenceLayout {
    /// Ways in which a clip is seen; the first is the plain one.
    pub const VIEWS: usize = MOVEMENTS.len() * CUTS.len();

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
        3 * (self.skeleton.bones().len() + 2 * self.reaches().len())
    }

    /// Joints with what they are looked at from; `None` is the middle of the hips.
    fn reaches(&self) -> Vec<(Option<usize>, usize)> {
        let find = |names: &[&str]| names.iter().find_map(|name| self.skeleton.index_of(name));
        let mut reaches = Vec::new();
        for (from, joints) in LIMBS {
            let Some(from) = self.skeleton.index_of(from) else { continue };
            reaches.extend(joints.iter().filter_map(|names| find(names)).map(|joint| (Some(from), joint)));
        }
        let trunk = ["left_shoulder", "right_shoulder", "nose"];
        reaches.extend(trunk.iter().filter_map(|name| self.skeleton.index_of_nearest(name)).map(|joint| (None, joint)));
        reaches
    }

    pub(crate) fn write(
        &self,
        out: &mut [f32],
        index: usize,
        example: &Example,
        variation: Option<Variation<'_>>,
        view: usize,
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
                augmentation.vary_clip(&clip, self.steps, [MOVEMENTS[0], CUTS[0]], variation.rng)
            }
            None => {
                let (movement, cut) = (MOVEMENTS[view / CUTS.len()], CUTS[view % CUTS.len()]);
                clip.resampled(self.steps, movement, cut, 1.0 - cut)
            }
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
        let bones = self.skeleton.bones();
        let reaches = self.reached(clip);
        for (step, row) in out.chunks_exact_mut(self.features()).enumerate() {
            let frame = &clip.frames[step];
            let directions = bones.iter().map(|&(from, to)| {
                let bone = minus(frame[to], frame[from]);
                let length = length(bone) + 1e-3;
                bone.map(|v| v / length)
            });
            let (before, after) = neighbours(step, self.steps);
            // twice as large as the reaches, for a step is a small part of a movement
            let changes = reaches[after].iter().zip(&reaches[before]).map(|(a, b)| minus(*a, *b).map(|v| 2.0 * v));
            let values = directions.chain(reaches[step].iter().copied()).chain(changes).flatten();
            row.iter_mut().zip(values).for_each(|(place, value)| *place = value);
        }
    }

    /// The second kind of features, step by step.
    fn reached(&self, clip: &ClipPoints) -> Vec<Vec<[f32; 3]>> {
        let reaches = self.reaches();
        let hips = [self.skeleton.index_of("left_hip"), self.skeleton.index_of("right_hip")];
        let lengths: Vec<f32> = reaches.iter().map(|(from, _)| self.limb(*from, &reaches, clip)).collect();
        let mut values: Vec<Vec<[f32; 3]>> = clip
            .frames
            .iter()
            .map(|frame| {
                let middle = [0, 1, 2].map(|i| hips.iter().flatten().map(|hip| frame[*hip][i]).sum::<f32>() / 2.0);
                let each = reaches.iter().zip(&lengths).map(|((from, joint), length)| {
                    let origin = from.map_or(middle, |from| frame[from]);
                    minus(frame[*joint], origin).map(|v| v / length)
                });
                each.collect()
            })
            .collect();
        let steps = values.len() as f32;
        for joint in 0..reaches.len() {
            let mean = [0, 1, 2].map(|i| values.iter().map(|row| row[joint][i]).sum::<f32>() / steps);
            values.iter_mut().for_each(|row| row[joint] = minus(row[joint], mean));
        }
        let numbers = values.iter().flatten().flatten();
        let square = numbers.map(|v| v * v).sum::<f32>() / (3.0 * steps * reaches.len().max(1) as f32);
        let scale = 0.5 / (square.sqrt() + LEAST_MOVEMENT);
        values.iter_mut().flatten().flatten().for_each(|v| *v *= scale);
        values
    }

    /// The median length of the limb that begins at `from`, along its joints; 1 for the trunk.
    fn limb(&self, from: Option<usize>, reaches: &[(Option<usize>, usize)], clip: &ClipPoints) -> f32 {
        let Some(start) = from else { return 1.0 };
        let mut before = start;
        let mut sum = 0.0;
        for (_, joint) in reaches.iter().filter(|(of, _)| *of == from) {
            let lengths = clip.frames.iter().map(|frame| length(minus(frame[*joint], frame[before])));
            sum += median(lengths.collect()).unwrap_or(0.0);
            before = *joint;
        }
        sum.max(1e-3)
    }
}

/// Added to a clip's root mean square, in lengths of the limb, so that trembling does not count as movement.
const LEAST_MOVEMENT: f32 = 0.03;

fn neighbours(step: usize, steps: usize) -> (usize, usize) {
    (step.saturating_sub(1), (step + 1).min(steps - 1))
}
