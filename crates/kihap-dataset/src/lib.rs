//! The dataset folder: samples, imports, splits, curation, cached features.

pub mod clips;
pub mod curate;
mod dataset;
mod error;
pub mod features;
pub mod import;
mod intake;
mod listing;
mod manifest;
mod names;
pub mod near;
pub mod picture;
mod pose_bytes;
mod sample;
pub mod split;
mod staging;
mod store;

pub use dataset::{Dataset, NotRelabelled, Repairs};
pub use error::{DatasetError, Result};
pub use intake::Intake;
pub use listing::{Page, Slice, Standings, Tally};
pub use manifest::{Class, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest};
pub use names::class_name;
pub use sample::{Filter, Measures, Part, PoseSample, Reason, Sample, SampleId, SampleMeta, Standing};
