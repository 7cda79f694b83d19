//! Training a built-in model: `kihap synth --train-builtin` calls it, and what comes out is committed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use kihap_coach::synth::{Still, StillMaker, SynthClass, SynthCourse};
use kihap_learn::model::{DataSummary, FeatureSource};
use kihap_learn::{
    AbstainOptions, Augmentation, Blueprint, Class, EpochRecord, Evaluation, Example, Model, TrainOptions, calibrate,
    fit,
};
use kihap_syllabus::{NOBODY, Syllabus};
use kihap_vision::features::LANDMARK_FEATURES_VERSION;
use rayon::prelude::*;

use crate::error::Result;

/// How a built-in model is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuiltinOptions {
    /// Synthetic skeletons of each class; `other` has as many as a tenth of all classes together where that is more.
    pub per_class: usize,
    /// Passes over them.
    pub epochs: usize,
    /// Factor on the 128 and 64 hidden units of `landmark-mlp`.
    pub width: f32,
    /// Everything random follows from it.
    pub seed: u64,
}

impl Default for BuiltinOptions {
    fn default() -> Self {
        Self { per_class: 4000, epochs: 40, width: 2.0, seed: 1 }
    }
}

/// Samples of one validation seed range never share a body with those learnt from.
const VALIDATION_SEEDS: u64 = 1 << 40;

/// Trains the model of a course from synthetic skeletons alone. `estimator` are the settings of the pose estimator whose errors
/// the skeletons carry.
///
/// # Errors
/// When options are out of range.
pub fn train_builtin(
    syllabus: &Syllabus,
    course: SynthCourse,
    estimator: String,
    options: &BuiltinOptions,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<Model> {
    let maker = StillMaker::new(syllabus, course);
    let classes: Vec<Class> = maker.classes().iter().map(class_of).collect();
    let training = examples(&maker, options.per_class, options.seed << 44);
    let validation = examples(&maker, (options.per_class / 8).max(20), (options.seed << 44) + VALIDATION_SEEDS);
    let mut blueprint = Blueprint::named("landmark-mlp").map_err(kihap_learn::LearnError::from)?;
    blueprint.width = options.width;
    blueprint.dropout = Some(0.1);
    let training_options = TrainOptions {
        epochs: options.epochs,
        batch_size: 256,
        learning_rate: 2e-3,
        warm_up: 1.min(options.epochs),
        patience: 0,
        seed: options.seed,
        label_smoothing: 0.02,
        augmentation: Augmentation { yaw_degrees: 0.0, drop_joint: 0.0, ..Augmentation::default() },
        ..TrainOptions::default()
    };
    let fitted = fit(&blueprint, &classes, &training, &validation, &training_options, on_epoch)?;
    let labels: Vec<usize> = validation.iter().map(|example| example.label).collect();
    let calibration = calibrate(&fitted.network.log_probabilities(&validation)?, &labels, &AbstainOptions::default());
    let mut per_class = BTreeMap::new();
    for example in &training {
        *per_class.entry(classes[example.label].name.clone()).or_insert(0) += 1;
    }
    let data = DataSummary {
        dataset: format!("synthetic {}", course.name()),
        hash: String::new(),
        split: "by synthetic body".into(),
        training: training.len(),
        validation: validation.len(),
        test: 0,
        per_class,
    };
    let features = FeatureSource {
        estimator: Some(estimator),
        preprocessing: format!("landmarks v{LANDMARK_FEATURES_VERSION}"),
        ..FeatureSource::default()
    };
    let mut model = Model::new(&fitted, &classes, &training_options, calibration, features, data);
    let predictions = model.predict(&validation)?;
    let evaluation = Evaluation::new(&model.class_names(), &labels, &predictions, "validation")?;
    model.metrics.evaluations.push(evaluation);
    Ok(model)
}

fn class_of(class: &SynthClass) -> Class {
    Class { name: class.name.clone(), mirror: Some(class.mirror()) }
}

fn examples(maker: &StillMaker<'_>, per_class: usize, first_seed: u64) -> Vec<Example> {
    let classes = maker.classes();
    let wanted: Vec<(usize, u64)> = classes
        .iter()
        .enumerate()
        .flat_map(|(index, class)| {
            let count = match class.id.as_str() {
                NOBODY => (per_class / 10).max(1),
                kihap_syllabus::OTHER => (per_class * classes.len() / 6).max(per_class),
                _ => per_class,
            };
            (0..count as u64).map(move |i| (index, first_seed + i))
        })
        .collect();
    wanted.into_par_iter().map(|(class, seed)| example_of(&maker.make(class, seed))).collect()
}

fn example_of(still: &Still) -> Example {
    Example::from_pose(still.pose.clone(), still.class)
}
