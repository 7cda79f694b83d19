//! Jobs: what runs, what came of it, and a stream of their changes.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::error::Result;
use crate::state::Studio;
use crate::work::JobState;

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/jobs", get(list))
        .route("/jobs/events", get(events))
        .route("/jobs/{id}", get(one))
        .route("/jobs/{id}/stop", post(stop))
}

async fn list(State(studio): State<Studio>) -> Json<Vec<JobState>> {
    Json(studio.jobs().all())
}

async fn one(State(studio): State<Studio>, Path(id): Path<u64>) -> Result<Json<JobState>> {
    Ok(Json(studio.jobs().get(id)?.state()))
}

async fn stop(State(studio): State<Studio>, Path(id): Path<u64>) -> Result<Json<JobState>> {
    let job = studio.jobs().get(id)?;
    job.stop();
    Ok(Json(job.state()))
}

/// Changes that come closer together than this are told as one: a small network finishes hundreds of epochs a second.
const PACE: Duration = Duration::from_millis(150);

/// Server-sent events: `job` with a job's state after it has changed.
async fn events(State(studio): State<Studio>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let start = (studio.jobs().events(), studio.ending(), studio);
    let changes = stream::unfold(start, |(mut receiver, mut ending, studio)| async move {
        let mut changed = BTreeSet::new();
        let first = tokio::select! {
            received = receiver.recv() => received,
            // An open stream must not keep the server from ending.
            _ = ending.wait_for(|ended| *ended) => return None,
        };
        let mut missed = match first {
            Ok(id) => !changed.insert(id),
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => return None,
        };
        tokio::time::sleep(PACE).await;
        loop {
            match receiver.try_recv() {
                Ok(id) => drop(changed.insert(id)),
                Err(TryRecvError::Lagged(_)) => missed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        let states: Vec<JobState> = if missed {
            studio.jobs().all()
        } else {
            changed.iter().filter_map(|id| Some(studio.jobs().get(*id).ok()?.state())).collect()
        };
        let told = |state: &JobState| Ok(Event::default().event("job").json_data(state).unwrap_or_default());
        let events: Vec<_> = states.iter().map(told).collect();
        Some((stream::iter(events), (receiver, ending, studio)))
    });
    Sse::new(changes.flatten().fuse()).keep_alive(KeepAlive::default())
}
