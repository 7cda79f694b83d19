//! Readers of networks as others publish them (TFLite, TensorFlow.js, PyTorch) and a writer of ONNX.
//!
//! - [`tflite`]: BlazePose's detector and landmark networks.
//! - [`tfjs`]: graph models (PoseNet, MoveNet) and layers models (Teachable Machine).
//! - [`pytorch`]: state dictionaries in the old format, and [`efficientnet_lite0`], which takes one.
//! - [`onnx`]: a builder of graphs, for these and for anyone who writes a network down.
//!
//! TFLite and TensorFlow.js keep pictures channels last. The ONNX graphs are channels first throughout, since ONNX Runtime
//! is fastest so: the input `input` is `[n, c, h, w]`, while outputs keep their published names, shapes and order of
//! elements. Files are not trusted: whatever they hold, the outcome is a network or a [`ConvertError`].

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
