//! `kihap track`

use std::path::PathBuf;

use clap::Args;
use kihap_coach::track::{Options, Words};
use kihap_jobs::builtin::form_of;
use kihap_jobs::{joined, see, track, track_as_in_2022};
use serde_json::json;

use crate::context::{Context, frame_rate, syllabus};
use crate::options::WordsArg;

#[derive(Debug, Args)]
pub(crate) struct TrackArgs {
    /// taegeuk-1 … taegeuk-8, koryo, keumgang; a section as taegeuk-1:2.
    pub(crate) form: String,
    /// Videos or landmarks that `kihap skeleton --json` wrote; several are put behind one another.
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
    /// The step it begins with, where that is not the first.
    #[arg(long)]
    pub(crate) first_step: Option<u32>,
    /// Whether the pictures are mirrored, as a selfie's are; found out without.
    #[arg(long)]
    pub(crate) mirrored: Option<bool>,
    /// Where the camera stands seen from the performer at the start, degrees clockwise (0: in front); found out without.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) camera_heading: Option<f32>,
    /// Give stars as the web app of 2022 did: the next step when the top class is the expected one.
    #[arg(long)]
    pub(crate) original: bool,
    /// Words of the sheet.
    #[arg(long, value_enum, default_value_t = WordsArg::English)]
    pub(crate) words: WordsArg,
}

pub(crate) fn run(args: &TrackArgs, context: &mut Context) -> anyhow::Result<()> {
    let syllabus = syllabus()?;
    let (form, section) = form_of(&args.form, &syllabus)?;
    let rate = frame_rate(args.fps)?;
    let cancel = std::sync::Arc::clone(&context.cancel);
    context.start_bar("track", 0);
    let mut tell = |file: &std::path::Path| context.bar_message(format!("track {}", file.display()));
    let frames = joined(see(&args.sources, rate, &mut tell, &cancel)?);
    anyhow::ensure!(!frames.is_empty(), "there was no frame to look at; name videos or landmarks");
    if args.original {
        let steps = track_as_in_2022(&syllabus, form, section, &frames)?;
        return context.print(&json!({ "form": form.head.id, "section": section, "steps": steps }), || {
            let mut text = String::new();
            for step in &steps {
                let stars = "★".repeat(step.stars as usize);
                let when = step.seconds.map_or("not passed".to_owned(), |s| format!("{s:.1} s"));
                text +=
                    &format!("{:>2}  {:<32} {when:>10}  {:.2} {stars}\n", step.step, step.technique, step.probability);
            }
            text
        });
    }
    let options = Options {
        first_step: args.first_step,
        mirrored: args.mirrored,
        camera_heading_deg: args.camera_heading,
        ..Options::default()
    };
    let tracked = track(&syllabus, form, section, options, &frames)?;
    let language = args.words.language();
    context.print(&tracked.sheet, || Words::new(language, &syllabus).sheet(&tracked.sheet))
}
