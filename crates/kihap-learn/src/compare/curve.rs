//! Learning curves of many runs as one.

use crate::train::EpochRecord;

/// Means of one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Runs that were still training.
    pub runs: usize,
    /// Mean training loss in nats.
    pub training_loss: f64,
    /// Mean training accuracy, 0 to 1.
    pub training_accuracy: f64,
    /// Mean validation loss and accuracy, where there was validation.
    pub validation: Option<(f64, f64)>,
}

/// The mean over runs, epoch by epoch. Runs may end early; the curve ends when fewer than half of them go on, for a mean
/// over a few would jump where others drop out. Members of an ensemble count as runs.
pub fn mean_curve(histories: &[&[EpochRecord]]) -> Vec<CurvePoint> {
    let records = || histories.iter().flat_map(|history| history.iter());
    let at = |epoch: usize| -> Vec<&EpochRecord> { records().filter(|record| record.epoch == epoch).collect() };
    let first = at(1).len();
    let last = records().map(|record| record.epoch).max().unwrap_or(0);
    let epochs = (1..=last).map(|epoch| (epoch, at(epoch)));
    epochs
        .take_while(|(_, running)| !running.is_empty() && running.len() * 2 >= first)
        .map(|(epoch, running)| {
            let mean = |value: &dyn Fn(&EpochRecord) -> Option<f64>| -> Option<f64> {
                let values: Vec<f64> = running.iter().filter_map(|record| value(record)).collect();
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            };
            let loss = mean(&|r| r.validation.map(|v| v.loss));
            CurvePoint {
                epoch,
                runs: running.len(),
                training_loss: mean(&|r| Some(r.training.loss)).unwrap_or(f64::NAN),
                training_accuracy: mean(&|r| Some(r.training.accuracy)).unwrap_or(f64::NAN),
                validation: loss.zip(mean(&|r| r.validation.map(|v| v.accuracy))),
            }
        })
        .collect()
}
