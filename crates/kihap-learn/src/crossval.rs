//! Cross-validation: every sample is predicted by a network that has not seen it.

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

/// One fold's result.
#[derive(Debug, Clone)]
pub struct FoldOutcome {
    /// The fold that was tested.
    pub fold: usize,
    /// Scores on it.
    pub evaluation: Evaluation,
    /// Training without it.
    pub fit: Fit,
}

/// The results of all folds.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// One entry a fold.
    pub folds: Vec<FoldOutcome>,
    /// Scores over the samples of all folds together.
    pub pooled: Evaluation,
    /// The prediction for each example by the network that had not seen it, in the order of the examples.
    pub predictions: Vec<Prediction>,
}

/// Trains once a fold on the other folds and predicts it. `folds` gives each example's fold, from 0 without gaps;
/// samples that resemble each other belong in one fold. Stopping by `on_epoch` stops the whole.
///
/// # Errors
/// Those of [`fit`]; fewer than two folds (three with [`FoldValidation::NextFold`]), an empty fold, or a stop by the
/// callback.
pub fn cross_validate(
    blueprint: &Blueprint,
    classes: &[Class],
    examples: &[Example],
    folds: &[usize],
    options: &TrainOptions,
    validation: FoldValidation,
    on_epoch: &mut dyn FnMut(usize, &EpochRecord) -> ControlFlow<()>,
) -> Result<CrossValidation, LearnError> {
    let count = check(examples, folds, validation)?;
    let names: Vec<String> = classes.iter().map(|class| class.name.clone()).collect();
    let mut pooled: Vec<Option<Prediction>> = vec![None; examples.len()];
    let mut outcomes = Vec::with_capacity(count);
    for fold in 0..count {
        let held_out = (validation == FoldValidation::NextFold).then_some((fold + 1) % count);
        let part = |wanted: &dyn Fn(usize) -> bool| -> Vec<Example> {
            examples.iter().zip(folds).filter(|(_, f)| wanted(**f)).map(|(example, _)| example.clone()).collect()
        };
        let training = part(&|f| f != fold && Some(f) != held_out);
        let validating = part(&|f| Some(f) == held_out);
        let testing = part(&|f| f == fold);
        let fitted = fit(blueprint, classes, &training, &validating, options, &mut |record| on_epoch(fold, record))?;
        if fitted.stopped == StopReason::Interrupted {
            let problem = "was stopped by hand; the results of single folds are not kept".into();
            return Err(LearnError::BadFold { fold, problem });
        }
        let labels = |examples: &[Example]| examples.iter().map(|e| e.label).collect::<Vec<_>>();
        let log_probabilities = fitted.network.log_probabilities(&validating)?;
        let calibration = calibrate(&log_probabilities, &labels(&validating), &AbstainOptions::default());
        let knows_nobody = fitted.knows_nobody;
        let predicted = predictions(&fitted.network, &calibration, knows_nobody, &testing)?;
        let evaluation = Evaluation::new(&names, &labels(&testing), &predicted, &format!("fold {fold}"))?;
        let places = folds.iter().enumerate().filter(|(_, f)| **f == fold).map(|(index, _)| index);
        places.zip(predicted).for_each(|(index, prediction)| pooled[index] = Some(prediction));
        outcomes.push(FoldOutcome { fold, evaluation, fit: fitted });
    }
    let predictions: Vec<Prediction> = pooled.into_iter().flatten().collect();
    let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();
    let mut pooled = Evaluation::new(&names, &labels, &predictions, "folds")?;
    if validation == FoldValidation::None {
        pooled.warnings.push(Warning::Uncalibrated);
    }
    Ok(CrossValidation { folds: outcomes, pooled, predictions })
}

/// The number of folds.
fn check(examples: &[Example], folds: &[usize], validation: FoldValidation) -> Result<usize, LearnError> {
    if folds.len() != examples.len() {
        let (found, expected) = (folds.len(), examples.len());
        return Err(LearnError::Mismatch { what: "fold numbers", found, expected });
    }
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
