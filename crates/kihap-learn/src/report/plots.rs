//! Learning curves and the confusion matrix as SVG.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::texts::Texts;
use crate::{error::LearnError, metrics::ConfusionTable, train::EpochRecord, warnings::Language};

/// A plot and the name of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// File name without ending.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// The picture.
    pub svg: String,
}

/// Colours the page's style sheet exchanges in dark mode (`report.html` names them too).
pub(super) const INK: RGBColor = RGBColor(0x20, 0x21, 0x24);
pub(super) const GRID: RGBColor = RGBColor(0xd8, 0xdb, 0xe0);
const BLUE: RGBColor = RGBColor(0x1a, 0x73, 0xe8);
const ORANGE: RGBColor = RGBColor(0xd9, 0x63, 0x0b);
const GREEN: RGBColor = RGBColor(0x1e, 0x8e, 0x3e);

const FONT: &str = "sans-serif";
/// Plotters divides sizes by this before it writes them to SVG.
const PLOTTERS_SIZE: f64 = 1.24;

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A line of a chart: legend, colour, and runs of points (one run a member of an ensemble).
struct Series {
    legend: &'static str,
    colour: RGBColor,
    runs: Vec<Vec<(f64, f64)>>,
}

/// Loss, accuracy, and validation precision, recall and F1 over the epochs; none without a history.
///
/// # Errors
/// [`LearnError::Report`] when plotters fails.
pub fn curve_plots(history: &[EpochRecord], language: Language) -> Result<Vec<Plot>, LearnError> {
    let texts = Texts::of(language);
    if history.is_empty() {
        return Ok(Vec::new());
    }
    let line = |legend, colour, value: &dyn Fn(&EpochRecord) -> Option<f64>| Series {
        legend,
        colour,
        runs: runs(history, value),
    };
    let loss = [
        line(texts.training, BLUE, &|r| Some(r.training.loss)),
        line(texts.validation, ORANGE, &|r| r.validation.map(|v| v.loss)),
    ];
    let accuracy = [
        line(texts.training, BLUE, &|r| Some(r.training.accuracy)),
        line(texts.validation, ORANGE, &|r| r.validation.map(|v| v.accuracy)),
    ];
    let scores = [
        line(texts.precision, BLUE, &|r| r.validation.map(|v| v.precision)),
        line(texts.recall, ORANGE, &|r| r.validation.map(|v| v.recall)),
        line(texts.f1, GREEN, &|r| r.validation.map(|v| v.f1)),
    ];
    let highest = loss.iter().flat_map(|s| s.runs.iter().flatten()).map(|(_, y)| *y).fold(0.0, f64::max);
    let best_loss = best_points(history, |r| r.validation.map(|v| v.loss));
    let best_accuracy = best_points(history, |r| r.validation.map(|v| v.accuracy));
    let mut plots = vec![
        chart("loss", texts.loss, &loss, (highest * 1.05).max(1e-3), &best_loss, texts)?,
        chart("accuracy", texts.accuracy, &accuracy, 1.0, &best_accuracy, texts)?,
    ];
    if history.iter().any(|record| record.validation.is_some()) {
        let best_f1 = best_points(history, |r| r.validation.map(|v| v.f1));
        plots.push(chart("scores", texts.scores, &scores, 1.0, &best_f1, texts)?);
    }
    Ok(plots)
}

fn runs(history: &[EpochRecord], value: &dyn Fn(&EpochRecord) -> Option<f64>) -> Vec<Vec<(f64, f64)>> {
    let members = history.iter().map(|record| record.member).max().map_or(0, |last| last + 1);
    let run = |member| {
        let records = history.iter().filter(|record| record.member == member);
        records.filter_map(|record| value(record).map(|y| (record.epoch as f64, y))).collect()
    };
    (0..members).map(run).filter(|run: &Vec<(f64, f64)>| !run.is_empty()).collect()
}

/// Where each member's kept weights lie.
fn best_points(history: &[EpochRecord], value: impl Fn(&EpochRecord) -> Option<f64>) -> Vec<(f64, f64)> {
    let members = history.iter().map(|record| record.member).max().map_or(0, |last| last + 1);
    let best = |member| history.iter().rfind(|record| record.member == member && record.best);
    (0..members).filter_map(|m| best(m).and_then(|r| value(r).map(|y| (r.epoch as f64, y)))).collect()
}

fn chart(
    name: &'static str,
    title: &str,
    series: &[Series],
    top: f64,
    best: &[(f64, f64)],
    texts: &Texts,
) -> Result<Plot, LearnError> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (640, 400)).into_drawing_area();
        let epochs = series.iter().flat_map(|s| s.runs.iter().flatten()).map(|(x, _)| *x).fold(2.0, f64::max);
        let mut chart = ChartBuilder::on(&root)
            .caption(title, text(17.0))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(48)
            .build_cartesian_2d(1.0..epochs, 0.0..top)
            .map_err(LearnError::report)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .label_style(text(12.0))
            .axis_desc_style(text(13.0))
            .x_desc(texts.epoch)
            .x_labels(8)
            .y_labels(6)
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.2}"))
            .draw()
            .map_err(LearnError::report)?;
        for line in series.iter().filter(|line| !line.runs.is_empty()) {
            for (index, run) in line.runs.iter().enumerate() {
                let drawn = chart
                    .draw_series(LineSeries::new(run.iter().copied(), line.colour.stroke_width(2)))
                    .map_err(LearnError::report)?;
                if index == 0 {
                    let colour = line.colour;
                    drawn
                        .label(line.legend)
                        .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
                }
            }
        }
        if !best.is_empty() {
            chart
                .draw_series(best.iter().map(|point| Circle::new(*point, 5, INK.stroke_width(2))))
                .map_err(LearnError::report)?
                .label(texts.best_epoch)
                .legend(|(x, y)| Circle::new((x + 9, y), 5, INK.stroke_width(2)));
        }
        chart
            .configure_series_labels()
            .position(if name == "loss" { SeriesLabelPosition::UpperRight } else { SeriesLabelPosition::LowerRight })
            .label_font(text(13.0))
            .draw()
            .map_err(LearnError::report)?;
        root.present().map_err(LearnError::report)?;
    }
    Ok(Plot { name, title: title.to_owned(), svg })
}

/// The confusion matrix; a cell is the darker the larger its share of the row. `titles` replace the table's labels
/// where there are as many.
///
/// # Errors
/// [`LearnError::Report`] when plotters fails.
pub fn confusion_plot(table: &ConfusionTable, titles: &[String], language: Language) -> Result<Plot, LearnError> {
    let texts = Texts::of(language);
    let labels = if titles.len() == table.labels.len() { titles } else { &table.labels };
    let labels: Vec<String> = labels.iter().map(|label| shortened(label)).collect();
    let count = labels.len() as i32;
    let cell = if count > 20 { 26 } else { 40 };
    let label_width = labels.iter().map(|label| text_width(label, 13.0)).max().unwrap_or(0) + 16;
    let (left, top) = (label_width + 24, 44);
    let side = count * cell;
    let size = ((left + side + 24).max(320) as u32, (top + side + label_width + 34) as u32);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let middle = left + side / 2;
        write(&root, texts.confusion, (middle, 20), text(17.0), HPos::Center)?;
        write(&root, texts.predicted, (middle, top + side + label_width + 18), text(13.0), HPos::Center)?;
        let sideways = text(13.0).transform(FontTransform::Rotate270);
        let style = sideways.pos(Pos::new(HPos::Center, VPos::Center));
        root.draw(&Text::new(texts.truth, (14, top + side / 2), style)).map_err(LearnError::report)?;
        for (row, counts) in table.matrix.iter().enumerate() {
            let y = top + row as i32 * cell;
            write(&root, &labels[row], (left - 8, y + cell / 2), text(13.0), HPos::Right)?;
            let total = counts.iter().sum::<usize>().max(1) as f64;
            for (column, count) in counts.iter().enumerate() {
                let x = left + column as i32 * cell;
                draw_cell(&root, (x, y), cell, *count, *count as f64 / total, row == column)?;
            }
        }
        for (column, label) in labels.iter().enumerate() {
            let x = left + column as i32 * cell + cell / 2;
            let turned = text(13.0).transform(FontTransform::Rotate270);
            let style = turned.pos(Pos::new(HPos::Right, VPos::Center));
            root.draw(&Text::new(label.clone(), (x, top + side + 8), style)).map_err(LearnError::report)?;
        }
        root.present().map_err(LearnError::report)?;
    }
    Ok(Plot { name: "confusion", title: texts.confusion.to_owned(), svg })
}

fn draw_cell(
    root: &Area,
    (x, y): (i32, i32),
    side: i32,
    count: usize,
    share: f64,
    right: bool,
) -> Result<(), LearnError> {
    let corners = [(x, y), (x + side, y + side)];
    let colour = if right { GREEN } else { ORANGE };
    if share > 0.0 {
        root.draw(&Rectangle::new(corners, colour.mix(0.12 + 0.88 * share).filled())).map_err(LearnError::report)?;
    }
    root.draw(&Rectangle::new(corners, GRID.stroke_width(1))).map_err(LearnError::report)?;
    if count > 0 {
        let size = if side < 30 { 10.0 } else { 13.0 };
        let style = if share > 0.55 { text(size).color(&WHITE) } else { text(size) };
        write(root, &count.to_string(), (x + side / 2, y + side / 2), style, HPos::Center)?;
    }
    Ok(())
}

pub(super) fn write(
    root: &Area,
    words: &str,
    at: (i32, i32),
    style: TextStyle,
    horizontal: HPos,
) -> Result<(), LearnError> {
    let style = style.pos(Pos::new(horizontal, VPos::Center));
    root.draw(&Text::new(words.to_owned(), at, style)).map_err(LearnError::report)
}

pub(super) fn text(size: f64) -> TextStyle<'static> {
    (FONT, size * PLOTTERS_SIZE).into_font().color(&INK)
}

/// At most 24 letters; long class names would push the matrix out of sight.
fn shortened(label: &str) -> String {
    if label.chars().count() <= 24 { label.to_owned() } else { label.chars().take(23).chain(['…']).collect() }
}

/// About how wide a text is in pixels: Hangul and Chinese signs are as wide as high, others about 0.6 of that.
pub(super) fn text_width(text: &str, size: f64) -> i32 {
    let ems: f64 = text.chars().map(|c| if c >= '\u{1100}' { 1.0 } else { 0.6 }).sum();
    (ems * size).ceil() as i32
}
