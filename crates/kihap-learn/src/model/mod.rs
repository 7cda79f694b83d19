//! A model: a trained network, its calibration, and everything known about how it came to be.

mod description;
mod folder;
mod predict;
mod weights;

pub use description::{DataSummary, FeatureSource, ModelDescription, ModelMetrics, TrainingRun};
pub use folder::ModelFiles;
pub(crate) use folder::{is_empty, put_in_place};
pub use predict::Prediction;
pub(crate) use predict::predictions;

use crate::{
    calibrate::Calibration,
    error::LearnError,
    example::{Class, Example},
    train::{Fit, TrainOptions, TrainedNetwork},
};

/// A model, ready to predict or to be saved.
#[derive(Debug, Clone)]
pub struct Model {
    /// What `model.toml` holds.
    pub description: ModelDescription,
    /// The weights.
    pub network: TrainedNetwork,
    /// What `metrics.json` holds.
    pub metrics: ModelMetrics,
}

impl Model {
    /// Puts a model together from what training and calibration gave.
    pub fn new(
        fit: &Fit,
        classes: &[Class],
        options: &TrainOptions,
        calibration: Calibration,
        features: FeatureSource,
        data: DataSummary,
    ) -> Model {
        Model {
            description: ModelDescription::new(fit, classes, options, calibration, features, data),
            network: fit.network.clone(),
            metrics: ModelMetrics { history: fit.history.clone(), evaluations: Vec::new() },
        }
    }

    /// Predicts examples; their labels and weights are not looked at.
    ///
    /// # Errors
    /// Examples without the features the model reads, or with another number of them.
    pub fn predict(&self, examples: &[Example]) -> Result<Vec<Prediction>, LearnError> {
        predictions(&self.network, &self.description.calibration, self.description.knows_nobody, examples)
    }

    /// Names of the classes in label order.
    pub fn class_names(&self) -> Vec<String> {
        self.description.classes.iter().map(|class| class.name.clone()).collect()
    }
}
