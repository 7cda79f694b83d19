//! What happens to a frame: it is decoded, its person found, and the mode makes something of both.

use std::time::Instant;

use image::RgbImage;
use kihap_vision::blazepose::{BlazePose, Complexity, PoseTracker};
use kihap_vision::{Pose, picture};
use serde_json::{Value, json};

use super::frame::Incoming;
use crate::error::Result;

/// A frame with the person in it.
#[derive(Debug)]
pub(crate) struct SeenLive<'a> {
    /// The frame's number.
    pub(crate) number: u32,
    /// Seconds since the first frame, by the page's clock.
    pub(crate) seconds: f64,
    /// The JPEG as it came.
    pub(crate) jpeg: &'a [u8],
    /// The picture.
    pub(crate) picture: &'a RgbImage,
    /// The person; `None` where nobody was found.
    pub(crate) pose: Option<&'a Pose>,
}

/// What the studio does with the camera: watch, record, recognise, practise.
pub(crate) trait Mode: Send {
    /// What to tell the page about a frame, besides its landmarks.
    fn frame(&mut self, seen: &SeenLive<'_>) -> Result<Value>;

    /// The answer to a command of the page.
    fn command(&mut self, command: &Value) -> Result<Value>;

    /// The page has gone: keep what must be kept.
    fn end(&mut self) {}
}

/// One page's camera.
pub(crate) struct Session {
    eyes: PoseTracker,
    mode: Box<dyn Mode>,
    first_clock_ms: Option<f64>,
    last_seconds: f64,
}

impl Session {
    /// With the mode that the page asked for.
    pub(crate) fn new(mode: Box<dyn Mode>) -> Result<Session> {
        let eyes = BlazePose::open_on_one_thread(Complexity::Full, 1)?.into_tracker();
        Ok(Session { eyes, mode, first_clock_ms: None, last_seconds: 0.0 })
    }

    /// Works on a frame. `skipped` frames were replaced by it.
    pub(crate) fn frame(&mut self, frame: &Incoming, skipped: u32) -> Result<Value> {
        let start = Instant::now();
        let picture = match picture::decode(frame.jpeg()) {
            Ok(picture) => picture,
            Err(error) => {
                return Ok(
                    json!({ "frame": frame.number, "error": { "code": "picture", "message": error.to_string() } }),
                );
            }
        };
        let first = *self.first_clock_ms.get_or_insert(frame.clock_ms);
        // A page's clock that stands still or runs back must not confuse what follows movements.
        let seconds = ((frame.clock_ms - first) / 1000.0).max(self.last_seconds);
        self.last_seconds = seconds;
        let pose = self.eyes.next(&picture, seconds)?;
        let seen =
            SeenLive { number: frame.number, seconds, jpeg: frame.jpeg(), picture: &picture, pose: pose.as_ref() };
        let result = self.mode.frame(&seen)?;
        Ok(json!({
            "frame": frame.number,
            "clock_ms": frame.clock_ms,
            "seconds": seconds,
            "width": picture.width(),
            "height": picture.height(),
            "pose": pose.as_ref().map(landmarks),
            "skipped": skipped,
            "work_ms": start.elapsed().as_secs_f64() * 1000.0,
            "result": result,
        }))
    }

    /// Answers a command.
    pub(crate) fn command(&mut self, command: &Value) -> Value {
        match self.mode.command(command) {
            Ok(answer) => json!({ "reply": command["command"], "result": answer }),
            Err(error) => json!({ "reply": command["command"], "error": error.told() }),
        }
    }

    /// The page has gone.
    pub(crate) fn end(&mut self) {
        self.mode.end();
    }
}

/// Score, and per joint x, y in pixels with one decimal and the visibility with two.
fn landmarks(pose: &Pose) -> Value {
    let short = |value: f32, places: f32| f64::from((value * places).round()) / f64::from(places);
    let points = pose.landmarks.iter().map(|p| [short(p.x, 10.0), short(p.y, 10.0), short(p.visibility, 100.0)]);
    json!({ "score": short(pose.score, 100.0), "points": points.collect::<Vec<_>>() })
}
