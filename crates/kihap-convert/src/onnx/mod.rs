//! ONNX: the messages that are written, a builder of graphs, and passes over them.

mod builder;
mod element;
mod fold;
pub mod proto;
mod prune;

pub use builder::{Attribute, GraphBuilder};
pub use element::{Dim, ElementType};
