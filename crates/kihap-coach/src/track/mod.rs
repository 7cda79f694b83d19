//! A performance followed step by step through its form, and its score sheet.

mod account;
mod bank;
mod decoder;
mod events;
mod evidence;
mod extras;
mod holds;
mod lattice;
mod likeness;
mod motion;
mod omissions;
mod options;
mod original;
mod plan;
mod rival;
mod sheet;
mod strangers;
mod tracker;
mod words;

#[cfg(test)]
mod tests;

pub use events::{Extra, ExtraKind, TrackEvent, Withheld};
pub use motion::{Motion, MotionMeter};
pub use options::{Options, StartRule, TrackError};
pub use original::{OriginalEvent, OriginalMode, OriginalStep};
pub use sheet::{
    Deduction, EvidenceKind, Reason, Sheet, SheetStep, SheetTechnique, Started, StartedBy, StepEvidence, StepFault,
};
pub use tracker::Tracker;
pub use words::Words;

pub use crate::judge::Language;
