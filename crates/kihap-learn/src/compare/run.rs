//! One training of a comparison and what came of it.

use serde::{Deserialize, Serialize};

use super::plan::Contestant;
use crate::{crossval::FoldOutcome, model::Prediction, train::EpochRecord, warnings::Warning};

/// Which training: whose, on which fold, with which seed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunKey {
    /// Whose.
    #[serde(flatten)]
    pub contestant: Contestant,
    /// The fold that is tested, from 0.
    pub fold: usize,
    /// The seed of everything random in it.
    pub seed: u64,
}

/// One training and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Which training.
    #[serde(flatten)]
    pub key: RunKey,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was trained and tested.
    Measured(Box<Measured>),
    /// It could not be; why, in a sentence.
    Failure(String),
}

/// What was measured on a fold's test samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Share of test samples whose most probable class is right.
    pub accuracy: f64,
    /// F1, mean over the classes.
    pub macro_f1: f64,
    /// Share of test samples whose class is not among the two most probable.
    pub top2_error: f64,
    /// Mean cross-entropy in nats.
    pub loss: f64,
    /// Seconds of training.
    pub train_seconds: f64,
    /// Milliseconds that predicting one sample took, where it was measured.
    pub ms_per_sample: Option<f64>,
    /// Number of weights.
    pub parameters: usize,
    /// Number of samples trained on.
    pub training_samples: usize,
    /// Every test sample.
    pub tested: Vec<JudgedSample>,
    /// Every epoch of every member.
    pub history: Vec<EpochRecord>,
    /// What to keep in mind about the run.
    pub warnings: Vec<Warning>,
}

/// One test sample and what was said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedSample {
    /// Its name: what tells it from all others, a path say.
    pub sample: String,
    /// Index of its class.
    pub label: usize,
    /// Index of the most probable class.
    pub predicted: usize,
    /// Probability of that class, 0 to 1.
    pub probability: f64,
}

impl JudgedSample {
    /// Whether the most probable class is the right one.
    pub fn is_right(&self) -> bool {
        self.predicted == self.label
    }
}

impl Measured {
    /// From what cross-validation gives for one division. `training_samples` is how many examples it was trained on,
    /// `tested` the name, the label and the prediction of each tested one.
    pub fn of<'a>(
        outcome: &FoldOutcome,
        training_samples: usize,
        tested: impl IntoIterator<Item = (&'a str, usize, &'a Prediction)>,
    ) -> Measured {
        let evaluation = &outcome.evaluation;
        let judged = |(sample, label, prediction): (&str, usize, &Prediction)| JudgedSample {
            sample: sample.to_owned(),
            label,
            predicted: prediction.label,
            probability: prediction.confidence(),
        };
        Measured {
            accuracy: evaluation.accuracy,
            macro_f1: evaluation.macro_average.f1,
            top2_error: evaluation.top2_error,
            loss: evaluation.loss,
            train_seconds: outcome.fit.seconds,
            ms_per_sample: evaluation.ms_per_sample,
            parameters: outcome.fit.network.parameters(),
            training_samples,
            tested: tested.into_iter().map(judged).collect(),
            history: outcome.fit.history.clone(),
            warnings: outcome.fit.warnings.clone(),
        }
    }
}

impl RunResult {
    /// A training that could not be done, with the reason in a sentence.
    pub fn failed(key: RunKey, sentence: impl Into<String>) -> RunResult {
        RunResult { key, outcome: Outcome::Failure(sentence.into()) }
    }

    /// A training that was done.
    pub fn measured(key: RunKey, measured: Measured) -> RunResult {
        RunResult { key, outcome: Outcome::Measured(Box::new(measured)) }
    }

    /// What was measured; nothing after a failure.
    pub fn as_measured(&self) -> Option<&Measured> {
        match &self.outcome {
            Outcome::Measured(measured) => Some(measured),
            Outcome::Failure(_) => None,
        }
    }
}
