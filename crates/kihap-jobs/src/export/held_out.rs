//! Samples that a model has not learnt from, with what Kihap says about them.

use std::path::{Path, PathBuf};

use kihap_dataset::{Dataset, Part, Sample};
use kihap_learn::{Example, Model, Prediction};
use kihap_vision::Pose;

use crate::error::{JobError, Result};
use crate::gather::{Selection, Watch, gather};
use crate::sources::Eyes;
use crate::split_file;

/// One sample to compare on.
pub(super) struct HeldOut {
    /// Its name.
    pub(super) name: String,
    /// What a network is given of it.
    pub(super) example: Example,
    /// The people found in it.
    pub(super) people: Vec<Pose>,
    /// The picture's file.
    pub(super) picture: Option<PathBuf>,
    /// What Kihap says.
    pub(super) prediction: Prediction,
}

/// The samples, and where they come from: "test", "validation" or "all".
pub(super) struct HeldOutSamples {
    pub(super) samples: Vec<HeldOut>,
    pub(super) part: &'static str,
}

/// The dataset to verify on: the one named, else the one whose folder the model lies in.
pub(super) fn dataset_of(model: &Model, folder: &Path, named: Option<&Path>) -> Result<Dataset> {
    if let Some(path) = named {
        return Ok(Dataset::open(path)?);
    }
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let around = absolute.ancestors().find(|path| path.join("kihap.toml").is_file());
    let around = around.ok_or_else(|| JobError::NoVerifyDataset { dataset: model.description.data.dataset.clone() })?;
    Ok(Dataset::open(around)?)
}

/// At most `count` samples, spread over the whole of the first of these parts that has any: test, validation, all.
pub(super) fn choose(
    model: &Model,
    folder: &Path,
    dataset: &Dataset,
    count: usize,
    watch: &mut Watch<'_>,
) -> Result<HeldOutSamples> {
    let names = model.class_names();
    let mut all = Selection::default().of(dataset)?;
    all.retain(|sample| names.contains(&sample.class));
    let (samples, part) = of_part(all, folder);
    let clips = model.network.layout.input().reads_sequences();
    let samples = if clips { samples } else { spread(samples, count) };
    let label = |sample: &Sample| names.iter().position(|n| *n == sample.class).unwrap_or_default();
    let mut eyes = Eyes::of_model(model)?;
    let gathered = gather(dataset, samples, &mut eyes, false, &label, watch)?;
    let mut all: Vec<(Sample, Example, Vec<Pose>)> =
        gathered.samples.into_iter().zip(gathered.examples).zip(gathered.people).map(|((s, e), p)| (s, e, p)).collect();
    if clips {
        all = spread(all, count);
    }
    let examples: Vec<Example> = all.iter().map(|(_, example, _)| example.clone()).collect();
    let predictions = model.predict(&examples)?;
    if predictions.is_empty() {
        return Err(JobError::NoVerifyDataset { dataset: model.description.data.dataset.clone() });
    }
    let samples = all.into_iter().zip(predictions).map(|((sample, example, people), prediction)| HeldOut {
        name: sample.name(),
        picture: dataset.picture_path(&sample),
        example,
        people,
        prediction,
    });
    Ok(HeldOutSamples { samples: samples.collect(), part })
}

fn of_part(all: Vec<Sample>, folder: &Path) -> (Vec<Sample>, &'static str) {
    let known = split_file::load(folder);
    for part in [Part::Test, Part::Validation] {
        let own: Vec<Sample> = all
            .iter()
            .filter(|s| known.get(&s.hash).copied().or(s.split.filter(|_| known.is_empty())) == Some(part))
            .cloned()
            .collect();
        if !own.is_empty() {
            return (own, part.name());
        }
    }
    (all, "all")
}

/// `count` of the items, evenly spread; all where there are no more.
fn spread<T>(items: Vec<T>, count: usize) -> Vec<T> {
    let total = items.len();
    if total <= count {
        return items;
    }
    let wanted: std::collections::HashSet<usize> = (0..count).map(|i| i * total / count).collect();
    items.into_iter().enumerate().filter(|(i, _)| wanted.contains(i)).map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn samples_are_spread_over_all_of_them() {
        assert_eq!(spread((0..10).collect(), 5), [0, 2, 4, 6, 8]);
        assert_eq!(spread((0..3).collect(), 5), [0, 1, 2]);
        assert_eq!(spread((0..1000).collect::<Vec<_>>(), 7).len(), 7);
    }
}
