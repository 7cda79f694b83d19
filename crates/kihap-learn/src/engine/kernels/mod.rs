//! Operations written by hand where Burn's CPU backend trains slowly, and Burn's own on other devices.
//!
//! `docs/burn-findings.md` says what is slow and by how much.

mod batch_norm;
mod conv;
mod dense_conv;
mod depthwise;
mod flex;
mod matrix;
mod patches;
mod pool;
mod recurrent;
mod recurrent_steps;
mod squash;

#[cfg(test)]
mod checks;

pub(crate) use batch_norm::{Clip, batch_norm};
pub(crate) use conv::conv2d;
pub(crate) use pool::max_pool2d;
pub(crate) use recurrent::recurrent;
