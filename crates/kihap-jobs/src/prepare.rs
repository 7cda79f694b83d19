//! From a dataset to examples that can be learnt from, and how they are divided.

use std::collections::BTreeSet;

use kihap_dataset::split::{self, SplitSample, SplitStrategy, SplitWarning};
use kihap_dataset::{Dataset, Sample};
use kihap_learn::{Class, Example, FoldValidation, LearnError, Resample, Warning};

use crate::error::{JobError, Result};
use crate::gather::{Gathered, Selection, Watch, gather};
use crate::mirror::learn_classes;
use crate::recipe::Recipe;
use crate::sources::{Backbone, Eyes};
use crate::split_korean;

/// What a recipe makes of a dataset.
pub(crate) struct Prepared {
    pub(crate) classes: Vec<Class>,
    pub(crate) gathered: Gathered,
    pub(crate) eyes: Eyes,
    pub(crate) warnings: Vec<Warning>,
}

impl Prepared {
    /// The chosen samples with what the recipe's network reads of each.
    pub(crate) fn new(
        dataset: &Dataset,
        recipe: &Recipe,
        selection: &Selection,
        watch: &mut Watch<'_>,
    ) -> Result<Prepared> {
        let samples = selection.of(dataset)?;
        let chosen = samples.len();
        let (classes, warnings) = classes_of(dataset, &samples, selection)?;
        let entry = kihap_zoo::networks::find(&recipe.model).map_err(LearnError::from)?;
        let preprocessing = if entry.input.reads_pictures() {
            let graph = recipe.blueprint(&classes)?.graph_of_pictures(classes.len()).map_err(LearnError::from)?;
            graph.input.preprocessing
        } else {
            None
        };
        let backbone = Backbone::parse(&recipe.backbone);
        let mut eyes = Eyes::open(entry.input, recipe.input, preprocessing, recipe.estimator, &backbone)?;
        let label = |sample: &Sample| classes.iter().position(|c| c.name == sample.class).unwrap_or_default();
        let mirror_photos = recipe.mirror_photos && recipe.training.augmentation.mirror;
        let gathered = gather(dataset, samples, &mut eyes, mirror_photos, &label, watch)?;
        if let (true, Some(problem)) = (gathered.samples.is_empty(), gathered.problems.first()) {
            let (first, reason) = (problem.sample.clone(), problem.reason.clone());
            return Err(JobError::NothingUsable { count: chosen, first, reason });
        }
        Ok(Prepared { classes, gathered, eyes, warnings })
    }
}

/// `k` folds of all samples, and what is doubtful about them.
pub(crate) fn folds(
    classes: &[Class],
    gathered: &Gathered,
    k: usize,
    strategy: SplitStrategy,
    seed: u64,
) -> Result<(Vec<Resample>, Vec<Warning>)> {
    let views: Vec<SplitSample<'_>> = gathered.samples.iter().map(SplitSample::from).collect();
    let folds = split::folds(&views, k, strategy, seed, split::NEAR_DISTANCE);
    check_folds(classes, &gathered.examples, &folds.fold, folds.count)?;
    let warnings = folds.warnings.iter().map(learn_warning).collect();
    Ok((Resample::from_folds(&folds.fold, FoldValidation::None)?, warnings))
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
        let korean = format!("표본이 없는 동작은 뺐습니다. 가르치려면 표본을 모으십시오: {}", empty.join(", "));
        warnings.push(Warning::Note { note, korean: Some(korean) });
    }
    match names.as_slice() {
        [only] => Err(JobError::OneClass { class: only.clone() }),
        _ => Ok((learn_classes(dataset.classes(), &names), warnings)),
    }
}

/// Each warning once, in order.
pub(crate) fn once(warnings: Vec<Warning>) -> Vec<Warning> {
    let mut once: Vec<Warning> = Vec::new();
    for warning in warnings {
        if !once.contains(&warning) {
            once.push(warning);
        }
    }
    once
}

pub(crate) fn learn_warning(warning: &SplitWarning) -> Warning {
    match warning {
        SplitWarning::RandomIsOptimistic => Warning::RandomSplit,
        SplitWarning::ClassMissing { class, part } => {
            Warning::ClassMissing { class: class.clone(), split: part.name().to_owned() }
        }
        other => Warning::Note { note: other.to_string(), korean: Some(split_korean::text(other)) },
    }
}
