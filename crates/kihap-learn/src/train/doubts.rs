//! What training itself sees that speaks against its own numbers.

use super::{fit::StopReason, record::EpochRecord};
use crate::{
    example::{Class, Example},
    layout::Layout,
    warnings::Warning,
};

/// Fewer training examples than this in a class are worth a warning.
const FEW: usize = 20;
/// A class this many times larger than another is worth a warning.
const UNBALANCED: usize = 5;

/// Doubts about the examples.
pub(super) fn of_data(
    classes: &[Class],
    training: &[Example],
    validation: &[Example],
    layout: &Layout,
) -> Vec<Warning> {
    let counts = count(classes, training);
    let few = classes.iter().zip(&counts).filter(|(_, count)| **count < FEW);
    let mut warnings: Vec<Warning> =
        few.map(|(class, count)| Warning::FewSamples { class: class.name.clone(), count: *count }).collect();
    warnings.extend(unbalanced(classes, &counts));
    if validation.is_empty() {
        warnings.push(Warning::NoValidation);
    } else {
        let missing = classes.iter().zip(count(classes, validation)).filter(|(_, count)| *count == 0);
        warnings.extend(
            missing.map(|(class, _)| Warning::ClassMissing { class: class.name.clone(), split: "validation".into() }),
        );
    }
    if layout.input().reads_landmarks() {
        for (examples, split) in [(training, "training"), (validation, "validation")] {
            let count = examples.iter().filter(|example| example.shows_nobody()).count();
            if count > 0 {
                warnings.push(Warning::NobodySeen { count, samples: examples.len(), split: split.into() });
            }
        }
    }
    warnings
}

/// Doubts about the course of training.
pub(super) fn of_run(history: &[EpochRecord], best_epochs: &[usize], stopped: StopReason) -> Option<Warning> {
    let last = history.last()?;
    match stopped {
        StopReason::Interrupted => Some(Warning::Interrupted { epoch: last.epoch }),
        StopReason::Finished if last.validation.is_some() && best_epochs.last() == Some(&last.epochs) => {
            Some(Warning::StillImproving { epochs: last.epochs })
        }
        _ => None,
    }
}

fn count(classes: &[Class], examples: &[Example]) -> Vec<usize> {
    let mut counts = vec![0; classes.len()];
    examples.iter().for_each(|example| counts[example.label] += 1);
    counts
}

fn unbalanced(classes: &[Class], counts: &[usize]) -> Option<Warning> {
    let smallest = (0..counts.len()).min_by_key(|class| counts[*class])?;
    let largest = (0..counts.len()).max_by_key(|class| counts[*class])?;
    (counts[largest] >= UNBALANCED * counts[smallest]).then(|| Warning::Unbalanced {
        smallest: classes[smallest].name.clone(),
        least: counts[smallest],
        largest: classes[largest].name.clone(),
        most: counts[largest],
    })
}
