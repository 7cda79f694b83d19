//! The training job: what `kihap train` does, told to the page as it goes.

use std::ops::ControlFlow;
use std::sync::Arc;

use kihap_dataset::Dataset;
use kihap_jobs::{JobError, Stage, TrainRequest, Trained, Watch, train};
use kihap_learn::{EpochRecord, StopReason};
use serde_json::{Value, json};

use super::runs::{Kept, Runs};
use crate::error::{Result, StudioError};
use crate::projects::Project;
use crate::state::Studio;
use crate::work::{Job, JobState};

/// The kind of these jobs.
pub(crate) const KIND: &str = "train";

/// A training about to start.
#[derive(Debug)]
pub(crate) struct Start {
    /// The model's name.
    pub(crate) name: String,
    /// What to train.
    pub(crate) kept: Kept,
    /// Go on from the checkpoint that is there.
    pub(crate) resume: bool,
}

/// Starts it; it goes on when the page is closed.
pub(crate) fn start(studio: &Studio, project: &Project, start: Start) -> Result<JobState> {
    let runs = Runs::of(project);
    let (project, ending) = (project.clone(), studio.ending());
    let (id, name) = (project.id().to_owned(), start.name.clone());
    studio.jobs().start(KIND, Some(&id), &name, move |job| {
        runs.keep(&start.name, &start.kept)?;
        let result = run(&project, &runs, &start, job);
        let goes_on = match &result {
            Ok((_, stopped)) => *stopped == StopReason::Interrupted,
            // With an epoch behind it, or when the server ends under it, it can be taken up again.
            Err(_) => runs.checkpoint(&start.name, true).file.is_file() || *ending.borrow(),
        };
        if !goes_on {
            runs.clear(&start.name);
        }
        result.map(|(value, _)| value)
    })
}

fn run(project: &Project, runs: &Runs, start: &Start, job: &Job) -> Result<(Value, StopReason)> {
    let checkpointing = runs.checkpoint(&start.name, start.resume);
    if start.resume {
        for record in checkpointing.history()? {
            job.record(compact(None, &record));
        }
    }
    let request = TrainRequest { checkpointing: Some(checkpointing), ..start.kept.request.clone() };
    let dataset = open(project)?;
    let trained = learn(&dataset, &request, job)?;
    job.progress("saving", 0, 0);
    let folder = runs.model(&start.name)?;
    trained.save(&folder)?;
    trained.write_report(&dataset, &folder, start.kept.language.into())?;
    let evaluation = &trained.evaluation;
    let value = json!({
        "model": start.name,
        "accuracy": evaluation.accuracy,
        "interval": evaluation.accuracy_interval,
        "samples": evaluation.samples,
        "left_out": trained.problems.iter().map(|p| json!({ "sample": p.sample, "reason": p.reason })).collect::<Vec<_>>(),
    });
    Ok((value, trained.model.description.run.stopped))
}

/// A connection of its own, so that the page can use the dataset meanwhile. Opening puts in order what killed programs left;
/// the project's lock sees to it that nothing of ours is half done at that moment.
fn open(project: &Project) -> Result<Dataset> {
    let _nobody_writes = project.dataset();
    Ok(Dataset::open(project.folder())?)
}

fn learn(dataset: &Dataset, request: &TrainRequest, job: &Job) -> Result<Trained> {
    let members = request.recipe.training.members;
    let cancel = Arc::clone(job.cancel());
    let mut progress = |stage, p: kihap_dataset::features::ExtractionProgress| {
        let stage = match stage {
            Stage::Skeletons => "skeletons",
            Stage::PhotoFeatures => "photo_features",
            Stage::MirroredPhotoFeatures => "mirrored_photo_features",
        };
        job.progress(stage, p.done, p.total);
    };
    let mut watch = Watch { progress: &mut progress, cancel: &cancel };
    let folds = request.folds.unwrap_or(0);
    let mut on_epoch = |fold: Option<usize>, record: &EpochRecord| {
        let done = record.member * record.epochs + record.epoch;
        let each = members * record.epochs;
        let (stage, done, total) = match fold {
            Some(fold) => ("folds", fold * each + done, folds * each),
            None => ("epochs", done, each),
        };
        job.record(compact(fold, record));
        job.progress(stage, done, total);
        if job.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    job.progress("reading", 0, 0);
    match train(dataset, request, &mut watch, &mut on_epoch) {
        Err(JobError::Stopped) => Err(StudioError::Conflict("stopped before anything was learnt".into())),
        other => Ok(other?),
    }
}

/// An epoch in few bytes, as every change of a job carries all of them: `[training, validation]` each.
pub(crate) fn compact(fold: Option<usize>, record: &EpochRecord) -> Value {
    let validation = record.validation.as_ref();
    json!({
        "fold": fold,
        "member": record.member,
        "epoch": record.epoch,
        "loss": [short(record.training.loss), validation.map(|v| short(v.loss))],
        "accuracy": [short(record.training.accuracy), validation.map(|v| short(v.accuracy))],
        "best": record.best,
    })
}

/// Five places are more than a curve shows.
fn short(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}
