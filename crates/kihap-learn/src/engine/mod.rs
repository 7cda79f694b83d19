//! A network's graph as a trainable Burn module.

mod cells;
mod device;
mod kernels;
mod layers;
mod network;
mod optimiser;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use device::device;
pub(crate) use network::{Mode, Network, numbers};
pub(crate) use optimiser::{adam, from_bytes, new_optimiser, to_bytes};
pub(crate) use value::Value;
