//! What is made of a camera's pictures, frame by frame: the same models and rules as for recordings.

mod album;
mod class;
mod examiner;
mod form;
mod model;
mod sparring;
mod told;

pub use album::{Album, Kept};
pub use class::{Both, LiveClass};
pub use examiner::{Answer, Asked, Examiner};
pub use form::{FormPractice, FormResult};
pub use model::{LiveModel, LiveSeen};
pub(crate) use sparring::SparReader;
pub use sparring::{LiveSparring, SparProgress};
pub use told::{ToldDeduction, ToldSheet, ToldStep};
