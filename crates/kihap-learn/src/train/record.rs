//! What is known after each epoch.

use serde::{Deserialize, Serialize};

use crate::metrics::{Confusion, log_loss, thresholded};

/// Scores of one part of the data in one epoch. The loss is the plain mean cross-entropy in nats, without class or
/// sample weights and without smoothing, so that parts can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochScores {
    /// Mean cross-entropy in nats.
    pub loss: f64,
    /// Share of samples whose most probable class is right.
    pub accuracy: f64,
    /// Macro-averaged precision (a class never predicted counts 0).
    pub precision: f64,
    /// Macro-averaged recall.
    pub recall: f64,
    /// Macro-averaged F1.
    pub f1: f64,
    /// Precision as `keras.metrics.Precision` on one-hot labels: of all outputs above 0.5, the share that is right.
    pub keras_precision: f64,
    /// Recall as `keras.metrics.Recall` on one-hot labels: the share of samples whose class has an output above 0.5.
    pub keras_recall: f64,
}

impl EpochScores {
    /// Scores of probabilities (rows of `classes` numbers) against the true labels.
    pub(crate) fn of(probabilities: &[f32], labels: &[usize], classes: usize) -> EpochScores {
        let rows: Vec<&[f32]> = probabilities.chunks_exact(classes.max(1)).collect();
        let confusion = Confusion::of(&rows, labels, classes);
        let macro_average = confusion.macro_average();
        let keras = thresholded(&rows, labels, 0.5);
        EpochScores {
            loss: log_loss(&rows, labels),
            accuracy: confusion.accuracy(),
            precision: macro_average.precision,
            recall: macro_average.recall,
            f1: macro_average.f1,
            keras_precision: keras.precision,
            keras_recall: keras.recall,
        }
    }
}

/// One epoch of one network.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Which network of the ensemble, from 0.
    pub member: usize,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Epochs there will be at most.
    pub epochs: usize,
    /// Scores on the training examples as they were seen in this epoch: augmented, with dropout, while the weights
    /// were changing (as Keras reports them).
    pub training: EpochScores,
    /// Scores on the validation examples after the epoch.
    pub validation: Option<EpochScores>,
    /// The learning rate at the end of the epoch.
    pub learning_rate: f64,
    /// Seconds the epoch took, validation included.
    pub seconds: f64,
    /// Whether these weights are the best so far.
    pub best: bool,
}
