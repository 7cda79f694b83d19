//! The generator's folder: `generator.json` and `weights.safetensors`; written under another name, then renamed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kihap_zoo::{Graph, Weights};
use serde::{Deserialize, Serialize};

use super::{form::Form, generator::Generator, options::GanOptions, training::GanRecord};
use crate::{
    error::LearnError,
    example::Class,
    model::{is_empty, put_in_place},
    train::StopReason,
};

const DESCRIPTION: &str = "generator.json";
const WEIGHTS: &str = "weights.safetensors";
const SCHEMA: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Description {
    schema: u32,
    version: String,
    classes: Vec<Class>,
    options: GanOptions,
    form: Form,
    network: Graph,
    stopped: StopReason,
    seconds: f64,
    weights_hash: String,
    history: Vec<GanRecord>,
}

impl Generator {
    /// Writes the generator to the folder `folder`, replacing a generator that is there. The folder appears complete or not
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
            .prefix(".kihap-generator-")
            .tempdir_in(&parent)
            .map_err(LearnError::io("create a folder in", &parent))?;
        let weights = self.weights.to_safetensors()?;
        let description = Description {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            classes: self.classes.clone(),
            options: self.options.clone(),
            form: self.form.clone(),
            network: self.graph.clone(),
            stopped: self.stopped,
            seconds: self.seconds,
            weights_hash: blake3::hash(&weights).to_hex().to_string(),
            history: self.history.clone(),
        };
        let refused =
            |e: serde_json::Error| LearnError::bad_model(folder, format!("its generator cannot be written: {e}"));
        let description = serde_json::to_vec_pretty(&description).map_err(refused)?;
        // a folder within the temporary one, which alone has the rights new folders have
        let inner = draft.path().join("generator");
        fs::create_dir(&inner).map_err(LearnError::io("create", &inner))?;
        for (name, content) in [(WEIGHTS, weights), (DESCRIPTION, description)] {
            let path = inner.join(name);
            fs::write(&path, content).map_err(LearnError::io("write", &path))?;
        }
        put_in_place(&inner, folder, &parent)
    }

    /// Reads a generator's folder.
    ///
    /// # Errors
    /// A folder that is none, files that are missing, damaged, of a later version, or do not belong together.
    pub fn load(folder: &Path) -> Result<Generator, LearnError> {
        let path = folder.join(DESCRIPTION);
        if !path.is_file() {
            return Err(LearnError::bad_model(folder, format!("there is no generator's {DESCRIPTION} in it")));
        }
        let text = fs::read(&path).map_err(LearnError::io("read", &path))?;
        let damaged = |e: serde_json::Error| LearnError::bad_model(&path, format!("it is damaged ({e})"));
        #[derive(Deserialize)]
        struct Mark {
            schema: u32,
        }
        let Mark { schema } = serde_json::from_slice(&text).map_err(damaged)?;
        if schema != SCHEMA {
            let problem = format!("it has schema {schema}, this program reads schema {SCHEMA}; train it again");
            return Err(LearnError::bad_model(path, problem));
        }
        let description: Description = serde_json::from_slice(&text).map_err(damaged)?;
        let path = folder.join(WEIGHTS);
        let bytes = fs::read(&path).map_err(LearnError::io("read", &path))?;
        if blake3::hash(&bytes).to_hex().as_str() != description.weights_hash {
            let problem = format!("it is not the file that {DESCRIPTION} was written with; train or copy it again");
            return Err(LearnError::bad_model(path, problem));
        }
        let weights = Weights::from_safetensors(&bytes, WEIGHTS)?;
        weights.check(&description.network)?;
        Ok(Generator {
            classes: description.classes,
            options: description.options,
            history: description.history,
            stopped: description.stopped,
            seconds: description.seconds,
            form: description.form,
            graph: description.network,
            weights,
        })
    }
}
