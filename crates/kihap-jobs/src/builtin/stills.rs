//! The synthetic stills that built-in models learn from, as a real estimator sees them.
//!
//! Two files: `stills.jsonl`, a line a still with what it shows; and `stills.bin`, for each a record of little-endian f32: whether
//! somebody was found (1 or 0), the 33 true world coordinates (x, y, z; metres), the 33 estimated ones, and the 33 landmarks (x, y
//! in pixels, visibility, presence).

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use kihap_coach::synth::{Plan, Shown, StillMaker};
use kihap_syllabus::Syllabus;
use kihap_vision::{Pose, PoseEstimator};
use rayon::prelude::*;

use crate::error::{JobError, Result};
use crate::pose_record::{JOINTS, NUMBERS, numbers_of, pose_of};

const RECORD: usize = 1 + JOINTS * 3 + NUMBERS;
/// Stills drawn at once.
const BATCH: usize = 64;
/// Stills that share a body; `StillMaker` gives one to sixteen neighbouring seeds.
const OF_A_BODY: u64 = 16;

/// A still as the estimator sees it.
#[derive(Debug, Clone)]
pub struct SeenStill {
    /// What it shows.
    pub shown: Shown,
    /// Which body it hangs on.
    pub body: u64,
    /// What the estimator makes of it; `None` where nobody was found.
    pub pose: Option<Pose>,
    /// Where the 33 joints really are, world coordinates in metres; none in an empty room.
    pub truth: Vec<[f32; 3]>,
}

/// Draws the stills of a plan that the folder does not hold yet and lets the estimator look at them. `tell` gets the stills done
/// and those planned.
///
/// # Errors
/// A folder that cannot be written, a network that fails, or that the job was stopped.
pub fn draw_stills(
    folder: &Path,
    syllabus: &Syllabus,
    plan: &Plan,
    first_seed: u64,
    estimator: &mut dyn PoseEstimator,
    tell: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<()> {
    let failed = |e: std::io::Error| JobError::Source { path: folder.to_owned(), reason: e.to_string() };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let done = whole_stills(folder).map_err(failed)?;
    let open = |name: &str, length: u64| -> std::io::Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(name))?;
        // A record that was cut off by a crash is written again.
        file.set_len(length)?;
        let mut file = file;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0))?;
        Ok(file)
    };
    let mut numbers = BufWriter::new(open("stills.bin", (done.count * RECORD * 4) as u64).map_err(failed)?);
    let mut lines = BufWriter::new(open("stills.jsonl", done.line_bytes).map_err(failed)?);
    let maker = StillMaker::new(syllabus);
    let shots = plan.shots(syllabus, first_seed);
    for (batch, some) in shots.get(done.count..).unwrap_or_default().chunks(BATCH).enumerate() {
        let drawn: Vec<_> = some.par_iter().map(|(shot, seed)| maker.draw(shot, *seed)).collect();
        for (picture, still) in drawn {
            let pose = estimator.estimate(&picture)?.into_iter().next();
            let record = record_of(still.truth.as_ref(), pose.as_ref());
            let bytes: Vec<u8> = record.iter().flat_map(|value| value.to_le_bytes()).collect();
            numbers.write_all(&bytes).map_err(failed)?;
            let line = serde_json::to_string(&still.shown).map_err(|e| failed(e.into()))?;
            writeln!(lines, "{line}").map_err(failed)?;
        }
        numbers.flush().and_then(|()| lines.flush()).map_err(failed)?;
        let so_far = done.count + (batch + 1) * BATCH;
        if tell(so_far.min(shots.len()), shots.len()).is_break() {
            return Err(JobError::Stopped);
        }
    }
    Ok(())
}

struct Whole {
    count: usize,
    line_bytes: u64,
}

/// How many stills both files hold completely.
fn whole_stills(folder: &Path) -> std::io::Result<Whole> {
    let records = match std::fs::metadata(folder.join("stills.bin")) {
        Ok(found) => found.len() as usize / (RECORD * 4),
        Err(_) => 0,
    };
    let text = std::fs::read_to_string(folder.join("stills.jsonl")).unwrap_or_default();
    let lines: Vec<&str> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).take(records).collect();
    Ok(Whole { count: lines.len(), line_bytes: lines.iter().map(|line| line.len() as u64).sum() })
}

fn record_of(truth: Option<&Pose>, pose: Option<&Pose>) -> Vec<f32> {
    let mut record = Vec::with_capacity(RECORD);
    record.push(if pose.is_some() { 1.0 } else { 0.0 });
    record.extend(truth.map_or(vec![0.0; JOINTS * 3], |p| p.world.concat()));
    record.extend(numbers_of(pose));
    record
}

/// Reads the stills of a folder back.
///
/// # Errors
/// Files that are not there or damaged.
pub fn read_stills(folder: &Path, first_seed: u64) -> Result<Vec<SeenStill>> {
    let bad = |reason: String| JobError::Source { path: folder.to_owned(), reason };
    let open = |name: &str| File::open(folder.join(name)).map_err(|e| bad(format!("{name}: {e}")));
    let lines = BufReader::new(open("stills.jsonl")?).lines();
    let mut numbers = BufReader::new(open("stills.bin")?);
    let mut bytes = vec![0; RECORD * 4];
    let mut stills = Vec::new();
    for (index, line) in lines.enumerate() {
        let line = line.map_err(|e| bad(e.to_string()))?;
        let shown: Shown =
            serde_json::from_str(&line).map_err(|e| bad(format!("stills.jsonl, line {}: {e}", index + 1)))?;
        numbers
            .read_exact(&mut bytes)
            .map_err(|e| bad(format!("stills.bin: {e}; remove both files and draw them again")))?;
        let record: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        let body = (first_seed + index as u64) / OF_A_BODY;
        let (found, (truth, pose)) = (record[0] > 0.5, record[1..].split_at(JOINTS * 3));
        let pose = pose_of(pose, [0, 0]).filter(|_| found);
        let truth = if shown.empty { Vec::new() } else { truth.as_chunks::<3>().0.to_vec() };
        stills.push(SeenStill { shown, body, pose, truth });
    }
    Ok(stills)
}
