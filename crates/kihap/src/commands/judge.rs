//! `kihap judge`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kihap_coach::judge::{Doubt, Judge, Request, Skeletons, Verdict};
use kihap_jobs::builtin::lift_frames;
use kihap_jobs::see;
use kihap_syllabus::Side;
use serde_json::{Value, json};

use crate::context::{Context, frame_rate, syllabus};
use crate::options::WordsArg;

/// A side of the performer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideArg {
    Left,
    Right,
}

#[derive(Debug, Args)]
pub(crate) struct JudgeArgs {
    /// Id of the technique or stance, such as low_block.
    pub(crate) technique: String,
    /// A picture, a folder of pictures, a clip that ends with the technique, or landmarks that `kihap skeleton --json` wrote.
    pub(crate) source: PathBuf,
    /// The acting side; the better one is taken without.
    #[arg(long, value_enum)]
    pub(crate) side: Option<SideArg>,
    /// Id of the stance it should be done in; stances are not judged without.
    #[arg(long)]
    pub(crate) stance: Option<String>,
    /// The leg in front; told by the feet without.
    #[arg(long, value_enum)]
    pub(crate) lead: Option<SideArg>,
    /// Which way the performer should face, degrees clockwise from above, 0 towards the camera; read from the skeleton without.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) heading: Option<f64>,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
    /// Words of the verdicts.
    #[arg(long, value_enum, default_value_t = WordsArg::English)]
    pub(crate) words: WordsArg,
}

pub(crate) fn run(args: &JudgeArgs, context: &mut Context) -> anyhow::Result<()> {
    let syllabus = syllabus()?;
    let rate = frame_rate(args.fps)?;
    let technique = args.technique.replace('-', "_");
    let stance = args.stance.as_ref().map(|id| id.replace('-', "_"));
    let side = |side: Option<SideArg>| {
        side.map(|side| match side {
            SideArg::Left => Side::Left,
            SideArg::Right => Side::Right,
        })
    };
    let request = Request {
        technique: &technique,
        side: side(args.side),
        stance: stance.as_deref(),
        lead: side(args.lead),
        heading_deg: args.heading,
    };
    let judge = Judge::new(&syllabus).with_doubt(Doubt::of(Skeletons::Lifted));
    // A wrong name is told before anything is looked at.
    judge.judge(&request, None)?;
    let cancel = std::sync::Arc::clone(&context.cancel);
    context.start_bar("judge", 0);
    let mut tell = |file: &std::path::Path| context.bar_message(format!("judge {}", file.display()));
    let mut frames = see(std::slice::from_ref(&args.source), rate, &mut tell, &cancel)?;
    anyhow::ensure!(!frames.is_empty(), "{} holds no picture to judge", args.source.display());
    lift_frames(&mut frames)?;
    // A clip or landmarks of one are a run up to the end posture; pictures are judged one by one.
    let clip = frames.len() > 1 && frames.iter().all(|frame| frame.source == frames[0].source);
    let judged = if clip {
        let run: Vec<_> = frames.iter().filter_map(|f| f.pose.clone().map(|pose| (f.seconds, pose))).collect();
        let last = frames.last().map_or(0, |frame| frame.frame);
        vec![(frames[0].source.clone(), last, judge.judge_run(&request, &run)?)]
    } else {
        let of = |f: &kihap_jobs::SeenFrame| Ok((f.source.clone(), f.frame, judge.judge(&request, f.pose.as_ref())?));
        frames.iter().map(of).collect::<anyhow::Result<Vec<_>>>()?
    };
    let language = args.words.language();
    let verdicts: Vec<Value> = judged
        .iter()
        .map(|(source, frame, verdicts)| {
            let mut value = json!(verdicts);
            value["source"] = json!(source);
            value["frame"] = json!(frame);
            let texts: Vec<String> = verdicts.faults.iter().map(|fault| fault.text(language)).collect();
            value["texts"] = json!(texts);
            value
        })
        .collect();
    context.print(&json!({ "judged": verdicts }), || {
        let mut text = String::new();
        for (source, frame, verdicts) in &judged {
            let side = verdicts.side.map_or(String::new(), |side| format!(", {}", side.id()));
            text += &format!("{source} {frame}: {}{side}\n", verdicts.technique);
            for bound in &verdicts.bounds {
                let mark = match bound.verdict {
                    Verdict::Within => "ok ",
                    Verdict::Below | Verdict::Above => "!! ",
                    Verdict::Doubtful => "?  ",
                    Verdict::Withheld => "–  ",
                };
                text += &format!("  {mark}{}\n", bound.text(language));
            }
            for fault in &verdicts.faults {
                text += &format!("  −{:.1} {}\n", fault.deduction, fault.text(language));
            }
        }
        text
    })
}
