//! Everything measured on one part of the data, in the shape that `kihap evaluate --json` prints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    confusion::Confusion,
    interval::{Interval, wilson},
    probability::{calibration_error, log_loss, thresholded, top_k_error},
};
use crate::{error::LearnError, model::Prediction, warnings::Warning};

/// Bins of the expected calibration error (Guo et al., 2017, use 15).
const CALIBRATION_BINS: usize = 15;
/// An accuracy interval wider than this is worth a warning.
const WIDE: f64 = 0.2;

/// Means over the classes that occur or are predicted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Macro {
    /// Mean precision.
    pub precision: f64,
    /// Mean recall (balanced accuracy).
    pub recall: f64,
    /// Mean F1.
    pub f1: f64,
}

/// Scores of one class. A division by zero gives 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Of what was predicted as the class, the share that is.
    pub precision: f64,
    /// Of what is the class, the share that was predicted as it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// Number of samples of the class.
    pub support: usize,
    /// Number of samples predicted as the class.
    pub predicted: usize,
    /// Wilson's 95 % interval of the precision.
    pub precision_interval: Interval,
    /// Wilson's 95 % interval of the recall.
    pub recall_interval: Interval,
}

/// The confusion matrix with the names of its rows and columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionTable {
    /// Class names in order.
    pub labels: Vec<String>,
    /// `matrix[truth][predicted]`, counts of samples.
    pub matrix: Vec<Vec<usize>>,
}

/// What abstaining does to the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Abstentions {
    /// Predictions withheld.
    pub count: usize,
    /// Share of samples with an accepted prediction.
    pub coverage: f64,
    /// Accuracy over the accepted predictions; `None` when none was accepted.
    pub accepted_accuracy: Option<f64>,
    /// Withheld predictions that would have been right.
    pub withheld_correct: usize,
}

/// The measured quality of a model on one part of the data. Accuracy, loss and the confusion matrix count every
/// sample by its most probable class, whether the model abstained or not; [`Abstentions`] tells the difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Share of samples whose most probable class is right.
    pub accuracy: f64,
    /// Wilson's 95 % interval of the accuracy. It takes samples as independent, which frames of one clip are not.
    pub accuracy_interval: Interval,
    /// Averages over classes.
    #[serde(rename = "macro")]
    pub macro_average: Macro,
    /// Scores by class name.
    pub per_class: BTreeMap<String, ClassScores>,
    /// Which class was taken for which.
    pub confusion: ConfusionTable,
    /// Mean cross-entropy in nats of the calibrated probabilities.
    pub loss: f64,
    /// Share of samples whose class is not among the two most probable.
    pub top2_error: f64,
    /// Mean distance between confidence and accuracy, 15 bins.
    pub expected_calibration_error: f64,
    /// Precision as `keras.metrics.Precision` reports it: outputs above 0.5, all classes together.
    pub keras_precision: f64,
    /// Recall as `keras.metrics.Recall` reports it.
    pub keras_recall: f64,
    /// Number of samples.
    pub samples: usize,
    /// The part of the data: "test", "validation", "training", "folds" …
    pub split: String,
    /// Withheld predictions.
    pub abstained: Abstentions,
    /// Milliseconds a sample took, where it was measured.
    pub ms_per_sample: Option<f64>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

impl Evaluation {
    /// Measures predictions against the true labels. `classes` are the names in label order.
    ///
    /// # Errors
    /// Lists of different lengths, labels or probabilities that do not fit the classes.
    pub fn new(
        classes: &[String],
        labels: &[usize],
        predictions: &[Prediction],
        split: &str,
    ) -> Result<Evaluation, LearnError> {
        check(classes, labels, predictions)?;
        let rows: Vec<&[f64]> = predictions.iter().map(|p| p.probabilities.as_slice()).collect();
        let confusion = Confusion::of(&rows, labels, classes.len());
        let average = confusion.macro_average();
        let keras = thresholded(&rows, labels, 0.5);
        let accuracy_interval = wilson(confusion.correct(), confusion.samples());
        Ok(Evaluation {
            accuracy: confusion.accuracy(),
            accuracy_interval,
            macro_average: Macro { precision: average.precision, recall: average.recall, f1: average.f1 },
            per_class: (0..classes.len()).map(|i| (classes[i].clone(), class_scores(&confusion, i))).collect(),
            loss: log_loss(&rows, labels),
            top2_error: top_k_error(&rows, labels, 2),
            expected_calibration_error: calibration_error(&rows, labels, CALIBRATION_BINS),
            keras_precision: keras.precision,
            keras_recall: keras.recall,
            samples: labels.len(),
            split: split.to_owned(),
            abstained: abstentions(labels, predictions),
            ms_per_sample: None,
            warnings: warnings(classes, &confusion, accuracy_interval, split),
            confusion: ConfusionTable { labels: classes.to_vec(), matrix: confusion.matrix },
        })
    }
}

fn check(classes: &[String], labels: &[usize], predictions: &[Prediction]) -> Result<(), LearnError> {
    if labels.len() != predictions.len() {
        let (found, expected) = (predictions.len(), labels.len());
        return Err(LearnError::Mismatch { what: "predictions to evaluate", found, expected });
    }
    for (index, (label, prediction)) in labels.iter().zip(predictions).enumerate() {
        if *label >= classes.len() {
            return Err(LearnError::BadLabel { index, label: *label, classes: classes.len() });
        }
        if prediction.probabilities.len() != classes.len() {
            let (found, expected) = (prediction.probabilities.len(), classes.len());
            return Err(LearnError::Mismatch { what: "probabilities of a prediction", found, expected });
        }
    }
    Ok(())
}

fn class_scores(confusion: &Confusion, class: usize) -> ClassScores {
    let scores = confusion.scores(class);
    let hits = confusion.matrix[class][class];
    let (support, predicted) = (confusion.support(class), confusion.predicted(class));
    ClassScores {
        precision: scores.precision,
        recall: scores.recall,
        f1: scores.f1,
        support,
        predicted,
        precision_interval: wilson(hits, predicted),
        recall_interval: wilson(hits, support),
    }
}

fn abstentions(labels: &[usize], predictions: &[Prediction]) -> Abstentions {
    let pairs = || labels.iter().zip(predictions);
    let right = |withheld: bool| pairs().filter(|(l, p)| p.abstained == withheld && p.label == **l).count();
    let count = predictions.iter().filter(|p| p.abstained).count();
    let accepted = predictions.len() - count;
    Abstentions {
        count,
        coverage: accepted as f64 / predictions.len().max(1) as f64,
        accepted_accuracy: (accepted > 0).then(|| right(false) as f64 / accepted as f64),
        withheld_correct: right(true),
    }
}

fn warnings(classes: &[String], confusion: &Confusion, accuracy: Interval, split: &str) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (index, class) in classes.iter().enumerate() {
        if confusion.support(index) == 0 {
            warnings.push(Warning::ClassMissing { class: class.clone(), split: split.to_owned() });
        } else if confusion.predicted(index) == 0 {
            warnings.push(Warning::NeverPredicted { class: class.clone() });
        }
    }
    if accuracy.high - accuracy.low > WIDE {
        warnings.push(Warning::WideInterval { low: accuracy.low, high: accuracy.high });
    }
    warnings
}
