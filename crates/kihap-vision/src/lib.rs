//! Pictures and video in, skeletons and features out.

pub mod pose;

pub use pose::{Landmark, Pose, Side, Skeleton};

use image::RgbImage;

/// An error of this crate; its text says what is wrong and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// Anything that is not told apart yet.
    #[error("{0}")]
    Other(String),
}

/// Something that finds people and their joints in a picture.
pub trait PoseEstimator {
    /// Name and every setting that changes the result; part of the key of cached features.
    fn settings(&self) -> String;
    /// The people in `picture`, the most certain first; empty when nobody is seen.
    fn estimate(&mut self, picture: &RgbImage) -> Result<Vec<Pose>, VisionError>;
}

/// A frozen network that turns pictures into feature vectors.
pub trait PhotoBackbone {
    /// Name and every setting that changes the result; part of the key of cached features.
    fn settings(&self) -> String;
    /// Length of a feature vector.
    fn features(&self) -> usize;
    /// One feature vector a picture, in order.
    fn embed(&mut self, pictures: &[RgbImage]) -> Result<Vec<Vec<f32>>, VisionError>;
}
