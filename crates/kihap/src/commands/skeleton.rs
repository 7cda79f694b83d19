//! `kihap skeleton`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use image::RgbImage;
use kihap_vision::blazepose::{BlazePose, PoseTracker};
use kihap_vision::draw::{DrawMode, draw};
use kihap_vision::picture::{self, is_picture};
use kihap_vision::video::{FrameRate, VideoFrames, is_video};
use kihap_vision::{Pose, PoseEstimator};
use serde_json::{Value, json};
use walkdir::WalkDir;

use crate::cli::{Mode, SkeletonArgs};
use crate::context::Context;

/// People whose joints are looked for in single pictures.
const MAX_PEOPLE: usize = 1;

pub(crate) fn run(args: &SkeletonArgs, context: &mut Context) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.out.is_some() || context.json(),
        "say where the drawings go with --out DIR, or ask for landmarks with --json"
    );
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    }
    let mut estimator = args.estimator.open(MAX_PEOPLE)?;
    let mut work = Work { args, context, poses: Vec::new(), pictures: 0, found: 0, skipped: 0 };
    work.context.start_bar("skeletons", 0);
    for file in files(&args.sources) {
        if work.context.stopped() {
            break;
        }
        work.context.bar_message(format!("skeletons {}", file.display()));
        if is_video(&file) {
            work.video(&file, estimator.as_mut())?;
        } else {
            match picture::read(&file) {
                Ok(image) => {
                    let poses = estimator.estimate(&image)?;
                    work.keep(&file, 0, &image, &poses, false)?;
                }
                Err(e) => work.skip(&file, &e.to_string()),
            }
        }
    }
    let stopped = work.context.stopped();
    let Work { poses, pictures, found, skipped, .. } = work;
    context.print(&json!({ "poses": poses }), || {
        let place = args.out.as_ref().map_or(String::new(), |o| format!(", drawn in {}", o.display()));
        format!("{pictures} pictures and frames, somebody found in {found}, {skipped} files skipped{place}")
    })?;
    anyhow::ensure!(!stopped, "stopped; the drawings so far are kept");
    anyhow::ensure!(pictures > 0, "there was no picture to look at");
    Ok(())
}

struct Work<'a> {
    args: &'a SkeletonArgs,
    context: &'a mut Context,
    poses: Vec<Value>,
    pictures: usize,
    found: usize,
    skipped: usize,
}

impl Work<'_> {
    fn skip(&mut self, file: &Path, reason: &str) {
        self.skipped += 1;
        self.context.say(&format!("skipped {}: {reason}", file.display()));
    }

    fn video(&mut self, file: &Path, estimator: &mut (dyn PoseEstimator + Send)) -> anyhow::Result<()> {
        let rate = self.args.fps.map_or(FrameRate::Every(1), FrameRate::PerSecond);
        // BlazePose follows a person along a video; the others look at every frame afresh.
        let mut tracker: Option<PoseTracker> = match self.args.estimator.blazepose() {
            Some(complexity) if !self.args.no_tracking => Some(BlazePose::open(complexity, 1)?.into_tracker()),
            _ => None,
        };
        let frames = match VideoFrames::open(file, rate) {
            Ok(frames) => frames,
            Err(e) => {
                self.skip(file, &e.to_string());
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
                    self.keep(file, frame.index, &frame.image, &poses, true)?;
                }
                Err(e) => self.skip(file, &e.to_string()),
            }
        }
        Ok(())
    }

    fn keep(&mut self, file: &Path, frame: u32, image: &RgbImage, poses: &[Pose], video: bool) -> anyhow::Result<()> {
        self.pictures += 1;
        self.found += usize::from(!poses.is_empty());
        if self.context.json() {
            let (width, height) = image.dimensions();
            let nobody = json!({
                "source": file, "frame": frame, "width": width, "height": height, "score": 0.0, "landmarks": [],
            });
            if poses.is_empty() {
                self.poses.push(nobody);
            }
            self.poses.extend(poses.iter().map(|p| pose_json(file, frame, p)));
        }
        if let Some(out) = &self.args.out {
            let mode = match self.args.mode {
                Mode::Overlay => DrawMode::Overlay,
                Mode::Skeleton => DrawMode::Skeleton,
            };
            let stem = file.file_stem().map_or_else(|| "picture".into(), |s| s.to_string_lossy().into_owned());
            let name = if video { format!("{stem}-{frame:05}.png") } else { format!("{stem}.png") };
            let path = out.join(name);
            draw(image, poses, mode).save(&path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

fn pose_json(file: &Path, frame: u32, pose: &Pose) -> Value {
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
        "source": file, "frame": frame, "width": pose.width, "height": pose.height, "score": pose.score,
        "landmarks": landmarks,
    })
}

fn files(sources: &[PathBuf]) -> Vec<PathBuf> {
    let inside = |dir: &PathBuf| {
        let walk = WalkDir::new(dir).sort_by_file_name().into_iter().flatten().map(|e| e.into_path());
        walk.filter(|p| p.is_file() && (is_picture(p) || is_video(p))).collect::<Vec<_>>()
    };
    sources.iter().flat_map(|s| if s.is_dir() { inside(s) } else { vec![s.clone()] }).collect()
}
