//! How well synthetic performances are followed: steps found form by form, and faults noticed kind by kind. Bodies, cameras and noise
//! are unseen by the networks (their seeds are others). `cargo run --release -p kihap-jobs --example tracking_figures -- SEEDS`; limits are
//! chosen with `SEEDS FIRST_SEED KIND…`, on other seeds and for some kinds of fault only. With `--no-errors` the skeletons are the true
//! ones: what the view and the tracker miss is left. With `--drawn=FOLDER` the films are drawn and the estimator looks at them, once: they
//! are kept in the folder.

mod alarms;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use kihap_coach::degrade::ErrorModel;
use kihap_coach::measure::BodyRatios;
use kihap_coach::performance::{Fault, FaultKind, Film, Idle, Manner, Performance, Shoot, film};
use kihap_coach::track::{Options, Sheet};
use kihap_jobs::builtin::{Course, recognise};
use kihap_jobs::{SeenFrame, drawn_film, track};
use kihap_syllabus::{Form, Syllabus};
use rayon::prelude::*;

use alarms::{alarms, expected, false_alarms, noticed};
use steps::{Steps, faces, invented, steps_in_picture};

/// Whose errors the skeletons have.
enum Errors {
    Modelled(Box<ErrorModel>),
    /// The estimator's own, on drawn films that are kept in a folder.
    Drawn(PathBuf),
}

impl Errors {
    /// The film with these errors, and without any.
    fn film(&self, name: &str, performance: &Performance, shoot: &Shoot, seed: u64) -> (Film, Film) {
        match self {
            Self::Modelled(errors) => {
                (film(performance, shoot, errors, seed), film(performance, shoot, &ErrorModel::none(), seed))
            }
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
    let (seen, truth) = errors.film(&format!("{}-{name}-{seed}", form.head.id), &performance, &shoot, seed);
    let shown = performance.faults().iter().all(|fault| faces(fault, &truth.frames));
    let in_picture = steps_in_picture(&truth.frames);
    let frames: Vec<SeenFrame> = seen
        .frames
        .into_iter()
        .enumerate()
        .map(|(i, f)| SeenFrame { source: String::new(), frame: i as u32, seconds: f.seconds, pose: f.pose })
        .collect();
    let sheet = track(syllabus, form, None, Options::default(), &frames).unwrap().sheet;
    let seconds = frames.iter().map(|frame| frame.seconds).collect();
    Case { performance, sheet, seconds, front, shown, in_picture }
}

/// Seconds filmed of people who do nothing of taekwondo, and how often a technique was seen in them: five frames in a row of the same
/// technique that is not withheld.
fn idle(syllabus: &Syllabus, errors: &Errors, what: Idle, seed: u64) -> (f64, usize) {
    const SECONDS: f64 = 30.0;
    const IN_A_ROW: usize = 5;
    let performance = Performance::idle(what, SECONDS, &Manner::of(800_000 + seed, seed));
    let (filmed, _) = errors.film(&format!("{what:?}-{seed}"), &performance, &Shoot::of(seed), seed);
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
