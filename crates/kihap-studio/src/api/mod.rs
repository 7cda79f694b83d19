//! The API: one file an area. All of it is JSON but pictures, uploads and downloads.

mod curation;
mod exports;
mod jobs;
mod models;
mod pictures;
mod practise;
mod projects;
mod samples;
mod status;
mod training;
mod uploads;

pub(crate) use samples::SampleView;

use axum::Router;

use crate::state::Studio;

/// All routes below `/api` but the live socket.
pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .merge(status::router())
        .merge(jobs::router())
        .merge(projects::router())
        .merge(samples::router())
        .merge(pictures::router())
        .merge(uploads::router())
        .merge(curation::router())
        .merge(training::router())
        .merge(models::router())
        .merge(exports::router())
        .merge(practise::router())
}
