//! Readers and writers of other tools' formats.
//!
//! - [`foreign`]: trained classifiers of others, to be run as they are.
//! - [`onnx`]: a whole model as one file, from the picture or the landmarks to calibrated probabilities.
//! - [`tfjs`]: networks as TensorFlow.js layers models.
//! - [`teachable_machine`]: projects and sample zips read, projects, pose and image exports written.
//! - [`web`]: a page for any static host.
//! - [`card`]: the model card that travels with every export.

mod backbone;
pub mod card;
mod error;
pub mod foreign;
mod obstacle;
pub mod onnx;
mod plain;
mod reads;
pub mod teachable_machine;
pub mod tfjs;
mod warning;
pub mod web;

pub use backbone::{Backbone, LayersFile};
pub use error::ExportError;
pub use obstacle::Obstacle;
pub use reads::Reads;
pub use warning::ExportWarning;
