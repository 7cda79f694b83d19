//! The report: one HTML file that needs no network, and its plots as SVG and PNG.

mod comparison;
mod data;
mod page;
mod plots;
mod raster;
mod texts;
mod write;

pub use comparison::{ComparisonReport, write_comparison};
pub use data::{ReportData, ReportSample, ReportTable};
pub use plots::{Plot, confusion_plot, curve_plots};
pub use write::{ReportFiles, write_report};
