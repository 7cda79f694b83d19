//! What can go wrong between a file and a skeleton.

use std::path::PathBuf;

/// An error of this crate; its text says what is wrong and how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisionError {
    /// A picture could not be read.
    #[error(transparent)]
    Picture(#[from] crate::picture::PictureError),
    /// A video could not be read.
    #[error(transparent)]
    Video(#[from] crate::video::VideoError),
    /// The runtime or a network is not installed.
    #[error("{what} is not installed (looked for {path}); run `kihap setup`")]
    NotInstalled {
        /// What is missing.
        what: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// ONNX Runtime refused the library, a network or an input.
    #[error("ONNX Runtime could not {action}: {reason}")]
    Runtime {
        /// What was tried.
        action: String,
        /// ONNX Runtime's own words.
        reason: String,
    },
    /// A network gave something of another shape than it should.
    #[error(
        "the network {network} gave {found} values for {output}, expected {expected}; its file may be damaged, run `kihap setup --force`"
    )]
    Shape {
        /// The network.
        network: String,
        /// The output.
        output: String,
        /// What came.
        found: usize,
        /// What should have come.
        expected: usize,
    },
    /// Getting the runtime or weights failed.
    #[error(transparent)]
    Setup(#[from] crate::weights::SetupError),
}

/// Shorthand for this crate's results.
pub type Result<T> = std::result::Result<T, VisionError>;
