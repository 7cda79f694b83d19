//! One action and what the skeleton tells of it.

use kihap_syllabus::Side;
use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

use crate::kinematics::at;
use crate::measure::{Body3, Facing};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionKind {
    /// A straight fist.
    Punch,
    /// A kick.
    Kick,
    /// A block.
    Defence,
}

/// How high an action goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Below the belt: no target.
    Low,
    /// Belt to shoulders.
    Trunk,
    /// Over the shoulders.
    Head,
}

/// An action of one person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    /// What was done.
    pub kind: ActionKind,
    /// When it began, seconds.
    pub start: f64,
    /// When it was over, seconds.
    pub end: f64,
    /// When it went farthest, seconds; `None` where no skeleton was seen.
    pub peak: Option<f64>,
    /// With which hand or foot; `None` where no skeleton was seen.
    pub side: Option<Side>,
    /// How high; `None` where no skeleton was seen.
    pub level: Option<Level>,
    /// Height of the wrist or ankle at the peak, trunk lengths over the hips.
    pub height: Option<f64>,
    /// The back was turned to the opponent on the way.
    pub turning: bool,
    /// Greatest probability of its class.
    pub probability: f32,
    /// Points of a hit by the table.
    pub points: u32,
}

/// Heights of belt and shoulders, trunk lengths over the hips (`height_landmarks` of the syllabus); a foot reaches a little above its
/// ankle, so that an ankle just under the shoulders kicks the head.
const BELT: f64 = 0.15;
const SHOULDERS: f64 = 1.0;
const FOOT: f64 = 0.08;
/// How far hips and shoulders turn from where they were in guard, degrees, for the back to be turned on the way: a roundhouse turns
/// them by up to 110, a back kick by 180.
const BACK_TURNED_DEG: f64 = 140.0;
/// How long before its peak a turn begins, seconds, and how long the guard before is looked at.
const TURN_S: f64 = 1.0;
const GUARD_S: f64 = 0.6;

impl Level {
    fn of_foot(ankle_height: f64) -> Self {
        Self::of_hand(ankle_height + FOOT)
    }

    fn of_hand(height: f64) -> Self {
        if height < BELT {
            Self::Low
        } else if height < SHOULDERS {
            Self::Trunk
        } else {
            Self::Head
        }
    }
}

/// A skeleton at a time.
pub(super) type Seen<'a> = (f64, &'a Pose);

/// Height of a point over the hips in trunk lengths.
fn height(points: &[glam::Vec3; 33], index: usize) -> f64 {
    let middle = |pair: [usize; 2]| (points[pair[0]] + points[pair[1]]) * 0.5;
    let (hips, shoulders) = (middle(at::HIPS), middle(at::SHOULDERS));
    f64::from((points[index].y - hips.y) / (shoulders - hips).length().max(1e-3))
}

/// What the skeletons tell: those of the action itself, and those of up to [`TURN_S`] + [`GUARD_S`] before it.
pub(super) fn describe(action: &mut Action, during: &[Seen<'_>], before: &[Seen<'_>]) {
    let points = |seen: &[Seen<'_>]| -> Vec<(f64, [glam::Vec3; 33])> {
        seen.iter().filter_map(|(seconds, pose)| Some((*seconds, Body3::camera_points(pose)?))).collect()
    };
    let during = points(during);
    // How far each limb goes at each time; the farthest is the acting one's peak.
    let reach = |points: &[glam::Vec3; 33], limb: usize| match action.kind {
        ActionKind::Kick => height(points, at::ANKLES[limb]),
        ActionKind::Punch => f64::from((points[at::WRISTS[limb]] - points[at::SHOULDERS[limb]]).with_y(0.0).length()),
        ActionKind::Defence => height(points, at::WRISTS[limb]),
    };
    let farthest = during
        .iter()
        .flat_map(|(seconds, points)| [0, 1].map(|limb| (reach(points, limb), limb, *seconds, points)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((_, limb, peak, points_there)) = farthest else { return };
    let height = match action.kind {
        ActionKind::Kick => height(points_there, at::ANKLES[limb]),
        _ => height(points_there, at::WRISTS[limb]),
    };
    action.peak = Some(peak);
    action.side = Some(Side::BOTH[limb]);
    action.height = Some(height);
    action.level = Some(if action.kind == ActionKind::Kick { Level::of_foot(height) } else { Level::of_hand(height) });
    if action.kind == ActionKind::Kick {
        let before = points(before);
        let all: Vec<_> = before.iter().chain(&during).filter(|(seconds, _)| *seconds <= peak).collect();
        action.turning = back_turned(&all, peak);
    }
}

/// Whether hips and shoulders turn away from where they were in guard on the way to the peak.
fn back_turned(seen: &[&(f64, [glam::Vec3; 33])], peak: f64) -> bool {
    let headings: Vec<(f64, Facing)> = seen
        .iter()
        .filter_map(|(seconds, points)| {
            let front = |pair: [usize; 2]| (points[pair[0]] - points[pair[1]]).cross(glam::Vec3::Y).normalize_or_zero();
            Some((*seconds, Facing::along(front(at::HIPS) + front(at::SHOULDERS))?))
        })
        .collect();
    let Some((_, first)) = headings.first() else { return false };
    // Unwrapped, so that a turn all round is not nothing.
    let (mut turned, mut last) = (0.0, *first);
    let turns: Vec<(f64, f64)> = headings
        .iter()
        .map(|(seconds, facing)| {
            turned += facing.from(last);
            last = *facing;
            (*seconds, turned)
        })
        .collect();
    let mut guard: Vec<f64> = turns
        .iter()
        .filter(|(seconds, _)| (peak - TURN_S - GUARD_S..=peak - TURN_S * 0.6).contains(seconds))
        .map(|(_, turn)| *turn)
        .collect();
    if guard.is_empty() {
        guard.push(turns[0].1);
    }
    guard.sort_by(f64::total_cmp);
    let guard = guard[guard.len() / 2];
    // Two frames, so that one of swapped sides is no turn.
    turns.windows(2).any(|pair| pair.iter().all(|(_, turn)| (turn - guard).abs() > BACK_TURNED_DEG))
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;
    use crate::camera::Camera;
    use crate::kinematics::{Arm, Leg, Posture};
    use crate::measure::testing::points_of;

    fn seen(posture: &Posture, heading: f64) -> Pose {
        let away = Facing::of_heading_deg(heading).to_performer().transpose();
        let points = points_of(posture).map(|point| away * point);
        Camera::towards(960, 720, 800.0, Vec3::new(0.0, 1.0, 4.0), Vec3::new(0.0, 0.9, 0.0)).sees(&points)
    }

    fn kick(height: f32) -> Posture {
        let leg = Leg::Kick { towards: Vec3::new(0.0, height, 1.0), knee_deg: 170.0, pole: Vec3::Y };
        let mut posture = Posture::upright();
        posture.legs[1] = leg;
        posture
    }

    fn blank(kind: ActionKind) -> Action {
        Action {
            kind,
            start: 2.0,
            end: 2.4,
            peak: None,
            side: None,
            level: None,
            height: None,
            turning: false,
            probability: 0.9,
            points: 0,
        }
    }

    /// A kick whose body turns by `turn` degrees in the half second before it.
    fn described(height: f32, turn: f64) -> Action {
        let before: Vec<(f64, Pose)> = (0..60)
            .map(|i| {
                let seconds = f64::from(i) / 30.0;
                let turned = turn * ((seconds - 1.5) / 0.5).clamp(0.0, 1.0);
                (seconds, seen(&Posture::upright(), 45.0 + turned))
            })
            .collect();
        let during = [(2.0, seen(&kick(height), 45.0 + turn)), (2.1, seen(&kick(height - 0.3), 45.0 + turn))];
        let mut action = blank(ActionKind::Kick);
        let refer = |frames: &[(f64, Pose)]| -> Vec<(f64, Pose)> { frames.to_vec() };
        let (before, during) = (refer(&before), refer(&during));
        let before: Vec<Seen<'_>> = before.iter().map(|(seconds, pose)| (*seconds, pose)).collect();
        let during: Vec<Seen<'_>> = during.iter().map(|(seconds, pose)| (*seconds, pose)).collect();
        describe(&mut action, &during, &before);
        action
    }

    #[test]
    fn kicks_by_height_and_side() {
        let trunk = described(0.3, 0.0);
        assert_eq!((trunk.side, trunk.level, trunk.peak), (Some(Side::Right), Some(Level::Trunk), Some(2.0)));
        assert_eq!(described(1.4, 0.0).level, Some(Level::Head));
        assert_eq!(described(-1.5, 0.0).level, Some(Level::Low));
    }

    #[test]
    fn the_back_turned_is_a_turning_kick_and_a_roundhouse_is_not() {
        assert!(!described(0.5, 0.0).turning);
        assert!(!described(0.5, 100.0).turning);
        assert!(described(0.5, 190.0).turning);
        assert!(described(0.5, -340.0).turning);
    }

    #[test]
    fn a_punch_has_the_side_of_the_stretched_arm() {
        let mut posture = Posture::upright();
        posture.arms[0] = Arm { lateral: 0.2, height: 0.75, elbow_deg: 165.0, ..posture.arms[0] };
        let pose = seen(&posture, 30.0);
        let mut action = blank(ActionKind::Punch);
        describe(&mut action, &[(2.1, &pose)], &[]);
        assert_eq!((action.side, action.level), (Some(Side::Left), Some(Level::Trunk)));
        let mut unseen = blank(ActionKind::Punch);
        describe(&mut unseen, &[], &[]);
        assert_eq!((unseen.side, unseen.level, unseen.peak), (None, None, None));
    }
}
