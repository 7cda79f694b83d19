//! What the tests of networks share.
#![allow(dead_code)]

use std::path::PathBuf;

use kihap_zoo::weights::{Array, Weights};
use kihap_zoo::{Graph, ZooError};
use serde::Deserialize;

/// A small network and what PyTorch answers; see tools/README.md for the formulas.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) batch: usize,
    pub(crate) input_scale: f64,
    pub(crate) graph: Graph,
    pub(crate) shape: Vec<usize>,
    pub(crate) output: Vec<f32>,
}

impl Case {
    pub(crate) fn all() -> Vec<Case> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ops.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    pub(crate) fn input(&self) -> Vec<f32> {
        let count = self.batch * self.graph.input.shape.iter().product::<usize>();
        (0..count).map(|i| (self.input_scale * (0.9 * i as f64).sin()) as f32).collect()
    }

    pub(crate) fn input_shape(&self) -> Vec<usize> {
        [&[self.batch], self.graph.input.shape.as_slice()].concat()
    }
}

/// Weights by the goldens' formula.
pub(crate) fn weights_by_formula(graph: &Graph) -> Result<Weights, ZooError> {
    let parameters = graph.parameters()?.into_iter().enumerate();
    let make = |(index, p): (usize, kihap_zoo::graph::Parameter)| {
        let base = if p.name.ends_with(".scale") || p.name.ends_with(".variance") { 1.0 } else { 0.0 };
        let wave = |i: usize| (base + 0.5 * (0.7 * i as f64 + 1.3 * index as f64).sin()) as f32;
        let values = (0..p.count()).map(wave).collect();
        (p.name, Array { shape: p.shape, values })
    };
    Ok(Weights(parameters.map(make).collect()))
}

/// Whether ONNX Runtime has been set up; where CI runs it must have been.
pub(crate) fn have_runtime() -> bool {
    let library = kihap_vision::runtime::library_path();
    if library.exists() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing: run `kihap setup`", library.display());
    eprintln!("skipped: ONNX Runtime is missing (run `kihap setup`)");
    false
}

/// The folder of files that are not part of the project; `None` (said aloud) where it is not there.
pub(crate) fn shared_data(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIHAP_SHARED_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {part} is not there (set KIHAP_SHARED_DATA)");
    None
}
