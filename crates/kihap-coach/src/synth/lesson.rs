//! Films to learn from: performances in which anything may be done at any step, so that nothing is learnt of the order of a form, nor of
//! the hand and the stance that usually go together.

use std::ops::Range;

use kihap_syllabus::{Form, Kind, Step, Syllabus};

use crate::chance::Chance;
use crate::degrade::ErrorModel;
use crate::performance::{Breach, Fault, Film, Idle, Manner, Performance, Shoot, film};

/// How often a step ends in a technique of chance, …
const ANY_TECHNIQUE: f32 = 0.5;
/// … which is one that the forms show, as often as they do, rather than any of the syllabus.
const OF_FORMS: f32 = 0.75;
/// How often a step is done with the other limb, and how often in another stance.
const ANY_SIDE: f32 = 0.35;
const ANY_STANCE: f32 = 0.35;
/// How often the posture breaks a bound, as learners do.
const BROKEN: f32 = 0.3;
/// How often nothing of taekwondo is done.
const IDLE: f32 = 0.06;
const IDLE_SECONDS: f64 = 40.0;
const STANCES: [&str; 5] = ["walking_stance", "front_stance", "back_stance", "horse_riding_stance", "tiger_stance"];

/// A performance to learn from, and the camera before it.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// What is done.
    pub performance: Performance,
    /// How it is filmed.
    pub shoot: Shoot,
    seed: u64,
}

impl Lesson {
    /// The lesson with a seed: a body and a camera of its own.
    pub fn of(syllabus: &Syllabus, seed: u64) -> Self {
        let mut chance = Chance::new("lesson", &[seed]);
        let manner = Manner::of(seed, seed);
        let shoot = Shoot::of(seed);
        // As a learner puts the camera, or anywhere.
        let shoot = if chance.often(0.4) { shoot.from_azimuth(chance.around(40.0)) } else { shoot };
        let idle = chance.often(IDLE);
        let form = syllabus.forms().get(chance.below(syllabus.forms().len()));
        let performance = match form {
            Some(form) if !idle => {
                let manner = manner.clone().with(faults(syllabus, form, &mut chance));
                Performance::of_form(syllabus, form, None, &manner).ok()
            }
            _ => None,
        };
        let performance =
            performance.unwrap_or_else(|| Performance::idle(chance.one_of(&Idle::ALL), IDLE_SECONDS, &manner));
        Self { performance, shoot, seed }
    }

    /// Its film with the errors of an estimator. The same lesson gives the same film.
    pub fn film(&self, errors: &ErrorModel) -> Film {
        film(&self.performance, &self.shoot, errors, self.seed)
    }

    /// So many seconds of it, from a moment of chance on; all of it where it is not longer.
    pub fn excerpt(&self, seconds: f64) -> Range<f64> {
        let spare = (self.performance.seconds() - seconds).max(0.0);
        let begin = spare * f64::from(Chance::new("excerpt", &[self.seed]).between(0.0, 1.0));
        begin..begin + seconds
    }
}

fn faults(syllabus: &Syllabus, form: &Form, chance: &mut Chance) -> Vec<Fault> {
    let shown: Vec<&str> = syllabus
        .forms()
        .iter()
        .flat_map(|form| &form.steps)
        .flat_map(|step| &step.technique)
        .map(|technique| technique.id.as_str())
        .collect();
    let all: Vec<&str> = syllabus
        .techniques()
        .iter()
        .filter(|technique| !matches!(technique.kind, Kind::Stance | Kind::Ready))
        .map(|technique| technique.id.as_str())
        .collect();
    let mut faults = if chance.often(0.5) { vec![Fault::Mirrored] } else { Vec::new() };
    for step in &form.steps {
        let list = if chance.often(OF_FORMS) { &shown } else { &all };
        let other = chance.often(ANY_TECHNIQUE).then(|| list[chance.below(list.len())]);
        if let Some(technique) = other {
            faults.push(Fault::WrongTechnique { step: step.number, technique: technique.to_owned() });
        }
        if chance.often(ANY_SIDE) {
            faults.push(Fault::WrongSide { step: step.number });
        }
        if STANCES.contains(&step.stance.as_str()) && chance.often(ANY_STANCE) {
            faults.push(Fault::WrongStance { step: step.number, stance: chance.one_of(&STANCES).to_owned() });
        }
        if chance.often(BROKEN) {
            faults.extend(broken(syllabus, step, other, chance));
        }
    }
    faults
}

/// A bound of what is shown at the step, broken by up to its own width.
fn broken(syllabus: &Syllabus, step: &Step, other: Option<&str>, chance: &mut Chance) -> Option<Fault> {
    let own = syllabus.technique(other.or(step.technique.last().map(|last| last.id.as_str()))?)?;
    let measures = Breach::measures(own);
    let measure = *measures.get(chance.below(measures.len()))?;
    let bounds = own.geometry.measures.get(&measure)?;
    let margin = f64::from(chance.between(0.05, 1.0)) * (bounds.max - bounds.min);
    let breach = Breach::beyond(own, measure, chance.often(0.5), margin)?;
    Some(Fault::Posture { step: step.number, breach })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_shows_what_its_form_does_not() {
        let syllabus = Syllabus::embedded().unwrap();
        let errors = ErrorModel::measured().unwrap();
        let mut shown = std::collections::BTreeSet::new();
        for seed in 0..12 {
            let film = Lesson::of(&syllabus, seed).film(&errors);
            assert!(film.frames.len() > 100);
            shown.extend(film.frames.iter().map(|frame| frame.truth.technique.clone()));
        }
        assert!(shown.len() > 60, "{}", shown.len());
        let [one, again] = [0, 0].map(|seed| Lesson::of(&syllabus, seed).film(&errors));
        assert_eq!(one.frames[50].pose, again.frames[50].pose);
    }
}
