//! Networks described once, as graphs of named layers.
//!
//! From one [`Graph`] come the trainable network (`kihap-learn`), the ONNX file that the runtime executes ([`onnx`]), and
//! whatever exporters write, so that what was trained is what is run.
//!
//! - [`graph`]: the description, its shapes and its weights' names.
//! - [`onnx`]: networks as ONNX files.
//! - [`import`]: weights from files of others.
//! - [`networks`]: the zoo, one file a network.
//! - [`weights`]: named arrays, from and to safetensors.

mod error;
pub mod graph;
pub mod import;
pub mod networks;
pub mod onnx;
pub mod weights;

pub use error::ZooError;
pub use graph::{Graph, GraphBuilder, Input, Node, Op};
pub use weights::{Array, Weights};
