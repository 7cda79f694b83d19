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

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;
    use crate::camera::Camera;
    use crate::kinematics::{Leg, Posture};
    use crate::measure::Facing;
    use crate::measure::testing::points_of;
    use crate::spar::{ActionFinder, FinderOptions, SparClass, SparFrame};

    /// A clip of 30 frames a second: at 2 s a kick to the trunk, at 5 s one to the head after a turn of the back.
    fn frames() -> Vec<SparFrame> {
        let camera = Camera::towards(960, 720, 800.0, Vec3::new(0.0, 1.0, 4.0), Vec3::new(0.0, 0.9, 0.0));
        let kick = |height: f32| {
            let mut posture = Posture::upright();
            posture.legs[1] = Leg::Kick { towards: Vec3::new(0.0, height, 1.0), knee_deg: 170.0, pole: Vec3::Y };
            posture
        };
        (0..210)
            .map(|i| {
                let seconds = f64::from(i) / 30.0;
                let spinning = 360.0 * ((seconds - 4.5) / 0.6).clamp(0.0, 1.0);
                let (class, posture) = match seconds {
                    s if (2.0..2.4).contains(&s) => (SparClass::Kick, kick(0.3)),
                    s if (5.0..5.5).contains(&s) => (SparClass::Kick, kick(1.5)),
                    _ => (SparClass::Other, Posture::upright()),
                };
                let away = Facing::of_heading_deg(45.0 + spinning).to_performer().transpose();
                let mut probabilities = [0.02; 6];
                probabilities[class as usize] = 0.9;
                let pose = camera.sees(&points_of(&posture).map(|point| away * point));
                SparFrame { seconds, probabilities, pose: Some(pose) }
            })
            .collect()
    }

    #[test]
    fn a_clip_becomes_a_sheet() {
        let table = PointTable::default();
        let mut finder = ActionFinder::new(FinderOptions::default(), table);
        let mut actions: Vec<_> = frames().iter().filter_map(|frame| finder.next(frame)).collect();
        actions.extend(finder.finish());
        let sheet = sheet(Some(1), actions, (0.0, 7.0), 4.0, table);
        let points: Vec<_> = sheet.actions.iter().map(|action| (action.points, action.turning)).collect();
        assert_eq!(points, [(2, false), (5, true)], "{:?}", sheet.actions);
        assert_eq!(sheet.rounds.iter().map(|round| round.points).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(sheet.points, 7);
        let json = serde_json::to_value(&sheet).unwrap();
        assert_eq!(json["actions"][1]["kind"], "kick");
        assert_eq!(json["actions"][1]["level"], "head");
        assert_eq!(json["actions"][1]["side"], "right");
    }
}
