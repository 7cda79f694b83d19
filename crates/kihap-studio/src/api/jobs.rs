//! Jobs: what runs, what came of it, and a stream of their changes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
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

/// Server-sent events: `job` with a job's state after changes, `lagged` when the page must read the list anew.
async fn events(State(studio): State<Studio>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (receiver, ending) = (studio.jobs().events(), studio.ending());
    let changes = stream::unfold((receiver, ending), |(mut receiver, mut ending)| async move {
        let received = tokio::select! {
            received = receiver.recv() => received,
            // An open stream must not keep the server from ending.
            _ = ending.wait_for(|ended| *ended) => return None,
        };
        let mut newest: BTreeMap<u64, Arc<JobState>> = BTreeMap::new();
        let mut lagged = false;
        match received {
            Ok(state) => drop(newest.insert(state.id, state)),
            Err(RecvError::Lagged(_)) => lagged = true,
            Err(RecvError::Closed) => return None,
        }
        tokio::time::sleep(PACE).await;
        loop {
            match receiver.try_recv() {
                Ok(state) => drop(newest.insert(state.id, state)),
                Err(TryRecvError::Lagged(_)) => lagged = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        let mut events: Vec<_> = newest
            .values()
            .map(|state| Ok(Event::default().event("job").json_data(&**state).unwrap_or_default()))
            .collect();
        if lagged {
            events.push(Ok(Event::default().event("lagged").data("{}")));
        }
        Some((stream::iter(events), (receiver, ending)))
    });
    Sse::new(changes.flatten()).keep_alive(KeepAlive::default())
}
