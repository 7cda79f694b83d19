//! Whether generated examples help: a network trained with them against the same without.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::{
    blueprint::Blueprint,
    error::LearnError,
    example::{Class, Example},
    metrics::top,
    train::{TrainOptions, fit},
};

/// A mean and its 95 % confidence interval (Student's t), for values that are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// Lower end; `None` for fewer than two values.
    pub low: Option<f64>,
    /// Upper end; `None` for fewer than two values.
    pub high: Option<f64>,
}

impl MeanInterval {
    /// Of `values`; 0 for none.
    pub fn of(values: &[f64]) -> MeanInterval {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count.max(1.0);
        if values.len() < 2 {
            return MeanInterval { mean, low: None, high: None };
        }
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let student = StudentsT::new(0.0, 1.0, count - 1.0).ok();
        let half = student.map(|student| student.inverse_cdf(0.975) * (variance / count).sqrt());
        MeanInterval { mean, low: half.map(|half| mean - half), high: half.map(|half| mean + half) }
    }
}

/// The accuracies of one seed, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BenefitRun {
    /// The seed of both trainings.
    pub seed: u64,
    /// Trained on real examples only.
    pub without: f64,
    /// Trained on real and generated ones.
    pub with: f64,
}

/// What generated examples do to the accuracy on real test examples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Benefit {
    /// Accuracy of networks trained on real examples only.
    pub without: MeanInterval,
    /// Accuracy of networks trained on real and generated examples.
    pub with: MeanInterval,
    /// With minus without, seed by seed; above 0 where generated examples help.
    pub difference: MeanInterval,
    /// Every pair of trainings.
    pub runs: Vec<BenefitRun>,
}

impl Benefit {
    /// The sum of single pairs of trainings, of several folds for instance.
    pub fn of(runs: Vec<BenefitRun>) -> Benefit {
        let interval = |value: fn(&BenefitRun) -> f64| MeanInterval::of(&runs.iter().map(value).collect::<Vec<_>>());
        Benefit {
            without: interval(|run| run.without),
            with: interval(|run| run.with),
            difference: interval(|run| run.with - run.without),
            runs,
        }
    }
}

/// Trains `blueprint` `seeds` times (from the seed of `options` upwards) on `training` with and without `generated`, and
/// tests it on `test`. Both take as many steps: without generated examples there are more epochs, so that the difference is
/// not one of longer training. `generated` must not have seen `test`.
///
/// # Errors
/// Those of [`fit`]; no test examples; fewer than one seed.
pub fn benefit(
    blueprint: &Blueprint,
    classes: &[Class],
    training: &[Example],
    test: &[Example],
    generated: &[Example],
    options: &TrainOptions,
    seeds: usize,
) -> Result<Benefit, LearnError> {
    if test.is_empty() || training.is_empty() {
        return Err(LearnError::NoExamples);
    }
    if seeds == 0 {
        return Err(LearnError::BadOption { option: "seeds", value: "0".into(), allowed: "at least 1" });
    }
    let both: Vec<Example> = training.iter().chain(generated).cloned().collect();
    let steps = |examples: usize| examples.div_ceil(options.batch_size.max(1));
    let epochs = (options.epochs * steps(both.len())).div_ceil(steps(training.len()));
    let mut runs = Vec::with_capacity(seeds);
    for seed in (options.seed..).take(seeds) {
        let measure = |examples: &[Example], epochs: usize| {
            let options = TrainOptions { seed, epochs, ..options.clone() };
            let fitted = fit(blueprint, classes, examples, &[], &options, &mut |_| ControlFlow::Continue(()))?;
            let rows = fitted.network.log_probabilities(test)?;
            let right = rows.iter().zip(test).filter(|(row, example)| top(row) == example.label).count();
            Ok::<f64, LearnError>(right as f64 / test.len() as f64)
        };
        runs.push(BenefitRun { seed, without: measure(training, epochs)?, with: measure(&both, options.epochs)? });
    }
    Ok(Benefit::of(runs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_students() {
        // scipy.stats.t.interval(0.95, 4, 3, scipy.stats.sem([1, 2, 3, 4, 5])): 1.0367568385224393 4.9632431614775605
        let interval = MeanInterval::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(interval.mean, 3.0);
        assert!((interval.low.unwrap() - 1.036_757).abs() < 1e-3 && (interval.high.unwrap() - 4.963_243).abs() < 1e-3);
        assert_eq!(MeanInterval::of(&[0.5]), MeanInterval { mean: 0.5, low: None, high: None });
    }

    #[test]
    fn differences_are_taken_seed_by_seed() {
        let run = |seed, without, with| BenefitRun { seed, without, with };
        let benefit = Benefit::of(vec![run(0, 0.5, 0.6), run(1, 0.9, 1.0)]);
        assert!((benefit.difference.mean - 0.1).abs() < 1e-12);
        assert!(benefit.difference.low.unwrap() > 0.0, "the same gain twice: {benefit:?}");
        assert!(benefit.without.low.unwrap() < 0.0, "but accuracies far apart");
    }
}
