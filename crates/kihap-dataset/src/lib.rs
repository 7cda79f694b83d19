//! The dataset folder: samples, imports, splits, curation, cached features.

mod dataset;
mod error;
pub mod import;
mod intake;
mod manifest;
mod names;
pub mod picture;
mod pose_bytes;
mod sample;
mod staging;
mod store;

pub use dataset::{Dataset, NotRelabelled, Repairs};
pub use error::{DatasetError, Result};
pub use intake::Intake;
pub use manifest::{Class, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest};
pub use names::class_name;
pub use sample::{Filter, Measures, Part, PoseSample, Reason, Sample, SampleId, SampleMeta, Standing};
