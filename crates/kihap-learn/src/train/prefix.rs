//! The frozen part of a network, which only ever runs forwards.

use std::sync::Mutex;

use burn::tensor::Device;
use kihap_zoo::{Graph, Weights};

use crate::{
    engine::{Mode, Network, Value, numbers},
    error::LearnError,
};

/// A frozen part with its weights.
pub(crate) struct Prefix {
    network: Mutex<Network>,
    shape: Vec<usize>,
    features: usize,
}

impl Prefix {
    pub(crate) fn new(graph: &Graph, weights: &Weights) -> Result<Prefix, LearnError> {
        let network = Mutex::new(Network::new(graph, weights, &Device::flex())?);
        Ok(Prefix { network, shape: graph.input.shape.clone(), features: graph.outputs()? })
    }

    /// Numbers that come out for one example.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// What comes out for `count` examples.
    pub(crate) fn run(&self, numbers_in: &[f32], count: usize) -> Result<Vec<f32>, LearnError> {
        let mut network = self.network.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let device = network.device().clone();
        let input = Value::new(numbers_in.to_vec(), count, &self.shape, &device);
        numbers(network.forward(input, &mut Mode::Using), "running the frozen part")
    }
}
