//! What must be true of the examples before training.

use crate::{
    error::LearnError,
    example::{Class, Example},
};

/// Every label is a class, every weight a number from 0 up.
pub(super) fn check_labels(examples: &[Example], classes: usize) -> Result<(), LearnError> {
    for (index, example) in examples.iter().enumerate() {
        if example.label >= classes {
            return Err(LearnError::BadLabel { index, label: example.label, classes });
        }
        if !(example.weight.is_finite() && example.weight >= 0.0) {
            return Err(LearnError::NotFinite { index, what: "a weight" });
        }
    }
    Ok(())
}

/// The summed weight of the training examples of each class, none of which may be 0.
pub(super) fn count_classes(classes: &[Class], training: &[Example]) -> Result<Vec<f64>, LearnError> {
    if training.is_empty() {
        return Err(LearnError::NoExamples);
    }
    check_labels(training, classes.len())?;
    let mut counts = vec![0.0; classes.len()];
    for example in training {
        counts[example.label] += f64::from(example.weight);
    }
    let named = || classes.iter().zip(&counts);
    if named().filter(|(_, count)| **count > 0.0).count() < 2 {
        let only = named().find(|(_, count)| **count > 0.0);
        let found = only.map_or("none".into(), |(class, _)| format!("\"{}\"", class.name));
        return Err(LearnError::TooFewClasses { found });
    }
    match named().find(|(_, count)| **count == 0.0) {
        Some((class, _)) => Err(LearnError::EmptyClass { class: class.name.clone() }),
        None => Ok(counts),
    }
}
