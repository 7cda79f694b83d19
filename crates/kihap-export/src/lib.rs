//! Readers and writers of other tools' formats.
//!
//! - [`foreign`]: trained classifiers of others, to be run as they are.
//! - [`teachable_machine`]: pictures of Teachable Machine's projects and sample zips, and datasets as projects.

pub mod foreign;
pub mod teachable_machine;
