//! What can go wrong while a model is written for others.

use crate::obstacle::Obstacle;

/// Why a model was not exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The model's network or weights do not fit together.
    #[error(transparent)]
    Zoo(#[from] kihap_zoo::ZooError),
    /// A graph could not be written.
    #[error(transparent)]
    Convert(#[from] kihap_convert::ConvertError),
    /// The other format has no layer for something.
    #[error("{format} has no layer for '{layer}' of {network}: {problem}; {instead}")]
    NoLayer {
        /// The format, as users call it.
        format: &'static str,
        /// The network.
        network: String,
        /// The layer.
        layer: String,
        /// What is missing.
        problem: String,
        /// What to use instead.
        instead: &'static str,
    },
    /// The model as a whole cannot go into that format.
    #[error("{model} cannot be exported {format}: {obstacle}")]
    Unfit {
        /// The model's network.
        model: String,
        /// The format: "to tfjs" …
        format: &'static str,
        /// Why, and what to use instead.
        obstacle: Obstacle,
    },
    /// A file that the export is made from is damaged.
    #[error("{file} is damaged: {problem}; {mend}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        mend: &'static str,
    },
}

/// Shorthand for this crate's results.
pub(crate) type Result<T> = std::result::Result<T, ExportError>;
