//! The plots of a comparison as SVG.

use std::ops::Range;

use plotters::{
    coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter},
    prelude::*,
    style::text_anchor::HPos,
};

use super::{palette::Look, texts::Texts};
use crate::{
    compare::{Comparison, CurvePoint, Row, Scores},
    error::LearnError,
    report::plots::{Area, GRID, INK, Plot, text, text_width, write},
};

const WIDTH: i32 = 1120;
const LEGEND: i32 = 290;
/// Letters of a name that a legend has room for.
const NAME: usize = 34;
const PANEL: i32 = 360;
const LINE: i32 = 19;
/// Losses below this are drawn as this: a logarithm has no 0.
const LEAST_LOSS: f64 = 1e-4;

/// All learning curves in one plot: accuracy and loss of training, and of validation where there is any. None without
/// curves.
pub(super) fn curves_plot(comparison: &Comparison, texts: &Texts) -> Result<Option<Plot>, LearnError> {
    let rows = || comparison.rows.iter().enumerate().filter(|(_, row)| !row.curve.is_empty());
    if rows().next().is_none() {
        return Ok(None);
    }
    let validated = rows().any(|(_, row)| row.curve.iter().any(|point| point.validation.is_some()));
    let height = (if validated { 2 } else { 1 } * PANEL).max(rows().count() as i32 * LINE + 60);
    let lines = |value: &dyn Fn(&CurvePoint) -> Option<f64>| -> Vec<(Look, Vec<(f64, f64)>)> {
        let points = |row: &Row| {
            row.curve.iter().filter_map(|point| value(point).map(|y| (point.epoch as f64, y))).collect::<Vec<_>>()
        };
        rows().map(|(index, row)| (Look::of(index), points(row))).filter(|(_, line)| !line.is_empty()).collect()
    };
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH as u32, height as u32)).into_drawing_area();
        let (panels, legend) = root.split_horizontally(WIDTH - LEGEND);
        let panels = panels.split_evenly((if validated { 2 } else { 1 }, 2));
        let training_loss = lines(&|p| Some(p.training_loss.max(LEAST_LOSS)));
        accuracy_panel(&panels[0], texts.training_accuracy, &lines(&|p| Some(p.training_accuracy)), texts)?;
        loss_panel(&panels[1], texts.training_loss, &training_loss, texts)?;
        if let [_, _, accuracy, loss] = panels.as_slice() {
            let validation_loss = lines(&|p| p.validation.map(|(loss, _)| loss.max(LEAST_LOSS)));
            let validation_accuracy = lines(&|p| p.validation.map(|(_, accuracy)| accuracy));
            accuracy_panel(accuracy, texts.validation_accuracy, &validation_accuracy, texts)?;
            loss_panel(loss, texts.validation_loss, &validation_loss, texts)?;
        }
        for (place, (index, row)) in rows().enumerate() {
            let y = 44 + place as i32 * LINE;
            let line = PathElement::new([(4, y), (36, y)], Look::of(index).colour.stroke_width(3));
            legend.draw(&line).map_err(LearnError::report)?;
            write(&legend, &name(row), (44, y), text(12.0), HPos::Left)?;
        }
        root.present().map_err(LearnError::report)?;
    }
    // plotters cannot dash a line as a whole; every network's colour is its own, so its lines are found by it
    for (index, _) in rows() {
        let look = Look::of(index);
        let stroke = format!("stroke=\"{}\"", look.hex());
        svg = svg.replace(&stroke, &format!("{stroke} stroke-dasharray=\"{}\"", look.dash));
    }
    Ok(Some(Plot { name: "learning-curves", title: texts.curves.to_owned(), svg }))
}

fn accuracy_panel(
    area: &Area,
    title: &str,
    lines: &[(Look, Vec<(f64, f64)>)],
    texts: &Texts,
) -> Result<(), LearnError> {
    panel(area, title, lines, 0.0..1.0, texts, &|y| format!("{y:.1}"))
}

fn loss_panel(area: &Area, title: &str, lines: &[(Look, Vec<(f64, f64)>)], texts: &Texts) -> Result<(), LearnError> {
    let values = || lines.iter().flat_map(|(_, line)| line.iter().map(|(_, y)| *y)).filter(|y| y.is_finite());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(LEAST_LOSS, f64::max));
    let range = (low.min(high) / 1.2)..(high * 1.2);
    panel(area, title, lines, range.log_scale(), texts, &|y| short(*y))
}

fn panel<Y>(
    area: &Area,
    title: &str,
    lines: &[(Look, Vec<(f64, f64)>)],
    range: Y,
    texts: &Texts,
    label: &dyn Fn(&f64) -> String,
) -> Result<(), LearnError>
where
    Y: AsRangedCoord<Value = f64>,
    Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let last = lines.iter().flat_map(|(_, line)| line.iter().map(|(x, _)| *x)).fold(2.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, text(15.0))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(44)
        .build_cartesian_2d(1.0..last, range)
        .map_err(LearnError::report)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(text(12.0))
        .axis_desc_style(text(12.5))
        .x_desc(texts.epoch)
        .x_labels(7)
        .y_labels(6)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(label)
        .draw()
        .map_err(LearnError::report)?;
    // the best are drawn last, above the others
    for (look, line) in lines.iter().rev() {
        let style = look.colour.stroke_width(2);
        if let [(x, y)] = line.as_slice() {
            chart.draw_series([Circle::new((*x, *y), 3, look.colour.filled())]).map_err(LearnError::report)?;
        } else {
            chart.draw_series(LineSeries::new(line.iter().copied(), style)).map_err(LearnError::report)?;
        }
    }
    Ok(())
}

/// Rows with scores, and their place in the table.
fn scored(comparison: &Comparison) -> Vec<(usize, &Row, &Scores)> {
    let rows = comparison.rows.iter().enumerate();
    rows.filter_map(|(index, row)| row.scores.as_ref().map(|scores| (index, row, scores))).collect()
}

/// Accuracy with its interval and the single folds, one line a network. None without scores.
pub(super) fn accuracy_plot(comparison: &Comparison, texts: &Texts) -> Result<Option<Plot>, LearnError> {
    const ROW: i32 = 28;
    let rows = scored(comparison);
    if rows.is_empty() {
        return Ok(None);
    }
    let folds = |scores: &Scores| scores.fold_accuracies.iter().copied().fold(1.0, f64::min);
    let lowest = rows.iter().map(|(_, _, s)| s.interval.low.min(folds(s))).fold(1.0, f64::min);
    let low = ((lowest - 0.02) * 10.0).floor().clamp(0.0, 9.0) / 10.0;
    let names: Vec<String> = rows.iter().map(|(_, row, _)| name(row)).collect();
    let left = names.iter().map(|name| text_width(name, 13.0)).max().unwrap_or(0) + 20;
    let (top, right) = (12, WIDTH - 190);
    let bottom = top + rows.len() as i32 * ROW;
    let at = |value: f64| left + ((value - low) / (1.0 - low) * f64::from(right - left)).round() as i32;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH as u32, (bottom + 52) as u32)).into_drawing_area();
        for tenth in (low * 10.0).round() as i32..=10 {
            let x = at(f64::from(tenth) / 10.0);
            root.draw(&PathElement::new([(x, top), (x, bottom)], GRID.stroke_width(1))).map_err(LearnError::report)?;
            write(&root, &format!("{} %", tenth * 10), (x, bottom + 14), text(12.0), HPos::Center)?;
        }
        write(&root, texts.accuracy, ((left + right) / 2, bottom + 38), text(13.0), HPos::Center)?;
        for (place, ((index, _, scores), name)) in rows.iter().zip(&names).enumerate() {
            let (y, colour) = (top + place as i32 * ROW + ROW / 2, Look::of(*index).colour);
            write(&root, name, (left - 10, y), text(13.0), HPos::Right)?;
            let (from, to) = (at(scores.interval.low), at(scores.interval.high));
            let whisker =
                [vec![(from, y - 5), (from, y + 5)], vec![(from, y), (to, y)], vec![(to, y - 5), (to, y + 5)]];
            for line in whisker {
                root.draw(&PathElement::new(line, colour.stroke_width(2))).map_err(LearnError::report)?;
            }
            for fold in &scores.fold_accuracies {
                root.draw(&Circle::new((at(*fold), y), 3, colour.mix(0.4).filled())).map_err(LearnError::report)?;
            }
            root.draw(&Circle::new((at(scores.accuracy), y), 6, colour.filled())).map_err(LearnError::report)?;
            let (low, high) = (scores.interval.low * 100.0, scores.interval.high * 100.0);
            let words = format!("{:.1} %  ({low:.1}–{high:.1})", scores.accuracy * 100.0);
            write(&root, &words, (right + 22, y), text(13.0), HPos::Left)?;
        }
        root.present().map_err(LearnError::report)?;
    }
    Ok(Some(Plot { name: "accuracy", title: texts.accuracies.to_owned(), svg }))
}

/// Accuracy against the time of one training. None without scores.
pub(super) fn time_plot(comparison: &Comparison, texts: &Texts) -> Result<Option<Plot>, LearnError> {
    let rows = scored(comparison);
    if rows.is_empty() {
        return Ok(None);
    }
    let seconds = |scores: &Scores| scores.train_seconds.max(1e-3);
    let shortest = rows.iter().map(|(_, _, s)| seconds(s)).fold(f64::INFINITY, f64::min);
    let longest = rows.iter().map(|(_, _, s)| seconds(s)).fold(0.0, f64::max);
    let lowest = rows.iter().map(|(_, _, s)| s.accuracy).fold(1.0, f64::min);
    let accuracies: Range<f64> = (((lowest - 0.02) * 10.0).floor() / 10.0).clamp(0.0, 0.9)..1.0;
    let height = PANEL.max(rows.len() as i32 * LINE + 60);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH as u32, height as u32)).into_drawing_area();
        let (area, legend) = root.split_horizontally(WIDTH - LEGEND);
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(56)
            .build_cartesian_2d((shortest / 2.0..longest * 2.0).log_scale(), accuracies)
            .map_err(LearnError::report)?;
        chart
            .configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .label_style(text(12.0))
            .axis_desc_style(text(13.0))
            .x_desc(texts.time_axis)
            .y_labels(6)
            .x_label_formatter(&|x| short(*x))
            .y_label_formatter(&|y| format!("{:.0} %", y * 100.0))
            .draw()
            .map_err(LearnError::report)?;
        for (index, _, scores) in rows.iter().rev() {
            let at = chart.backend_coord(&(seconds(scores), scores.accuracy));
            mark(&root, at, Look::of(*index))?;
        }
        for (place, (index, row, _)) in rows.iter().enumerate() {
            let y = 24 + place as i32 * LINE;
            mark(&legend, (20, y), Look::of(*index))?;
            write(&legend, &name(row), (44, y), text(12.0), HPos::Left)?;
        }
        root.present().map_err(LearnError::report)?;
    }
    Ok(Some(Plot { name: "time", title: texts.time.to_owned(), svg }))
}

fn name(row: &Row) -> String {
    let name = &row.contestant.name;
    if name.chars().count() <= NAME { name.clone() } else { name.chars().take(NAME - 1).chain(['…']).collect() }
}

/// A circle, a triangle or a square.
fn mark(area: &Area, (x, y): (i32, i32), look: Look) -> Result<(), LearnError> {
    let style = look.colour.filled();
    match look.mark % 3 {
        0 => area.draw(&Circle::new((x, y), 6, style)),
        1 => area.draw(&Polygon::new([(x, y - 7), (x + 7, y + 5), (x - 7, y + 5)], style)),
        _ => area.draw(&Rectangle::new([(x - 5, y - 5), (x + 5, y + 5)], style)),
    }
    .map_err(LearnError::report)
}

/// A number of any size in a few characters.
fn short(value: f64) -> String {
    let digits = (1 - value.abs().max(1e-9).log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_labels_are_short() {
        assert_eq!([0.0012, 0.5, 1.0, 30.0, 12_345.6].map(short), ["0.0012", "0.5", "1", "30", "12346"]);
    }
}
