//! Training: what can be trained, how it would go, starting it, and going on with what was interrupted.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use kihap_dataset::{Dataset, Filter};
use kihap_jobs::live::Both;
use kihap_jobs::{TrainRequest, outlook};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::projects::title_of;
use crate::cause::Cause;
use crate::error::{Result, StudioError};
use crate::projects::{Project, blocking};
use crate::state::Studio;
use crate::training::{
    Kept, NetworkObstacle, NetworkView, Order, Runs, Start, StartView, Told, compact, networks, start as start_job,
    starts, told,
};
use crate::work::{JobState, Phase};

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/training", get(overview).post(start))
        .route("/projects/{project}/training/outlook", post(foresee))
        .route("/projects/{project}/training/unfinished/{name}/resume", post(resume))
        .route("/projects/{project}/training/unfinished/{name}/discard", post(discard))
}

#[derive(Serialize)]
struct Overview {
    classes: Vec<ClassView>,
    people: Vec<String>,
    networks: Vec<NetworkView>,
    /// Built-in models to start from.
    starts: Vec<StartView>,
    unfinished: Vec<Unfinished>,
}

#[derive(Serialize)]
struct ClassView {
    name: String,
    title: Both,
    samples: usize,
}

/// A training that was begun and not finished.
#[derive(Serialize)]
struct Unfinished {
    name: String,
    network: String,
    started: u64,
    /// The curves so far; empty where no epoch was finished.
    records: Vec<Value>,
    /// Epochs there would be.
    epochs: usize,
    /// Whether what was learnt until then was kept as a model.
    kept: bool,
}

async fn overview(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<Overview>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let unfinished = unfinished(&studio, &project)?;
        let dataset = project.dataset();
        let samples = dataset.samples(&Filter::default())?;
        let mut people: Vec<String> = samples.iter().filter_map(|sample| sample.person.clone()).collect();
        people.sort();
        people.dedup();
        let classes = dataset.classes().iter().map(|class| ClassView {
            name: class.name.clone(),
            title: title_of(class),
            samples: samples.iter().filter(|sample| sample.class == class.name).count(),
        });
        let classes = classes.collect();
        Ok(Json(Overview { classes, people, networks: networks(&dataset)?, starts: starts()?, unfinished }))
    })
    .await
}

/// Those that no job is at work on.
fn unfinished(studio: &Studio, project: &Project) -> Result<Vec<Unfinished>> {
    let runs = Runs::of(project);
    let jobs = studio.jobs().all();
    let at_work = |name: &str| {
        let own = |job: &JobState| job.kind == "train" && job.project.as_deref() == Some(project.id());
        jobs.iter().any(|job| job.phase == Phase::Running && own(job) && job.title == name)
    };
    let mut list = Vec::new();
    for name in runs.unfinished() {
        if at_work(&name) {
            continue;
        }
        let Ok(kept) = runs.kept(&name) else { continue };
        let history = runs.checkpoint(&name, true).history().unwrap_or_default();
        list.push(Unfinished {
            kept: runs.model(&name)?.join("model.toml").is_file(),
            records: history.iter().map(|record| compact(None, record)).collect(),
            epochs: kept.request.recipe.training.epochs,
            network: kept.request.recipe.model,
            started: kept.started,
            name,
        });
    }
    Ok(list)
}

#[derive(Serialize)]
struct OutlookView {
    /// Samples in training, validation and test.
    totals: [usize; 3],
    /// The same of each class that has samples.
    per_class: Vec<(String, [usize; 3])>,
    warnings: Vec<Told>,
    /// Why training cannot start.
    obstacles: Vec<Obstacle>,
}

/// Why training cannot start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
enum Obstacle {
    /// There are no samples in use.
    NoSamples,
    /// Only one class has samples.
    OneClass { class: String },
    /// All samples of these classes are held back: there are too few independent ones.
    Untaught { classes: Vec<String> },
    /// The network cannot be trained here.
    Network { obstacle: NetworkObstacle },
}

impl Obstacle {
    fn sentence(&self) -> String {
        match self {
            Obstacle::NoSamples => "the project has no samples in use; collect some first".into(),
            Obstacle::OneClass { class } => {
                format!(
                    "only one class ({class}) has samples; collect samples of another, so that there is something to tell apart"
                )
            }
            Obstacle::Untaught { classes } => format!(
                "{} has too few samples to learn from and to measure; collect another recording of it",
                classes.join(", ")
            ),
            Obstacle::Network { .. } => "this network cannot be trained on this project; choose another".into(),
        }
    }

    fn refusal(self) -> StudioError {
        let sentence = self.sentence();
        let cause = match self {
            Obstacle::NoSamples => Cause::NoSamples,
            Obstacle::OneClass { class } => Cause::OneClass { class },
            Obstacle::Untaught { classes } => Cause::FewSamples { classes },
            Obstacle::Network { obstacle: NetworkObstacle::NotInstalled { .. } } => Cause::NotInstalled,
            // The page does not let it be chosen.
            Obstacle::Network { .. } => return StudioError::Bad(sentence),
        };
        StudioError::Refused { cause, sentence }
    }
}

fn look(dataset: &Dataset, request: &TrainRequest) -> Result<OutlookView> {
    let samples = dataset.samples(&Filter::default())?;
    let mut obstacles = Vec::new();
    let mut with_samples = dataset.classes().iter().filter(|class| samples.iter().any(|s| s.class == class.name));
    match (with_samples.next(), with_samples.next()) {
        (None, _) => obstacles.push(Obstacle::NoSamples),
        (Some(class), None) => obstacles.push(Obstacle::OneClass { class: class.name.clone() }),
        _ => {}
    }
    let own = networks(dataset)?.into_iter().find(|network| network.name == request.recipe.model);
    obstacles.extend(own.and_then(|network| network.obstacle).map(|obstacle| Obstacle::Network { obstacle }));
    if samples.is_empty() {
        return Ok(OutlookView { totals: [0; 3], per_class: Vec::new(), warnings: Vec::new(), obstacles });
    }
    let seen = outlook(dataset, request)?;
    let untaught: Vec<String> = seen.untaught().into_iter().map(str::to_owned).collect();
    if !untaught.is_empty() && obstacles.is_empty() {
        obstacles.push(Obstacle::Untaught { classes: untaught });
    }
    let warnings = seen.warnings.iter().map(|warning| told(warning, dataset.classes())).collect();
    Ok(OutlookView { totals: seen.totals(), per_class: seen.per_class.into_iter().collect(), warnings, obstacles })
}

async fn foresee(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(order): Json<Order>,
) -> Result<Json<OutlookView>> {
    blocking(move || {
        let request = order.request()?;
        let project = studio.projects().get(&project)?;
        let dataset = project.dataset();
        Ok(Json(look(&dataset, &request)?))
    })
    .await
}

async fn start(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(order): Json<Order>,
) -> Result<Json<JobState>> {
    blocking(move || {
        let request = order.request()?;
        let project = studio.projects().get(&project)?;
        let wish = order.name.clone().filter(|name| !name.trim().is_empty());
        let wish = wish.unwrap_or_else(|| request.recipe.model.clone());
        Ok(Json(begin(&studio, &project, &wish, Kept::now(request, order.language))?))
    })
    .await
}

/// Starts a training under a free name, unless something is in its way.
pub(crate) fn begin(studio: &Studio, project: &Project, wish: &str, kept: Kept) -> Result<JobState> {
    if let Some(obstacle) = look(&project.dataset(), &kept.request)?.obstacles.into_iter().next() {
        return Err(obstacle.refusal());
    }
    let name = Runs::of(project).free_name(wish)?;
    start_job(studio, project, Start { name, kept, resume: false })
}

#[derive(Deserialize)]
struct Resume {
    /// From the first epoch instead of from the checkpoint.
    #[serde(default)]
    anew: bool,
}

async fn resume(
    State(studio): State<Studio>,
    Path((project, name)): Path<(String, String)>,
    Json(how): Json<Resume>,
) -> Result<Json<JobState>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let kept = Runs::of(&project).kept(&name)?;
        Ok(Json(start_job(&studio, &project, Start { name, kept, resume: !how.anew })?))
    })
    .await
}

async fn discard(State(studio): State<Studio>, Path((project, name)): Path<(String, String)>) -> Result<Json<Value>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        if unfinished(&studio, &project)?.iter().all(|training| training.name != name) {
            return Err(StudioError::NotFound { what: "unfinished training", name });
        }
        Runs::of(&project).clear(&name);
        Ok(Json(json!({})))
    })
    .await
}
