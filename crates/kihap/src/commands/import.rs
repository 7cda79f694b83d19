//! `kihap import`

use std::path::PathBuf;

use clap::Args;
use kihap_dataset::import::{ImportOptions, JoinedClasses, import};
use kihap_dataset::{Dataset, Manifest};
use kihap_export::teachable_machine::{import_archive, is_archive};
use kihap_vision::video::FrameRate;

use crate::context::{Context, frame_rate, typed};

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Folder trees (class/…, train/class/…), pictures, videos, .tm projects, sample zips, or tables (.csv).
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) into: PathBuf,
    /// The class of everything imported.
    #[arg(long)]
    pub(crate) class: Option<String>,
    /// Who is in everything imported.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// The recording that everything imported belongs to; without it every video is one.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// The side that the camera sees (front, side, back, oblique).
    #[arg(long)]
    pub(crate) view: Option<String>,
    /// Frames a second taken from videos [default: 5].
    #[arg(long, conflicts_with = "every")]
    pub(crate) fps: Option<f64>,
    /// Take every n-th frame of videos instead.
    #[arg(long, value_name = "N")]
    pub(crate) every: Option<u32>,
    /// Take only the last part of each video, 0..1: a clip of one technique ends in it.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    pub(crate) tail: f64,
    /// Skip a table's rows that name two classes joined by '+'.
    #[arg(long)]
    pub(crate) skip_joined: bool,
}

pub(crate) fn run(args: &ImportArgs, context: &mut Context) -> anyhow::Result<()> {
    let name = args.into.file_name().map_or_else(|| "dataset".into(), |n| n.to_string_lossy().into_owned());
    anyhow::ensure!(args.tail > 0.0 && args.tail <= 1.0, "--tail is a share of each video, above 0 and up to 1");
    let mut options = ImportOptions {
        class: args.class.clone(),
        person: args.person.clone(),
        session: args.session.clone(),
        view: args.view.clone(),
        tail: args.tail,
        ..ImportOptions::default()
    };
    match (args.fps, args.every) {
        (Some(_), _) => options.frame_rate = frame_rate(args.fps)?,
        (None, Some(0)) => anyhow::bail!("--every is 0, but it must be at least 1"),
        (None, Some(n)) => options.frame_rate = FrameRate::Every(n),
        (None, None) => {}
    }
    if args.skip_joined {
        options.joined_classes = JoinedClasses::Skip;
    }
    let mut dataset = Dataset::open_or_create(&args.into, &Manifest::new(name, Vec::new()))?;
    let (archives, others): (Vec<PathBuf>, Vec<PathBuf>) = args.sources.iter().cloned().partition(|p| is_archive(p));
    let cancel = std::sync::Arc::clone(&context.cancel);
    context.start_bar("import", 0);
    let mut report = Default::default();
    if !others.is_empty() {
        let mut tell = |p: &kihap_dataset::import::ImportProgress| context.set_bar(p.done as u64, p.total as u64);
        report = import(&mut dataset, &others, &options, &mut tell, &cancel)?;
    }
    for archive in &archives {
        if context.stopped() {
            report.cancelled = true;
            break;
        }
        import_archive(&mut dataset, archive, &options, &mut report, &cancel)?;
    }
    context.clear_progress();
    for skipped in report.skipped.iter().take(if context.json() && report.added > 0 { 0 } else { 20 }) {
        context.say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
    }
    for conflict in report.conflicts.iter().take(if context.json() { 0 } else { 20 }) {
        let (path, class, other) = (conflict.path.display(), &conflict.class, &conflict.also_in);
        context.say(&format!("the same picture is in two classes: {path} in '{class}' and in '{other}'"));
    }
    let cancelled = report.cancelled;
    context.print(&report, || {
        let mut text = String::new();
        for (class, count) in &report.per_class {
            text += &format!("{class:<28} {:>6} added, {} there already\n", count.added, count.already_there);
        }
        let (added, there, skipped) = (report.added, report.already_there, report.skipped.len());
        text += &format!("{added} samples added to {}, {there} there already, {skipped} skipped", args.into.display());
        if skipped > 20 {
            text += " (20 shown; all with --json)";
        }
        if cancelled {
            return text + "\nstopped; the same command goes on from here";
        }
        if added + there == 0 {
            return text;
        }
        text + &format!("\nnext: `kihap curate {0}`, then `kihap train {0} --model landmark-mlp`", typed(&args.into))
    })?;
    anyhow::ensure!(!cancelled, "stopped; what was imported is kept, the same command goes on from there");
    anyhow::ensure!(
        report.added + report.already_there > 0,
        "nothing was imported; mend what is named above, or name other sources"
    );
    Ok(())
}
