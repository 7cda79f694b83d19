//! What a skeleton measures: every quantity of the syllabus that one skeleton, or a short run of them, can tell.
//!
//! Points are BlazePose's 33, indexed as in [`crate::kinematics::at`]. A [`Body3`] holds them in the performer's axes: x to the
//! left, y up, z the way the technique goes (the facing direction), metres about the middle of the hips.

mod arms;
mod body3;
mod facing;
mod feet;
mod legs;
mod motion;
mod not_measurable;
mod quantity;
mod ratios;
#[cfg(test)]
pub(crate) mod testing;
mod trunk;

pub use body3::Body3;
pub use facing::{Facing, FacingCues, FacingEstimate};
pub use motion::{Moment, Motion};
pub use not_measurable::NotMeasurable;
pub use quantity::{Context, Laterality};
pub use ratios::BodyRatios;
