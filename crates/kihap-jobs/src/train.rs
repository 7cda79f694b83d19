//! Training a model on a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kihap_dataset::features::Problem;
use kihap_dataset::split::{self, SplitOptions, SplitSample, SplitStrategy};
use kihap_dataset::{Dataset, Part, Sample};
use kihap_learn::model::DataSummary;
use kihap_learn::{
    AbstainOptions, Calibration, Checkpointing, EpochRecord, Evaluation, Example, Language, Model, Prediction, Warning,
    calibrate, cross_validate, fit_resumable,
};
use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

use crate::error::{JobError, Result};
use crate::evaluate::SessionScores;
use crate::gather::{Selection, Watch};
use crate::predictions;
use crate::prepare::{Prepared, folds, learn_warning, once};
use crate::recipe::Recipe;
use crate::report::{self, Report};
use crate::split_file;

/// What to train, on what, and how. A model folder keeps it, so that the same can be asked for again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrainRequest {
    /// The network and the options of training.
    pub recipe: Recipe,
    /// Which samples.
    pub selection: Selection,
    /// How training, validation and test are told apart.
    pub split: SplitOptions,
    /// Cross-validation with so many folds before the final training; none without.
    pub folds: Option<usize>,
    /// A checkpoint after every epoch of the final training, and whether to go on from it.
    #[serde(skip)]
    pub checkpointing: Option<Checkpointing>,
}

/// The file of a model folder that holds what was asked for.
const REQUEST: &str = "request.json";

impl TrainRequest {
    /// Writes it as JSON, complete or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let failed = |reason: String| JobError::File { path: file.to_owned(), reason };
        let text = serde_json::to_vec_pretty(self).map_err(|e| failed(e.to_string()))?;
        let temporary = file.with_extension("json.partial");
        std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, file)).map_err(JobError::io(file))
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When the file is not there or damaged.
    pub fn read(file: &Path) -> Result<TrainRequest> {
        let failed = |reason: String| JobError::File { path: file.to_owned(), reason };
        let text = std::fs::read(file).map_err(JobError::io(file))?;
        serde_json::from_slice(&text).map_err(|e| failed(e.to_string()))
    }

    /// What the model in `folder` was asked for; `None` for models of before this was kept.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn of_model(folder: &Path) -> Result<Option<TrainRequest>> {
        let file = folder.join(REQUEST);
        if file.is_file() { TrainRequest::read(&file).map(Some) } else { Ok(None) }
    }
}

/// A trained model and how good it was found to be.
#[derive(Debug)]
pub struct Trained {
    /// What was asked for.
    pub request: TrainRequest,
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
    /// Writes the model folder, with the split, every prediction and what was asked for in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.model.save(folder)?;
        let (samples, parts): (Vec<Sample>, Vec<Part>) = self.parts.iter().cloned().unzip();
        split_file::save(folder, &samples, &parts)?;
        predictions::save(folder, &self.model.class_names(), &self.judged)?;
        self.request.write(&folder.join(REQUEST))
    }

    /// Writes the report into the saved model's folder; returns the path of its page.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_report(&self, dataset: &Dataset, folder: &Path, language: Language) -> Result<PathBuf> {
        let parts: Vec<_> = self.parts.iter().map(|(sample, part)| (sample.clone(), Some(*part))).collect();
        let report = Report {
            dataset,
            model: &self.model,
            evaluation: &self.evaluation,
            history: &self.model.metrics.history,
            judged: &self.judged,
            looked_over: (&parts, &self.people),
            language,
        };
        report::write(&folder.join("report"), &report)
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
    check_split(request)?;
    check_test_persons(&request.split.test_persons, &request.selection.of(dataset)?)?;
    let recipe = &request.recipe;
    let Prepared { classes, gathered, eyes, mut warnings } = Prepared::new(dataset, recipe, &request.selection, watch)?;
    let blueprint = recipe.blueprint(&classes)?;
    let views: Vec<SplitSample<'_>> = gathered.samples.iter().map(SplitSample::from).collect();

    let mut crossed = None;
    if let Some(k) = request.folds {
        let (divisions, doubts) = folds(&classes, &gathered, k, request.split.strategy, request.split.seed)?;
        warnings.extend(doubts);
        let mut tell = |fold: usize, record: &EpochRecord| on_epoch(Some(fold), record);
        let result = cross_validate(&blueprint, &classes, &gathered.examples, &divisions, &recipe.training, &mut tell)?;
        crossed = Some((divisions.len(), result));
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
    let fitted = fit_resumable(
        &blueprint,
        &classes,
        &training,
        &validation,
        &recipe.training,
        request.checkpointing.as_ref(),
        &mut tell,
    )?;
    let calibration = calibration_of(&fitted.network, &validation)?;
    let grouped = plan.grouped_by.map_or(String::new(), |by| format!(" by {}", grouped_name(by)));
    let samples_of = |part: Part| plan.indices(part).into_iter().map(|i| &gathered.samples[i]);
    let data = DataSummary {
        dataset: dataset.manifest().name.clone(),
        hash: data_hash(&gathered.samples),
        split: format!("{}{grouped}", strategy_name(plan.strategy)),
        training: training.len(),
        validation: validation.len(),
        test: plan.indices(Part::Test).len(),
        per_class: count_by_class(samples_of(Part::Train)),
        persons: [Part::Train, Part::Validation, Part::Test].map(|part| count_persons(samples_of(part))),
        without_person: gathered.samples.iter().filter(|sample| sample.person.is_none()).count(),
    };
    let mut model = Model::new(&fitted, &classes, &recipe.training, calibration, eyes.source(), data);

    let (indices, name, predictions, fold_accuracies, mut evaluation) = match crossed {
        Some((count, crossed)) => (
            crossed.predictions.iter().map(|(index, _)| *index).collect(),
            format!("{count} folds"),
            crossed.predictions.into_iter().map(|(_, prediction)| prediction).collect(),
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
                warnings.push(Warning::Note {
                    note: "the numbers are of the very samples that were learnt from".into(),
                    korean: Some("학습에 쓴 바로 그 표본으로 잰 수치입니다".into()),
                });
            }
            let examples: Vec<Example> = indices.iter().map(|&i| gathered.examples[i].clone()).collect();
            let labels: Vec<usize> = examples.iter().map(|e| e.label).collect();
            let predictions = model.predict(&examples)?;
            let evaluation = Evaluation::new(&model.class_names(), &labels, &predictions, part.name())?;
            (indices, part.name().to_owned(), predictions, Vec::new(), evaluation)
        }
    };
    evaluation.split = name;
    let warnings = once(warnings);
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
        request: request.clone(),
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

pub(crate) fn check_test_persons(wanted: &[String], samples: &[Sample]) -> Result<()> {
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

fn calibration_of(network: &kihap_learn::TrainedNetwork, validation: &[Example]) -> Result<Calibration> {
    if validation.is_empty() {
        return Ok(Calibration::none());
    }
    let labels: Vec<usize> = validation.iter().map(|e| e.label).collect();
    Ok(calibrate(&network.log_probabilities(validation)?, &labels, &AbstainOptions::default()))
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

fn count_by_class<'a>(samples: impl Iterator<Item = &'a Sample>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for sample in samples {
        *counts.entry(sample.class.clone()).or_insert(0) += 1;
    }
    counts
}

fn count_persons<'a>(samples: impl Iterator<Item = &'a Sample>) -> usize {
    samples.filter_map(|sample| sample.person.as_deref()).collect::<BTreeSet<_>>().len()
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
