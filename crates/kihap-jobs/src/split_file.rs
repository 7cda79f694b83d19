//! Which sample was in which part, kept beside a model so that `evaluate --split test` finds its test samples again.

use std::collections::HashMap;
use std::path::Path;

use kihap_dataset::{Part, Sample};

use crate::error::{JobError, Result};

const FILE: &str = "split.csv";

/// Writes `part,hash` a line.
pub(crate) fn save(model: &Path, samples: &[Sample], parts: &[Part]) -> Result<()> {
    let mut text = String::from("part,sample_hash\n");
    for (sample, part) in samples.iter().zip(parts) {
        text.push_str(&format!("{part},{}\n", sample.hash));
    }
    let path = model.join(FILE);
    let temporary = model.join(".split.partial");
    std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, &path)).map_err(JobError::io(&path))
}

/// The part of each sample by its hash; empty when the model has no such file.
pub(crate) fn load(model: &Path) -> HashMap<String, Part> {
    let text = std::fs::read_to_string(model.join(FILE)).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once(','))
        .filter_map(|(part, hash)| Some((hash.to_owned(), Part::parse(part)?)))
        .collect()
}
