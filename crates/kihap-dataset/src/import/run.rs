//! Carrying an import out: reading and examining in parallel, recording in order.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use image::codecs::jpeg::JpegEncoder;
use kihap_vision::video::{Frame, VideoFrames};
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::import::report::{Conflict, ImportOptions, ImportProgress, ImportReport};
use crate::import::skip::SkipReason;
use crate::import::sources::{self, Job, Kind};
use crate::import::{kinect, landmarks};
use crate::intake::{Intake, Prepared};
use crate::picture;
use crate::sample::{Filter, PoseSample, SampleId, SampleMeta};
use crate::staging::Staging;

/// Pictures recorded in one transaction. What a crash can cost is the work on one such batch.
const BATCH: usize = 32;

/// Video frames kept in memory at once (8 frames of 4K video are 200 MB).
const FRAMES: usize = 8;

/// Rows of landmarks recorded in one transaction.
const ROWS: usize = 512;

/// Sequences of skeletons recorded in one transaction, of some forty frames each.
const SEQUENCES: usize = 32;

/// Quality of the JPEGs that video frames are stored as.
const FRAME_QUALITY: u8 = 95;

/// Imports files and folders into a dataset.
///
/// Pictures are copied byte for byte. Bad files are skipped and reported, never fatal; an error means that the dataset
/// itself cannot be written. Everything told to `progress` is safely recorded. Setting `cancel` stops after the current
/// batch; importing the same sources again goes on where it stopped.
pub fn import(
    dataset: &mut Dataset,
    sources: &[PathBuf],
    options: &ImportOptions,
    progress: &mut dyn FnMut(&ImportProgress),
    cancel: &AtomicBool,
) -> Result<ImportReport> {
    let mut options = options.clone();
    if let Some(class) = &options.class {
        options.class = Some(crate::names::class_name(class)?);
    }
    let plan = sources::plan(sources, dataset.root(), &options);
    dataset.add_described(plan.classes)?;
    let mut run = Run {
        known: Known::of(dataset)?,
        dataset,
        options,
        progress,
        cancel,
        report: ImportReport::default(),
        done: 0,
        total: plan.jobs.len() + plan.poses.len(),
    };
    for (path, reason) in plan.skipped {
        run.report.skip(path, reason);
    }
    let poses_left = run.poses(plan.poses)?;
    let mut jobs = plan.jobs.as_slice();
    while let Some(first) = jobs.first() {
        if run.stopped() {
            break;
        }
        let count = match first.kind {
            Kind::Picture => jobs.iter().take(BATCH).take_while(|j| j.kind == Kind::Picture).count(),
            Kind::Kinect => jobs.iter().take(SEQUENCES).take_while(|j| j.kind == Kind::Kinect).count(),
            Kind::Video | Kind::Landmarks => 1,
        };
        let (now, rest) = jobs.split_at(count);
        match first.kind {
            Kind::Picture => run.pictures(now)?,
            Kind::Video => run.video(first)?,
            Kind::Landmarks => run.landmarks(first)?,
            Kind::Kinect => run.sequences(now)?,
        }
        jobs = rest;
    }
    run.report.cancelled |= run.stopped() && (poses_left || !jobs.is_empty());
    Ok(run.report)
}

/// The pictures there are, so that importing again need not decode what it knows.
struct Known {
    by_content: HashMap<(String, String), (SampleId, String)>,
    files: HashSet<String>,
    root: PathBuf,
}

impl Known {
    fn of(dataset: &Dataset) -> Result<Known> {
        let root = dataset.root().canonicalize().unwrap_or_else(|_| dataset.root().to_path_buf());
        let mut known = Known { by_content: HashMap::new(), files: HashSet::new(), root };
        for sample in dataset.samples(&Filter::everything())? {
            if let Some(file) = sample.file {
                known.files.insert(file.clone());
                known.by_content.insert((sample.class, sample.hash), (sample.id, file));
            }
        }
        Ok(known)
    }

    /// The sample of this class with this content, where its picture is still there.
    fn sample(&self, class: &str, hash: &str) -> Option<SampleId> {
        let (id, file) = self.by_content.get(&(class.to_string(), hash.to_string()))?;
        self.root.join(file).exists().then_some(*id)
    }

    /// The name inside the dataset of a picture that somebody put into its class folder by hand.
    fn in_place(&self, path: &Path, class: &str) -> Option<String> {
        let path = path.canonicalize().ok()?;
        let inside = path.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = inside.iter().map(|c| c.to_string_lossy()).collect();
        (parts.first().map(|c| crate::names::composed(c))? == class).then(|| parts.join("/"))
    }
}

/// What became of one file or frame before it is recorded.
enum Read {
    Ready(Prepared),
    Known(SampleId, SampleMeta),
    Bad(SkipReason),
}

struct Run<'a> {
    dataset: &'a mut Dataset,
    known: Known,
    options: ImportOptions,
    progress: &'a mut dyn FnMut(&ImportProgress),
    cancel: &'a AtomicBool,
    report: ImportReport,
    done: usize,
    total: usize,
}

impl Run<'_> {
    fn stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn tell(&mut self, current: &Path) {
        let (done, total, added) = (self.done, self.total, self.report.added);
        (self.progress)(&ImportProgress { done, total, added, current: current.to_path_buf() });
    }

    fn pictures(&mut self, jobs: &[Job]) -> Result<()> {
        let staging = self.dataset.staging()?;
        let known = &self.known;
        let read: Result<Vec<_>> =
            jobs.par_iter().map(|job| Ok((job.path.as_path(), read_file(job, known, staging)?))).collect();
        self.done += jobs.len();
        self.record(read?)?;
        if let Some(last) = jobs.last() {
            self.tell(&last.path);
        }
        Ok(())
    }

    fn video(&mut self, job: &Job) -> Result<()> {
        self.tell(&job.path);
        let from_seconds = if self.options.tail < 1.0 {
            kihap_vision::video::length_seconds(&job.path).map_or(0.0, |length| length * (1.0 - self.options.tail))
        } else {
            0.0
        };
        let mut frames = match VideoFrames::open(&job.path, self.options.frame_rate) {
            Ok(frames) => frames,
            Err(e) => {
                self.report.skip(&job.path, SkipReason::from(e));
                self.done += 1;
                return Ok(());
            }
        };
        loop {
            if self.stopped() {
                self.report.cancelled = true;
                return Ok(());
            }
            let mut batch = Vec::with_capacity(FRAMES);
            let mut over = false;
            let mut taken = 0;
            for frame in frames.by_ref().take(FRAMES) {
                taken += 1;
                match frame {
                    Ok(frame) => batch.push(frame),
                    Err(e) => {
                        self.report.skip(&job.path, SkipReason::from(e));
                        over = true;
                    }
                }
            }
            over |= taken < FRAMES;
            batch.retain(|frame| frame.time_seconds >= from_seconds);
            let staging = self.dataset.staging()?;
            let known = &self.known;
            let read: Result<Vec<_>> = batch
                .into_par_iter()
                .map(|frame| Ok((job.path.as_path(), read_frame(job, &frame, known, staging)?)))
                .collect();
            self.record(read?)?;
            self.done += usize::from(over);
            self.tell(&job.path);
            if over {
                return Ok(());
            }
        }
    }

    fn landmarks(&mut self, job: &Job) -> Result<()> {
        let mut rows = match landmarks::rows(&job.path, job.meta.clone(), &self.options) {
            Ok(rows) => rows,
            Err(reason) => {
                self.report.skip(&job.path, reason);
                self.done += 1;
                return Ok(());
            }
        };
        let mut any = false;
        loop {
            if self.stopped() {
                self.report.cancelled = true;
                return Ok(());
            }
            let mut read = 0;
            let mut ready = Vec::new();
            for (number, row) in rows.by_ref().take(ROWS) {
                read += 1;
                let row = match row {
                    Ok(sample) => Read::Ready(Prepared::pose(&sample.pose, sample.meta)),
                    Err(reason) => Read::Bad(reason.in_row(number)),
                };
                ready.push((job.path.as_path(), row));
            }
            any |= read > 0;
            self.record(ready)?;
            let over = read < ROWS;
            self.done += usize::from(over);
            self.tell(&job.path);
            if over {
                break;
            }
        }
        if !any {
            self.report.skip(&job.path, SkipReason::NoRows);
        }
        Ok(())
    }

    /// Records poses that are read already; returns whether some are left because it was stopped.
    fn poses(&mut self, samples: Vec<PoseSample>) -> Result<bool> {
        let mut samples = samples.into_iter().peekable();
        while let Some(first) = samples.peek() {
            let source = PathBuf::from(first.meta.source.as_deref().unwrap_or_default());
            if self.stopped() {
                return Ok(true);
            }
            let batch: Vec<_> = samples.by_ref().take(ROWS).collect();
            self.done += batch.len();
            let ready = |sample: PoseSample| (source.as_path(), Read::Ready(Prepared::pose(&sample.pose, sample.meta)));
            self.record(batch.into_iter().map(ready).collect())?;
            self.tell(&source);
        }
        Ok(false)
    }

    fn sequences(&mut self, jobs: &[Job]) -> Result<()> {
        let read = |job: &Job| match kinect::read(job) {
            Err(reason) => vec![Read::Bad(reason)],
            Ok(rows) => rows
                .into_iter()
                .map(|row| match row {
                    Ok(sample) => Read::Ready(Prepared::pose(&sample.pose, sample.meta)),
                    Err(reason) => Read::Bad(reason),
                })
                .collect(),
        };
        let rows: Vec<Vec<Read>> = jobs.par_iter().map(read).collect();
        let paths = jobs.iter().map(|job| job.path.as_path());
        self.record(paths.zip(rows).flat_map(|(path, rows)| rows.into_iter().map(move |row| (path, row))).collect())?;
        self.done += jobs.len();
        if let Some(last) = jobs.last() {
            self.tell(&last.path);
        }
        Ok(())
    }

    fn record(&mut self, read: Vec<(&Path, Read)>) -> Result<()> {
        let mut ready = Vec::new();
        let mut labels = Vec::new();
        let mut known = Vec::new();
        for (path, read) in read {
            match read {
                Read::Ready(prepared) => {
                    labels.push((path, prepared.class().to_string()));
                    ready.push(prepared);
                }
                Read::Known(id, meta) => known.push((id, meta)),
                Read::Bad(reason) => self.report.skip(path, reason),
            }
        }
        self.dataset.fill_in(&known)?;
        for (_, meta) in known {
            self.report.count(meta.class).already_there += 1;
            self.report.already_there += 1;
        }
        let outcomes = self.dataset.take_in(ready)?;
        for ((path, class), outcome) in labels.into_iter().zip(outcomes) {
            match outcome {
                Intake::Added { also_in, .. } => {
                    self.report.count(class.clone()).added += 1;
                    self.report.added += 1;
                    if let Some(also_in) = also_in {
                        self.report.conflicts.push(Conflict { path: path.to_path_buf(), class, also_in });
                    }
                }
                Intake::AlreadyThere { .. } => {
                    self.report.count(class).already_there += 1;
                    self.report.already_there += 1;
                }
            }
        }
        Ok(())
    }
}

/// Reads one picture file; an error is the dataset's, a bad picture is not.
fn read_file(job: &Job, known: &Known, staging: &Staging) -> Result<Read> {
    let bytes = match std::fs::read(&job.path) {
        Ok(bytes) => bytes,
        Err(e) => return Ok(Read::Bad(SkipReason::unreadable(&e))),
    };
    let hash = picture::content_hash(&bytes);
    if let Some(id) = known.sample(&job.meta.class, &hash) {
        return Ok(Read::Known(id, job.meta.clone()));
    }
    let image = match kihap_vision::picture::decode(&bytes) {
        Ok(image) => image,
        Err(e) => return Ok(Read::Bad(e.into())),
    };
    let facts = picture::facts(&bytes, hash, &image);
    match known.in_place(&job.path, &job.meta.class) {
        None => Prepared::picture(&bytes, &facts, job.meta.clone(), staging).map(Read::Ready),
        Some(file) if known.files.contains(&file) => Ok(Read::Bad(SkipReason::Changed)),
        Some(file) => Ok(Read::Ready(Prepared::in_place(file, &facts, job.meta.clone()))),
    }
}

fn read_frame(job: &Job, frame: &Frame, known: &Known, staging: &Staging) -> Result<Read> {
    let stem = job.meta.name.as_deref().unwrap_or("video");
    let meta = SampleMeta {
        frame: Some(frame.index),
        time_seconds: Some(frame.time_seconds),
        name: Some(format!("{stem}-{:06}", frame.index)),
        ..job.meta.clone()
    };
    let mut bytes = Vec::new();
    if let Err(e) = JpegEncoder::new_with_quality(&mut bytes, FRAME_QUALITY).encode_image(&frame.image) {
        return Ok(Read::Bad(SkipReason::Video { problem: format!("frame {} cannot be stored: {e}", frame.index) }));
    }
    let hash = picture::content_hash(&bytes);
    if let Some(id) = known.sample(&meta.class, &hash) {
        return Ok(Read::Known(id, meta));
    }
    let facts = picture::facts(&bytes, hash, &frame.image);
    Prepared::picture(&bytes, &facts, meta, staging).map(Read::Ready)
}
