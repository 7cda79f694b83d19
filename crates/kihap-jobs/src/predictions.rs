//! What a model said of every sample it was measured on, kept beside it: `predictions.csv`, a line a sample.

use std::path::Path;

use kihap_dataset::{Sample, SampleId};
use kihap_learn::Prediction;
use serde::{Deserialize, Serialize};

use crate::error::{JobError, Result};

const FILE: &str = "predictions.csv";

/// One line: a sample and what the model took it for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The sample's number in the dataset it was measured on; of a clip, its first frame's.
    pub sample: SampleId,
    /// What the sample was called then.
    pub name: String,
    /// BLAKE3 of its content, in hexadecimal.
    pub hash: String,
    /// Its class at that time.
    pub truth: String,
    /// The most probable class.
    pub predicted: String,
    /// The probability of that class, 0 to 1.
    pub confidence: f64,
    /// Whether the model withheld its answer.
    pub abstained: bool,
}

/// Writes the file, complete or not at all.
pub(crate) fn save(model: &Path, classes: &[String], judged: &[(Sample, usize, Prediction)]) -> Result<()> {
    let path = model.join(FILE);
    let failed = |reason: String| JobError::File { path: path.clone(), reason };
    let class = |label: usize| classes.get(label).cloned().unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (sample, truth, prediction) in judged {
        let line = Judged {
            sample: sample.id,
            name: sample.name(),
            hash: sample.hash.clone(),
            truth: class(*truth),
            predicted: class(prediction.label),
            confidence: prediction.confidence(),
            abstained: prediction.abstained,
        };
        writer.serialize(line).map_err(|e| failed(e.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(e.to_string()))?;
    let temporary = model.join(".predictions.partial");
    std::fs::write(&temporary, bytes)
        .and_then(|()| std::fs::rename(&temporary, &path))
        .map_err(|e| failed(e.to_string()))
}

/// What the model in `folder` said of the samples it was measured on; `None` for models of before this was kept.
///
/// # Errors
/// When the file is damaged.
pub fn predictions_of(folder: &Path) -> Result<Option<Vec<Judged>>> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let failed = |e: csv::Error| JobError::File { path: path.clone(), reason: e.to_string() };
    let mut reader = csv::Reader::from_path(&path).map_err(failed)?;
    reader.deserialize().collect::<std::result::Result<_, _>>().map(Some).map_err(failed)
}
