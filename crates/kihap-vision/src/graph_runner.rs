//! Running any network that is given as an ONNX file of numbers in and numbers out.

use std::path::Path;

use crate::error::{Result, VisionError};
pub use crate::runtime::Numbers;
use crate::runtime::{Engine, OrtEngine};

/// A network in ONNX Runtime with one input of 32-bit numbers. It shares the one pool of threads of all networks
/// ([`crate::runtime::threads`]).
pub struct OnnxGraph {
    engine: OrtEngine,
}

impl OnnxGraph {
    /// The network in the file at `path`, to give `outputs`.
    ///
    /// # Errors
    /// When the runtime or the file is missing or damaged.
    pub fn open(path: &Path, outputs: &[&str]) -> Result<OnnxGraph> {
        Ok(OnnxGraph { engine: OrtEngine::open(path, outputs)? })
    }

    /// The network in `bytes`, to give `outputs`; `name` is for messages.
    ///
    /// # Errors
    /// When the runtime is missing or the file is damaged.
    pub fn from_bytes(name: &str, bytes: &[u8], outputs: &[&str]) -> Result<OnnxGraph> {
        Ok(OnnxGraph { engine: OrtEngine::from_bytes(name, bytes, outputs)? })
    }

    /// [`OnnxGraph::from_bytes`] on the calling thread alone: with one a core, each making its own input, cores never wait
    /// for one another.
    ///
    /// # Errors
    /// As [`OnnxGraph::from_bytes`].
    pub fn on_one_thread(name: &str, bytes: &[u8], outputs: &[&str]) -> Result<OnnxGraph> {
        Ok(OnnxGraph { engine: OrtEngine::from_bytes_on_one_thread(name, bytes, outputs)? })
    }

    /// All numbers of the first of the outputs for `input` of `shape` (with the batch), row by row.
    ///
    /// # Errors
    /// An input that does not fit, or outputs that the network does not have.
    pub fn run(&mut self, input: &[f32], shape: &[usize]) -> Result<Vec<f32>> {
        Ok(self.run_all(input, shape)?.into_iter().next().unwrap_or_default())
    }

    /// All numbers of each of the outputs, in the order they were asked for; otherwise as [`OnnxGraph::run`].
    ///
    /// # Errors
    /// As [`OnnxGraph::run`].
    pub fn run_all(&mut self, input: &[f32], shape: &[usize]) -> Result<Vec<Vec<f32>>> {
        if shape.iter().product::<usize>() != input.len() {
            let reason = format!("{} numbers do not fill {shape:?}", input.len());
            return Err(VisionError::Runtime { action: "take the input".into(), reason });
        }
        let mut all = Vec::new();
        self.engine.run(shape, input, &mut |outputs| all = outputs.iter().map(|values| values.to_vec()).collect())?;
        Ok(all)
    }

    /// All numbers of each of the outputs for inputs of any kind, given by name.
    ///
    /// # Errors
    /// As [`OnnxGraph::run`].
    pub fn run_named(&mut self, inputs: &[(&str, Numbers<'_>)]) -> Result<Vec<Vec<f32>>> {
        self.engine.run_named(inputs)
    }
}
