//! A trained lifter.

use std::path::Path;

use burn::tensor::Device;
use kihap_vision::Pose;
use kihap_zoo::{Graph, Weights, networks::pose_lifter};
use serde::{Deserialize, Serialize};

use super::{
    example::{INPUTS, OUTPUTS, Seen, flipped, mirrored},
    training::{LiftErrors, LifterOptions},
};
use crate::{
    engine::{Mode, Network, Value, numbers},
    error::LearnError,
};

/// Goes up when the numbers that are read change.
const SCHEMA: u32 = 1;

/// Puts BlazePose's world coordinates right.
#[derive(Debug, Clone)]
pub struct Lifter {
    graph: Graph,
    weights: Weights,
    description: Description,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    schema: u32,
    options: LifterOptions,
    /// On the examples kept for validation, as the estimator gives them and lifted.
    errors: [LiftErrors; 2],
    weights_hash: String,
}

impl Lifter {
    pub(super) fn new(graph: Graph, weights: Weights, options: LifterOptions, errors: [LiftErrors; 2]) -> Self {
        let description = Description { schema: SCHEMA, options, errors, weights_hash: String::new() };
        Self { graph, weights, description }
    }

    /// Errors on the examples kept for validation, as the estimator gives them and lifted.
    pub fn errors(&self) -> [LiftErrors; 2] {
        self.description.errors
    }

    /// The same skeletons with world coordinates of joints where the network finds them; the trunk stays as long as the estimator has it.
    /// Each is seen as it is and in a mirror, and the mean is taken. What is not BlazePose's, or has no depths, comes back as it is.
    ///
    /// # Errors
    /// When the network fails.
    pub fn lift(&self, poses: &[&Pose]) -> Result<Vec<Pose>, LearnError> {
        let mut all: Vec<Pose> = poses.iter().map(|pose| (*pose).clone()).collect();
        let seen: Vec<(usize, Seen)> =
            poses.iter().enumerate().filter_map(|(place, pose)| Some((place, Seen::of(pose)?))).collect();
        if seen.is_empty() {
            return Ok(all);
        }
        let network = Network::new(&self.graph, &self.weights, &Device::flex())?;
        let rows: Vec<&[f32]> = seen.iter().map(|(_, seen)| &seen.numbers[..]).collect();
        for ((place, seen), points) in seen.iter().zip(lifted(network, &rows)?) {
            all[*place].world = seen.trunk.world(&points);
        }
        Ok(all)
    }

    /// Writes `lifter.json` and `weights.safetensors` into a folder, which is made where it is not there.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), LearnError> {
        std::fs::create_dir_all(folder).map_err(LearnError::io("create", folder))?;
        for (name, content) in ["lifter.json", "weights.safetensors"].into_iter().zip(self.to_bytes()?) {
            let path = folder.join(name);
            std::fs::write(&path, content).map_err(LearnError::io("write", &path))?;
        }
        Ok(())
    }

    /// Description (JSON) and weights (safetensors) as files.
    ///
    /// # Errors
    /// Weights that cannot be written.
    pub fn to_bytes(&self) -> Result<[Vec<u8>; 2], LearnError> {
        let weights = self.weights.to_safetensors()?;
        let weights_hash = blake3::hash(&weights).to_hex().to_string();
        let description = Description { weights_hash, ..self.description.clone() };
        let text = serde_json::to_vec_pretty(&description).map_err(|e| damaged(e.to_string()))?;
        Ok([text, weights])
    }

    /// From those files.
    ///
    /// # Errors
    /// Files that are damaged, of another version, or do not belong together.
    pub fn from_bytes(description: &[u8], weights: &[u8]) -> Result<Self, LearnError> {
        let description: Description = serde_json::from_slice(description).map_err(|e| damaged(e.to_string()))?;
        if description.schema != SCHEMA {
            return Err(damaged(format!("it is of version {}, this program reads {SCHEMA}", description.schema)));
        }
        if blake3::hash(weights).to_hex().as_str() != description.weights_hash {
            return Err(damaged("description and weights do not belong together".into()));
        }
        let graph = pose_lifter(INPUTS, OUTPUTS, description.options.width)?;
        let weights = Weights::from_safetensors(weights, "the lifter")?;
        weights.check(&graph)?;
        Ok(Self { graph, weights, description })
    }
}

fn damaged(problem: String) -> LearnError {
    LearnError::bad_model(Path::new("lifter"), problem)
}

/// Skeletons lifted at once, so that memory stays flat.
const AT_ONCE: usize = 4096;

/// The points that a network makes of rows of numbers, in trunk lengths: the mean of what it makes of each and of its mirror image.
pub(super) fn lifted(mut network: Network, rows: &[&[f32]]) -> Result<Vec<Vec<f32>>, LearnError> {
    let device = network.device().clone();
    let mut points = Vec::with_capacity(rows.len());
    for rows in rows.chunks(AT_ONCE) {
        let mut forward = |read: Vec<f32>| {
            let input = Value::new(read, rows.len(), &[INPUTS], &device);
            numbers(network.forward(input, &mut Mode::Using), "lifting skeletons")
        };
        let plain = forward(rows.concat())?;
        let other = forward(rows.iter().flat_map(|row| mirrored(row)).collect())?;
        let both = plain.chunks_exact(OUTPUTS).zip(other.chunks_exact(OUTPUTS));
        points.extend(rows.iter().zip(both).map(|(row, (plain, other))| {
            let moved = plain.iter().zip(flipped(other, 3)).map(|(a, b)| (a + b) * 0.5);
            row.iter().zip(moved).map(|(from, by)| from + by).collect()
        }));
    }
    Ok(points)
}
