//! The HTML page of a comparison.

use minijinja::{Environment, Value};
use serde::Serialize;

use super::{palette::Look, texts::Texts, write::ComparisonReport};
use crate::{
    compare::{AgainstBest, IntervalMethod, NotComputable, PrimaryTest, Row, Scores, grouped, milliseconds, p_text},
    error::LearnError,
    report::{
        page::{inline, percent, range},
        plots::Plot,
    },
    warnings::Warning,
};

/// The pictures on the page.
pub(super) struct Plots {
    pub(super) accuracy: Option<Plot>,
    pub(super) curves: Option<Plot>,
    pub(super) time: Option<Plot>,
}

#[derive(Serialize)]
struct Page<'a> {
    t: &'static Texts,
    title: &'a str,
    best: Option<Best<'a>>,
    numbers: Vec<(&'static str, String)>,
    warnings: Vec<String>,
    rows: Vec<Ranked<'a>>,
    failures: Vec<(&'a str, &'a str)>,
    wilson: bool,
    not_computable: Vec<String>,
    accuracy: Option<Value>,
    curves: Option<Value>,
    time: Option<Value>,
    facts: Vec<(&'a str, &'a [(String, String)])>,
}

#[derive(Serialize)]
struct Best<'a> {
    name: &'a str,
    accuracy: String,
    interval: String,
    not_told_apart: Vec<&'a str>,
    alone: bool,
}

/// A row of the table.
#[derive(Serialize)]
struct Ranked<'a> {
    rank: usize,
    colour: String,
    dash: &'static str,
    name: &'a str,
    input: &'a str,
    accuracy: String,
    interval: String,
    wilson: bool,
    low: f64,
    high: f64,
    at: f64,
    cells: Vec<String>,
}

/// Renders the page with its plots inside.
pub(super) fn render(report: &ComparisonReport, plots: &Plots, font: &[Warning]) -> Result<String, LearnError> {
    let comparison = &report.comparison;
    let mut warnings: Vec<String> = Vec::new();
    let told = report.warnings.iter().map(|warning| warning.text(report.language));
    let found = comparison.warnings.iter().map(|warning| warning.text(report.language));
    let letters = font.iter().map(|warning| warning.text(report.language));
    for warning in told.chain(found).chain(letters) {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    let scored = || comparison.rows.iter().filter_map(|row| row.scores.as_ref().map(|scores| (row, scores)));
    let picture = |plot: &Option<Plot>| plot.as_ref().map(|plot| Value::from_safe_string(inline(&plot.svg)));
    let page = Page {
        t: Texts::of(report.language),
        title: &report.title,
        best: comparison.best().map(|(row, scores)| Best {
            name: &row.contestant.name,
            accuracy: percent(scores.accuracy),
            interval: range(scores.interval),
            not_told_apart: comparison.not_told_apart().map(|row| row.contestant.name.as_str()).collect(),
            alone: scored().count() < 2,
        }),
        numbers: numbers(report),
        warnings,
        rows: scored().enumerate().map(|(index, (row, scores))| ranked(index, row, scores)).collect(),
        failures: comparison
            .rows
            .iter()
            .filter(|row| row.scores.is_none())
            .map(|row| (row.contestant.name.as_str(), row.failure.as_deref().unwrap_or_default()))
            .collect(),
        wilson: scored().any(|(_, scores)| scores.interval_method == IntervalMethod::Wilson),
        not_computable: not_computable(report),
        accuracy: picture(&plots.accuracy),
        curves: picture(&plots.curves),
        time: picture(&plots.time),
        facts: report.facts.iter().map(|table| (table.title.as_str(), table.rows.as_slice())).collect(),
    };
    let mut environment = Environment::new();
    // named .html, so every value is escaped unless it was marked safe above
    environment.add_template("comparison.html", include_str!("comparison.html")).map_err(LearnError::report)?;
    environment.get_template("comparison.html").and_then(|template| template.render(page)).map_err(LearnError::report)
}

fn numbers(report: &ComparisonReport) -> Vec<(&'static str, String)> {
    let (comparison, t) = (&report.comparison, Texts::of(report.language));
    let seeds: Vec<String> = comparison.seeds.iter().map(u64::to_string).collect();
    let done: usize = comparison.rows.iter().map(|row| row.runs_done).sum();
    let planned: usize = comparison.rows.iter().map(|row| row.runs_planned).sum();
    let mut numbers = vec![
        (t.networks, comparison.rows.len().to_string()),
        (t.folds, comparison.folds.to_string()),
        (t.seeds, seeds.join(", ")),
        (t.runs, format!("{done} / {planned}")),
    ];
    numbers.extend(comparison.best().map(|(_, scores)| (t.samples, grouped(scores.samples))));
    numbers
}

fn ranked<'a>(index: usize, row: &'a Row, scores: &Scores) -> Ranked<'a> {
    let look = Look::of(index);
    let against = row.against_best.as_ref();
    let p = |test: PrimaryTest| {
        let text = |against: &AgainstBest| against.p_value(test).map_or_else(|_| "?".to_owned(), p_text);
        against.map_or("–".into(), text)
    };
    Ranked {
        rank: index + 1,
        colour: look.hex(),
        dash: look.dash,
        name: &row.contestant.name,
        input: &row.contestant.input,
        accuracy: percent(scores.accuracy),
        interval: range(scores.interval),
        wilson: scores.interval_method == IntervalMethod::Wilson,
        low: scores.interval.low * 100.0,
        high: scores.interval.high * 100.0,
        at: scores.accuracy * 100.0,
        cells: vec![
            against.map_or("–".into(), |against| format!("{:.1}", against.difference * 100.0)),
            p(PrimaryTest::CorrectedT),
            p(PrimaryTest::McNemar),
            format!("{:.3}", scores.f1),
            percent(scores.top2_error),
            format!("{:.3}", scores.loss),
            grouped(scores.parameters),
            format!("{:.1}", scores.train_seconds),
            scores.ms_per_sample.map_or("–".into(), milliseconds),
        ],
    }
}

/// Why there are question marks in the table, each reason once.
fn not_computable(report: &ComparisonReport) -> Vec<String> {
    let t = Texts::of(report.language);
    let mut told: Vec<String> = Vec::new();
    let mut tell = |column: &str, reason: Option<NotComputable>| {
        let sentence = reason.map(|reason| format!("? {column}: {}", reason.text(report.language)));
        told.extend(sentence.filter(|sentence| !told.contains(sentence)));
    };
    for against in report.comparison.rows.iter().filter_map(|row| row.against_best.as_ref()) {
        tell(t.p_corrected_t, against.corrected_t.err());
        tell(t.p_mcnemar, against.mcnemar.err());
    }
    told
}
