//! The report of a comparison: one page with the table, and its plots.

mod page;
mod palette;
mod plots;
mod texts;
mod write;

pub use write::{ComparisonReport, write_comparison};
