//! `kihap demo`: the whole road on pictures that Kihap draws itself.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use clap::Args;
use kihap_coach::demo::{DemoPlan, write_demo_pictures};
use kihap_dataset::import::{ImportOptions, import};
use kihap_dataset::split::SplitOptions;
use kihap_dataset::{Class, Dataset, Manifest};
use kihap_jobs::{Predictor, Recipe, Report, Selection, TrainRequest, Watch, train, write};
use kihap_learn::{EpochRecord, Language};
use kihap_vision::picture;
use serde_json::json;

use super::train::{evaluation_json, evaluation_text};
use crate::context::Context;

/// The name of the demo's dataset.
const NAME: &str = "demo";
const STOPPED: &str = "stopped; the same command begins the demo again";
/// The networks the demo compares.
const NETWORKS: [&str; 2] = ["landmark-mlp", "photo-mlp"];

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder for the demo's pictures, dataset, model and report.
    #[arg(long, default_value = "demo")]
    pub(crate) out: PathBuf,
    /// People to draw.
    #[arg(long, default_value_t = 4)]
    pub(crate) persons: u32,
    /// Pictures of each class in each of a person's two sessions.
    #[arg(long, default_value_t = 5)]
    pub(crate) per_class: u32,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

pub(crate) fn run(args: &DemoArgs, context: &mut Context) -> anyhow::Result<()> {
    anyhow::ensure!(args.persons >= 3, "the demo needs at least 3 persons: to learn from, to stop by, to test on");
    let pictures = args.out.join("pictures");
    let plan = DemoPlan::new(args.persons, 2, args.per_class, args.seed);
    let root = args.out.join("dataset");
    if root.exists() {
        // Only what an earlier demo made may be cleared away.
        let found = Dataset::open(&root).is_ok_and(|d| d.manifest().name == NAME);
        anyhow::ensure!(found, "{} is there and no demo's; choose another folder with --out", root.display());
    }
    let cancel = Arc::clone(&context.cancel);
    context.start_bar("drawing", plan.len() as u64);
    let bar = context.bar();
    write_demo_pictures(&pictures, &plan, || bar.inc(1), &cancel)?;
    context.clear_progress();
    anyhow::ensure!(!context.stopped(), STOPPED);

    if root.exists() {
        std::fs::remove_dir_all(&root).with_context(|| format!("cannot clear {}", root.display()))?;
    }
    let mut classes: Vec<String> = Vec::new();
    for shot in plan.shots() {
        if !classes.contains(&shot.class) {
            classes.push(shot.class);
        }
    }
    let mut dataset = Dataset::create(&root, &Manifest::new(NAME, classes.into_iter().map(Class::named).collect()))?;
    let mut people: Vec<(String, String)> = plan.shots().map(|s| (s.person, s.session)).collect();
    people.dedup();
    for (person, session) in people {
        let options = ImportOptions {
            session: Some(format!("{person} {session}")),
            person: Some(person.clone()),
            ..ImportOptions::default()
        };
        let folder = pictures.join(&person).join(&session);
        import(&mut dataset, &[folder], &options, &mut |_| {}, &cancel)?;
    }
    anyhow::ensure!(!context.stopped(), STOPPED);

    let test_person = format!("person-{}", args.persons);
    let mut results = Vec::new();
    let mut text = format!("drew {} pictures of {} people; {test_person} is the test\n", plan.len(), args.persons);
    for network in NETWORKS {
        let mut recipe = Recipe::of(network)?;
        recipe.training.seed = args.seed;
        let request = TrainRequest {
            recipe,
            selection: Selection::default(),
            split: SplitOptions { test_persons: vec![test_person.clone()], seed: args.seed, ..SplitOptions::default() },
            folds: None,
            checkpointing: None,
        };
        let mut progress = |stage, p| context.show(stage, p);
        let mut watch = Watch { progress: &mut progress, cancel: &cancel };
        let mut on_epoch = |_: Option<usize>, _: &EpochRecord| {
            if cancel.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let trained = train(&dataset, &request, &mut watch, &mut on_epoch)?;
        context.clear_progress();
        anyhow::ensure!(!context.stopped(), STOPPED);
        let folder = args.out.join("models").join(network);
        trained.save(&folder)?;
        let parts: Vec<_> = trained.parts.iter().map(|(s, p)| (s.clone(), Some(*p))).collect();
        let report = write(
            &folder.join("report"),
            &Report {
                dataset: &dataset,
                model: &trained.model,
                evaluation: &trained.evaluation,
                history: &trained.model.metrics.history,
                judged: &trained.judged,
                looked_over: (&parts, &trained.people),
                language: Language::English,
            },
        )?;
        let seen = trained.people.iter().filter(|p| !p.is_empty()).count();
        text += &format!("\n{network}: {}", evaluation_text(&trained.evaluation));
        if network == NETWORKS[0] {
            text += &format!("somebody found in {seen} of {} pictures\n", trained.people.len());
        }
        text += &format!("report: {}\n", report.display());
        let mut value = evaluation_json(&trained.evaluation)?;
        value["model"] = json!(folder);
        value["report"] = json!(report);
        results.push(value);
    }

    let model = kihap_learn::Model::load(&args.out.join("models").join(NETWORKS[0]))?;
    let shot = plan.shots().find(|s| s.person == test_person && s.class.contains("block")).context("an empty plan")?;
    let path = pictures.join(shot.path());
    let mut predictor = Predictor::new(model)?;
    let said = predictor.picture(&picture::read(&path)?)?;
    let label = predictor.class_names()[said.label].clone();
    text += &format!("\n{} is {label} ({:.1} %), drawn as {}\n", path.display(), said.confidence() * 100.0, shot.class);
    text += "next: open a report; then `kihap new DATASET --course basics` and shoot your own";
    context.print(&json!({ "results": results, "prediction": { "source": path, "label": label } }), || text)
}
