//! Teachable Machine's files.

mod archive;
mod export;
mod joint;
mod metadata;

pub use archive::{import_archive, is_archive};
pub use export::export;
