//! `kihap import`

use std::path::PathBuf;

use kihap_dataset::import::{ImportOptions, JoinedClasses, import};
use kihap_dataset::{Dataset, Manifest};
use kihap_export::teachable_machine::{import_archive, is_archive};
use kihap_vision::video::FrameRate;

use crate::cli::ImportArgs;
use crate::context::{Context, frame_rate, typed};

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
