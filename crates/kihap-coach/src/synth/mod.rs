//! Synthetic skeletons of a course's classes: bodies that show the syllabus, seen by cameras all around, as an estimator sees
//! them.

mod classes;
mod everyday;
mod still;

pub use classes::{SynthClass, SynthCourse, What};
pub use still::{Still, StillMaker};
