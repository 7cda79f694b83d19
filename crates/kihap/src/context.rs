//! What every command needs: where to print, how to show progress, and whether the user wants to stop.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kihap_dataset::features::ExtractionProgress;
use kihap_jobs::Stage;
use kihap_vision::VisionError;
use serde::Serialize;

/// Printing, progress and the wish to stop.
pub(crate) struct Context {
    json: bool,
    bar: ProgressBar,
    stage: Option<Stage>,
    pub(crate) cancel: Arc<AtomicBool>,
}

impl Context {
    pub(crate) fn new(json: bool) -> Context {
        let cancel = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&cancel);
        // A second Ctrl-C ends at once; everything is written in steps that survive that.
        let _ = ctrlc::set_handler(move || {
            if asked.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            eprintln!("\nkihap: stopping; once more to stop at once");
        });
        Context { json, bar: ProgressBar::hidden(), stage: None, cancel }
    }

    pub(crate) fn json(&self) -> bool {
        self.json
    }

    pub(crate) fn stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Prints `value` as the one JSON document, or else the sentences of `human`.
    pub(crate) fn print<T: Serialize>(&mut self, value: &T, human: impl FnOnce() -> String) -> anyhow::Result<()> {
        self.clear_progress();
        let text = if self.json { serde_json::to_string_pretty(value)? } else { human() };
        let mut out = std::io::stdout().lock();
        // A reader that has enough (`| head`) is no error.
        match writeln!(out, "{}", text.trim_end()) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// A sentence for the user that is not the result; goes to stderr.
    pub(crate) fn say(&mut self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    /// Starts a bar of `total` steps with time left; replaces the one before.
    pub(crate) fn start_bar(&mut self, title: &str, total: u64) {
        self.clear_progress();
        let template = "{msg} {wide_bar} {pos}/{len} · {eta} left";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar = ProgressBar::new(total).with_style(style).with_message(title.to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(500));
    }

    pub(crate) fn set_bar(&mut self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    pub(crate) fn bar_message(&mut self, message: String) {
        self.bar.set_message(message);
    }

    pub(crate) fn clear_progress(&mut self) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::hidden();
        self.stage = None;
    }

    /// Shows a job's progress.
    pub(crate) fn show(&mut self, stage: Stage, progress: ExtractionProgress) {
        if self.stage != Some(stage) {
            let title = match stage {
                Stage::Skeletons => "skeletons",
                Stage::PhotoFeatures => "photo features",
                Stage::MirroredPhotoFeatures => "photo features, mirrored",
            };
            self.start_bar(title, progress.total as u64);
            self.stage = Some(stage);
        }
        self.set_bar(progress.done as u64, progress.total as u64);
    }
}

/// Whether an error is a fault of Kihap (or of a network's file) rather than of what the user asked.
pub(crate) fn is_ours(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref::<VisionError>(), Some(VisionError::Runtime { .. } | VisionError::Shape { .. }))
    })
}
