//! What can be wrong with a syllabus, in sentences.

use std::path::PathBuf;

/// Why a syllabus could not be read, or a course not be found.
#[derive(Debug, thiserror::Error)]
pub enum SyllabusError {
    /// A file is missing or may not be read.
    #[error("{}: cannot be read ({source}); a syllabus folder needs techniques.toml, basics.toml, sparring.toml, scoring.toml and poomsae/*.toml", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file says something that cannot be.
    #[error("{file}:{line}: {reason}")]
    Bad {
        /// The file, as given.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong with that line.
        reason: String,
    },
    /// There is no course of this name.
    #[error("there is no course {name:?}; there are: {}", known.join(", "))]
    UnknownCourse {
        /// The name asked for.
        name: String,
        /// Every name there is.
        known: Vec<String>,
    },
}
