//! Networks as TensorFlow.js layers models: `model.json` and `weights.bin`.
//!
//! Pictures are channels last there, `[height, width, channels]`, and so are joint sequences, `[steps, joints, channels]`.

mod arrange;
mod document;
mod export;
mod layers;
mod recurrent;
mod writer;

pub use document::{LayersModel, Weight};
pub use export::{LayersExport, LayersInput, export};
pub(crate) use export::{model_of, normalise_pixels};
