//! Samples: pages of them, setting aside, restoring, relabelling.

use std::collections::HashSet;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use kihap_dataset::{Dataset, DatasetError, Filter, Reason, Sample, SampleId, Slice, Standing};
use serde::{Deserialize, Serialize};

use crate::curation;
use crate::error::{Result, StudioError};
use crate::projects::{Project, blocking};
use crate::state::Studio;

/// Samples given at once at most.
const PAGE: usize = 500;
/// Samples changed at once at most.
const CHANGES: usize = 100_000;
/// Why a sample is set aside that neither the user nor the curation gave a reason for.
const BY_HAND: &str = "by_hand";

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/samples", get(list))
        .route("/projects/{project}/samples/aside", post(aside))
        .route("/projects/{project}/samples/restore", post(restore))
        .route("/projects/{project}/samples/relabel", post(relabel))
}

/// A sample as the page sees it.
#[derive(Debug, Serialize)]
pub(crate) struct SampleView {
    id: SampleId,
    class: String,
    person: Option<String>,
    session: Option<String>,
    split: Option<&'static str>,
    set_aside: bool,
    reasons: Vec<ReasonView>,
    width: u32,
    height: u32,
    source: Option<String>,
    /// Enough of the content's hash to tell it from any other.
    hash: String,
    /// Whether it has a picture; else it is landmarks only, drawn where a picture is asked for.
    picture: bool,
}

/// Why a sample is flagged or set aside.
#[derive(Debug, Serialize)]
pub(crate) struct ReasonView {
    kind: String,
    /// The sample that it duplicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<SampleId>,
}

impl SampleView {
    /// With the reasons it was set aside for.
    pub(crate) fn of(dataset: &Dataset, sample: &Sample) -> Result<SampleView> {
        SampleView::flagged(dataset, sample, &sample.set_aside)
    }

    /// With what was found wrong with it.
    pub(crate) fn flagged(dataset: &Dataset, sample: &Sample, why: &[Reason]) -> Result<SampleView> {
        Ok(SampleView {
            id: sample.id,
            class: sample.class.clone(),
            person: sample.person.clone(),
            session: sample.session.clone(),
            split: sample.split.map(kihap_dataset::Part::name),
            set_aside: !sample.in_use(),
            reasons: reasons(dataset, why)?,
            width: sample.width,
            height: sample.height,
            source: sample.source.clone(),
            hash: sample.hash.chars().take(16).collect(),
            picture: sample.file.is_some(),
        })
    }
}

/// Reasons as the page sees them.
fn reasons(dataset: &Dataset, reasons: &[Reason]) -> Result<Vec<ReasonView>> {
    let view = |reason: &Reason| {
        let of = match reason {
            Reason::DuplicateOf(file) => dataset.sample_by_file(file)?.map(|sample| sample.id),
            _ => None,
        };
        Ok(ReasonView { kind: reason.kind().to_owned(), of })
    };
    reasons.iter().map(view).collect()
}

#[derive(Deserialize)]
struct Wanted {
    class: Option<String>,
    #[serde(default)]
    standing: WantedStanding,
    /// Numbers with commas between; then nothing else restricts.
    ids: Option<String>,
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
    #[serde(default)]
    order: Order,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum WantedStanding {
    #[default]
    InUse,
    SetAside,
    All,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    Oldest,
    Newest,
}

#[derive(Serialize)]
struct Listed {
    total: usize,
    samples: Vec<SampleView>,
}

async fn list(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Listed>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let dataset = project.dataset();
        let (total, samples) = match &wanted.ids {
            Some(ids) => {
                let found = dataset.samples_by_id(&parse_ids(ids)?)?;
                (found.len(), found)
            }
            None => {
                let standing = match wanted.standing {
                    WantedStanding::InUse => Standing::InUse,
                    WantedStanding::SetAside => Standing::SetAside,
                    WantedStanding::All => Standing::Any,
                };
                let filter = Filter { standing, classes: wanted.class.map(|class| vec![class]), ..Filter::default() };
                let limit = wanted.limit.unwrap_or(PAGE).min(PAGE);
                let newest_first = wanted.order == Order::Newest;
                let page = dataset.page(&filter, Slice { offset: wanted.offset, limit, newest_first })?;
                (page.total, page.samples)
            }
        };
        let samples = samples.iter().map(|sample| SampleView::of(&dataset, sample)).collect::<Result<_>>()?;
        Ok(Json(Listed { total, samples }))
    })
    .await
}

fn parse_ids(text: &str) -> Result<Vec<SampleId>> {
    let number = |part: &str| part.trim().parse().map(SampleId);
    let ids: Vec<SampleId> = text
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .map(number)
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| StudioError::Bad(format!("{text:?} is no list of sample numbers")))?;
    if ids.len() > PAGE {
        return Err(StudioError::Bad(format!("ask for at most {PAGE} samples at once")));
    }
    Ok(ids)
}

#[derive(Deserialize)]
struct Change {
    ids: Vec<SampleId>,
    reason: Option<String>,
    class: Option<String>,
}

impl Change {
    /// The samples to change that are still there, and what is wrong with the others.
    fn known(&self, dataset: &Dataset) -> Result<(Vec<SampleId>, Vec<Problem>)> {
        if self.ids.len() > CHANGES {
            return Err(StudioError::Bad(format!("change at most {CHANGES} samples at once")));
        }
        let mut known = Vec::with_capacity(self.ids.len());
        let mut problems = Vec::new();
        for chunk in self.ids.chunks(PAGE) {
            let found: HashSet<SampleId> = dataset.samples_by_id(chunk)?.iter().map(|sample| sample.id).collect();
            for id in chunk {
                if found.contains(id) {
                    known.push(*id);
                } else {
                    problems.push(Problem { id: *id, message: DatasetError::UnknownSample(*id).to_string() });
                }
            }
        }
        Ok((known, problems))
    }
}

/// What became of a change.
#[derive(Debug, Serialize)]
pub(crate) struct Changed {
    pub(crate) changed: Vec<SampleId>,
    pub(crate) problems: Vec<Problem>,
}

/// A sample that stayed as it was.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    id: SampleId,
    message: String,
}

async fn aside(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Changed>> {
    apply(studio, project, change, |project, dataset, change, known| {
        let flagged = match change.reason {
            Some(_) => Default::default(),
            None => curation::flagged_reasons(project.folder())?,
        };
        let given = change.reason.clone().unwrap_or_else(|| BY_HAND.to_owned());
        let why = |id: &SampleId| flagged.get(id).cloned().unwrap_or_else(|| vec![Reason::from(given.clone())]);
        dataset.set_aside(&known.iter().map(|id| (*id, why(id))).collect::<Vec<_>>())?;
        Ok(Vec::new())
    })
    .await
}

async fn restore(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Changed>> {
    apply(studio, project, change, |_, dataset, _, known| {
        dataset.restore(known)?;
        Ok(Vec::new())
    })
    .await
}

async fn relabel(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Changed>> {
    apply(studio, project, change, |_, dataset, change, known| {
        let class = change.class.as_deref().ok_or_else(|| StudioError::Bad("relabelling needs a class".into()))?;
        dataset.refresh()?;
        let refused = dataset.relabel(known, class)?;
        Ok(refused.into_iter().map(|sample| Problem { id: sample.id, message: sample.reason }).collect())
    })
    .await
}

/// What is done with the samples that are there; returns those that it refused.
type Work = fn(&Project, &mut Dataset, &Change, &[SampleId]) -> Result<Vec<Problem>>;

async fn apply(studio: Studio, project: String, change: Change, work: Work) -> Result<Json<Changed>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let mut dataset = project.dataset();
        let (mut changed, mut problems) = change.known(&dataset)?;
        let refused = work(&project, &mut dataset, &change, &changed)?;
        changed.retain(|id| refused.iter().all(|problem| problem.id != *id));
        problems.extend(refused);
        Ok(Json(Changed { changed, problems }))
    })
    .await
}
