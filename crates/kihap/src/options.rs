//! Words of the command line that several commands share.

use clap::{Args, ValueEnum};
use kihap_vision::estimators::EstimatorName;
use std::path::PathBuf;

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
    /// What suits the network.
    Default,
    /// Mirror only.
    Mirror,
    /// Pictures as Keras' ImageDataGenerator in the 2022 project: turned by 40°, shifted and zoomed by 0.2, sheared.
    Keras,
    /// Pictures as with keras, and other colours, and parts erased.
    Strong,
    /// Nothing.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputName {
    /// The photo as it is.
    Photo,
    /// The photo with the skeleton drawn on it.
    Overlay,
    /// The skeleton alone, drawn on black.
    Skeleton,
    /// The landmarks of one picture (networks that read landmarks).
    Landmarks,
    /// The landmarks of a clip (networks that read sequences).
    Sequence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OptimiserName {
    Sgd,
    Adam,
    Adamw,
    Rmsprop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScheduleName {
    /// The same learning rate all the time.
    Constant,
    /// Down to nothing along half a cosine.
    Cosine,
    /// A tenth after each third of the epochs.
    Step,
}

/// How a network is trained; what is not given is what suits the network.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RecipeArgs {
    /// What of a picture the network is shown.
    #[arg(long, value_enum)]
    pub(crate) input: Option<InputName>,
    /// Where skeletons come from [default: blazepose-full].
    #[arg(long)]
    pub(crate) estimator: Option<EstimatorName>,
    /// efficientnet-lite0, posenet, or the unpacked folder of a Teachable Machine image export.
    #[arg(long)]
    pub(crate) backbone: Option<String>,
    /// Factor on the number of channels (MobileNets).
    #[arg(long)]
    pub(crate) width: Option<f32>,
    /// Side of the pictures in pixels, for networks that read pictures.
    #[arg(long)]
    pub(crate) side: Option<usize>,
    /// Share of elements dropped in training.
    #[arg(long)]
    pub(crate) dropout: Option<f32>,
    /// Start from a model Kihap brings along, such as builtin:basics, and adapt it with a few samples. Where it knows all the classes, the
    /// result is the mean of what it was and what was learnt; `--members 3` makes it steadier.
    #[arg(long, value_name = "BUILTIN", conflicts_with = "weights")]
    pub(crate) from: Option<String>,
    /// Start from these weights: a Kihap model's folder, safetensors, ONNX, Keras .h5 or .keras, a Teachable Machine image export.
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// Keep weights as they start: `none`, `features` (all but the last layers), or up to the layer named
    /// [default: features with --weights].
    #[arg(long, value_name = "LAYER")]
    pub(crate) freeze: Option<String>,
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    #[arg(long)]
    pub(crate) batch_size: Option<usize>,
    #[arg(long)]
    pub(crate) learning_rate: Option<f64>,
    #[arg(long, value_enum)]
    pub(crate) optimiser: Option<OptimiserName>,
    /// Momentum of sgd and rmsprop.
    #[arg(long)]
    pub(crate) momentum: Option<f32>,
    #[arg(long, value_enum)]
    pub(crate) schedule: Option<ScheduleName>,
    /// Epochs over which the learning rate rises from nothing.
    #[arg(long)]
    pub(crate) warm_up: Option<usize>,
    #[arg(long)]
    pub(crate) weight_decay: Option<f32>,
    /// Share of the target probability spread over all classes.
    #[arg(long)]
    pub(crate) label_smoothing: Option<f32>,
    /// Epochs without a better validation loss before stopping; 0: never.
    #[arg(long)]
    pub(crate) patience: Option<usize>,
    /// Networks whose probabilities are averaged.
    #[arg(long)]
    pub(crate) members: Option<usize>,
    #[arg(long, value_enum)]
    pub(crate) augment: Option<AugmentName>,
    /// Look at trunk, head and arms only: for hand techniques, whatever the stance.
    #[arg(long)]
    pub(crate) upper_body: bool,
    /// Learn from mirrored photos too (twice the time for photo features).
    #[arg(long)]
    pub(crate) mirror_photos: bool,
    /// Count all classes' samples alike instead of weighting rare classes up.
    #[arg(long)]
    pub(crate) no_class_weights: bool,
    /// Where training runs; wgpu and cuda need a program built with that feature.
    #[arg(long, value_enum)]
    pub(crate) device: Option<DeviceArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceArg {
    Cpu,
    Wgpu,
    Cuda,
}

/// What a model of another tool does not say itself.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ForeignArgs {
    /// Models of other tools: the numbers they expect for colours: 0..1, -1..1, imagenet, 0..255 [default: what the file says, else
    /// 0..1].
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Models of other tools: stretch the whole picture to the network's size, or crop the centre [default: what the file says, else
    /// stretch].
    #[arg(long, value_enum)]
    pub(crate) fit: Option<FitName>,
    /// Models of other tools: a text with one class a line, in the network's order.
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FitName {
    Stretch,
    Crop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartName {
    Train,
    Validation,
    Test,
    /// Every sample.
    All,
}

/// The language of texts for performers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WordsArg {
    English,
    Korean,
}

impl WordsArg {
    pub(crate) fn language(self) -> kihap_coach::judge::Language {
        match self {
            Self::English => kihap_coach::judge::Language::English,
            Self::Korean => kihap_coach::judge::Language::Korean,
        }
    }
}
