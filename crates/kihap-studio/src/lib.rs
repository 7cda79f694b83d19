//! The studio: Kihap in the browser, for people who don't program.
//!
//! One process, one port, on this machine only. It holds no rules of its own: what it is asked goes to `kihap-jobs`,
//! `kihap-dataset` and `kihap-coach`, and what they answer goes to the page in `web/`, which lies in the binary.

mod api;
mod assets;
mod cause;
#[cfg(test)]
mod codes;
mod curation;
mod error;
mod exporting;
mod files;
mod guard;
mod history;
mod live;
mod projects;
mod server;
mod state;
mod training;
mod uploads;
mod work;

pub use error::StudioError;
pub use server::{Options, Server};
