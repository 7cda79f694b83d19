//! Which step of a form a reading shows, frame by frame and without what came before.

use kihap_coach::reading::{Reading, Vocabulary};
use kihap_syllabus::{OTHER, Step, StepTechnique, Syllabus};

use crate::error::{JobError, Result};

/// How much the stance counts beside the technique: feet are often out of the picture.
const STANCE_WEIGHT: f64 = 0.5;
/// How sharply headings are told (concentration of a von Mises distribution); about ±35 degrees.
const HEADING_CONCENTRATION: f64 = 2.7;

/// Tells the steps of a form (or of one of its sections) apart.
#[derive(Debug, Clone)]
pub(crate) struct FormEyes {
    /// Id of the form's ready stance.
    pub(crate) ready: String,
    /// The steps told apart, in order.
    pub(crate) steps: Vec<Step>,
}

/// What a reading shows; the numbers add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FormSight {
    /// Probability of the ready stance.
    pub(crate) ready: f64,
    /// Probability of something else.
    pub(crate) other: f64,
    /// Probability of each step.
    pub(crate) steps: Vec<f64>,
}

impl FormEyes {
    /// For the form `id`, or its section.
    ///
    /// # Errors
    /// A form that there is not.
    pub(crate) fn new(syllabus: &Syllabus, id: &str, section: Option<u32>) -> Result<Self> {
        let unknown = || JobError::NoSuchForm { name: id.to_owned(), known: String::new() };
        let form = syllabus.form(id).ok_or_else(unknown)?;
        let steps = form.steps.iter().filter(|step| section.is_none_or(|s| step.section == s));
        Ok(Self { ready: form.head.ready.clone(), steps: steps.cloned().collect() })
    }

    /// What a reading of somebody in view shows.
    pub(crate) fn sight(&self, vocabulary: &Vocabulary, reading: &Reading) -> FormSight {
        let told = |list: &[f32], index: Option<usize>| index.map_or(0.0, |i| f64::from(list[i]));
        let ready = told(&reading.techniques, vocabulary.technique(&self.ready, None));
        let other = told(&reading.techniques, vocabulary.technique(OTHER, None));
        let score = |step: &Step| {
            let best = |t: &StepTechnique| told(&reading.techniques, vocabulary.technique(&t.id, t.side.one()));
            let technique = step.technique.iter().map(best).fold(0.0, f64::max);
            let lead = step.lead_leg.side();
            let stance = vocabulary.stance(&step.stance, lead).or_else(|| vocabulary.stance(&step.stance, None));
            let stance = stance.map_or(1.0, |i| f64::from(reading.stances[i]).max(0.02).powf(STANCE_WEIGHT));
            let heading = reading.heading_deg.map_or(1.0, |heading| {
                let off = f64::from(heading) - f64::from(step.facing.degrees());
                (HEADING_CONCENTRATION * (off.to_radians().cos() - 1.0)).exp()
            });
            technique * stance * heading
        };
        let scores: Vec<f64> = self.steps.iter().map(score).collect();
        // Steps share what the network leaves for techniques of the form; ready and other keep theirs.
        let sum: f64 = scores.iter().sum();
        let share = (1.0 - ready - other).max(0.0);
        let told_apart = sum > 1e-12;
        FormSight {
            ready,
            other: other + if told_apart { 0.0 } else { share },
            steps: scores.iter().map(|score| if told_apart { share * score / sum } else { 0.0 }).collect(),
        }
    }
}
