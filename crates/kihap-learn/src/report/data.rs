//! What a report is made from.

use crate::{
    metrics::Evaluation,
    model::ModelDescription,
    report::texts::Texts,
    train::EpochRecord,
    warnings::{Language, Warning},
};

/// Everything a report shows.
#[derive(Debug, Clone)]
pub struct ReportData {
    /// Its heading: the model's name, say.
    pub title: String,
    /// The language of headings, explanations and warnings.
    pub language: Language,
    /// The classes as people read them, in label order. Empty: the names in the evaluation.
    pub class_titles: Vec<String>,
    /// Every epoch of training; empty for a model of unknown history.
    pub history: Vec<EpochRecord>,
    /// The measured quality.
    pub evaluation: Evaluation,
    /// The samples it was measured on, for the pictures behind the confusion matrix.
    pub samples: Vec<ReportSample>,
    /// Options, versions and whatever else is known, in tables.
    pub facts: Vec<ReportTable>,
    /// The curation summary, in tables.
    pub curation: Vec<ReportTable>,
    /// Warnings of training and data; those of the evaluation are added.
    pub warnings: Vec<Warning>,
}

/// One evaluated sample.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSample {
    /// Its name, a path say.
    pub name: String,
    /// Index of its class.
    pub truth: usize,
    /// Index of the predicted class.
    pub predicted: usize,
    /// Probability of the predicted class, 0 to 1.
    pub confidence: f64,
    /// Whether the model withheld its judgement.
    pub abstained: bool,
    /// A small picture: a `data:image/…` URI, a `file://` URI, or a path relative to the report. Other addresses are
    /// left out, for a report needs no network.
    pub picture: Option<String>,
    /// Where the whole picture is; the same kinds of address.
    pub link: Option<String>,
}

/// Rows of a name and a value under a heading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReportTable {
    /// The heading.
    pub title: String,
    /// Name and value.
    pub rows: Vec<(String, String)>,
}

impl ReportTable {
    /// What a model's description says, every option included.
    pub fn of_model(description: &ModelDescription, language: Language) -> Vec<ReportTable> {
        let texts = Texts::of(language);
        let flat = |value: serde_json::Result<serde_json::Value>| {
            let mut rows = Vec::new();
            flatten("", &value.unwrap_or_default(), &mut rows);
            rows
        };
        let mut network = flat(serde_json::to_value(description.layout));
        network.push(("members".into(), description.members.to_string()));
        network.push(("parameters".into(), description.parameters.to_string()));
        network.extend(flat(serde_json::to_value(&description.features)));
        let mut run = flat(serde_json::to_value(&description.run));
        run.extend(flat(serde_json::to_value(&description.versions)));
        let table = |title: &str, rows| ReportTable { title: title.to_owned(), rows };
        vec![
            table(texts.network, network),
            table(texts.options, flat(serde_json::to_value(&description.training))),
            table(texts.data, flat(serde_json::to_value(&description.data))),
            table(texts.calibration, flat(serde_json::to_value(&description.calibration))),
            table(texts.run, run),
        ]
    }
}

/// Rows for every number and text within a JSON value, named by the path to it.
fn flatten(path: &str, value: &serde_json::Value, rows: &mut Vec<(String, String)>) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, rows);
            }
        }
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(plain).collect();
            rows.push((path.to_owned(), if texts.is_empty() { "–".into() } else { texts.join(", ") }));
        }
        other => rows.push((path.to_owned(), plain(other))),
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "–".into(),
        // 32-bit options would show the digits of their conversion to 64 bits
        serde_json::Value::Number(number) if number.is_f64() => {
            number.as_f64().map_or_else(|| number.to_string(), |v| (v as f32).to_string())
        }
        other => other.to_string(),
    }
}
