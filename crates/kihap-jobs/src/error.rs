//! What can go wrong in a job.

use std::path::PathBuf;

/// Why a job ended without a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// From the dataset.
    #[error(transparent)]
    Dataset(#[from] kihap_dataset::DatasetError),
    /// From learning.
    #[error(transparent)]
    Learn(#[from] kihap_learn::LearnError),
    /// From pictures, video or networks.
    #[error(transparent)]
    Vision(#[from] kihap_vision::VisionError),
    /// A model of another tool that cannot be run.
    #[error("{0}")]
    Foreign(kihap_export::foreign::ForeignError),
    /// None of a dataset's classes is one of the model's.
    #[error(
        "the model knows none of the dataset's classes ({classes}); it knows {known}. Rename classes in kihap.toml, or give the \
         model's with --labels FILE"
    )]
    NoCommonClass {
        /// The dataset's classes.
        classes: String,
        /// The model's classes.
        known: String,
    },
    /// Options that only models of other tools have.
    #[error("--range, --fit and --labels are for models of other tools; a Kihap model knows these itself")]
    OwnModelOptions,
    /// The choice of classes, persons and views leaves nothing.
    #[error(
        "no samples are left after choosing {chosen}; `kihap import` adds some, `kihap restore` brings back those set aside"
    )]
    NoSamples {
        /// What was asked for.
        chosen: String,
    },
    /// A picture, video or file of landmarks cannot be used.
    #[error("{}: {reason}", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no built-in model of that name.
    #[error("there is no built-in model called '{name}'; there are {known}")]
    NoSuchBuiltin {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// There is no form (or section) of that name.
    #[error("there is no form '{name}'; there are {known}, and sections of them such as taegeuk-1:2")]
    NoSuchForm {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// A class was asked for that the course does not tell apart.
    #[error("the course does not know '{name}'; it knows {known}")]
    NotInCourse {
        /// The id asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// Classes were chosen where there is no choice.
    #[error(
        "a form or a single motion has its own classes; leave --classes out, or choose --course basics, poomsae, stances or sparring"
    )]
    ClassesOfForm,
    /// A form cannot be followed.
    #[error(transparent)]
    Track(#[from] kihap_coach::track::TrackError),
    /// The syllabus that Kihap brings along is damaged.
    #[error(transparent)]
    Syllabus(#[from] kihap_syllabus::SyllabusError),
    /// A recipe asks a network for what it cannot do.
    #[error("'{model}': {reason}")]
    Recipe {
        /// The network.
        model: String,
        /// What it cannot do.
        reason: String,
    },
    /// One class cannot be told from nothing.
    #[error(
        "there is only one class with samples ({class}); a model needs at least two to tell apart, `kihap import` adds another"
    )]
    OneClass {
        /// The class.
        class: String,
    },
    /// A class chosen by name does not exist.
    #[error("the dataset has no class '{class}'; it has {known}")]
    NoSuchClass {
        /// The class asked for.
        class: String,
        /// The dataset's classes.
        known: String,
    },
    /// A person to be held back as the test is in no sample.
    #[error("'{person}' is to be held back as the test, but is in no sample; the dataset has {known}")]
    NoSuchPerson {
        /// The person asked for.
        person: String,
        /// The persons of the samples.
        known: String,
    },
    /// Samples lack what the network reads, or none could be read.
    #[error("none of the {count} samples can be used ({first}: {reason}); import others, or train another network")]
    NothingUsable {
        /// Samples chosen.
        count: usize,
        /// The first that cannot be used.
        first: String,
        /// Why.
        reason: String,
    },
    /// Shares that leave nothing to learn from.
    #[error(
        "--validation {validation} and --test {test} must be shares from 0 to 1 that leave something to learn from"
    )]
    Shares {
        /// Share for validation.
        validation: f64,
        /// Share for the test.
        test: f64,
    },
    /// One fold is no cross-validation.
    #[error("--folds is {folds}, but cross-validation needs at least 2")]
    Folds {
        /// What was asked for.
        folds: usize,
    },
    /// A class whose samples all lie in one fold.
    #[error(
        "the class '{class}' has too few independent samples for {folds} folds: all of them (same person, session or near-duplicates) fall into one; import more, or leave it out with --classes"
    )]
    ClassInOneFold {
        /// The class.
        class: String,
        /// Folds.
        folds: usize,
    },
    /// The dataset has classes that the model does not know.
    #[error("the model does not know the class '{class}'; it knows {known}. Choose with --classes")]
    UnknownClass {
        /// The dataset's class.
        class: String,
        /// The model's classes.
        known: String,
    },
    /// None of the samples belongs to the part asked for.
    #[error(
        "no sample of the dataset is in the part '{part}' of this model's split; use --split all to take every sample"
    )]
    NoPart {
        /// The part.
        part: String,
    },
    /// A model's features come from something this program does not have.
    #[error("the model needs features of '{wanted}', but this version of Kihap gives '{found}'; train it again")]
    OtherFeatures {
        /// What the model was trained with.
        wanted: String,
        /// What there is.
        found: String,
    },
    /// A backbone file is not a Teachable Machine image export.
    #[error("{path} is not a backbone: {reason}")]
    Backbone {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file cannot be written or read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The system does not let a file be written or read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The web page needs onnxruntime-web, which is not there and could not be got.
    #[error("the page needs {package}: {reason}; install Node with npm, or put the package into node_modules")]
    NoPageRuntime {
        /// The package and its version.
        package: String,
        /// Why it could not be got.
        reason: String,
    },
    /// From writing for others.
    #[error(transparent)]
    Export(#[from] kihap_export::ExportError),
    /// There are no samples to verify an export on.
    #[error(
        "there is nothing to verify the export on: the dataset '{dataset}' the model was trained on is not at hand; name it with --dataset"
    )]
    NoVerifyDataset {
        /// The dataset's recorded name.
        dataset: String,
    },
    /// An exported file could not be run.
    #[error("the export was not written, for it could not be run to verify it: {reason}")]
    NotVerified {
        /// Why.
        reason: String,
    },
    /// An exported file answers something else than Kihap.
    #[error(
        "the export was not written: run by {runtime}, it gives {changed} of {samples} samples another label ({sample}: {export} instead of {kihap}; largest difference of a probability {difference:.4}); please report this with the model's model.toml"
    )]
    ExportDiffers {
        /// Samples with another label.
        changed: usize,
        /// Samples compared.
        samples: usize,
        /// The first of them.
        sample: String,
        /// What Kihap says.
        kihap: String,
        /// What the file says.
        export: String,
        /// What ran the file.
        runtime: String,
        /// Largest difference of a probability.
        difference: f64,
    },
    /// From comparing.
    #[error(transparent)]
    Compare(#[from] kihap_learn::compare::CompareError),
    /// A comparison's folder holds runs of a network with other options.
    #[error("{} says that '{name}' was trained with other options; choose another --out, or delete that file and its runs", path.display())]
    OtherRecipe {
        /// The network.
        name: String,
        /// Its recipe of before.
        path: PathBuf,
    },
    /// The user stopped a comparison.
    #[error("stopped; finished trainings are kept, the same command goes on from there")]
    StoppedComparing,
    /// The user stopped it.
    #[error("stopped; features made so far are kept, the same command goes on from there")]
    Stopped,
    /// The user stopped it while predicting, which keeps nothing.
    #[error(
        "stopped before all sources were looked at, so nothing is printed; name fewer at once to see results sooner"
    )]
    StoppedPredicting,
    /// A clip was given to a model that reads single pictures.
    #[error("this model reads single pictures, not clips; give it one frame at a time")]
    NoClips,
}

impl JobError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> JobError {
        let path = path.into();
        move |source| JobError::Io { path, source }
    }
}

/// Shorthand for this crate's results.
pub(crate) type Result<T> = std::result::Result<T, JobError>;
