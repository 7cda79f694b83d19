//! Examples from synthetic films, and the networks that learn from them.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use kihap_coach::performance::{FilmFrame, Phase};
use kihap_coach::synth::{SynthClass, SynthCourse};
use kihap_learn::model::{DataSummary, FeatureSource};
use kihap_learn::train::ClassWeights;
use kihap_learn::{Blueprint, Class, EpochRecord, Example, Model, TrainOptions, fit};
use kihap_syllabus::{OTHER, Syllabus};
use rayon::prelude::*;

use super::film_errors::FilmErrors;
use super::lessons::SeenLesson;
use super::stills::SeenStill;
use super::training::finished;
use super::window::Window;
use crate::error::Result;

/// Time between two examples of a held posture, and between others, seconds.
const HELD_EVERY: f64 = 0.2;
const ELSE_EVERY: f64 = 0.45;
/// Share of a movement from which on it has arrived, and up to which it shows nothing yet.
const ARRIVED: f32 = 0.9;
const UNDER_WAY: f32 = 0.6;
/// One example in so many is seen as after a cut, without what came before.
const CUT_OFF: usize = 6;
/// How much a moment of a drawn film counts against one of the others.
const DRAWN_WEIGHT: f32 = 3.0;
/// One film in so many is kept for validation.
const VALIDATION: u64 = 12;

/// How networks on films are trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilmOptions {
    /// Films to learn from.
    pub films: u64,
    /// Lessons to learn from besides, drawn and followed by the real estimator.
    pub drawn: u64,
    /// Passes over them.
    pub epochs: usize,
    /// Factor on the hidden units.
    pub width: f32,
    /// Everything follows from it.
    pub seed: u64,
}

impl FilmOptions {
    /// What the models in the binary were trained with.
    pub const BUILTIN: Self = Self { films: 5000, drawn: 800, epochs: 18, width: 1.0, seed: 7 };

    /// The courses that there are networks on films for.
    pub const COURSES: [SynthCourse; 2] = [SynthCourse::Techniques, SynthCourse::Stances];

    /// Seeds of the lessons that are drawn.
    pub fn drawn_seeds(&self) -> Range<u64> {
        let first = (self.seed << 32) + self.films;
        first..first + self.drawn
    }

    /// The name of a course's network in files.
    pub fn name(course: SynthCourse) -> String {
        format!("film-{}", course.name())
    }
}

/// What a network reads of a moment, and what it shows.
#[derive(Debug, Clone)]
pub struct FilmExample {
    film: u64,
    row: Vec<f32>,
    technique: String,
    stance: Option<String>,
    weight: f32,
}

impl FilmExample {
    /// The class of a course that it shows; `None` where it shows none.
    pub fn class(&self, course: SynthCourse) -> Option<&str> {
        if course == SynthCourse::Stances { self.stance.as_deref() } else { Some(&self.technique) }
    }

    /// For a network that takes it for the class at the place `label`.
    pub fn labelled(&self, label: usize) -> Example {
        Example { weight: self.weight, ..Example::from_photo(self.row.clone(), label) }
    }
}

/// Films lessons and takes moments from them and from drawn ones, the same for the same options, stills and drawn lessons.
///
/// # Errors
/// When the program's own files are damaged.
pub fn film_examples(
    syllabus: &Syllabus,
    stills: &[SeenStill],
    drawn: &[SeenLesson],
    options: &FilmOptions,
) -> Result<Vec<FilmExample>> {
    // Errors of a drawn lesson that is kept for validation are not to be learnt either.
    let learnt = (options.films..).zip(drawn).filter(|(film, _)| !validates(*film)).map(|(_, lesson)| lesson);
    let errors = FilmErrors::new(stills.iter(), learnt)?;
    let films: Vec<Vec<FilmExample>> = (0..options.films)
        .into_par_iter()
        .map(|film| film_moments(film, &errors.film(syllabus, film, (options.seed << 32) + film).seen.frames))
        .collect();
    let mut examples: Vec<FilmExample> = films.into_iter().flatten().collect();
    for (film, lesson) in (options.films..).zip(drawn) {
        let plain = film_moments(film, &lesson.seen.frames);
        let moments = plain.into_iter().chain(film_moments(film, &lesson.mirrored()));
        examples.extend(moments.map(|moment| FilmExample { weight: DRAWN_WEIGHT, ..moment }));
    }
    Ok(examples)
}

/// Whether a film is kept for validation.
fn validates(film: u64) -> bool {
    film.is_multiple_of(VALIDATION)
}

/// Moments of a film that show something, for networks to learn from or to be tested on.
pub fn film_moments(number: u64, frames: &[FilmFrame]) -> Vec<FilmExample> {
    let mut examples = Vec::new();
    let (mut window, mut taken) = (Window::default(), f64::NEG_INFINITY);
    for frame in frames {
        let row = window.push(frame.seconds, frame.pose.as_ref());
        let Some(((technique, stance, every), row)) = shown(frame).zip(row) else { continue };
        if frame.seconds - taken < every {
            continue;
        }
        taken = frame.seconds;
        let row = if examples.len() % CUT_OFF == 0 {
            Window::default().push(frame.seconds, frame.pose.as_ref()).unwrap_or(row)
        } else {
            row
        };
        examples.push(FilmExample { film: number, row, technique, stance, weight: 1.0 });
    }
    examples
}

/// Technique and stance of a frame, and how often such frames are taken; `None` for what is between two classes.
fn shown(frame: &FilmFrame) -> Option<(String, Option<String>, f64)> {
    let truth = &frame.truth;
    let there = || (truth.technique.name(), Some(truth.stance.name()));
    let (technique, stance) = match truth.phase {
        Phase::Held | Phase::Ready => there(),
        Phase::Moving if truth.progress >= ARRIVED => there(),
        Phase::Moving if truth.progress > UNDER_WAY => return None,
        Phase::Moving | Phase::Leaving => (OTHER.to_owned(), None),
        Phase::Idle => (OTHER.to_owned(), Some(OTHER.to_owned())),
    };
    let held = matches!(truth.phase, Phase::Held | Phase::Moving) && technique != OTHER;
    Some((technique, stance, if held { HELD_EVERY } else { ELSE_EVERY }))
}

/// Trains the network of a course on moments of films.
///
/// # Errors
/// When options are out of range.
pub fn train_on_films(
    syllabus: &Syllabus,
    course: SynthCourse,
    examples: &[FilmExample],
    options: &FilmOptions,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<Model> {
    let known: Vec<SynthClass> =
        course.classes(syllabus).into_iter().filter(|class| class.id != kihap_syllabus::NOBODY).collect();
    let label_of = |name: &str| known.iter().position(|class| class.name == name);
    let mut found = vec![0_usize; known.len()];
    let labelled: Vec<(&FilmExample, usize)> =
        examples.iter().filter_map(|example| Some((example, label_of(example.class(course)?)?))).collect();
    labelled.iter().filter(|(e, _)| !validates(e.film)).for_each(|(_, label)| found[*label] += 1);
    // What no lesson shows (other ready stances) is no class.
    let mut place = vec![None; known.len()];
    let mut classes = Vec::new();
    for (index, class) in known.iter().enumerate().filter(|(index, _)| found[*index] > 0) {
        place[index] = Some(classes.len());
        classes.push(Class { name: class.name.clone(), mirror: None });
    }
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    for (example, label) in labelled {
        let Some(label) = place[label] else { continue };
        let part = if validates(example.film) { &mut validation } else { &mut training };
        part.push(example.labelled(label));
    }
    let mut blueprint = Blueprint::new(&kihap_zoo::networks::FILM_MLP);
    blueprint.width = options.width;
    let training_options = TrainOptions {
        epochs: options.epochs,
        batch_size: 256,
        learning_rate: 1.5e-3,
        weight_decay: 2e-2,
        label_smoothing: 0.0,
        class_weights: ClassWeights::None,
        patience: 0,
        seed: options.seed,
        ..TrainOptions::default()
    };
    let fitted = fit(&blueprint, &classes, &training, &validation, &training_options, on_epoch)?;
    let mut per_class: BTreeMap<String, usize> = BTreeMap::new();
    training.iter().for_each(|e| *per_class.entry(classes[e.label].name.clone()).or_default() += 1);
    let data = DataSummary {
        dataset: format!("synthetic films, {}", course.name()),
        hash: String::new(),
        split: "by synthetic film".into(),
        training: training.len(),
        validation: validation.len(),
        test: 0,
        per_class,
        ..DataSummary::default()
    };
    let features = FeatureSource { preprocessing: "film window v1".into(), ..FeatureSource::default() };
    finished(&fitted, &classes, &training_options, features, data, &validation)
}
