//! Training: options, the loop, and what comes out of it.

mod balance;
mod batches;
mod check;
mod doubts;
mod fit;
mod network;
mod options;
mod record;
mod trained;

pub use fit::{Fit, StopReason, fit};
pub use network::DenseWeights;
pub use options::{ClassWeights, Schedule, TrainOptions};
pub use record::{EpochRecord, EpochScores};
pub use trained::TrainedNetwork;
