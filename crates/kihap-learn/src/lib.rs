//! Training, metrics, calibration, comparison, the model folder and its report.

mod abstain;
mod augment;
mod calibrate;
mod crossval;
mod error;
mod example;
mod features;
mod random;
mod warnings;

pub mod metrics;
pub mod model;
pub mod report;
pub mod train;
pub mod zoo;

pub use abstain::{AbstainOptions, AbstainReason, AbstainRule};
pub use augment::Augmentation;
pub use calibrate::{Calibration, calibrate};
pub use crossval::{CrossValidation, FoldOutcome, FoldValidation, cross_validate};
pub use error::LearnError;
pub use example::{Class, Example, InputKind};
pub use features::{FeatureLayout, Standardiser};
pub use metrics::Evaluation;
pub use model::{Model, ModelDescription, Prediction};
pub use train::{EpochRecord, Fit, StopReason, TrainOptions, TrainedNetwork, fit};
pub use warnings::{Language, Warning};
pub use zoo::Head;
