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

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_dataset::import::{ImportOptions, import};
    use kihap_dataset::{Class, Dataset, Filter, Manifest};
    use std::sync::atomic::AtomicBool;

    #[test]
    fn what_was_said_of_each_sample_is_read_back_with_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = folder.path().join("in/막기, \"낮게\"");
        std::fs::create_dir_all(&pictures).unwrap();
        image::RgbImage::from_pixel(64, 64, image::Rgb([9, 90, 200])).save(pictures.join("a, b.png")).unwrap();
        let manifest = Manifest::new("p", vec![Class::named("other")]);
        let mut dataset = Dataset::create(folder.path().join("data"), &manifest).unwrap();
        let from = [folder.path().join("in")];
        import(&mut dataset, &from, &ImportOptions::default(), &mut |_| {}, &AtomicBool::new(false)).unwrap();
        let sample = dataset.samples(&Filter::default()).unwrap().remove(0);

        let classes = [sample.class.clone(), "other".to_owned()];
        assert_eq!(predictions_of(folder.path()).unwrap(), None, "models of before have no such file");
        let said = Prediction::from_probabilities(vec![0.25, 0.75], 0.9);
        save(folder.path(), &classes, &[(sample.clone(), 0, said)]).unwrap();
        let read = predictions_of(folder.path()).unwrap().unwrap();
        let line = &read[0];
        assert_eq!(
            (line.sample, line.hash.as_str(), line.name.as_str()),
            (sample.id, sample.hash.as_str(), sample.name().as_str())
        );
        assert_eq!((line.truth.as_str(), line.predicted.as_str()), (sample.class.as_str(), "other"));
        assert_eq!((line.confidence, line.abstained, read.len()), (0.75, true, 1));
    }
}
