//! Making new data: generators of skeletons and skeleton pictures, what is good about what they make, and whether it helps.

mod benefit;
mod body;
mod bones;
mod diagnostics;
mod doubts;
mod folder;
mod form;
mod generator;
mod options;
mod originals;
mod picture;
mod training;

pub use benefit::{Benefit, BenefitRun, MeanInterval, benefit};
pub use diagnostics::{BoneDeviation, ClassDiagnostics, Diagnostics};
pub use doubts::GenerationDoubt;
pub use generator::Generator;
pub use options::{GanKind, GanOptions};
pub use picture::{contact_sheet, skeleton_picture};
pub use training::{GanRecord, train_gan};
