//! Making probabilities mean what they say, by one number: the temperature.

use serde::{Deserialize, Serialize};

use crate::{
    abstain::{AbstainOptions, AbstainRule},
    metrics::{calibration_error, log_loss},
};

/// Temperatures tried: from four times sharper to twenty times flatter.
const TEMPERATURES: (f64, f64) = (0.25, 20.0);

/// What was learnt on the validation samples after training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Log-probabilities are divided by this before the last softmax; 1 changes nothing.
    pub temperature: f64,
    /// Validation samples it was fitted on; 0: not calibrated.
    pub samples: usize,
    /// Mean cross-entropy on them before.
    pub loss_before: f64,
    /// Mean cross-entropy on them after.
    pub loss_after: f64,
    /// Expected calibration error on them before (15 bins).
    pub error_before: f64,
    /// Expected calibration error on them after.
    pub error_after: f64,
    /// What is wanted of the threshold.
    pub abstain_options: AbstainOptions,
    /// When predictions are withheld.
    pub abstain: AbstainRule,
}

impl Calibration {
    /// Probabilities as the network gives them, none withheld.
    pub fn none() -> Calibration {
        Calibration {
            temperature: 1.0,
            samples: 0,
            loss_before: 0.0,
            loss_after: 0.0,
            error_before: 0.0,
            error_after: 0.0,
            abstain_options: AbstainOptions::default(),
            abstain: AbstainRule::never(),
        }
    }
}

/// Fits the temperature (Guo et al., On calibration of modern neural networks, 2017) to validation samples by
/// minimising their cross-entropy, and then chooses the abstain threshold on the same samples.
///
/// The targets are smoothed as in Platt's scaling (1999), (n + 1) / (n + classes) for the true class of n samples, so
/// that a few samples that are all right do not make every later prediction certain.
pub fn calibrate(log_probabilities: &[Vec<f64>], labels: &[usize], options: &AbstainOptions) -> Calibration {
    if log_probabilities.is_empty() || labels.len() != log_probabilities.len() {
        return Calibration { abstain_options: *options, ..Calibration::none() };
    }
    let temperature = fit_temperature(log_probabilities, labels);
    let at =
        |temperature| -> Vec<Vec<f64>> { log_probabilities.iter().map(|row| tempered(row, temperature)).collect() };
    let (before, after) = (at(1.0), at(temperature));
    let slices = |rows: &[Vec<f64>]| -> (f64, f64) {
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        (log_loss(&rows, labels), calibration_error(&rows, labels, 15))
    };
    let ((loss_before, error_before), (loss_after, error_after)) = (slices(&before), slices(&after));
    Calibration {
        temperature,
        samples: labels.len(),
        loss_before,
        loss_after,
        error_before,
        error_after,
        abstain_options: *options,
        abstain: AbstainRule::choose(&after, labels, options),
    }
}

/// Probabilities at a temperature.
pub(crate) fn tempered(log_probabilities: &[f64], temperature: f64) -> Vec<f64> {
    let top = log_probabilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exponentials: Vec<f64> = log_probabilities.iter().map(|l| ((l - top) / temperature).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|e| e / sum).collect()
}

/// Golden section search on the logarithm of the temperature; the loss has one minimum there, being convex in the
/// inverse of the temperature.
fn fit_temperature(rows: &[Vec<f64>], labels: &[usize]) -> f64 {
    let ratio = (5.0f64.sqrt() - 1.0) / 2.0;
    let loss = |log_temperature: f64| smoothed_loss(rows, labels, log_temperature.exp());
    let (mut low, mut high) = (TEMPERATURES.0.ln(), TEMPERATURES.1.ln());
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut loss_a, mut loss_b) = (loss(a), loss(b));
    while high - low > 1e-5 {
        if loss_a < loss_b {
            (high, b, loss_b) = (b, a, loss_a);
            a = high - ratio * (high - low);
            loss_a = loss(a);
        } else {
            (low, a, loss_a) = (a, b, loss_b);
            b = low + ratio * (high - low);
            loss_b = loss(b);
        }
    }
    ((low + high) / 2.0).exp()
}

fn smoothed_loss(rows: &[Vec<f64>], labels: &[usize], temperature: f64) -> f64 {
    let samples = rows.len() as f64;
    let one = |(row, label): (&Vec<f64>, &usize)| {
        let rest = 1.0 / (samples + row.len() as f64);
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let scaled = |l: &f64| (l - top) / temperature;
        let log_sum = row.iter().map(|l| scaled(l).exp()).sum::<f64>().ln();
        let own = row.get(*label).map_or(0.0, |l| scaled(l) - log_sum);
        let all: f64 = row.iter().map(|l| scaled(l) - log_sum).sum();
        -(own * samples * rest + all * rest)
    };
    rows.iter().zip(labels).map(one).sum::<f64>() / samples
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;
    use crate::random::{Purpose, stream};

    /// Samples of three classes whose logits are honest times `sharpness`.
    fn samples(sharpness: f64) -> (Vec<Vec<f64>>, Vec<usize>) {
        let mut rng = stream(5, Purpose::Order, 0, 0);
        (0..3000)
            .map(|_| {
                let honest: Vec<f64> = (0..3).map(|_| rng.random::<f64>() * 4.0).collect();
                let draw: f64 = rng.random();
                let probabilities = tempered(&honest, 1.0);
                let label = if draw < probabilities[0] {
                    0
                } else {
                    1 + usize::from(draw >= probabilities[0] + probabilities[1])
                };
                (honest.iter().map(|l| l * sharpness).collect::<Vec<f64>>(), label)
            })
            .unzip()
    }

    #[test]
    fn the_temperature_undoes_overconfidence_and_lowers_the_loss() {
        for sharpness in [0.5, 1.0, 3.0] {
            let (rows, labels) = samples(sharpness);
            let fitted = calibrate(&rows, &labels, &AbstainOptions::default());
            assert!((fitted.temperature / sharpness - 1.0).abs() < 0.1, "{sharpness}: {}", fitted.temperature);
            assert!(fitted.loss_after <= fitted.loss_before + 1e-6);
            if sharpness != 1.0 {
                assert!(fitted.loss_after < fitted.loss_before - 0.01);
                assert!(fitted.error_after < fitted.error_before);
            }
        }
    }

    #[test]
    fn a_few_right_samples_do_not_make_everything_certain() {
        let rows: Vec<Vec<f64>> = (0..10).map(|i| if i % 2 == 0 { vec![2.0, 0.0] } else { vec![0.0, 2.0] }).collect();
        let labels: Vec<usize> = (0..10).map(|i| i % 2).collect();
        let fitted = calibrate(&rows, &labels, &AbstainOptions::default());
        assert!(fitted.temperature > 0.5, "{}", fitted.temperature);
    }

    #[test]
    fn nothing_to_fit_on_changes_nothing() {
        assert_eq!(calibrate(&[], &[], &AbstainOptions::default()), Calibration::none());
    }
}
