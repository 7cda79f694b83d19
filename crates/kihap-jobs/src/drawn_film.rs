//! Performances that are drawn, as the real estimator sees them: fewer than those with modelled errors, for each takes seconds.
//!
//! A file a film: for each frame a record of little-endian f32: whether somebody was found (1 or 0), and the skeleton (`pose_record`).

use std::ops::Range;
use std::path::Path;

use kihap_coach::degrade::ErrorModel;
use kihap_coach::performance::{Film, FilmFrame, Performance, Shoot, film};
use kihap_vision::blazepose::{BlazePose, Complexity};

use crate::error::{JobError, Result};
use crate::pose_record::{NUMBERS, numbers_of, pose_of};
use crate::synth::drawn_frame;

const RECORD: usize = 1 + NUMBERS;
/// Longest edge of a drawn frame, pixels: the estimator looks at the person in 256×256 anyway.
const EDGE: u32 = 400;
/// No more frames a second are drawn.
const RATE: f32 = 12.0;

/// The film of a performance as BlazePose full follows it, drawn smaller and at no more than 12 frames a second, and the same frames
/// without errors. It is read from `path` where that holds it already; else it is drawn, which takes some 20 s, and written there.
///
/// # Errors
/// A file that cannot be written or read, or that is another film's; a network that fails.
pub fn drawn_film(path: &Path, performance: &Performance, shoot: &Shoot, seed: u64) -> Result<(Film, Film)> {
    drawn_part(path, performance, shoot, &(0.0..f64::INFINITY), seed)
}

/// Like [`drawn_film`], but of what happens between two times, in seconds, alone.
///
/// # Errors
/// As those of [`drawn_film`].
pub(crate) fn drawn_part(
    path: &Path,
    performance: &Performance,
    shoot: &Shoot,
    part: &Range<f64>,
    seed: u64,
) -> Result<(Film, Film)> {
    let failed = |e: std::io::Error| JobError::Source { path: path.to_owned(), reason: e.to_string() };
    let mut truth = film(performance, &as_drawn(shoot), &ErrorModel::none(), seed);
    truth.frames.retain(|frame| part.contains(&frame.seconds));
    if !path.is_file() {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        // Under another name first, so that a film that was cut off is drawn again.
        let part = path.with_extension("part");
        std::fs::write(&part, draw(performance, &truth, seed)?)
            .and_then(|()| std::fs::rename(&part, path))
            .map_err(failed)?;
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    if bytes.len() != truth.frames.len() * RECORD * 4 {
        return Err(JobError::Source { path: path.to_owned(), reason: "it shows another film; delete it".into() });
    }
    let numbers: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
    let mut seen = truth.clone();
    for (frame, record) in seen.frames.iter_mut().zip(numbers.chunks_exact(RECORD)) {
        let (found, pose) = (record[0] > 0.5, &record[1..]);
        frame.pose = pose_of(pose, [truth.camera.width, truth.camera.height]).filter(|_| found);
    }
    Ok((seen, truth))
}

/// The shoot of a drawn film: no picture longer than 400 pixels, and no more than 12 a second.
pub fn as_drawn(shoot: &Shoot) -> Shoot {
    let long = shoot.width.max(shoot.height);
    let scaled = |edge: u32| if long > EDGE { edge * EDGE / long } else { edge };
    Shoot {
        width: scaled(shoot.width),
        height: scaled(shoot.height),
        frames_per_second: shoot.frames_per_second.min(RATE),
        ..*shoot
    }
}

fn draw(performance: &Performance, truth: &Film, seed: u64) -> Result<Vec<u8>> {
    let mut tracker = BlazePose::open(Complexity::Full, 1)?.into_tracker();
    let mut bytes = Vec::with_capacity(truth.frames.len() * RECORD * 4);
    for FilmFrame { seconds, .. } in &truth.frames {
        let pose = tracker.next(&drawn_frame(performance, &truth.camera, *seconds, seed), *seconds)?;
        let record = std::iter::once(f32::from(u8::from(pose.is_some()))).chain(numbers_of(pose.as_ref()));
        bytes.extend(record.flat_map(f32::to_le_bytes));
    }
    Ok(bytes)
}
