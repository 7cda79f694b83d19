//! What can go wrong with a comparison's files and plan.

use std::path::PathBuf;

use crate::error::LearnError;

/// An error of a comparison as a whole. That one network fails is none: it becomes a row that says why.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A plan without networks, folds or seeds.
    #[error("there is no {what} to compare with; name at least one")]
    Nothing {
        /// "network", "fold" or "seed".
        what: &'static str,
    },
    /// A network or a seed that stands twice in the plan.
    #[error("{what} is listed twice; the rows and seeds of a comparison have to differ")]
    Twice {
        /// The network in quotation marks, or the seed.
        what: String,
    },
    /// The folder holds runs on other data or with other options.
    #[error(
        "{} was trained on other data or with other options than this comparison; choose another --out, or delete the folder",
        path.display()
    )]
    OtherComparison {
        /// The run's file.
        path: PathBuf,
    },
    /// A run's file that cannot be read as one.
    #[error("{} is not a run of a comparison, or is damaged ({problem}); delete it, and that run is trained again", path.display())]
    DamagedRun {
        /// The run's file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A table that could not be written.
    #[error("the table of the comparison could not be made: {problem}")]
    Table {
        /// What went wrong.
        problem: String,
    },
    /// A file that cannot be read or written, or a plot that cannot be drawn.
    #[error(transparent)]
    Learn(#[from] LearnError),
}
