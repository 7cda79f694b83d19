//! What a model's folder records, picked for the card.

use kihap_learn::{Evaluation, Language, Model};

use crate::warning::ExportWarning;

/// Confusions that are told, most frequent first.
const TOLD: usize = 8;

/// What running the exported file gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// Samples compared.
    pub samples: usize,
    /// What ran the file: "ONNX Runtime", "@tensorflow/tfjs 4.22.0 in Node" …
    pub runtime: String,
    /// Largest difference of a probability to Kihap's own.
    pub largest_difference: f64,
}

/// Facts that need picking.
pub(super) struct Facts<'a> {
    /// The evaluation on held-out samples; else another one, and no claim that it is held out.
    pub(super) evaluation: Option<&'a Evaluation>,
    /// (truth, taken for, how often, of how many), most frequent first.
    pub(super) confusions: Vec<(String, String, usize, usize)>,
}

impl Facts<'_> {
    pub(super) fn of(model: &Model) -> Facts<'_> {
        let evaluations = &model.metrics.evaluations;
        let test = evaluations.iter().rfind(|e| e.split == "test").or_else(|| evaluations.last());
        Facts { evaluation: test, confusions: test.map(confusions).unwrap_or_default() }
    }
}

/// Every warning of the training, the evaluation and the export, each sentence once.
pub(super) fn warned(model: &Model, facts: &Facts<'_>, own: &[ExportWarning], language: Language) -> Vec<String> {
    let texts = model.description.warnings.iter().map(|w| w.text(language));
    let measured = facts.evaluation.iter().flat_map(|e| e.warnings.iter().map(|w| w.text(language)));
    let mut said: Vec<String> = Vec::new();
    for text in texts.chain(measured).chain(own.iter().map(|w| w.text(language))).filter(|text| !text.is_empty()) {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}

fn confusions(evaluation: &Evaluation) -> Vec<(String, String, usize, usize)> {
    let table = &evaluation.confusion;
    let mut all = Vec::new();
    for (truth, row) in table.matrix.iter().enumerate() {
        let support: usize = row.iter().sum();
        for (taken, &count) in row.iter().enumerate().filter(|(taken, count)| *taken != truth && **count > 0) {
            all.push((table.labels[truth].clone(), table.labels[taken].clone(), count, support));
        }
    }
    all.sort_by_key(|told| std::cmp::Reverse(told.2));
    all.truncate(TOLD);
    all
}
