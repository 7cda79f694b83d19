//! `kihap skeleton`

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use image::RgbImage;
use kihap_jobs::{SourceFile, files_of};
use kihap_vision::blazepose::{BlazePose, PoseTracker};
use kihap_vision::draw::{DrawMode, draw};
use kihap_vision::estimators::EstimatorName;
use kihap_vision::picture;
use kihap_vision::video::{FrameRate, VideoFrames, is_video};
use kihap_vision::{Pose, PoseEstimator};
use serde_json::{Value, json};

use crate::context::{Context, frame_rate};

/// People whose joints are looked for in single pictures.
const MAX_PEOPLE: usize = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Over the picture.
    Overlay,
    /// Alone on black.
    Skeleton,
}

#[derive(Debug, Args)]
pub(crate) struct SkeletonArgs {
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// Folder for the drawings; without it (and with --json) only landmarks are printed.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
    #[arg(long, value_enum, default_value = "overlay")]
    pub(crate) mode: Mode,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
    /// Look at every video frame afresh instead of following the person and smoothing.
    #[arg(long)]
    pub(crate) no_tracking: bool,
}

pub(crate) fn run(args: &SkeletonArgs, context: &mut Context) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.out.is_some() || context.json(),
        "say where the drawings go with --out DIR, or ask for landmarks with --json"
    );
    let rate = frame_rate(args.fps)?;
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    }
    let mut estimator = args.estimator.open(MAX_PEOPLE)?;
    let (poses, drawn) = (Vec::new(), HashSet::new());
    let mut work = Work { args, context, rate, poses, drawn, pictures: 0, found: 0, skipped: 0 };
    work.context.start_bar("skeletons", 0);
    for file in files_of(&args.sources) {
        if work.context.stopped() {
            break;
        }
        let file = match file {
            Ok(file) => file,
            Err(problem) => {
                work.skip(Path::new(&problem.source), &problem.reason);
                continue;
            }
        };
        work.context.bar_message(format!("skeletons {}", file.path.display()));
        if is_video(&file.path) {
            work.video(&file, estimator.as_mut())?;
        } else {
            match picture::read(&file.path) {
                Ok(image) => {
                    let poses = estimator.estimate(&image)?;
                    work.keep(&file, None, &image, &poses)?;
                }
                Err(e) => work.skip(&file.path, &e.to_string()),
            }
        }
    }
    let stopped = work.context.stopped();
    anyhow::ensure!(
        stopped || work.pictures > 0,
        "there was no picture to look at; name pictures, videos or their folders"
    );
    let Work { poses, pictures, found, skipped, .. } = work;
    context.print(&json!({ "poses": poses }), || {
        let place = args.out.as_ref().map_or(String::new(), |o| format!(", drawn in {}", o.display()));
        format!("{pictures} pictures and frames, somebody found in {found}, {skipped} files skipped{place}")
    })?;
    anyhow::ensure!(!stopped, "stopped; the drawings so far are kept");
    Ok(())
}

struct Work<'a> {
    args: &'a SkeletonArgs,
    context: &'a mut Context,
    rate: FrameRate,
    poses: Vec<Value>,
    /// Drawings written by this run, which must not write over each other.
    drawn: HashSet<PathBuf>,
    pictures: usize,
    found: usize,
    skipped: usize,
}

impl Work<'_> {
    fn skip(&mut self, file: &Path, reason: &str) {
        self.skipped += 1;
        self.context.say(&format!("skipped {}: {reason}", file.display()));
    }

    fn video(&mut self, file: &SourceFile, estimator: &mut (dyn PoseEstimator + Send)) -> anyhow::Result<()> {
        // BlazePose follows a person along a video; the others look at every frame afresh.
        let mut tracker: Option<PoseTracker> = match self.args.estimator.blazepose() {
            Some(complexity) if !self.args.no_tracking => Some(BlazePose::open(complexity, 1)?.into_tracker()),
            _ => None,
        };
        let frames = match VideoFrames::open(&file.path, self.rate) {
            Ok(frames) => frames,
            Err(e) => {
                self.skip(&file.path, &e.to_string());
                return Ok(());
            }
        };
        for frame in frames {
            if self.context.stopped() {
                return Ok(());
            }
            match frame {
                Ok(frame) => {
                    let poses = match &mut tracker {
                        Some(tracker) => tracker.next(&frame.image, frame.time_seconds)?.into_iter().collect(),
                        None => estimator.estimate(&frame.image)?,
                    };
                    self.keep(file, Some((frame.index, frame.time_seconds)), &frame.image, &poses)?;
                }
                Err(e) => self.skip(&file.path, &e.to_string()),
            }
        }
        Ok(())
    }

    /// Keeps what was found in a picture, or in a frame of a video (its number and its time in seconds).
    fn keep(
        &mut self,
        file: &SourceFile,
        frame: Option<(u32, f64)>,
        image: &RgbImage,
        poses: &[Pose],
    ) -> anyhow::Result<()> {
        self.pictures += 1;
        self.found += usize::from(!poses.is_empty());
        if self.context.json() {
            let (width, height) = image.dimensions();
            let (number, seconds) = frame.unwrap_or((0, 0.0));
            let nobody = json!({
                "source": file.path, "frame": number, "seconds": seconds, "width": width, "height": height, "score": 0.0,
                "landmarks": [],
            });
            if poses.is_empty() {
                self.poses.push(nobody);
            }
            self.poses.extend(poses.iter().map(|p| pose_json(&file.path, number, seconds, p)));
        }
        if let Some(out) = &self.args.out {
            let mode = match self.args.mode {
                Mode::Overlay => DrawMode::Overlay,
                Mode::Skeleton => DrawMode::Skeleton,
            };
            let path = self.free(out, &file.inner, frame.map(|(number, _)| number));
            let folder = path.parent().unwrap_or(out);
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
            draw(image, poses, mode).save(&path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// Where the drawing goes: the file's place under its source folder, numbered where another drawing has the name.
    fn free(&mut self, out: &Path, inner: &Path, frame: Option<u32>) -> PathBuf {
        let stem = inner.file_stem().map_or_else(|| "picture".into(), |s| s.to_string_lossy().into_owned());
        let stem = frame.map_or(stem.clone(), |frame| format!("{stem}-{frame:05}"));
        let folder = out.join(inner.parent().unwrap_or(Path::new("")));
        let mut path = folder.join(format!("{stem}.png"));
        let mut number = 2;
        while !self.drawn.insert(path.clone()) {
            path = folder.join(format!("{stem}-{number}.png"));
            number += 1;
        }
        path
    }
}

fn pose_json(file: &Path, frame: u32, seconds: f64, pose: &Pose) -> Value {
    let landmarks: Vec<Value> = pose
        .skeleton
        .names()
        .iter()
        .zip(&pose.landmarks)
        .enumerate()
        .map(|(i, (name, l))| {
            let mut value = json!({ "name": name, "x": l.x, "y": l.y, "z": l.z, "visibility": l.visibility });
            if let Some(world) = pose.world.get(i) {
                value["world"] = json!(world);
            }
            value
        })
        .collect();
    json!({
        "source": file, "frame": frame, "seconds": seconds, "width": pose.width, "height": pose.height,
        "score": pose.score, "landmarks": landmarks,
    })
}
