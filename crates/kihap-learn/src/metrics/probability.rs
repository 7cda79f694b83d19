//! Scores of probabilities, not only of the class they favour.

use super::confusion::top;

/// Precision and recall of outputs above a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Thresholded {
    /// Of the outputs above the threshold, the share on the true class; 0 when none is above.
    pub precision: f64,
    /// Share of samples whose true class is above the threshold.
    pub recall: f64,
}

/// Mean cross-entropy in nats; probabilities below 2.2e-16 count as that, as in scikit-learn. 0 without samples.
pub fn log_loss<P: Copy + Into<f64>>(rows: &[&[P]], labels: &[usize]) -> f64 {
    let surprise = |(row, label): (&&[P], &usize)| {
        let probability: f64 = row.get(*label).map_or(0.0, |p| (*p).into());
        -probability.clamp(f64::EPSILON, 1.0).ln()
    };
    rows.iter().zip(labels).map(surprise).sum::<f64>() / rows.len().max(1) as f64
}

/// Share of samples whose true class is not among the `k` most probable (of equals, the first classes go first).
pub fn top_k_error<P: Copy + PartialOrd>(rows: &[&[P]], labels: &[usize], k: usize) -> f64 {
    let misses = rows.iter().zip(labels).filter(|(row, label)| {
        let Some(own) = row.get(**label) else { return true };
        let ahead = row.iter().enumerate().filter(|(class, p)| *p > own || (*p == own && class < label)).count();
        ahead >= k
    });
    misses.count() as f64 / rows.len().max(1) as f64
}

/// Expected calibration error (Guo et al., On calibration of modern neural networks, 2017): over bins of equal width
/// of the top probability, the mean distance between confidence and accuracy, weighted by the samples in the bin.
pub fn calibration_error<P: Copy + PartialOrd + Into<f64>>(rows: &[&[P]], labels: &[usize], bins: usize) -> f64 {
    let mut sums = vec![(0.0f64, 0.0f64); bins.max(1)];
    for (row, label) in rows.iter().zip(labels) {
        let predicted = top(row);
        let confidence: f64 = row.get(predicted).map_or(0.0, |p| (*p).into());
        // bins are (low, high], as in the paper's own code
        let bin = ((confidence * bins as f64).ceil() as usize).clamp(1, sums.len()) - 1;
        sums[bin].0 += confidence;
        sums[bin].1 += f64::from(u8::from(predicted == *label));
    }
    sums.iter().map(|(confidence, correct)| (confidence - correct).abs()).sum::<f64>() / rows.len().max(1) as f64
}

/// Precision and recall as Keras' metrics of these names on one-hot labels: counted over all outputs of all samples
/// that are above `threshold`.
pub fn thresholded<P: Copy + Into<f64>>(rows: &[&[P]], labels: &[usize], threshold: f64) -> Thresholded {
    let (mut above, mut hits) = (0usize, 0usize);
    for (row, label) in rows.iter().zip(labels) {
        for (class, probability) in row.iter().enumerate() {
            if (*probability).into() > threshold {
                above += 1;
                hits += usize::from(class == *label);
            }
        }
    }
    let share = |whole: usize| if whole == 0 { 0.0 } else { hits as f64 / whole as f64 };
    Thresholded { precision: share(above), recall: share(rows.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&[f64]; 3] = [&[0.6, 0.3, 0.1], &[0.4, 0.35, 0.25], &[0.2, 0.2, 0.6]];

    #[test]
    fn scores_by_hand() {
        let labels = [0, 1, 0];
        let expected = -(0.6f64.ln() + 0.35f64.ln() + 0.2f64.ln()) / 3.0;
        assert!((log_loss(&ROWS, &labels) - expected).abs() < 1e-12);
        assert_eq!(top_k_error(&ROWS, &labels, 1), 2.0 / 3.0);
        assert_eq!(top_k_error(&ROWS, &labels, 2), 0.0);
        let keras = thresholded(&ROWS, &labels, 0.5);
        assert_eq!((keras.precision, keras.recall), (0.5, 1.0 / 3.0));
        // bins (0.3, 0.4]: 0.4, wrong; (0.5, 0.6]: 0.6 + 0.6, one right
        assert!((calibration_error(&ROWS, &labels, 10) - (0.4 + 0.2) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_certain_mistake_costs_much_but_not_infinity() {
        let loss = log_loss(&[&[1.0, 0.0]], &[1]);
        assert!(loss > 36.0 && loss.is_finite());
        assert_eq!(log_loss::<f64>(&[], &[]), 0.0);
    }
}
