//! Training several networks on the same folds.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use kihap_dataset::split::{self, SplitSample, SplitStrategy, read_splits};
use kihap_dataset::{Dataset, Sample, SampleId};
use kihap_export::foreign::ForeignOptions;
use kihap_learn::compare::{Comparison, Contestant, Measured, Plan, RunKey, RunResult, Runs};
use kihap_learn::{EpochRecord, LearnError, Resample, Warning, one_division};
use kihap_zoo::networks::find;

use crate::error::{JobError, Result};
use crate::finished::Finished;
use crate::gather::{Selection, Watch};
use crate::prepare::{Prepared, learn_warning, once};
use crate::recipe::Recipe;

/// How the samples are divided, the same for all networks.
#[derive(Debug, Clone, PartialEq)]
pub enum Division {
    /// So many folds.
    Folds {
        /// How many.
        count: usize,
        /// What stays together.
        strategy: SplitStrategy,
    },
    /// Splits that a file names ([`read_splits`]).
    File(PathBuf),
    /// One split: these persons are tested, all others are learnt from.
    TestPersons(Vec<String>),
}

/// What to compare.
#[derive(Debug, Clone)]
pub struct CompareRequest {
    /// The networks with their options.
    pub recipes: Vec<Recipe>,
    /// Models of other tools, which are tested as they are.
    pub finished: Vec<PathBuf>,
    /// What these do not say themselves.
    pub finished_options: ForeignOptions,
    /// Which samples.
    pub selection: Selection,
    /// How they are divided.
    pub division: Division,
    /// Seed of the folds; trainings have the seeds `seed`, `seed + 1` …
    pub seed: u64,
    /// Trainings from different seeds for each network and fold, at least 1.
    pub seeds: usize,
}

/// What a comparison is doing.
#[derive(Debug, Clone, Copy)]
pub struct ComparisonProgress<'a> {
    /// Which training.
    pub run: &'a RunKey,
    /// Trainings that are done, and all there will be.
    pub done: (usize, usize),
    /// The epoch that was finished; none at the beginning of a training.
    pub epoch: Option<&'a EpochRecord>,
}

/// The outcome.
#[derive(Debug)]
pub struct Compared {
    /// The ranking.
    pub comparison: Comparison,
    /// What is doubtful about the data and the folds.
    pub warnings: Vec<Warning>,
}

/// Trains and tests every network on every division, and ranks them. What is in `out` already is not done again; a network
/// that fails is a row with a sentence.
///
/// # Errors
/// A request that cannot be met by any network, a folder that holds another comparison, or a stop.
pub fn compare(
    dataset: &Dataset,
    request: &CompareRequest,
    out: &Path,
    watch: &mut Watch<'_>,
    tell: &mut dyn FnMut(ComparisonProgress<'_>),
) -> Result<Compared> {
    let samples = request.selection.of(dataset)?;
    let (tests, warnings) = divided(&samples, request)?;
    let mut contestants: Vec<Contestant> = request.recipes.iter().map(contestant).collect::<Result<_>>()?;
    let mut finished = Finished::open_all(request)?;
    contestants.extend(finished.iter().map(|model| model.contestant.clone()));
    let seeds = (0..request.seeds.max(1) as u64).map(|i| request.seed + i).collect();
    let plan = Plan::new(contestants, tests.len(), seeds)?;
    let mut runs = Runs::open(out, &fingerprint(&samples, &tests))?;
    for (contestant, recipe) in plan.contestants().iter().zip(&request.recipes) {
        keep_recipe(out, contestant, recipe)?;
    }
    let of_sample: HashMap<SampleId, usize> = samples.iter().enumerate().map(|(i, s)| (s.id, i)).collect();

    let to_do = runs.to_do(&plan, true);
    let all = plan.keys().count();
    let mut prepared: Option<(Contestant, std::result::Result<Ready, String>)> = None;
    for (index, key) in to_do.iter().enumerate() {
        if watch.cancel.load(Ordering::Relaxed) {
            return Err(JobError::StoppedComparing);
        }
        let done = (all - to_do.len() + index, all);
        tell(ComparisonProgress { run: key, done, epoch: None });
        if let Some(model) = finished.iter_mut().find(|model| model.contestant == key.contestant) {
            runs.put(model.run(dataset, key, &samples, &tests[key.fold], watch)?)?;
            continue;
        }
        let is_ready = prepared.as_ref().is_some_and(|(who, _)| *who == key.contestant);
        if !is_ready {
            let place = plan.contestants().iter().position(|c| *c == key.contestant).unwrap_or_default();
            let ready = Ready::new(dataset, &request.recipes[place], request, &tests, &of_sample, watch);
            prepared = Some((key.contestant.clone(), survivable(ready)?));
        }
        let Some((_, ready)) = &prepared else { continue };
        let result = match ready {
            Err(reason) => RunResult::failed(key.clone(), reason.clone()),
            Ok(ready) => {
                let cancel = watch.cancel;
                let mut on_epoch = |record: &EpochRecord| {
                    tell(ComparisonProgress { run: key, done, epoch: Some(record) });
                    if cancel.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                };
                let measured = ready.run(key, &mut on_epoch);
                if cancel.load(Ordering::Relaxed) {
                    return Err(JobError::StoppedComparing);
                }
                match measured {
                    Ok(measured) => RunResult::measured(key.clone(), measured),
                    Err(e) => RunResult::failed(key.clone(), e.to_string()),
                }
            }
        };
        runs.put(result)?;
    }
    Ok(Compared { comparison: Comparison::new(&plan, &runs), warnings: once(warnings) })
}

/// A contestant with its examples.
struct Ready {
    recipe: Recipe,
    prepared: Prepared,
    divisions: Vec<Resample>,
}

impl Ready {
    fn new(
        dataset: &Dataset,
        recipe: &Recipe,
        request: &CompareRequest,
        tests: &[Vec<bool>],
        of_sample: &HashMap<SampleId, usize>,
        watch: &mut Watch<'_>,
    ) -> Result<Ready> {
        let prepared = Prepared::new(dataset, recipe, &request.selection, watch)?;
        // by sample, for a network on clips has fewer examples, and some cannot read every sample
        let places: Vec<usize> =
            prepared.gathered.samples.iter().map(|s| of_sample.get(&s.id).copied().unwrap_or_default()).collect();
        let own: Vec<Vec<bool>> = tests.iter().map(|test| places.iter().map(|place| test[*place]).collect()).collect();
        let divisions = Resample::from_tests(&own, places.len())?;
        Ok(Ready { recipe: recipe.clone(), prepared, divisions })
    }

    fn run(&self, key: &RunKey, on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>) -> Result<Measured> {
        let Prepared { classes, gathered, .. } = &self.prepared;
        let mut options = self.recipe.training.clone();
        options.seed = key.seed;
        let blueprint = self.recipe.blueprint(classes)?;
        let division = &self.divisions[key.fold];
        let (outcome, predictions) =
            one_division(key.fold, &blueprint, classes, &gathered.examples, division, &options, on_epoch)?;
        let names: Vec<String> = division.testing.iter().map(|index| gathered.samples[*index].name()).collect();
        let tested = division.testing.iter().zip(&names).zip(&predictions);
        let tested = tested.map(|((index, name), p)| (name.as_str(), gathered.examples[*index].label, p));
        Ok(Measured::of(&outcome, division.training.len(), tested))
    }
}

/// What is wrong with one network is that network's row; a stop is not.
fn survivable(ready: Result<Ready>) -> Result<std::result::Result<Ready, String>> {
    match ready {
        Ok(ready) => Ok(Ok(ready)),
        Err(JobError::Stopped) => Err(JobError::StoppedComparing),
        Err(e) => Ok(Err(e.to_string())),
    }
}

fn contestant(recipe: &Recipe) -> Result<Contestant> {
    let entry = find(&recipe.model).map_err(LearnError::from)?;
    let sees_pictures = entry.input.reads_photo() || entry.input.reads_pictures();
    let input = if sees_pictures { recipe.input.name() } else { entry.input.name() };
    Ok(Contestant { name: recipe.title(), model: recipe.model.clone(), input: input.to_owned() })
}

/// For each division, whether each sample is tested.
fn divided(samples: &[Sample], request: &CompareRequest) -> Result<(Vec<Vec<bool>>, Vec<Warning>)> {
    match &request.division {
        Division::Folds { count, .. } if *count < 2 => Err(JobError::Folds { folds: *count }),
        Division::Folds { count, strategy } => {
            let views: Vec<SplitSample<'_>> = samples.iter().map(SplitSample::from).collect();
            let folds = split::folds(&views, *count, *strategy, request.seed, split::NEAR_DISTANCE);
            let tests = (0..folds.count).map(|fold| folds.fold.iter().map(|f| *f == fold).collect()).collect();
            Ok((tests, folds.warnings.iter().map(learn_warning).collect()))
        }
        Division::File(path) => Ok((read_splits(path, samples)?, Vec::new())),
        Division::TestPersons(persons) => {
            crate::train::check_test_persons(persons, samples)?;
            let is_test = |s: &Sample| s.person.as_ref().is_some_and(|person| persons.contains(person));
            Ok((vec![samples.iter().map(is_test).collect()], Vec::new()))
        }
    }
}

/// What makes runs comparable: samples, their classes, and the divisions.
fn fingerprint(samples: &[Sample], tests: &[Vec<bool>]) -> String {
    let mut hasher = blake3::Hasher::new();
    for sample in samples {
        hasher.update(sample.hash.as_bytes());
        hasher.update(sample.class.as_bytes());
    }
    for test in tests {
        hasher.update(&test.iter().map(|t| u8::from(*t)).collect::<Vec<_>>());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Keeps a network's recipe beside its runs, and refuses to mix runs of different ones.
fn keep_recipe(out: &Path, contestant: &Contestant, recipe: &Recipe) -> Result<()> {
    let folder = out.join("recipes");
    let path = folder.join(format!("{}.toml", contestant.name.replace(' ', "-")));
    let text = recipe.to_toml()?;
    let failed = |e: std::io::Error| JobError::File { path: path.clone(), reason: e.to_string() };
    match std::fs::read_to_string(&path) {
        Ok(before) if before != text => Err(JobError::OtherRecipe { name: contestant.name.clone(), path }),
        Ok(_) => Ok(()),
        Err(_) => {
            std::fs::create_dir_all(&folder).map_err(failed)?;
            std::fs::write(&path, text).map_err(failed)
        }
    }
}
