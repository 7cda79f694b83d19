//! Training the built-in models from stills.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use kihap_coach::synth::{SynthClass, SynthCourse};
use kihap_learn::model::{DataSummary, FeatureSource};
use kihap_learn::train::{ClassWeights, Fit};
use kihap_learn::{
    AbstainOptions, Augmentation, Blueprint, Class, EpochRecord, Evaluation, Example, Model, TrainOptions, calibrate,
    fit,
};
use kihap_syllabus::{NOBODY, OTHER, Syllabus};
use kihap_vision::features::LANDMARK_FEATURES_VERSION;

use super::stills::SeenStill;
use crate::error::Result;

/// How a built-in model is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuiltinOptions {
    /// Passes over the stills.
    pub epochs: usize,
    /// Factor on the 128 and 64 hidden units of `landmark-mlp`.
    pub width: f32,
    /// Networks whose probabilities are averaged.
    pub members: usize,
    /// Everything random follows from it.
    pub seed: u64,
}

impl BuiltinOptions {
    /// What the models in the binary were trained with.
    pub fn of(course: SynthCourse) -> Self {
        let (width, members) = match course {
            SynthCourse::Basics => (4.0, 2),
            SynthCourse::Techniques => (4.0, 1),
            SynthCourse::Stances | SynthCourse::Sparring => (2.0, 1),
        };
        Self { epochs: 40, width, members, seed: 1 }
    }
}

/// One body in ten is kept for validation.
const VALIDATION: u64 = 10;
/// Added to how often a technique occurs in the ten forms, so that those in none are still expected.
const PRIOR_FLOOR: f32 = 5.0;
/// How often `other` is expected, in technique classes of the mean frequency.
const PRIOR_OTHER: f32 = 8.0;

/// Trains the model of a course. `estimator` are the settings of the pose estimator that saw the stills. Classes are expected as
/// often as the ten forms show them.
///
/// # Errors
/// When options are out of range, or a class has no still.
pub fn train_builtin(
    syllabus: &Syllabus,
    course: SynthCourse,
    stills: &[SeenStill],
    estimator: &str,
    options: &BuiltinOptions,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<Model> {
    let synth = course.classes(syllabus);
    let classes: Vec<Class> =
        synth.iter().map(|class| Class { name: class.name.clone(), mirror: Some(class.mirror()) }).collect();
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    for still in stills {
        let Some(label) = label_of(syllabus, course, &synth, still) else { continue };
        let part = if still.body.is_multiple_of(VALIDATION) { &mut validation } else { &mut training };
        part.push(Example::from_pose(still.pose.clone(), label));
    }
    let counts = counted(&training, classes.len());
    let prior = prior(syllabus, course, &synth);
    for example in &mut training {
        example.weight = prior[example.label] / counts[example.label].max(1) as f32;
    }
    let mean = training.iter().map(|e| e.weight).sum::<f32>() / training.len().max(1) as f32;
    training.iter_mut().for_each(|example| example.weight /= mean.max(f32::MIN_POSITIVE));

    let mut blueprint = Blueprint::named("landmark-mlp").map_err(kihap_learn::LearnError::from)?;
    blueprint.width = options.width;
    blueprint.dropout = Some(0.2);
    let training_options = TrainOptions {
        epochs: options.epochs,
        batch_size: 256,
        learning_rate: 2e-3,
        weight_decay: 2e-2,
        label_smoothing: 0.05,
        class_weights: ClassWeights::None,
        patience: 0,
        members: options.members,
        seed: options.seed,
        augmentation: Augmentation {
            yaw_degrees: 0.0,
            roll_degrees: 3.0,
            stretch: 0.05,
            jitter: 0.015,
            drop_joint: 0.0,
            ..Augmentation::default()
        },
        ..TrainOptions::default()
    };
    let fitted = fit(&blueprint, &classes, &training, &validation, &training_options, on_epoch)?;
    let per_class: BTreeMap<String, usize> = classes.iter().map(|class| class.name.clone()).zip(counts).collect();
    let data = DataSummary {
        dataset: format!("synthetic stills, {}", course.name()),
        hash: String::new(),
        split: "by synthetic body".into(),
        training: training.len(),
        validation: validation.len(),
        test: 0,
        per_class,
        ..DataSummary::default()
    };
    let features = FeatureSource {
        estimator: Some(estimator.to_owned()),
        preprocessing: format!("landmarks v{LANDMARK_FEATURES_VERSION}"),
        ..FeatureSource::default()
    };
    finished(&fitted, &classes, &training_options, features, data, &validation)
}

/// The model as it is brought along: calibrated and measured on the validation part, without what every epoch said, which is of no use
/// to those who get it.
pub(super) fn finished(
    fitted: &Fit,
    classes: &[Class],
    options: &TrainOptions,
    features: FeatureSource,
    data: DataSummary,
    validation: &[Example],
) -> Result<Model> {
    let labels: Vec<usize> = validation.iter().map(|example| example.label).collect();
    let calibration = calibrate(&fitted.network.log_probabilities(validation)?, &labels, &AbstainOptions::default());
    let mut model = Model::new(fitted, classes, options, calibration, features, data);
    let predictions = model.predict(validation)?;
    model.metrics.evaluations.push(Evaluation::new(&model.class_names(), &labels, &predictions, "validation")?);
    model.metrics.history.clear();
    Ok(model)
}

fn label_of(syllabus: &Syllabus, course: SynthCourse, classes: &[SynthClass], still: &SeenStill) -> Option<usize> {
    // A person whom the estimator does not find looks like nobody.
    let name = if still.pose.is_none() { NOBODY.to_owned() } else { course.class_of(syllabus, &still.shown)? };
    // Somebody found in an empty room is the estimator's mistake, of no class.
    if still.shown.empty && still.pose.is_some() {
        return None;
    }
    classes.iter().position(|class| class.name == name)
}

fn counted(examples: &[Example], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    for example in examples {
        counts[example.label] += 1;
    }
    counts
}

/// How often each class is expected: its techniques' (stances') occurrences in the forms and the basics.
fn prior(syllabus: &Syllabus, course: SynthCourse, classes: &[SynthClass]) -> Vec<f32> {
    let mut seen: BTreeMap<&str, f32> = BTreeMap::new();
    for form in syllabus.forms() {
        // Every form begins and ends with its ready posture.
        *seen.entry(form.head.ready.as_str()).or_default() += 2.0;
    }
    for step in syllabus.forms().iter().flat_map(|form| &form.steps) {
        *seen.entry(step.stance.as_str()).or_default() += 1.0;
        for technique in &step.technique {
            *seen.entry(technique.id.as_str()).or_default() += 1.0;
        }
    }
    for basic in &syllabus.basics().motions {
        *seen.entry(basic.technique.as_str()).or_default() += 2.0;
    }
    let known: Vec<f32> = classes
        .iter()
        .map(|class| match course {
            // Sparring has a few classes of many techniques: all alike.
            SynthCourse::Sparring => 1.0,
            _ => seen.get(class.id.as_str()).copied().unwrap_or(0.0) + PRIOR_FLOOR,
        })
        .collect();
    let mean = known.iter().sum::<f32>() / known.len().max(1) as f32;
    classes
        .iter()
        .zip(known)
        .map(|(class, prior)| match class.id.as_str() {
            OTHER => mean * PRIOR_OTHER,
            NOBODY => mean,
            _ => prior,
        })
        .collect()
}
