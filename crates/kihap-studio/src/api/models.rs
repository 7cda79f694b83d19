//! Models: the list, the numbers, the confusion matrix and what lies in its cells, the report.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kihap_dataset::{Class, Dataset, SampleId};
use kihap_jobs::{TrainRequest, predictions_of};
use kihap_learn::Model;
use kihap_learn::model::{ModelDescription, ModelMetrics};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::projects::title_of;
use super::training::begin;
use crate::error::{Result, StudioError};
use crate::projects::{Project, blocking};
use crate::state::Studio;
use crate::training::{Kept, Runs, Told, UiLanguage, compact, told};
use crate::work::JobState;

/// The report is one page with its own script; in a sandbox it has no origin, so that it cannot reach the studio.
const REPORT_POLICY: &str = "sandbox allow-scripts allow-popups; default-src 'none'; img-src data:; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/models", get(list))
        .route("/projects/{project}/models/{model}", get(one))
        .route("/projects/{project}/models/{model}/cell", get(cell))
        .route("/projects/{project}/models/{model}/report", get(report))
        .route("/projects/{project}/models/{model}/retrain", post(retrain))
}

/// A model in the list. One that cannot be read says why.
#[derive(Serialize)]
struct Listed {
    name: String,
    damaged: Option<String>,
    #[serde(flatten)]
    facts: Option<Facts>,
}

#[derive(Serialize)]
struct Facts {
    network: String,
    input: &'static str,
    members: usize,
    parameters: usize,
    classes: usize,
    accuracy: Option<f64>,
    interval: Option<kihap_learn::metrics::Interval>,
    f1: Option<f64>,
    loss: Option<f64>,
    /// Samples it was measured on.
    samples: usize,
    /// What it was measured on: test, validation, train or folds.
    part: String,
    /// Samples it learnt from.
    training: usize,
    split: String,
    seconds: f64,
    stopped: kihap_learn::StopReason,
    /// Seconds since 1970.
    made: u64,
    warnings: Vec<Told>,
    /// Whether the same can be trained again with one click.
    can_retrain: bool,
    report: bool,
}

impl Facts {
    fn of(
        folder: &std::path::Path,
        description: &ModelDescription,
        metrics: &ModelMetrics,
        classes: &[Class],
    ) -> Facts {
        let evaluation = metrics.evaluations.last();
        let mut warnings: Vec<Told> = Vec::new();
        for warning in evaluation.map_or(&description.warnings, |e| &e.warnings).iter().chain(&description.warnings) {
            let words = told(warning, classes);
            if !warnings.contains(&words) {
                warnings.push(words);
            }
        }
        let made = folder.join("model.toml").metadata().and_then(|meta| meta.modified()).ok();
        Facts {
            network: description.name.clone(),
            input: description.layout.input().name(),
            members: description.members,
            parameters: description.parameters,
            classes: description.classes.len(),
            accuracy: evaluation.map(|e| e.accuracy),
            interval: evaluation.map(|e| e.accuracy_interval),
            f1: evaluation.map(|e| e.macro_average.f1),
            loss: evaluation.map(|e| e.loss),
            samples: evaluation.map_or(0, |e| e.samples),
            part: evaluation.map_or_else(String::new, |e| e.split.clone()),
            training: description.data.training,
            split: description.data.split.clone(),
            seconds: description.run.seconds,
            stopped: description.run.stopped,
            made: made.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_secs()),
            warnings,
            can_retrain: matches!(TrainRequest::of_model(folder), Ok(Some(_))),
            report: report_of(folder).is_file(),
        }
    }
}

fn made(model: &Listed) -> u64 {
    model.facts.as_ref().map_or(0, |facts| facts.made)
}

fn report_of(folder: &std::path::Path) -> PathBuf {
    folder.join("report").join("report.html")
}

async fn list(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<Vec<Listed>>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let classes = project.dataset().classes().to_vec();
        let mut models = Vec::new();
        let entries = std::fs::read_dir(project.models()).into_iter().flatten().flatten();
        for entry in entries {
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') || !path.join("model.toml").is_file() {
                continue;
            }
            models.push(match Model::describe(&path) {
                Ok((description, metrics)) => {
                    Listed { name, damaged: None, facts: Some(Facts::of(&path, &description, &metrics, &classes)) }
                }
                Err(error) => Listed { name, damaged: Some(error.to_string()), facts: None },
            });
        }
        // Newest first; those of one second by their names.
        models.sort_by(|a, b| made(b).cmp(&made(a)).then_with(|| a.name.cmp(&b.name)));
        Ok(Json(models))
    })
    .await
}

/// The folder of a model that is there.
pub(crate) fn folder_of(project: &Project, model: &str) -> Result<PathBuf> {
    let missing = || StudioError::NotFound { what: "model", name: model.to_owned() };
    let folder = Runs::of(project).model(model).map_err(|_| missing())?;
    if folder.join("model.toml").is_file() { Ok(folder) } else { Err(missing()) }
}

async fn one(State(studio): State<Studio>, Path((project, model)): Path<(String, String)>) -> Result<Json<Value>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let folder = folder_of(&project, &model)?;
        let known = project.dataset().classes().to_vec();
        let (description, metrics) = Model::describe(&folder)?;
        let facts = Facts::of(&folder, &description, &metrics, &known);
        let evaluation = metrics.evaluations.last();
        let classes = description.classes.iter().map(|class| {
            let own = known.iter().find(|known| known.name == class.name).cloned();
            let scores = evaluation.and_then(|e| e.per_class.get(&class.name));
            json!({
                "name": class.name,
                "title": title_of(&own.unwrap_or_else(|| Class::named(class.name.clone()))),
                "scores": scores,
            })
        });
        Ok(Json(json!({
            "name": model,
            "facts": facts,
            "classes": classes.collect::<Vec<_>>(),
            "matrix": evaluation.map(|e| &e.confusion.matrix),
            "abstained": evaluation.map(|e| e.abstained),
            "top2_error": evaluation.map(|e| e.top2_error),
            "calibration_error": evaluation.map(|e| e.expected_calibration_error),
            "parts": [description.data.training, description.data.validation, description.data.test],
            "training": description.training,
            "history": metrics.history.iter().map(|record| compact(None, record)).collect::<Vec<_>>(),
            "cells": predictions_of(&folder)?.is_some(),
        })))
    })
    .await
}

#[derive(Deserialize)]
struct Cell {
    truth: String,
    predicted: String,
}

/// A sample in a cell of the confusion matrix.
#[derive(Serialize)]
struct InCell {
    id: SampleId,
    confidence: f64,
    abstained: bool,
}

#[derive(Serialize)]
struct CellView {
    /// The least certain first.
    samples: Vec<InCell>,
    /// Samples that are not in the project any more.
    gone: usize,
}

async fn cell(
    State(studio): State<Studio>,
    Path((project, model)): Path<(String, String)>,
    Query(cell): Query<Cell>,
) -> Result<Json<CellView>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let judged = predictions_of(&folder_of(&project, &model)?)?.unwrap_or_default();
        let dataset = project.dataset();
        let (mut samples, mut gone) = (Vec::new(), 0);
        for line in judged.iter().filter(|line| line.truth == cell.truth && line.predicted == cell.predicted) {
            // Another dataset's numbers would lead to the wrong pictures.
            if is_there(&dataset, line.sample, &line.hash) {
                samples.push(InCell { id: line.sample, confidence: line.confidence, abstained: line.abstained });
            } else {
                gone += 1;
            }
        }
        samples.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
        Ok(Json(CellView { samples, gone }))
    })
    .await
}

fn is_there(dataset: &Dataset, id: SampleId, hash: &str) -> bool {
    dataset.sample(id).is_ok_and(|sample| sample.hash == hash)
}

async fn report(State(studio): State<Studio>, Path((project, model)): Path<(String, String)>) -> Result<Response> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let page = std::fs::read(report_of(&folder_of(&project, &model)?))
            .map_err(|_| StudioError::NotFound { what: "report of the model", name: model })?;
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, REPORT_POLICY),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        Ok((headers, page).into_response())
    })
    .await
}

#[derive(Deserialize)]
struct Again {
    #[serde(default)]
    language: UiLanguage,
}

async fn retrain(
    State(studio): State<Studio>,
    Path((project, model)): Path<(String, String)>,
    Json(again): Json<Again>,
) -> Result<Json<JobState>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        let Some(request) = TrainRequest::of_model(&folder_of(&project, &model)?)? else {
            let why = format!("it was not kept how {model} was trained; choose its network on the page Train");
            return Err(StudioError::Bad(why));
        };
        // "landmark-mlp 2" becomes "landmark-mlp 3", not "landmark-mlp 2 2".
        let stem = model.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix(' ').unwrap_or(&model);
        Ok(Json(begin(&studio, &project, stem, Kept::now(request, again.language))?))
    })
    .await
}
