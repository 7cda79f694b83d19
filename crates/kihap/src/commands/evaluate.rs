//! `kihap evaluate`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use kihap_dataset::Dataset;
use kihap_jobs::{Classifier, EvaluateRequest, Report, Reported, Watch, evaluate, evaluate_foreign, write};
use kihap_learn::{EpochRecord, Language};
use serde_json::json;

use super::train::{evaluation_json, evaluation_text, part_of, selection};
use crate::context::{Context, foreign_options};
use crate::options::{ForeignArgs, PartName, SelectionArgs};

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// A Kihap model's folder, builtin:NAME, or a model of another tool: a Teachable Machine export (folder or zip), a TensorFlow.js
    /// model.json, .onnx, Keras .h5 or .keras.
    pub(crate) model: PathBuf,
    pub(crate) dataset: PathBuf,
    #[arg(long, value_enum, default_value = "test")]
    pub(crate) split: PartName,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Folder for a report.
    #[arg(long)]
    pub(crate) report: Option<PathBuf>,
    /// Write the report in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,
}

pub(crate) fn run(args: &EvaluateArgs, context: &mut Context) -> anyhow::Result<()> {
    let mut classifier = Classifier::open(&args.model, &foreign_options(&args.foreign)?)?;
    let dataset = Dataset::open(&args.dataset)?;
    let request = EvaluateRequest { selection: selection(&args.selection), part: part_of(args.split) };
    let cancel = Arc::clone(&context.cancel);
    let mut progress = |stage, p| context.show(stage, p);
    let mut watch = Watch { progress: &mut progress, cancel: &cancel };
    let found = match &mut classifier {
        Classifier::Kihap(model) => evaluate(model, &args.model, &dataset, &request, &mut watch)?,
        Classifier::Foreign(model) => evaluate_foreign(model, &dataset, &request, &mut watch)?,
    };
    context.clear_progress();
    for problem in &found.problems {
        context.say(&format!("left out {}: {}", problem.sample, problem.reason));
    }
    let (model, history): (&dyn Reported, &[EpochRecord]) = match &classifier {
        Classifier::Kihap(model) => (model.as_ref(), &model.metrics.history),
        Classifier::Foreign(model) => (model.as_ref(), &[]),
    };
    let report = match &args.report {
        None => None,
        Some(folder) => {
            let samples: Vec<_> = found.judged.iter().map(|(sample, _, _)| (sample.clone(), None)).collect();
            let report = Report {
                dataset: &dataset,
                model,
                evaluation: &found.evaluation,
                history,
                judged: &found.judged,
                looked_over: (&samples, &found.people),
                language: if args.korean { Language::Korean } else { Language::English },
            };
            Some(write(folder, &report)?)
        }
    };
    let mut value = evaluation_json(&found.evaluation)?;
    value["sessions"] = json!(found.sessions);
    value["report"] = json!(report);
    context.print(&value, || {
        let mut text = evaluation_text(&found.evaluation);
        if let Some(sessions) = &found.sessions {
            text += &format!("by session (clip): {:.1} % of {}\n", sessions.accuracy * 100.0, sessions.count);
            let names = model.class_names();
            for wrong in &sessions.wrong {
                text += &format!("  {}: {} taken for {}\n", wrong.session, names[wrong.class], names[wrong.answer]);
            }
        }
        if let Some(report) = &report {
            text += &format!("report: {}\n", report.display());
        }
        text
    })
}
