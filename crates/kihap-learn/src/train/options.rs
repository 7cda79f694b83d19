//! Everything a user can set about training; recorded in the model folder.

use kihap_vision::augment::PictureAugmentation;
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

/// Where training runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceName {
    /// The processor.
    #[default]
    Cpu,
    /// A graphics card by Vulkan, Metal, DirectX or WebGPU; needs the cargo feature `wgpu`.
    Wgpu,
    /// An NVIDIA card; needs the cargo feature `cuda`.
    Cuda,
}

impl DeviceName {
    /// The name on the command line, which is also the feature's.
    pub fn name(self) -> &'static str {
        match self {
            DeviceName::Cpu => "cpu",
            DeviceName::Wgpu => "wgpu",
            DeviceName::Cuda => "cuda",
        }
    }
}

/// How the learning rate goes over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The same all the time.
    Constant,
    /// Down to nothing along half a cosine (Loshchilov and Hutter, 2017).
    #[default]
    Cosine,
    /// Times `factor` after each `every` epochs.
    Step {
        /// Epochs at one rate, at least 1.
        every: usize,
        /// What it is multiplied by.
        factor: f64,
    },
}

/// How weights follow their gradients.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimiser {
    /// Stochastic gradient descent.
    Sgd {
        /// Share of the last step that is taken again, 0 to below 1.
        momentum: f32,
    },
    /// Adam (Kingma and Ba, 2015): β 0.9 and 0.999, ε 1e-7 as in Keras. Weight decay is added to the gradient.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    #[default]
    AdamW,
    /// RMSprop (Hinton, 2012): ε 1e-7 as in Keras. Weight decay is added to the gradient.
    Rmsprop {
        /// Share of the mean square that is kept, 0 to below 1; Keras' 0.9.
        rho: f32,
        /// Share of the last step that is taken again, 0 to below 1; Keras' 0.
        momentum: f32,
    },
}

/// Options of [`crate::fit`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainOptions {
    /// Most passes over the training examples, at least 1.
    pub epochs: usize,
    /// Examples per step, at least 1.
    pub batch_size: usize,
    /// The optimiser.
    pub optimiser: Optimiser,
    /// The learning rate, above 0.
    pub learning_rate: f64,
    /// Epochs over which the learning rate rises from nothing, at most `epochs`.
    pub warm_up: usize,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// Weight decay, 0 for none.
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
    /// Where training runs.
    pub device: DeviceName,
    /// The seed of everything random, at most 2^63 - 1 (TOML's largest number).
    pub seed: u64,
    /// How skeletons are varied in every epoch, and whether examples are mirrored.
    pub augmentation: Augmentation,
    /// How pictures are varied in every epoch, for networks that read pictures.
    pub picture_augmentation: PictureAugmentation,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions {
            epochs: 150,
            batch_size: 32,
            optimiser: Optimiser::default(),
            learning_rate: 1e-3,
            warm_up: 0,
            schedule: Schedule::default(),
            weight_decay: 1e-2,
            label_smoothing: 0.0,
            class_weights: ClassWeights::default(),
            patience: 30,
            members: 1,
            upper_body: false,
            device: DeviceName::default(),
            seed: 0,
            augmentation: Augmentation::default(),
            picture_augmentation: PictureAugmentation::none(),
        }
    }
}

impl TrainOptions {
    /// Asks for so many passes; a warm-up that is longer ends with them.
    pub fn set_epochs(&mut self, epochs: usize) {
        self.epochs = epochs;
        self.warm_up = self.warm_up.min(epochs);
    }

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
        let shares = match self.optimiser {
            Optimiser::Sgd { momentum } => vec![("optimiser.momentum", momentum)],
            Optimiser::Rmsprop { rho, momentum } => vec![("optimiser.rho", rho), ("optimiser.momentum", momentum)],
            Optimiser::Adam | Optimiser::AdamW => Vec::new(),
        };
        for (option, value) in shares {
            if !(0.0..1.0).contains(&value) {
                return bad(option, value.to_string(), "from 0 to below 1");
            }
        }
        if self.warm_up > self.epochs {
            return bad("warm_up", self.warm_up.to_string(), "no more than the epochs");
        }
        if let Schedule::Step { every: 0, .. } = self.schedule {
            return bad("schedule.every", "0".into(), "at least 1");
        }
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            return bad("weight_decay", self.weight_decay.to_string(), "0 or a number above 0");
        }
        if !(0.0..1.0).contains(&self.label_smoothing) {
            return bad("label_smoothing", self.label_smoothing.to_string(), "from 0 to below 1");
        }
        self.picture_augmentation.validate()?;
        self.augmentation.check()
    }

    /// The learning rate in step `step` of `steps`.
    pub(crate) fn rate(&self, step: usize, steps: usize) -> f64 {
        let progress = step as f64 / steps.max(1) as f64;
        let warm_up = self.warm_up as f64 / self.epochs.max(1) as f64;
        if progress < warm_up {
            let one_step = 1.0 / steps.max(1) as f64;
            return self.learning_rate * (progress + one_step) / warm_up;
        }
        match self.schedule {
            Schedule::Constant => self.learning_rate,
            Schedule::Cosine => {
                let progress = (progress - warm_up) / (1.0 - warm_up).max(f64::MIN_POSITIVE);
                self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
            }
            Schedule::Step { every, factor } => {
                let epoch = (progress * self.epochs as f64 + 1e-9) as usize;
                self.learning_rate * factor.powi((epoch / every.max(1)) as i32)
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

    #[test]
    fn the_rate_warms_up_and_steps_down() {
        let schedule = Schedule::Step { every: 4, factor: 0.1 };
        let options = TrainOptions { epochs: 10, learning_rate: 1.0, warm_up: 2, schedule, ..TrainOptions::default() };
        let rates: Vec<f64> = (0..10).map(|step| options.rate(step, 10)).collect();
        for (rate, expected) in rates.iter().zip([0.5, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01]) {
            assert!((rate - expected).abs() < 1e-9, "{rates:?}");
        }
        assert!(TrainOptions { warm_up: 11, ..options.clone() }.check().is_err());
        assert!(TrainOptions { optimiser: Optimiser::Sgd { momentum: 1.0 }, ..options }.check().is_err());
    }
}
