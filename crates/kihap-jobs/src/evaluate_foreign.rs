//! Measuring a model of another tool on a dataset.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kihap_dataset::features::{ExtractionProgress, Problem};
use kihap_dataset::{Class, Dataset, Part, Sample};
use kihap_learn::{Evaluation, Prediction, Warning};
use kihap_vision::picture;

use crate::error::{JobError, Result};
use crate::evaluate::{EvaluateRequest, Evaluated, SessionScores};
use crate::foreign::ForeignModel;
use crate::gather::{Stage, Watch};
use crate::report::Reported;

/// Measures a model of another tool on a dataset. Classes are matched by name ([`matching_label`]); samples of others are left
/// out, with a warning. Where no sample has a part, all are taken.
///
/// # Errors
/// When no class of the dataset is one of the model's, no sample is in the part or has a picture, or the network fails.
pub fn evaluate_foreign(
    model: &mut ForeignModel,
    dataset: &Dataset,
    request: &EvaluateRequest,
    watch: &mut Watch<'_>,
) -> Result<Evaluated> {
    let mut samples = request.selection.of(dataset)?;
    let names = model.class_names();
    let part = request.part.filter(|_| samples.iter().any(|sample| sample.split.is_some()));
    if let Some(part) = part {
        samples.retain(|sample| sample.split == Some(part));
        if samples.is_empty() {
            return Err(JobError::NoPart { part: part.name().into() });
        }
    }
    let (labels, mut warnings) = labels_of(dataset, &samples, &names)?;
    warnings.push(Warning::TrainingUnknown);
    samples.retain(|sample| labels.contains_key(&sample.class));
    let start = Instant::now();
    let (judged, problems) = judge(model, dataset, samples, &|sample| labels[&sample.class], watch)?;
    if judged.is_empty() {
        let first = problems.first().cloned().unwrap_or(Problem { sample: "?".into(), reason: "there is none".into() });
        return Err(JobError::NothingUsable { count: problems.len(), first: first.sample, reason: first.reason });
    }
    let mut evaluation = evaluation_of(&judged, &names, part.map_or("all", Part::name), start.elapsed())?;
    evaluation.warnings.extend(model.warnings());
    evaluation.warnings.extend(warnings);
    Ok(Evaluated {
        evaluation,
        sessions: SessionScores::of(&judged),
        people: vec![Vec::new(); judged.len()],
        judged,
        problems,
    })
}

/// A sample, its true label, and what the model says.
pub(crate) type Judged = (Sample, usize, Prediction);

/// The numbers of what was judged in the time `took`.
pub(crate) fn evaluation_of(judged: &[Judged], names: &[String], part: &str, took: Duration) -> Result<Evaluation> {
    let truths: Vec<usize> = judged.iter().map(|(_, label, _)| *label).collect();
    let predictions: Vec<Prediction> = judged.iter().map(|(_, _, prediction)| prediction.clone()).collect();
    let mut evaluation = Evaluation::new(names, &truths, &predictions, part)?;
    evaluation.ms_per_sample = Some(took.as_secs_f64() * 1000.0 / truths.len().max(1) as f64);
    Ok(evaluation)
}

/// The model's answer for each sample that has a picture.
pub(crate) fn judge(
    model: &mut ForeignModel,
    dataset: &Dataset,
    samples: Vec<Sample>,
    label: &dyn Fn(&Sample) -> usize,
    watch: &mut Watch<'_>,
) -> Result<(Vec<Judged>, Vec<Problem>)> {
    let total = samples.len();
    let (mut judged, mut problems) = (Vec::new(), Vec::new());
    for (done, sample) in samples.into_iter().enumerate() {
        if watch.cancel.load(Ordering::Relaxed) {
            return Err(JobError::Stopped);
        }
        (watch.progress)(Stage::PhotoFeatures, ExtractionProgress { done, total, from_cache: 0 });
        let mut problem = |reason: String| problems.push(Problem { sample: sample.name(), reason });
        match dataset.picture_path(&sample).map(|path| picture::read(&path)) {
            None => problem("it is landmarks only and has no picture".into()),
            Some(Err(e)) => problem(e.to_string()),
            Some(Ok(picture)) => {
                let prediction = model.predict(&picture)?;
                let label = label(&sample);
                judged.push((sample, label, prediction));
            }
        }
    }
    Ok((judged, problems))
}

/// The model's label of each class that it knows.
pub(crate) fn labels_of(
    dataset: &Dataset,
    samples: &[Sample],
    names: &[String],
) -> Result<(BTreeMap<String, usize>, Vec<Warning>)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in samples {
        *counts.entry(&sample.class).or_default() += 1;
    }
    let mut labels = BTreeMap::new();
    let (mut matched, mut unknown) = (Vec::new(), Vec::new());
    for (class, count) in &counts {
        let described = dataset.manifest().class(class).cloned().unwrap_or_else(|| Class::named(*class));
        match matching_label(&described, names) {
            Some(label) => {
                if names[label] != **class {
                    matched.push(format!("{class} = {}", names[label]));
                }
                labels.insert((*class).to_owned(), label);
            }
            None => unknown.push((*class, *count)),
        }
    }
    let known = names.join(", ");
    let strangers: Vec<&str> = unknown.iter().map(|(class, _)| *class).collect();
    if labels.is_empty() {
        return Err(JobError::NoCommonClass { classes: strangers.join(", "), known });
    }
    let mut warnings = Vec::new();
    if !matched.is_empty() {
        warnings.push(Warning::ClassesMatched { pairs: matched.join(", ") });
    }
    if !unknown.is_empty() {
        let samples = unknown.iter().map(|(_, count)| count).sum();
        warnings.push(Warning::ClassesUnknown { classes: strangers.join(", "), samples, known });
    }
    Ok((labels, warnings))
}

/// The place in `names` of a class: of its name, or else of its name or titles written in other case or with other blanks,
/// underscores or hyphens, where only one is.
pub fn matching_label(class: &Class, names: &[String]) -> Option<usize> {
    if let Some(label) = names.iter().position(|name| *name == class.name) {
        return Some(label);
    }
    let own: Vec<String> = [Some(&class.name), class.korean.as_ref(), class.english.as_ref()]
        .into_iter()
        .flatten()
        .map(|n| plain(n))
        .collect();
    let mut alike = names.iter().enumerate().filter(|(_, name)| own.contains(&plain(name))).map(|(label, _)| label);
    let first = alike.next()?;
    alike.next().is_none().then_some(first)
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_matched_however_they_are_written() {
        let names: Vec<String> = ["Low Block", "아래 막기", "punch", "PUNCH"].map(str::to_owned).into();
        let of = |name: &str| matching_label(&Class::named(name), &names);
        assert_eq!((of("low_block"), of("아래막기"), of("punch"), of("PUNCH")), (Some(0), Some(1), Some(2), Some(3)));
        assert_eq!((of("Punch"), of("kick")), (None, None), "two are alike, none is");
        let titled = Class { korean: Some("아래막기".into()), ..Class::named("block_1") };
        assert_eq!(matching_label(&titled, &names), Some(1));
    }
}
