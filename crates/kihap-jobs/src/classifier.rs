//! Whatever can be asked for a picture's class: a Kihap model, a built-in one, or one of another tool.

use std::path::Path;

use kihap_export::foreign::{ForeignOptions, looks_like_a_model};
use kihap_learn::{Model, Warning};

use crate::builtin::{BUILTIN_PREFIX, open_model};
use crate::error::{JobError, Result};
use crate::foreign::ForeignModel;
use crate::report::Reported;

/// A model, whoever made it.
pub enum Classifier {
    /// A Kihap model.
    Kihap(Box<Model>),
    /// One of another tool.
    Foreign(Box<ForeignModel>),
}

impl Classifier {
    /// Opens a Kihap model's folder, a built-in model by its name after `builtin:`, or a model of another tool.
    ///
    /// # Errors
    /// What is no model, and options that the model does not take.
    pub fn open(path: &Path, options: &ForeignOptions) -> Result<Classifier> {
        let own =
            path.to_str().is_some_and(|text| text.starts_with(BUILTIN_PREFIX)) || path.join("model.toml").is_file();
        if !own && looks_like_a_model(path) {
            return Ok(Classifier::Foreign(Box::new(ForeignModel::open(path, options)?)));
        }
        let model = open_model(path)?;
        if *options != ForeignOptions::default() {
            return Err(JobError::OwnModelOptions);
        }
        Ok(Classifier::Kihap(Box::new(model)))
    }

    /// Names of the classes in label order.
    pub fn class_names(&self) -> Vec<String> {
        match self {
            Classifier::Kihap(model) => model.class_names(),
            Classifier::Foreign(model) => model.class_names(),
        }
    }

    /// What to keep in mind of the answers; a Kihap model's own warnings belong to its training.
    pub fn warnings(&self) -> Vec<Warning> {
        match self {
            Classifier::Kihap(_) => Vec::new(),
            Classifier::Foreign(model) => model.warnings(),
        }
    }
}
