//! Writing the report's files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    data::ReportData,
    page,
    plots::{confusion_plot, curve_plots},
    raster::Rasteriser,
};
use crate::{error::LearnError, warnings::Warning};

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportFiles {
    /// The page.
    pub html: PathBuf,
    /// SVG and PNG files of the plots.
    pub plots: Vec<PathBuf>,
    /// Letters the PNG files lack, if any.
    pub warnings: Vec<Warning>,
}

/// Writes `report.html` and `plots/*.svg` and `*.png` into `folder`, which is made if need be. Pictures with relative
/// paths are looked for from there by the browser.
///
/// # Errors
/// A disk that cannot be written, or a plot that cannot be drawn.
pub fn write_report(folder: &Path, data: &ReportData) -> Result<ReportFiles, LearnError> {
    let plots_folder = folder.join("plots");
    fs::create_dir_all(&plots_folder).map_err(LearnError::io("create", &plots_folder))?;
    let curves = curve_plots(&data.history, data.language)?;
    let confusion = confusion_plot(&data.evaluation.confusion, &data.class_titles, data.language)?;

    let rasteriser = Rasteriser::new();
    let mut files = ReportFiles { html: folder.join("report.html"), plots: Vec::new(), warnings: Vec::new() };
    let mut missing = String::new();
    for plot in curves.iter().chain([&confusion]) {
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
    let mut warnings = data.warnings.clone();
    for warning in data.evaluation.warnings.iter().chain(&files.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    replace(&files.html, page::render(data, &curves, &warnings)?.as_bytes())?;
    Ok(files)
}

/// Writes to a temporary name, then renames.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), LearnError> {
    let draft = path.with_extension("part");
    fs::write(&draft, content).map_err(LearnError::io("write", &draft))?;
    fs::rename(&draft, path).map_err(LearnError::io("rename", &draft))
}
