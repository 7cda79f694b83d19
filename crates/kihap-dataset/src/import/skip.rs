//! Why something was not taken in.

use kihap_vision::video::VideoError;
use serde::{Deserialize, Serialize};

use crate::error::DatasetError;
use crate::picture::PictureError;
use crate::sample::Reason;

/// Why a file, a row or a folder was not taken in. Its sentence is the command line's; as JSON it is a code, for which others have
/// words of their own, with what it says of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SkipReason {
    /// There is no such file or folder.
    #[error("there is no such file or folder; check the spelling")]
    NotThere,
    /// The system does not let it be read.
    #[error("it cannot be read: you have no right to; change its permissions (chmod -R u+rX)")]
    NoRight,
    /// The system cannot read it.
    #[error("it cannot be read: {problem}")]
    Unreadable {
        /// The system's words.
        problem: String,
    },
    /// It lies outside of what is imported.
    #[error("it lies outside of what is imported; import it with the rest")]
    Outside,
    /// A kind of picture that is not read.
    #[error("{format} pictures are not read; convert it to JPEG or PNG first")]
    OtherPicture {
        /// The kind, in capitals.
        format: String,
    },
    /// A name without an ending.
    #[error("it has no extension that tells what it is; JPEG, PNG, WebP, video and CSV are read")]
    NoExtension,
    /// No picture, video or table.
    #[error("a .{extension} file is neither a picture (JPEG, PNG, WebP) nor a video nor a CSV table")]
    OtherFile {
        /// Its ending.
        extension: String,
    },
    /// Nothing says which class it is.
    #[error("which class is it? Name it with --class, or import a folder of class folders")]
    WhichClass,
    /// A file beside class folders.
    #[error("it lies beside the class folders; put it into one, or import it by itself with --class")]
    BesideFolders,
    /// A folder with nothing in it.
    #[error("the folder is empty: it holds no pictures, videos or tables")]
    EmptyFolder,
    /// A class folder with nothing in it.
    #[error("class {class:?} is empty: its folder holds no pictures or videos")]
    EmptyClass {
        /// The class.
        class: String,
    },
    /// A name that no class can have.
    #[error("{name:?} cannot be a class: {problem}")]
    ClassName {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file without content.
    #[error("the file is empty")]
    EmptyFile,
    /// A picture only by its name.
    #[error("this is not a JPEG, PNG or WebP picture, whatever its name says")]
    NotAPicture,
    /// A picture that ends too early.
    #[error("the picture is cut short: its data end before the last row (copy it again from the camera)")]
    CutShort,
    /// A picture with too many pixels.
    #[error("the picture is too large ({width}×{height}, the limit is 120 megapixels); make it smaller first")]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A picture that cannot be decoded.
    #[error("{problem}")]
    DamagedPicture {
        /// What is wrong.
        problem: String,
    },
    /// A video, where no ffmpeg is.
    #[error(
        "videos need ffmpeg, which is not installed; install it (Debian and Ubuntu: `sudo apt install ffmpeg`, macOS: `brew \
         install ffmpeg`) or set KIHAP_FFMPEG to its path"
    )]
    NoFfmpeg,
    /// A video that cannot be read (to its end).
    #[error("{problem}")]
    Video {
        /// What is wrong, and the mend.
        problem: String,
    },
    /// A file in its class folder that changed after it was taken in.
    #[error("it was changed after it was taken in; save the changed picture under another name")]
    Changed,
    /// A sample that is set aside where it comes from.
    #[error("it is set aside there ({}); restore it there to import it", reasons.join(", "))]
    SetAside {
        /// Why.
        reasons: Vec<String>,
    },
    /// A dataset whose record cannot be read.
    #[error("its record cannot be read ({problem}); only its pictures are taken")]
    Record {
        /// What is wrong.
        problem: String,
    },
    /// A dataset without samples.
    #[error("the dataset has no samples")]
    NoSamples,
    /// A table of more than 1 GB.
    #[error("the table has more than 1 GB; divide it into several")]
    LargeTable,
    /// A table that is no UTF-8 text.
    #[error("it is not UTF-8 text; save the table again as CSV UTF-8")]
    NotUtf8,
    /// A table that cannot be read.
    #[error("the table cannot be read: {problem}")]
    Table {
        /// What is wrong.
        problem: String,
    },
    /// A table with a header alone.
    #[error("the table has a header and no rows")]
    NoRows,
    /// A table of landmarks that names no class.
    #[error("the table of landmarks has no class column; name the class with --class")]
    NoClassColumn,
    /// A table of neither files nor landmarks.
    #[error(
        "the table has neither the columns `file` and `class` (or `technique`, `label`) nor the joints of a skeleton (nose_x, \
         nose_y, …)"
    )]
    OtherTable,
    /// A table in a class folder that holds no landmarks.
    #[error("the table's columns are not the joints of a skeleton (nose_x, nose_y, …)")]
    NoJoints,
    /// A row of a table; the header is row 1.
    #[error("row {row}: {problem}")]
    Row {
        /// Its number.
        row: usize,
        /// What is wrong with it.
        problem: Box<SkipReason>,
    },
    /// A row that names no file.
    #[error("it names no file")]
    NoFile,
    /// A row without a class.
    #[error("it gives no class")]
    NoClass,
    /// A row with several classes.
    #[error("it shows several classes ({class})")]
    SeveralClasses {
        /// The classes, joined.
        class: String,
    },
    /// A word that is no part of a split.
    #[error("{split:?} is no part; write train, validation or test")]
    NoPart {
        /// The word.
        split: String,
    },
    /// A row whose file is not there.
    #[error("there is no file {file} beside the table")]
    MissingFile {
        /// The file.
        file: String,
    },
    /// A row whose file is of another kind.
    #[error("{file} is neither a picture (JPEG, PNG, WebP) nor a video")]
    NoMedium {
        /// The file.
        file: String,
    },
    /// A cell that does not hold what it should.
    #[error("{problem}")]
    Cell {
        /// What is wrong.
        problem: String,
    },
    /// A sequence of a Kinect's skeletons, or their description, that does not fit.
    #[error("{problem}")]
    Sequence {
        /// What is wrong, and the mend.
        problem: String,
    },
    /// A file that is called a zip and is none.
    #[error("it is not a zip file: {problem}")]
    NotAZip {
        /// What is wrong.
        problem: String,
    },
    /// A zip with two files of one name.
    #[error("two of its files have one name, so that it is not clear which counts; pack it again")]
    SameNames,
    /// A zip with too many files.
    #[error("it has {entries} entries, more than {most}")]
    ManyEntries {
        /// How many it has.
        entries: usize,
        /// How many are read.
        most: usize,
    },
    /// A file in a zip whose name leads out of it.
    #[error("its name leads out of the zip; such files are not taken")]
    LeadsOut,
    /// A file in a zip that is too large.
    #[error("it unpacks to more than {megabytes} MB")]
    LargeEntry {
        /// The limit.
        megabytes: u64,
    },
    /// A zip that swells.
    #[error("it unpacks to more than {times} times its size, as no zip of pictures does; the rest is left alone")]
    Swells {
        /// The limit.
        times: u64,
    },
}

impl SkipReason {
    /// A file or folder that the system does not hand out.
    pub(crate) fn unreadable(error: &std::io::Error) -> SkipReason {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => SkipReason::NoRight,
            _ => SkipReason::Unreadable { problem: error.to_string() },
        }
    }

    pub(crate) fn in_row(self, row: usize) -> SkipReason {
        SkipReason::Row { row, problem: Box::new(self) }
    }

    pub(crate) fn set_aside(reasons: &[Reason]) -> SkipReason {
        SkipReason::SetAside { reasons: reasons.iter().map(Reason::to_string).collect() }
    }
}

impl From<PictureError> for SkipReason {
    fn from(error: PictureError) -> SkipReason {
        match error {
            PictureError::Unreadable { reason, .. } => SkipReason::unreadable(&reason),
            PictureError::Empty => SkipReason::EmptyFile,
            PictureError::NotAPicture => SkipReason::NotAPicture,
            PictureError::Truncated => SkipReason::CutShort,
            PictureError::TooLarge { width, height } => SkipReason::TooManyPixels { width, height },
            error => SkipReason::DamagedPicture { problem: error.to_string() },
        }
    }
}

impl From<VideoError> for SkipReason {
    fn from(error: VideoError) -> SkipReason {
        match error {
            VideoError::NoFfmpeg { .. } => SkipReason::NoFfmpeg,
            VideoError::Unreadable { reason, .. } => SkipReason::unreadable(&reason),
            error => SkipReason::Video { problem: error.to_string() },
        }
    }
}

impl From<DatasetError> for SkipReason {
    fn from(error: DatasetError) -> SkipReason {
        match error {
            DatasetError::ClassName { name, reason } => SkipReason::ClassName { name, problem: reason.to_owned() },
            DatasetError::Picture(error) => error.into(),
            error => SkipReason::Unreadable { problem: error.to_string() },
        }
    }
}
