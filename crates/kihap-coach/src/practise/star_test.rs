//! A test of one motion: hold the ready stance, show the motion, get stars.

use kihap_syllabus::Syllabus;
use serde::Serialize;

use super::{Outcome, ReadyWatch, Trial};

/// How far a test is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum Progress {
    /// The ready stance is awaited.
    Ready {
        /// Frames it has been held.
        held: u32,
        /// Frames it must be held.
        needed: u32,
    },
    /// The motion is watched.
    Watching {
        /// Seconds left.
        left: f64,
        /// Greatest probability of the wanted motion so far.
        certainty: f64,
    },
    /// It is over.
    Done(Outcome),
}

/// Tests one motion. It begins with the ready stance, or at once, and ends after some seconds, or as soon as the motion is shown
/// surely.
#[derive(Debug, Clone)]
pub struct StarTest {
    ready: Option<(ReadyWatch, usize)>,
    trial: Trial,
    seconds: f64,
    began: Option<f64>,
    over: bool,
}

impl StarTest {
    /// Waits for the class `ready_class`, then watches `trial` for at most `seconds`.
    pub fn new(syllabus: &Syllabus, ready_class: usize, trial: Trial, seconds: f64) -> Self {
        Self { ready: Some((ReadyWatch::of(syllabus), ready_class)), trial, seconds, began: None, over: false }
    }

    /// Watches `trial` from the next frame on for at most `seconds`.
    pub fn at_once(trial: Trial, seconds: f64) -> Self {
        Self { ready: None, trial, seconds, began: None, over: false }
    }

    /// Takes the (evened) probabilities of one frame in.
    pub fn next(&mut self, seconds: f64, probabilities: &[f64]) -> Progress {
        if let (None, Some((ready, class))) = (self.began, &mut self.ready) {
            if ready.next(probabilities.get(*class).copied().unwrap_or(0.0)) {
                self.began = Some(seconds);
            }
            return Progress::Ready { held: ready.held(), needed: ready.needed() };
        }
        let began = *self.began.get_or_insert(seconds);
        if !self.over {
            self.trial.next(seconds, probabilities);
            self.over = self.trial.settled() || seconds - began >= self.seconds;
        }
        if self.over {
            return Progress::Done(self.trial.outcome());
        }
        Progress::Watching {
            left: (self.seconds - (seconds - began)).max(0.0),
            certainty: self.trial.wanted_certainty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_then_the_motion_then_stars() {
        let syllabus = Syllabus::embedded().unwrap();
        // Classes: ready, the motion.
        let trial = Trial::new(&syllabus, 1, &[true, false]);
        let mut test = StarTest::new(&syllabus, 0, trial, 4.0);
        let mut phases = Vec::new();
        for i in 0..60 {
            let motion = if (20..40).contains(&i) { 0.9 } else { 0.05 };
            match test.next(f64::from(i) / 30.0, &[1.0 - motion, motion]) {
                Progress::Ready { .. } => phases.push(0),
                Progress::Watching { .. } => phases.push(1),
                Progress::Done(outcome) => {
                    assert_eq!((outcome.recognised, outcome.stars), (Some(1), 3));
                    phases.push(2);
                }
            }
        }
        assert_eq!(phases.iter().filter(|phase| **phase == 0).count(), 5);
        assert!(phases.is_sorted() && phases.ends_with(&[2]));
    }

    #[test]
    fn time_runs_out() {
        let syllabus = Syllabus::embedded().unwrap();
        let mut test = StarTest::new(&syllabus, 0, Trial::new(&syllabus, 1, &[true, false]), 1.0);
        let last = (0..60).map(|i| test.next(f64::from(i) / 30.0, &[0.9, 0.1])).last();
        assert!(matches!(last, Some(Progress::Done(outcome)) if !outcome.passed && outcome.recognised == Some(0)));
    }
}
