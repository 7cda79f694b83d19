//! Skeletons: which joints there are, and where a person's joints were seen.

use serde::{Deserialize, Serialize};

/// A set of joints with fixed names and order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skeleton {
    /// BlazePose's 33 points (MediaPipe Pose).
    Blazepose33,
    /// The 17 key points of COCO, as PoseNet and MoveNet give them.
    Coco17,
    /// The 20 joints of the first Kinect, in the order of MSR Action3D (Li, Zhang, Liu: "Action recognition based on a
    /// bag of 3D points", CVPR Workshops 2010), whose files don't name them.
    ///
    /// Which joint is which was read off the data: the pairs that keep their distance are the bones, and feet point at
    /// the camera. Sides: every one-armed action and both kicks are done with the joints called right here, as the
    /// paper asked of its subjects; and they draw the tick (✓) with its long stroke towards that side, as one does
    /// whichever hand one uses.
    Kinect20,
}

/// Which side of the body a joint belongs to, from the person's own view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The person's left.
    Left,
    /// The person's right.
    Right,
}

const BLAZEPOSE_NAMES: [&str; 33] = [
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
];

const COCO_NAMES: [&str; 17] = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
];

const KINECT_NAMES: [&str; 20] = [
    "left_shoulder",
    "right_shoulder",
    "shoulder_center",
    "spine",
    "left_hip",
    "right_hip",
    "hip_center",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hand",
    "right_hand",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_foot",
    "right_foot",
    "head",
];

/// Limbs to draw, as pairs of BlazePose indices (MediaPipe's `POSE_CONNECTIONS`).
const BLAZEPOSE_BONES: [(usize, usize); 35] = [
    (0, 1),
    (1, 2),
    (2, 3),
    (3, 7),
    (0, 4),
    (4, 5),
    (5, 6),
    (6, 8),
    (9, 10),
    (11, 12),
    (11, 13),
    (13, 15),
    (15, 17),
    (15, 19),
    (15, 21),
    (17, 19),
    (12, 14),
    (14, 16),
    (16, 18),
    (16, 20),
    (16, 22),
    (18, 20),
    (11, 23),
    (12, 24),
    (23, 24),
    (23, 25),
    (24, 26),
    (25, 27),
    (26, 28),
    (27, 29),
    (28, 30),
    (29, 31),
    (30, 32),
    (27, 31),
    (28, 32),
];

const COCO_BONES: [(usize, usize); 16] = [
    (0, 1),
    (0, 2),
    (1, 3),
    (2, 4),
    (5, 6),
    (5, 7),
    (7, 9),
    (6, 8),
    (8, 10),
    (5, 11),
    (6, 12),
    (11, 12),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
];

/// The Kinect's skeleton is a tree about the hip centre.
const KINECT_BONES: [(usize, usize); 19] = [
    (6, 3),
    (3, 2),
    (2, 19),
    (2, 0),
    (0, 7),
    (7, 9),
    (9, 11),
    (2, 1),
    (1, 8),
    (8, 10),
    (10, 12),
    (6, 4),
    (4, 13),
    (13, 15),
    (15, 17),
    (6, 5),
    (5, 14),
    (14, 16),
    (16, 18),
];

impl Skeleton {
    /// Every skeleton.
    pub const ALL: [Skeleton; 3] = [Skeleton::Blazepose33, Skeleton::Coco17, Skeleton::Kinect20];

    /// Joint names in the order of [`Pose::landmarks`].
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Skeleton::Blazepose33 => &BLAZEPOSE_NAMES,
            Skeleton::Coco17 => &COCO_NAMES,
            Skeleton::Kinect20 => &KINECT_NAMES,
        }
    }

    /// Limbs as pairs of joint indices.
    pub fn bones(self) -> &'static [(usize, usize)] {
        match self {
            Skeleton::Blazepose33 => &BLAZEPOSE_BONES,
            Skeleton::Coco17 => &COCO_BONES,
            Skeleton::Kinect20 => &KINECT_BONES,
        }
    }

    /// Index of the joint called `name`.
    pub fn index_of(self, name: &str) -> Option<usize> {
        self.names().iter().position(|n| *n == name)
    }

    /// Index of the joint called `name`, or of the one that stands for it: a skeleton without a face has only its head
    /// for nose, eyes, ears and mouth.
    pub fn index_of_nearest(self, name: &str) -> Option<usize> {
        const FACE: [&str; 4] = ["nose", "eye", "ear", "mouth"];
        let of_face = || FACE.iter().any(|part| name.split('_').any(|word| word == *part));
        self.index_of(name).or_else(|| self.index_of("head").filter(|_| of_face()))
    }

    /// The side a joint lies on; `None` for those in the middle, such as the nose.
    pub fn side_of(self, index: usize) -> Option<Side> {
        let name = self.names().get(index)?;
        if name.contains("left") {
            Some(Side::Left)
        } else if name.contains("right") {
            Some(Side::Right)
        } else {
            None
        }
    }

    /// The joint on the other side of the body (the joint itself where there is none).
    pub fn opposite(self, index: usize) -> usize {
        let name = self.names()[index];
        let other = match self.side_of(index) {
            Some(Side::Left) => name.replace("left", "right"),
            Some(Side::Right) => name.replace("right", "left"),
            None => return index,
        };
        self.index_of(&other).unwrap_or(index)
    }
}

/// One joint of one person in one picture.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Landmark {
    /// Pixels from the left edge of the source picture.
    pub x: f32,
    /// Pixels from the top edge of the source picture.
    pub y: f32,
    /// Depth in pixels of the source picture, 0 at the hips, smaller is nearer to the camera.
    /// 0 for estimators that give no depth.
    pub z: f32,
    /// Likelihood in 0..=1 that the joint is in the picture and not hidden.
    pub visibility: f32,
    /// Likelihood in 0..=1 that the joint is in the picture.
    pub presence: f32,
}

/// One person's skeleton in one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Which joints `landmarks` lists.
    pub skeleton: Skeleton,
    /// Width of the source picture in pixels.
    pub width: u32,
    /// Height of the source picture in pixels.
    pub height: u32,
    /// The estimator's confidence in 0..=1 that a person is there.
    pub score: f32,
    /// One entry a joint, in the order of [`Skeleton::names`].
    pub landmarks: Vec<Landmark>,
    /// The same joints in metres around the hip centre: x to the right of the picture, y down, z away from the
    /// camera. Empty for estimators that give no world coordinates.
    pub world: Vec<[f32; 3]>,
}

impl Pose {
    /// The pose as a mirror would show it: x is flipped within the picture, and left and right joints trade places.
    pub fn mirrored(&self) -> Pose {
        let width = self.width as f32;
        let skeleton = self.skeleton;
        let from = |i: usize| skeleton.opposite(i);
        Pose {
            landmarks: (0..self.landmarks.len())
                .map(|i| {
                    let l = self.landmarks[from(i)];
                    Landmark { x: width - l.x, ..l }
                })
                .collect(),
            world: (0..self.world.len())
                .map(|i| {
                    let [x, y, z] = self.world[from(i)];
                    [-x, y, z]
                })
                .collect(),
            ..*self
        }
    }

    /// The joint called `name`, where the skeleton has it.
    pub fn joint(&self, name: &str) -> Option<&Landmark> {
        self.skeleton.index_of(name).and_then(|i| self.landmarks.get(i))
    }

    /// The smallest upright box around the joints with at least `min_visibility`, as (left, top, right, bottom)
    /// in pixels; `None` when no joint is that visible.
    pub fn bounds(&self, min_visibility: f32) -> Option<(f32, f32, f32, f32)> {
        self.landmarks.iter().filter(|l| l.visibility >= min_visibility).fold(None, |acc, l| {
            let (x0, y0, x1, y1) = acc.unwrap_or((l.x, l.y, l.x, l.y));
            Some((x0.min(l.x), y0.min(l.y), x1.max(l.x), y1.max(l.y)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposite_is_its_own_inverse_and_changes_side() {
        for skeleton in Skeleton::ALL {
            for (i, name) in skeleton.names().iter().enumerate() {
                let j = skeleton.opposite(i);
                assert_eq!(skeleton.opposite(j), i);
                let in_the_middle = ["nose", "shoulder_center", "spine", "hip_center", "head"].contains(name);
                assert_eq!(skeleton.side_of(i) == skeleton.side_of(j), in_the_middle, "{name}");
            }
        }
    }

    #[test]
    fn bones_are_the_same_on_both_sides() {
        for skeleton in Skeleton::ALL {
            for &(a, b) in skeleton.bones() {
                let other = (skeleton.opposite(a), skeleton.opposite(b));
                let there = skeleton.bones().iter().any(|&bone| bone == other || bone == (other.1, other.0));
                assert!(there, "{}–{}", skeleton.names()[a], skeleton.names()[b]);
            }
        }
    }

    #[test]
    fn a_head_stands_for_a_face_and_for_nothing_else() {
        let nearest = |name| Skeleton::Kinect20.index_of_nearest(name);
        assert_eq!([nearest("nose"), nearest("left_ear"), nearest("mouth_right")], [Some(19); 3]);
        assert_eq!((nearest("left_wrist"), nearest("left_heel")), (Some(9), None));
        assert_eq!(Skeleton::Blazepose33.index_of_nearest("nose"), Some(0));
        assert_eq!(Skeleton::Coco17.index_of_nearest("mouth_left"), None);
    }

    #[test]
    fn mirroring_twice_gives_the_pose_back() {
        let pose = Pose {
            skeleton: Skeleton::Blazepose33,
            width: 640,
            height: 480,
            score: 0.9,
            landmarks: (0..33)
                .map(|i| Landmark { x: i as f32, y: 2.0, z: 3.0, visibility: 0.5, presence: 0.6 })
                .collect(),
            world: (0..33).map(|i| [i as f32, 1.0, 2.0]).collect(),
        };
        let mirrored = pose.mirrored();
        assert_eq!(mirrored.landmarks[11].x, 640.0 - 12.0);
        assert_eq!(mirrored.mirrored(), pose);
    }
}
