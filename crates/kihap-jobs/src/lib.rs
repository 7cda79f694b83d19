//! What a user asks for, from a dataset to a number: gather features, train, evaluate, predict, report.
//!
//! The command line and the studio both call these; neither holds rules of its own.

mod augment;
pub mod builtin;
mod classifier;
mod compare;
mod drawn_film;
mod error;
mod evaluate;
mod evaluate_foreign;
mod export;
mod files;
mod finished;
mod foreign;
mod frames;
mod gather;
pub mod live;
mod mirror;
mod needs;
mod outlook;
mod pictures;
mod pose_record;
mod predict;
mod predictions;
mod prepare;
mod recipe;
mod report;
mod sources;
mod spar;
mod split_file;
mod split_korean;
mod synth;
mod track;
mod train;

pub use augment::{AugmentRequest, Augmented, augment};
pub use classifier::Classifier;
pub use compare::{CompareRequest, Compared, ComparisonProgress, Division, compare};
pub use drawn_film::{as_drawn, drawn_film};
pub use error::JobError;
pub use evaluate::{EvaluateRequest, Evaluated, SessionScores, evaluate};
pub use evaluate_foreign::{evaluate_foreign, matching_label};
pub use export::{
    ChangedLabel, ExportFormat, ExportRequest, ExportStage, ExportWatch, Exported, Verification, check, export,
};
pub use files::{SourceFile, SourceProblem, files_of};
pub use foreign::ForeignModel;
pub use frames::{SeenFrame, read_landmarks, see};
pub use gather::{Gathered, Selection, Stage, Watch, gather};
pub use mirror::learn_classes;
pub use outlook::{Outlook, outlook};
pub use predict::{PredictedFrame, Predictor};
pub use predictions::{Judged, predictions_of};
pub use recipe::{Freeze, Recipe};
pub use report::{LookedOver, Report, Reported, write};
pub use sources::{Backbone, Eyes};
pub use spar::{SparRequest, spar};
pub use synth::{SynthRequest, film_json, film_video, perform, synthesise};
pub use track::{Follower, PostureFault, Tracked, joined, track, track_as_in_2022};
pub use train::{TrainRequest, Trained, train};
