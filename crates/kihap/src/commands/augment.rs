//! `kihap augment`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::{Args, ValueEnum};
use kihap_dataset::Dataset;
use kihap_jobs::{AugmentRequest, Watch, augment};
use kihap_learn::Language;
use kihap_learn::generate::{GanKind, GanOptions, GanRecord};
use kihap_vision::estimators::EstimatorName;
use serde_json::json;

use super::train::selection;
use crate::context::{Context, typed};
use crate::options::SelectionArgs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindName {
    /// Skeletons as landmarks.
    Landmarks,
    /// Pictures of skeletons, 64 × 64.
    Pictures,
}

#[derive(Debug, Args)]
pub(crate) struct AugmentArgs {
    pub(crate) dataset: PathBuf,
    /// Folder for the new dataset.
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[arg(long, value_enum, default_value = "landmarks")]
    pub(crate) kind: KindName,
    /// New samples of each class.
    #[arg(long, default_value_t = 100)]
    pub(crate) per_class: usize,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
    /// Steps of training [default: 3000 for landmarks, 400 for pictures].
    #[arg(long)]
    pub(crate) steps: Option<usize>,
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

pub(crate) fn run(args: &AugmentArgs, context: &mut Context) -> anyhow::Result<()> {
    anyhow::ensure!(args.per_class > 0, "--per-class is 0, but it must be at least 1");
    let dataset = Dataset::open(&args.dataset)?;
    let mut options = GanOptions::of(match args.kind {
        KindName::Landmarks => GanKind::Landmarks,
        KindName::Pictures => GanKind::Pictures,
    });
    options.seed = args.seed;
    options.steps = args.steps.unwrap_or(options.steps);
    let request = AugmentRequest {
        selection: selection(&args.selection),
        estimator: args.estimator,
        per_class: args.per_class,
        options,
    };
    let cancel = Arc::clone(&context.cancel);
    let made = {
        let cell = std::cell::RefCell::new(&mut *context);
        let mut progress = |stage, p| cell.borrow_mut().show(stage, p);
        let mut watch = Watch { progress: &mut progress, cancel: &cancel };
        let mut begun = false;
        let mut on_record = |record: &GanRecord| {
            let mut context = cell.borrow_mut();
            if !begun {
                context.start_bar("generator", record.steps as u64);
                begun = true;
            }
            context.set_bar(record.step as u64, record.steps as u64);
            context.bar_message(format!("taken for real: {:.2} of generated", record.generated_score));
            if cancel.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        augment(&dataset, &request, &args.out, &mut watch, &mut on_record)?
    };
    context.clear_progress();
    let doubts: Vec<String> = made.diagnostics.doubts.iter().map(|d| d.text(Language::English)).collect();
    let value = json!({
        "added": made.report.added,
        "out": args.out,
        "generator": made.generator,
        "classes": made.diagnostics.classes,
        "bones": made.diagnostics.bones,
        "warnings": doubts,
    });
    context.print(&value, || {
        let mut text = String::from(
            "class                         generated   spread (real)   nearest real (real to real)   covered\n",
        );
        for class in &made.diagnostics.classes {
            text += &format!(
                "{:<28} {:>10}   {:.3} ({:.3})   {:.3} ({:.3})                 {:.0} %\n",
                class.class,
                class.generated,
                class.generated_spread,
                class.real_spread,
                class.generated_nearest,
                class.real_nearest,
                class.coverage * 100.0
            );
        }
        for doubt in &doubts {
            text += &format!("warning: {doubt}\n");
        }
        text += &format!("{} samples made in {}\n", made.report.added, typed(&args.out));
        text + &format!(
            "next: `kihap import {} --into DATASET` adds them; compare a model with and without before you keep them",
            typed(&args.out)
        )
    })
}
