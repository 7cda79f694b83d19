//! What an import is asked for, and what it tells.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kihap_vision::video::FrameRate;
use serde::Serialize;

use super::skip::SkipReason;

/// What to do with a table's row that names two classes joined by `+`, such as `front_kick+trunk_punch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JoinedClasses {
    /// The joined name is a class of its own.
    #[default]
    OwnClass,
    /// The row is skipped and reported: its frames show now one, now the other.
    Skip,
}

/// How sources are taken in. What is given here wins over what a source says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// The class of everything imported; needed for loose pictures and videos.
    pub class: Option<String>,
    /// Who is in everything imported.
    pub person: Option<String>,
    /// The recording everything imported belongs to; without it every video is a session of its own.
    pub session: Option<String>,
    /// The side the camera sees in everything imported.
    pub view: Option<String>,
    /// Which frames of videos are taken.
    pub frame_rate: FrameRate,
    /// Only the last part of each video, as a share above 0 and up to 1: a clip of one technique ends in it. Videos of
    /// unknown length are taken whole.
    pub tail: f64,
    /// Rows naming two classes.
    pub joined_classes: JoinedClasses,
    /// The folder that all sources lie in: they are named from there, since what a sample records of its origin must not hang
    /// on where an upload happened to lie, and nothing outside of it is read, whatever a table says.
    pub base: Option<PathBuf>,
}

impl Default for ImportOptions {
    /// Five frames a second: a technique takes about a second and a half, and frames closer together are near-duplicates.
    fn default() -> ImportOptions {
        ImportOptions {
            class: None,
            person: None,
            session: None,
            view: None,
            frame_rate: FrameRate::PerSecond(5.0),
            tail: 1.0,
            joined_classes: JoinedClasses::default(),
            base: None,
        }
    }
}

/// How far an import is; told after everything counted here is safely recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProgress {
    /// Files (or tables' rows) finished.
    pub done: usize,
    /// Files found so far; a video counts as one.
    pub total: usize,
    /// Samples added so far.
    pub added: usize,
    /// The file being read.
    pub current: PathBuf,
}

/// Something that was not taken in, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The file or folder.
    pub path: PathBuf,
    /// Why; in JSON as a sentence.
    #[serde(serialize_with = "sentence")]
    pub reason: SkipReason,
}

fn sentence<S: serde::Serializer>(reason: &SkipReason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(reason)
}

/// The same content under two labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The file imported.
    pub path: PathBuf,
    /// The class it was imported into.
    pub class: String,
    /// The class that held the same content already.
    pub also_in: String,
}

/// Samples of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ClassCount {
    /// New samples.
    pub added: usize,
    /// Samples whose content the class held already.
    pub already_there: usize,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportReport {
    /// New samples.
    pub added: usize,
    /// Samples whose class held the same content already.
    pub already_there: usize,
    /// What was not taken in.
    pub skipped: Vec<Skipped>,
    /// New samples whose content another class holds too; one of the labels is probably wrong.
    pub conflicts: Vec<Conflict>,
    /// The same numbers by class.
    pub per_class: BTreeMap<String, ClassCount>,
    /// Whether it was stopped before its end. What was taken in stays; importing again goes on from there.
    pub cancelled: bool,
}

impl ImportReport {
    pub(crate) fn count(&mut self, class: String) -> &mut ClassCount {
        self.per_class.entry(class).or_default()
    }

    pub(crate) fn skip(&mut self, path: impl Into<PathBuf>, reason: impl Into<SkipReason>) {
        self.skipped.push(Skipped { path: path.into(), reason: reason.into() });
    }
}
