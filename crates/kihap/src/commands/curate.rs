//! `kihap curate`

use std::path::PathBuf;

use clap::Args;
use kihap_dataset::curate::{CurationLimits, curate};
use kihap_dataset::features::poses_of;
use kihap_dataset::{Dataset, Filter, Part};
use kihap_jobs::Stage;
use kihap_vision::Pose;
use kihap_vision::estimators::EstimatorName;

use crate::context::{Context, typed};

#[derive(Debug, Args)]
pub(crate) struct CurateArgs {
    pub(crate) dataset: PathBuf,
    /// Set the flagged samples aside (reversible: `kihap restore`).
    #[arg(long)]
    pub(crate) apply: bool,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
}

pub(crate) fn run(args: &CurateArgs, context: &mut Context) -> anyhow::Result<()> {
    let mut dataset = Dataset::open(&args.dataset)?;
    let samples = dataset.samples(&Filter::default())?;
    anyhow::ensure!(!samples.is_empty(), "{} has no samples in use; `kihap import` adds some", args.dataset.display());
    let mut estimator = args.estimator.open(2)?;
    let cancel = std::sync::Arc::clone(&context.cancel);
    let mut tell = |p| context.show(Stage::Skeletons, p);
    let found = poses_of(&dataset, &samples, estimator.as_mut(), &mut tell, &cancel)?;
    context.clear_progress();
    anyhow::ensure!(!found.cancelled, "stopped; skeletons found so far are kept, the same command goes on from there");
    for problem in &found.problems {
        context.say(&format!("cannot look at {}: {}", problem.sample, problem.reason));
    }
    let poses: Vec<Option<&[Pose]>> = found.items.iter().map(|item| item.value.as_deref()).collect();
    let parts: Vec<Option<Part>> = samples.iter().map(|s| s.split).collect();
    let report = curate(&samples, &poses, &parts, dataset.manifest(), &CurationLimits::default());
    let aside = report.to_set_aside();
    if args.apply {
        dataset.set_aside(&aside)?;
    }
    context.print(&report, || {
        let mut text = String::new();
        for flag in report.flagged.iter().take(40) {
            let reasons: Vec<String> = flag.reasons.iter().map(ToString::to_string).collect();
            text += &format!("{}: {}\n", flag.sample, reasons.join(", "));
        }
        if report.flagged.len() > 40 {
            text += &format!("… and {} more (all with --json)\n", report.flagged.len() - 40);
        }
        text += &format!("{} samples looked over, {} flagged", report.samples, report.flagged.len());
        let counts: Vec<String> = report.counts.iter().map(|(reason, n)| format!("{reason} {n}")).collect();
        if !counts.is_empty() {
            text += &format!(" ({})", counts.join(", "));
        }
        text += &format!(", {} leaks between train and test\n", report.leaks.len());
        let dataset = typed(&args.dataset);
        text + &if args.apply {
            format!("{} were set aside; `kihap restore {dataset}` brings them back", aside.len())
        } else {
            format!("next: `kihap curate {dataset} --apply` sets {} aside (nothing is deleted)", aside.len())
        }
    })
}
