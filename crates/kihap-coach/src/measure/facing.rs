//! Which way the performer faces: the direction the technique goes.

use glam::{Mat3, Vec3};
use kihap_syllabus::Side;

use super::body3::limb;
use crate::kinematics::at;

/// A direction on the floor: degrees clockwise seen from above, 0 along +z (towards the camera, in a camera's axes), 90 along −x,
/// which is turned to the own right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facing {
    heading_deg: f64,
}

/// What is known that helps to find the facing direction. Angles of the trunk are those of the syllabus: positive where the acting
/// (or leading) side's shoulder is forward.
#[derive(Debug, Clone, Copy, Default)]
pub struct FacingCues {
    /// The acting limb.
    pub acting: Option<Side>,
    /// The leg in front.
    pub lead: Option<Side>,
    /// How far the trunk should be turned, degrees.
    pub trunk_yaw_deg: Option<f64>,
    /// The kicking leg points the way, since hips and shoulders are turned away from it.
    pub kick_points: bool,
    /// The gaze goes another way than the technique.
    pub gaze_aside: bool,
    /// The turn of the trunk is what is to be measured, so it must not tell the direction.
    pub not_trunk: bool,
}

/// A facing direction and how far what it was read from disagrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacingEstimate {
    /// The direction.
    pub facing: Facing,
    /// Standard deviation of the direction, degrees.
    pub spread_deg: f64,
}

/// Cues that disagree by more than this are not averaged.
const AGREE_DEG: f64 = 40.0;
/// Even where all cues agree the direction is not surer than this.
const LEAST_SPREAD_DEG: f64 = 8.0;

impl Facing {
    /// Along +z: towards the camera in a camera's axes, ahead in the axes of [`crate::kinematics`].
    pub const AHEAD: Self = Self { heading_deg: 0.0 };

    /// The direction of a heading, degrees.
    pub fn of_heading_deg(heading_deg: f64) -> Self {
        Self { heading_deg: heading_deg.rem_euclid(360.0) }
    }

    /// The direction of a vector's level part; `None` where it has hardly any.
    pub fn along(way: Vec3) -> Option<Self> {
        let level = way.with_y(0.0);
        (level.length() > 1e-4).then(|| Self::of_heading_deg(f64::from((-level.x).atan2(level.z)).to_degrees()))
    }

    /// Degrees in 0..360.
    pub fn heading_deg(self) -> f64 {
        self.heading_deg
    }

    /// The unit vector of the direction.
    pub fn front(self) -> Vec3 {
        let radians = self.heading_deg.to_radians() as f32;
        Vec3::new(-radians.sin(), 0.0, radians.cos())
    }

    /// The direction turned to the own right by `degrees`.
    pub fn turned(self, degrees: f64) -> Self {
        Self::of_heading_deg(self.heading_deg + degrees)
    }

    /// From `other` to this one to the right, −180..180 degrees.
    pub fn from(self, other: Self) -> f64 {
        (self.heading_deg - other.heading_deg + 180.0).rem_euclid(360.0) - 180.0
    }

    /// Turns vectors of the outer axes into the performer's.
    pub(crate) fn to_performer(self) -> Mat3 {
        Mat3::from_rotation_y(self.heading_deg.to_radians() as f32)
    }

    /// The direction read from 33 points (y up): hips, shoulders, face, the line of the feet and the front foot, each corrected by
    /// what is expected of it; those that disagree with most others are left out. `None` where hips and shoulders lie on each other.
    pub fn estimate(points: &[Vec3; 33], cues: &FacingCues) -> Option<FacingEstimate> {
        let mut votes: Vec<(Self, f64)> = Vec::with_capacity(6);
        let mut vote = |way: Vec3, turn: f64, weight: f64| {
            if let Some(facing) = Self::along(way) {
                votes.push((facing.turned(turn), weight));
            }
        };
        let front_of = |pair: [usize; 2]| (points[pair[0]] - points[pair[1]]).cross(Vec3::Y);
        // The left shoulder forward is a turn to the right, so facing lies to the left of where the chest points.
        let turned = cues.trunk_yaw_deg.unwrap_or(0.0)
            * match cues.acting.or(cues.lead) {
                Some(Side::Left) => -1.0,
                Some(Side::Right) => 1.0,
                None => 0.0,
            };
        let (hips, shoulders) = (front_of(at::HIPS), front_of(at::SHOULDERS));
        if hips.length() < 1e-3 && shoulders.length() < 1e-3 {
            return None;
        }
        let body_weight = match (cues.not_trunk, cues.kick_points) {
            (true, _) => 0.05,
            (false, true) => 0.3,
            (false, false) => 1.0,
        };
        vote(hips, turned * 0.6, body_weight);
        vote(shoulders, turned, body_weight);
        if !cues.gaze_aside {
            vote(points[at::NOSE] - (points[7] + points[8]) * 0.5, 0.0, 1.0);
        }
        if cues.kick_points
            && let Some(kicking) = cues.acting.map(limb)
        {
            let way = (points[at::ANKLES[kicking]] - points[at::HIPS[kicking]]).with_y(0.0);
            vote(way, 0.0, 2.0);
        }
        if let Some(front) = cues.lead.map(limb).filter(|_| !cues.kick_points) {
            let line = (points[at::ANKLES[front]] - points[at::ANKLES[1 - front]]).with_y(0.0);
            let shin = (points[at::KNEES[front]] - points[at::ANKLES[front]]).length().max(1e-3);
            // The longer the stance, the less its width and the points' depth turn its line.
            vote(line, 0.0, f64::from(((line.length() / shin - 0.6) * 1.6).clamp(0.0, 2.5)));
            vote(points[at::TOES[front]] - points[at::HEELS[front]], 0.0, 1.0);
        }
        Some(agree(&votes))
    }
}

/// The mean of the votes near the one that disagrees least with all of them.
fn agree(votes: &[(Facing, f64)]) -> FacingEstimate {
    let disagreement =
        |facing: Facing| votes.iter().map(|(vote, weight)| weight * vote.from(facing).abs()).sum::<f64>();
    let middle = votes
        .iter()
        .map(|(facing, _)| *facing)
        .min_by(|a, b| disagreement(*a).total_cmp(&disagreement(*b)))
        .unwrap_or(Facing::AHEAD);
    let near = || votes.iter().filter(|(vote, _)| vote.from(middle).abs() <= AGREE_DEG);
    let weight: f64 = near().map(|(_, weight)| weight).sum::<f64>().max(1e-9);
    let offset = near().map(|(vote, weight)| weight * vote.from(middle)).sum::<f64>() / weight;
    let facing = middle.turned(offset);
    let variance = near().map(|(vote, weight)| weight * vote.from(facing).powi(2)).sum::<f64>() / weight;
    let total: f64 = votes.iter().map(|(_, weight)| weight).sum::<f64>().max(1e-9);
    // Votes left out say that the direction may be another one altogether.
    let doubt = 60.0 * (1.0 - weight / total).max(0.0);
    let count = near().count().max(1) as f64;
    let spread_deg = (variance / count.sqrt() + LEAST_SPREAD_DEG.powi(2) + doubt * doubt * 0.25).sqrt();
    FacingEstimate { facing, spread_deg }
}

#[cfg(test)]
mod tests {
    use super::super::testing::standing_points;
    use super::*;

    fn turned_points(heading: f64) -> [Vec3; 33] {
        let (points, _) = standing_points();
        let turn = Facing::of_heading_deg(heading).to_performer().transpose();
        points.map(|point| turn * point)
    }

    #[test]
    fn headings_are_clockwise_from_above() {
        assert!((Facing::of_heading_deg(90.0).front() - Vec3::NEG_X).length() < 1e-6);
        let to_right = Facing::along(Vec3::NEG_X).unwrap();
        assert!((to_right.heading_deg() - 90.0).abs() < 1e-4);
        assert!((Facing::of_heading_deg(350.0).from(Facing::of_heading_deg(10.0)) + 20.0).abs() < 1e-9);
        assert!((to_right.to_performer() * Vec3::NEG_X - Vec3::Z).length() < 1e-5);
    }

    #[test]
    fn a_standing_body_is_found_at_every_heading() {
        for heading in [0.0, 45.0, 90.0, 200.0, 315.0] {
            let found = Facing::estimate(&turned_points(heading), &FacingCues::default()).unwrap();
            assert!(found.facing.from(Facing::of_heading_deg(heading)).abs() < 3.0, "{heading}: {found:?}");
            assert!(found.spread_deg < 12.0);
        }
    }

    #[test]
    fn an_expected_turn_of_the_trunk_is_taken_off() {
        let (mut points, _) = standing_points();
        // Left shoulder and hip forward: the trunk turned to the right by 40 and 24 degrees.
        for (pair, degrees) in [(at::SHOULDERS, 40.0_f32), (at::HIPS, 24.0)] {
            let middle = (points[pair[0]] + points[pair[1]]) * 0.5;
            for index in pair {
                points[index] = middle + Mat3::from_rotation_y(-degrees.to_radians()) * (points[index] - middle);
            }
        }
        let cues = FacingCues { acting: Some(Side::Left), trunk_yaw_deg: Some(40.0), ..FacingCues::default() };
        let found = Facing::estimate(&points, &cues).unwrap();
        assert!(found.facing.from(Facing::AHEAD).abs() < 2.0, "{found:?}");
        let blind = Facing::estimate(&points, &FacingCues::default()).unwrap();
        assert!(blind.spread_deg > found.spread_deg, "{blind:?} {found:?}");
    }

    #[test]
    fn a_kick_to_the_side_points_the_way_of_its_leg() {
        let (mut points, _) = standing_points();
        points[at::ANKLES[1]] = points[at::HIPS[1]] + Vec3::new(-0.8, 0.1, 0.0);
        let cues = FacingCues { acting: Some(Side::Right), kick_points: true, ..FacingCues::default() };
        let found = Facing::estimate(&points, &cues).unwrap();
        assert!(found.facing.from(Facing::of_heading_deg(90.0)).abs() < 20.0, "{found:?}");
    }
}
