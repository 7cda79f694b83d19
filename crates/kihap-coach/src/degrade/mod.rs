//! What a real estimator makes of a true skeleton.

pub mod hidden;
mod model;

pub use model::{Degrader, ErrorModel};
