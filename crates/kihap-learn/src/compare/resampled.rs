//! Means over folds whose training sets overlap.
//!
//! Two training sets of a k-fold cross-validation share most of their samples, so its folds are no independent
//! experiments, and the usual variance of their mean, s²/k, is too small. C. Nadeau and Y. Bengio ("Inference for the
//! Generalization Error", Machine Learning 52, 2003) replace it by (1/k + n₂/n₁) s², where n₂ samples are tested and n₁
//! trained on. Intervals and tests here are Student's with that variance and k − 1 degrees of freedom. Seeds are averaged
//! within each fold first: they share its samples, and counted as folds of their own they would pretend to more degrees of
//! freedom than there are.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::against::NotComputable;
use crate::metrics::Interval;

/// A paired t test of one value a fold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedT {
    /// Mean of the differences.
    pub mean_difference: f64,
    /// 95 % interval of that mean, not corrected for several comparisons.
    pub interval: Interval,
    /// The test statistic.
    pub t: f64,
    /// Folds less one.
    pub degrees_of_freedom: usize,
    /// Two-sided, 0 to 1.
    pub p_value: f64,
}

/// Mean, and the corrected standard error of it.
struct Corrected {
    mean: f64,
    error: f64,
    student: StudentsT,
}

impl Corrected {
    /// None with fewer than two values.
    fn of(values: &[f64], tested_per_trained: f64) -> Option<Corrected> {
        let count = values.len() as f64;
        let student = StudentsT::new(0.0, 1.0, count - 1.0).ok()?;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Some(Corrected { mean, error: ((1.0 / count + tested_per_trained) * variance).sqrt(), student })
    }

    fn interval(&self) -> Interval {
        let half = self.student.inverse_cdf(0.975) * self.error;
        Interval { low: self.mean - half, high: self.mean + half }
    }

    /// Whether the values differ by more than rounding.
    fn varies(&self) -> bool {
        self.error > 1e-12
    }
}

/// The 95 % interval of the mean of one value a fold; `tested_per_trained` is n₂/n₁, 1/(k − 1) in a plain k-fold
/// cross-validation. None for fewer than two folds, or if all values are the same, which would give no width at all.
pub fn corrected_interval(values: &[f64], tested_per_trained: f64) -> Option<Interval> {
    Corrected::of(values, tested_per_trained).filter(Corrected::varies).map(|corrected| corrected.interval())
}

/// The corrected resampled t test of paired differences, one a fold.
///
/// # Errors
/// Fewer than two folds, or a difference that is the same, and not 0, in all.
pub fn corrected_t_test(differences: &[f64], tested_per_trained: f64) -> Result<PairedT, NotComputable> {
    let folds = differences.len();
    let corrected = Corrected::of(differences, tested_per_trained).ok_or(NotComputable::TooFewFolds { folds })?;
    let (mean_difference, degrees_of_freedom) = (corrected.mean, folds - 1);
    let interval = corrected.interval();
    if !corrected.varies() {
        return match mean_difference.abs() < 1e-12 {
            true => Ok(PairedT { mean_difference, interval, t: 0.0, degrees_of_freedom, p_value: 1.0 }),
            false => Err(NotComputable::SameDifference),
        };
    }
    let t = mean_difference / corrected.error;
    let p_value = (2.0 * corrected.student.cdf(-t.abs())).min(1.0);
    Ok(PairedT { mean_difference, interval, t, degrees_of_freedom, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_computed_says_so() {
        assert_eq!(corrected_t_test(&[], 0.25), Err(NotComputable::TooFewFolds { folds: 0 }));
        assert_eq!(corrected_t_test(&[0.1], 0.25), Err(NotComputable::TooFewFolds { folds: 1 }));
        assert_eq!(corrected_t_test(&[0.1, 0.1, 0.1], 0.5), Err(NotComputable::SameDifference));
        assert_eq!(corrected_t_test(&[0.0, 0.0], 1.0).unwrap().p_value, 1.0);
        assert_eq!(corrected_interval(&[0.9], 0.25), None);
        assert_eq!(corrected_interval(&[0.9, 0.9], 1.0), None);
    }

    #[test]
    fn overlapping_training_sets_widen_the_interval() {
        let folds = [0.9, 0.92, 0.88, 0.95];
        let width = |ratio| corrected_interval(&folds, ratio).map(|i| i.high - i.low).unwrap();
        // √(1/4 + 1/3) against √(1/4)
        assert!((width(1.0 / 3.0) / width(0.0) - (7.0_f64 / 3.0).sqrt()).abs() < 1e-9);
    }
}
