//! Models as ONNX files that hold everything from a picture or a skeleton to probabilities.

mod joints;
mod landmarks;
mod nodes;
mod pictures;
mod write;

pub use write::{OnnxExport, write};
