//! Teachable Machine's files.

mod archive;

pub use archive::{import_archive, is_archive};
