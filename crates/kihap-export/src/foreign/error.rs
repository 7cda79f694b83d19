//! Why a file of others cannot be run.

use std::path::{Path, PathBuf};

/// A file that is no classifier that can be run, with the reason and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: String,
}

impl ForeignError {
    pub(super) fn new(path: &Path, problem: impl Into<String>) -> ForeignError {
        ForeignError { path: path.to_owned(), problem: problem.into() }
    }
}

impl std::fmt::Display for ForeignError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ForeignError {}
