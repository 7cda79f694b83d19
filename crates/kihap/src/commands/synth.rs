//! `kihap synth`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use kihap_coach::synth::{Plan, SynthCourse};
use kihap_dataset::{Class, Dataset, Manifest};
use kihap_jobs::builtin::{
    BuiltinOptions, FilmOptions, Headings, LIFTER, draw_lessons, draw_stills, film_examples, form_of, read_stills,
    train_builtin, train_builtin_lifter, train_on_films,
};
use kihap_jobs::{SynthRequest, film_json, film_video, perform, synthesise};
use kihap_syllabus::Syllabus;
use kihap_vision::estimators::EstimatorName;
use serde_json::json;

use crate::context::{Context, syllabus, typed};

/// Where the seeds of the stills begin that the built-in models learnt from.
const BUILTIN_SEED: u64 = 10_000_000;

#[derive(Debug, Args)]
pub(crate) struct SynthArgs {
    /// The course: basics, taegeuk-1, taegeuk-1-2 (a section), sparring …
    #[arg(long, default_value = "basics")]
    pub(crate) course: String,
    /// The dataset to make or to add to. With a name that ends in .mp4 or .json: a whole performance of the form, as a drawn video
    /// or as the skeletons an estimator would find.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Samples of each class.
    #[arg(long, default_value_t = 50)]
    pub(crate) per_class: usize,
    /// Draw pictures instead of skeletons alone.
    #[arg(long)]
    pub(crate) render: bool,
    /// Film a performance from the front instead of from anywhere.
    #[arg(long)]
    pub(crate) front: bool,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Train the models that Kihap brings along into the folder --out: about 100 minutes on two cores.
    #[arg(long, hide = true)]
    pub(crate) builtin: bool,
}

pub(crate) fn run(args: &SynthArgs, context: &mut Context) -> anyhow::Result<()> {
    let syllabus = syllabus()?;
    if args.builtin {
        return builtin(args, &syllabus, context);
    }
    match args.out.extension().and_then(|extension| extension.to_str()) {
        Some("mp4" | "json") => performance(args, &syllabus, context),
        _ => samples(args, &syllabus, context),
    }
}

/// Moves the bar on, and says whether the user has stopped the command.
fn advance(context: &mut Context, done: usize, total: usize) -> ControlFlow<()> {
    context.set_bar(done as u64, total as u64);
    if context.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

fn samples(args: &SynthArgs, syllabus: &Syllabus, context: &mut Context) -> anyhow::Result<()> {
    let classes: Vec<Class> = syllabus
        .course(&args.course)?
        .into_iter()
        .map(|c| Class { name: c.id, mirror: c.mirror, korean: Some(c.korean), english: Some(c.english) })
        .collect();
    anyhow::ensure!(
        !classes.is_empty(),
        "the course {} has no classes to show; choose basics, a form or sparring",
        args.course
    );
    let mut dataset = if args.out.join("kihap.toml").is_file() {
        Dataset::open(&args.out)?
    } else {
        let name = args.out.file_name().map_or_else(|| "dataset".into(), |n| n.to_string_lossy().into_owned());
        let mut manifest = Manifest::new(name, classes);
        manifest.course = Some(args.course.clone());
        Dataset::create(&args.out, &manifest)?
    };
    let request = SynthRequest { per_class: args.per_class, render: args.render, seed: args.seed };
    context.start_bar("synth", 0);
    let added =
        synthesise(&mut dataset, syllabus, &args.course, &request, &mut |done, total| advance(context, done, total))?;
    context.print(&json!({ "dataset": args.out, "course": args.course, "samples": added }), || {
        let what = if args.render { "pictures" } else { "skeletons" };
        let place = typed(&args.out);
        format!("{added} {what} in {}\nnext: `kihap train {place} --model landmark-mlp`", args.out.display())
    })
}

fn performance(args: &SynthArgs, syllabus: &Syllabus, context: &mut Context) -> anyhow::Result<()> {
    // A section is written with a colon here, and with a hyphen as a course.
    let (form, section) = form_of(&args.course, syllabus).or_else(|error| {
        let (form, section) = args.course.rsplit_once('-').ok_or(error)?;
        form_of(&format!("{form}:{section}"), syllabus)
    })?;
    let (performance, filmed, shoot) = perform(syllabus, &form.head.id, section, args.front, args.seed)?;
    let truth: Vec<_> = performance
        .steps()
        .iter()
        .map(|step| json!({ "number": step.step, "start": step.start, "end": step.end }))
        .collect();
    let written = |path: &Path| format!("cannot write {}", path.display());
    if args.out.extension().is_some_and(|extension| extension == "json") {
        let mut document = film_json(&args.out.display().to_string(), &filmed);
        document["steps"] = json!(truth);
        std::fs::write(&args.out, serde_json::to_vec(&document)?).with_context(|| written(&args.out))?;
    } else {
        context.start_bar("drawing", 0);
        film_video(&args.out, &performance, &filmed, &shoot, args.seed, &mut |done, total| {
            advance(context, done, total)
        })?;
    }
    let value = json!({ "out": args.out, "form": form.head.id, "section": section, "frames": filmed.frames.len(), "steps": truth });
    context.print(&value, || {
        let (frames, seconds) = (filmed.frames.len(), performance.seconds());
        let form = args.course.replace('_', "-");
        format!(
            "{}: {frames} frames, {seconds:.1} s\nnext: `kihap track {form} {}`",
            args.out.display(),
            typed(&args.out)
        )
    })
}

fn builtin(args: &SynthArgs, syllabus: &Syllabus, context: &mut Context) -> anyhow::Result<()> {
    let mut estimator = EstimatorName::default().open(2)?;
    let settings = estimator.settings();
    context.start_bar("stills", 0);
    draw_stills(&args.out, syllabus, &Plan::BUILTIN, BUILTIN_SEED, estimator.as_mut(), &mut |done, total| {
        advance(context, done, total)
    })?;
    let stills = read_stills(&args.out, BUILTIN_SEED)?;
    let mut accuracies = serde_json::Map::new();
    for course in SynthCourse::ALL {
        let options = BuiltinOptions::of(course);
        context.start_bar(course.name(), (options.epochs * options.members) as u64);
        let model = train_builtin(syllabus, course, &stills, &settings, &options, &mut |record| {
            advance(context, record.member * record.epochs + record.epoch, options.epochs * options.members)
        })?;
        model.save(&args.out.join(course.name()))?;
        accuracies.insert(course.name().into(), json!(model.metrics.evaluations.first().map(|e| e.accuracy)));
    }
    let films = FilmOptions::BUILTIN;
    context.start_bar("lessons", 0);
    let drawn = draw_lessons(&args.out.join("lessons"), syllabus, films.drawn_seeds(), &mut |done, total| {
        advance(context, done, total)
    })?;
    context.start_bar("lifter", LIFTER.epochs as u64);
    let lifter = train_builtin_lifter(syllabus, &stills, &drawn, &LIFTER, &mut |record| {
        advance(context, record.epoch, record.epochs)
    })?;
    lifter.save(&args.out.join("lifter"))?;
    accuracies.insert("lifter".into(), json!(lifter.errors()));
    context.start_bar("films", 0);
    let examples = film_examples(syllabus, &stills, &drawn, &films)?;
    for course in FilmOptions::COURSES {
        let name = FilmOptions::name(course);
        context.start_bar(&name, films.epochs as u64);
        let model = train_on_films(syllabus, course, &examples, &films, &mut |record| {
            advance(context, record.epoch, films.epochs)
        })?;
        model.save(&args.out.join(&name))?;
        accuracies.insert(name, json!(model.metrics.evaluations.first().map(|e| e.accuracy)));
    }
    let path = args.out.join("headings.json");
    let headings = serde_json::to_vec_pretty(&Headings::measure(&stills))?;
    std::fs::write(&path, headings).with_context(|| format!("cannot write {}", path.display()))?;
    context.print(&json!({ "out": args.out, "stills": stills.len(), "validation": accuracies }), || {
        format!(
            "{} stills, {} films, {} of them drawn; six models, a lifter and headings.json in {}",
            stills.len(),
            films.films + films.drawn,
            films.drawn,
            args.out.display()
        )
    })
}
