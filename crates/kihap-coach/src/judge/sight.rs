//! A posture, or the end of a run of frames, as the judge sees it.

use kihap_syllabus::{Limb, Measure, Quantity, Side, Technique};
use kihap_vision::Pose;

use super::View;
use super::exchanged::Exchanged;
use crate::measure::{Body3, Facing, FacingEstimate, Moment, Motion};

/// One posture, or the end of a run, seen in one way.
pub(super) struct Sight<'a> {
    pub(super) pose: &'a Pose,
    pub(super) body: Body3,
    pub(super) facing: FacingEstimate,
    /// The same for the turn of the trunk, which must not tell its own zero.
    pub(super) apart: FacingEstimate,
    pub(super) acting: Option<Side>,
    pub(super) lead: Option<Side>,
    /// The stance asked for has a front and a rear leg.
    pub(super) stands_lengthwise: bool,
    pub(super) exchanged: Exchanged,
    pub(super) run: &'a [Moment],
}

/// Hips and shoulders of BlazePose's world coordinates are turned by 9 to 11 degrees (standard deviation) seen from the front, by 12 to
/// 22 from the side and by 12 to 28 from behind (`degrade/errors.toml`).
pub(super) fn less_sure_from_aside(estimate: FacingEstimate) -> FacingEstimate {
    let more: f64 = match View::of(estimate.facing) {
        View::Front => 5.0,
        View::Oblique => 9.0,
        View::Side | View::Back => 14.0,
        View::BackOblique => 18.0,
    };
    FacingEstimate { spread_deg: estimate.spread_deg.hypot(more), ..estimate }
}

/// Whether a kick turns the hips away from where it goes.
pub(super) fn turns_the_hips(kick: &Technique) -> bool {
    let has = |key: &str| kick.geometry.bounds(key).is_some();
    has("act_hip_abduction_deg")
        || has("body_turn_deg")
        || ["side_kick", "roundhouse"].iter().any(|w| kick.id.contains(w))
}

/// The frame that shows the end: the last, of kicks the one in which the kicking foot is highest.
pub fn end_frame<'p>(frames: &[(f64, &'p Pose)], kicking: Option<Side>) -> Option<(f64, &'p Pose)> {
    let Some(side) = kicking else { return frames.last().copied() };
    let height = |pose: &Pose| {
        let points = Body3::camera_points(pose)?;
        let body = Body3::new(&points, Facing::AHEAD);
        Motion::new(&[Moment { seconds: 0.0, body }]).peak(side).ok().map(|(_, height)| height)
    };
    frames.iter().max_by(|a, b| height(a.1).unwrap_or(f64::MIN).total_cmp(&height(b.1).unwrap_or(f64::MIN))).copied()
}

/// The frames as bodies with one facing direction over one floor: the lowest place in the picture that a foot reaches, by the scale of
/// each frame's trunk.
pub(super) fn moments(frames: &[(f64, &Pose)], facing: Facing) -> Vec<Moment> {
    use crate::kinematics::at;
    let y = |pose: &Pose, index: usize| pose.landmarks[index].y;
    let lowest = |pose: &Pose| at::HEELS.into_iter().chain(at::TOES).map(|i| y(pose, i)).fold(f32::MIN, f32::max);
    let usable = || frames.iter().filter_map(|(seconds, pose)| Some((*seconds, *pose, Body3::camera_points(pose)?)));
    let floor = usable().map(|(_, pose, _)| lowest(pose)).fold(f32::MIN, f32::max);
    usable()
        .map(|(seconds, pose, points)| {
            let middle = |pair: [usize; 2]| (y(pose, pair[0]) + y(pose, pair[1])) * 0.5;
            let body = Body3::new(&points, facing);
            let pixels = (middle(at::HIPS) - middle(at::SHOULDERS)).abs().max(1.0);
            let metre = pixels / (body.trunk_length() as f32).max(0.1);
            let hips = (points[at::HIPS[0]].y + points[at::HIPS[1]].y) * 0.5;
            let body = Body3::on_floor(&points, facing, hips - (floor - middle(at::HIPS)) / metre);
            Moment { seconds, body }
        })
        .collect()
}

/// The measure of one frame whose doubt stands for that of a measure over time; `None` where none is like it.
pub(super) fn stand_in(measure: Measure) -> Option<Measure> {
    use Quantity as Q;
    let quantity = match measure.quantity {
        Q::FirstAnkleHeight | Q::SecondAnkleHeight | Q::PeakAnkleHeight => Q::AnkleHeight,
        Q::ChamberKneeDeg => Q::KneeDeg,
        Q::HoldS | Q::KicksInAir | Q::BodyTurnDeg | Q::Airborne => return None,
        _ => return Some(measure),
    };
    // In the files these are about the kicking leg, with or without saying so.
    Some(Measure { limb: if measure.limb == Limb::Both { Limb::Acting } else { measure.limb }, quantity })
}
