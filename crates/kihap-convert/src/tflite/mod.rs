//! TFLite networks → ONNX.

mod flatbuffer;
mod graph;
mod operators;
mod sparse;
mod weights;

pub use graph::{TfliteOptions, to_onnx};
