//! Readers of networks as others publish them (tfjs, TFLite, PyTorch) and a writer of ONNX.

mod error;
mod lower;
pub mod onnx;
mod tensor;
pub mod tfjs;
pub mod tflite;

pub use error::ConvertError;
pub use tensor::{MAX_WEIGHTS, Tensor, Values};
