//! How the errors that films are given compare with those that BlazePose makes, what the lifter leaves of the latter, and what networks on
//! films make of the others.
//! `cargo run --release -p kihap-jobs --example drawn_lessons -- COUNT FOLDER STILLS NETWORKS`: so many lessons, which no network has seen,
//! are drawn into FOLDER (some 20 s each; those that it holds are read), given modelled errors, and errors of the stills that
//! `kihap synth --builtin --out STILLS` drew. NETWORKS is a folder with `film-techniques` and `film-stances`.

use std::path::PathBuf;

use kihap_coach::degrade::{ErrorBank, ErrorModel};
use kihap_coach::performance::{Film, Phase};
use kihap_coach::synth::Lesson;
use kihap_jobs::builtin::{FilmExample, FilmOptions, film_moments, lifter, read_stills};
use kihap_jobs::{as_drawn, drawn_film};
use kihap_learn::Model;
use kihap_learn::lift::{LiftErrors, LiftExample};
use kihap_syllabus::Syllabus;
use kihap_vision::features::landmarks_in_picture;
use rayon::prelude::*;

type Problem = Box<dyn std::error::Error>;

/// Where the lessons begin: networks learn from smaller numbers.
const FIRST_SEED: u64 = 30_000_000_000;
const KINDS: [&str; 3] = ["BlazePose on drawn films", "BlazePose's errors on stills", "modelled errors"];
const SHOULDERS: [usize; 2] = [11, 12];
const HIPS: [usize; 2] = [23, 24];
const JOINTS: [(&str, [usize; 2]); 6] = [
    ("shoulders", SHOULDERS),
    ("elbows", [13, 14]),
    ("wrists", [15, 16]),
    ("hips", HIPS),
    ("knees", [25, 26]),
    ("ankles", [27, 28]),
];

/// A lesson without errors and with each kind of them.
struct Seen {
    truth: Film,
    by: [Film; KINDS.len()],
}

fn main() -> Result<(), Problem> {
    let mut arguments = std::env::args().skip(1);
    let usage = "give COUNT FOLDER STILLS NETWORKS";
    let count: u64 = arguments.next().ok_or(usage)?.parse()?;
    let mut folder = || arguments.next().map(PathBuf::from).ok_or(usage);
    let (films, stills, networks) = (folder()?, folder()?, folder()?);
    let syllabus = Syllabus::embedded()?;
    let modelled = ErrorModel::measured()?;
    let stills = read_stills(&stills, 0)?;
    let bank = ErrorBank::new(stills.iter().filter_map(|still| Some((&still.truth[..], still.pose.as_ref()?))));
    let seen = |seed: u64| {
        let mut lesson = Lesson::of(&syllabus, seed);
        lesson.shoot = as_drawn(&lesson.shoot);
        let (drawn, truth) = drawn_film(&films.join(format!("{seed}.film")), &lesson.performance, &lesson.shoot, seed)?;
        let modelled = lesson.film(&modelled);
        let mut of_stills = truth.clone();
        bank.degrade(&mut of_stills, &modelled, seed);
        Ok(Seen { truth, by: [drawn, of_stills, modelled] })
    };
    let lessons = (FIRST_SEED..FIRST_SEED + count).into_par_iter().map(seen);
    let lessons: Vec<Seen> = lessons.collect::<Result<_, kihap_jobs::JobError>>()?;
    println!(
        "mean errors of held postures: in the world across and along the view (trunk lengths), and in the picture (joints' root mean square \
         distance from the hips)"
    );
    for (kind, name) in KINDS.iter().enumerate() {
        println!("{name}: {}", errors(&lessons, kind));
    }
    let lifter = lifter()?;
    let drawn = lessons.iter().flat_map(|seen| seen.by[0].frames.iter().zip(&seen.truth.frames));
    let both = drawn.filter_map(|(seen, truth)| Some((seen.pose.as_ref()?, &truth.pose.as_ref()?.world)));
    let (poses, truths): (Vec<_>, Vec<_>) = both.unzip();
    let lifted = lifter.lift(&poses)?;
    for (name, poses) in [("as it gives them", poses), ("lifted", lifted.iter().collect())] {
        let examples: Vec<_> =
            poses.iter().zip(&truths).filter_map(|(pose, truth)| LiftExample::new(pose, truth)).collect();
        println!("all frames of {}, {name}: {:.2?}", KINDS[0], LiftErrors::as_seen(&examples));
    }
    for course in FilmOptions::COURSES {
        let model = Model::load(&networks.join(FilmOptions::name(course)))?;
        let names = model.class_names();
        for (kind, name) in KINDS.iter().enumerate() {
            let moments: Vec<FilmExample> =
                lessons.iter().flat_map(|seen| film_moments(0, &seen.by[kind].frames)).collect();
            let place = |class: &str| names.iter().position(|name| name == class);
            let labelled: Vec<_> = moments.iter().filter_map(|m| Some(m.labelled(place(m.class(course)?)?))).collect();
            let (mut loss, mut right) = (0.0, 0);
            for (example, told) in labelled.iter().zip(model.predict(&labelled)?) {
                let own = told.probabilities[example.label];
                loss -= own.max(1e-9).ln();
                right += usize::from(told.probabilities.iter().all(|p| *p <= own));
            }
            let count = labelled.len() as f64;
            println!(
                "{}, {name}: {count} moments, loss {:.3}, accuracy {:.3}",
                FilmOptions::name(course),
                loss / count,
                right as f64 / count
            );
        }
    }
    Ok(())
}

fn errors(lessons: &[Seen], kind: usize) -> String {
    let of = |joints: [usize; 2]| {
        let (mut across, mut along, mut in_picture, mut count) = (0.0, 0.0, 0.0, 0.0_f32);
        for (frame, truth) in lessons.iter().flat_map(|seen| seen.by[kind].frames.iter().zip(&seen.truth.frames)) {
            let (Some(pose), Some(true_pose)) = (&frame.pose, &truth.pose) else { continue };
            if truth.truth.phase != Phase::Held {
                continue;
            }
            let [places, true_places] = [pose, true_pose].map(landmarks_in_picture);
            for joint in joints {
                let (place, true_place) = (places[joint], true_places[joint]);
                in_picture += (place[0] - true_place[0]).hypot(place[1] - true_place[1]);
                let (found, is) = (from_hips(&pose.world, joint), from_hips(&true_pose.world, joint));
                across += (found[0] - is[0]).hypot(found[1] - is[1]);
                along += (found[2] - is[2]).abs();
                count += 1.0;
            }
        }
        [across / count, along / count, in_picture / count]
    };
    let told = JOINTS.map(|(name, joints)| {
        let [across, along, in_picture] = of(joints);
        format!("{name} {across:.2} {along:.2} {in_picture:.2}")
    });
    told.join(", ")
}

/// Where a joint is from the middle of the hips, trunk lengths.
fn from_hips(world: &[[f32; 3]], joint: usize) -> [f32; 3] {
    let middle = |pair: [usize; 2]| [0, 1, 2].map(|axis| (world[pair[0]][axis] + world[pair[1]][axis]) / 2.0);
    let (hips, shoulders) = (middle(HIPS), middle(SHOULDERS));
    let trunk = (0..3).map(|axis| (shoulders[axis] - hips[axis]).powi(2)).sum::<f32>().sqrt();
    [0, 1, 2].map(|axis| (world[joint][axis] - hips[axis]) / trunk)
}
