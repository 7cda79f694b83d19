//! How a training would divide the samples, before anything is looked at or learnt.

use std::collections::BTreeMap;

use kihap_dataset::clips::clips;
use kihap_dataset::split::{self, SplitSample};
use kihap_dataset::{Dataset, Part};
use kihap_learn::{LearnError, Warning};
use kihap_zoo::networks::find;
use serde::Serialize;

use crate::error::Result;
use crate::prepare::{learn_warning, once};
use crate::train::TrainRequest;

/// What a training would have to learn from, watch, and be tested on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlook {
    /// Samples (clips, for networks of movements) of each class in training, validation and test, by class name; classes without samples are not named.
    pub per_class: BTreeMap<String, [usize; 3]>,
    /// What would be doubtful about the numbers.
    pub warnings: Vec<Warning>,
}

impl Outlook {
    /// Samples in training, validation and test.
    pub fn totals(&self) -> [usize; 3] {
        self.per_class.values().fold([0; 3], |sum, counts| [0, 1, 2].map(|i| sum[i] + counts[i]))
    }

    /// Classes with samples, but none that could be learnt from: training would fail.
    pub fn untaught(&self) -> Vec<&str> {
        self.per_class.iter().filter(|(_, counts)| counts[0] == 0).map(|(class, _)| class.as_str()).collect()
    }
}

/// Divides the samples that `request` chooses as its training would; for networks of movements, the clips. Pictures that turn
/// out to be unreadable make the real one differ a little.
///
/// # Errors
/// When no sample is chosen, or no network has the recipe's name.
pub fn outlook(dataset: &Dataset, request: &TrainRequest) -> Result<Outlook> {
    let mut samples = request.selection.of(dataset)?;
    if find(&request.recipe.model).map_err(LearnError::from)?.input.reads_sequences() {
        let firsts = clips(&samples).into_iter().filter_map(|clip| clip.samples.first().copied());
        samples = firsts.map(|first| samples[first].clone()).collect();
    }
    let mut options = request.split.clone();
    if request.folds.is_some() {
        options.test = 0.0;
    }
    let views: Vec<SplitSample<'_>> = samples.iter().map(SplitSample::from).collect();
    let plan = split::split(&views, &options);
    let mut per_class: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for (sample, part) in samples.iter().zip(&plan.parts) {
        let place = Part::ALL.iter().position(|p| p == part).unwrap_or_default();
        per_class.entry(sample.class.clone()).or_default()[place] += 1;
    }
    Ok(Outlook { per_class, warnings: once(plan.warnings.iter().map(learn_warning).collect()) })
}
