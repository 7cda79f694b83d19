//! Layers models: Keras' own form, as Teachable Machine exports it.

mod config;
mod convert;
mod network;
#[cfg(test)]
mod tests;

pub use convert::{Cut, layers_to_onnx};
