//! What the page asks to be trained.

use kihap_dataset::split::{SplitOptions, SplitStrategy};
use kihap_jobs::{Recipe, Selection, TrainRequest};
use kihap_learn::Augmentation;
use kihap_vision::augment::PictureAugmentation;
use serde::Deserialize;

use super::runs::UiLanguage;
use crate::error::{Result, StudioError};

/// Most epochs and networks that one click may start.
const MOST_EPOCHS: usize = 5000;
const MOST_MEMBERS: usize = 20;
const MOST_FOLDS: usize = 20;
const MOST_IN_A_BATCH: usize = 4096;

/// How samples are varied while learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Variation {
    /// As suits the network.
    #[default]
    Default,
    /// Mirrored only.
    Mirror,
    /// Not at all.
    None,
}

/// A training as the page asks for it. What is left out is what suits the network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    network: String,
    /// The model's name; a free one is found where it is taken or left out.
    pub(crate) name: Option<String>,
    /// The page's language, which the report takes.
    #[serde(default)]
    pub(crate) language: UiLanguage,
    epochs: Option<usize>,
    batch_size: Option<usize>,
    learning_rate: Option<f64>,
    patience: Option<usize>,
    members: Option<usize>,
    folds: Option<usize>,
    validation: Option<f64>,
    test: Option<f64>,
    split: Option<SplitStrategy>,
    #[serde(default)]
    test_persons: Vec<String>,
    #[serde(default)]
    variation: Variation,
    from: Option<String>,
    #[serde(default)]
    upper_body: bool,
    seed: Option<u64>,
}

impl Order {
    /// The request of `kihap-jobs`, without checkpoints.
    pub(crate) fn request(&self) -> Result<TrainRequest> {
        for (what, value, most) in [
            ("epochs", self.epochs, MOST_EPOCHS),
            ("batch_size", self.batch_size, MOST_IN_A_BATCH),
            ("members", self.members, MOST_MEMBERS),
            ("folds", self.folds, MOST_FOLDS),
        ] {
            if let Some(value) = value
                && !(1..=most).contains(&value)
            {
                return Err(StudioError::Bad(format!("{what} is {value}, but must be from 1 to {most}")));
            }
        }
        let mut recipe = Recipe::of(&self.network)?;
        if let Some(from) = &self.from {
            recipe.adapt(from);
        }
        let training = &mut recipe.training;
        if let Some(epochs) = self.epochs {
            training.set_epochs(epochs);
        }
        set(&mut training.batch_size, self.batch_size);
        set(&mut training.learning_rate, self.learning_rate);
        set(&mut training.patience, self.patience);
        set(&mut training.members, self.members);
        set(&mut training.seed, self.seed);
        training.upper_body = self.upper_body;
        match self.variation {
            Variation::Default => {}
            Variation::Mirror => {
                training.augmentation = Augmentation::mirror_only();
                training.picture_augmentation = PictureAugmentation::none();
            }
            Variation::None => {
                training.augmentation = Augmentation::none();
                training.picture_augmentation = PictureAugmentation::none();
            }
        }
        let plain = SplitOptions::default();
        let split = SplitOptions {
            strategy: self.split.unwrap_or(recipe.split),
            validation: self.validation.unwrap_or(plain.validation),
            test: self.test.unwrap_or(plain.test),
            seed: self.seed.unwrap_or(plain.seed),
            test_persons: self.test_persons.clone(),
            ..plain
        };
        let folds = self.folds.filter(|folds| *folds > 1);
        Ok(TrainRequest { recipe, selection: Selection::default(), split, folds, checkpointing: None })
    }
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str) -> Order {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_left_out_is_what_suits_the_network() {
        let request = order(r#"{"network":"landmark-mlp"}"#).request().unwrap();
        assert_eq!(request.recipe, Recipe::of("landmark-mlp").unwrap());
        let text = r#"{"network":"landmark-mlp","from":"builtin:basics","epochs":5,"variation":"none","folds":1}"#;
        let request = order(text).request().unwrap();
        assert_eq!((request.recipe.training.epochs, request.recipe.training.learning_rate), (5, 3e-4));
        assert_eq!(request.recipe.training.augmentation, Augmentation::none());
        assert_eq!(request.folds, None, "one fold is none");
    }

    #[test]
    fn values_beyond_all_bounds_and_misspelt_words_are_refused() {
        for text in [r#"{"network":"landmark-mlp","epochs":0}"#, r#"{"network":"lstm","members":1000}"#] {
            assert!(order(text).request().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Order>(r#"{"network":"lstm","epoch":3}"#).is_err());
    }
}
