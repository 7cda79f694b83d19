//! A trained network: from examples to probabilities.

use burn::tensor::Device;
use kihap_vision::graph_runner::OnnxGraph;
use kihap_zoo::{
    Graph, Weights,
    onnx::{Options, write},
};

use super::batches::Batches;
use crate::{
    engine::{Mode, Network, Value, numbers},
    error::LearnError,
    example::Example,
    layout::{Layout, Standardiser},
};

/// Numbers handed to Burn at once, so that memory stays flat.
const NUMBERS_AT_ONCE: usize = 1 << 21;

/// The weights of a network, or of an ensemble of networks whose probabilities are averaged.
#[derive(Debug, Clone)]
pub struct TrainedNetwork {
    /// What it looks like.
    pub graph: Graph,
    /// Number of classes.
    pub classes: usize,
    /// What its input consists of.
    pub layout: Layout,
    /// Applied to every row first.
    pub standardiser: Standardiser,
    /// Weights of each member.
    pub members: Vec<Weights>,
}

impl TrainedNetwork {
    /// The logarithm of the mean probability of each class over members and views, one row an example; for a single network these
    /// are its logits up to a constant a row.
    ///
    /// # Errors
    /// Examples without what the network reads, or with another number of features.
    pub fn log_probabilities(&self, examples: &[Example]) -> Result<Vec<Vec<f64>>, LearnError> {
        if examples.is_empty() {
            return Ok(Vec::new());
        }
        let members = self.members.iter();
        let mut runners = members.map(|weights| self.runner(weights)).collect::<Result<Vec<_>, _>>()?;
        let batches = Batches::new(examples, &[], self.layout, &self.standardiser, None, false)?;
        let at_once = (NUMBERS_AT_ONCE / self.layout.width().max(1)).clamp(1, 1024);
        let all: Vec<usize> = (0..examples.len()).collect();
        let mut rows = Vec::with_capacity(examples.len());
        for some in all.chunks(at_once) {
            let views = (0..self.layout.views()).map(|view| batches.seen(some, view)).collect::<Result<Vec<_>, _>>()?;
            rows.extend(self.mean_of(&mut runners, &views, some.len())?);
        }
        Ok(rows)
    }

    /// Number of weights of all members together.
    pub fn parameters(&self) -> usize {
        self.members.iter().map(Weights::count).sum()
    }

    /// Networks on pictures run on ONNX Runtime, where they are several times faster; the small ones on Burn, so that
    /// they need no runtime.
    fn runner(&self, weights: &Weights) -> Result<Runner, LearnError> {
        if self.layout.input().reads_pictures() {
            let file = write(&self.graph, weights, &Options::default())?;
            return Ok(Runner::Onnx(Box::new(OnnxGraph::from_bytes(&self.graph.name, &file, &["output"])?)));
        }
        Ok(Runner::Burn(Box::new(Network::new(&self.graph, weights, &Device::flex())?)))
    }

    fn mean_of(&self, runners: &mut [Runner], views: &[Vec<f32>], count: usize) -> Result<Vec<Vec<f64>>, LearnError> {
        let answers = (runners.len() * views.len()) as f64;
        let mut sums = vec![vec![0.0; self.classes]; count];
        for runner in runners {
            for view in views {
                let logits = runner.run(view, count, &self.layout.shape())?;
                for (sum, row) in sums.iter_mut().zip(logits.chunks_exact(self.classes).map(softmax)) {
                    sum.iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
                }
            }
        }
        for row in &mut sums {
            row.iter_mut().for_each(|p| *p = (*p / answers).max(f64::MIN_POSITIVE).ln());
        }
        Ok(sums)
    }
}

/// What computes a network's output.
enum Runner {
    Onnx(Box<OnnxGraph>),
    Burn(Box<Network>),
}

impl Runner {
    fn run(&mut self, input: &[f32], count: usize, shape: &[usize]) -> Result<Vec<f32>, LearnError> {
        match self {
            Runner::Onnx(network) => Ok(network.run(input, &[&[count], shape].concat())?),
            Runner::Burn(network) => {
                let input = Value::new(input.to_vec(), count, shape, &Device::flex());
                numbers(network.forward(input, &mut Mode::Using), "computing predictions")
            }
        }
    }
}

/// Softmax in double precision.
pub(crate) fn softmax(logits: &[f32]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|l| (f64::from(*l) - f64::from(top)).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|e| e / sum).collect()
}
