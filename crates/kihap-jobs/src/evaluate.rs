//! Measuring a saved model on a dataset.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use kihap_dataset::features::Problem;
use kihap_dataset::{Dataset, Part, Sample};
use kihap_learn::{Evaluation, Model, Prediction, Warning};
use kihap_vision::Pose;
use serde::Serialize;

use crate::error::{JobError, Result};
use crate::gather::{Selection, Watch, gather};
use crate::sources::Eyes;
use crate::split_file;

/// What to measure on.
#[derive(Debug, Clone, Default)]
pub struct EvaluateRequest {
    /// Which samples.
    pub selection: Selection,
    /// Only the samples of this part of the model's own split (or, for another dataset, of its folders); `None`: all.
    pub part: Option<Part>,
}

/// Scores where all samples of a session (a clip, a burst) give one answer: the class of the highest mean probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionScores {
    /// Sessions, each counted once a class.
    pub count: usize,
    /// Share of them that is right, 0..=1.
    pub accuracy: f64,
    /// Those that are wrong, as (session, truth, answer).
    pub wrong: Vec<WrongSession>,
}

/// A session whose answer is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrongSession {
    /// The session's name.
    pub session: String,
    /// Its class.
    pub class: usize,
    /// The class answered.
    pub answer: usize,
}

impl SessionScores {
    /// `None` where no sample names a session.
    pub(crate) fn of(judged: &[(Sample, usize, Prediction)]) -> Option<SessionScores> {
        let mut sums: BTreeMap<(String, usize), Vec<f64>> = BTreeMap::new();
        for (sample, label, prediction) in judged {
            let Some(session) = &sample.session else { continue };
            let sum =
                sums.entry((session.clone(), *label)).or_insert_with(|| vec![0.0; prediction.probabilities.len()]);
            for (s, p) in sum.iter_mut().zip(&prediction.probabilities) {
                *s += p;
            }
        }
        if sums.is_empty() {
            return None;
        }
        let count = sums.len();
        let wrong: Vec<WrongSession> = sums
            .into_iter()
            .map(|((session, class), sum)| {
                let best = (0..sum.len()).max_by(|&a, &b| sum[a].total_cmp(&sum[b])).unwrap_or_default();
                WrongSession { session, class, answer: best }
            })
            .filter(|w| w.class != w.answer)
            .collect();
        Some(SessionScores { count, accuracy: (count - wrong.len()) as f64 / count as f64, wrong })
    }
}

/// What was measured.
#[derive(Debug)]
pub struct Evaluated {
    /// The numbers.
    pub evaluation: Evaluation,
    /// Scores by session, where the samples have sessions.
    pub sessions: Option<SessionScores>,
    /// Each sample with its true label and its prediction.
    pub judged: Vec<(Sample, usize, Prediction)>,
    /// People found in each sample.
    pub people: Vec<Vec<Pose>>,
    /// Samples that could not be read.
    pub problems: Vec<Problem>,
}

/// Measures the model in `folder` on a dataset.
///
/// # Errors
/// When the dataset has a class that the model does not know, no sample is in the part, or features cannot be made.
pub fn evaluate(
    model: &Model,
    folder: &Path,
    dataset: &Dataset,
    request: &EvaluateRequest,
    watch: &mut Watch<'_>,
) -> Result<Evaluated> {
    let mut samples = request.selection.of(dataset)?;
    let names = model.class_names();
    if let Some(stranger) = samples.iter().find(|s| !names.contains(&s.class)) {
        return Err(JobError::UnknownClass { class: stranger.class.clone(), known: names.join(", ") });
    }
    let known = split_file::load(folder);
    let own = samples.iter().any(|s| known.contains_key(&s.hash));
    let mut warnings = Vec::new();
    if let Some(part) = request.part {
        samples.retain(|s| if own { known.get(&s.hash) == Some(&part) } else { s.split == Some(part) });
        if samples.is_empty() {
            return Err(JobError::NoPart { part: part.name().into() });
        }
    } else {
        let learnt = samples.iter().filter(|s| known.get(&s.hash) == Some(&Part::Train)).count();
        if learnt > 0 {
            let note = format!("{learnt} of {} samples were learnt from: these numbers are optimistic", samples.len());
            let korean =
                format!("표본 {}개 중 {learnt}개는 학습에 쓴 것이라 수치가 실제보다 높게 나옵니다", samples.len());
            warnings.push(Warning::Note { note, korean: Some(korean) });
        }
    }
    let label = |sample: &Sample| names.iter().position(|n| *n == sample.class).unwrap_or_default();
    let mut eyes = Eyes::of_model(model)?;
    let gathered = gather(dataset, samples, &mut eyes, false, &label, watch)?;
    let start = Instant::now();
    let predictions = model.predict(&gathered.examples)?;
    let seconds = start.elapsed().as_secs_f64();
    let labels: Vec<usize> = gathered.examples.iter().map(|e| e.label).collect();
    let part = request.part.map_or("all", |p| p.name());
    let mut evaluation = Evaluation::new(&names, &labels, &predictions, part)?;
    evaluation.ms_per_sample = Some(seconds * 1000.0 / labels.len().max(1) as f64);
    evaluation.warnings.extend(warnings);
    let judged: Vec<(Sample, usize, Prediction)> = gathered
        .samples
        .into_iter()
        .zip(labels)
        .zip(predictions)
        .map(|((sample, label), prediction)| (sample, label, prediction))
        .collect();
    Ok(Evaluated {
        evaluation,
        sessions: SessionScores::of(&judged),
        judged,
        people: gathered.people,
        problems: gathered.problems,
    })
}
