//! The state of a training after an epoch: enough to go on bit for bit.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use kihap_zoo::{Array, Weights};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use super::record::EpochRecord;
use crate::error::LearnError;

/// Where checkpoints go, and whether to go on from the one that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpointing {
    /// The file, written after every epoch under another name and renamed.
    pub file: PathBuf,
    /// Go on from it; when it is not there, start from the beginning.
    pub resume: bool,
}

impl Checkpointing {
    /// The epochs that the checkpoint has behind it; none where there is no checkpoint.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn history(&self) -> Result<Vec<EpochRecord>, LearnError> {
        Ok(Checkpoint::load(&self.file)?.map_or_else(Vec::new, |checkpoint| checkpoint.progress.history))
    }
}

/// Everything that the next epoch depends on.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoint {
    pub(crate) progress: Progress,
    /// Weights of the members that are finished.
    pub(crate) members: Vec<Weights>,
    pub(crate) current: Weights,
    pub(crate) best: Option<Weights>,
    pub(crate) optimiser: Vec<u8>,
}

/// How far it has got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// What is trained on what, and how: a checkpoint fits no other training.
    pub(crate) fingerprint: String,
    pub(crate) member: usize,
    /// The last epoch that is done.
    pub(crate) epoch: usize,
    pub(crate) best_loss: Option<f64>,
    pub(crate) best_epoch: usize,
    pub(crate) best_epochs: Vec<usize>,
    pub(crate) history: Vec<EpochRecord>,
    /// Seconds trained before.
    pub(crate) seconds: f64,
}

const PROGRESS: &str = "progress";
const OPTIMISER: &str = "optimiser";

impl Checkpoint {
    /// Writes it, complete or not at all.
    pub(crate) fn save(&self, file: &Path) -> Result<(), LearnError> {
        let bad = |e: &dyn std::fmt::Display| LearnError::Checkpoint { problem: format!("{} ({e})", file.display()) };
        let mut named: Vec<(String, &Array)> = Vec::new();
        for (index, weights) in self.members.iter().enumerate() {
            named.extend(weights.0.iter().map(|(name, array)| (format!("member.{index}.{name}"), array)));
        }
        named.extend(self.current.0.iter().map(|(name, array)| (format!("current.{name}"), array)));
        if let Some(best) = &self.best {
            named.extend(best.0.iter().map(|(name, array)| (format!("best.{name}"), array)));
        }
        let bytes: Vec<Vec<u8>> =
            named.iter().map(|(_, array)| array.values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
        let mut views = Vec::with_capacity(named.len() + 1);
        for ((name, array), bytes) in named.iter().zip(&bytes) {
            let view = TensorView::new(Dtype::F32, array.shape.clone(), bytes).map_err(|e| bad(&e))?;
            views.push((name.as_str(), view));
        }
        let optimiser = TensorView::new(Dtype::U8, vec![self.optimiser.len()], &self.optimiser).map_err(|e| bad(&e))?;
        views.push((OPTIMISER, optimiser));
        let progress = serde_json::to_string(&self.progress).map_err(|e| bad(&e))?;
        let about = HashMap::from([(PROGRESS.to_owned(), progress)]);
        let all = safetensors::serialize(views, Some(about)).map_err(|e| bad(&e))?;
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(LearnError::io("create", parent))?;
        }
        let draft = file.with_extension("partial");
        fs::write(&draft, all).map_err(LearnError::io("write", &draft))?;
        fs::rename(&draft, file).map_err(LearnError::io("rename", &draft))
    }

    /// Reads it back; `None` where there is none.
    pub(crate) fn load(file: &Path) -> Result<Option<Checkpoint>, LearnError> {
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(LearnError::io("read", file)(e)),
        };
        let bad = |e: &dyn std::fmt::Display| LearnError::Checkpoint {
            problem: format!("{} is damaged ({e})", file.display()),
        };
        let tensors = SafeTensors::deserialize(&bytes).map_err(|e| bad(&e))?;
        let (_, about) = SafeTensors::read_metadata(&bytes).map_err(|e| bad(&e))?;
        let progress =
            about.metadata().as_ref().and_then(|about| about.get(PROGRESS)).ok_or_else(|| bad(&"no progress"))?;
        let progress: Progress = serde_json::from_str(progress).map_err(|e| bad(&e))?;
        let mut read = Checkpoint {
            members: vec![Weights::default(); progress.best_epochs.len()],
            progress,
            current: Weights::default(),
            best: None,
            optimiser: Vec::new(),
        };
        for (name, view) in tensors.iter() {
            if name == OPTIMISER {
                read.optimiser = view.data().to_vec();
                continue;
            }
            let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            let array = Array { shape: view.shape().to_vec(), values };
            let (place, name) = name.split_once('.').ok_or_else(|| bad(&name))?;
            match place {
                "current" => read.current.0.insert(name.to_owned(), array),
                "best" => read.best.get_or_insert_default().0.insert(name.to_owned(), array),
                _ => {
                    let (index, name) = name.split_once('.').ok_or_else(|| bad(&name))?;
                    let index: usize = index.parse().map_err(|e: std::num::ParseIntError| bad(&e))?;
                    let member = read.members.get_mut(index).ok_or_else(|| bad(&"a member too many"))?;
                    member.0.insert(name.to_owned(), array)
                }
            };
        }
        Ok(Some(read))
    }
}
