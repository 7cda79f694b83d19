//! How well synthetic performances are followed: steps found form by form, and faults noticed kind by kind. Bodies, cameras and noise
//! are unseen by the networks (their seeds are others). `cargo run --release -p kihap-jobs --example tracking_figures -- SEEDS`; limits are
//! chosen with `SEEDS FIRST_SEED KIND…`, on other seeds and for some kinds of fault only. With `--no-errors` the skeletons are the true ones:
//! what the view and the tracker miss is left. With
//! `--drawn=FOLDER` the films are drawn and the estimator looks at them, once: they are kept in the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use kihap_coach::degrade::ErrorModel;
use kihap_coach::measure::{Body3, BodyRatios, Facing};
use kihap_coach::performance::{
    Fault, FaultKind, Film, FilmFrame, Idle, InjectedFault, Manner, Performance, Phase, Shoot, film,
};
use kihap_coach::track::{Deduction, ExtraKind, Options, Reason, Sheet};
use kihap_jobs::builtin::{Course, recognise};
use kihap_jobs::{SeenFrame, as_drawn, drawn_film, track};
use kihap_syllabus::{Form, Measure, Side, Syllabus};
use rayon::prelude::*;

/// A step counts as found in its place where the times overlap by at least this much, seconds.
const OVERLAP: f64 = 0.1;

/// Its times are right up to this far from the true ones, seconds.
const IN_TIME_S: f64 = 0.5;

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

    /// The same frames as a perfect estimator would give them.
    fn truth(&self, performance: &Performance, shoot: &Shoot, seed: u64) -> Film {
        let shoot = if matches!(self, Self::Drawn(_)) { as_drawn(shoot) } else { *shoot };
        film(performance, &shoot, &ErrorModel::none(), seed)
    }
}

struct Case {
    performance: Performance,
    sheet: Sheet,
    /// When each frame was taken.
    seconds: Vec<f64>,
    /// The camera stands in front of the start.
    front: bool,
    /// What goes wrong, if anything, is in the picture and turned towards the camera.
    shown: bool,
    /// Numbers of the steps that are held in the picture.
    in_picture: BTreeSet<u32>,
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
    let truth = errors.truth(&performance, &shoot, seed).frames;
    let shown = performance.faults().iter().all(|fault| faces(fault, &truth));
    let in_picture = steps_in_picture(&truth);
    let frames: Vec<SeenFrame> = frames
        .into_iter()
        .enumerate()
        .map(|(i, f)| SeenFrame { source: String::new(), frame: i as u32, seconds: f.seconds, pose: f.pose })
        .collect();
    let sheet = track(syllabus, form, None, Options::default(), &frames).unwrap().sheet;
    let seconds = frames.iter().map(|frame| frame.seconds).collect();
    Case { performance, sheet, seconds, front, shown, in_picture }
}

/// Whether the trunk is in the picture. Whoever steps out of it is not seen.
fn is_in_picture(frame: &FilmFrame) -> bool {
    frame.pose.as_ref().is_some_and(|pose| {
        let inside = |name: &str| {
            let within = |at: f32, edge: u32| (0.0..=edge as f32).contains(&at);
            pose.joint(name).is_some_and(|joint| within(joint.x, pose.width) && within(joint.y, pose.height))
        };
        ["left_shoulder", "right_shoulder", "left_hip", "right_hip"].into_iter().all(inside)
    })
}

/// Steps that are in the picture for half of the time for which they are held, or more.
fn steps_in_picture(truth: &[FilmFrame]) -> BTreeSet<u32> {
    let mut frames: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for frame in truth.iter().filter(|frame| frame.truth.phase == Phase::Held) {
        let Some(step) = frame.truth.step else { continue };
        let (inside, all) = frames.entry(step).or_default();
        *inside += usize::from(is_in_picture(frame));
        *all += 1;
    }
    frames.into_iter().filter(|(_, (inside, all))| 2 * inside >= *all).map(|(step, _)| step).collect()
}

/// Whether the body is in the picture and turned to the camera in the latter half of a fault and just after it; what runs through the
/// whole form is always shown somewhere. Of a step left out, it is the moment in which it should have begun.
fn faces(fault: &InjectedFault, frames: &[FilmFrame]) -> bool {
    if fault.fault.step().is_none() {
        return true;
    }
    let (from, until) = ((fault.start + fault.end) * 0.5, fault.end + 0.3);
    let during: Vec<&FilmFrame> = frames.iter().filter(|frame| (from..=until).contains(&frame.seconds)).collect();
    if !during.iter().all(|frame| is_in_picture(frame)) {
        return false;
    }
    let off: Vec<f32> = during
        .into_iter()
        .map(|frame| ((frame.heading_to_camera_deg + 180.0).rem_euclid(360.0) - 180.0).abs())
        .collect();
    !off.is_empty() && off.iter().sum::<f32>() / off.len() as f32 <= FACING_DEG
}

/// Steps of performances without faults.
#[derive(Default, Clone, Copy)]
struct Steps {
    performed: usize,
    found: usize,
    /// Of those that are held in the picture.
    in_picture: usize,
    found_in_picture: usize,
    /// Found, but not where they were performed.
    elsewhere: usize,
    /// Found in their place, with a beginning and an arrival not further from the true ones than [`IN_TIME_S`].
    in_time: usize,
}

impl Steps {
    fn of(case: &Case) -> Self {
        let performed = case.performance.steps();
        let overlaps = |number: u32, start: f64, end: f64| {
            performed.iter().any(|s| s.step == Some(number) && start < s.end - OVERLAP && end > s.start + OVERLAP)
        };
        let timed = |number: u32, start: f64, reached: f64| {
            let near = |told: f64, true_: f64| (told - true_).abs() <= IN_TIME_S;
            performed.iter().any(|s| s.step == Some(number) && near(start, s.start) && near(reached, s.end))
        };
        let mut steps = Self::default();
        for step in &case.sheet.steps {
            let right =
                step.found && step.start.zip(step.end).is_some_and(|(start, end)| overlaps(step.number, start, end));
            let seen = case.in_picture.contains(&step.number);
            steps.performed += 1;
            steps.found += usize::from(right);
            steps.in_picture += usize::from(seen);
            steps.found_in_picture += usize::from(seen && right);
            steps.elsewhere += usize::from(step.found && !right);
            let times = step.start.zip(step.reached).filter(|_| right);
            steps.in_time += usize::from(times.is_some_and(|(start, reached)| timed(step.number, start, reached)));
        }
        steps
    }

    /// Share of the steps in the picture, and of all performed, that were found.
    fn shares(self) -> [f64; 2] {
        let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
        [share(self.found_in_picture, self.in_picture), share(self.found, self.performed)]
    }
}

impl std::iter::Sum for Steps {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| Self {
            performed: a.performed + b.performed,
            found: a.found + b.found,
            in_picture: a.in_picture + b.in_picture,
            found_in_picture: a.found_in_picture + b.found_in_picture,
            elsewhere: a.elsewhere + b.elsewhere,
            in_time: a.in_time + b.in_time,
        })
    }
}

impl std::fmt::Display for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [in_picture, all] = self.shares();
        let Self { performed, found, elsewhere, in_picture: seen, in_time, .. } = *self;
        let in_time = in_time as f64 / found.max(1) as f64;
        write!(f, "{seen:>4} {in_picture:.3}  {performed:>4} {all:.3}  {elsewhere:>3}  {in_time:.3}")
    }
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
    let missing = sheet.deductions.iter().filter(|d| d.reason == Reason::MissingStep && !d.step.is_some_and(wrong));
    let mut alarms: Vec<Alarm> =
        missing.map(|deduction| Alarm { name: "missing step", step: deduction.step, ..Alarm::default() }).collect();
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
    println!(
        "steps held in the picture, share found in their place; steps performed, share; found elsewhere; share of those found \
         whose times are right within 0.5 s; false alarms in flawless performances"
    );
    let mut flawless: Vec<Case> = Vec::new();
    for form in syllabus.forms() {
        let cases: Vec<Case> =
            seeds.clone().into_par_iter().map(|seed| followed(&syllabus, &errors, form, Vec::new(), seed)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for alarm in cases.iter().flat_map(|case| alarms(case, &ratios)) {
            let name = if alarm.so == Some(true) { "posture, and so it is" } else { alarm.name };
            *counts.entry(name).or_default() += 1;
        }
        println!("{:<10} {}  {counts:?}", form.head.id, cases.iter().map(Steps::of).sum::<Steps>());
        flawless.extend(cases);
    }
    println!("all        {}", flawless.iter().map(Steps::of).sum::<Steps>());
    for (front, name) in [(true, "front     "), (false, "anywhere  ")] {
        let of = flawless.iter().filter(|case| case.front == front).map(Steps::of);
        println!("{name} {}", of.sum::<Steps>());
    }
    println!("idle people: techniques seen a minute");
    for what in Idle::ALL.into_iter().filter(|_| kinds.is_empty()) {
        let films: Vec<(f64, usize)> =
            (first..first + count * 3).into_par_iter().map(|seed| idle(&syllabus, &errors, what, seed)).collect();
        let (seconds, alarms) = films.iter().fold((0.0, 0), |sum, film| (sum.0 + film.0, sum.1 + film.1));
        println!("{what:?} {:.1} in {:.0} s", alarms as f64 / seconds * 60.0, seconds);
    }
    println!(
        "faults: injected, recall; in the picture and turned to the camera, recall; from the front, recall; precision; steps invented"
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
