//! The frozen part of a network, which only ever runs forwards: by ONNX Runtime, much faster than by Burn.

use std::sync::{Mutex, PoisonError};

use kihap_vision::{graph_runner::OnnxGraph, runtime::threads};
use kihap_zoo::{
    Graph, Weights,
    onnx::{Options, write},
};
use rayon::prelude::*;

use crate::error::LearnError;

/// Most examples that go through a worker's network at once.
const AT_ONCE: usize = 16;

/// A frozen part with its weights, once for each core: every worker makes its own input and runs it, and waits for nobody.
pub(crate) struct Prefix {
    workers: Vec<Mutex<OnnxGraph>>,
    shape: Vec<usize>,
    features: usize,
}

impl Prefix {
    pub(crate) fn new(graph: &Graph, weights: &Weights) -> Result<Prefix, LearnError> {
        let file = write(graph, weights, &Options::default())?;
        let worker = |_| Ok(Mutex::new(OnnxGraph::on_one_thread(&graph.name, &file, &["output"])?));
        let workers = (0..threads()).map(worker).collect::<Result<_, LearnError>>()?;
        Ok(Prefix { workers, shape: graph.input.shape.clone(), features: graph.outputs()? })
    }

    /// Numbers that come out for one example.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// What comes out for `count` examples, whose numbers `fill` writes.
    pub(crate) fn run(
        &self,
        count: usize,
        fill: impl Fn(usize, &mut [f32]) -> Result<(), LearnError> + Sync,
    ) -> Result<Vec<f32>, LearnError> {
        let width: usize = self.shape.iter().product();
        let mut all = vec![0.0; count * self.features];
        let share = count.div_ceil(self.workers.len()).max(1);
        all.par_chunks_mut(share * self.features).zip(&self.workers).enumerate().try_for_each(
            |(place, (out, worker))| -> Result<(), LearnError> {
                let mut network = worker.lock().unwrap_or_else(PoisonError::into_inner);
                let from = place * share;
                for (part, out) in out.chunks_mut(AT_ONCE * self.features).enumerate() {
                    let some = out.len() / self.features;
                    let mut numbers = vec![0.0; some * width];
                    for (i, numbers) in numbers.chunks_exact_mut(width).enumerate() {
                        fill(from + part * AT_ONCE + i, numbers)?;
                    }
                    let shape = [&[some], self.shape.as_slice()].concat();
                    out.copy_from_slice(&network.run(&numbers, &shape)?);
                }
                Ok(())
            },
        )?;
        Ok(all)
    }
}
