//! The score sheet of a performance: what was found when, what was deducted and why, what was not judged and why.

use kihap_syllabus::Side;
use serde::Serialize;

use super::{Extra, Withheld};

/// How a performance was found to begin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Started {
    /// When the first movement could begin, seconds.
    pub seconds: f64,
    /// By what.
    pub by: StartedBy,
}

/// What a start was known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StartedBy {
    /// The ready stance was held.
    ReadyStance,
    /// There was no ready stance; the first step that was recognised.
    FirstStep,
}

/// By what a step was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// The technique itself was recognised.
    Seen,
    /// The technique could not be told (turned away, hidden); heading, stance and its place in the order speak for it.
    ByOrder,
}

/// What spoke for a step: mean nats a look, positive for and negative against; `None` where nothing could be read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StepEvidence {
    /// By what it was found.
    pub kind: EvidenceKind,
    /// Its closing technique.
    pub technique: Option<f32>,
    /// Its stance.
    pub stance: Option<f32>,
    /// Its heading.
    pub heading: Option<f32>,
}

/// A technique within a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetTechnique {
    /// Id in the syllabus.
    pub id: String,
    /// The acting limb.
    pub side: Option<Side>,
    /// Whether it was found.
    pub found: bool,
    /// Probability of the technique while it was held, 0 to 1.
    pub probability: f32,
    /// When it was clearest, seconds.
    pub seconds: Option<f64>,
    /// Number of the reading in which it was clearest: the one to judge.
    pub frame: Option<usize>,
}

/// A measure outside its band: what the judge of a posture says of a found step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepFault {
    /// Id of the technique or stance judged; `None` for the step's closing technique.
    pub technique: Option<String>,
    /// Key of the measure, such as `act_elbow_deg`.
    pub measure: String,
    /// What was measured, in the measure's unit.
    pub value: f64,
    /// Lowest value still right.
    pub min: f64,
    /// Highest value still right.
    pub max: f64,
    /// Number of the reading.
    pub frame: usize,
    /// Points taken off: 0.1 or 0.3.
    pub deduction: f64,
}

/// A step of the form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetStep {
    /// Its number in the form.
    pub number: u32,
    /// Id of its first technique.
    pub technique: String,
    /// All its techniques in order.
    pub techniques: Vec<SheetTechnique>,
    /// Id of the stance it ends in.
    pub stance: String,
    /// The leg in front.
    pub lead: Option<Side>,
    /// When its movement began, seconds.
    pub start: Option<f64>,
    /// When its end posture was reached, seconds.
    pub reached: Option<f64>,
    /// When its end posture was left, seconds.
    pub end: Option<f64>,
    /// Whether it was performed.
    pub found: bool,
    /// How sure that is, 0 to 1.
    pub probability: f32,
    /// What spoke for it.
    pub evidence: Option<StepEvidence>,
    /// Number of the reading that shows its end posture best.
    pub frame: Option<usize>,
    /// Measures outside their bands.
    pub faults: Vec<StepFault>,
}

/// Why points were taken off.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Reason {
    /// A step was left out.
    MissingStep,
    /// One of a step's techniques was left out.
    MissingTechnique,
    /// Another technique in its place.
    WrongTechnique {
        /// Id of what was seen.
        seen: String,
        /// Its side.
        seen_side: Option<Side>,
    },
    /// Another stance.
    WrongStance {
        /// Id of the stance asked for.
        wanted: String,
        /// Id of what was seen.
        seen: String,
    },
    /// Something that does not belong there.
    Added,
    /// A step done once more.
    Repeated,
    /// Two steps in each other's place.
    Swapped {
        /// The other step.
        with: u32,
    },
    /// A step at another place of the order.
    Misplaced,
    /// The form was begun again.
    Restarted,
    /// A measure outside its band.
    Posture,
}

/// Points taken off.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deduction {
    /// How many.
    pub points: f64,
    /// Number of the step; for something added the step before it.
    pub step: Option<u32>,
    /// Id of the technique.
    pub technique: String,
    /// Key of the measure, for faults of posture.
    pub measure: Option<String>,
    /// What was measured.
    pub value: Option<f64>,
    /// The allowed band.
    pub band: Option<[f64; 2]>,
    /// Number of the reading that shows it.
    pub frame: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// A performance's score sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// Id of the form.
    pub form: String,
    /// The section, if only one was performed.
    pub section: Option<u32>,
    /// Whether the pictures were mirrored.
    pub mirrored: bool,
    /// Where the camera stood seen from the performer, degrees clockwise from the form's north, −180 to 180; `None` where no
    /// heading could be read.
    pub camera_heading_deg: Option<f32>,
    /// How it began; `None` where nothing was found.
    pub started: Option<Started>,
    /// Every step asked for, in order.
    pub steps: Vec<SheetStep>,
    /// What was there that does not belong, in order of time.
    pub extra: Vec<Extra>,
    /// Numbers of steps in each other's place.
    pub swapped: Vec<[u32; 2]>,
    /// Where one shouts. A shout cannot be heard in pictures.
    pub kihap_steps: Vec<u32>,
    /// Points to begin with.
    pub accuracy_points: f64,
    /// What is left of them; `None` where no step was found.
    pub accuracy_score: Option<f64>,
    /// What was taken off.
    pub deductions: Vec<Deduction>,
    /// What was not judged, and why.
    pub withheld: Vec<Withheld>,
}

impl Sheet {
    /// Number of steps found.
    pub fn found(&self) -> usize {
        self.steps.iter().filter(|step| step.found).count()
    }

    /// With the faults of posture that the judge found: step numbers and faults. Those of steps that were not found, or of
    /// which only the order speaks, are left out: what was not seen is not judged.
    pub fn with_faults(mut self, faults: impl IntoIterator<Item = (u32, StepFault)>) -> Self {
        for (number, fault) in faults {
            let judged = |step: &&mut SheetStep| {
                let seen = step.evidence.is_some_and(|evidence| evidence.kind == EvidenceKind::Seen);
                step.number == number && step.found && seen
            };
            let Some(step) = self.steps.iter_mut().find(judged) else { continue };
            let closing = step.techniques.last().map_or(&step.technique, |technique| &technique.id);
            self.deductions.push(Deduction {
                points: fault.deduction,
                step: Some(number),
                technique: fault.technique.as_ref().unwrap_or(closing).clone(),
                measure: Some(fault.measure.clone()),
                value: Some(fault.value),
                band: Some([fault.min, fault.max]),
                frame: Some(fault.frame),
                reason: Reason::Posture,
            });
            step.faults.push(fault);
        }
        self.score();
        self
    }

    /// Takes all deductions off the points; never below 0.
    pub(super) fn score(&mut self) {
        let off: f64 = self.deductions.iter().map(|deduction| deduction.points).sum();
        let left = ((self.accuracy_points - off).max(0.0) * 100.0).round() / 100.0;
        self.accuracy_score = (self.found() > 0).then_some(left);
    }
}
