//! How well synthetic performances are followed: steps found form by form, and faults noticed kind by kind. Bodies, cameras and noise
//! are unseen by the networks (their seeds are others). `cargo run --release -p kihap-jobs --example tracking_figures -- SEEDS`; limits are
//! chosen with `SEEDS FIRST_SEED KIND…`, on other seeds and for some kinds of fault only. With `--no-errors` the skeletons are the true ones:
//! what the view and the tracker miss is left. With
//! `--drawn=FOLDER` the films are drawn and the estimator looks at them, once: they are kept in the folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kihap_coach::degrade::ErrorModel;
use kihap_coach::measure::{Body3, BodyRatios, Facing};
use kihap_coach::performance::{
    Fault, FaultKind, Film, FilmFrame, Idle, InjectedFault, Manner, Performance, Shoot, film,
};
use kihap_coach::track::{Deduction, ExtraKind, Options, Reason, Sheet};
use kihap_jobs::builtin::{Course, recognise};
use kihap_jobs::{SeenFrame, drawn_film, track};
use kihap_syllabus::{Form, Measure, Side, Syllabus};
use rayon::prelude::*;

/// A step counts as found in its place where the times overlap by at least this much, seconds.
const OVERLAP: f64 = 0.1;

/// A step faces the camera up to this far from it, degrees.
const FACING_DEG: f32 = 60.0;

/// Whose errors the skeletons have.
enum Errors {
    Modelled(Box<ErrorModel>),
    /// The estimator's own, on drawn films that are kept in a folder.
    Drawn(PathBuf),
}

impl Errors {
    fn film(&self, name: &str, performance: &Performance, shoot: &Shoot, seed: u64) -> Film {
        match self {
            Self::Modelled(errors) => film(performance, shoot, errors, seed),
            Self::Drawn(folder) => drawn_film(&folder.join(format!("{name}.film")), performance, shoot, seed).unwrap(),
        }
    }
}

struct Case {
    performance: Performance,
    sheet: Sheet,
    /// When each frame was taken.
    seconds: Vec<f64>,
    /// The camera stands in front of the start.
    front: bool,
    /// What goes wrong, if anything, is turned towards the camera.
    shown: bool,
}

fn followed(syllabus: &Syllabus, errors: &Errors, form: &Form, faults: Vec<Fault>, seed: u64) -> Case {
    let name = faults.first().map_or_else(|| "Flawless".to_owned(), |fault| format!("{:?}", fault.kind()));
    let manner = Manner::of(900_000 + seed, seed).with(faults);
    let performance = Performance::of_form(syllabus, form, None, &manner).unwrap();
    // Half of the cameras stand in front, as a learner puts them; the others anywhere.
    let shoot = Shoot::of(seed);
    let front = seed.is_multiple_of(2);
    let shoot = if front { shoot.from_azimuth((seed % 7) as f32 * 10.0 - 30.0) } else { shoot };
    let Film { frames, .. } = errors.film(&format!("{}-{name}-{seed}", form.head.id), &performance, &shoot, seed);
    let shown = performance.faults().iter().all(|fault| faces(fault, &frames));
    let frames: Vec<SeenFrame> = frames
        .into_iter()
        .enumerate()
        .map(|(i, f)| SeenFrame { source: String::new(), frame: i as u32, seconds: f.seconds, pose: f.pose })
        .collect();
    let sheet = track(syllabus, form, None, Options::default(), &frames).unwrap().sheet;
    let seconds = frames.iter().map(|frame| frame.seconds).collect();
    Case { performance, sheet, seconds, front, shown }
}

/// Whether the body is turned to the camera in the latter half of a fault and just after it; what runs through the whole form is
/// always shown somewhere. Of a step left out, it is the moment in which it should have begun.
fn faces(fault: &InjectedFault, frames: &[FilmFrame]) -> bool {
    if fault.fault.step().is_none() {
        return true;
    }
    let (from, until) = ((fault.start + fault.end) * 0.5, fault.end + 0.3);
    let during = frames.iter().filter(|frame| (from..=until).contains(&frame.seconds));
    let off: Vec<f32> =
        during.map(|frame| ((frame.heading_to_camera_deg + 180.0).rem_euclid(360.0) - 180.0).abs()).collect();
    !off.is_empty() && off.iter().sum::<f32>() / off.len() as f32 <= FACING_DEG
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

/// Steps on the sheet that were not performed at all.
fn invented(case: &Case) -> usize {
    let performed = |number: u32| case.performance.steps().iter().any(|step| step.step == Some(number));
    case.sheet.steps.iter().filter(|step| step.found && !performed(step.number)).count()
}

/// Something that a sheet says is wrong: what, at which step, and about when, seconds.
#[derive(Default)]
struct Alarm {
    name: &'static str,
    step: Option<u32>,
    seconds: Option<f64>,
    /// What is said to be too much: id and side.
    technique: Option<(String, Option<Side>)>,
    /// Whether it is so, where the body itself tells: the bound of a posture.
    so: Option<bool>,
}

/// What the alarms are called that a kind of fault should raise; none for what is no matter of a step.
fn expected(kind: FaultKind) -> &'static [&'static str] {
    match kind {
        FaultKind::Skipped => &["missing step"],
        FaultKind::Repeated => &["repeated"],
        FaultKind::Swapped => &["swapped"],
        // Its own technique is missing; what was there instead may be too unclear to be named.
        FaultKind::WrongTechnique | FaultKind::WrongSide => &["wrong technique", "missing step"],
        // One that is a step's own as well is as rightly called that step once more.
        FaultKind::Added => &["added", "repeated"],
        FaultKind::WrongStance => &["wrong stance"],
        FaultKind::Posture => &["posture"],
        FaultKind::Mirrored | FaultKind::Tempo => &[],
    }
}

/// Whether the body keeps the bound of a deduction no better than the sheet says, at the moment of its frame.
fn broken(case: &Case, ratios: &BodyRatios, deduction: &Deduction) -> Option<bool> {
    let measure = Measure::from_key(deduction.measure.as_ref()?)?;
    let ([min, max], seconds) = (deduction.band?, *case.seconds.get(deduction.frame?)?);
    let truth = case.performance.labels_at(seconds);
    let facing = Facing::of_heading_deg(f64::from(truth.heading_deg));
    let body = Body3::new(&case.performance.joints_at(seconds).points, facing);
    // A stance's trunk turns by its leading leg.
    let acting = truth.technique.side.filter(|_| deduction.technique == truth.technique.id);
    let value = body.value(measure, acting, truth.stance.side, ratios)?;
    Some(!(min..=max).contains(&value))
}

fn alarms(case: &Case, ratios: &BodyRatios) -> Vec<Alarm> {
    let sheet = &case.sheet;
    let wrong = |number: u32| {
        let wrong = |reason: &Reason| matches!(reason, Reason::WrongTechnique { .. });
        sheet.deductions.iter().any(|d| d.step == Some(number) && wrong(&d.reason))
    };
    let missing = sheet.steps.iter().filter(|step| !step.found && !wrong(step.number));
    let mut alarms: Vec<Alarm> =
        missing.map(|step| Alarm { name: "missing step", step: Some(step.number), ..Alarm::default() }).collect();
    alarms.extend(sheet.extra.iter().map(|extra| Alarm {
        name: match extra.kind {
            ExtraKind::Added => "added",
            ExtraKind::Repeated => "repeated",
            ExtraKind::Wrong => "wrong technique",
            ExtraKind::Misplaced => "swapped",
            ExtraKind::Restarted => "restarted",
        },
        step: extra.step,
        seconds: Some((extra.start + extra.end) * 0.5),
        technique: Some((extra.seen.clone(), extra.side)),
        ..Alarm::default()
    }));
    alarms.extend(sheet.swapped.iter().map(|pair| Alarm { name: "swapped", step: Some(pair[0]), ..Alarm::default() }));
    alarms.extend(sheet.deductions.iter().filter_map(|deduction| {
        let name = match deduction.reason {
            Reason::WrongStance { .. } => "wrong stance",
            Reason::Posture => "posture",
            _ => return None,
        };
        let so = if name == "posture" { broken(case, ratios, deduction) } else { None };
        Some(Alarm { name, step: deduction.step, so, ..Alarm::default() })
    }));
    alarms
}

/// Whether an alarm is about the fault: its kind and its step; with repetitions and swaps the neighbour's number is as true, and of
/// something added the time.
fn hits(alarm: &Alarm, injected: &InjectedFault) -> bool {
    let kind = injected.fault.kind();
    if !expected(kind).contains(&alarm.name) {
        return false;
    }
    let (seen, own) = (alarm.step, injected.fault.step());
    let beside = seen.zip(own).is_some_and(|(seen, own)| seen.abs_diff(own) <= 1);
    match kind {
        // One bound that is broken moves others.
        FaultKind::Posture => seen == own && alarm.so != Some(false),
        FaultKind::Repeated | FaultKind::Swapped => beside,
        FaultKind::Added => {
            let then = alarm.seconds.is_some_and(|at| (injected.start - 0.5..injected.end + 0.8).contains(&at));
            match (&injected.fault, &alarm.technique) {
                (Fault::Added { technique, side, .. }, Some((seen, seen_side))) if alarm.name == "repeated" => {
                    then && seen == technique && *seen_side == Some(*side)
                }
                _ => beside || then,
            }
        }
        _ => seen == own,
    }
}

/// Whether the sheet tells the fault.
fn noticed(case: &Case, ratios: &BodyRatios) -> bool {
    let Some(injected) = case.performance.faults().first() else { return false };
    match injected.fault.kind() {
        FaultKind::Mirrored => case.sheet.mirrored,
        FaultKind::Tempo => case.sheet.found() * 10 >= case.sheet.steps.len() * 9,
        _ => alarms(case, ratios).iter().any(|alarm| hits(alarm, injected)),
    }
}

/// Alarms of a kind's names that are about nothing that was done wrong. A missing step speaks for a wrong technique, but is counted
/// against the steps left out.
fn false_alarms(case: &Case, kind: FaultKind, ratios: &BodyRatios) -> usize {
    let name = expected(kind).first();
    let about = |alarm: &Alarm| case.performance.faults().iter().any(|injected| hits(alarm, injected));
    alarms(case, ratios).iter().filter(|alarm| Some(&alarm.name) == name && !about(alarm)).count()
}

/// Seconds filmed of people who do nothing of taekwondo, and how often a technique was seen in them: five frames in a row of the same
/// technique that is not withheld.
fn idle(syllabus: &Syllabus, errors: &Errors, what: Idle, seed: u64) -> (f64, usize) {
    const SECONDS: f64 = 30.0;
    const IN_A_ROW: usize = 5;
    let performance = Performance::idle(what, SECONDS, &Manner::of(800_000 + seed, seed));
    let filmed = errors.film(&format!("{what:?}-{seed}"), &performance, &Shoot::of(seed), seed);
    let frames: Vec<SeenFrame> = filmed
        .frames
        .into_iter()
        .map(|f| SeenFrame { source: String::new(), frame: 0, seconds: f.seconds, pose: f.pose })
        .collect();
    let seen = recognise(syllabus, &Course::Basics, &[], &frames).unwrap();
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
    let (options, arguments): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let errors = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Errors::Modelled(Box::new(ErrorModel::measured()?)),
        ["--no-errors"] => Errors::Modelled(Box::new(ErrorModel::none())),
        [option] if option.starts_with("--drawn=") => Errors::Drawn(option["--drawn=".len()..].into()),
        _ => return Err("the options are --no-errors and --drawn=FOLDER".into()),
    };
    let mut arguments = arguments.into_iter();
    let count: u64 = arguments.next().ok_or("give the number of seeds")?.parse()?;
    let first: u64 = arguments.next().map_or(Ok(0), |first| first.parse())?;
    let seeds = first..first + count;
    let kinds: Vec<String> = arguments.collect();
    let asked = |kind: &FaultKind| kinds.is_empty() || kinds.contains(&format!("{kind:?}"));
    let syllabus = Syllabus::embedded()?;
    let ratios = BodyRatios::of(&syllabus);
    println!("steps performed / found in their place / found elsewhere, and false alarms in flawless performances");
    let mut all = (0, 0, 0);
    let mut flawless: Vec<Case> = Vec::new();
    for form in syllabus.forms() {
        let cases: Vec<Case> =
            seeds.clone().into_par_iter().map(|seed| followed(&syllabus, &errors, form, Vec::new(), seed)).collect();
        let sum = cases.iter().map(steps).fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for alarm in cases.iter().flat_map(|case| alarms(case, &ratios)) {
            let name = if alarm.so == Some(true) { "posture, and so it is" } else { alarm.name };
            *counts.entry(name).or_default() += 1;
        }
        let (steps, found, elsewhere) = sum;
        println!(
            "{:<10} {steps:>4} {found:>4} {elsewhere:>3}  {:.3}  {counts:?}",
            form.head.id,
            found as f64 / steps as f64
        );
        all = (all.0 + sum.0, all.1 + sum.1, all.2 + sum.2);
        flawless.extend(cases);
    }
    println!("all        {:>4} {:>4} {:>3}  {:.3}", all.0, all.1, all.2, all.1 as f64 / all.0 as f64);
    for (front, name) in [(true, "from the front"), (false, "from anywhere")] {
        let of = flawless.iter().filter(|case| case.front == front).map(steps);
        let sum = of.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        println!("{name}: {:.3} of {}", f64::from(sum.1 as u32) / f64::from(sum.0 as u32), sum.0);
    }
    println!("idle people: techniques seen a minute");
    for what in Idle::ALL.into_iter().filter(|_| kinds.is_empty()) {
        let films: Vec<(f64, usize)> =
            (first..first + count * 3).into_par_iter().map(|seed| idle(&syllabus, &errors, what, seed)).collect();
        let (seconds, alarms) = films.iter().fold((0.0, 0), |sum, film| (sum.0 + film.0, sum.1 + film.1));
        println!("{what:?} {:.1} in {:.0} s", alarms as f64 / seconds * 60.0, seconds);
    }
    println!(
        "faults: injected, recall; turned to the camera, recall; from the front, recall; precision; steps invented"
    );
    println!("(precision: right among all alarms of the name, in these performances and as many flawless ones)");
    for kind in FaultKind::ALL.into_iter().filter(asked) {
        let forms: Vec<(u64, &Form)> = (0..).zip(syllabus.forms()).collect();
        let cases: Vec<Case> = forms
            .par_iter()
            .flat_map_iter(|&(place, form)| {
                let (syllabus, errors) = (&syllabus, &errors);
                seeds.clone().filter_map(move |seed| {
                    let fault = if kind == FaultKind::Mirrored {
                        Some(Fault::Mirrored)
                    } else {
                        // Another draw for each form.
                        Fault::draw(kind, syllabus, form, None, seed + 1000 * place)
                    }?;
                    Some(followed(syllabus, errors, form, vec![fault], seed))
                })
            })
            .collect();
        let recall = |counts: &dyn Fn(&Case) -> bool| {
            let of: Vec<bool> = cases.iter().filter(|case| counts(case)).map(|case| noticed(case, &ratios)).collect();
            let right = of.iter().filter(|right| **right).count();
            format!("{:>3} {:.2}", of.len(), right as f64 / of.len().max(1) as f64)
        };
        let precision = match expected(kind) {
            [] => "   -".to_owned(),
            // A flawless performance breaks bounds as well: of all alarms those count that are so.
            ["posture"] => {
                let all = cases.iter().chain(&flawless).flat_map(|case| alarms(case, &ratios));
                let told: Vec<bool> = all.filter_map(|alarm| alarm.so).collect();
                let so = told.iter().filter(|so| **so).count();
                format!("{:.2}", so as f64 / told.len().max(1) as f64)
            }
            _ => {
                let right = cases.iter().filter(|case| noticed(case, &ratios)).count();
                let wrong: usize = cases.iter().chain(&flawless).map(|case| false_alarms(case, kind, &ratios)).sum();
                format!("{:.2}", right as f64 / (right + wrong).max(1) as f64)
            }
        };
        println!(
            "{:<15} {}  {}  {}  {precision}  {}",
            format!("{kind:?}"),
            recall(&|_| true),
            recall(&|case| case.shown),
            recall(&|case| case.front),
            cases.iter().map(invented).sum::<usize>()
        );
    }
    Ok(())
}
