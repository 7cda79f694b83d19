//! ONNX: the messages that are written, a builder of graphs, and passes over them.

mod attribute;
mod builder;
mod element;
mod fold;
mod inline;
pub mod proto;
mod prune;

pub use attribute::Attribute;
pub use builder::GraphBuilder;
pub use element::{Dim, ElementType};
