//! The form as the decoder sees it: every technique of every step in order, between two ready stances.

use kihap_syllabus::{Form, Heading, Kind, Side, Step, Syllabus};

use super::TrackError;
use crate::reading::Vocabulary;

/// One thing to do: a technique of a step, or the ready stance before or after them all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Move {
    /// Index into [`Plan::steps`]; `None` for a ready stance.
    pub(super) step: Option<usize>,
    /// Id of the technique.
    pub(super) id: String,
    pub(super) side: Option<Side>,
    pub(super) kind: Kind,
    /// Index into the vocabulary's techniques.
    pub(super) technique: usize,
    /// Index into the vocabulary's stances; `None` where the stance says nothing (kicks, ready stances).
    pub(super) stance: Option<usize>,
    /// Which ways the trunk may face, degrees from north, with their shares.
    pub(super) headings: Vec<(f32, f32)>,
    /// It closes its step.
    pub(super) closes: bool,
}

impl Move {
    pub(super) fn is_kick(&self) -> bool {
        self.kind == Kind::Kick
    }
}

/// A step of the plan.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlannedStep {
    pub(super) number: u32,
    /// Indices of its moves, first and last.
    pub(super) moves: [usize; 2],
    /// Id of the stance it ends in.
    pub(super) stance: String,
    pub(super) lead: Option<Side>,
}

/// What is to be performed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) form: String,
    pub(super) section: Option<u32>,
    /// The first is the ready stance before; the last may be the one after.
    pub(super) moves: Vec<Move>,
    pub(super) steps: Vec<PlannedStep>,
    /// Whether the form itself has a ready stance before these steps.
    pub(super) begins_ready: bool,
    pub(super) ends_ready: bool,
    pub(super) kihap_steps: Vec<u32>,
}

impl Plan {
    pub(super) fn new(
        syllabus: &Syllabus,
        vocabulary: &Vocabulary,
        form: &Form,
        section: Option<u32>,
        first_step: Option<u32>,
    ) -> Result<Self, TrackError> {
        let id = form.head.id.clone();
        let part = match section {
            Some(number) => Some(form.sections.iter().find(|s| s.number == number).ok_or(TrackError::NoSection {
                form: id.clone(),
                section: number,
                last: form.sections.len(),
            })?),
            None => None,
        };
        let [first, last] = part.map_or([1, form.steps.len() as u32], |part| part.steps);
        if let Some(step) = first_step.filter(|step| !(first..=last).contains(step)) {
            return Err(TrackError::NoStep { form: id, step, first, last });
        }
        let begins_ready = part.is_none_or(|part| part.includes_ready) && first_step.is_none_or(|step| step == first);
        let ends_ready = part.is_none_or(|part| part.includes_ending);
        let first = first_step.unwrap_or(first);

        let ready = || Move {
            step: None,
            id: form.head.ready.clone(),
            side: None,
            kind: Kind::Ready,
            technique: vocabulary.technique(&form.head.ready, None).unwrap_or_default(),
            stance: None,
            headings: vec![(0.0, 1.0)],
            closes: true,
        };
        // A ready stance before a later section is the learner's own; it may face anywhere.
        let mut moves = vec![Move { headings: if begins_ready { vec![(0.0, 1.0)] } else { Vec::new() }, ..ready() }];
        let mut steps = Vec::new();
        for step in form.steps.iter().filter(|step| (first..=last).contains(&step.number)) {
            let from = moves.len();
            let index = steps.len();
            moves.extend((0..step.technique.len()).map(|part| planned(syllabus, vocabulary, step, index, part)));
            steps.push(PlannedStep {
                number: step.number,
                moves: [from, moves.len() - 1],
                stance: step.stance.clone(),
                lead: step.lead_leg.side(),
            });
        }
        if ends_ready {
            moves.push(ready());
        }
        let kihap_steps =
            form.head.kihap_steps.iter().copied().filter(|number| (first..=last).contains(number)).collect();
        Ok(Self { form: id, section, moves, steps, begins_ready, ends_ready, kihap_steps })
    }

    /// The move that a step ends in: the one that names it.
    pub(super) fn closing(&self, step: usize) -> usize {
        self.steps[step].moves[1]
    }
}

fn planned(syllabus: &Syllabus, vocabulary: &Vocabulary, step: &Step, index: usize, part: usize) -> Move {
    let done = &step.technique[part];
    let side = done.side.one();
    let kind = syllabus.technique(&done.id).map_or(Kind::Block, |technique| technique.kind);
    let stance = || {
        let lead = step.lead_leg.side();
        vocabulary.stance(&step.stance, lead).or_else(|| vocabulary.stance(&step.stance, None))
    };
    let gaze = done.facing.unwrap_or(step.facing);
    Move {
        step: Some(index),
        id: done.id.clone(),
        side,
        kind,
        technique: vocabulary.technique(&done.id, side).unwrap_or_default(),
        stance: if kind == Kind::Kick { None } else { stance() },
        headings: headings(gaze, step.body),
        closes: part + 1 == step.technique.len(),
    }
}

/// Where the trunk is turned away from the gaze, an estimate from the skeleton follows mostly the trunk.
fn headings(gaze: Heading, body: Option<Heading>) -> Vec<(f32, f32)> {
    let degrees = |heading: Heading| heading.degrees() as f32;
    match body {
        Some(body) if body != gaze => vec![(degrees(body), 0.75), (degrees(gaze), 0.25)],
        _ => vec![(degrees(gaze), 1.0)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taegeuk_1_is_twenty_moves_between_two_ready_stances() {
        let syllabus = Syllabus::embedded().unwrap();
        let vocabulary = Vocabulary::of(&syllabus);
        let form = syllabus.form("taegeuk_1").unwrap();
        let plan = Plan::new(&syllabus, &vocabulary, form, None, None).unwrap();
        assert_eq!((plan.moves.len(), plan.steps.len()), (22, 18));
        assert_eq!(plan.steps[13].moves, [14, 15]);
        let kick = &plan.moves[14];
        assert_eq!((kick.id.as_str(), kick.side, kick.closes), ("front_kick", Some(Side::Right), false));
        assert_eq!((kick.stance, kick.headings.as_slice()), (None, &[(270.0, 1.0)][..]));
    }

    #[test]
    fn every_move_of_every_form_has_its_place_in_the_vocabulary() {
        let syllabus = Syllabus::embedded().unwrap();
        let vocabulary = Vocabulary::of(&syllabus);
        for form in syllabus.forms() {
            let plan = Plan::new(&syllabus, &vocabulary, form, None, None).unwrap();
            assert_eq!(plan.steps.len(), form.steps.len());
            for planned in &plan.moves {
                let label = &vocabulary.techniques[planned.technique];
                assert_eq!((&label.id, label.side), (&planned.id, planned.side), "{}", form.head.id);
            }
        }
    }

    #[test]
    fn a_section_has_its_steps_and_a_late_start_fewer() {
        let syllabus = Syllabus::embedded().unwrap();
        let vocabulary = Vocabulary::of(&syllabus);
        let form = syllabus.form("taegeuk_1").unwrap();
        let plan = Plan::new(&syllabus, &vocabulary, form, Some(2), Some(9)).unwrap();
        let numbers: Vec<_> = plan.steps.iter().map(|step| step.number).collect();
        assert_eq!(numbers, [9, 10, 11, 12]);
        assert_eq!((plan.begins_ready, plan.ends_ready, plan.moves.len()), (false, false, 5));
        let refused = |section, step| Plan::new(&syllabus, &vocabulary, form, section, step).unwrap_err().to_string();
        assert!(refused(Some(5), None).contains("no section 5"));
        assert!(refused(Some(2), Some(13)).contains("7 to 12"));
    }
}
