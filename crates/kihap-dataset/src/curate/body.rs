//! Which parts of a body are outside the picture.

use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

/// A part of the body that a picture may cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyPart {
    /// Nose, eyes and ears, or the head as a whole.
    Head,
    /// Shoulders and elbows.
    Arms,
    /// Wrists, and fingers where the skeleton has them.
    Hands,
    /// Hips.
    Hips,
    /// Knees.
    Knees,
    /// Ankles, and heels and toes where the skeleton has them.
    Feet,
}

impl BodyPart {
    /// Every part, from top to bottom.
    pub const ALL: [BodyPart; 6] =
        [BodyPart::Head, BodyPart::Arms, BodyPart::Hands, BodyPart::Hips, BodyPart::Knees, BodyPart::Feet];

    /// The joints that decide: a part is cut off as soon as one of those the skeleton has is outside.
    fn joints(self) -> &'static [&'static str] {
        match self {
            BodyPart::Head => &["nose", "head"],
            BodyPart::Arms => &["left_shoulder", "right_shoulder", "left_elbow", "right_elbow"],
            BodyPart::Hands => &["left_wrist", "right_wrist"],
            BodyPart::Hips => &["left_hip", "right_hip"],
            BodyPart::Knees => &["left_knee", "right_knee"],
            BodyPart::Feet => &["left_ankle", "right_ankle"],
        }
    }
}

/// The parts of `pose` with a joint further outside the picture than `margin` (a fraction of its longer side).
pub(super) fn cut_off(pose: &Pose, margin: f32) -> Vec<BodyPart> {
    let (width, height) = (pose.width as f32, pose.height as f32);
    let margin = margin * width.max(height);
    let outside = |name: &&str| {
        pose.joint(name)
            .is_some_and(|l| l.x < -margin || l.y < -margin || l.x > width + margin || l.y > height + margin)
    };
    BodyPart::ALL.into_iter().filter(|part| part.joints().iter().any(outside)).collect()
}
