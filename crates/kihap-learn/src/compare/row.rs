//! One network's results over all folds and seeds.

use std::collections::BTreeMap;

use super::{
    against::AgainstBest,
    curve::{CurvePoint, mean_curve},
    plan::{Contestant, Plan},
    resampled::corrected_interval,
    run::{Measured, Outcome, RunKey},
    runs::Runs,
};
use crate::metrics::{Interval, wilson};

/// A row of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose.
    pub contestant: Contestant,
    /// What it reached; nothing while a fold has no result at all, for means over other folds do not compare.
    pub scores: Option<Scores>,
    /// Why there are no scores, or what went wrong in some runs.
    pub failure: Option<String>,
    /// Runs that were done, of [`Row::runs_planned`].
    pub runs_done: usize,
    /// Runs that failed.
    pub runs_failed: usize,
    /// Folds times seeds.
    pub runs_planned: usize,
    /// How it compares with the best; nothing for the best itself and for rows without scores.
    pub against_best: Option<AgainstBest>,
    /// Its learning curve, mean over runs.
    pub curve: Vec<CurvePoint>,
}

/// Where an interval comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalMethod {
    /// Student's t over folds, its variance corrected for overlapping training sets (Nadeau & Bengio, 2003).
    CorrectedT,
    /// Wilson's over samples: there is one fold, or all folds have the same accuracy. It takes samples as independent and
    /// knows nothing of other training sets.
    Wilson,
}

impl IntervalMethod {
    /// Its name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            IntervalMethod::CorrectedT => "corrected_t",
            IntervalMethod::Wilson => "wilson",
        }
    }
}

/// What a network reached. A mean is over the seeds within each fold, then over the folds, which weigh the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Mean accuracy, 0 to 1.
    pub accuracy: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// Where the interval comes from.
    pub interval_method: IntervalMethod,
    /// Accuracy of each fold, mean over its seeds.
    pub fold_accuracies: Vec<f64>,
    /// Standard deviation of the accuracy over seeds, mean over the folds; none with one seed.
    pub seed_deviation: Option<f64>,
    /// Mean of the F1 over classes.
    pub f1: f64,
    /// Mean share of samples whose class is not among the two most probable.
    pub top2_error: f64,
    /// Mean cross-entropy in nats.
    pub loss: f64,
    /// Number of weights.
    pub parameters: usize,
    /// Mean seconds of one training.
    pub train_seconds: f64,
    /// Mean milliseconds of predicting one sample, where it was measured.
    pub ms_per_sample: Option<f64>,
    /// Distinct test samples.
    pub samples: usize,
}

/// Everything measured of one contestant, by fold.
pub(super) struct Trials<'a> {
    folds: Vec<Vec<&'a Measured>>,
    failures: Vec<(RunKey, &'a str)>,
    planned: usize,
}

impl<'a> Trials<'a> {
    pub(super) fn of(contestant: &Contestant, plan: &Plan, runs: &'a Runs) -> Trials<'a> {
        let mut trials = Trials {
            folds: vec![Vec::new(); plan.folds()],
            failures: Vec::new(),
            planned: plan.folds() * plan.seeds().len(),
        };
        for seed in plan.seeds() {
            for fold in 0..plan.folds() {
                let key = RunKey { contestant: contestant.clone(), fold, seed: *seed };
                match runs.get(&key).map(|result| &result.outcome) {
                    Some(Outcome::Measured(measured)) => trials.folds[fold].push(measured),
                    Some(Outcome::Failure(sentence)) => trials.failures.push((key, sentence)),
                    None => {}
                }
            }
        }
        trials
    }

    pub(super) fn measured(&self) -> impl Iterator<Item = &'a Measured> + '_ {
        self.folds.iter().flatten().copied()
    }

    /// Samples tested for one trained on.
    pub(super) fn tested_per_trained(&self) -> f64 {
        let tested: usize = self.measured().map(|run| run.tested.len()).sum();
        let trained: usize = self.measured().map(|run| run.training_samples).sum();
        // a finished model is not trained, so that folds share no training samples
        if trained == 0 { 0.0 } else { tested as f64 / trained as f64 }
    }

    /// By sample: the share of runs that got it right. `None` if a sample is tested in several folds.
    pub(super) fn shares(&self) -> Option<BTreeMap<&'a str, f64>> {
        let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
        for (fold, runs) in self.folds.iter().enumerate() {
            for judged in runs.iter().flat_map(|run| &run.tested) {
                let (first_fold, right, all) = counts.entry(&judged.sample).or_insert((fold, 0, 0));
                if *first_fold != fold {
                    return None;
                }
                *right += usize::from(judged.is_right());
                *all += 1;
            }
        }
        Some(counts.into_iter().map(|(name, (_, right, all))| (name, right as f64 / all as f64)).collect())
    }

    pub(super) fn row(&self, contestant: &Contestant) -> Row {
        let histories: Vec<_> = self.measured().map(|run| run.history.as_slice()).collect();
        let runs_done = histories.len();
        let failure = self.failures.first().map(|(key, sentence)| {
            let more = match self.failures.len() {
                1 => String::new(),
                count => format!(" ({count} runs failed)"),
            };
            format!("fold {}, seed {}: {sentence}{more}", key.fold, key.seed)
        });
        let scores = self.scores();
        let unfinished = || format!("not finished: {runs_done} of {} runs are done", self.planned);
        Row {
            contestant: contestant.clone(),
            failure: failure.or_else(|| scores.is_none().then(unfinished)),
            scores,
            runs_done,
            runs_failed: self.failures.len(),
            runs_planned: self.planned,
            against_best: None,
            curve: mean_curve(&histories),
        }
    }

    fn scores(&self) -> Option<Scores> {
        if self.folds.iter().any(Vec::is_empty) {
            return None;
        }
        let over_seeds = |fold: &[&Measured], value: &dyn Fn(&Measured) -> f64| {
            fold.iter().map(|run| value(run)).sum::<f64>() / fold.len() as f64
        };
        let mean = |value: &dyn Fn(&Measured) -> f64| {
            self.folds.iter().map(|fold| over_seeds(fold, value)).sum::<f64>() / self.folds.len() as f64
        };
        let fold_accuracies: Vec<f64> = self.folds.iter().map(|fold| over_seeds(fold, &|r| r.accuracy)).collect();
        let (interval, interval_method) = match corrected_interval(&fold_accuracies, self.tested_per_trained()) {
            Some(Interval { low, high }) => {
                (Interval { low: low.max(0.0), high: high.min(1.0) }, IntervalMethod::CorrectedT)
            }
            None => (self.wilson(), IntervalMethod::Wilson),
        };
        let timed: Vec<f64> = self.measured().filter_map(|run| run.ms_per_sample).collect();
        Some(Scores {
            accuracy: mean(&|run| run.accuracy),
            interval,
            interval_method,
            fold_accuracies,
            seed_deviation: self.seed_deviation(),
            f1: mean(&|run| run.macro_f1),
            top2_error: mean(&|run| run.top2_error),
            loss: mean(&|run| run.loss),
            parameters: self.measured().map(|run| run.parameters).max().unwrap_or(0),
            train_seconds: mean(&|run| run.train_seconds),
            ms_per_sample: (!timed.is_empty()).then(|| timed.iter().sum::<f64>() / timed.len() as f64),
            samples: self.names().len(),
        })
    }

    fn names(&self) -> std::collections::BTreeSet<&str> {
        self.measured().flat_map(|run| run.tested.iter().map(|judged| judged.sample.as_str())).collect()
    }

    /// Wilson's interval, each sample counted once, however many seeds tested it.
    fn wilson(&self) -> Interval {
        let judged = || self.measured().flat_map(|run| &run.tested);
        let (all, right) = (judged().count(), judged().filter(|sample| sample.is_right()).count());
        let samples = self.names().len();
        let hits = (right as f64 * samples as f64 / all.max(1) as f64).round() as usize;
        wilson(hits, samples)
    }

    fn seed_deviation(&self) -> Option<f64> {
        let deviation = |fold: &Vec<&Measured>| {
            let count = fold.len() as f64;
            let mean = fold.iter().map(|run| run.accuracy).sum::<f64>() / count;
            (fold.iter().map(|run| (run.accuracy - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
        };
        let several: Vec<f64> = self.folds.iter().filter(|fold| fold.len() > 1).map(deviation).collect();
        (!several.is_empty()).then(|| several.iter().sum::<f64>() / several.len() as f64)
    }
}
