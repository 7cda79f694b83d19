//! Long work that goes on when the page is closed: jobs, each on a thread of its own.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::error::{Result, StudioError, Told};

/// Changes that may wait for a slow listener before it is told that it has missed some.
const EVENTS: usize = 256;
/// Finished jobs that are remembered.
const REMEMBERED: usize = 100;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// At work.
    Running,
    /// Finished; `result` holds what came of it.
    Done,
    /// Stopped by the user; `result` holds what was kept, if anything.
    Stopped,
    /// Failed; `error` says why.
    Failed,
}

/// A job as the page sees it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct JobState {
    /// Its number.
    pub(crate) id: u64,
    /// What kind of work: `import`, `curate`, `train`, `export`.
    pub(crate) kind: &'static str,
    /// The project it works on.
    pub(crate) project: Option<String>,
    /// What it is called in lists, such as the model's name.
    pub(crate) title: String,
    /// How far it is.
    pub(crate) phase: Phase,
    /// What it is doing now, as a word that the page translates.
    pub(crate) stage: Option<&'static str>,
    /// Steps of the stage that are done.
    pub(crate) done: usize,
    /// Steps of the stage; 0 where nobody knows.
    pub(crate) total: usize,
    /// What it told on the way, oldest first (training: one record an epoch).
    pub(crate) records: Vec<Value>,
    /// What came of it.
    pub(crate) result: Option<Value>,
    /// Why it failed.
    pub(crate) error: Option<Told>,
    /// When it last changed, in microseconds since 1970: of two states, the page keeps the later one. Answers and events take
    /// different ways and may overtake each other.
    pub(crate) changed: u64,
}

/// A running or finished job.
#[derive(Debug)]
pub(crate) struct Job {
    state: Mutex<JobState>,
    cancel: Arc<AtomicBool>,
    events: broadcast::Sender<u64>,
}

impl Job {
    fn lock(&self) -> MutexGuard<'_, JobState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it is now.
    pub(crate) fn state(&self) -> JobState {
        self.lock().clone()
    }

    /// Set when the user (or the server's end) asks it to stop.
    pub(crate) fn cancel(&self) -> &Arc<AtomicBool> {
        &self.cancel
    }

    /// Whether it is asked to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Asks it to stop.
    pub(crate) fn stop(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// Tells how far the stage is.
    pub(crate) fn progress(&self, stage: &'static str, done: usize, total: usize) {
        self.change(|state| (state.stage, state.done, state.total) = (Some(stage), done, total));
    }

    /// Tells something that is kept, such as an epoch's numbers.
    pub(crate) fn record(&self, value: Value) {
        self.change(|state| state.records.push(value));
    }

    fn change(&self, change: impl FnOnce(&mut JobState)) {
        let mut state = self.lock();
        change(&mut state);
        state.changed = now().max(state.changed + 1);
        // Nobody listening is fine. Only the number is sent: a long training's records are not copied at every epoch.
        let _ = self.events.send(state.id);
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// All jobs since the server started.
#[derive(Debug)]
pub(crate) struct Jobs {
    list: Mutex<Vec<Arc<Job>>>,
    next: AtomicU64,
    events: broadcast::Sender<u64>,
}

impl Default for Jobs {
    fn default() -> Self {
        Jobs { list: Mutex::default(), next: AtomicU64::new(1), events: broadcast::channel(EVENTS).0 }
    }
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Job>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts `work`. One job of a kind works on a project at a time.
    pub(crate) fn start(
        &self,
        kind: &'static str,
        project: Option<&str>,
        title: &str,
        work: impl FnOnce(&Job) -> Result<Value> + Send + 'static,
    ) -> Result<JobState> {
        let mut list = self.lock();
        let busy = |state: &JobState| {
            state.phase == Phase::Running && state.kind == kind && state.project.as_deref() == project
        };
        if list.iter().any(|job| busy(&job.lock())) {
            return Err(StudioError::Conflict(format!(
                "a job ({kind}) is at work on it already; wait for it or stop it"
            )));
        }
        let state = JobState {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            kind,
            project: project.map(str::to_owned),
            title: title.to_owned(),
            phase: Phase::Running,
            stage: None,
            done: 0,
            total: 0,
            records: Vec::new(),
            result: None,
            error: None,
            changed: now(),
        };
        let events = self.events.clone();
        let job = Arc::new(Job { state: Mutex::new(state.clone()), cancel: Arc::default(), events });
        let own = Arc::clone(&job);
        let ending = Arc::clone(&job);
        std::thread::Builder::new().name(format!("job-{}", state.id)).spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&own)));
            let outcome = outcome.unwrap_or_else(|_| Err(StudioError::BrokenOff(kind.to_owned())));
            ending.change(|state| match outcome {
                Ok(result) => {
                    state.phase = if ending.stopped() { Phase::Stopped } else { Phase::Done };
                    state.result = Some(result);
                }
                Err(_) if ending.stopped() => state.phase = Phase::Stopped,
                Err(error) => {
                    state.phase = Phase::Failed;
                    state.error = Some(error.told());
                }
            });
        })?;
        list.push(job);
        while list.len() > REMEMBERED {
            let Some(old) = list.iter().position(|job| job.lock().phase != Phase::Running) else { break };
            list.remove(old);
        }
        Ok(state)
    }

    /// A job by its number.
    pub(crate) fn get(&self, id: u64) -> Result<Arc<Job>> {
        let found = self.lock().iter().find(|job| job.lock().id == id).cloned();
        found.ok_or_else(|| StudioError::NotFound { what: "job", name: id.to_string() })
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> Vec<JobState> {
        self.lock().iter().map(|job| job.state()).collect()
    }

    /// The number of the job at every change from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<u64> {
        self.events.subscribe()
    }

    /// Asks all to stop.
    pub(crate) fn stop_all(&self) {
        self.lock().iter().for_each(|job| job.stop());
    }

    /// Blocks until none is running.
    pub(crate) fn wait(&self) {
        while self.lock().iter().any(|job| job.lock().phase == Phase::Running) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_tells_its_progress_and_its_end() {
        let jobs = Jobs::default();
        let mut events = jobs.events();
        let started = jobs.start("train", Some("p"), "model", |job| {
            job.progress("epochs", 1, 2);
            job.record(json!({ "epoch": 1 }));
            Ok(json!("made"))
        });
        let (id, began) = started.map(|state| (state.id, state.changed)).unwrap();
        jobs.wait();
        let state = jobs.get(id).unwrap().state();
        assert!(state.changed >= began + 3, "three changes");
        assert_eq!((state.phase, state.done, state.total), (Phase::Done, 1, 2));
        assert_eq!((state.records.len(), state.result), (1, Some(json!("made"))));
        let told: Vec<u64> = std::iter::from_fn(|| events.try_recv().ok()).collect();
        assert_eq!(told, [id; 3]);
    }

    #[test]
    fn a_second_job_of_a_kind_waits_and_a_stopped_one_ends() {
        let jobs = Jobs::default();
        let wait = |job: &Job| {
            while !job.stopped() {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(json!("kept"))
        };
        let first = jobs.start("train", Some("p"), "a", wait).unwrap();
        assert!(matches!(jobs.start("train", Some("p"), "b", wait), Err(StudioError::Conflict(_))));
        jobs.start("train", Some("q"), "c", wait).unwrap();
        jobs.stop_all();
        jobs.wait();
        assert_eq!(jobs.get(first.id).unwrap().state().phase, Phase::Stopped);
    }

    #[test]
    fn a_job_that_panics_has_failed() {
        let jobs = Jobs::default();
        let id = jobs.start("train", None, "a", |_| panic!("on purpose")).unwrap().id;
        jobs.wait();
        let state = jobs.get(id).unwrap().state();
        assert_eq!((state.phase, json!(state.error)["cause"]["code"].as_str()), (Phase::Failed, Some("broken_off")));
    }
}
