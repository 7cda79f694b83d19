//! The HTML page.

use minijinja::{Environment, Value};
use serde::Serialize;

use super::{
    data::{ReportData, ReportSample, ReportTable},
    plots::Plot,
    texts::Texts,
};
use crate::{
    compare::milliseconds,
    error::LearnError,
    metrics::Interval,
    warnings::{Language, Warning, korean_split},
};

/// Most mistakes shown at once.
const MISTAKES: usize = 24;

#[derive(Serialize)]
struct Page<'a> {
    t: &'static Texts,
    title: &'a str,
    accuracy: String,
    interval: String,
    numbers: Vec<(&'static str, String)>,
    warnings: Vec<String>,
    curves: Vec<Value>,
    columns: &'a [String],
    rows: Vec<Row<'a>>,
    classes: Vec<ClassRow<'a>>,
    mistakes: Vec<Card>,
    curation: Vec<Table<'a>>,
    facts: Vec<Table<'a>>,
    samples: Value,
    names: Value,
}

#[derive(Serialize)]
struct Row<'a> {
    label: &'a str,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    count: usize,
    /// Share of the row in per cent.
    share: u32,
    right: bool,
    /// Whether there are pictures to open.
    opens: bool,
}

#[derive(Serialize)]
struct ClassRow<'a> {
    label: &'a str,
    support: usize,
    precision: Share,
    recall: Share,
    f1: String,
}

/// A share with its interval, as text and in per cent for the bar.
#[derive(Serialize)]
struct Share {
    value: String,
    interval: String,
    low: f64,
    high: f64,
    at: f64,
}

#[derive(Serialize)]
struct Table<'a> {
    title: &'a str,
    rows: &'a [(String, String)],
}

#[derive(Serialize)]
struct Card {
    name: String,
    truth: String,
    predicted: String,
    confidence: String,
    withheld: bool,
    picture: Option<String>,
    link: Option<String>,
}

/// Renders the page with its plots inside.
pub(super) fn render(data: &ReportData, curves: &[Plot], warnings: &[Warning]) -> Result<String, LearnError> {
    let evaluation = &data.evaluation;
    let titles = titles(data);
    let page = Page {
        t: Texts::of(data.language),
        title: &data.title,
        accuracy: percent(evaluation.accuracy),
        interval: range(evaluation.accuracy_interval),
        numbers: numbers(data),
        warnings: warnings.iter().map(|warning| warning.text(data.language)).collect(),
        curves: curves.iter().map(|plot| Value::from_safe_string(inline(&plot.svg))).collect(),
        columns: titles,
        rows: confusion_rows(data, titles),
        classes: class_rows(data, titles),
        mistakes: mistakes(data, titles),
        curation: tables(&data.curation),
        facts: tables(&data.facts),
        samples: embedded_json(&data.samples.iter().map(SampleEntry::new).collect::<Vec<_>>())?,
        names: embedded_json(&titles)?,
    };
    let mut environment = Environment::new();
    // named .html, so every value is escaped unless it was marked safe above
    environment.add_template("report.html", include_str!("report.html")).map_err(LearnError::report)?;
    environment.get_template("report.html").and_then(|template| template.render(page)).map_err(LearnError::report)
}

fn titles(data: &ReportData) -> &[String] {
    let labels = &data.evaluation.confusion.labels;
    if data.class_titles.len() == labels.len() { &data.class_titles } else { labels }
}

fn numbers(data: &ReportData) -> Vec<(&'static str, String)> {
    let (e, t) = (&data.evaluation, Texts::of(data.language));
    let split = match data.language {
        Language::English => e.split.as_str(),
        Language::Korean => korean_split(&e.split),
    };
    let mut numbers = vec![
        (t.samples, e.samples.to_string()),
        (t.split, split.to_owned()),
        (t.macro_f1, format!("{:.3}", e.macro_average.f1)),
        (t.precision, format!("{:.3}", e.macro_average.precision)),
        (t.recall, format!("{:.3}", e.macro_average.recall)),
        (t.keras, format!("{:.3} / {:.3}", e.keras_precision, e.keras_recall)),
        (t.loss, format!("{:.4}", e.loss)),
        (t.top2_error, percent(e.top2_error)),
        (t.calibration_error, format!("{:.3}", e.expected_calibration_error)),
        (t.abstained, format!("{} ({})", e.abstained.count, percent(1.0 - e.abstained.coverage))),
    ];
    numbers.extend(e.abstained.accepted_accuracy.map(|accuracy| (t.accepted_accuracy, percent(accuracy))));
    numbers.extend(e.ms_per_sample.map(|ms| (t.ms_per_sample, milliseconds(ms))));
    numbers
}

fn confusion_rows<'a>(data: &ReportData, titles: &'a [String]) -> Vec<Row<'a>> {
    let has_samples = |truth, predicted| data.samples.iter().any(|s| s.truth == truth && s.predicted == predicted);
    let row = |(truth, counts): (usize, &Vec<usize>)| {
        let total = counts.iter().sum::<usize>().max(1);
        let cell = |(predicted, count): (usize, &usize)| Cell {
            count: *count,
            share: (100 * count / total) as u32,
            right: truth == predicted,
            opens: *count > 0 && has_samples(truth, predicted),
        };
        Row { label: &titles[truth], cells: counts.iter().enumerate().map(cell).collect() }
    };
    data.evaluation.confusion.matrix.iter().enumerate().map(row).collect()
}

fn class_rows<'a>(data: &ReportData, titles: &'a [String]) -> Vec<ClassRow<'a>> {
    let evaluation = &data.evaluation;
    let pairs = evaluation.confusion.labels.iter().zip(titles);
    pairs
        .filter_map(|(name, title)| evaluation.per_class.get(name).map(|scores| (title, scores)))
        .map(|(label, scores)| ClassRow {
            label,
            support: scores.support,
            precision: share(scores.precision, scores.precision_interval),
            recall: share(scores.recall, scores.recall_interval),
            f1: format!("{:.3}", scores.f1),
        })
        .collect()
}

fn share(value: f64, interval: Interval) -> Share {
    Share {
        value: format!("{value:.3}"),
        interval: range(interval),
        low: interval.low * 100.0,
        high: interval.high * 100.0,
        at: value * 100.0,
    }
}

fn mistakes(data: &ReportData, titles: &[String]) -> Vec<Card> {
    let mut wrong: Vec<&ReportSample> = data.samples.iter().filter(|s| s.truth != s.predicted).collect();
    wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let title = |class: usize| titles.get(class).cloned().unwrap_or_default();
    wrong
        .into_iter()
        .take(MISTAKES)
        .map(|sample| Card {
            name: sample.name.clone(),
            truth: title(sample.truth),
            predicted: title(sample.predicted),
            confidence: percent(sample.confidence),
            withheld: sample.abstained,
            picture: sample.picture.as_deref().and_then(local),
            link: sample.link.as_deref().and_then(local),
        })
        .collect()
}

fn tables(tables: &[ReportTable]) -> Vec<Table<'_>> {
    tables.iter().map(|table| Table { title: &table.title, rows: &table.rows }).collect()
}

/// A sample for the page's script, with short names since there may be thousands.
#[derive(Serialize)]
struct SampleEntry<'a> {
    n: &'a str,
    t: usize,
    p: usize,
    c: f64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    a: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    i: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    l: Option<String>,
}

impl<'a> SampleEntry<'a> {
    fn new(sample: &'a ReportSample) -> SampleEntry<'a> {
        SampleEntry {
            n: &sample.name,
            t: sample.truth,
            p: sample.predicted,
            c: (sample.confidence * 1000.0).round() / 1000.0,
            a: sample.abstained,
            i: sample.picture.as_deref().and_then(local),
            l: sample.link.as_deref().and_then(local),
        }
    }
}

/// The address if it needs no network and runs no script: a picture within, a local file, or a relative path.
fn local(address: &str) -> Option<String> {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or_default();
    let allowed = address.starts_with("data:image/") || address.starts_with("file://") || !scheme.contains(':');
    (allowed && !address.starts_with("//")).then(|| address.to_owned())
}

/// JSON that cannot end the script element it stands in.
fn embedded_json(value: &impl Serialize) -> Result<Value, LearnError> {
    let json = serde_json::to_string(value).map_err(LearnError::report)?;
    let escaped = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    Ok(Value::from_safe_string(escaped.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")))
}

/// An SVG to stand in HTML, which needs no name space and takes its size from the page.
pub(super) fn inline(svg: &str) -> String {
    let Some((head, rest)) = svg.split_once('>') else { return String::new() };
    let view = head.split_once("viewBox=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(view, _)| view);
    format!("<svg viewBox=\"{view}\" role=\"img\">{rest}")
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

pub(super) fn range(interval: Interval) -> String {
    format!("{:.1}–{:.1} %", interval.low * 100.0, interval.high * 100.0)
}
