//! What the last curation of a project found, kept beside its data.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kihap_dataset::curate::CurationReport;
use kihap_dataset::{Reason, Sample, SampleId};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::files::write_whole;

/// Below the project's folder; made anew by every curation.
const FILE: &str = ".studio/curation.json";

/// A curation, as far as the pages need it again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Samples looked at.
    pub(crate) samples: usize,
    /// Near-duplicates in different parts.
    pub(crate) leaks: usize,
    /// What is wrong, in the order of the samples.
    pub(crate) flagged: Vec<KeptFlag>,
}

/// A sample with something wrong.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptFlag {
    pub(crate) id: SampleId,
    /// The class it was flagged in.
    pub(crate) class: String,
    pub(crate) reasons: Vec<Reason>,
    /// The class an outlier looks like.
    pub(crate) looks_like: Option<String>,
    /// Whether the curation advises to set it aside.
    pub(crate) suggested: bool,
}

impl Kept {
    /// Of a report on `samples`.
    pub(crate) fn of(report: CurationReport, samples: &[Sample]) -> Kept {
        let aside: HashSet<SampleId> = report.to_set_aside().into_iter().map(|(id, _)| id).collect();
        let classes: HashMap<SampleId, &str> = samples.iter().map(|s| (s.id, s.class.as_str())).collect();
        let flagged = report.flagged.into_iter().map(|flag| KeptFlag {
            class: classes.get(&flag.id).copied().unwrap_or_default().to_owned(),
            suggested: aside.contains(&flag.id),
            id: flag.id,
            reasons: flag.reasons,
            looks_like: flag.details.looks_like,
        });
        Kept { samples: report.samples, leaks: report.leaks.len(), flagged: flagged.collect() }
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// Keeps a curation in the place of the one before.
pub(crate) fn keep(folder: &Path, kept: &Kept) -> Result<()> {
    write_whole(&path(folder), |file| Ok(serde_json::to_writer(file, kept).map_err(std::io::Error::from)?))
}

/// The curation kept last; `None` where there is none, or the file is not one, and curating again makes it anew.
pub(crate) fn kept(folder: &Path) -> Result<Option<Kept>> {
    match std::fs::read(path(folder)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the last curation found wrong, by sample.
pub(crate) fn flagged_reasons(folder: &Path) -> Result<HashMap<SampleId, Vec<Reason>>> {
    let kept = kept(folder)?.unwrap_or_default();
    Ok(kept.flagged.into_iter().map(|flag| (flag.id, flag.reasons)).collect())
}
