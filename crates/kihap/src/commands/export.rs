//! `kihap export`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use kihap_dataset::Dataset;
use kihap_dataset::features::ExtractionProgress;
use kihap_export::teachable_machine::{ProjectKind, ProjectReport, write_project};
use kihap_jobs::builtin::open_model;
use kihap_jobs::{ExportFormat, ExportRequest, ExportStage, ExportWatch, Exported, export};

use crate::context::Context;

/// What a model is written for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ExportTarget {
    /// One ONNX file, from the picture or the landmarks to probabilities.
    Onnx,
    /// A TensorFlow.js layers model.
    Tfjs,
    /// What @teachablemachine/pose (models on PoseNet's features) or @teachablemachine/image loads.
    TeachableMachine,
    /// A page with camera, skeleton and bars, for any static host; nothing is asked of others.
    Web,
    /// A dataset's pictures as an image project (.tm) that Teachable Machine's site opens.
    TmImage,
    /// The same as a pose project.
    TmPose,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// A Kihap model's folder or builtin:NAME; a dataset's folder with `--to tm-image` and `--to tm-pose`.
    pub(crate) model: PathBuf,
    /// For what it is written.
    #[arg(long, value_enum)]
    pub(crate) to: ExportTarget,
    /// Folder for the files; an earlier export in it is replaced. For a dataset the project's file.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Run the exported file on so many held-out samples; nothing is written if a label differs.
    #[arg(long, value_name = "N")]
    pub(crate) verify: Option<usize>,
    /// Dataset with these samples; without, the one whose folder the model lies in.
    #[arg(long)]
    pub(crate) dataset: Option<PathBuf>,
}

pub(crate) fn run(args: &ExportArgs, context: &mut Context) -> anyhow::Result<()> {
    match args.to {
        ExportTarget::Onnx => model(args, ExportFormat::Onnx, context),
        ExportTarget::Tfjs => model(args, ExportFormat::Tfjs, context),
        ExportTarget::TeachableMachine => model(args, ExportFormat::TeachableMachine, context),
        ExportTarget::Web => model(args, ExportFormat::Web, context),
        ExportTarget::TmImage => project(args, ProjectKind::Image, context),
        ExportTarget::TmPose => project(args, ProjectKind::Pose, context),
    }
}

fn project(args: &ExportArgs, kind: ProjectKind, context: &mut Context) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.verify.is_none() && args.dataset.is_none(),
        "--verify and --dataset go with a model; a dataset's project is read back with `kihap import {} --into FOLDER`",
        args.out.display()
    );
    let report = write_project(&Dataset::open(&args.model)?, &args.out, kind)?;
    context.print(&report, || project_text(&report))
}

fn project_text(report: &ProjectReport) -> String {
    let mut text = format!("written to {}\n", report.path.display());
    for (class, samples) in &report.classes {
        text += &format!("  {class}  {samples}\n");
    }
    let mut note = |count: usize, what: &str| {
        if count > 0 {
            text += &format!("note: {count} {what}\n");
        }
    };
    note(report.resized, "pictures were cut to their centred square and brought to 224 × 224, as the site does");
    note(report.without_picture, "samples are landmarks only, which a project has no place for; they were left out");
    for (sample, reason) in &report.unreadable {
        text += &format!("left out {sample}: {reason}\n");
    }
    for class in &report.empty_classes {
        text += &format!("note: {class} has no picture; the site does not show it\n");
    }
    text
}

fn model(args: &ExportArgs, format: ExportFormat, context: &mut Context) -> anyhow::Result<()> {
    let model = open_model(&args.model)?;
    let request = ExportRequest {
        model: &model,
        folder: &args.model,
        format,
        out: &args.out,
        verify: args.verify,
        dataset: args.dataset.as_deref(),
    };
    let cancel = Arc::clone(&context.cancel);
    let mut verifying = false;
    let mut progress = |stage, done: usize, total: usize| match stage {
        ExportStage::Features(stage) => context.show(stage, ExtractionProgress { done, total, from_cache: 0 }),
        ExportStage::Verifying => {
            if !verifying {
                context.start_bar("verifying", total as u64);
                verifying = true;
            }
            context.set_bar(done as u64, total as u64);
        }
    };
    let mut watch = ExportWatch { progress: &mut progress, cancel: &cancel };
    let exported = export(&request, &mut watch)?;
    context.clear_progress();
    context.print(&exported.told(), || text(&exported))
}

fn text(exported: &Exported) -> String {
    let mut text = format!("written to {}\n", exported.out.display());
    for (name, bytes) in &exported.files {
        text += &format!("  {name}  {}\n", size(*bytes));
    }
    if let Some(v) = &exported.verification {
        text += &format!(
            "verified on {} samples ({}) by {}: no label differs, the largest difference of a probability is {:.1e} ({})\n",
            v.samples, v.part, v.runtime, v.largest_difference, v.at
        );
        if v.part == "all" {
            text += "  note: nothing was held out from training, so these are samples the model has learnt from\n";
        }
        if !v.given.is_empty() {
            text += &format!("  {}\n", v.given);
        }
    }
    for warning in &exported.warnings {
        text += &format!("note: {warning}\n");
    }
    text
}

fn size(bytes: usize) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
