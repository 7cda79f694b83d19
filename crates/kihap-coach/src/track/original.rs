//! What the original web app of 2022 did: no order of evidence, no skipping, one class after the other.

use kihap_syllabus::{Form, OriginalApp, Syllabus};
use serde::Serialize;

use super::TrackError;
use super::plan::Plan;
use crate::reading::{Reading, Vocabulary};

/// What the original's app says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum OriginalEvent {
    /// The ready stance was held.
    Started {
        /// When, seconds.
        seconds: f64,
    },
    /// The top class equalled the technique awaited.
    Passed {
        /// Number of the step.
        step: u32,
        /// Id of the technique.
        technique: String,
        /// When, seconds.
        seconds: f64,
        /// Its probability then.
        probability: f32,
    },
    /// The last technique was passed.
    Finished {
        /// When, seconds.
        seconds: f64,
    },
}

/// A technique as the original's app marks it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OriginalStep {
    /// Number of the step.
    pub step: u32,
    /// Id of the technique.
    pub technique: String,
    /// When it was passed, seconds; `None` if it was not.
    pub seconds: Option<f64>,
    /// Greatest probability while it was awaited and until the next one was passed, 0 to 1.
    pub probability: f32,
    /// 3, 2, 1 or 0 stars by that probability.
    pub stars: u32,
}

/// Follows a form as the original's app did: after the ready stance has been held, a technique counts as soon as the top class
/// equals it, and the next one is awaited.
#[derive(Debug, Clone)]
pub struct OriginalMode {
    rules: OriginalApp,
    ready: usize,
    held: u32,
    started: bool,
    awaited: usize,
    wanted: Vec<usize>,
    steps: Vec<OriginalStep>,
}

impl OriginalMode {
    /// Follows a form or a section (1 to 4) of it by the rules in the syllabus.
    ///
    /// # Errors
    /// A section that the form does not have.
    pub fn new(syllabus: &Syllabus, form: &Form, section: Option<u32>) -> Result<Self, TrackError> {
        let vocabulary = Vocabulary::of(syllabus);
        let plan = Plan::new(syllabus, &vocabulary, form, section, None)?;
        let moves: Vec<_> = plan.moves.iter().filter_map(|planned| Some((planned, planned.step?))).collect();
        let steps = moves.iter().map(|(planned, step)| OriginalStep {
            step: plan.steps[*step].number,
            technique: planned.id.clone(),
            seconds: None,
            probability: 0.0,
            stars: 0,
        });
        Ok(Self {
            rules: syllabus.scoring().original_app.clone(),
            // The rule names the basic ready stance; Koryo begins in its own.
            ready: plan.moves[0].technique,
            held: 0,
            started: false,
            awaited: 0,
            wanted: moves.iter().map(|(planned, _)| planned.technique).collect(),
            steps: steps.collect(),
        })
    }

    /// Takes one reading in.
    pub fn push(&mut self, reading: &Reading) -> Vec<OriginalEvent> {
        let seconds = reading.seconds;
        if !self.started {
            let ready = reading.techniques.get(self.ready).copied().unwrap_or(0.0);
            self.held = if f64::from(ready) >= self.rules.start_rule.min_score { self.held + 1 } else { 0 };
            self.started = self.held >= self.rules.start_rule.consecutive_frames;
            return if self.started { vec![OriginalEvent::Started { seconds }] } else { Vec::new() };
        }
        // What was passed last may still get better while it is held.
        if let Some(last) = self.awaited.checked_sub(1) {
            self.mark(last, reading);
        }
        let Some(wanted) = self.wanted.get(self.awaited).copied() else { return Vec::new() };
        let top = reading.techniques.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((_, probability)) = top.filter(|(label, _)| *label == wanted) else { return Vec::new() };
        self.mark(self.awaited, reading);
        let passed = &mut self.steps[self.awaited];
        passed.seconds = Some(seconds);
        let (step, technique) = (passed.step, passed.technique.clone());
        let mut events = vec![OriginalEvent::Passed { step, technique, seconds, probability }];
        self.awaited += 1;
        if self.awaited == self.wanted.len() {
            events.push(OriginalEvent::Finished { seconds });
        }
        events
    }

    fn mark(&mut self, index: usize, reading: &Reading) {
        let probability = reading.techniques.get(self.wanted[index]).copied().unwrap_or(0.0);
        let step = &mut self.steps[index];
        step.probability = step.probability.max(probability);
        step.stars = self.rules.stars_for(f64::from(step.probability));
    }

    /// Every technique with its stars, so far.
    pub fn steps(&self) -> &[OriginalStep] {
        &self.steps
    }
}
