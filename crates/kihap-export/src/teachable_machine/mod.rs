//! Teachable Machine's files.

mod archive;
mod manifest;
mod project;

pub use archive::{import_archive, is_archive};
pub use manifest::ProjectKind;
pub use project::{ProjectError, ProjectReport, write_project};
