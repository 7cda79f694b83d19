//! Curation: a job that looks every sample over, and what it found.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use kihap_dataset::curate::{CurationLimits, curate};
use kihap_dataset::features::{ExtractionProgress, poses_of};
use kihap_dataset::{Dataset, Filter, Part, Reason, SampleId};
use kihap_vision::Pose;
use kihap_vision::estimators::EstimatorName;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::samples::{Changed, SampleView};
use crate::cause::Cause;
use crate::curation::{self, Kept};
use crate::error::{Result, StudioError};
use crate::projects::{Project, blocking};
use crate::state::Studio;
use crate::work::{Job, JobState};

/// People looked for in a picture: more than one is a fault of it.
const PEOPLE: usize = 2;
/// Flagged samples given at once at most.
const PAGE: usize = 200;

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/curation", get(overview).post(start))
        .route("/projects/{project}/curation/flagged", get(flagged))
        .route("/projects/{project}/curation/apply", post(apply))
}

async fn start(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<JobState>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let own = project.clone();
        Ok(Json(studio.jobs().start("curate", Some(project.id()), project.id(), move |job| run(&own, job))?))
    })
    .await
}

fn run(project: &Project, job: &Job) -> Result<Value> {
    // A connection of its own: the pages go on reading and recording while this works.
    let dataset = Dataset::open(project.folder())?;
    let samples = dataset.samples(&Filter::default())?;
    if samples.is_empty() {
        let sentence = "there are no samples in use to look over; collect some first".into();
        return Err(StudioError::Refused { cause: Cause::NoSamples, sentence });
    }
    let mut estimator = EstimatorName::default().open(PEOPLE)?;
    let mut told = |p: ExtractionProgress| job.progress("skeletons", p.done, p.total);
    let found = poses_of(&dataset, &samples, estimator.as_mut(), &mut told, job.cancel())?;
    if found.cancelled {
        // The skeletons found so far are kept; the next curation goes on from there.
        return Ok(Value::Null);
    }
    job.progress("comparing", 0, 0);
    let poses: Vec<Option<&[Pose]>> = found.items.iter().map(|item| item.value.as_deref()).collect();
    let parts: Vec<Option<Part>> = samples.iter().map(|sample| sample.split).collect();
    let report = curate(&samples, &poses, &parts, dataset.manifest(), &CurationLimits::default());
    let kept = Kept::of(report, &samples);
    curation::keep(project.folder(), &kept)?;
    let problems: Vec<Value> = found.problems.iter().take(PAGE).map(|p| json!(p)).collect();
    Ok(json!({ "samples": kept.samples, "flagged": kept.flagged.len(), "problems": problems }))
}

/// What the last curation found, as far as it is still so.
#[derive(Serialize)]
struct Overview {
    /// Whether there was a curation.
    made: bool,
    /// Samples it looked at.
    samples: usize,
    /// Samples in use now.
    in_use: usize,
    /// Flagged samples by reason that are still in use.
    open: BTreeMap<String, usize>,
    /// Flagged samples still in use.
    flagged: usize,
    /// Those of them that it advises to set aside.
    suggested: usize,
    /// Near-duplicates in different parts of a given split.
    leaks: usize,
    /// Samples set aside, for whatever reason.
    set_aside: usize,
}

async fn overview(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<Overview>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let kept = curation::kept(project.folder())?;
        let dataset = project.dataset();
        let tally = dataset.tally()?;
        let made = kept.is_some();
        let kept = kept.unwrap_or_default();
        let open = open(&dataset, &kept)?;
        let mut counts = BTreeMap::new();
        for reason in open.iter().flat_map(|flag| &flag.reasons) {
            *counts.entry(reason.kind().to_owned()).or_insert(0) += 1;
        }
        Ok(Json(Overview {
            made,
            samples: kept.samples,
            in_use: tally.classes.values().map(|class| class.in_use).sum(),
            flagged: open.len(),
            suggested: open.iter().filter(|flag| flag.suggested).count(),
            open: counts,
            leaks: kept.leaks,
            set_aside: tally.classes.values().map(|class| class.set_aside).sum(),
        }))
    })
    .await
}

/// The flags whose samples are still in use, and under the class they were flagged in.
fn open<'a>(dataset: &Dataset, kept: &'a Kept) -> Result<Vec<&'a curation::KeptFlag>> {
    let classes: HashMap<SampleId, String> =
        dataset.samples(&Filter::default())?.into_iter().map(|sample| (sample.id, sample.class)).collect();
    let still = |flag: &&curation::KeptFlag| classes.get(&flag.id).is_some_and(|class| *class == flag.class);
    Ok(kept.flagged.iter().filter(still).collect())
}

#[derive(Deserialize)]
struct Wanted {
    reason: Option<String>,
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Flagged {
    total: usize,
    samples: Vec<SampleView>,
    /// For each sample the class it looks like, where it is an outlier.
    looks_like: Vec<Option<String>>,
}

async fn flagged(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Flagged>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let kept = curation::kept(project.folder())?.unwrap_or_default();
        let dataset = project.dataset();
        let mut flags = open(&dataset, &kept)?;
        if let Some(kind) = &wanted.reason {
            flags.retain(|flag| flag.reasons.iter().any(|reason| reason.kind() == kind));
        }
        let total = flags.len();
        let page: Vec<_> = flags.into_iter().skip(wanted.offset).take(wanted.limit.unwrap_or(PAGE).min(PAGE)).collect();
        let mut samples = Vec::with_capacity(page.len());
        for flag in &page {
            samples.push(SampleView::flagged(&dataset, &dataset.sample(flag.id)?, &flag.reasons)?);
        }
        let looks_like = page.iter().map(|flag| flag.looks_like.clone()).collect();
        Ok(Json(Flagged { total, samples, looks_like }))
    })
    .await
}

/// Sets aside what the curation advises, or only what it flagged for one reason.
#[derive(Deserialize)]
struct Apply {
    reason: Option<String>,
}

async fn apply(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(wish): Json<Apply>,
) -> Result<Json<Changed>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let kept = curation::kept(project.folder())?.unwrap_or_default();
        let mut dataset = project.dataset();
        let chosen = |flag: &&curation::KeptFlag| {
            flag.suggested && wish.reason.as_ref().is_none_or(|kind| flag.reasons.iter().any(|r| r.kind() == kind))
        };
        let aside: Vec<(SampleId, Vec<Reason>)> =
            open(&dataset, &kept)?.into_iter().filter(chosen).map(|flag| (flag.id, flag.reasons.clone())).collect();
        dataset.set_aside(&aside)?;
        Ok(Json(Changed { changed: aside.into_iter().map(|(id, _)| id).collect(), problems: Vec::new() }))
    })
    .await
}
