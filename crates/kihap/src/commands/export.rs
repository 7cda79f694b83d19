//! `kihap export`

use std::sync::Arc;

use kihap_dataset::features::ExtractionProgress;
use kihap_jobs::builtin::open_model;
use kihap_jobs::{ExportRequest, ExportStage, ExportWatch, Exported, export};

use crate::cli::ExportArgs;
use crate::context::Context;

pub(crate) fn run(args: &ExportArgs, context: &mut Context) -> anyhow::Result<()> {
    let model = open_model(&args.model)?;
    let request = ExportRequest {
        model: &model,
        folder: &args.model,
        format: args.to.into(),
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
