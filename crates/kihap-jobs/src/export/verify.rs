//! Comparing what an exported file says with what Kihap says.

use kihap_learn::Prediction;
use serde::Serialize;

use super::held_out::HeldOut;

/// What running the exported file on held-out samples gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// Samples compared.
    pub samples: usize,
    /// The part they come from: "test", "validation", or "all" where nothing was held out.
    pub part: String,
    /// What ran the file.
    pub runtime: String,
    /// What the file was given, where it was not what a user gives.
    pub given: String,
    /// Largest difference of a probability.
    pub largest_difference: f64,
    /// The sample with that difference.
    pub at: String,
    /// Samples whose most probable class differs.
    pub changed: Vec<ChangedLabel>,
}

/// A sample to which the exported file gives another label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedLabel {
    /// The sample.
    pub sample: String,
    /// What Kihap says.
    pub kihap: String,
    /// What the file says.
    pub export: String,
}

/// Probabilities closer than this are the same label, whichever is on top: arithmetic in another order can swap them.
const TIE: f64 = 1e-6;

pub(super) fn compare(
    samples: &[HeldOut],
    answers: &[Vec<f64>],
    names: &[String],
    part: &str,
    runtime: String,
    given: String,
) -> Verification {
    let mut verification = Verification {
        samples: samples.len(),
        part: part.to_owned(),
        runtime,
        given,
        largest_difference: 0.0,
        at: String::new(),
        changed: Vec::new(),
    };
    for (sample, answer) in samples.iter().zip(answers) {
        let difference = difference(&sample.prediction, answer);
        if difference > verification.largest_difference || difference.is_nan() {
            verification.largest_difference = difference;
            verification.at.clone_from(&sample.name);
        }
        let top = top(answer);
        let own = &sample.prediction.probabilities;
        let tied = own.get(top).is_some_and(|p| sample.prediction.confidence() - p < TIE);
        if top != sample.prediction.label && !tied {
            let name = |label: usize| names.get(label).cloned().unwrap_or_default();
            verification.changed.push(ChangedLabel {
                sample: sample.name.clone(),
                kihap: name(sample.prediction.label),
                export: name(top),
            });
        }
    }
    verification
}

/// Largest difference of a probability; not a number, or as many as classes missing, counts as 1.
fn difference(prediction: &Prediction, answer: &[f64]) -> f64 {
    if answer.len() != prediction.probabilities.len() || answer.iter().any(|p| !p.is_finite()) {
        return 1.0;
    }
    prediction.probabilities.iter().zip(answer).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn top(answer: &[f64]) -> usize {
    (0..answer.len()).max_by(|a, b| answer[*a].total_cmp(&answer[*b])).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use kihap_learn::Example;

    use super::*;

    fn sample(probabilities: &[f64]) -> HeldOut {
        HeldOut {
            name: "a.jpg".into(),
            example: Example::empty(0),
            people: Vec::new(),
            picture: None,
            prediction: Prediction::from_probabilities(probabilities.to_vec(), 0.0),
        }
    }

    fn compared(own: &[f64], theirs: &[f64]) -> Verification {
        let names = ["a".to_owned(), "b".to_owned()];
        compare(&[sample(own)], &[theirs.to_vec()], &names, "test", "r".into(), String::new())
    }

    #[test]
    fn another_label_is_told_and_a_tie_is_none() {
        let changed = compared(&[0.6, 0.4], &[0.4, 0.6]);
        assert_eq!((changed.changed[0].kihap.as_str(), changed.changed[0].export.as_str()), ("a", "b"));
        assert!((changed.largest_difference - 0.2).abs() < 1e-12);
        assert!(compared(&[0.5, 0.5], &[0.499_999_9, 0.500_000_1]).changed.is_empty());
    }

    #[test]
    fn nonsense_is_as_different_as_can_be() {
        assert_eq!(compared(&[0.6, 0.4], &[f64::NAN, 0.4]).largest_difference, 1.0);
        let short = compared(&[0.6, 0.4], &[]);
        assert_eq!((short.largest_difference, short.changed.len()), (1.0, 1));
    }
}
