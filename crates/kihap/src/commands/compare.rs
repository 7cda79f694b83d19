//! `kihap compare`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use kihap_dataset::Dataset;
use kihap_export::foreign::looks_like_a_model;
use kihap_jobs::{CompareRequest, ComparisonProgress, Division, Recipe, Watch, compare};
use kihap_learn::Language;
use kihap_learn::report::{ComparisonReport, ReportTable, write_comparison};
use serde_json::json;

use super::train::selection;
use crate::context::{Context, foreign_options, typed};
use crate::options::{ForeignArgs, RecipeArgs, SelectionArgs, SplitName};
use crate::recipe;

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    pub(crate) dataset: PathBuf,
    /// The networks, separated by commas; `mobilenet-v2@overlay` shows a network something else than --input says. A path is a
    /// finished model of another tool (as in `kihap evaluate`), which is tested on the same folds as it is.
    #[arg(long, value_delimiter = ',', required_unless_present = "recipes")]
    pub(crate) models: Vec<String>,
    /// Recipes (TOML) to compare, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "FILE")]
    pub(crate) recipes: Vec<PathBuf>,
    /// Folder for the table, the report, and what single trainings gave.
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) options: RecipeArgs,
    #[arg(long, value_enum, default_value = "grouped")]
    pub(crate) split: SplitName,
    /// Folds, the same for all networks.
    #[arg(long, default_value_t = 5, conflicts_with_all = ["splits", "test_persons"])]
    pub(crate) folds: usize,
    /// A file that says who is in the test of each split, instead of folds (JSON).
    #[arg(long, value_name = "FILE", conflicts_with = "test_persons")]
    pub(crate) splits: Option<PathBuf>,
    /// One split: these persons are the test, all others are learnt from.
    #[arg(long, value_delimiter = ',')]
    pub(crate) test_persons: Vec<String>,
    /// Trainings from different seeds for each network and fold.
    #[arg(long, default_value_t = 1)]
    pub(crate) seeds: usize,
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,
    /// Write the report in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
}

pub(crate) fn run(args: &CompareArgs, context: &mut Context) -> anyhow::Result<()> {
    let dataset = Dataset::open(&args.dataset)?;
    let request = request(args)?;
    let cancel = Arc::clone(&context.cancel);
    let compared = {
        let cell = std::cell::RefCell::new(&mut *context);
        let mut progress = |stage, p| cell.borrow_mut().show(stage, p);
        let mut watch = Watch { progress: &mut progress, cancel: &cancel };
        let mut tell = |progress: ComparisonProgress<'_>| {
            let mut context = cell.borrow_mut();
            let title = format!("{} · fold {}", progress.run.contestant.name, progress.run.fold + 1);
            match progress.epoch {
                None => {
                    context.start_bar(&title, progress.done.1 as u64);
                    context.set_bar(progress.done.0 as u64, progress.done.1 as u64);
                }
                Some(record) => context.bar_message(format!(
                    "{title} · epoch {} of {} · loss {:.3}",
                    record.epoch, record.epochs, record.training.loss
                )),
            }
        };
        compare(&dataset, &request, &args.out, &mut watch, &mut tell)?
    };
    context.clear_progress();
    let language = if args.korean { Language::Korean } else { Language::English };
    let comparison = compared.comparison;
    let [table, csv] = comparison.write_tables(&args.out)?;
    let report = ComparisonReport {
        title: format!("{} · {} networks", dataset.manifest().name, comparison.rows.len()),
        language,
        comparison: comparison.clone(),
        facts: vec![facts(args, &dataset)],
        warnings: compared.warnings.clone(),
    };
    let report = write_comparison(&args.out, &report)?.html;
    let mut value = comparison.json();
    value["report"] = json!(report);
    value["table"] = json!(table);
    value["csv"] = json!(csv);
    let doubts: Vec<String> = compared.warnings.iter().map(|w| w.text(language)).collect();
    value["data_warnings"] = json!(doubts);
    context.print(&value, || {
        let mut text = comparison.text(language);
        for warning in &doubts {
            text += &format!("warning: {warning}\n");
        }
        text + &format!(
            "report: {}\nnext: `kihap train {} --model …` with the one you like",
            report.display(),
            typed(&args.dataset)
        )
    })
}

fn request(args: &CompareArgs) -> anyhow::Result<CompareRequest> {
    let (mut recipes, mut finished) = (Vec::new(), Vec::new());
    for name in &args.models {
        if looks_like_a_model(Path::new(name)) {
            finished.push(PathBuf::from(name));
            continue;
        }
        let mut one = recipe::named(name)?;
        let own_input = one.input;
        let options = fitting(args, &one);
        recipe::apply(&mut one, &options, args.seed)?;
        if name.contains('@') {
            one.input = own_input;
        }
        recipes.push(one);
    }
    for path in &args.recipes {
        recipes.push(Recipe::read(path)?);
    }
    let division = match (&args.splits, args.test_persons.is_empty()) {
        (Some(path), _) => Division::File(path.clone()),
        (None, false) => Division::TestPersons(args.test_persons.clone()),
        (None, true) => Division::Folds { count: args.folds, strategy: recipe::strategy(args.split) },
    };
    Ok(CompareRequest {
        recipes,
        finished,
        finished_options: foreign_options(&args.foreign)?,
        selection: selection(&args.selection),
        division,
        seed: args.seed,
        seeds: args.seeds,
    })
}

/// The options that concern this network: Teachable Machine's recipes stay what they are, and what pictures are shown as
/// concerns networks that see pictures.
fn fitting(args: &CompareArgs, recipe: &Recipe) -> RecipeArgs {
    let mut options = args.options.clone();
    let sees_pictures =
        kihap_zoo::networks::find(&recipe.model).is_ok_and(|e| e.input.reads_photo() || e.input.reads_pictures());
    if !sees_pictures {
        options.input = None;
    }
    if recipe.model.starts_with("teachable-machine") {
        options = RecipeArgs {
            input: options.input,
            estimator: options.estimator,
            backbone: if recipe.model == "teachable-machine-pose" { None } else { options.backbone },
            device: options.device,
            ..RecipeArgs::default()
        };
    }
    options
}

fn facts(args: &CompareArgs, dataset: &Dataset) -> ReportTable {
    let division = match (&args.splits, args.test_persons.is_empty()) {
        (Some(path), _) => format!("splits of {}", path.display()),
        (None, false) => format!("tested on {}", args.test_persons.join(", ")),
        (None, true) => format!("{} folds, {:?}", args.folds, args.split).to_lowercase(),
    };
    let rows = [
        ("dataset", dataset.manifest().name.clone()),
        ("division", division),
        ("seeds", args.seeds.to_string()),
        ("first seed", args.seed.to_string()),
        ("kihap", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    ReportTable { title: String::new(), rows: rows.map(|(name, value)| (name.to_owned(), value)).into() }
}
