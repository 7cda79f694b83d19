//! ONNX: the messages that are written, a builder of graphs, passes over them, and a look at files of others.

mod attribute;
mod builder;
mod element;
mod fold;
mod inline;
mod inspect;
pub mod proto;
mod prune;

pub use attribute::Attribute;
pub use builder::GraphBuilder;
pub use element::{Dim, ElementType};
pub use inspect::{Inspected, Port, inspect};
