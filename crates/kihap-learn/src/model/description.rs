//! What `model.toml` and `metrics.json` say.

use std::collections::BTreeMap;

use kihap_vision::picture_input::PictureInput;
use serde::{Deserialize, Serialize};

use crate::{
    calibrate::Calibration,
    example::Class,
    layout::Layout,
    metrics::Evaluation,
    train::{EpochRecord, Fit, StopReason, TrainOptions},
    warnings::Warning,
};

/// Version of the folder's shape that this code writes.
pub(crate) const SCHEMA: u32 = 2;
/// Marks a folder as a model of this crate.
pub(crate) const KIND: &str = "kihap-model";

/// Everything about a model but its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// Version of the folder's shape.
    pub schema: u32,
    /// Always "kihap-model".
    pub kind: String,
    /// The network's name in the zoo.
    pub name: String,
    /// Number of networks whose probabilities are averaged.
    pub members: usize,
    /// Number of weights of all members.
    pub parameters: usize,
    /// BLAKE3 of `weights.safetensors` in hexadecimal; empty until saved.
    pub weights_hash: String,
    /// BLAKE3 of `network.json` in hexadecimal; empty until saved.
    pub network_hash: String,
    /// Whether it has learnt from pictures in which nobody was found; if not, it abstains on them.
    pub knows_nobody: bool,
    /// The classes in label order.
    pub classes: Vec<Class>,
    /// What the network's input consists of.
    pub layout: Layout,
    /// Where features come from.
    pub features: FeatureSource,
    /// Every option of training.
    pub training: TrainOptions,
    /// How training went.
    pub run: TrainingRun,
    /// What it was trained on.
    pub data: DataSummary,
    /// Temperature and threshold.
    pub calibration: Calibration,
    /// Versions of the software.
    pub versions: BTreeMap<String, String>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// Where the features of a model come from. Predictions need features of the same source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeatureSource {
    /// Settings of the pose estimator (`PoseEstimator::settings`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimator: Option<String>,
    /// Settings of the image network (`PhotoBackbone::settings`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backbone: Option<String>,
    /// What of a picture an image network is shown.
    #[serde(default)]
    pub picture: PictureInput,
    /// How pictures are prepared and landmarks normalised.
    pub preprocessing: String,
}

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DataSummary {
    /// Name of the dataset.
    pub dataset: String,
    /// Hash of the samples and their labels.
    pub hash: String,
    /// How training, validation and test were told apart: "grouped by person", "random" …
    pub split: String,
    /// Number of training samples.
    pub training: usize,
    /// Number of validation samples.
    pub validation: usize,
    /// Number of test samples.
    pub test: usize,
    /// Training samples of each class.
    pub per_class: BTreeMap<String, usize>,
    /// Different named persons in the training, validation and test samples; names are not kept.
    #[serde(default)]
    pub persons: [usize; 3],
    /// Samples of all parts whose person is not named.
    #[serde(default)]
    pub without_person: usize,
}

/// How training went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingRun {
    /// Why it ended.
    pub stopped: StopReason,
    /// The epoch whose weights were kept, one a member.
    pub best_epochs: Vec<usize>,
    /// Seconds from first to last.
    pub seconds: f64,
}

/// The measured history of a model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelMetrics {
    /// Every epoch of every member.
    pub history: Vec<EpochRecord>,
    /// Evaluations, such as those of validation and test.
    pub evaluations: Vec<Evaluation>,
}

impl ModelDescription {
    pub(super) fn new(
        fit: &Fit,
        classes: &[Class],
        options: &TrainOptions,
        calibration: Calibration,
        features: FeatureSource,
        data: DataSummary,
    ) -> ModelDescription {
        let network = &fit.network;
        let mut warnings = fit.warnings.clone();
        if calibration.samples == 0 {
            warnings.push(Warning::Uncalibrated);
        } else if calibration.abstain.threshold > 0.0 && !calibration.abstain.target_reached {
            let (target, reached) = (calibration.abstain_options.target_accuracy, calibration.abstain.accuracy);
            warnings.push(Warning::ThresholdMissed { target, reached });
        }
        let versions = [("kihap", env!("CARGO_PKG_VERSION")), ("burn", BURN_VERSION)];
        ModelDescription {
            schema: SCHEMA,
            kind: KIND.into(),
            name: network.graph.name.clone(),
            members: network.members.len(),
            parameters: network.parameters(),
            weights_hash: String::new(),
            network_hash: String::new(),
            knows_nobody: fit.knows_nobody,
            classes: classes.to_vec(),
            layout: network.layout,
            features,
            training: options.clone(),
            run: TrainingRun { stopped: fit.stopped, best_epochs: fit.best_epochs.clone(), seconds: fit.seconds },
            data,
            calibration,
            versions: versions.map(|(name, version)| (name.to_owned(), version.to_owned())).into(),
            warnings,
        }
    }
}

/// The version of Burn in the workspace's manifest.
const BURN_VERSION: &str = "0.22.1";
