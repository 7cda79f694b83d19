//! What can go wrong with a dataset as a whole. Trouble with single pictures is reported, not returned as an error.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::sample::SampleId;

/// An error that stops an operation on a dataset; its sentence names the file and the mend.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder has no `kihap.toml`.
    #[error("{0} is no dataset: it holds no kihap.toml; make one with `kihap new {0}`")]
    NotADataset(PathBuf),
    /// A dataset is already there.
    #[error("{0} is already a dataset; choose another folder or import into it")]
    AlreadyADataset(PathBuf),
    /// `kihap.toml` cannot be understood.
    #[error("{path}: {reason}")]
    Manifest {
        /// The manifest file.
        path: PathBuf,
        /// What is wrong with it, and the mend.
        reason: String,
    },
    /// The dataset was written by a newer Kihap.
    #[error("{path} has format {found}, this Kihap knows up to {known}; update Kihap")]
    Newer {
        /// The file with the version.
        path: PathBuf,
        /// The version found.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A class name that cannot be a folder name.
    #[error("{name:?} cannot be a class: {reason}")]
    ClassName {
        /// The refused name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A class that the dataset does not have.
    #[error("the dataset has no class {name:?}; it has: {known}")]
    UnknownClass {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A sample that the dataset does not have.
    #[error("the dataset has no sample number {0}")]
    UnknownSample(SampleId),
    /// The record of samples could not be read or written.
    #[error("{path}: {source}; is the disk full, or does another program hold the file?")]
    Database {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A stored value does not have the form this program writes.
    #[error("{path}: {what}; the file was changed by another program, restore it from a copy")]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// Which value.
        what: String,
    },
    /// A file of splits that cannot be used.
    #[error("{path}: {reason}")]
    Splits {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and the mend.
        reason: String,
    },
    /// A picture that cannot be taken in.
    #[error(transparent)]
    Picture(#[from] crate::picture::PictureError),
    /// The estimator or the backbone failed.
    #[error(transparent)]
    Vision(#[from] kihap_vision::VisionError),
}

impl DatasetError {
    /// What kind of trouble of the system is behind it, if any: of SQLite's answers those that the user can do something about.
    pub fn system_kind(&self) -> Option<ErrorKind> {
        use rusqlite::ErrorCode as Code;
        match self {
            DatasetError::Io { source, .. } => Some(source.kind()),
            DatasetError::Database { source, .. } => match source.sqlite_error_code()? {
                Code::DiskFull => Some(ErrorKind::StorageFull),
                Code::ReadOnly | Code::PermissionDenied | Code::CannotOpen => Some(ErrorKind::PermissionDenied),
                Code::DatabaseCorrupt | Code::NotADatabase => Some(ErrorKind::InvalidData),
                Code::DatabaseBusy | Code::DatabaseLocked => Some(ErrorKind::ResourceBusy),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> DatasetError {
        let path = path.as_ref().to_path_buf();
        move |source| DatasetError::Io { action, path, source }
    }

    pub(crate) fn database(path: impl AsRef<Path>) -> impl FnOnce(rusqlite::Error) -> DatasetError {
        let path = path.as_ref().to_path_buf();
        move |source| DatasetError::Database { path, source }
    }
}

/// Result of operations on a dataset.
pub type Result<T> = std::result::Result<T, DatasetError>;
