//! The API: one file an area. All of it is JSON but pictures, uploads and downloads.

mod jobs;
mod models;
mod status;
mod training;

use axum::Router;

use crate::state::Studio;

/// All routes below `/api` but the live socket.
pub(crate) fn router() -> Router<Studio> {
    Router::new().merge(status::router()).merge(jobs::router()).merge(training::router()).merge(models::router())
}
