//! Training a model on a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use kihap_dataset::features::Problem;
use kihap_dataset::split::{self, SplitOptions, SplitSample, SplitStrategy, SplitWarning};
use kihap_dataset::{Dataset, Part, Sample};
use kihap_learn::model::DataSummary;
use kihap_learn::{
    AbstainOptions, Blueprint, Calibration, Class, EpochRecord, Evaluation, Example, FoldValidation, LearnError, Model,
    Prediction, TrainOptions, Warning, calibrate, cross_validate, fit,
};
use kihap_vision::Pose;
use kihap_vision::estimators::EstimatorName;

use crate::error::{JobError, Result};
use crate::evaluate::SessionScores;
use crate::gather::{Selection, Watch, gather};
use crate::mirror::learn_classes;
use crate::sources::{Backbone, Eyes};
use crate::split_file;

/// What to train, on what, and how.
#[derive(Debug, Clone)]
pub struct TrainRequest {
    /// The network, by its name in the zoo.
    pub network: String,
    /// Which samples.
    pub selection: Selection,
    /// Where skeletons come from.
    pub estimator: EstimatorName,
    /// Where photo features come from.
    pub backbone: Backbone,
    /// How training, validation and test are told apart.
    pub split: SplitOptions,
    /// Cross-validation with so many folds before the final training; none without.
    pub folds: Option<usize>,
    /// Options of training.
    pub options: TrainOptions,
    /// Also learn from the photo features of mirrored pictures (doubles the time for photo features).
    pub mirror_photos: bool,
}

/// A trained model and how good it was found to be.
#[derive(Debug)]
pub struct Trained {
    /// The model, not yet saved.
    pub model: Model,
    /// Its evaluation; over all folds where folds were asked for.
    pub evaluation: Evaluation,
    /// Accuracy of each fold; empty without folds.
    pub fold_accuracies: Vec<f64>,
    /// Scores by session, where the evaluated samples have sessions.
    pub sessions: Option<SessionScores>,
    /// The evaluated samples, with true label and prediction.
    pub judged: Vec<(Sample, usize, Prediction)>,
    /// All samples and the part of each.
    pub parts: Vec<(Sample, Part)>,
    /// People found in each of these samples.
    pub people: Vec<Vec<Pose>>,
    /// Samples that could not be read.
    pub problems: Vec<Problem>,
    /// Pictures whose features were read back from the cache.
    pub from_cache: usize,
}

impl Trained {
    /// Writes the model folder, with the split beside it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.model.save(folder)?;
        let (samples, parts): (Vec<Sample>, Vec<Part>) = self.parts.iter().cloned().unzip();
        split_file::save(folder, &samples, &parts)
    }
}

/// Trains a model. `on_epoch` gets the fold (none in the final training) and the epoch's numbers; breaking keeps the
/// best weights so far, and ends cross-validation with [`JobError::Stopped`].
///
/// # Errors
/// When there is nothing to tell apart, features cannot be made, or options are out of range.
pub fn train(
    dataset: &Dataset,
    request: &TrainRequest,
    watch: &mut Watch<'_>,
    on_epoch: &mut dyn FnMut(Option<usize>, &EpochRecord) -> ControlFlow<()>,
) -> Result<Trained> {
    let blueprint = Blueprint::named(&request.network).map_err(LearnError::from)?;
    check_split(request)?;
    let samples = request.selection.of(dataset)?;
    check_test_persons(&request.split.test_persons, &samples)?;
    let chosen = samples.len();
    let (classes, mut warnings) = classes_of(dataset, &samples, &request.selection)?;
    let label = |sample: &Sample| classes.iter().position(|c| c.name == sample.class).unwrap_or_default();
    let mut eyes = Eyes::open(blueprint.entry.input, request.estimator, &request.backbone)?;
    let mirror_photos = request.mirror_photos && request.options.augmentation.mirror;
    let gathered = gather(dataset, samples, &mut eyes, mirror_photos, &label, watch)?;
    if let (true, Some(problem)) = (gathered.samples.is_empty(), gathered.problems.first()) {
        let (first, reason) = (problem.sample.clone(), problem.reason.clone());
        return Err(JobError::NothingUsable { count: chosen, first, reason });
    }
    let views: Vec<SplitSample<'_>> = gathered.samples.iter().map(SplitSample::from).collect();

    let mut crossed = None;
    if let Some(k) = request.folds {
        let folds = split::folds(&views, k, request.split.strategy, request.split.seed, request.split.near_distance);
        warnings.extend(folds.warnings.iter().map(learn_warning));
        check_folds(&classes, &gathered.examples, &folds.fold, folds.count)?;
        let mut tell = |fold: usize, record: &EpochRecord| on_epoch(Some(fold), record);
        let result = cross_validate(
            &blueprint,
            &classes,
            &gathered.examples,
            &folds.fold,
            &request.options,
            FoldValidation::None,
            &mut tell,
        )?;
        crossed = Some((folds.count, result));
    }

    let mut options = request.split.clone();
    if crossed.is_some() {
        // The folds have measured; the model to be used learns from everything.
        options.test = 0.0;
    }
    let plan = split::split(&views, &options);
    warnings.extend(plan.warnings.iter().map(learn_warning));
    let part = |wanted: Part| -> Vec<Example> {
        plan.indices(wanted).into_iter().map(|i| gathered.examples[i].clone()).collect()
    };
    let (training, validation) = (part(Part::Train), part(Part::Validation));
    let mut tell = |record: &EpochRecord| on_epoch(None, record);
    let fitted = fit(&blueprint, &classes, &training, &validation, &request.options, &mut tell)?;
    let calibration = calibration_of(&fitted.network, &validation)?;
    let grouped = plan.grouped_by.map_or(String::new(), |by| format!(" by {}", grouped_name(by)));
    let data = DataSummary {
        dataset: dataset.manifest().name.clone(),
        hash: data_hash(&gathered.samples),
        split: format!("{}{grouped}", strategy_name(plan.strategy)),
        training: training.len(),
        validation: validation.len(),
        test: plan.indices(Part::Test).len(),
        per_class: count_by_class(&gathered.samples),
    };
    let mut model = Model::new(&fitted, &classes, &request.options, calibration, eyes.source(), data);

    let (indices, name, predictions, fold_accuracies, mut evaluation) = match crossed {
        Some((count, crossed)) => (
            (0..gathered.samples.len()).collect(),
            format!("{count} folds"),
            crossed.predictions,
            crossed.folds.iter().map(|f| f.evaluation.accuracy).collect(),
            crossed.pooled,
        ),
        None => {
            let (part, indices) = [Part::Test, Part::Validation, Part::Train]
                .into_iter()
                .map(|p| (p, plan.indices(p)))
                .find(|(_, indices)| !indices.is_empty())
                .unwrap_or((Part::Train, Vec::new()));
            if part == Part::Validation {
                warnings.push(Warning::TestUsedForEarlyStopping);
            } else if part == Part::Train {
                warnings
                    .push(Warning::Note { note: "the numbers are of the very samples that were learnt from".into() });
            }
            let examples: Vec<Example> = indices.iter().map(|&i| gathered.examples[i].clone()).collect();
            let labels: Vec<usize> = examples.iter().map(|e| e.label).collect();
            let predictions = model.predict(&examples)?;
            let evaluation = Evaluation::new(&model.class_names(), &labels, &predictions, part.name())?;
            (indices, part.name().to_owned(), predictions, Vec::new(), evaluation)
        }
    };
    evaluation.split = name;
    let mut once: Vec<Warning> = Vec::new();
    for warning in warnings {
        if !once.contains(&warning) {
            once.push(warning);
        }
    }
    let warnings = once;
    evaluation
        .warnings
        .extend(warnings.iter().filter(|w| !evaluation.warnings.contains(w)).cloned().collect::<Vec<_>>());
    model.description.warnings.extend(warnings);
    model.metrics.evaluations.push(evaluation.clone());
    let judged: Vec<(Sample, usize, Prediction)> = indices
        .iter()
        .zip(predictions)
        .map(|(&i, p)| (gathered.samples[i].clone(), gathered.examples[i].label, p))
        .collect();
    Ok(Trained {
        model,
        evaluation,
        fold_accuracies,
        sessions: SessionScores::of(&judged),
        judged,
        parts: gathered.samples.into_iter().zip(plan.parts).collect(),
        people: gathered.people,
        problems: gathered.problems,
        from_cache: gathered.from_cache,
    })
}

/// Refuses shares and folds that leave nothing to learn from.
fn check_split(request: &TrainRequest) -> Result<()> {
    let (validation, test) = (request.split.validation, request.split.test);
    // Folds take the test's place.
    let held_back = if request.folds.is_some() { validation } else { validation + test };
    if ![validation, test].iter().all(|s| (0.0..1.0).contains(s)) || held_back >= 1.0 {
        return Err(JobError::Shares { validation, test });
    }
    match request.folds {
        Some(folds) if folds < 2 => Err(JobError::Folds { folds }),
        _ => Ok(()),
    }
}

fn check_test_persons(wanted: &[String], samples: &[Sample]) -> Result<()> {
    let known: BTreeSet<&str> = samples.iter().filter_map(|s| s.person.as_deref()).collect();
    match wanted.iter().find(|p| !known.contains(p.as_str())) {
        None => Ok(()),
        Some(person) => {
            let names = known.into_iter().collect::<Vec<_>>().join(", ");
            let known = if names.is_empty() { "no persons; import with --person".into() } else { names };
            Err(JobError::NoSuchPerson { person: person.clone(), known })
        }
    }
}

/// A class within one fold has nothing to be learnt from when that fold is the test.
fn check_folds(classes: &[Class], examples: &[Example], fold: &[usize], folds: usize) -> Result<()> {
    for (label, class) in classes.iter().enumerate() {
        let of_class = examples.iter().zip(fold).filter(|(e, _)| e.label == label).map(|(_, fold)| fold);
        if of_class.collect::<BTreeSet<_>>().len() < 2 {
            return Err(JobError::ClassInOneFold { class: class.name.clone(), folds });
        }
    }
    Ok(())
}

/// The classes that have samples, in the dataset's order, and a warning for each that has none.
fn classes_of(dataset: &Dataset, samples: &[Sample], selection: &Selection) -> Result<(Vec<Class>, Vec<Warning>)> {
    let mut names = Vec::new();
    let mut empty = Vec::new();
    let mut warnings = Vec::new();
    for class in dataset.classes() {
        if selection.classes.as_ref().is_some_and(|chosen| !chosen.contains(&class.name)) {
            continue;
        }
        if samples.iter().any(|s| s.class == class.name) {
            names.push(class.name.clone());
        } else {
            empty.push(class.name.as_str());
        }
    }
    if !empty.is_empty() {
        let note = format!("classes without samples are left out; import some to teach them: {}", empty.join(", "));
        warnings.push(Warning::Note { note });
    }
    match names.as_slice() {
        [only] => Err(JobError::OneClass { class: only.clone() }),
        _ => Ok((learn_classes(dataset.classes(), &names), warnings)),
    }
}

fn calibration_of(network: &kihap_learn::TrainedNetwork, validation: &[Example]) -> Result<Calibration> {
    if validation.is_empty() {
        return Ok(Calibration::none());
    }
    let labels: Vec<usize> = validation.iter().map(|e| e.label).collect();
    Ok(calibrate(&network.log_probabilities(validation)?, &labels, &AbstainOptions::default()))
}

pub(crate) fn learn_warning(warning: &SplitWarning) -> Warning {
    match warning {
        SplitWarning::RandomIsOptimistic => Warning::RandomSplit,
        SplitWarning::ClassMissing { class, part } => {
            Warning::ClassMissing { class: class.clone(), split: part.name().to_owned() }
        }
        other => Warning::Note { note: other.to_string() },
    }
}

fn strategy_name(strategy: SplitStrategy) -> &'static str {
    match strategy {
        SplitStrategy::Grouped => "grouped",
        SplitStrategy::Random => "random",
        SplitStrategy::Folders => "folders",
    }
}

fn grouped_name(by: split::GroupedBy) -> &'static str {
    match by {
        split::GroupedBy::Person => "person",
        split::GroupedBy::Session => "session",
        split::GroupedBy::NearDuplicates => "near-duplicates",
    }
}

fn count_by_class(samples: &[Sample]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for sample in samples {
        *counts.entry(sample.class.clone()).or_insert(0) += 1;
    }
    counts
}

/// Hash of what was learnt from: contents and labels, in order.
fn data_hash(samples: &[Sample]) -> String {
    let mut hasher = blake3::Hasher::new();
    for sample in samples {
        hasher.update(sample.hash.as_bytes());
        hasher.update(sample.class.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex().to_string()
}
