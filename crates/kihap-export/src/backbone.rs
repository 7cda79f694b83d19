//! The networks that make photo features, as files.

use kihap_vision::backbone::Preprocessing;

/// The network behind a model's photo features.
#[derive(Debug, Clone)]
pub enum Backbone {
    /// PoseNet's maps as Teachable Machine reads them: the ONNX file in the cache.
    Posenet {
        /// The file's bytes.
        file: Vec<u8>,
    },
    /// A picture network up to its pooled features: the ONNX file in the cache, with an output `features`.
    Photo {
        /// Its name, `efficientnet-lite0` or `teachable-machine-…`.
        name: String,
        /// The file's bytes.
        file: Vec<u8>,
        /// What it is fed with.
        preprocessing: Preprocessing,
        /// `model.json` and `weights.bin` of the Teachable Machine export it was taken out of.
        layers: Option<LayersFile>,
    },
}

/// A TensorFlow.js layers model as published.
#[derive(Debug, Clone)]
pub struct LayersFile {
    /// `model.json`.
    pub json: Vec<u8>,
    /// All weight files, one after the other.
    pub weights: Vec<u8>,
}

impl Backbone {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Backbone::Posenet { .. } => "posenet",
            Backbone::Photo { name, .. } => name,
        }
    }
}
