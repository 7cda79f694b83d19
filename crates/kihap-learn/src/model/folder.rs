//! The model folder: `model.toml`, `network.json`, `weights.safetensors`, `metrics.json`; written under another name, then renamed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kihap_zoo::Graph;

use super::{
    Model,
    description::{KIND, ModelDescription, ModelMetrics, SCHEMA},
    weights,
};
use crate::error::LearnError;

const DESCRIPTION: &str = "model.toml";
const NETWORK: &str = "network.json";
const WEIGHTS: &str = "weights.safetensors";
const METRICS: &str = "metrics.json";

impl Model {
    /// Writes the model to the folder `folder`, replacing a model that is there. The folder appears complete or not
    /// at all.
    ///
    /// # Errors
    /// A folder of another kind in that place, or a disk that cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), LearnError> {
        if folder.exists() && !folder.join(DESCRIPTION).is_file() && !is_empty(folder) {
            return Err(LearnError::NotOverwritten { path: folder.to_owned() });
        }
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        fs::create_dir_all(&parent).map_err(LearnError::io("create", &parent))?;
        let draft = tempfile::Builder::new()
            .prefix(".kihap-model-")
            .tempdir_in(&parent)
            .map_err(LearnError::io("create a folder in", &parent))?;

        let bytes = weights::encode(&self.network, folder)?;
        let mut description = self.description.clone();
        description.weights_hash = blake3::hash(&bytes).to_hex().to_string();
        let refused = |problem: String| LearnError::bad_model(folder, format!("it cannot be written: {problem}"));
        let graph = serde_json::to_vec_pretty(&self.network.graph).map_err(|e| refused(e.to_string()))?;
        description.network_hash = blake3::hash(&graph).to_hex().to_string();
        let toml = toml::to_string_pretty(&description).map_err(|e| refused(e.to_string()))?;
        let json = serde_json::to_vec_pretty(&self.metrics).map_err(|e| refused(e.to_string()))?;
        // a folder within the temporary one, which alone has the rights new folders have
        let draft_folder = draft.path().join("model");
        fs::create_dir(&draft_folder).map_err(LearnError::io("create", &draft_folder))?;
        for (name, content) in [(WEIGHTS, bytes), (NETWORK, graph), (METRICS, json), (DESCRIPTION, toml.into_bytes())] {
            let path = draft_folder.join(name);
            fs::write(&path, content).map_err(LearnError::io("write", &path))?;
        }
        put_in_place(&draft_folder, folder, &parent)
    }

    /// Reads what a model folder says about the model, without its weights: enough for lists and numbers.
    ///
    /// # Errors
    /// A folder that is none, or files that are missing, truncated, or of a later version.
    pub fn describe(folder: &Path) -> Result<(ModelDescription, ModelMetrics), LearnError> {
        let read = |path: &Path| fs::read(path).map_err(LearnError::io("read", path));
        let path = folder.join(DESCRIPTION);
        let text = String::from_utf8(read(&path)?)
            .map_err(|e| LearnError::bad_model(&path, format!("it is damaged ({e})")))?;
        let description = read_description(&text, &path)?;
        let path = folder.join(METRICS);
        let metrics = serde_json::from_slice(&read(&path)?)
            .map_err(|e| LearnError::bad_model(&path, format!("it is truncated or damaged ({e})")))?;
        Ok((description, metrics))
    }

    /// Reads a model folder.
    ///
    /// # Errors
    /// A folder that is none, files that are missing, truncated, of a later version, or do not belong together.
    pub fn load(folder: &Path) -> Result<Model, LearnError> {
        let path = folder.join(DESCRIPTION);
        if !path.is_file() {
            return Err(LearnError::bad_model(folder, format!("there is no {DESCRIPTION} in it")));
        }
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(LearnError::io("read", &path))
        };
        let (description, network) = (read(DESCRIPTION)?, read(NETWORK)?);
        let (weights, metrics) = (read(WEIGHTS)?, read(METRICS)?);
        let files = ModelFiles { description: &description, network: &network, weights: &weights, metrics: &metrics };
        Model::from_files(folder, &files)
    }

    /// A model out of the contents of its folder's files; `name` stands for the folder in errors.
    ///
    /// # Errors
    /// Files that are truncated, of a later version, or do not belong together.
    pub fn from_files(name: &Path, files: &ModelFiles<'_>) -> Result<Model, LearnError> {
        let path = name.join(DESCRIPTION);
        let text = std::str::from_utf8(files.description)
            .map_err(|e| LearnError::bad_model(&path, format!("it is damaged ({e})")))?;
        let mut description = read_description(text, &path)?;
        if !description.layout.is_current() {
            let problem = "its landmark features are computed by formulas this program no longer has; train it again";
            return Err(LearnError::bad_model(path, problem));
        }

        let strange = format!("it is not the file that {DESCRIPTION} was written with; train or copy the model again");
        let path = name.join(NETWORK);
        let graph: Graph = serde_json::from_slice(files.network)
            .map_err(|e| LearnError::bad_model(&path, format!("it is truncated or damaged ({e})")))?;
        if blake3::hash(files.network).to_hex().as_str() != description.network_hash {
            return Err(LearnError::bad_model(path, strange));
        }
        let path = name.join(WEIGHTS);
        let network = weights::decode(&description, graph, files.weights, &path)?;
        if blake3::hash(files.weights).to_hex().as_str() != description.weights_hash {
            return Err(LearnError::bad_model(path, strange));
        }
        description.weights_hash.clear();
        description.network_hash.clear();

        let path = name.join(METRICS);
        let metrics: ModelMetrics = serde_json::from_slice(files.metrics)
            .map_err(|e| LearnError::bad_model(&path, format!("it is truncated or damaged ({e})")))?;
        Ok(Model { description, network, metrics })
    }
}

/// The contents of a model folder's files.
#[derive(Debug, Clone, Copy)]
pub struct ModelFiles<'a> {
    /// `model.toml`.
    pub description: &'a [u8],
    /// `network.json`.
    pub network: &'a [u8],
    /// `weights.safetensors`.
    pub weights: &'a [u8],
    /// `metrics.json`.
    pub metrics: &'a [u8],
}

fn read_description(text: &str, path: &Path) -> Result<ModelDescription, LearnError> {
    #[derive(serde::Deserialize)]
    struct Mark {
        schema: Option<u32>,
        kind: Option<String>,
    }
    let damaged = |e: toml::de::Error| LearnError::bad_model(path, format!("it is damaged ({})", e.message()));
    let mark: Mark = toml::from_str(text).map_err(damaged)?;
    if mark.kind.as_deref() != Some(KIND) {
        return Err(LearnError::bad_model(path, format!("its kind is not \"{KIND}\"")));
    }
    match mark.schema {
        Some(SCHEMA) => toml::from_str(text).map_err(damaged),
        Some(other) => {
            let problem = format!(
                "it has schema {other}, this program reads schema {SCHEMA}; train it again, or use the version it was made with"
            );
            Err(LearnError::bad_model(path, problem))
        }
        None => Err(LearnError::bad_model(path, "it does not state its schema")),
    }
}

pub(crate) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Moves the finished draft to its place; what was there before is kept until that has worked.
pub(crate) fn put_in_place(draft: &Path, folder: &Path, parent: &Path) -> Result<(), LearnError> {
    let previous = folder.exists().then(|| tempfile::Builder::new().prefix(".kihap-old-").tempdir_in(parent));
    let previous = previous.transpose().map_err(LearnError::io("create a folder in", parent))?;
    let kept = previous.as_ref().map(|old| old.path().join("model"));
    if let Some(kept) = &kept {
        fs::rename(folder, kept).map_err(LearnError::io("rename", folder))?;
    }
    let moved = fs::rename(draft, folder);
    if let (Err(_), Some(kept)) = (&moved, &kept) {
        fs::rename(kept, folder).map_err(LearnError::io("rename", kept))?;
    }
    moved.map_err(LearnError::io("rename", draft))
}
