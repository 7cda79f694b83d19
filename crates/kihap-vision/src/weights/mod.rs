//! Third-party networks: which there are, where they lie, and how they get there.

mod convert;
mod install;
mod manifest;
mod pull;

use std::path::PathBuf;

pub use install::{Installed, SetupEvent, SetupOptions, State, check, setup};
pub use manifest::{Manifest, Package, Registry};

/// A pretrained network in the cache folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// BlazePose's person detector.
    BlazeposeDetector,
    /// BlazePose landmarks, lite.
    BlazeposeLite,
    /// BlazePose landmarks, full.
    BlazeposeFull,
    /// BlazePose landmarks, heavy.
    BlazeposeHeavy,
    /// PoseNet MobileNetV1 0.75, stride 16.
    Posenet,
    /// MoveNet Thunder.
    MovenetThunder,
    /// EfficientNet-Lite0, ImageNet.
    EfficientnetLite0,
}

impl Network {
    /// All of them, in the order in which they are set up.
    pub const ALL: [Network; 7] = [
        Network::BlazeposeDetector,
        Network::BlazeposeLite,
        Network::BlazeposeFull,
        Network::BlazeposeHeavy,
        Network::Posenet,
        Network::MovenetThunder,
        Network::EfficientnetLite0,
    ];

    /// Its name in commands, files and `weights.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Network::BlazeposeDetector => "blazepose-detector",
            Network::BlazeposeLite => "blazepose-lite",
            Network::BlazeposeFull => "blazepose-full",
            Network::BlazeposeHeavy => "blazepose-heavy",
            Network::Posenet => "posenet",
            Network::MovenetThunder => "movenet-thunder",
            Network::EfficientnetLite0 => "efficientnet-lite0",
        }
    }
}

/// Where networks and the runtime are kept: `KIHAP_CACHE`, else the user's cache folder (`~/.cache/kihap` on Linux,
/// `~/Library/Caches/kihap` on macOS, `%LOCALAPPDATA%\kihap` on Windows).
pub fn cache_dir() -> PathBuf {
    std::env::var_os("KIHAP_CACHE")
        .map(PathBuf::from)
        .or_else(|| dirs::cache_dir().map(|d| d.join("kihap")))
        .unwrap_or_else(|| PathBuf::from(".kihap-cache"))
}

/// The ONNX file of a network, whether it is there or not.
pub fn path_of(network: Network) -> PathBuf {
    cache_dir().join(format!("{}.onnx", network.name()))
}

/// Why set-up failed; the text says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// npm or pip is not there.
    #[error("{tool} is not installed; it is needed to get {package}. {mend}, then run `kihap setup` again")]
    NoTool {
        /// The missing program.
        tool: &'static str,
        /// The package wanted.
        package: String,
        /// How to get the program.
        mend: &'static str,
    },
    /// npm or pip ended with an error.
    #[error("{tool} could not get {package}: {reason}. Check the network connection, then run `kihap setup` again")]
    Pull {
        /// The program.
        tool: &'static str,
        /// The package wanted.
        package: String,
        /// The program's own words.
        reason: String,
    },
    /// A file is not the one that was pinned.
    #[error(
        "{file} of {package} is not the file Kihap was tested with (SHA-256 is {found}, should be {expected}); \
         nothing was installed. Run `kihap setup` again; if it stays so, report it"
    )]
    Checksum {
        /// The file inside the package.
        file: String,
        /// The package.
        package: String,
        /// What it hashes to.
        found: String,
        /// What it should hash to.
        expected: String,
    },
    /// A package does not hold a file it should.
    #[error("{package} does not hold {file}; report this, the pinned version has changed")]
    MissingFile {
        /// The file inside the package.
        file: String,
        /// The package.
        package: String,
    },
    /// The cache folder cannot be written.
    #[error("cannot write {path}: {reason}{mend}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
        /// What to do, after a semicolon, or nothing.
        mend: &'static str,
    },
    /// A network could not be converted.
    #[error("cannot convert {network} to ONNX: {reason}")]
    Convert {
        /// The network.
        network: String,
        /// The converter's words.
        reason: String,
    },
    /// `weights.toml` is wrong.
    #[error("weights.toml: {0}")]
    Manifest(String),
    /// The user stopped it.
    #[error("stopped; what was finished is kept, run `kihap setup` again to go on")]
    Stopped,
}

impl SetupError {
    pub(crate) fn write(path: impl Into<PathBuf>, reason: std::io::Error) -> SetupError {
        let mend = match reason.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                "; free some space (about 400 MB are needed while setting up), or set KIHAP_CACHE to a folder on \
                 another disk, then run `kihap setup` again"
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                "; set KIHAP_CACHE to a folder you may write to"
            }
            _ => "",
        };
        SetupError::Write { path: path.into(), reason, mend }
    }
}
