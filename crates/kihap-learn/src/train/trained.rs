//! A trained network: from examples to probabilities.

use burn::tensor::{Device, Tensor, TensorData};

use super::network::{DenseWeights, HeadNetwork, numbers};
use crate::{
    error::LearnError,
    example::Example,
    features::{FeatureLayout, Standardiser},
    zoo::Head,
};

/// Rows handed to Burn at once, so that memory stays flat.
const ROWS_AT_ONCE: usize = 1024;

/// The weights of a head, or of an ensemble of heads whose probabilities are averaged.
#[derive(Debug, Clone)]
pub struct TrainedNetwork {
    /// What it looks like.
    pub head: Head,
    /// Number of classes.
    pub classes: usize,
    /// What a feature row consists of.
    pub layout: FeatureLayout,
    /// Applied to every row first.
    pub standardiser: Standardiser,
    /// Layers of each member, first to last.
    pub members: Vec<Vec<DenseWeights>>,
}

impl TrainedNetwork {
    /// The logarithm of the members' mean probability of each class, one row an example; for a single network these
    /// are its logits up to a constant a row.
    ///
    /// # Errors
    /// Examples without the features the head reads, or with another number of them.
    pub fn log_probabilities(&self, examples: &[Example]) -> Result<Vec<Vec<f64>>, LearnError> {
        let networks = self.networks();
        let mut all = Vec::with_capacity(examples.len());
        for chunk in examples.chunks(ROWS_AT_ONCE) {
            let mut rows = self.layout.rows(chunk, &self.head.name)?;
            self.standardiser.apply(&mut rows);
            all.extend(self.run(&networks, rows)?);
        }
        Ok(all)
    }

    /// Number of weights of all members together.
    pub fn parameters(&self) -> usize {
        self.members.iter().flatten().map(|dense| dense.weight.len() + dense.bias.len()).sum()
    }

    fn networks(&self) -> Vec<HeadNetwork> {
        self.members.iter().map(|weights| HeadNetwork::new(weights, &Device::flex())).collect()
    }

    fn run(&self, networks: &[HeadNetwork], rows: Vec<f32>) -> Result<Vec<Vec<f64>>, LearnError> {
        let width = self.layout.width();
        let shape = [rows.len() / width, width];
        let input = Tensor::<2>::from_data(TensorData::new(rows, shape), &Device::flex());
        let mut sums: Vec<Vec<f64>> = Vec::new();
        for network in networks {
            let logits = numbers(network.forward(input.clone(), &[]), "computing predictions")?;
            let probabilities = logits.chunks_exact(self.classes).map(softmax);
            if sums.is_empty() {
                sums = probabilities.collect();
            } else {
                for (sum, row) in sums.iter_mut().zip(probabilities) {
                    sum.iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
                }
            }
        }
        let members = networks.len() as f64;
        for row in &mut sums {
            row.iter_mut().for_each(|p| *p = (*p / members).max(f64::MIN_POSITIVE).ln());
        }
        Ok(sums)
    }
}

/// Softmax in double precision.
pub(crate) fn softmax(logits: &[f32]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|l| (f64::from(*l) - f64::from(top)).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|e| e / sum).collect()
}
