//! One posture held against the bands of its technique: verdicts with how sure they are, faults, and what was not judged and why.
//!
//! A value out of its band is a fault only where it is out by more than its doubt; what is hidden, out of the picture, seen along its
//! length or not to be told in one frame gets no verdict at all.

mod common_faults;
mod error;
mod exchanged;
mod faults;
mod judgement;
mod language;
mod names;
mod sight;
mod stance_shown;
#[cfg(test)]
mod tests;
mod uncertainty;
mod verdict;
mod view;
mod withheld;

pub use error::JudgeError;
pub use judgement::{Judge, Request, judge};
pub use language::Language;
pub use names::{measure_name, point_name, quantity_name, unit_name};
pub use sight::end_frame;
pub use uncertainty::{Doubt, Skeletons};
pub use verdict::{BoundVerdict, Fault, Verdict, Verdicts};
pub(crate) use verdict::{band_text, value_text};
pub use view::View;
pub use withheld::Withheld;
