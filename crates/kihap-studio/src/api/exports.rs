//! Exports: making one, the list, the download.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use kihap_jobs::ExportFormat;
use serde::Deserialize;
use serde_json::{Value, json};

use super::models::folder_of as model_folder;
use crate::error::{Result, StudioError};
use crate::exporting::{FORMATS, folder_of, list as exports_of, obstacles, start as start_job, zipped};
use crate::projects::blocking;
use crate::state::Studio;
use crate::work::JobState;

/// Most samples that one click verifies on.
const MOST_VERIFIED: usize = 10_000;

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/exports", get(list).post(start))
        .route("/projects/{project}/exports/{export}/zip", get(zip))
        .route("/projects/{project}/models/{model}/formats", get(formats))
}

async fn list(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<Value>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        Ok(Json(json!({ "formats": FORMATS.map(ExportFormat::name), "exports": exports_of(&project) })))
    })
    .await
}

/// Which formats a model can be had in, and why not in the others.
async fn formats(State(studio): State<Studio>, Path((project, model)): Path<(String, String)>) -> Result<Json<Value>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        model_folder(&project, &model)?;
        Ok(Json(obstacles(&project, &model)?))
    })
    .await
}

#[derive(Deserialize)]
struct Order {
    model: String,
    format: ExportFormat,
    /// Held-out samples to run the export on; 0 for none.
    verify: usize,
}

async fn start(
    State(studio): State<Studio>,
    Path(project): Path<String>,
    Json(order): Json<Order>,
) -> Result<Json<JobState>> {
    blocking(move || {
        if order.verify > MOST_VERIFIED {
            return Err(StudioError::Bad(format!("verify on at most {MOST_VERIFIED} samples")));
        }
        let project = studio.projects().get(&project)?;
        model_folder(&project, &order.model)?;
        let verify = (order.verify > 0).then_some(order.verify);
        Ok(Json(start_job(&studio, &project, &order.model, order.format, verify)?))
    })
    .await
}

async fn zip(State(studio): State<Studio>, Path((project, export)): Path<(String, String)>) -> Result<Response> {
    let id = export.clone();
    let folder = blocking(move || folder_of(&studio.projects().get(&project)?, &id)).await?;
    let mut response = Response::new(zipped(folder));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&disposition(&export)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The name to save under: plain letters for old programs, and the whole name (RFC 6266).
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    let whole: String = name.bytes().fold(String::new(), |all, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => all + &char::from(byte).to_string(),
        other => all + &format!("%{other:02X}"),
    });
    format!("attachment; filename=\"{plain}.zip\"; filename*=UTF-8''{whole}.zip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script_survive_the_header() {
        let text = disposition("막기 2.onnx");
        assert_eq!(text, "attachment; filename=\"__ 2.onnx.zip\"; filename*=UTF-8''%EB%A7%89%EA%B8%B0%202.onnx.zip");
        assert!(HeaderValue::from_str(&text).is_ok());
    }
}
