//! Networks as ONNX files.

mod attention;
mod layers;
pub(crate) mod recurrent;
mod write;

pub use write::{Options, write};
