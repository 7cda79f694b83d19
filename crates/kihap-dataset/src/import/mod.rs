//! Importing: folder trees, loose pictures, videos and tables become samples.

mod joint_columns;
mod kinect;
mod landmarks;
mod records;
mod report;
mod run;
mod skip;
mod sources;
mod table;
mod tree;

pub use report::{ClassCount, Conflict, ImportOptions, ImportProgress, ImportReport, JoinedClasses, Skipped};
pub use run::import;
pub use skip::SkipReason;
