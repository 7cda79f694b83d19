//! Teachable Machine's files.

mod archive;
mod export;
mod joint;
mod manifest;
mod metadata;
mod project;

pub use archive::{import_archive, is_archive};
pub use export::export;
pub use manifest::ProjectKind;
pub use project::{ProjectError, ProjectReport, write_project};
