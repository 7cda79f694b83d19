//! Sparring: actions with their times, points and rounds; one person or two.
//!
//! Frames go in with the probabilities of the sparring classes and the skeleton; actions come out, each counted once. Whether a
//! punch or a kick hits is not seen: points are those a hit would bring. Penalties (gamjeom) are not inferred.

mod action;
mod finder;
mod people;
mod points;
mod rounds;
mod sheet;

pub use action::{Action, ActionKind, Level};
pub use finder::{ActionFinder, FinderOptions, SparClass, SparFrame};
pub use people::{PeopleTracks, TrackOptions, TrackedPose};
pub use points::PointTable;
pub use rounds::{Round, rounds};
pub use sheet::{SparSheet, sheet};
