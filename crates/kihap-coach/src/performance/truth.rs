//! What is true of a performance at a moment and on the whole.

use kihap_syllabus::{OTHER, Side};

use super::fault::Fault;
use crate::reading::Label;

/// What the body is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Holds a ready stance, or the posture a section begins from.
    Ready,
    /// On the way to the technique.
    Moving,
    /// Holds the technique.
    Held,
    /// Draws a kick back.
    Leaving,
    /// Does nothing of the syllabus.
    Idle,
}

/// What is true at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Number of the step as the form has it; `None` before the first, after the last, in an added technique's stead and
    /// outside forms.
    pub step: Option<u32>,
    /// The technique shown or on its way; [`OTHER`] in idle moments.
    pub technique: Label,
    /// The stance stood in or on its way, its side the leading leg; [`OTHER`] for kicks and idle moments.
    pub stance: Label,
    /// What the body is about.
    pub phase: Phase,
    /// How much of the phase is over, 0..=1.
    pub progress: f32,
    /// Which way the body faces: that of the technique, or of the trunk where the syllabus tells them apart. Degrees in
    /// 0..360.
    pub heading_deg: f32,
    /// Index into [`super::Performance::faults`] of what is wrong here.
    pub fault: Option<usize>,
}

/// A phase in time.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) step: Option<u32>,
    pub(super) technique: Label,
    pub(super) stance: Label,
    pub(super) phase: Phase,
    pub(super) fault: Option<usize>,
}

/// A technique or stance that is none of the syllabus.
pub(super) fn other() -> Label {
    Label { id: OTHER.to_owned(), side: None }
}

/// When a technique was done, seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct TechniqueTime {
    /// Id of the technique.
    pub id: String,
    /// The acting limb.
    pub side: Option<Side>,
    /// When the body leaves the posture before.
    pub start: f64,
    /// When the end posture is reached.
    pub end: f64,
}

/// When a step was done, seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTime {
    /// Number of the step; `None` for what the form has not.
    pub step: Option<u32>,
    /// When the body leaves the posture before.
    pub start: f64,
    /// When the last technique's end posture is reached.
    pub end: f64,
    /// Its techniques in order.
    pub techniques: Vec<TechniqueTime>,
}

/// A fault and when it shows, seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct InjectedFault {
    /// What goes wrong.
    pub fault: Fault,
    /// When it begins; of a skipped step, when it should have begun.
    pub start: f64,
    /// When it is over.
    pub end: f64,
}
