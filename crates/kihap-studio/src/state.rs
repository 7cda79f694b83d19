//! What all requests share.

use std::path::Path;
use std::sync::Arc;

use kihap_syllabus::Syllabus;
use tokio::sync::watch;

use crate::error::Result;
use crate::history::History;
use crate::live::Threads;
use crate::projects::Projects;
use crate::uploads::Uploads;
use crate::work::Jobs;

/// The studio: its projects, its running work, the syllabus. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Studio {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    projects: Projects,
    jobs: Jobs,
    uploads: Uploads,
    syllabus: Arc<Syllabus>,
    history: History,
    cameras: Threads,
    ending: watch::Sender<bool>,
}

impl Studio {
    /// With the projects in `folder`.
    pub(crate) fn open(folder: &Path, syllabus: Syllabus) -> Result<Studio> {
        let projects = Projects::open(folder)?;
        let inner = Inner {
            history: History::of(projects.folder()),
            projects,
            jobs: Jobs::default(),
            uploads: Uploads::default(),
            syllabus: Arc::new(syllabus),
            cameras: Threads::default(),
            ending: watch::channel(false).0,
        };
        Ok(Studio { inner: Arc::new(inner) })
    }

    pub(crate) fn projects(&self) -> &Projects {
        &self.inner.projects
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.inner.uploads
    }

    pub(crate) fn syllabus(&self) -> &Arc<Syllabus> {
        &self.inner.syllabus
    }

    pub(crate) fn history(&self) -> &History {
        &self.inner.history
    }

    /// Where cameras are worked off.
    pub(crate) fn cameras(&self) -> &Threads {
        &self.inner.cameras
    }

    /// Asks open sockets and running jobs to end.
    pub(crate) fn end(&self) {
        self.inner.ending.send_replace(true);
        self.inner.jobs.stop_all();
    }

    /// Becomes true when the server is to end.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.inner.ending.subscribe()
    }

    /// Waits until every job has kept what it has.
    pub(crate) fn wait_for_jobs(&self) {
        self.inner.jobs.wait();
    }
}
