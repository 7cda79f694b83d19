//! Skeletons a second, side by side with PyPI's mediapipe on the same decoded frames.
//!
//! `cargo bench -p kihap-vision --bench pose_speed -- VIDEO [PYTHON]`: VIDEO is decoded once, at most 150 frames; PYTHON
//! is an interpreter that has `tools/requirements.txt`. Rounds of both take turns; the ratio is theirs over ours.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use image::RgbImage;
use kihap_vision::PoseEstimator;
use kihap_vision::blazepose::{BlazePose, Complexity};
use kihap_vision::video::{Frame, FrameRate, VideoFrames};

const FRAMES: usize = 150;
const ROUNDS: usize = 3;

type AnyError = Box<dyn std::error::Error>;

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(video) = arguments.first() else {
        println!("skipped: give a video (and a Python with mediapipe): cargo bench --bench pose_speed -- VIDEO PYTHON");
        return Ok(());
    };
    let frames: Vec<Frame> =
        VideoFrames::open(Path::new(video), FrameRate::Every(1))?.take(FRAMES).collect::<Result<_, _>>()?;
    let (width, height) = frames[0].image.dimensions();
    let raw = std::env::temp_dir().join(format!("kihap-frames-{}.rgb", std::process::id()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&raw)?);
    for frame in &frames {
        file.write_all(frame.image.as_raw())?;
    }
    file.flush()?;
    println!("{} frames of {width}×{height}, {} threads", frames.len(), kihap_vision::runtime::threads());
    for mode in ["static", "video"] {
        for round in 1..=ROUNDS {
            let ours = if mode == "static" { single_pictures(&frames)? } else { tracked(&frames)? };
            let mut line = format!("{mode} {round}: Kihap median {:.1} ms, mean {:.1} ms", ours.0, ours.1);
            if let Some(python) = arguments.get(1) {
                let theirs = mediapipe(python, &raw, width, height, mode)?;
                line += &format!(
                    "; mediapipe median {:.1} ms, mean {:.1} ms; ratio of medians {:.2}, of means {:.2}",
                    theirs.0,
                    theirs.1,
                    theirs.0 / ours.0,
                    theirs.1 / ours.1
                );
            }
            println!("{line}");
        }
    }
    std::fs::remove_file(&raw)?;
    Ok(())
}

fn median_and_mean(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times.iter().sum::<f64>() / times.len() as f64)
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let value = run();
    (value, start.elapsed().as_secs_f64() * 1000.0)
}

fn single_pictures(frames: &[Frame]) -> Result<(f64, f64), AnyError> {
    let mut estimator = BlazePose::open(Complexity::Full, 1)?;
    let look = |picture: &RgbImage, estimator: &mut BlazePose| timed(|| estimator.estimate(picture));
    look(&frames[0].image, &mut estimator).0?;
    let mut times = Vec::new();
    for frame in frames {
        let (found, time) = look(&frame.image, &mut estimator);
        found?;
        times.push(time);
    }
    Ok(median_and_mean(times))
}

fn tracked(frames: &[Frame]) -> Result<(f64, f64), AnyError> {
    let mut tracker = BlazePose::open(Complexity::Full, 1)?.into_tracker();
    tracker.next(&frames[0].image, -1.0)?;
    let mut times = Vec::new();
    for frame in frames {
        let (found, time) = timed(|| tracker.next(&frame.image, frame.time_seconds));
        found?;
        times.push(time);
    }
    Ok(median_and_mean(times))
}

fn mediapipe(python: &str, raw: &Path, width: u32, height: u32, mode: &str) -> Result<(f64, f64), AnyError> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/peer_speed.py");
    let output = Command::new(python)
        .arg(script)
        .arg("--frames")
        .arg(raw)
        .args(["--width", &width.to_string(), "--height", &height.to_string(), "--mode", mode])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let json: serde_json::Value = serde_json::from_str(text.trim())
        .map_err(|e| format!("peer_speed.py: {e}: {text}{}", String::from_utf8_lossy(&output.stderr)))?;
    let number = |key: &str| json[key].as_f64().ok_or(format!("no {key} in {text}"));
    Ok((number("ms_median")?, number("ms_mean")?))
}
