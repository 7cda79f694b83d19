//! Asks for the classes of a model one by one and says what was shown: verification of a model, and practice of basic motions.

use image::RgbImage;
use kihap_coach::practise::{Outcome, Progress, StarTest, Trial};
use kihap_syllabus::Syllabus;
use kihap_vision::Pose;
use serde::Serialize;

use super::class::Both;
use super::model::{LiveModel, LiveSeen};
use crate::error::{JobError, Result};

/// What became of one class that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Name of the class that was asked for.
    pub class: String,
    /// What people call it.
    pub title: Both,
    /// Name of the class that was recognised; `None` where it was skipped or no frame came.
    pub recognised: Option<String>,
    /// What people call that.
    pub recognised_title: Option<Both>,
    /// Its greatest probability, 0 to 1.
    pub certainty: f64,
    /// The greatest probability of the class that was asked for.
    pub wanted_certainty: f64,
    /// Stars, 0 to 3.
    pub stars: u32,
    /// Whether it passed.
    pub passed: bool,
    /// Whether it was skipped.
    pub skipped: bool,
}

/// How far the class asked for is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum Asked {
    /// The ready stance is awaited.
    Ready {
        /// Frames it has been held.
        held: u32,
        /// Frames it must be held.
        needed: u32,
    },
    /// It is watched.
    Watching {
        /// Seconds left.
        left: f64,
        /// Greatest probability so far.
        certainty: f64,
    },
    /// It is over.
    Done {
        /// With this answer.
        answer: Answer,
    },
}

/// How long a class is watched at most, seconds.
const LONGEST_S: f64 = 30.0;

/// A model that asks.
pub struct Examiner {
    model: LiveModel,
    test: Option<(usize, StarTest)>,
    answers: Vec<Answer>,
}

impl Examiner {
    /// Asks by this model.
    pub fn new(model: LiveModel) -> Examiner {
        Examiner { model, test: None, answers: Vec::new() }
    }

    /// The model.
    pub fn model(&self) -> &LiveModel {
        &self.model
    }

    /// What was answered so far, each class once, in the order in which they were first asked.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Asks for a class: watches it for at most `seconds`, from the next frame on or, where `after_ready`, when the ready stance
    /// was held.
    ///
    /// # Errors
    /// A class that the model does not have.
    pub fn ask(&mut self, syllabus: &Syllabus, class: &str, seconds: f64, after_ready: bool) -> Result<()> {
        let index = self.index(class)?;
        let classes = self.model.classes();
        let resting: Vec<bool> = classes.iter().map(|class| class.rest).collect();
        let trial = Trial::new(syllabus, index, &resting);
        let seconds = seconds.clamp(0.5, LONGEST_S);
        let ready = classes.iter().position(|class| class.ready).filter(|_| after_ready);
        let test = match ready {
            Some(ready) => StarTest::new(syllabus, ready, trial, seconds),
            None => StarTest::at_once(trial, seconds),
        };
        self.test = Some((index, test));
        Ok(())
    }

    /// Goes on without an answer.
    ///
    /// # Errors
    /// A class that the model does not have.
    pub fn skip(&mut self, class: &str) -> Result<()> {
        let index = self.index(class)?;
        self.test = None;
        let nothing = Outcome {
            recognised: None,
            certainty: 0.0,
            wanted_certainty: 0.0,
            stars: 0,
            passed: false,
            frames: 0,
            best_seconds: None,
        };
        let skipped = Answer { skipped: true, ..self.answer(index, &nothing) };
        self.note(skipped);
        Ok(())
    }

    /// Asks for nothing any more.
    pub fn rest(&mut self) {
        self.test = None;
    }

    /// What a frame shows, and how far the class asked for is.
    ///
    /// # Errors
    /// When a network fails.
    pub fn see(&mut self, seconds: f64, picture: &RgbImage, pose: Option<&Pose>) -> Result<(LiveSeen, Option<Asked>)> {
        let seen = self.model.see(seconds, picture, pose)?;
        let Some((index, test)) = &mut self.test else { return Ok((seen, None)) };
        let asked = match test.next(seconds, &seen.probabilities) {
            Progress::Ready { held, needed } => Asked::Ready { held, needed },
            Progress::Watching { left, certainty } => Asked::Watching { left, certainty },
            Progress::Done(outcome) => {
                let index = *index;
                let answer = self.answer(index, &outcome);
                self.test = None;
                self.note(answer.clone());
                Asked::Done { answer }
            }
        };
        Ok((seen, Some(asked)))
    }

    fn index(&self, class: &str) -> Result<usize> {
        let classes = self.model.classes();
        classes.iter().position(|known| known.name == class).ok_or_else(|| JobError::NoSuchClass {
            class: class.to_owned(),
            known: classes.iter().map(|known| known.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    fn answer(&self, asked: usize, outcome: &Outcome) -> Answer {
        let classes = self.model.classes();
        let recognised = outcome.recognised.and_then(|index| classes.get(index));
        Answer {
            class: classes[asked].name.clone(),
            title: classes[asked].title.clone(),
            recognised: recognised.map(|class| class.name.clone()),
            recognised_title: recognised.map(|class| class.title.clone()),
            certainty: outcome.certainty,
            wanted_certainty: outcome.wanted_certainty,
            stars: outcome.stars,
            passed: outcome.passed,
            skipped: false,
        }
    }

    /// A class asked again has a new answer in the old one's place.
    fn note(&mut self, answer: Answer) {
        match self.answers.iter_mut().find(|known| known.class == answer.class) {
            Some(known) => *known = answer,
            None => self.answers.push(answer),
        }
    }
}
