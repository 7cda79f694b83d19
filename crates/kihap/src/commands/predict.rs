//! `kihap predict`

use std::path::PathBuf;

use clap::Args;
use kihap_jobs::{Classifier, Predictor};
use kihap_learn::Language;
use serde_json::{Map, Value, json};

use crate::context::{Context, foreign_options, frame_rate};
use crate::options::ForeignArgs;

#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    /// A Kihap model's folder, builtin:NAME, or a model of another tool: a Teachable Machine export (folder or zip), a TensorFlow.js
    /// model.json, .onnx, Keras .h5 or .keras.
    pub(crate) model: PathBuf,
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}

pub(crate) fn run(args: &PredictArgs, context: &mut Context) -> anyhow::Result<()> {
    let rate = frame_rate(args.fps)?;
    let classifier = Classifier::open(&args.model, &foreign_options(&args.foreign)?)?;
    let warnings = classifier.warnings();
    let mut predictor = Predictor::of(classifier)?;
    let names = predictor.class_names().to_vec();
    for warning in &warnings {
        context.say(&format!("warning: {warning}"));
    }
    let cancel = std::sync::Arc::clone(&context.cancel);
    context.start_bar("predict", 0);
    let (frames, problems) = predictor.sources(
        &args.sources,
        rate,
        &mut |file| context.bar_message(format!("predict {}", file.display())),
        &cancel,
    )?;
    context.clear_progress();
    for problem in &problems {
        context.say(&format!("skipped {}: {}", problem.source, problem.reason));
    }
    let predictions: Vec<Value> = frames
        .iter()
        .map(|f| {
            let probabilities: Map<String, Value> =
                names.iter().cloned().zip(f.prediction.probabilities.iter().map(|p| json!(p))).collect();
            let reason = f.prediction.reason.as_ref().map(|r| r.text(Language::English));
            json!({
                "source": f.source,
                "frame": f.frame,
                "label": names.get(f.prediction.label),
                "side": side_of(names.get(f.prediction.label)),
                "probabilities": probabilities,
                "abstained": f.prediction.abstained,
                "reason": reason,
            })
        })
        .collect();
    anyhow::ensure!(!frames.is_empty(), "there was no picture to predict; name pictures, videos or their folders");
    context.print(&json!({ "predictions": predictions, "warnings": warnings }), || {
        let mut text = String::new();
        for f in &frames {
            let name = names.get(f.prediction.label).map_or("?", String::as_str);
            text += &format!("{} {:>5}  {name} {:.1} %", f.source, f.frame, f.prediction.confidence() * 100.0);
            if let Some(reason) = &f.prediction.reason {
                text += &format!("  (withheld: {})", reason.text(Language::English));
            }
            text.push('\n');
        }
        text
    })
}

/// The side a label names at its end, as the labels of Kihap's courses do.
fn side_of(label: Option<&String>) -> Option<&'static str> {
    let label = label?;
    ["left", "right"].into_iter().find(|side| label.ends_with(&format!("_{side}")))
}
