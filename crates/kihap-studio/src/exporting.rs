//! Exports of a project's models: the job, the list, and a folder as one zip.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt as _, stream};
use kihap_export::ExportError;
use kihap_jobs::{ExportFormat, ExportRequest, ExportStage, ExportWatch, JobError, Stage, check, export};
use kihap_learn::Model;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::{Result, StudioError};
use crate::projects::{Project, is_name};
use crate::state::Studio;
use crate::work::{Job, JobState};

/// What the page can export to, in its order.
pub(crate) const FORMATS: [ExportFormat; 4] =
    [ExportFormat::Web, ExportFormat::TeachableMachine, ExportFormat::Onnx, ExportFormat::Tfjs];
/// The file that every export holds.
const MARK: &str = "kihap-export.json";
/// Pieces of a zip that may wait for a slow reader.
const PIECES: usize = 8;
const PIECE_BYTES: usize = 1 << 16;

fn folder(project: &Project) -> PathBuf {
    project.folder().join("exports")
}

/// The folder of an export that is there.
pub(crate) fn folder_of(project: &Project, id: &str) -> Result<PathBuf> {
    let path = folder(project).join(id);
    if is_name(id) && path.join(MARK).is_file() {
        Ok(path)
    } else {
        Err(StudioError::NotFound { what: "export", name: id.to_owned() })
    }
}

/// All exports, newest first: what was said when they were made, with `id` and `of`, the model's name.
pub(crate) fn list(project: &Project) -> Vec<Value> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder(project)).into_iter().flatten().flatten() {
        let Ok(id) = entry.file_name().into_string() else { continue };
        let mark = entry.path().join(MARK);
        let read = std::fs::read(&mark).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let Some(mut said) = read else { continue };
        let of = FORMATS.iter().find_map(|format| id.strip_suffix(&ending(*format)));
        said["of"] = json!(of);
        said["id"] = json!(id);
        said["card"] =
            json!({ "en": card(&entry.path(), "MODEL_CARD.md"), "ko": card(&entry.path(), "MODEL_CARD.ko.md") });
        found.push((mark.metadata().and_then(|meta| meta.modified()).ok(), said));
    }
    found.sort_by_key(|(when, ..)| std::cmp::Reverse(*when));
    found.into_iter().map(|(_, said)| said).collect()
}

fn card(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}

fn ending(format: ExportFormat) -> String {
    format!(".{}", format.name())
}

/// What stands between a model and each format: `null` where nothing does, else a code that the page has words for, with what it
/// says of the model.
pub(crate) fn obstacles(project: &Project, model: &str) -> Result<Value> {
    let model = Model::load(&crate::training::Runs::of(project).model(model)?)?;
    let told = FORMATS.map(|format| (format.name().to_owned(), obstacle(check(&model, format))));
    Ok(Value::Object(told.into_iter().collect()))
}

/// What stands in the way besides the obstacles of a model as a whole.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[serde(tag = "code", rename_all = "snake_case")]
pub(crate) enum Hitch {
    /// The format has no such layer.
    NoLayer { layer: String },
    /// Anything else, in English.
    Failed { problem: String },
}

fn obstacle(checked: Result<(), JobError>) -> Value {
    match checked {
        Ok(()) => Value::Null,
        Err(JobError::Export(ExportError::Unfit { obstacle, .. })) => json!(obstacle),
        Err(JobError::Export(ExportError::NoLayer { layer, .. })) => json!(Hitch::NoLayer { layer }),
        Err(error) => json!(Hitch::Failed { problem: error.to_string() }),
    }
}

/// Starts the export of a model; an earlier one of the same format is replaced.
pub(crate) fn start(
    studio: &Studio,
    project: &Project,
    model: &str,
    format: ExportFormat,
    verify: Option<usize>,
) -> Result<JobState> {
    let from = crate::training::Runs::of(project).model(model)?;
    let id = format!("{model}{}", ending(format));
    let out = folder(project).join(&id);
    let root = project.folder().to_owned();
    let title = model.to_owned();
    studio.jobs().start("export", Some(project.id()), &title, move |job| {
        job.progress("reading", 0, 0);
        let model = Model::load(&from)?;
        let request = ExportRequest { model: &model, folder: &from, format, out: &out, verify, dataset: Some(&root) };
        let mut progress = |stage, done, total| job.progress(stage_name(stage), done, total);
        let cancel = Arc::clone(job.cancel());
        let exported = export(&request, &mut ExportWatch { progress: &mut progress, cancel: &cancel })?;
        Ok(told(job, &id, &exported.told()))
    })
}

fn told(job: &Job, id: &str, said: &Value) -> Value {
    job.progress("saving", 0, 0);
    json!({ "id": id, "verification": said["verification"] })
}

fn stage_name(stage: ExportStage) -> &'static str {
    match stage {
        ExportStage::Features(Stage::Skeletons) => "skeletons",
        ExportStage::Features(Stage::PhotoFeatures | Stage::MirroredPhotoFeatures) => "photo_features",
        ExportStage::Verifying => "verifying",
    }
}

/// A folder as a zip, made while it is sent: nothing is kept in memory or on disk.
pub(crate) fn zipped(folder: PathBuf) -> Body {
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces { sender, waiting: Vec::with_capacity(PIECE_BYTES) };
        if let Err(error) = write_zip(&folder, &mut pieces) {
            // The reader must not take half a zip for a whole one; one that has gone away needs no telling.
            let _ = pieces.sender.blocking_send(Err(error));
        }
    });
    let pieces = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
    // The server asks once more after the end, which a bare unfold does not bear.
    Body::from_stream(pieces.fuse())
}

fn write_zip(folder: &Path, pieces: &mut Pieces) -> io::Result<()> {
    let mut names: Vec<PathBuf> = Vec::new();
    collect(folder, Path::new(""), &mut names)?;
    names.sort();
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    let mut zip = ZipWriter::new_stream(&mut *pieces);
    for name in names {
        // Names in a zip have slashes on every system.
        let parts: Vec<String> = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        zip.start_file(parts.join("/"), options).map_err(io::Error::other)?;
        io::copy(&mut std::fs::File::open(folder.join(&name))?, &mut zip)?;
    }
    zip.finish().map_err(io::Error::other)?;
    pieces.send()
}

fn collect(root: &Path, below: &Path, names: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &name, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

/// Writes into a channel of pieces.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    waiting: Vec<u8>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.waiting, Vec::with_capacity(PIECE_BYTES));
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[tokio::test]
    async fn a_folder_is_sent_as_a_zip_that_opens() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        let large: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(folder.path().join("in/large.bin"), &large).unwrap();
        std::fs::write(folder.path().join("a.txt"), "words").unwrap();
        let bytes = axum::body::to_bytes(zipped(folder.path().to_owned()), usize::MAX).await.unwrap();
        let mut zip = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 2);
        let mut read = Vec::new();
        zip.by_name("in/large.bin").unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, large);
    }

    #[tokio::test]
    async fn a_zip_that_breaks_off_is_an_error_and_no_short_file() {
        let gone = zipped(PathBuf::from("/nowhere/at/all"));
        assert!(axum::body::to_bytes(gone, usize::MAX).await.is_err());
    }
}
