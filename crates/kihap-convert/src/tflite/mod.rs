//! TFLite networks → ONNX.

mod flatbuffer;
mod graph;
mod operators;
mod sparse;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod weights;

pub use graph::{TfliteOptions, to_onnx};
