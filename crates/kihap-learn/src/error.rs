//! What can go wrong while learning, in sentences that name the mend.

use std::path::PathBuf;

/// An error of this crate; its text says what is wrong and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// A network that does not exist or does not fit.
    #[error(transparent)]
    Zoo(#[from] kihap_zoo::ZooError),
    /// ONNX Runtime is missing or refuses a network.
    #[error(transparent)]
    Vision(#[from] kihap_vision::VisionError),
    /// There is nothing to learn from.
    #[error("there are no training examples; import pictures, or check which of them the split gives to training")]
    NoExamples,
    /// A classifier needs something to tell apart.
    #[error("telling things apart needs at least two classes with training examples, but only {found} has any")]
    TooFewClasses {
        /// The only class found, in quotation marks, or "none".
        found: String,
    },
    /// A class has a name but nothing to learn it from.
    #[error("class \"{class}\" has no training examples; add pictures of it or remove the class")]
    EmptyClass {
        /// The class.
        class: String,
    },
    /// Two classes share a name.
    #[error("the class \"{class}\" is listed twice; class names have to differ")]
    DuplicateClass {
        /// The class.
        class: String,
    },
    /// A class names a mirror partner that does not fit.
    #[error("class \"{class}\" names \"{mirror}\" as its mirror image, {problem}")]
    BadMirror {
        /// The class.
        class: String,
        /// The partner it names.
        mirror: String,
        /// Why that cannot be.
        problem: &'static str,
    },
    /// A label does not belong to any class.
    #[error("example {index} has label {label}, but there are only {classes} classes (labels start at 0)")]
    BadLabel {
        /// Position of the example in the list handed in.
        index: usize,
        /// Its label.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// An example lacks the input the head reads.
    #[error("example {index} has no photo features, which the head \"{head}\" reads; compute them first")]
    MissingPhoto {
        /// Position of the example in the list handed in.
        index: usize,
        /// The head.
        head: String,
    },
    /// An example lacks what the network reads.
    #[error("example {index} has no {input}, which the network reads")]
    MissingInput {
        /// Position of the example in the list handed in.
        index: usize,
        /// What is missing.
        input: &'static str,
    },
    /// A picture that cannot be read.
    #[error("the picture of example {index} cannot be used: {problem}")]
    UnreadablePicture {
        /// Position of the example in the list handed in.
        index: usize,
        /// Why.
        problem: String,
    },
    /// A checkpoint that cannot be used.
    #[error("the checkpoint cannot be used: {problem}; leave out --resume to start again")]
    Checkpoint {
        /// Why.
        problem: String,
    },
    /// No example shows a person, so there are no landmarks at all.
    #[error(
        "nobody was found in any training picture, so \"{head}\" has no landmarks to learn from; \
         check the pictures with `kihap curate`, or train a photo head"
    )]
    NobodySeen {
        /// The head.
        head: String,
    },
    /// Feature vectors of different lengths, or a length the model was not trained on.
    #[error(
        "example {index} has {found} {what} features where {expected} are expected; \
         all features must come from the same estimator and backbone as the training data's"
    )]
    FeatureCount {
        /// Position of the example in the list handed in.
        index: usize,
        /// "photo" or "landmark".
        what: &'static str,
        /// How many it has.
        found: usize,
        /// How many are needed.
        expected: usize,
    },
    /// A feature or weight that is no number.
    #[error("example {index} has {what} that is not a finite number; its picture or landmarks are damaged")]
    NotFinite {
        /// Position of the example in the list handed in.
        index: usize,
        /// "a photo feature", "a landmark feature" or "a weight".
        what: &'static str,
    },
    /// An option outside its range.
    #[error("the option {option} is {value}, but it must be {allowed}")]
    BadOption {
        /// Name of the option as in [`crate::TrainOptions`].
        option: &'static str,
        /// The value given.
        value: String,
        /// What would be right.
        allowed: &'static str,
    },
    /// A picture augmentation outside its range.
    #[error(transparent)]
    Augmentation(#[from] kihap_vision::augment::AugmentationError),
    /// This program cannot train there.
    #[error(
        "this program was built without '{device}'; build it with `--features {device}`, or train with --device cpu"
    )]
    NoDevice {
        /// The device asked for.
        device: &'static str,
    },
    /// The loss grew beyond all bounds.
    #[error("training diverged in epoch {epoch}: the loss is not a number any more; lower the learning rate ({rate})")]
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The learning rate in use.
        rate: f64,
    },
    /// Lists that should be equally long are not.
    #[error("{what}: {found} given, {expected} expected")]
    Mismatch {
        /// Which lists.
        what: &'static str,
        /// The length found.
        found: usize,
        /// The length expected.
        expected: usize,
    },
    /// A fold of a cross-validation cannot be used.
    #[error("fold {fold} {problem}")]
    BadFold {
        /// The fold, counted from 0.
        fold: usize,
        /// Why.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// "read", "write", "create", "rename" …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder that is not a model folder, or not a sound one.
    #[error("{} is not a usable Kihap model: {problem}", path.display())]
    BadModel {
        /// The file or folder at fault.
        path: PathBuf,
        /// What is wrong with it and how to mend it.
        problem: String,
    },
    /// A folder stands where the model should go, and is not a model.
    #[error("{} exists and is not a Kihap model folder; it is not overwritten, choose another name", path.display())]
    NotOverwritten {
        /// The folder.
        path: PathBuf,
    },
    /// Burn refused to hand a tensor back.
    #[error("the tensor library failed while {doing}: {problem}")]
    Tensor {
        /// What was being done.
        doing: &'static str,
        /// Burn's own words.
        problem: String,
    },
    /// A plot or the report could not be made.
    #[error("the report could not be made: {problem}")]
    Report {
        /// What went wrong.
        problem: String,
    },
}

impl LearnError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> LearnError {
        let path = path.into();
        move |source| LearnError::Io { action, path, source }
    }

    pub(crate) fn report(problem: impl std::fmt::Display) -> LearnError {
        LearnError::Report { problem: problem.to_string() }
    }

    pub(crate) fn bad_model(path: impl Into<PathBuf>, problem: impl Into<String>) -> LearnError {
        LearnError::BadModel { path: path.into(), problem: problem.into() }
    }
}
