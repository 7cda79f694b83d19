//! Writing a model for other programs, and proving that they get the same answers.

mod backbone;
mod feed;
mod folder;
mod held_out;
mod layers;
mod node;
mod onnx;
mod run;
mod time;
mod verify;
mod web;

pub(crate) use feed::Feed;
pub use run::{ExportFormat, ExportRequest, ExportStage, ExportWatch, Exported, check, export};
pub use verify::{ChangedLabel, Verification};
