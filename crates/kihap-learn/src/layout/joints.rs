//! The joints of one skeleton as a network's input, joint by joint.

use kihap_vision::Skeleton;
use kihap_zoo::networks::Settings;
use serde::{Deserialize, Serialize};

use super::{Variation, clip::ClipPoints};
use crate::{error::LearnError, example::Example};

/// Channels of a joint: position (x, y, z) and visibility.
const CHANNELS: usize = 4;

/// How a skeleton becomes numbers, `[joints, 4]`: where each joint is, in torso lengths about the middle of the hips, and how
/// visible it is (0 to 1). Nobody is all zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointsLayout {
    joints: Skeleton,
}

impl JointsLayout {
    pub(crate) fn of(network: &str, examples: &[Example]) -> Result<JointsLayout, LearnError> {
        let seen = examples.iter().find_map(|e| e.pose.as_ref());
        let joints = seen.ok_or_else(|| LearnError::NobodySeen { head: network.to_owned() })?.skeleton;
        Ok(JointsLayout { joints })
    }

    /// The skeleton whose joints are read.
    pub fn skeleton(&self) -> Skeleton {
        self.joints
    }

    pub(crate) fn tell(&self, settings: &mut Settings) {
        settings.skeleton = self.joints;
        settings.joint_channels = CHANNELS;
    }

    pub(crate) fn shape(&self) -> Vec<usize> {
        vec![self.joints.names().len(), CHANNELS]
    }

    pub(crate) fn write(&self, out: &mut [f32], example: &Example, variation: Option<Variation<'_>>) {
        out.fill(0.0);
        let Some(pose) = &example.pose else { return };
        let mut pose = pose.clone();
        if let Some(variation) = variation {
            if variation.mirror {
                pose = pose.mirrored();
            }
            if variation.options.augmentation.moves_joints() {
                pose = variation.options.augmentation.vary(&pose, variation.rng);
            }
        }
        let visibilities: Vec<f32> = pose.landmarks.iter().map(|l| l.visibility).collect();
        let Some(clip) = ClipPoints::of(&[Some(pose)], self.joints) else { return };
        for ((row, point), visibility) in out.chunks_exact_mut(CHANNELS).zip(&clip.frames[0]).zip(visibilities) {
            row[..3].copy_from_slice(point);
            row[3] = visibility;
        }
    }
}
