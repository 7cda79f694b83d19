//! Writing the report of a comparison.

use std::{fs, path::Path};

use super::{
    page,
    plots::{accuracy_plot, curves_plot, time_plot},
    texts::Texts,
};
use crate::{
    compare::Comparison,
    error::LearnError,
    report::{ReportFiles, ReportTable, raster::Rasteriser, write::replace},
    warnings::{Language, Warning},
};

/// Everything the report of a comparison shows.
#[derive(Debug, Clone)]
pub struct ComparisonReport {
    /// Its heading: the dataset's name, say.
    pub title: String,
    /// The language of headings, explanations and warnings.
    pub language: Language,
    /// The ranking.
    pub comparison: Comparison,
    /// Data, folds, options and versions, in tables.
    pub facts: Vec<ReportTable>,
    /// Warnings about data and folds; those of the comparison are added.
    pub warnings: Vec<Warning>,
}

/// Writes `report.html`, which needs no other file and no network, and `plots/*.svg` and `*.png` into `folder`, which is
/// made if need be.
///
/// # Errors
/// A disk that cannot be written, or a plot that cannot be drawn.
pub fn write_comparison(folder: &Path, report: &ComparisonReport) -> Result<ReportFiles, LearnError> {
    let plots_folder = folder.join("plots");
    fs::create_dir_all(&plots_folder).map_err(LearnError::io("create", &plots_folder))?;
    let texts = Texts::of(report.language);
    let accuracy = accuracy_plot(&report.comparison, texts)?;
    let curves = curves_plot(&report.comparison, texts)?;
    let time = time_plot(&report.comparison, texts)?;

    let rasteriser = Rasteriser::new();
    let mut files = ReportFiles { html: folder.join("report.html"), plots: Vec::new(), warnings: Vec::new() };
    let mut missing = String::new();
    for plot in [&accuracy, &curves, &time].into_iter().flatten() {
        let raster = rasteriser.render(&plot.svg)?;
        missing.extend(raster.missing.iter().filter(|letter| !missing.contains(**letter)).collect::<Vec<_>>());
        for (ending, content) in [("svg", plot.svg.as_bytes()), ("png", raster.png.as_slice())] {
            let path = plots_folder.join(format!("{}.{ending}", plot.name));
            replace(&path, content)?;
            files.plots.push(path);
        }
    }
    if !missing.is_empty() {
        files.warnings.push(Warning::FontMissing { text: missing });
    }
    let plots = page::Plots { accuracy, curves, time };
    replace(&files.html, page::render(report, &plots, &files.warnings)?.as_bytes())?;
    Ok(files)
}
