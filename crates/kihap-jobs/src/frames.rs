//! A performance as frames with skeletons: from a video, pictures, or the landmarks that `kihap skeleton --json` wrote.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use kihap_vision::blazepose::{BlazePose, Complexity};
use kihap_vision::picture::is_picture;
use kihap_vision::video::{FrameRate, VideoFrames, is_video};
use kihap_vision::{Landmark, Pose, PoseEstimator, Skeleton, picture};
use serde::Deserialize;

use crate::error::{JobError, Result};
use crate::files::files_of;

/// Frames a second that are assumed where landmarks come without times.
const ASSUMED_RATE: f64 = 30.0;
/// Trunk length in metres that is assumed where landmarks come without world coordinates.
const ASSUMED_TRUNK: f32 = 0.5;

/// A frame and who is in it.
#[derive(Debug, Clone)]
pub struct SeenFrame {
    /// The picture, video or file of landmarks.
    pub source: String,
    /// The frame in it, from 0.
    pub frame: u32,
    /// Seconds from its beginning.
    pub seconds: f64,
    /// The person; `None` where nobody was found.
    pub pose: Option<Pose>,
}

/// Looks at pictures, videos and files of landmarks in turn. A person is followed along a video; pictures are looked at one by
/// one. `tell` gets each file before it is looked at.
///
/// # Errors
/// A source that cannot be read, a network that is missing, or that the job was stopped.
pub fn see(
    sources: &[PathBuf],
    rate: FrameRate,
    tell: &mut dyn FnMut(&Path),
    cancel: &AtomicBool,
) -> Result<Vec<SeenFrame>> {
    let mut frames = Vec::new();
    let mut still: Option<BlazePose> = None;
    for file in files_of(sources) {
        let path =
            file.map_err(|problem| JobError::Source { path: problem.source.into(), reason: problem.reason })?.path;
        tell(&path);
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            frames.extend(read_landmarks(&path)?);
            continue;
        }
        let unreadable = |reason: String| JobError::Source { path: path.clone(), reason };
        let source = path.display().to_string();
        if is_video(&path) {
            let mut follower = BlazePose::open(Complexity::Full, 1)?.into_tracker();
            for frame in VideoFrames::open(&path, rate).map_err(|e| unreadable(e.to_string()))? {
                if cancel.load(Ordering::Relaxed) {
                    return Err(JobError::StoppedPredicting);
                }
                let frame = frame.map_err(|e| unreadable(e.to_string()))?;
                let pose = follower.next(&frame.image, frame.time_seconds)?;
                frames.push(SeenFrame {
                    source: source.clone(),
                    frame: frame.index,
                    seconds: frame.time_seconds,
                    pose,
                });
            }
        } else if is_picture(&path) {
            if cancel.load(Ordering::Relaxed) {
                return Err(JobError::StoppedPredicting);
            }
            let image = picture::read(&path).map_err(|e| unreadable(e.to_string()))?;
            let estimator = match &mut still {
                Some(estimator) => estimator,
                None => still.insert(BlazePose::open(Complexity::Full, 1)?),
            };
            let pose = estimator.estimate(&image)?.into_iter().next();
            frames.push(SeenFrame { source, frame: 0, seconds: 0.0, pose });
        } else {
            return Err(unreadable("it is no picture, no video and no .json of landmarks".into()));
        }
    }
    Ok(frames)
}

#[derive(Deserialize)]
struct Document {
    poses: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    source: Option<String>,
    frame: u32,
    #[serde(default)]
    seconds: Option<f64>,
    width: u32,
    height: u32,
    #[serde(default)]
    score: f32,
    landmarks: Vec<Point>,
}

#[derive(Deserialize)]
struct Point {
    name: String,
    x: f32,
    y: f32,
    #[serde(default)]
    z: f32,
    visibility: f32,
    #[serde(default)]
    world: Option<[f32; 3]>,
}

/// Reads what `kihap skeleton --json` wrote; the first person of each frame.
///
/// # Errors
/// A file that cannot be read or is of another shape, and skeletons of other joints than BlazePose's 33.
pub fn read_landmarks(path: &Path) -> Result<Vec<SeenFrame>> {
    let bad = |reason: String| JobError::Source { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
    let document: Document = serde_json::from_str(&text)
        .map_err(|e| bad(format!("it is not what `kihap skeleton --json` writes ({e}); make it anew")))?;
    let mut frames: Vec<SeenFrame> = Vec::with_capacity(document.poses.len());
    for row in document.poses {
        let source = row.source.clone().unwrap_or_else(|| path.display().to_string());
        // A second person of the same frame.
        if frames.last().is_some_and(|last| last.frame == row.frame && last.source == source) {
            continue;
        }
        let seconds = row.seconds.unwrap_or(f64::from(row.frame) / ASSUMED_RATE);
        let frame = row.frame;
        let pose = pose_of(row).map_err(&bad)?;
        frames.push(SeenFrame { source, frame, seconds, pose });
    }
    Ok(frames)
}

fn pose_of(row: Row) -> std::result::Result<Option<Pose>, String> {
    if row.landmarks.is_empty() {
        return Ok(None);
    }
    let skeleton = Skeleton::Blazepose33;
    let points: Vec<&Point> = skeleton
        .names()
        .iter()
        .map(|name| row.landmarks.iter().find(|point| point.name == *name))
        .collect::<Option<_>>()
        .ok_or("it lacks some of BlazePose's 33 joints; make it with --estimator blazepose-full")?;
    let landmark = |p: &&Point| Landmark { x: p.x, y: p.y, z: p.z, visibility: p.visibility, presence: p.visibility };
    let landmarks: Vec<Landmark> = points.iter().map(landmark).collect();
    let world = match points.iter().map(|p| p.world).collect::<Option<Vec<_>>>() {
        Some(world) => world,
        None => world_of(&landmarks),
    };
    Ok(Some(Pose { skeleton, width: row.width, height: row.height, score: row.score, landmarks, world }))
}

/// World coordinates from those in the picture, for a trunk of common length.
fn world_of(landmarks: &[Landmark]) -> Vec<[f32; 3]> {
    let middle = |a: usize, b: usize| {
        let (a, b) = (landmarks[a], landmarks[b]);
        [(a.x + b.x) * 0.5, (a.y + b.y) * 0.5, (a.z + b.z) * 0.5]
    };
    let (shoulders, hips) = (middle(11, 12), middle(23, 24));
    let trunk = shoulders.iter().zip(hips).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt().max(1e-3);
    let scale = ASSUMED_TRUNK / trunk;
    landmarks.iter().map(|l| [(l.x - hips[0]) * scale, (l.y - hips[1]) * scale, (l.z - hips[2]) * scale]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landmarks_without_world_or_times_are_brought_to_metres_and_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("poses.json");
        let names = Skeleton::Blazepose33.names();
        let landmarks: Vec<serde_json::Value> = names
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let y = if (11..=12).contains(&i) { 100.0 } else { 300.0 };
                serde_json::json!({ "name": name, "x": 50.0, "y": y, "z": 0.0, "visibility": 0.9 })
            })
            .collect();
        let rows: Vec<serde_json::Value> = [(0, landmarks), (15, Vec::new())]
            .into_iter()
            .map(|(frame, landmarks)| {
                serde_json::json!({ "source": "a.mp4", "frame": frame, "width": 100, "height": 400, "landmarks": landmarks })
            })
            .collect();
        std::fs::write(&path, serde_json::json!({ "poses": rows }).to_string()).unwrap();
        let frames = read_landmarks(&path).unwrap();
        assert_eq!(frames.len(), 2);
        let pose = frames[0].pose.as_ref().unwrap();
        assert!((pose.world[11][1] + ASSUMED_TRUNK).abs() < 1e-5 && pose.world[23][1].abs() < 1e-5);
        assert!(frames[1].pose.is_none());
        assert!((frames[1].seconds - 0.5).abs() < 1e-9);

        std::fs::write(&path, "{\"poses\": [{\"frame\": 0}]}").unwrap();
        assert!(read_landmarks(&path).unwrap_err().to_string().contains("kihap skeleton --json"));
    }
}
