//! Skeletons and feature vectors of samples, made once and kept in `features.db`.

mod budget;
mod cache;
mod extract;
mod stream;

pub use cache::{CACHE_FILE, FeatureCache, FeatureKind};
pub use extract::{Extracted, Extraction, ExtractionProgress, Problem, photo_features_of, poses_of};
