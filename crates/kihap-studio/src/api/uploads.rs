//! Uploads: files come one by one, streamed to disk, and are imported by a job.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::routing::{delete, post, put};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use kihap_dataset::Dataset;
use kihap_dataset::import::{ImportOptions, ImportProgress, ImportReport, SkipReason, import};
use kihap_export::teachable_machine::{import_archive, is_archive};
use kihap_vision::video::FrameRate;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::error::{Result, StudioError};
use crate::projects::blocking;
use crate::state::Studio;
use crate::uploads::{FILE_LIMIT, Room};
use crate::work::{Job, JobState};

/// What was skipped is told one by one up to this many.
const TOLD: usize = 500;

pub(crate) fn router() -> Router<Studio> {
    Router::new()
        .route("/projects/{project}/uploads", post(open))
        .route("/projects/{project}/uploads/{upload}", delete(drop_upload))
        .route("/projects/{project}/uploads/{upload}/import", post(start_import))
        .route("/projects/{project}/uploads/{upload}/file", put(file))
}

async fn open(State(studio): State<Studio>, Path(project): Path<String>) -> Result<Json<Value>> {
    blocking(move || {
        let project = studio.projects().get(&project)?;
        Ok(Json(json!({ "upload": studio.uploads().open(project)? })))
    })
    .await
}

async fn drop_upload(
    State(studio): State<Studio>,
    Path((project, upload)): Path<(String, u64)>,
) -> Result<Json<Value>> {
    blocking(move || {
        studio.uploads().take(&project, upload)?;
        Ok(Json(json!({})))
    })
    .await
}

#[derive(Deserialize)]
struct Place {
    /// What the user calls the file: folders and name, with `/` between.
    path: String,
}

/// Takes one file. Its body is read as a stream, which the bound on other requests does not know of: the room bounds it.
async fn file(
    State(studio): State<Studio>,
    Path((project, upload)): Path<(String, u64)>,
    Query(place): Query<Place>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>> {
    let room = studio.uploads().get(&project, upload)?;
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > FILE_LIMIT) {
        // Said before the bytes come, not after gigabytes of them.
        room.claim(FILE_LIMIT, 1)?;
    }
    let own = Arc::clone(&room);
    let (file, path) = blocking(move || own.place(&place.path)).await?;
    match receive(&room, tokio::fs::File::from_std(file), body).await {
        Ok(bytes) => Ok(Json(json!({ "bytes": bytes }))),
        Err(error) => {
            // Half a file is nobody's sample.
            let _ = tokio::fs::remove_file(path).await;
            Err(error)
        }
    }
}

async fn receive(room: &Room, mut file: tokio::fs::File, body: Body) -> Result<u64> {
    let mut stream = body.into_data_stream();
    let mut written = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| StudioError::Bad(format!("the file broke off: {error}")))?;
        room.claim(written, chunk.len() as u64)?;
        file.write_all(&chunk).await?;
        written += chunk.len() as u64;
    }
    file.flush().await?;
    Ok(written)
}

/// How an upload is taken in.
#[derive(Debug, Default, Deserialize)]
struct Import {
    /// The class of everything.
    class: Option<String>,
    /// The class of files that lie in no folder, where the others are named by their folders.
    loose: Option<String>,
    person: Option<String>,
    session: Option<String>,
    /// Frames a second taken from videos.
    fps: Option<f64>,
}

async fn start_import(
    State(studio): State<Studio>,
    Path((project, upload)): Path<(String, u64)>,
    Json(wish): Json<Import>,
) -> Result<Json<JobState>> {
    if wish.fps.is_some_and(|fps| !(fps > 0.0 && fps <= 60.0)) {
        return Err(StudioError::Bad("take above 0 and up to 60 pictures a second from a video".into()));
    }
    blocking(move || {
        let room = studio.uploads().get(&project, upload)?;
        let own = Arc::clone(&room);
        // Only when the job could be started is the upload taken out: while another import runs, it waits.
        let state = studio.jobs().start("import", Some(&project), &project, move |job| run(&own, &wish, job))?;
        studio.uploads().take(&project, upload)?;
        Ok(Json(state))
    })
    .await
}

fn run(room: &Room, wish: &Import, job: &Job) -> Result<Value> {
    let folder = room.folder();
    let mut sources: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        sources.push(entry?.path());
    }
    sources.sort();
    sources.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    let (archives, files): (Vec<_>, Vec<_>) = sources.into_iter().partition(|path| path.is_file() && is_archive(path));
    let (folders, loose): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| path.is_dir());
    let options = ImportOptions {
        class: text(&wish.class),
        person: text(&wish.person),
        session: text(&wish.session),
        frame_rate: wish.fps.map_or(ImportOptions::default().frame_rate, FrameRate::PerSecond),
        base: Some(folder.to_path_buf()),
        ..ImportOptions::default()
    };
    let of_loose = ImportOptions { class: options.class.clone().or_else(|| text(&wish.loose)), ..options.clone() };
    // A connection of its own: the pages go on reading and recording while this works.
    let mut dataset = Dataset::open(room.project().folder())?;
    let mut told = |progress: &ImportProgress| job.progress("import", progress.done, progress.total);
    let mut report = ImportReport::default();
    for (sources, options) in [(&folders, &options), (&loose, &of_loose)] {
        if !sources.is_empty() && !job.stopped() {
            add(&mut report, import(&mut dataset, sources, options, &mut told, job.cancel())?);
        }
    }
    for (done, archive) in archives.iter().enumerate() {
        job.progress("archive", done, archives.len());
        if !job.stopped() {
            import_archive(&mut dataset, archive, &options, &mut report, job.cancel())?;
        }
    }
    room.project().dataset().refresh()?;
    Ok(summary(&report, folder))
}

/// A text with something in it.
fn text(given: &Option<String>) -> Option<String> {
    given.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn add(sum: &mut ImportReport, more: ImportReport) {
    sum.added += more.added;
    sum.already_there += more.already_there;
    sum.skipped.extend(more.skipped);
    sum.conflicts.extend(more.conflicts);
    sum.cancelled |= more.cancelled;
    for (class, count) in more.per_class {
        let all = sum.per_class.entry(class).or_default();
        all.added += count.added;
        all.already_there += count.already_there;
    }
}

/// Why something was skipped: the code that the page has words for, and the command line's sentence for a page that has none.
fn why(reason: &SkipReason) -> Value {
    let mut told = json!(reason);
    told["text"] = json!(reason.to_string());
    told
}

/// What the page tells about an import, with paths as the user knows them.
fn summary(report: &ImportReport, folder: &FilePath) -> Value {
    let named = |path: &FilePath| path.strip_prefix(folder).unwrap_or(path).display().to_string();
    let skipped = report.skipped.iter().take(TOLD);
    let skipped = skipped.map(|skip| json!({ "path": named(&skip.path), "reason": why(&skip.reason) }));
    let conflicts = report.conflicts.iter().take(TOLD);
    let conflicts = conflicts.map(|c| json!({ "path": named(&c.path), "class": c.class, "also_in": c.also_in }));
    json!({
        "added": report.added,
        "already_there": report.already_there,
        "per_class": report.per_class,
        "skipped_count": report.skipped.len(),
        "skipped": skipped.collect::<Vec<_>>(),
        "conflicts_count": report.conflicts.len(),
        "conflicts": conflicts.collect::<Vec<_>>(),
        "cancelled": report.cancelled,
    })
}
