//! Readers of networks as others publish them (tfjs, TFLite, PyTorch) and a writer of ONNX.

pub mod efficientnet_lite0;
mod error;
mod lower;
pub mod onnx;
pub mod pytorch;
mod tensor;
pub mod tfjs;
pub mod tflite;

pub use error::ConvertError;
pub use tensor::{MAX_WEIGHTS, Tensor, Values};
