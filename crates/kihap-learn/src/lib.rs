//! Training, metrics, calibration, comparison, the model folder and its report.

mod abstain;
mod augment;
mod blueprint;
mod calibrate;
mod crossval;
mod engine;
mod error;
mod example;
mod layout;
mod random;
mod warnings;

pub mod compare;
pub mod generate;
pub mod lift;
pub mod metrics;
pub mod model;
pub mod report;
pub mod tensorboard;
pub mod train;

pub use abstain::{AbstainOptions, AbstainReason, AbstainRule};
pub use augment::Augmentation;
pub use blueprint::Blueprint;
pub use calibrate::{Calibration, calibrate};
pub use crossval::{CrossValidation, FoldOutcome, FoldValidation, Resample, cross_validate, one_division};
pub use error::LearnError;
pub use example::{Class, Example, PictureSource};
pub use kihap_zoo::networks::InputKind;
pub use layout::{FeatureLayout, JointsLayout, Layout, PictureLayout, SequenceLayout, Standardiser};
pub use metrics::Evaluation;
pub use model::{Model, ModelDescription, Prediction};
pub use train::{Checkpointing, EpochRecord, Fit, StopReason, TrainOptions, TrainedNetwork, fit, fit_resumable};
pub use warnings::{Language, Warning};
