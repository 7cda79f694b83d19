//! `kihap spar`

use std::path::PathBuf;

use clap::Args;
use kihap_coach::spar::{Action, ActionKind, Level, PointTable};
use kihap_jobs::{SparRequest, spar};
use serde_json::json;

use crate::context::{Context, frame_rate, syllabus};

#[derive(Debug, Args)]
pub(crate) struct SparArgs {
    /// The clip, or landmarks of one person that `kihap skeleton --json` wrote.
    pub(crate) video: PathBuf,
    /// People to watch: 1 or 2.
    #[arg(long, default_value_t = 1)]
    pub(crate) people: usize,
    /// Length of a round in seconds.
    #[arg(long, default_value_t = 30.0)]
    pub(crate) round: f64,
    /// Points by the rules of a year instead of today's.
    #[arg(long, value_name = "YEAR")]
    pub(crate) rules: Option<u32>,
    /// No additional points for turning kicks, as was proposed in 2025.
    #[arg(long)]
    pub(crate) no_turning_bonus: bool,
    /// Frames a second taken from the video; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}

pub(crate) fn run(args: &SparArgs, context: &mut Context) -> anyhow::Result<()> {
    anyhow::ensure!(
        (1..=2).contains(&args.people),
        "--people is {}, but one or two people can be watched",
        args.people
    );
    anyhow::ensure!(args.round > 0.0, "--round is {}, but a round lasts some seconds", args.round);
    let syllabus = syllabus()?;
    let points = &syllabus.sparring().points;
    let table = match args.rules {
        None => PointTable::of(points),
        Some(year) => PointTable::of_year(points, year).ok_or_else(|| {
            anyhow::anyhow!("--rules {year}: no rules that early are known; leave it out for today's")
        })?,
    };
    let table = if args.no_turning_bonus { table.without_turning() } else { table };
    let request = SparRequest { people: args.people, round_seconds: args.round, table, rate: frame_rate(args.fps)? };
    let cancel = std::sync::Arc::clone(&context.cancel);
    context.start_bar("spar", 0);
    let mut tell = |seconds: f64| context.bar_message(format!("spar {seconds:.1} s"));
    let sheets = spar(&args.video, &request, &mut tell, &cancel)?;
    context.print(&json!({ "people": sheets }), || {
        let mut text = String::new();
        for sheet in &sheets {
            if let Some(person) = sheet.person {
                text += &format!("person {person}\n");
            }
            for action in &sheet.actions {
                text += &line(action);
            }
            for round in &sheet.rounds {
                text += &format!(
                    "round {}: {} punches, {} kicks, {} blocks, {} points if all hit\n",
                    round.number, round.punches, round.kicks, round.defences, round.points
                );
            }
        }
        text + "whether a technique hits cannot be seen; penalties are not judged\n"
    })
}

fn line(action: &Action) -> String {
    let kind = match action.kind {
        ActionKind::Punch => "punch",
        ActionKind::Kick => "kick",
        ActionKind::Defence => "block",
    };
    let side = action.side.map_or(String::new(), |side| format!("{} ", side.id()));
    let level = match action.level {
        Some(Level::Head) => " to the head",
        Some(Level::Trunk) => " to the trunk",
        Some(Level::Low) => " below the belt",
        None => "",
    };
    let turning = if action.turning { ", turning" } else { "" };
    let (start, end) = (action.start, action.end);
    format!("{start:6.2}–{end:6.2} s  {side}{kind}{level}{turning}: {} points\n", action.points)
}
