//! What the studio is and has: version, networks, courses.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use kihap_vision::weights::{State as Installed, check};
use serde::Serialize;

use crate::error::Result;
use crate::projects::blocking;
use crate::state::Studio;

pub(crate) fn router() -> Router<Studio> {
    Router::new().route("/status", get(status))
}

#[derive(Serialize)]
struct Status {
    version: &'static str,
    /// Names of the runtime and networks that `kihap setup` still has to get; empty when all is there.
    missing: Vec<String>,
    /// The folder of the projects.
    projects: String,
    threads: usize,
}

async fn status(State(studio): State<Studio>) -> Result<Json<Status>> {
    let found = blocking(|| Ok(check(false)?)).await?;
    let missing = found.into_iter().filter_map(|state| match state {
        Installed::Ready(_) => None,
        Installed::Missing { name } | Installed::Stale { name, .. } => Some(name),
    });
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        missing: missing.collect(),
        projects: studio.projects().folder().display().to_string(),
        threads: kihap_vision::runtime::threads(),
    }))
}
