//! How well synthetic performances are followed: steps found form by form, and faults noticed kind by kind. Bodies, cameras and noise
//! are unseen by the networks (their seeds are others). `cargo run --release -p kihap-jobs --example tracking_figures -- SEEDS`.

use std::collections::BTreeMap;

use kihap_coach::degrade::ErrorModel;
use kihap_coach::performance::{Fault, FaultKind, Film, Idle, Manner, Performance, Shoot, film};
use kihap_coach::track::{ExtraKind, Options, Reason, Sheet};
use kihap_jobs::builtin::{Course, recognise};
use kihap_jobs::{SeenFrame, track};
use kihap_syllabus::{Form, Syllabus};
use rayon::prelude::*;

/// A step counts as found in its place where the times overlap by at least this much, seconds.
const OVERLAP: f64 = 0.1;

struct Case {
    performance: Performance,
    sheet: Sheet,
}

fn followed(syllabus: &Syllabus, form: &Form, faults: Vec<Fault>, seed: u64) -> Case {
    let manner = Manner::of(900_000 + seed, seed).with(faults);
    let performance = Performance::of_form(syllabus, form, None, &manner).unwrap();
    // Half of the cameras stand in front, as a learner puts them; the others anywhere.
    let shoot = Shoot::of(seed);
    let shoot = if seed.is_multiple_of(2) { shoot.from_azimuth((seed % 7) as f32 * 10.0 - 30.0) } else { shoot };
    let Film { frames, .. } = film(&performance, &shoot, &ErrorModel::measured().unwrap(), seed);
    let frames: Vec<SeenFrame> = frames
        .into_iter()
        .enumerate()
        .map(|(i, f)| SeenFrame { source: String::new(), frame: i as u32, seconds: f.seconds, pose: f.pose })
        .collect();
    let sheet = track(syllabus, form, None, Options::default(), &frames).unwrap().sheet;
    Case { performance, sheet }
}

/// Steps performed, those found in their place, and steps found that were not performed there.
fn steps(case: &Case) -> (usize, usize, usize) {
    let performed = case.performance.steps();
    let overlaps = |number: u32, start: f64, end: f64| {
        performed.iter().any(|s| s.step == Some(number) && start < s.end - OVERLAP && end > s.start + OVERLAP)
    };
    let found: Vec<bool> = case
        .sheet
        .steps
        .iter()
        .filter(|step| step.found)
        .map(|step| step.start.zip(step.end).is_some_and(|(start, end)| overlaps(step.number, start, end)))
        .collect();
    let right = found.iter().filter(|right| **right).count();
    (case.sheet.steps.len(), right, found.len() - right)
}

/// Whether the sheet names the fault.
fn noticed(sheet: &Sheet, fault: &Fault) -> bool {
    let step = fault.step();
    let missing = |number: Option<u32>| sheet.steps.iter().any(|s| Some(s.number) == number && !s.found);
    let reason = |wanted: &dyn Fn(&Reason) -> bool| {
        sheet.deductions.iter().any(|d| (step.is_none() || d.step == step) && wanted(&d.reason))
    };
    match fault.kind() {
        FaultKind::Skipped => missing(step),
        FaultKind::Repeated => sheet.extra.iter().any(|e| e.kind == ExtraKind::Repeated),
        FaultKind::Swapped => !sheet.swapped.is_empty() || sheet.extra.iter().any(|e| e.kind == ExtraKind::Misplaced),
        FaultKind::WrongTechnique | FaultKind::WrongSide => {
            reason(&|r| matches!(r, Reason::WrongTechnique { .. } | Reason::MissingStep)) || missing(step)
        }
        FaultKind::Added => sheet.extra.iter().any(|e| e.kind == ExtraKind::Added),
        FaultKind::WrongStance => reason(&|r| matches!(r, Reason::WrongStance { .. })),
        FaultKind::Posture => reason(&|r| matches!(r, Reason::Posture)),
        FaultKind::Mirrored => sheet.mirrored,
        FaultKind::Tempo => sheet.found() * 10 >= sheet.steps.len() * 9,
    }
}

/// Names of what is on a sheet, kind by kind, for false alarms where nothing was done wrong.
fn alarms(sheet: &Sheet) -> Vec<&'static str> {
    let mut names = Vec::new();
    names.extend(sheet.steps.iter().filter(|s| !s.found).map(|_| "missing step"));
    names.extend(sheet.extra.iter().map(|e| match e.kind {
        ExtraKind::Added => "added",
        ExtraKind::Repeated => "repeated",
        ExtraKind::Wrong => "wrong technique",
        ExtraKind::Misplaced => "misplaced",
        ExtraKind::Restarted => "restarted",
    }));
    names.extend(sheet.deductions.iter().filter_map(|d| match d.reason {
        Reason::WrongStance { .. } => Some("wrong stance"),
        Reason::Posture => Some("posture"),
        _ => None,
    }));
    names
}

/// Seconds filmed of people who do nothing of taekwondo, and how often a technique was seen in them: five frames in a row of the same
/// technique that is not withheld.
fn idle(syllabus: &Syllabus, what: Idle, seed: u64) -> (f64, usize) {
    const SECONDS: f64 = 30.0;
    const IN_A_ROW: usize = 5;
    let performance = Performance::idle(what, SECONDS, &Manner::of(800_000 + seed, seed));
    let filmed = film(&performance, &Shoot::of(seed), &ErrorModel::measured().unwrap(), seed);
    let frames: Vec<SeenFrame> = filmed
        .frames
        .into_iter()
        .map(|f| SeenFrame { source: String::new(), frame: 0, seconds: f.seconds, pose: f.pose })
        .collect();
    let seen = recognise(syllabus, &Course::Basics, &frames).unwrap();
    let (mut alarms, mut run) = (0, (String::new(), 0));
    for frame in seen {
        let quiet =
            frame.withheld.is_some() || ["other", "nobody", "basic_ready_stance"].contains(&frame.label.as_str());
        run = match run {
            _ if quiet => (String::new(), 0),
            (label, count) if label == frame.label => (label, count + 1),
            _ => (frame.label, 1),
        };
        alarms += usize::from(run.1 == IN_A_ROW);
    }
    (SECONDS, alarms)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seeds: u64 = std::env::args().nth(1).ok_or("give the number of seeds")?.parse()?;
    let syllabus = Syllabus::embedded()?;
    println!("steps performed / found in their place / found elsewhere, and false alarms in flawless performances");
    let mut all = (0, 0, 0);
    for form in syllabus.forms() {
        let cases: Vec<Case> =
            (0..seeds).into_par_iter().map(|seed| followed(&syllabus, form, Vec::new(), seed)).collect();
        let sum = cases.iter().map(steps).fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        cases.iter().flat_map(|case| alarms(&case.sheet)).for_each(|name| *counts.entry(name).or_default() += 1);
        println!(
            "{:<10} {:>4} {:>4} {:>3}  {:.3}  {counts:?}",
            form.head.id,
            sum.0,
            sum.1,
            sum.2,
            sum.1 as f64 / sum.0 as f64
        );
        all = (all.0 + sum.0, all.1 + sum.1, all.2 + sum.2);
    }
    println!("all        {:>4} {:>4} {:>3}  {:.3}", all.0, all.1, all.2, all.1 as f64 / all.0 as f64);
    println!("idle people: techniques seen a minute");
    for what in Idle::ALL {
        let films: Vec<(f64, usize)> = (0..seeds * 3).into_par_iter().map(|seed| idle(&syllabus, what, seed)).collect();
        let (seconds, alarms) = films.iter().fold((0.0, 0), |sum, film| (sum.0 + film.0, sum.1 + film.1));
        println!("{what:?} {:.1} in {:.0} s", alarms as f64 / seconds * 60.0, seconds);
    }
    println!("faults injected / noticed");
    for kind in FaultKind::ALL {
        let results: Vec<bool> = syllabus
            .forms()
            .par_iter()
            .flat_map_iter(|form| {
                let syllabus = &syllabus;
                (0..seeds).filter_map(move |seed| {
                    let fault = if kind == FaultKind::Mirrored {
                        Some(Fault::Mirrored)
                    } else {
                        Fault::draw(kind, syllabus, form, None, seed)
                    }?;
                    Some(noticed(&followed(syllabus, form, vec![fault.clone()], seed).sheet, &fault))
                })
            })
            .collect();
        let right = results.iter().filter(|r| **r).count();
        println!("{kind:?} {} {right} {:.2}", results.len(), right as f64 / results.len().max(1) as f64);
    }
    Ok(())
}
