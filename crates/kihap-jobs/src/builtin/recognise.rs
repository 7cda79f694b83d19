//! What the built-in models see: the basics, sparring, any technique, or the steps of a form.

use std::collections::BTreeMap;

use kihap_coach::reading::Reading;
use kihap_coach::synth::SynthCourse;
use kihap_learn::{AbstainReason, Example, Prediction};
use kihap_syllabus::{Form, NOBODY, OTHER, Side, Step, Syllabus};

use super::film_eyes::{CourseEyes, FilmEyes};
use super::form_eyes::FormEyes;
use super::open::builtin;
use super::reader::Reader;
use crate::error::{JobError, Result};
use crate::frames::SeenFrame;

/// What is to be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// The 13 basic motions.
    Basics,
    /// One basic motion against everything else (its technique's id).
    One(String),
    /// Every technique of the syllabus.
    Poomsae,
    /// Every stance; the side is the leg in front.
    Stances,
    /// Ready, punch, kick, defence.
    Sparring,
    /// The steps of a form, or of one of its sections.
    Form(String, Option<u32>),
}

impl Course {
    /// Reads `basics`, `poomsae`, `stances`, `sparring`, a basic technique's id, or a form such as `taegeuk-1` or `taegeuk-1:2`.
    ///
    /// # Errors
    /// Another name; the text lists what there is.
    pub fn parse(text: &str, syllabus: &Syllabus) -> Result<Self> {
        let id = text.replace('-', "_");
        Ok(match id.as_str() {
            "basics" => Self::Basics,
            "poomsae" | "techniques" => Self::Poomsae,
            "stances" => Self::Stances,
            "sparring" => Self::Sparring,
            _ if syllabus.basics().motions.iter().any(|basic| basic.technique == id) => Self::One(id),
            _ => {
                let (form, section) = form_of(text, syllabus)?;
                Self::Form(form.head.id.clone(), section)
            }
        })
    }

    /// The built-in model that tells it apart, or the form and section.
    fn learnt(&self) -> std::result::Result<SynthCourse, (&str, Option<u32>)> {
        match self {
            Self::Form(id, section) => Err((id, *section)),
            Self::Basics | Self::One(_) => Ok(SynthCourse::Basics),
            Self::Poomsae => Ok(SynthCourse::Techniques),
            Self::Stances => Ok(SynthCourse::Stances),
            Self::Sparring => Ok(SynthCourse::Sparring),
        }
    }

    /// Whether nothing but the ids in `among` may be expected of it; without any, all of it is.
    ///
    /// # Errors
    /// An id that the course does not tell apart, or any for a form or a single motion.
    pub fn check_classes(&self, among: &[String]) -> Result<()> {
        if among.is_empty() {
            return Ok(());
        }
        let (Ok(learnt), false) = (self.learnt(), matches!(self, Self::One(_))) else {
            return Err(JobError::ClassesOfForm);
        };
        let names = builtin(learnt)?.class_names();
        let mut known: Vec<&str> = names.iter().map(|name| split(name).0).collect();
        known.dedup();
        match among.iter().find(|id| !known.contains(&id.as_str())) {
            Some(name) => Err(JobError::NotInCourse { name: name.clone(), known: known.join(", ") }),
            None => Ok(()),
        }
    }
}

/// The form and section that `taegeuk-1` or `taegeuk-1:2` names.
///
/// # Errors
/// A form or section that there is not.
pub fn form_of<'a>(text: &str, syllabus: &'a Syllabus) -> Result<(&'a Form, Option<u32>)> {
    let unknown = || {
        let forms: Vec<String> = syllabus.forms().iter().map(|form| form.head.id.replace('_', "-")).collect();
        JobError::NoSuchForm { name: text.to_owned(), known: forms.join(", ") }
    };
    let (name, section) = match text.split_once(':') {
        Some((name, section)) => (name, Some(section.parse().map_err(|_| unknown())?)),
        None => (text, None),
    };
    let form = syllabus.form(&name.replace('-', "_")).ok_or_else(unknown)?;
    if section.is_some_and(|section| !form.sections.iter().any(|s| s.number == section)) {
        return Err(unknown());
    }
    Ok((form, section))
}

/// What was seen in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// The picture, video or file of landmarks.
    pub source: String,
    /// The frame in it.
    pub frame: u32,
    /// Seconds from its beginning.
    pub seconds: f64,
    /// The most probable id.
    pub label: String,
    /// Its more probable side, where it has sides.
    pub side: Option<Side>,
    /// The step of the form, where one was asked for.
    pub step: Option<u32>,
    /// Probability of each id, both sides together.
    pub probabilities: BTreeMap<String, f64>,
    /// Why judgement is withheld, where it is.
    pub withheld: Option<AbstainReason>,
}

/// Says what each frame shows. Frames of one source that lie close in time are a film: what came before counts too. With `among`,
/// nothing else than these ids is expected (`other` too only if it is named); without any, everything in the course.
///
/// # Errors
/// When a network fails, or `among` names what the course does not tell apart.
pub fn recognise(
    syllabus: &Syllabus,
    course: &Course,
    among: &[String],
    frames: &[SeenFrame],
) -> Result<Vec<Recognised>> {
    course.check_classes(among)?;
    let mut seen = match course.learnt() {
        Ok(learnt) => by_model(learnt, among, frames)?,
        Err((id, section)) => return by_form(syllabus, id, section, frames),
    };
    if let Course::One(id) = course {
        seen.iter_mut().for_each(|frame| only(id, frame));
    }
    Ok(seen)
}

fn by_model(course: SynthCourse, among: &[String], frames: &[SeenFrame]) -> Result<Vec<Recognised>> {
    let model = builtin(course)?;
    let names = model.class_names();
    let expected = expected(&names, among);
    let examples: Vec<Example> = frames.iter().map(|frame| Example::from_pose(frame.pose.clone(), 0)).collect();
    let predictions = model.predict(&examples)?;
    let mut eyes = CourseEyes::of(course, &names)?.map(|eyes| eyes.among(&expected));
    let mut source = None;
    frames
        .iter()
        .zip(predictions)
        .map(|(frame, prediction)| {
            let seen = frame.pose.is_some();
            let can_be = |place: usize| expected[place] && (names[place] == NOBODY) != seen;
            let mut told = shared_out(&prediction, can_be);
            if let Some(eyes) = &mut eyes {
                if begins(&mut source, frame) {
                    eyes.begin();
                }
                eyes.look(frame.seconds, frame.pose.as_ref(), &mut told)?;
            }
            let mut sides: BTreeMap<String, [f64; 3]> = BTreeMap::new();
            for ((name, probability), _) in names.iter().zip(told).zip(&expected).filter(|(_, expected)| **expected) {
                let (id, side) = split(name);
                let index = side.map_or(2, |side| usize::from(side == Side::Right));
                sides.entry(id.to_owned()).or_default()[index] += probability;
            }
            let probabilities: BTreeMap<String, f64> =
                sides.iter().map(|(id, parts)| (id.clone(), parts.iter().sum())).collect();
            let (label, confidence) = if frame.pose.is_none() { (NOBODY.to_owned(), 1.0) } else { top(&probabilities) };
            let side = sides.get(&label).and_then(|[left, right, _]| side_of(*left, *right));
            let threshold = model.description.calibration.abstain.threshold;
            let withheld = (confidence < threshold).then_some(AbstainReason::LowConfidence { confidence, threshold });
            let mut probabilities = probabilities;
            if frame.pose.is_none() {
                probabilities.insert(NOBODY.to_owned(), 1.0);
            }
            Ok(recognised(frame, label, side, None, probabilities, withheld))
        })
        .collect()
}

/// Whether another picture or film begins with the frame.
fn begins<'a>(source: &mut Option<&'a str>, frame: &'a SeenFrame) -> bool {
    source.replace(&frame.source) != Some(&frame.source)
}

/// Which of the names are expected where only the ids in `among` are, and nobody; all where there are none.
fn expected(names: &[String], among: &[String]) -> Vec<bool> {
    let is = |name: &String| among.is_empty() || name == NOBODY || among.iter().any(|id| split(name).0 == id.as_str());
    names.iter().map(is).collect()
}

/// Probabilities of the classes that can be: a person in view is not nobody, and without one nothing else can be.
pub(crate) fn possible(names: &[String], prediction: &Prediction, seen: bool) -> Vec<f64> {
    shared_out(prediction, |place| (names[place] == NOBODY) != seen)
}

/// Probabilities where only the classes in some places can be.
fn shared_out(prediction: &Prediction, can_be: impl Fn(usize) -> bool) -> Vec<f64> {
    let classes = prediction.probabilities.iter().enumerate();
    let mut kept: Vec<f64> = classes.map(|(place, p)| if can_be(place) { *p } else { 0.0 }).collect();
    let sum: f64 = kept.iter().sum();
    if sum > 0.0 {
        kept.iter_mut().for_each(|p| *p /= sum);
    }
    kept
}

/// The one motion against all others.
fn only(id: &str, frame: &mut Recognised) {
    let own = frame.probabilities.get(id).copied().unwrap_or(0.0);
    let nobody = frame.probabilities.get(NOBODY).copied().unwrap_or(0.0);
    let other = (1.0 - own - nobody).max(0.0);
    frame.probabilities =
        [(id.to_owned(), own), (OTHER.to_owned(), other), (NOBODY.to_owned(), nobody)].into_iter().collect();
    frame.label = top(&frame.probabilities).0;
    if frame.label != id {
        frame.side = None;
    }
}

fn by_form(syllabus: &Syllabus, id: &str, section: Option<u32>, frames: &[SeenFrame]) -> Result<Vec<Recognised>> {
    let eyes = FormEyes::new(syllabus, id, section)?;
    let reader = Reader::open(syllabus)?;
    let mut readings = reader.read(frames)?;
    let mut film = FilmEyes::open(reader.vocabulary())?;
    let mut source = None;
    for (frame, reading) in frames.iter().zip(&mut readings) {
        if begins(&mut source, frame) {
            film.begin();
        }
        film.look(reading)?;
    }
    let told = |(frame, reading): (&SeenFrame, Reading)| {
        if frame.pose.is_none() {
            let only = [(NOBODY.to_owned(), 1.0)].into_iter().collect();
            return recognised(frame, NOBODY.to_owned(), None, None, only, None);
        }
        let sight = eyes.sight(reader.vocabulary(), &reading);
        let mut probabilities: BTreeMap<String, f64> = BTreeMap::new();
        let mut best: Option<(f64, &Step)> = None;
        for (step, probability) in eyes.steps.iter().zip(&sight.steps) {
            if let Some(technique) = step.technique.first() {
                *probabilities.entry(technique.id.clone()).or_default() += probability;
            }
            if best.is_none_or(|(p, _)| *probability > p) {
                best = Some((*probability, step));
            }
        }
        *probabilities.entry(eyes.ready.clone()).or_default() += sight.ready;
        *probabilities.entry(OTHER.to_owned()).or_default() += sight.other;
        match best {
            Some((probability, step)) if probability > sight.ready.max(sight.other) => {
                let first = step.technique.first();
                let label = first.map_or_else(|| step.stance.clone(), |t| t.id.clone());
                let side = first.and_then(|t| t.side.one());
                recognised(frame, label, side, Some(step.number), probabilities, None)
            }
            _ => {
                let label = if sight.ready > sight.other { eyes.ready.clone() } else { OTHER.to_owned() };
                recognised(frame, label, None, None, probabilities, None)
            }
        }
    };
    Ok(frames.iter().zip(readings).map(told).collect())
}

fn recognised(
    frame: &SeenFrame,
    label: String,
    side: Option<Side>,
    step: Option<u32>,
    probabilities: BTreeMap<String, f64>,
    withheld: Option<AbstainReason>,
) -> Recognised {
    let (source, seconds) = (frame.source.clone(), frame.seconds);
    Recognised { source, frame: frame.frame, seconds, label, side, step, probabilities, withheld }
}

fn top(probabilities: &BTreeMap<String, f64>) -> (String, f64) {
    let best = probabilities.iter().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or_else(|| (OTHER.to_owned(), 0.0), |(id, p)| (id.clone(), *p))
}

fn side_of(left: f64, right: f64) -> Option<Side> {
    (left + right > 0.0).then_some(if left >= right { Side::Left } else { Side::Right })
}

/// The id and the side of a class's name.
pub(crate) fn split(name: &str) -> (&str, Option<Side>) {
    for side in Side::BOTH {
        if let Some(id) = name.strip_suffix(side.id()).and_then(|id| id.strip_suffix('_')) {
            return (id, Some(side));
        }
    }
    (name, None)
}
