//! What following a form costs: milliseconds a frame live, and milliseconds to draw up the sheet.
//!
//! `cargo bench -p kihap-coach --bench track`

use std::time::Instant;

use kihap_coach::reading::{Reading, Vocabulary};
use kihap_coach::track::{Options, Tracker};
use kihap_syllabus::{Form, Syllabus};
use kihap_vision::{Landmark, Pose, Skeleton};

/// Frames a second.
const RATE: f64 = 30.0;
/// Frames that a technique is held, and that lead to it.
const HELD: usize = 18;
const MOVED: usize = 12;

/// A body whose limbs stand `place` trunk lengths from where they were.
fn body(place: f32) -> Pose {
    let trunk = 200.0;
    let mut landmarks = vec![Landmark { visibility: 1.0, presence: 1.0, ..Landmark::default() }; 33];
    for (index, name) in Skeleton::Blazepose33.names().iter().enumerate() {
        let up = if name.contains("shoulder") { trunk } else { 0.0 };
        let out = if name.contains("hip") || name.contains("shoulder") { 0.0 } else { place * trunk };
        (landmarks[index].x, landmarks[index].y) = (640.0 + out, 360.0 - up);
    }
    Pose { skeleton: Skeleton::Blazepose33, width: 1280, height: 720, score: 1.0, landmarks, world: Vec::new() }
}

fn performance(form: &Form, vocabulary: &Vocabulary) -> Vec<Reading> {
    let ready = vocabulary.technique(&form.head.ready, None);
    let steps = form.steps.iter().flat_map(|step| {
        step.technique.iter().map(|done| {
            let stance = vocabulary.stance(&step.stance, step.lead_leg.side());
            (vocabulary.technique(&done.id, done.side.one()), stance, step.facing.degrees() as f32)
        })
    });
    let mut readings = Vec::new();
    for (number, (technique, stance, heading)) in std::iter::once((ready, None, 0.0)).chain(steps).enumerate() {
        for frame in 0..MOVED + HELD {
            let held = frame >= MOVED;
            let (count, stances) = (vocabulary.techniques.len(), vocabulary.stances.len());
            let mut reading = Reading {
                frame: readings.len(),
                seconds: readings.len() as f64 / RATE,
                pose: Some(body(number as f32 + if held { 1.0 } else { frame as f32 / MOVED as f32 })),
                techniques: vec![0.2 / count as f32; count],
                stances: vec![0.2 / stances as f32; stances],
                heading_deg: Some(heading),
            };
            let label = technique.filter(|_| held).unwrap_or(count - 1);
            reading.techniques[label] += 0.8;
            reading.stances[stance.filter(|_| held).unwrap_or(stances - 1)] += 0.8;
            readings.push(reading);
        }
    }
    readings
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let syllabus = Syllabus::embedded()?;
    let vocabulary = Vocabulary::of(&syllabus);
    println!("{:<12} {:>7} {:>12} {:>12} {:>10}", "form", "frames", "ms a frame", "sheet, ms", "found");
    for form in syllabus.forms() {
        let readings = performance(form, &vocabulary);
        let mut tracker = Tracker::new(&syllabus, form, None, Options::default())?;
        let begin = Instant::now();
        for reading in &readings {
            std::hint::black_box(tracker.push(reading));
        }
        let each = begin.elapsed().as_secs_f64() * 1e3 / readings.len() as f64;
        let begin = Instant::now();
        let sheet = tracker.finish();
        let last = begin.elapsed().as_secs_f64() * 1e3;
        let found = format!("{}/{}", sheet.found(), sheet.steps.len());
        println!("{:<12} {:>7} {each:>12.4} {last:>12.1} {found:>10}", form.head.id, readings.len());
    }
    Ok(())
}
