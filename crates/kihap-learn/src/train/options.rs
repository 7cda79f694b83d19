//! Everything a user can set about training; recorded in the model folder.

use serde::{Deserialize, Serialize};

use crate::{augment::Augmentation, error::LearnError};

/// How the loss of each class is weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeights {
    /// Samples / (classes × samples of the class), as scikit-learn's `balanced`.
    #[default]
    Balanced,
    /// Every sample counts the same.
    None,
}

/// How the learning rate goes over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The same all the time.
    Constant,
    /// Down to nothing along half a cosine.
    #[default]
    Cosine,
}

/// Options of [`crate::fit`]. The optimiser is Adam (β 0.9 and 0.999, ε 1e-7 as in Keras) with decoupled weight decay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainOptions {
    /// Most passes over the training examples, at least 1.
    pub epochs: usize,
    /// Examples per step, at least 1.
    pub batch_size: usize,
    /// Adam's learning rate, above 0.
    pub learning_rate: f64,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// Weight decay as in AdamW, 0 for none.
    pub weight_decay: f32,
    /// Share of the target probability spread over all classes, 0 to below 1.
    pub label_smoothing: f32,
    /// Weights of the classes in the loss.
    pub class_weights: ClassWeights,
    /// Stop after this many epochs without a lower validation loss; 0 never stops early. The weights of the epoch
    /// with the lowest validation loss are kept in either case.
    pub patience: usize,
    /// Networks trained from different seeds, whose probabilities are averaged; at least 1.
    pub members: usize,
    /// Leave the legs out of landmark features: for techniques of the arms, whose stance varies.
    pub upper_body: bool,
    /// The seed of everything random, at most 2^63 - 1 (TOML's largest number).
    pub seed: u64,
    /// How skeletons are varied in every epoch.
    pub augmentation: Augmentation,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions {
            epochs: 150,
            batch_size: 32,
            learning_rate: 1e-3,
            schedule: Schedule::default(),
            weight_decay: 1e-2,
            label_smoothing: 0.0,
            class_weights: ClassWeights::default(),
            patience: 30,
            members: 1,
            upper_body: false,
            seed: 0,
            augmentation: Augmentation::default(),
        }
    }
}

impl TrainOptions {
    pub(crate) fn check(&self) -> Result<(), LearnError> {
        let bad = |option, value: String, allowed| Err(LearnError::BadOption { option, value, allowed });
        for (option, value) in [("epochs", self.epochs), ("batch_size", self.batch_size), ("members", self.members)] {
            if value == 0 {
                return bad(option, "0".into(), "at least 1");
            }
        }
        if i64::try_from(self.seed).is_err() {
            return bad("seed", self.seed.to_string(), "at most 9223372036854775807");
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return bad("learning_rate", self.learning_rate.to_string(), "a number above 0");
        }
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            return bad("weight_decay", self.weight_decay.to_string(), "0 or a number above 0");
        }
        if !(0.0..1.0).contains(&self.label_smoothing) {
            return bad("label_smoothing", self.label_smoothing.to_string(), "from 0 to below 1");
        }
        self.augmentation.check()
    }

    /// The learning rate in step `step` of `steps`.
    pub(crate) fn rate(&self, step: usize, steps: usize) -> f64 {
        match self.schedule {
            Schedule::Constant => self.learning_rate,
            Schedule::Cosine => {
                let progress = step as f64 / steps.max(1) as f64;
                self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_survive_toml_and_bad_ones_are_named() {
        let options = TrainOptions { seed: 7, members: 3, ..TrainOptions::default() };
        let text = toml::to_string(&options).unwrap();
        assert_eq!(toml::from_str::<TrainOptions>(&text).unwrap(), options);
        let error = TrainOptions { learning_rate: f64::NAN, ..options.clone() }.check().unwrap_err();
        assert!(error.to_string().contains("learning_rate"), "{error}");
        assert!(TrainOptions { batch_size: 0, ..options.clone() }.check().is_err());
        assert!(TrainOptions { seed: u64::MAX, ..options.clone() }.check().is_err());
        assert!(toml::from_str::<TrainOptions>("epoch = 3").is_err(), "a misspelt option must not pass silently");
    }

    #[test]
    fn the_cosine_starts_at_the_rate_and_ends_near_nothing() {
        let options = TrainOptions { learning_rate: 0.1, schedule: Schedule::Cosine, ..TrainOptions::default() };
        assert_eq!(options.rate(0, 100), 0.1);
        assert!((options.rate(50, 100) - 0.05).abs() < 1e-12);
        assert!(options.rate(99, 100) < 1e-4);
    }
}
