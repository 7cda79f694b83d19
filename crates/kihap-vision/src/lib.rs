//! Pictures and video in, skeletons and features out.

pub mod augment;
pub mod backbone;
pub mod blazepose;
pub mod draw;
mod error;
pub mod estimators;
pub mod feature_stream;
pub mod features;
pub mod fitting;
pub mod graph_runner;
pub mod movenet;
pub mod picture;
pub mod picture_input;
pub mod picture_store;
pub mod pose;
pub mod posenet;
mod resample;
pub mod runtime;
pub mod smooth;
pub mod video;
pub mod video_writer;
mod warp;
pub mod weights;

use image::RgbImage;

pub use error::{Result, VisionError};
pub use image;
pub use pose::{Landmark, Pose, Side, Skeleton};

/// Something that finds people and their joints in a picture.
pub trait PoseEstimator {
    /// Name and every setting that changes the result; part of the key of cached features.
    fn settings(&self) -> String;
    /// The people in `picture`, the most certain first; empty when nobody is seen.
    fn estimate(&mut self, picture: &RgbImage) -> Result<Vec<Pose>>;
}

/// A frozen network that turns pictures into feature vectors.
pub trait PhotoBackbone {
    /// Name and every setting that changes the result; part of the key of cached features.
    fn settings(&self) -> String;
    /// Length of a feature vector.
    fn features(&self) -> usize;
    /// One feature vector a picture, in order.
    fn embed(&mut self, pictures: &[RgbImage]) -> Result<Vec<Vec<f32>>>;
}
