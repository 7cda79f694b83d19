//! The result of a sparring clip.

use serde::Serialize;

use super::action::Action;
use super::points::PointTable;
use super::rounds::{Round, rounds};

/// The actions of one person, their points and rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SparSheet {
    /// Number of the person's track, from 1; `None` where one person was watched.
    pub person: Option<usize>,
    /// The actions in order of time.
    pub actions: Vec<Action>,
    /// The rounds.
    pub rounds: Vec<Round>,
    /// Sum of the points.
    pub points: u32,
    /// What a hit was taken to be worth.
    pub table: PointTable,
}

/// The sheet of a clip's actions, in rounds of `round_s` seconds from `from` to `to`.
pub fn sheet(
    person: Option<usize>,
    mut actions: Vec<Action>,
    (from, to): (f64, f64),
    round_s: f64,
    table: PointTable,
) -> SparSheet {
    actions.sort_by(|a, b| a.start.total_cmp(&b.start));
    let rounds = rounds(&actions, from, to, round_s);
    let points = rounds.iter().map(|round| round.points).sum();
    SparSheet { person, actions, rounds, points, table }
}
