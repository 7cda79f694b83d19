//! What can be practised and recognised, and the history of results.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use kihap_jobs::live::Both;
use kihap_syllabus::{Side, Syllabus};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Result;
use crate::projects::blocking;
use crate::state::Studio;

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/practise", get(catalogue))
        .route("/history", get(history))
        .route("/history/{id}", get(detail))
        .route("/history/{id}/pictures/{frame}", get(picture))
}

/// Everything that the built-in models teach.
async fn catalogue(State(studio): State<Studio>) -> Json<Value> {
    let syllabus: &Syllabus = studio.syllabus();
    let basics: Vec<Value> = syllabus
        .basics()
        .motions
        .iter()
        .map(|basic| {
            let name = |side: Side| format!("{}_{}", basic.technique, side.id());
            let classes = match basic.is_sided() {
                true => json!(Side::BOTH.map(|side| json!({ "side": side, "class": name(side) }))),
                false => json!([{ "side": null, "class": basic.technique }]),
            };
            json!({ "number": basic.number, "id": basic.id, "technique": basic.technique,
                "title": Both { ko: basic.korean.clone(), en: basic.english.clone() }, "classes": classes })
        })
        .collect();
    let forms: Vec<Value> = syllabus
        .forms()
        .iter()
        .map(|form| {
            let sections: Vec<Value> = form
                .sections
                .iter()
                .map(|section| json!({ "number": section.number, "first": section.steps[0], "last": section.steps[1] }))
                .collect();
            json!({ "id": form.head.id.replace('_', "-"), "steps": form.steps.len(), "sections": sections,
                "title": Both { ko: form.head.korean.clone(), en: form.head.romanised.clone() } })
        })
        .collect();
    let app = &syllabus.scoring().original_app;
    Json(json!({ "basics": basics, "forms": forms, "stars": app.stars, "round_seconds": app.sparring_round_seconds }))
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

async fn history(State(studio): State<Studio>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let entries = blocking(move || studio.history().list()).await?;
    let total = entries.len();
    let shown: Vec<_> = entries.into_iter().skip(page.offset).take(page.limit.unwrap_or(100)).collect();
    Ok(Json(json!({ "total": total, "entries": shown })))
}

async fn detail(State(studio): State<Studio>, Path(id): Path<String>) -> Result<Json<Value>> {
    Ok(Json(blocking(move || studio.history().detail(&id)).await?))
}

async fn picture(State(studio): State<Studio>, Path((id, frame)): Path<(String, usize)>) -> Result<impl IntoResponse> {
    let jpeg = blocking(move || studio.history().picture(&id, frame)).await?;
    // A result never changes.
    let headers =
        [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    Ok((headers, jpeg))
}
