//! Cross-validation: samples are predicted by networks that have not seen them.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::{
    abstain::AbstainOptions,
    blueprint::Blueprint,
    calibrate::calibrate,
    error::LearnError,
    example::{Class, Example},
    metrics::Evaluation,
    model::{Prediction, predictions},
    train::{EpochRecord, Fit, StopReason, TrainOptions, fit},
    warnings::Warning,
};

/// What chooses the best epoch and the temperature within each fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoldValidation {
    /// Nothing: all epochs are trained on all other folds, without early stopping or calibration.
    #[default]
    None,
    /// The next fold, which is then not trained on.
    NextFold,
}

/// One division of the examples: indices of those that are trained on, watched, and tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resample {
    /// Trained on.
    pub training: Vec<usize>,
    /// Watched, to choose the best epoch and the temperature; may be empty.
    pub validation: Vec<usize>,
    /// Tested.
    pub testing: Vec<usize>,
}

impl Resample {
    /// One division a fold. `folds` gives each example's fold, from 0 without gaps; samples that resemble each other
    /// belong in one fold.
    ///
    /// # Errors
    /// Fewer than two folds (three with [`FoldValidation::NextFold`]), or an empty fold.
    pub fn from_folds(folds: &[usize], validation: FoldValidation) -> Result<Vec<Resample>, LearnError> {
        let count = checked(folds, validation)?;
        let of = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
            folds.iter().enumerate().filter(|(_, fold)| wanted(**fold)).map(|(index, _)| index).collect()
        };
        let division = |fold: usize| {
            let watched = (validation == FoldValidation::NextFold).then_some((fold + 1) % count);
            Resample {
                training: of(&|f| f != fold && Some(f) != watched),
                validation: of(&|f| Some(f) == watched),
                testing: of(&|f| f == fold),
            }
        };
        Ok((0..count).map(division).collect())
    }

    /// One division for each list that says of every example whether it is tested; all others are trained on.
    ///
    /// # Errors
    /// A list of another length, or one that leaves nothing to train on or to test.
    pub fn from_tests(tests: &[Vec<bool>], examples: usize) -> Result<Vec<Resample>, LearnError> {
        let division = |(fold, test): (usize, &Vec<bool>)| {
            if test.len() != examples {
                return Err(LearnError::Mismatch { what: "marks of a split", found: test.len(), expected: examples });
            }
            let (testing, training): (Vec<usize>, Vec<usize>) = (0..examples).partition(|index| test[*index]);
            if testing.is_empty() || training.is_empty() {
                let problem = "leaves nothing to train on or nothing to test".into();
                return Err(LearnError::BadFold { fold, problem });
            }
            Ok(Resample { training, validation: Vec::new(), testing })
        };
        tests.iter().enumerate().map(division).collect()
    }
}

/// One fold's result.
#[derive(Debug, Clone)]
pub struct FoldOutcome {
    /// The fold that was tested.
    pub fold: usize,
    /// Scores on it.
    pub evaluation: Evaluation,
    /// Training without it.
    pub fit: Fit,
    /// Seconds that predicting the fold's samples took.
    pub predict_seconds: f64,
}

/// The results of all folds.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// One entry a fold.
    pub folds: Vec<FoldOutcome>,
    /// Scores over the samples of all folds together; one that is tested in several folds counts in each.
    pub pooled: Evaluation,
    /// Index of each tested example, and the prediction by the network that had not seen it: by example, then by fold.
    pub predictions: Vec<(usize, Prediction)>,
}

/// Trains once a division and predicts what is tested. Stopping by `on_epoch` stops the whole.
///
/// # Errors
/// Those of [`fit`], or a stop by the callback.
pub fn cross_validate(
    blueprint: &Blueprint,
    classes: &[Class],
    examples: &[Example],
    divisions: &[Resample],
    options: &TrainOptions,
    on_epoch: &mut dyn FnMut(usize, &EpochRecord) -> ControlFlow<()>,
) -> Result<CrossValidation, LearnError> {
    let names: Vec<String> = classes.iter().map(|class| class.name.clone()).collect();
    let mut predictions: Vec<(usize, Prediction)> = Vec::with_capacity(examples.len());
    let mut outcomes = Vec::with_capacity(divisions.len());
    for (fold, division) in divisions.iter().enumerate() {
        let mut tell = |record: &EpochRecord| on_epoch(fold, record);
        let (outcome, predicted) = one_division(fold, blueprint, classes, examples, division, options, &mut tell)?;
        predictions.extend(division.testing.iter().copied().zip(predicted));
        outcomes.push(outcome);
    }
    predictions.sort_by_key(|(index, _)| *index);
    let labels: Vec<usize> = predictions.iter().map(|(index, _)| examples[*index].label).collect();
    let only: Vec<Prediction> = predictions.iter().map(|(_, prediction)| prediction.clone()).collect();
    let mut pooled = Evaluation::new(&names, &labels, &only, "folds")?;
    if divisions.iter().any(|division| division.validation.is_empty()) {
        pooled.warnings.push(Warning::Uncalibrated);
    }
    Ok(CrossValidation { folds: outcomes, pooled, predictions })
}

/// Trains on one division and predicts what it tests, in the order of its `testing`.
///
/// # Errors
/// Those of [`fit`], or a stop by the callback.
pub fn one_division(
    fold: usize,
    blueprint: &Blueprint,
    classes: &[Class],
    examples: &[Example],
    division: &Resample,
    options: &TrainOptions,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<(FoldOutcome, Vec<Prediction>), LearnError> {
    let names: Vec<String> = classes.iter().map(|class| class.name.clone()).collect();
    let part = |indices: &[usize]| -> Vec<Example> { indices.iter().map(|index| examples[*index].clone()).collect() };
    let labels = |examples: &[Example]| examples.iter().map(|e| e.label).collect::<Vec<_>>();
    let (validating, testing) = (part(&division.validation), part(&division.testing));
    let fitted = fit(blueprint, classes, &part(&division.training), &validating, options, on_epoch)?;
    if fitted.stopped == StopReason::Interrupted {
        let problem = "was stopped by hand; the results of single folds are not kept".into();
        return Err(LearnError::BadFold { fold, problem });
    }
    let log_probabilities = fitted.network.log_probabilities(&validating)?;
    let calibration = calibrate(&log_probabilities, &labels(&validating), &AbstainOptions::default());
    let started = std::time::Instant::now();
    let predicted = predictions(&fitted.network, &calibration, fitted.knows_nobody, &testing)?;
    let predict_seconds = started.elapsed().as_secs_f64();
    let mut evaluation = Evaluation::new(&names, &labels(&testing), &predicted, &format!("fold {fold}"))?;
    evaluation.ms_per_sample = Some(predict_seconds * 1000.0 / testing.len().max(1) as f64);
    Ok((FoldOutcome { fold, evaluation, fit: fitted, predict_seconds }, predicted))
}

/// The number of folds.
fn checked(folds: &[usize], validation: FoldValidation) -> Result<usize, LearnError> {
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let least = if validation == FoldValidation::NextFold { 3 } else { 2 };
    if count < least {
        let problem = format!("is the only or last one, but {least} folds are needed at least");
        return Err(LearnError::BadFold { fold: count.saturating_sub(1), problem });
    }
    match (0..count).find(|fold| !folds.contains(fold)) {
        Some(fold) => {
            Err(LearnError::BadFold { fold, problem: "has no examples; number the folds without gaps".into() })
        }
        None => Ok(count),
    }
}
