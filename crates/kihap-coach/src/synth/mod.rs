//! Synthetic stills: bodies that show the syllabus, seen by cameras all around, to be looked at by a real estimator.

mod course;
mod everyday;
mod exercise;
mod lesson;
mod plan;
mod still;

pub use course::{SynthClass, SynthCourse};
pub use lesson::Lesson;
pub use plan::{Plan, Shot};
pub use still::{Shown, Still, StillMaker};
