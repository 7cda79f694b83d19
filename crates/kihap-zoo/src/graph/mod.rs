//! The description of a network.

mod builder;
mod cut;
mod description;
mod init;
mod op;
mod parameters;
mod shape;

pub use builder::GraphBuilder;
pub use description::{Graph, INPUT, Input, Node};
pub use init::Init;
pub use op::{Activation, Cell, Op, Padding, PoolKind, ReduceKind};
pub use parameters::Parameter;
