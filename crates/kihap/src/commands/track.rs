//! `kihap track`

use kihap_coach::track::{Language, Options, Words};
use kihap_jobs::builtin::form_of;
use kihap_jobs::{joined, see, track, track_as_in_2022};
use serde_json::json;

use crate::cli::{TrackArgs, Words as WordsArg};
use crate::context::{Context, frame_rate, syllabus};

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
    let language = match args.words {
        WordsArg::English => Language::English,
        WordsArg::Korean => Language::Korean,
    };
    context.print(&tracked.sheet, || Words::new(language, &syllabus).sheet(&tracked.sheet))
}
