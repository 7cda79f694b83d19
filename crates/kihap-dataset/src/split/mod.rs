//! Dividing samples into train, validation and test so that the numbers hold up.

mod assign;
mod folds;
mod given;
mod groups;
mod plan;
mod warning;

pub use folds::{Folds, folds};
pub use given::read_splits;
pub use groups::{GroupedBy, Grouping, group};
pub use plan::{SplitOptions, SplitPlan, SplitSample, SplitStrategy, split};
pub use warning::SplitWarning;

/// Bits in which two perceptual hashes may differ for their pictures to count as near-duplicates; see
/// [`crate::curate::CurationLimits::near_distance`].
pub const NEAR_DISTANCE: u32 = 6;
