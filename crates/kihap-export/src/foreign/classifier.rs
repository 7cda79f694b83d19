//! A classifier of others, ready to be run.

use kihap_learn::Warning;

use super::exported::ExportedInput;
use super::picture_tensor::PictureTensor;

/// Where a classifier comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignKind {
    /// An image project of Teachable Machine.
    TeachableMachineImage,
    /// A pose project of Teachable Machine.
    TeachableMachinePose,
    /// A TensorFlow.js layers or graph model.
    Tfjs,
    /// An ONNX file.
    Onnx,
    /// A Keras file of one of the zoo's networks.
    Keras,
}

impl ForeignKind {
    /// What it is called in reports.
    pub fn name(self) -> &'static str {
        match self {
            ForeignKind::TeachableMachineImage => "Teachable Machine image model",
            ForeignKind::TeachableMachinePose => "Teachable Machine pose model",
            ForeignKind::Tfjs => "TensorFlow.js model",
            ForeignKind::Onnx => "ONNX model",
            ForeignKind::Keras => "Keras model",
        }
    }
}

/// What a classifier is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum ForeignInput {
    /// A picture.
    Picture(PictureTensor),
    /// PoseNet's maps of a picture ([`kihap_vision::posenet::FEATURES`] numbers).
    PosenetFeatures,
    /// What a file of `kihap export --to onnx` says: a picture of any size, its landmarks, or both.
    Exported(ExportedInput),
}

/// What a classifier's numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scores {
    /// They are probabilities.
    Probabilities,
    /// Softmax makes probabilities of them.
    Logits,
    /// One number, the probability of the second of two classes.
    SecondOfTwo,
}

/// A classifier of others.
#[derive(Debug, Clone)]
pub struct ForeignClassifier {
    /// Where it comes from.
    pub kind: ForeignKind,
    /// Its name in reports.
    pub name: String,
    /// The classes in the order of its numbers.
    pub labels: Vec<String>,
    /// What it is shown.
    pub input: ForeignInput,
    /// What its numbers mean.
    pub scores: Scores,
    /// Below this probability an answer is withheld; 0 where the file does not say.
    pub threshold: f64,
    /// Number of the network's weights as it is run, normalisations folded.
    pub parameters: usize,
    /// The network as an ONNX file.
    pub network: Vec<u8>,
    /// The output that holds the classes' numbers.
    pub output: String,
    /// What was guessed, and what to keep in mind.
    pub warnings: Vec<Warning>,
}

impl ForeignClassifier {
    /// Probabilities of the classes from the network's numbers.
    ///
    /// # Errors
    /// Another number of numbers than classes, or some that are none; the sentence says which.
    pub fn probabilities(&self, numbers: &[f32]) -> Result<Vec<f64>, String> {
        let numbers: Vec<f64> = numbers.iter().map(|v| f64::from(*v)).collect();
        if numbers.iter().any(|v| !v.is_finite()) {
            return Err("it answers with numbers that are not finite; is --range right?".into());
        }
        let wanted = if self.scores == Scores::SecondOfTwo { 1 } else { self.labels.len() };
        if numbers.len() != wanted {
            return Err(format!(
                "it answers with {} numbers for {} classes; give it the right labels with --labels FILE",
                numbers.len(),
                self.labels.len()
            ));
        }
        Ok(match self.scores {
            Scores::Probabilities => {
                let sum: f64 = numbers.iter().sum();
                if numbers.iter().any(|p| *p < 0.0) || !(0.5..2.0).contains(&sum) {
                    return Err("its numbers are no probabilities of one class among several".into());
                }
                numbers.iter().map(|p| p / sum).collect()
            }
            Scores::Logits => {
                let largest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let powers: Vec<f64> = numbers.iter().map(|v| (v - largest).exp()).collect();
                let sum: f64 = powers.iter().sum();
                powers.into_iter().map(|p| p / sum).collect()
            }
            Scores::SecondOfTwo => {
                let second = numbers[0].clamp(0.0, 1.0);
                vec![1.0 - second, second]
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classifier(scores: Scores) -> ForeignClassifier {
        ForeignClassifier {
            kind: ForeignKind::Onnx,
            name: "x".into(),
            labels: vec!["a".into(), "b".into()],
            input: ForeignInput::PosenetFeatures,
            scores,
            threshold: 0.0,
            parameters: 0,
            network: Vec::new(),
            output: String::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn numbers_become_probabilities_or_a_sentence() {
        let near = |found: Vec<f64>, wanted: [f64; 2]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(near(classifier(Scores::Logits).probabilities(&[1000.0, 1000.0]).unwrap(), [0.5, 0.5]));
        assert!(near(classifier(Scores::Probabilities).probabilities(&[0.25, 0.75]).unwrap(), [0.25, 0.75]));
        assert!(near(classifier(Scores::SecondOfTwo).probabilities(&[0.9]).unwrap(), [0.1, 0.9]));
        for (scores, numbers) in [
            (Scores::Logits, &[1.0][..]),
            (Scores::Logits, &[f32::NAN, 0.0]),
            (Scores::Probabilities, &[0.9, 0.9, 0.9]),
            (Scores::Probabilities, &[-1.0, 2.0]),
            (Scores::Probabilities, &[0.0, 0.0]),
        ] {
            assert!(classifier(scores).probabilities(numbers).is_err(), "{numbers:?}");
        }
    }
}
