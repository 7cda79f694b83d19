//! Finding samples that would teach a model something wrong. Nothing is moved or deleted here.

mod body;
mod leaks;
mod limits;
mod outlier;
mod report;
mod shape;

pub use body::BodyPart;
pub use leaks::{Leak, SharedGroup, find_leaks};
pub use limits::CurationLimits;
pub use report::{CurationReport, Flag, FlagDetails, curate, look_over};
