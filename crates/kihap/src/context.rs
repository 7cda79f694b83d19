//! What every command needs: where to print, how to show progress, and whether the user wants to stop.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kihap_dataset::features::ExtractionProgress;
use kihap_export::foreign::{ForeignOptions, ValueRange};
use kihap_jobs::Stage;
use kihap_syllabus::Syllabus;
use kihap_vision::VisionError;
use kihap_vision::backbone::Fit;
use kihap_vision::video::FrameRate;
use serde::Serialize;

use crate::options::{FitName, ForeignArgs};

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

    /// A handle to the bar for work on many threads.
    pub(crate) fn bar(&self) -> ProgressBar {
        self.bar.clone()
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

/// An error and its causes as one sentence: no cause twice, and the mend where the system's words have none.
pub(crate) fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let words = cause.to_string();
        if !text.contains(&words) {
            text += &format!("{}{words}", if text.is_empty() { "" } else { ": " });
        }
    }
    // A sentence with a semicolon names its mend already.
    if text.contains("; ") {
        return text;
    }
    let system = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    text + match system.map(std::io::Error::kind) {
        Some(ErrorKind::PermissionDenied) => "; change its permissions (chmod -R u+rwX), or choose another place",
        Some(ErrorKind::NotFound) => "; check the spelling, and that nothing was removed",
        Some(ErrorKind::NotADirectory | ErrorKind::AlreadyExists) => "; choose a folder instead of a file",
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => "; make room on the disk and run it again",
        Some(ErrorKind::ReadOnlyFilesystem) => "; choose a place that can be written to",
        _ => "",
    }
}

/// A path as it must be typed in a shell.
pub(crate) fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/\\._-:+@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The syllabus: the folder that `KIHAP_SYLLABUS` names, else the one in the binary.
pub(crate) fn syllabus() -> anyhow::Result<Syllabus> {
    Ok(match std::env::var_os("KIHAP_SYLLABUS") {
        Some(folder) => Syllabus::from_dir(Path::new(&folder))?,
        None => Syllabus::embedded()?,
    })
}

/// The frame rate that `--fps` asks for; every frame without.
pub(crate) fn frame_rate(fps: Option<f64>) -> anyhow::Result<FrameRate> {
    match fps {
        None => Ok(FrameRate::Every(1)),
        Some(fps) if fps > 0.0 && fps.is_finite() => Ok(FrameRate::PerSecond(fps)),
        Some(fps) => anyhow::bail!("--fps is {fps}, but it must be a number above 0"),
    }
}

/// What the user says of a model of another tool.
pub(crate) fn foreign_options(args: &ForeignArgs) -> anyhow::Result<ForeignOptions> {
    let range = args.range.as_deref().map(str::parse::<ValueRange>).transpose().map_err(anyhow::Error::msg)?;
    let fit = args.fit.map(|fit| match fit {
        FitName::Stretch => Fit::Stretch,
        FitName::Crop => Fit::CentreCrop,
    });
    Ok(ForeignOptions { range, fit, labels: args.labels.clone() })
}

/// Whether an error is a fault of Kihap (or of a network's file) rather than of what the user asked.
pub(crate) fn is_ours(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref::<VisionError>(), Some(VisionError::Runtime { .. } | VisionError::Shape { .. }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn a_sentence_says_each_thing_once_and_names_a_mend() {
        let denied = || std::io::Error::from(ErrorKind::PermissionDenied);
        let error = anyhow::Error::from(denied()).context(format!("cannot read a.jpg: {}", denied()));
        let said = sentence(&error);
        assert_eq!(said.matches("permission denied").count(), 1, "{said}");
        assert!(said.contains("; change its permissions"), "{said}");
        let other = Err::<(), _>(anyhow::anyhow!("too small; make it larger")).context("a.jpg").unwrap_err();
        assert_eq!(sentence(&other), "a.jpg: too small; make it larger");
    }

    #[test]
    fn paths_are_typed_so_that_a_shell_takes_them() {
        for (path, text) in [("a/b-1.jpg", "a/b-1.jpg"), ("나의 데이터", "'나의 데이터'"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(typed(Path::new(path)), text);
        }
    }

    #[test]
    fn frame_rates_are_above_zero() {
        assert_eq!(frame_rate(None).unwrap(), FrameRate::Every(1));
        assert_eq!(frame_rate(Some(2.5)).unwrap(), FrameRate::PerSecond(2.5));
        for bad in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert!(frame_rate(Some(bad)).is_err(), "{bad}");
        }
    }
}
