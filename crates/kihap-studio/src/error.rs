//! What can go wrong, and how the page is told.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kihap_dataset::DatasetError;
use kihap_jobs::JobError;
use kihap_learn::LearnError;
use kihap_vision::VisionError;
use kihap_vision::weights::SetupError;
use serde::Serialize;
use serde_json::json;

use crate::cause::Cause;

/// The result of the studio's functions.
pub(crate) type Result<T, E = StudioError> = std::result::Result<T, E>;

/// An error as the page gets it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Told {
    /// A word that the page has a sentence for in both languages.
    code: &'static str,
    /// The English sentence of the part that failed.
    message: String,
    /// What the page says instead of the message, in both languages.
    cause: Option<Cause>,
}

/// A fault of the studio. The page gets `{"error":{"code","message","cause"}}`.
#[derive(Debug, thiserror::Error)]
pub enum StudioError {
    /// The port is taken, or the address is not this machine's.
    #[error("cannot listen on {address}: {source}; choose another port with --port")]
    Listen {
        /// The address.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The folder of projects cannot be used.
    #[error("cannot use {path} for projects: {source}; choose another with --projects")]
    Projects {
        /// The folder.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Other machines may come in only with a token.
    #[error("--host {0} lets other machines in, so it needs a --token of 16 characters or more")]
    TokenWanted(String),
    /// What was asked for is not there.
    #[error("there is no {what} named {name}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// What was asked cannot be done as it was asked.
    #[error("{0}")]
    Bad(String),
    /// What was asked cannot be done, for a cause that the page has words for.
    #[error("{sentence}")]
    Refused {
        /// Why not.
        cause: Cause,
        /// The same in English, with the mend.
        sentence: String,
    },
    /// It is there already, or busy.
    #[error("{0}")]
    Conflict(String),
    /// More than there is room for.
    #[error("{0}")]
    TooLarge(String),
    /// From the dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// From a job.
    #[error(transparent)]
    Job(#[from] JobError),
    /// From a model.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// From the networks that see.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// From set-up's record of what is installed.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// From the system.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Work on another thread broke off.
    #[error("the work broke off ({0}); try again, and report it if it happens twice")]
    BrokenOff(String),
}

impl StudioError {
    /// The word that the page has a sentence for.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            StudioError::NotFound { .. } => "not_found",
            StudioError::Refused { cause: Cause::DiskFull, .. } => "too_large",
            StudioError::Bad(_) | StudioError::Refused { .. } => "bad_request",
            StudioError::Conflict(_) => "conflict",
            StudioError::TooLarge(_) => "too_large",
            StudioError::Vision(_) => "vision",
            StudioError::Dataset(_) => "dataset",
            StudioError::Job(_) | StudioError::Learn(_) => "job",
            _ => "internal",
        }
    }

    /// What the page gets of it.
    pub(crate) fn told(&self) -> Told {
        Told { code: self.code(), message: self.to_string(), cause: Cause::of(self) }
    }

    fn status(&self) -> StatusCode {
        match self {
            StudioError::NotFound { .. } => StatusCode::NOT_FOUND,
            StudioError::Refused { cause: Cause::DiskFull, .. } => StatusCode::INSUFFICIENT_STORAGE,
            StudioError::Bad(_) | StudioError::Refused { .. } => StatusCode::BAD_REQUEST,
            StudioError::Conflict(_) => StatusCode::CONFLICT,
            StudioError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            StudioError::Dataset(_) | StudioError::Job(_) | StudioError::Learn(_) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for StudioError {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.told() }))).into_response()
    }
}
