//! TensorFlow.js in Node, where both are installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::json;

use crate::error::{JobError, Result};

const SCRIPT: &str = include_str!("run_layers.cjs");
/// Where packages are looked for, besides `KIHAP_NODE_MODULES`.
const PLACES: [&str; 2] = ["node_modules", "clients/node_modules"];

/// A package of TensorFlow.js that Node can run.
pub(super) struct Node {
    package: PathBuf,
    version: String,
}

#[derive(Deserialize)]
struct Output {
    rows: Vec<Vec<f64>>,
}

impl Node {
    /// The first of the packages that is installed: in the folder `KIHAP_NODE_MODULES`, or in `node_modules` or
    /// `clients/node_modules` of the working folder or one around it. `None` too where there is no Node.
    pub(super) fn find(packages: &[&str]) -> Option<Node> {
        let runs = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
        if !runs {
            return None;
        }
        let places = places();
        packages.iter().find_map(|package| {
            places.iter().find_map(|place| {
                let folder = place.join(package);
                Some(Node { version: version_of(&folder)?, package: folder })
            })
        })
    }

    pub(super) fn name(&self) -> String {
        format!("@tensorflow/tfjs {}", self.version)
    }

    /// The model's outputs for each input of `shape`.
    pub(super) fn run(
        &self,
        model_json: &[u8],
        weights: &[u8],
        shape: &[usize],
        inputs: &[Vec<f32>],
    ) -> Result<Vec<Vec<f64>>> {
        let failed = |reason: String| JobError::NotVerified { reason };
        let folder = tempfile::tempdir().map_err(|e| failed(e.to_string()))?;
        let numbers: Vec<u8> = inputs.iter().flatten().flat_map(|v| v.to_le_bytes()).collect();
        let job = json!({"shape": shape, "count": inputs.len()}).to_string();
        let files: [(&str, &[u8]); 5] = [
            ("model.json", model_json),
            ("weights.bin", weights),
            ("input.bin", &numbers),
            ("job.json", job.as_bytes()),
            ("run_layers.cjs", SCRIPT.as_bytes()),
        ];
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).map_err(|e| failed(e.to_string()))?;
        }
        let run = Command::new("node")
            .arg(folder.path().join("run_layers.cjs"))
            .arg(std::path::absolute(&self.package).unwrap_or_else(|_| self.package.clone()))
            .arg(folder.path())
            .output()
            .map_err(|e| failed(format!("node cannot be run ({e})")))?;
        if !run.status.success() {
            let said = String::from_utf8_lossy(&run.stderr);
            let first = said.lines().find(|line| line.contains("Error")).or_else(|| said.lines().next());
            let first = first.unwrap_or_default().trim();
            return Err(failed(format!("{} refuses the file: {first}; please report this", self.name())));
        }
        let output = std::fs::read(folder.path().join("output.json")).map_err(|e| failed(e.to_string()))?;
        let output: Output = serde_json::from_slice(&output).map_err(|e| failed(e.to_string()))?;
        Ok(output.rows)
    }
}

/// Folders that npm may have filled.
pub(super) fn places() -> Vec<PathBuf> {
    let own = std::env::var_os("KIHAP_NODE_MODULES").map(PathBuf::from);
    let here = std::env::current_dir().unwrap_or_default();
    let around = here.ancestors().flat_map(|folder| PLACES.map(|place| folder.join(place)));
    own.into_iter().chain(around).collect()
}

/// The version of a package in its folder.
pub(super) fn version_of(package: &Path) -> Option<String> {
    let text = std::fs::read(package.join("package.json")).ok()?;
    let json: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(json["version"].as_str()?.to_owned())
}
