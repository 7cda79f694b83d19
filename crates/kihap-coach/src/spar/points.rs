//! What a hit is worth.

use kihap_syllabus::{Points, PointsOfYear};
use serde::{Deserialize, Serialize};

use super::action::{Action, ActionKind, Level};

/// Points of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointTable {
    /// A punch to the trunk.
    pub trunk_punch: u32,
    /// A kick to the trunk.
    pub trunk_kick: u32,
    /// A kick to the head.
    pub head_kick: u32,
    /// A turning kick to the trunk.
    pub trunk_turning: u32,
    /// A turning kick to the head.
    pub head_turning: u32,
}

impl Default for PointTable {
    /// World Taekwondo's values since June 2018.
    fn default() -> Self {
        Self { trunk_punch: 1, trunk_kick: 2, head_kick: 3, trunk_turning: 4, head_turning: 5 }
    }
}

impl PointTable {
    /// The syllabus's table; what it leaves out brings nothing.
    pub fn of(points: &Points) -> Self {
        let value = |technique: &str, target: &str| {
            let hit = points.valid.iter().find(|hit| hit.technique == technique && hit.target == target);
            hit.map_or(0, |hit| hit.points)
        };
        Self {
            trunk_punch: value("punch", "trunk"),
            trunk_kick: value("kick", "trunk"),
            head_kick: value("kick", "head"),
            trunk_turning: value("turning kick", "trunk"),
            head_turning: value("turning kick", "head"),
        }
    }

    /// The rules in force in a year, from the syllabus's history; `None` before the first that it knows.
    pub fn of_year(points: &Points, year: u32) -> Option<Self> {
        let rules = points.history.iter().filter(|rules| rules.year <= year).max_by_key(|rules| rules.year)?;
        let PointsOfYear { trunk_punch, trunk_kick, trunk_turning, head_kick, head_turning, .. } = *rules;
        // Rules that do not name a turning kick to the head give it what they give a kick there.
        let head_turning = head_turning.unwrap_or(head_kick);
        Some(Self { trunk_punch, trunk_kick, head_kick, trunk_turning, head_turning })
    }

    /// The same without more for turning, as was proposed in 2025.
    pub fn without_turning(self) -> Self {
        Self { trunk_turning: self.trunk_kick, head_turning: self.head_kick, ..self }
    }

    /// Points of an action if it hits: nothing for blocks, for punches to the head, for what goes below the belt, and where no skeleton
    /// told how high it went.
    pub fn points_of(&self, action: &Action) -> u32 {
        match (action.kind, action.level, action.turning) {
            (ActionKind::Punch, Some(Level::Trunk), _) => self.trunk_punch,
            (ActionKind::Kick, Some(Level::Trunk), false) => self.trunk_kick,
            (ActionKind::Kick, Some(Level::Trunk), true) => self.trunk_turning,
            (ActionKind::Kick, Some(Level::Head), false) => self.head_kick,
            (ActionKind::Kick, Some(Level::Head), true) => self.head_turning,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use kihap_syllabus::Syllabus;

    use super::*;

    #[test]
    fn the_syllabus_s_table_and_its_history() {
        let syllabus = Syllabus::embedded().unwrap();
        let points = &syllabus.sparring().points;
        assert_eq!(PointTable::of(points), PointTable::default());
        assert_eq!(PointTable::of_year(points, 2024), Some(PointTable::default()));
        assert_eq!(PointTable::of_year(points, 2017).unwrap().trunk_turning, 3);
        assert_eq!(PointTable::of_year(points, 2012).unwrap().head_turning, 3);
        assert_eq!(PointTable::of_year(points, 1999), None);
        assert_eq!(PointTable::default().without_turning().head_turning, 3);
    }

    #[test]
    fn what_hits_bring() {
        let action = |kind, level, turning| Action {
            kind,
            start: 0.0,
            end: 0.3,
            peak: Some(0.2),
            side: None,
            level,
            height: None,
            turning,
            probability: 0.9,
            points: 0,
        };
        let points = |kind, level, turning| PointTable::default().points_of(&action(kind, level, turning));
        use ActionKind::{Defence, Kick, Punch};
        assert_eq!(points(Punch, Some(Level::Trunk), false), 1);
        assert_eq!(points(Punch, Some(Level::Head), false), 0);
        assert_eq!(points(Kick, Some(Level::Trunk), false), 2);
        assert_eq!(points(Kick, Some(Level::Head), false), 3);
        assert_eq!(points(Kick, Some(Level::Trunk), true), 4);
        assert_eq!(points(Kick, Some(Level::Head), true), 5);
        assert_eq!(points(Kick, Some(Level::Low), true), 0);
        assert_eq!(points(Kick, None, false), 0);
        assert_eq!(points(Defence, Some(Level::Head), false), 0);
    }
}
