//! Rounds and what was done in them.

use serde::Serialize;

use super::action::{Action, ActionKind};

/// One round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Round {
    /// From 1.
    pub number: usize,
    /// When it begins, seconds.
    pub from: f64,
    /// When it is over, seconds.
    pub to: f64,
    /// Punches that begin in it.
    pub punches: usize,
    /// Kicks that begin in it.
    pub kicks: usize,
    /// Blocks that begin in it.
    pub defences: usize,
    /// Points of its actions.
    pub points: u32,
}

/// Cuts the time from `from` to `to` into rounds of `length_s` seconds (the last may be shorter) and counts the actions by when they
/// begin; those outside count nowhere. A length of 0 or less gives one round.
pub fn rounds(actions: &[Action], from: f64, to: f64, length_s: f64) -> Vec<Round> {
    let length = if length_s > 0.0 { length_s } else { to - from };
    let count = (((to - from) / length.max(1e-9) - 1e-9).ceil().max(0.0)) as usize;
    (0..count)
        .map(|index| {
            let start = from + index as f64 * length;
            let end = (start + length).min(to);
            // An action at the very end of the clip belongs to the last round.
            let within = |action: &&Action| {
                action.start >= start && (action.start < end || index + 1 == count && action.start <= end)
            };
            let of = |kind: ActionKind| actions.iter().filter(within).filter(|action| action.kind == kind).count();
            Round {
                number: index + 1,
                from: start,
                to: end,
                punches: of(ActionKind::Punch),
                kicks: of(ActionKind::Kick),
                defences: of(ActionKind::Defence),
                points: actions.iter().filter(within).map(|action| action.points).sum(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: f64, kind: ActionKind, points: u32) -> Action {
        Action {
            kind,
            start,
            end: start + 0.3,
            peak: None,
            side: None,
            level: None,
            height: None,
            turning: false,
            probability: 1.0,
            points,
        }
    }

    #[test]
    fn actions_fall_into_their_rounds() {
        let actions = [
            at(1.0, ActionKind::Kick, 9),
            at(5.0, ActionKind::Punch, 1),
            at(34.9, ActionKind::Kick, 2),
            at(35.0, ActionKind::Kick, 3),
            at(50.0, ActionKind::Defence, 0),
        ];
        let found = rounds(&actions, 5.0, 50.0, 30.0);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].punches, found[0].kicks, found[0].points), (1, 1, 3));
        assert_eq!((found[1].from, found[1].to), (35.0, 50.0));
        assert_eq!((found[1].kicks, found[1].defences, found[1].points), (1, 1, 3));
        assert_eq!(rounds(&actions, 0.0, 60.0, 30.0).len(), 2);
        assert_eq!(rounds(&actions, 0.0, 60.0, 0.0).len(), 1);
        assert!(rounds(&actions, 5.0, 5.0, 30.0).is_empty());
    }
}
