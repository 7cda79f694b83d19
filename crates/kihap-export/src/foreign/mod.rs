//! Trained classifiers of other tools, read so that they can be run as they are: Teachable Machine's image and pose exports,
//! TensorFlow.js models, ONNX files, Keras files of the zoo's networks.
//!
//! Each becomes one [`ForeignClassifier`]: a network in ONNX, what it is shown, and the names of its classes. Nothing in a
//! file is believed: sizes are bounded before anything is allocated for them, and what does not fit is a sentence.

mod classifier;
mod error;
mod exported;
mod keras;
mod labels;
mod onnx;
mod open;
mod options;
mod package;
mod picture_tensor;
mod teachable_machine;
mod tfjs;

pub use classifier::{ForeignClassifier, ForeignInput, ForeignKind, Scores};
pub use error::ForeignError;
pub use exported::ExportedInput;
pub use open::{looks_like_a_model, open_classifier};
pub use options::{ForeignOptions, ValueRange};
pub(crate) use package::leads_out;
pub use picture_tensor::PictureTensor;
