//! `kihap train`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, bail};
use clap::Args;
use kihap_dataset::split::SplitOptions;
use kihap_dataset::{Dataset, Part};
use kihap_jobs::{Recipe, Selection, TrainRequest, Watch, train};
use kihap_learn::tensorboard::TrainingEvents;
use kihap_learn::{Checkpointing, EpochRecord, Evaluation, Language, StopReason};
use serde_json::{Value, json};

use crate::context::{Context, typed};
use crate::options::{PartName, RecipeArgs, SelectionArgs, SplitName};
use crate::recipe;

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    pub(crate) dataset: PathBuf,
    /// The network: see `kihap models`.
    #[arg(long, required_unless_present = "recipe")]
    pub(crate) model: Option<String>,
    /// A recipe (TOML); options given besides go before what it says.
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,
    /// Folder for the model [default: the dataset's `models/NETWORK`, or beside the recipe].
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) options: RecipeArgs,
    /// How training, validation and test are told apart [default: grouped; random for Teachable Machine's recipes].
    #[arg(long, value_enum)]
    pub(crate) split: Option<SplitName>,
    /// Share held back for validation.
    #[arg(long, default_value_t = 0.15)]
    pub(crate) validation: f64,
    /// Share held back for the test.
    #[arg(long, default_value_t = 0.15)]
    pub(crate) test: f64,
    /// Hold these persons back as the test, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) test_persons: Vec<String>,
    /// Cross-validate with so many folds, then train on everything.
    #[arg(long)]
    pub(crate) folds: Option<usize>,
    /// Go on from the checkpoint that a stopped training of the same command left.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Write every epoch's numbers for TensorBoard into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) tensorboard: Option<PathBuf>,
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Leave the report out.
    #[arg(long)]
    pub(crate) no_report: bool,
    /// Write the report in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
}

pub(crate) fn run(args: &TrainArgs, context: &mut Context) -> anyhow::Result<()> {
    let dataset = Dataset::open(&args.dataset)?;
    let out = out_of(args);
    let request = request(args, &out)?;
    let cancel = Arc::clone(&context.cancel);
    let trained = {
        let cell = std::cell::RefCell::new(&mut *context);
        let mut progress = |stage, p| cell.borrow_mut().show(stage, p);
        let mut watch = Watch { progress: &mut progress, cancel: &cancel };
        let mut current = None;
        let mut on_epoch = |fold: Option<usize>, record: &EpochRecord| {
            let mut context = cell.borrow_mut();
            if current != Some((fold, record.member)) {
                let title = fold.map_or_else(|| "training".to_owned(), |f| format!("fold {}", f + 1));
                context.start_bar(&title, record.epochs as u64);
                current = Some((fold, record.member));
            }
            context.set_bar(record.epoch as u64, record.epochs as u64);
            let scores = record.validation.as_ref().unwrap_or(&record.training);
            let title = fold.map_or_else(|| "training".to_owned(), |f| format!("fold {}", f + 1));
            context.bar_message(format!("{title} · loss {:.3} · accuracy {:.3}", scores.loss, scores.accuracy));
            if cancel.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        train(&dataset, &request, &mut watch, &mut on_epoch)?
    };
    context.clear_progress();
    for problem in &trained.problems {
        context.say(&format!("left out {}: {}", problem.sample, problem.reason));
    }
    trained.save(&out)?;
    if let Some(checkpointing) = &request.checkpointing
        && trained.model.description.run.stopped != StopReason::Interrupted
    {
        // what it was kept for is done; one that cannot be removed does no harm
        let _ = std::fs::remove_file(&checkpointing.file);
    }
    if let Some(folder) = &args.tensorboard {
        write_events(folder, &trained.model.metrics.history)?;
    }
    let language = if args.korean { Language::Korean } else { Language::English };
    let report = if args.no_report { None } else { Some(trained.write_report(&dataset, &out, language)?) };
    let mut value = evaluation_json(&trained.evaluation)?;
    value["model"] = json!(out);
    value["report"] = json!(report);
    value["fold_accuracies"] = json!(trained.fold_accuracies);
    value["sessions"] = json!(trained.sessions);
    value["seconds"] = json!(trained.model.description.run.seconds);
    value["features_from_cache"] = json!(trained.from_cache);
    if let Some(recipe) = &args.recipe {
        let path = recipe.with_extension("result.json");
        std::fs::write(&path, serde_json::to_vec_pretty(&value)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    context.print(&value, || {
        let mut text = evaluation_text(&trained.evaluation);
        if let Some(sessions) = &trained.sessions {
            text += &format!("by session (clip): {:.1} % of {}\n", sessions.accuracy * 100.0, sessions.count);
        }
        if !trained.fold_accuracies.is_empty() {
            let folds: Vec<String> = trained.fold_accuracies.iter().map(|a| format!("{:.1}", a * 100.0)).collect();
            text += &format!("folds: {} %\n", folds.join(", "));
        }
        let run = &trained.model.description.run;
        text += &format!("trained in {:.1} s; model in {}\n", run.seconds, out.display());
        if let Some(report) = &report {
            text += &format!("report: {}\n", report.display());
        }
        text + &format!("next: `kihap predict {} PICTURE`", typed(&out))
    })
}

fn request(args: &TrainArgs, out: &Path) -> anyhow::Result<TrainRequest> {
    let recipe = recipe_of(args)?;
    let split = SplitOptions {
        strategy: args.split.map_or(recipe.split, recipe::strategy),
        validation: args.validation,
        test: args.test,
        seed: args.seed,
        test_persons: args.test_persons.clone(),
        ..SplitOptions::default()
    };
    Ok(TrainRequest {
        recipe,
        selection: selection(&args.selection),
        split,
        folds: args.folds,
        checkpointing: Some(Checkpointing { file: checkpoint_of(out), resume: args.resume }),
    })
}

fn recipe_of(args: &TrainArgs) -> anyhow::Result<Recipe> {
    let mut recipe = match (&args.recipe, &args.model) {
        (Some(path), _) => Recipe::read(path)?,
        (None, Some(name)) => recipe::named(name)?,
        (None, None) => bail!("give --model or --recipe"),
    };
    if let (Some(_), Some(name)) = (&args.recipe, &args.model) {
        recipe.model = name.clone();
    }
    recipe::apply(&mut recipe, &args.options, args.seed)?;
    Ok(recipe)
}

fn out_of(args: &TrainArgs) -> PathBuf {
    match (&args.out, &args.recipe, &args.model) {
        (Some(out), _, _) => out.clone(),
        (None, Some(recipe), _) => recipe.with_extension("model"),
        (None, None, model) => args.dataset.join("models").join(model.as_deref().unwrap_or_default()),
    }
}

/// Every epoch's numbers as TensorBoard reads them.
fn write_events(folder: &Path, history: &[EpochRecord]) -> anyhow::Result<()> {
    let mut events = TrainingEvents::new(folder);
    for record in history {
        events.record(record)?;
    }
    Ok(())
}

/// Beside the model's folder, so that it is there before the model is.
fn checkpoint_of(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".checkpoint");
    out.with_file_name(name)
}

pub(super) fn selection(args: &SelectionArgs) -> Selection {
    Selection { classes: args.classes.clone(), persons: args.persons.clone(), views: args.views.clone() }
}

/// The shape of the contract: the evaluation, with its warnings as sentences.
pub(super) fn evaluation_json(evaluation: &Evaluation) -> anyhow::Result<Value> {
    Ok(serde_json::to_value(evaluation)?)
}

/// The numbers in words.
pub(super) fn evaluation_text(evaluation: &Evaluation) -> String {
    let e = evaluation;
    let interval = e.accuracy_interval;
    let mut text = format!(
        "{} samples ({}): accuracy {:.1} % ({:.1} to {:.1}), macro F1 {:.3}, top-2 error {:.1} %, loss {:.3}\n",
        e.samples,
        e.split,
        e.accuracy * 100.0,
        interval.low * 100.0,
        interval.high * 100.0,
        e.macro_average.f1,
        e.top2_error * 100.0,
        e.loss
    );
    for (class, s) in &e.per_class {
        text += &format!(
            "  {class:<28} precision {:.3}  recall {:.3}  F1 {:.3}  of {}\n",
            s.precision, s.recall, s.f1, s.support
        );
    }
    for warning in &e.warnings {
        text += &format!("warning: {}\n", warning.text(Language::English));
    }
    text
}

/// The part a word of the command line means.
pub(super) fn part_of(name: PartName) -> Option<Part> {
    match name {
        PartName::Train => Some(Part::Train),
        PartName::Validation => Some(Part::Validation),
        PartName::Test => Some(Part::Test),
        PartName::All => None,
    }
}
