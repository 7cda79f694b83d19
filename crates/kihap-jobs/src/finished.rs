//! Models of other tools in a comparison: tested on every fold as they are.

use std::path::Path;
use std::time::Instant;

use kihap_dataset::{Dataset, Sample};
use kihap_learn::Warning;
use kihap_learn::compare::{Contestant, JudgedSample, Measured, RunKey, RunResult};

use crate::compare::CompareRequest;
use crate::error::{JobError, Result};
use crate::evaluate_foreign::{evaluation_of, judge, labels_of};
use crate::foreign::ForeignModel;
use crate::gather::Watch;
use crate::report::Reported;

/// A finished model as a row of a comparison.
pub(crate) struct Finished {
    pub(crate) contestant: Contestant,
    model: ForeignModel,
}

impl Finished {
    /// Opens those of a comparison.
    pub(crate) fn open_all(request: &CompareRequest) -> Result<Vec<Finished>> {
        let open = |path: &std::path::PathBuf| {
            let model = ForeignModel::open(path, &request.finished_options)?;
            let contestant =
                Contestant { name: file_name(path), model: model.identity(), input: model.input_name().to_owned() };
            Ok(Finished { contestant, model })
        };
        request.finished.iter().map(open).collect()
    }

    /// Tests it on the samples of a fold. What is wrong with it is its row's; a stop is not.
    pub(crate) fn run(
        &mut self,
        dataset: &Dataset,
        key: &RunKey,
        samples: &[Sample],
        test: &[bool],
        watch: &mut Watch<'_>,
    ) -> Result<RunResult> {
        match self.measure(dataset, samples, test, watch) {
            Ok(measured) => Ok(RunResult::measured(key.clone(), measured)),
            Err(JobError::Stopped) => Err(JobError::StoppedComparing),
            Err(e) => Ok(RunResult::failed(key.clone(), e.to_string())),
        }
    }

    fn measure(
        &mut self,
        dataset: &Dataset,
        samples: &[Sample],
        test: &[bool],
        watch: &mut Watch<'_>,
    ) -> Result<Measured> {
        let names = self.model.class_names();
        let (labels, mut warnings) = labels_of(dataset, samples, &names)?;
        warnings.push(Warning::TrainingUnknown);
        let tested = samples.iter().zip(test).filter(|(sample, test)| **test && labels.contains_key(&sample.class));
        let tested: Vec<Sample> = tested.map(|(sample, _)| sample.clone()).collect();
        let start = Instant::now();
        let (judged, problems) = judge(&mut self.model, dataset, tested, &|sample| labels[&sample.class], watch)?;
        if let (true, Some(first)) = (judged.is_empty(), problems.first()) {
            let (first, reason) = (first.sample.clone(), first.reason.clone());
            return Err(JobError::NothingUsable { count: problems.len(), first, reason });
        }
        let evaluation = evaluation_of(&judged, &names, "folds", start.elapsed())?;
        // the comparison knows classes by the dataset's order
        let place = |label: usize| {
            let class = labels.iter().find(|(_, own)| **own == label).map(|(class, _)| class.as_str());
            let found = class.and_then(|class| dataset.classes().iter().position(|c| c.name == class));
            found.unwrap_or(dataset.classes().len() + label)
        };
        let judged = judged.iter().map(|(sample, label, prediction)| JudgedSample {
            sample: sample.name(),
            label: place(*label),
            predicted: place(prediction.label),
            probability: prediction.confidence(),
        });
        Ok(Measured {
            accuracy: evaluation.accuracy,
            macro_f1: evaluation.macro_average.f1,
            top2_error: evaluation.top2_error,
            loss: evaluation.loss,
            train_seconds: 0.0,
            ms_per_sample: evaluation.ms_per_sample,
            parameters: self.model.classifier().parameters,
            training_samples: 0,
            tested: judged.collect(),
            history: Vec::new(),
            warnings,
        })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
