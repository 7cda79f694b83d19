//! Predictions: calibrated probabilities, and when they are withheld.

use serde::{Deserialize, Serialize};

use crate::{
    abstain::AbstainReason,
    calibrate::{Calibration, tempered},
    error::LearnError,
    example::Example,
    metrics::top,
    train::TrainedNetwork,
};

/// What a model says about one example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Index of the most probable class.
    pub label: usize,
    /// Calibrated probability of each class, in label order; they add up to 1.
    pub probabilities: Vec<f64>,
    /// Whether the model withholds its judgement.
    pub abstained: bool,
    /// Why it does.
    pub reason: Option<AbstainReason>,
}

impl Prediction {
    /// Probability of the most probable class.
    pub fn confidence(&self) -> f64 {
        self.probabilities.get(self.label).copied().unwrap_or(0.0)
    }

    /// A prediction from calibrated probabilities; withheld below `threshold`.
    pub fn from_probabilities(probabilities: Vec<f64>, threshold: f64) -> Prediction {
        let label = top(&probabilities);
        let confidence = probabilities.get(label).copied().unwrap_or(0.0);
        let reason = (confidence < threshold).then_some(AbstainReason::LowConfidence { confidence, threshold });
        Prediction { label, probabilities, abstained: reason.is_some(), reason }
    }
}

/// Predicts with a network and its calibration. `knows_nobody`: the training data had examples without a person.
pub(crate) fn predictions(
    network: &TrainedNetwork,
    calibration: &Calibration,
    knows_nobody: bool,
    examples: &[Example],
) -> Result<Vec<Prediction>, LearnError> {
    let rows = network.log_probabilities(examples)?;
    let needs_person = network.layout.input().reads_landmarks() && !knows_nobody;
    let predict = |(row, example): (&Vec<f64>, &Example)| {
        let probabilities = tempered(row, calibration.temperature);
        let mut prediction = Prediction::from_probabilities(probabilities, calibration.abstain.threshold);
        if needs_person && example.shows_nobody() {
            prediction.abstained = true;
            prediction.reason = Some(AbstainReason::NobodySeen);
        }
        prediction
    };
    Ok(rows.iter().zip(examples).map(predict).collect())
}
