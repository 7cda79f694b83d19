//! `kihap recognise`

use std::path::PathBuf;

use clap::Args;
use kihap_jobs::builtin::{Course, recognise};
use kihap_jobs::see;
use kihap_learn::Language;
use serde_json::{Value, json};

use crate::context::{Context, frame_rate, syllabus};

#[derive(Debug, Args)]
pub(crate) struct RecogniseArgs {
    /// Pictures, videos, their folders, or landmarks that `kihap skeleton --json` wrote.
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// What to tell apart: basics, poomsae (every technique), stances, sparring, one basic technique such as low_block, or the steps of a
    /// form or section such as taegeuk-1 or taegeuk-1:2.
    #[arg(long, default_value = "basics")]
    pub(crate) course: String,
    /// Expect nothing else than these ids of the course, such as low_block,trunk_punch,other: what today's lesson is about.
    #[arg(long, value_delimiter = ',')]
    pub(crate) classes: Vec<String>,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}

pub(crate) fn run(args: &RecogniseArgs, context: &mut Context) -> anyhow::Result<()> {
    let syllabus = syllabus()?;
    let course = Course::parse(&args.course, &syllabus)?;
    // A video takes minutes to look at.
    course.check_classes(&args.classes)?;
    let rate = frame_rate(args.fps)?;
    let cancel = std::sync::Arc::clone(&context.cancel);
    context.start_bar("recognise", 0);
    let mut tell = |file: &std::path::Path| context.bar_message(format!("recognise {}", file.display()));
    let frames = see(&args.sources, rate, &mut tell, &cancel)?;
    let seen = recognise(&syllabus, &course, &args.classes, &frames)?;
    let predictions: Vec<Value> = seen
        .iter()
        .map(|frame| {
            let mut value = json!({
                "source": frame.source,
                "frame": frame.frame,
                "seconds": frame.seconds,
                "label": frame.label,
                "side": frame.side,
                "probabilities": frame.probabilities,
                "abstained": frame.withheld.is_some(),
                "reason": frame.withheld.as_ref().map(|reason| reason.text(Language::English)),
            });
            if let Course::Form(..) = course {
                value["step"] = json!(frame.step);
            }
            value
        })
        .collect();
    context.print(&json!({ "predictions": predictions }), || {
        let mut text = String::new();
        for frame in &seen {
            let name = syllabus.technique(&frame.label).map_or(frame.label.as_str(), |t| t.english.as_str());
            let side = frame.side.map_or(String::new(), |side| format!(", {}", side.id()));
            let step = frame.step.map_or(String::new(), |step| format!("step {step}: "));
            let probability = frame.probabilities.get(&frame.label).copied().unwrap_or(0.0) * 100.0;
            text += &format!("{} {:>5}  {step}{name}{side} {probability:.1} %", frame.source, frame.frame);
            if let Some(reason) = &frame.withheld {
                text += &format!("  (withheld: {})", reason.text(Language::English));
            }
            text.push('\n');
        }
        text
    })
}
