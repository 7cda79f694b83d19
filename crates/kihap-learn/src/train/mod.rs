//! Training: options, the loop, and what comes out of it.

mod balance;
mod batches;
mod check;
mod checkpoint;
mod doubts;
mod fit;
mod options;
mod prefix;
mod record;
mod run;
mod trained;

pub use checkpoint::Checkpointing;
pub use fit::{Fit, StopReason, fit, fit_resumable};
pub use options::{ClassWeights, DeviceName, Optimiser, Schedule, TrainOptions};
pub use record::{EpochRecord, EpochScores};
pub use trained::TrainedNetwork;
