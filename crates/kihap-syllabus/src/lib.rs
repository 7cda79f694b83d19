//! Taekwondo as data: techniques, poomsae, basic motions, sparring, scoring, and the classes a course of them gives.
//!
//! The data lie in the project's folder `syllabus/` as TOML, with their sources and doubts in `SOURCES.md`. They are built
//! into the program, and a folder of the same shape can take their place.

mod basics;
mod check;
mod course;
mod document;
mod error;
mod form;
mod measure;
mod scoring;
mod sparring;
mod syllabus;
mod technique;
mod words;

pub use basics::{Basic, Basics, HandRule, OriginalReading, Originals};
pub use course::{ClassKind, CourseClass, NOBODY, OTHER};
pub use error::SyllabusError;
pub use form::{Form, FormHead, Lead, Section, Step, StepTechnique, Travel};
pub use measure::{Limb, Measure, Quantity, Unit};
pub use scoring::{
    Accuracy, Deduction, KukkiwonTest, OriginalApp, Presentation, PresentationPart, Scoring, Stars, StartRule,
    WtPoomsae, WtResult,
};
pub use sparring::{AcceptSides, Points, PointsOfYear, Sparring, SparringClass, SparringMeta, ValidPoint};
pub use syllabus::Syllabus;
pub use technique::{Basis, Bounds, CommonFault, Geometry, Handedness, Kind, Subkind, Technique};
pub use words::{Heading, Level, Levels, Side, StepSide};
