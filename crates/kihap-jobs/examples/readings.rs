//! What the built-in networks read off the frames of a recording, for looking into: `cargo run --release -p kihap-jobs --example
//! readings -- LANDMARKS.json OUT.json`.

use std::path::Path;

use kihap_jobs::builtin::Reader;
use kihap_jobs::{joined, read_landmarks};
use kihap_syllabus::Syllabus;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [landmarks, out] = &arguments[..] else { return Err("LANDMARKS.json OUT.json".into()) };
    let syllabus = Syllabus::embedded()?;
    let frames = joined(read_landmarks(Path::new(landmarks))?);
    let readings = Reader::open(&syllabus)?.read(&frames)?;
    std::fs::write(out, serde_json::to_vec(&readings)?)?;
    Ok(())
}
