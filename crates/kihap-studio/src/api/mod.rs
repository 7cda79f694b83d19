//! The API: one file an area. All of it is JSON but pictures, uploads and downloads.

mod jobs;
mod practise;
mod status;

use axum::Router;

use crate::state::Studio;

/// All routes below `/api` but the live socket.
pub(crate) fn router() -> Router<Studio> {
    Router::new().merge(status::router()).merge(jobs::router()).merge(practise::router())
}
