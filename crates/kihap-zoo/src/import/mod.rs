//! Weights from files that others or we wrote.

mod archive;
mod efficientnet_lite0;
mod hdf5;
mod identify;
mod imported;
mod keras;
mod keras_file;
mod onnx;
mod onnx_layers;
mod read;
mod teachable_machine;

pub use identify::{Identified, identify};
pub use imported::Imported;
pub use read::{FirstChannels, read, read_as, read_bytes};
