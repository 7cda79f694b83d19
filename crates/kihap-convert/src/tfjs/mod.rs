//! TensorFlow.js networks → ONNX: graph models (converted from TensorFlow) and layers models (Keras' own form).

mod base64;
mod graph;
mod layers;
mod manifest;
mod operators;
#[cfg(test)]
mod tests;
mod topology;

pub use graph::{GraphOptions, graph_to_onnx};
pub use layers::{Cut, layers_to_onnx};
pub use manifest::{gather_weights, read_weights, weight_bytes, weight_paths};
