//! What is to be performed, step by step, before anything moves.

use kihap_syllabus::{Form, Handedness, Heading, Kind, Side, Step, Syllabus, Technique, Travel};

use crate::postures::Fixed;

/// One technique of an act.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move<'a> {
    pub(super) technique: &'a Technique,
    pub(super) side: Option<Side>,
    /// Where it goes, where that is not where the step goes; degrees.
    pub(super) gaze_deg: Option<f32>,
    /// A measure that is set on purpose.
    pub(super) fixed: Option<Fixed>,
}

impl<'a> Move<'a> {
    pub(super) fn new(technique: &'a Technique, side: Option<Side>) -> Self {
        let side = side.filter(|_| technique.handedness == Handedness::Sided);
        Self { technique, side, gaze_deg: None, fixed: None }
    }

    /// Whether a leg does it.
    pub(super) fn is_kick(&self) -> bool {
        self.technique.kind == Kind::Kick || self.technique.id == "knee_strike"
    }
}

/// How far the body turns into an act.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// By these degrees.
    By(f32),
    /// To where it has to face, by about these degrees.
    Nearest(f32),
}

/// A step of a form, a technique on its own, or what a fault makes of one.
#[derive(Debug, Clone)]
pub(super) struct Act<'a> {
    pub(super) step: Option<u32>,
    pub(super) heading_deg: f32,
    pub(super) turn: Turn,
    pub(super) gaze_deg: f32,
    /// `None` where the foot only touches down.
    pub(super) stance: Option<&'a Technique>,
    pub(super) via: Option<&'a Technique>,
    pub(super) lead: Option<Side>,
    pub(super) moves: Vec<Move<'a>>,
    pub(super) slow: bool,
    pub(super) backward: bool,
    pub(super) kihap: bool,
    /// Speed against that of the performance.
    pub(super) tempo: f32,
    /// Which fault shows here.
    pub(super) fault: Option<usize>,
}

fn degrees(heading: Heading) -> f32 {
    heading.degrees() as f32
}

impl<'a> Act<'a> {
    /// A single technique to the north.
    pub(super) fn single(moves: Vec<Move<'a>>, stance: Option<&'a Technique>, lead: Option<Side>) -> Self {
        Self {
            step: None,
            heading_deg: 0.0,
            turn: Turn::Nearest(0.0),
            gaze_deg: 0.0,
            stance,
            via: None,
            lead,
            moves,
            slow: false,
            backward: false,
            kihap: false,
            tempo: 1.0,
            fault: None,
        }
    }

    fn of_step(syllabus: &'a Syllabus, step: &Step, before: Option<&Step>) -> Self {
        let moves = step.technique.iter().filter_map(|entry| {
            let technique = syllabus.technique(&entry.id)?;
            Some(Move { gaze_deg: entry.facing.map(degrees), ..Move::new(technique, entry.side.one()) })
        });
        let by = step.turn_deg as f32;
        // Where the trunk does not face with the gaze, the turn given is the gaze's; only whole spins are the body's.
        let trunk_apart = step.body.is_some() || before.is_some_and(|before| before.body.is_some());
        let turn = match trunk_apart {
            true => Turn::Nearest(if step.turn_deg.abs() >= 360 { by } else { 0.0 }),
            false => Turn::By(by),
        };
        Self {
            step: Some(step.number),
            heading_deg: degrees(step.body.unwrap_or(step.facing)),
            turn,
            gaze_deg: degrees(step.facing),
            stance: syllabus.technique(&step.stance),
            via: step.via_stance.as_deref().and_then(|id| syllabus.technique(id)),
            lead: step.lead_leg.side(),
            moves: moves.collect(),
            slow: step.slow,
            backward: step.travel == Some(Travel::Backward),
            kihap: step.kihap,
            tempo: 1.0,
            fault: None,
        }
    }

    /// The same in a mirror.
    pub(super) fn mirrored(self) -> Self {
        let back = |degrees: f32| -degrees;
        let turn = match self.turn {
            Turn::By(degrees) => Turn::By(-degrees),
            Turn::Nearest(degrees) => Turn::Nearest(-degrees),
        };
        let moves =
            self.moves.into_iter().map(|m| Move { side: m.side.map(Side::other), gaze_deg: m.gaze_deg.map(back), ..m });
        Self {
            heading_deg: -self.heading_deg,
            gaze_deg: -self.gaze_deg,
            turn,
            lead: self.lead.map(Side::other),
            moves: moves.collect(),
            ..self
        }
    }
}

/// The acts of a form or of one of its sections, in order.
pub(super) fn of_form<'a>(syllabus: &'a Syllabus, form: &'a Form, section: Option<u32>) -> Vec<Act<'a>> {
    let steps = form.steps.iter().enumerate();
    let wanted = steps.filter(|(_, step)| section.is_none_or(|section| step.section == section));
    wanted
        .map(|(index, step)| Act::of_step(syllabus, step, index.checked_sub(1).and_then(|i| form.steps.get(i))))
        .collect()
}
