//! A skeleton in the performer's axes.

use glam::Vec3;
use kihap_syllabus::Side;
use kihap_vision::{Pose, Skeleton};

use super::Facing;
use crate::kinematics::at;

/// Index of a side's limb in a pair.
pub(crate) fn limb(side: Side) -> usize {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}

/// +1 for the left limb, −1 for the right: outward is this times x.
pub(super) fn outward(limb: usize) -> f32 {
    if limb == 0 { 1.0 } else { -1.0 }
}

/// BlazePose's 33 points in the performer's axes, metres about the middle of the hips.
#[derive(Debug, Clone, PartialEq)]
pub struct Body3 {
    points: [Vec3; 33],
    facing: Facing,
    floor: Option<f32>,
}

impl Body3 {
    /// Of points in metres, y up, with the direction the technique goes (in the same axes); for a body of
    /// [`crate::kinematics::Joints`] that is [`Facing::AHEAD`].
    pub fn new(points: &[Vec3; 33], facing: Facing) -> Self {
        let middle = (points[at::HIPS[0]] + points[at::HIPS[1]]) * 0.5;
        let turn = facing.to_performer();
        Self { points: points.map(|point| turn * (point - middle)), facing, floor: None }
    }

    /// The same where the floor's height is known in the axes of `points`, so that a jump can be told.
    pub fn on_floor(points: &[Vec3; 33], facing: Facing, floor: f32) -> Self {
        let middle = (points[at::HIPS[0]].y + points[at::HIPS[1]].y) * 0.5;
        Self { floor: Some(floor - middle), ..Self::new(points, facing) }
    }

    /// Of an estimator's world coordinates (y down, z away from the camera); headings are then against the camera. `None` where the
    /// pose has no 33 world coordinates.
    pub fn of_pose(pose: &Pose, facing: Facing) -> Option<Self> {
        Some(Self::new(&Self::camera_points(pose)?, facing))
    }

    /// An estimator's world coordinates with y up and z towards the camera.
    pub fn camera_points(pose: &Pose) -> Option<[Vec3; 33]> {
        if pose.skeleton != Skeleton::Blazepose33 || pose.world.len() != 33 {
            return None;
        }
        let points: [Vec3; 33] = std::array::from_fn(|i| {
            let [x, y, z] = pose.world[i];
            Vec3::new(x, -y, -z)
        });
        points.iter().all(|point| point.is_finite()).then_some(points)
    }

    /// The 33 points: x left, y up, z front.
    pub fn points(&self) -> &[Vec3; 33] {
        &self.points
    }

    /// The direction that is z here, in the axes the points came in.
    pub fn facing(&self) -> Facing {
        self.facing
    }

    /// The same body with another facing direction.
    pub fn faced(&self, facing: Facing) -> Self {
        let turn = facing.to_performer() * self.facing.to_performer().transpose();
        Self { points: self.points.map(|point| turn * point), facing, floor: self.floor }
    }

    /// The same body with one point moved; `by` is in the axes the points came in.
    pub(crate) fn moved(&self, index: usize, by: Vec3) -> Self {
        let mut moved = self.clone();
        moved.points[index] += self.facing.to_performer() * by;
        moved
    }

    /// The same body drawn out along the axis z of the points it came from.
    pub(crate) fn stretched(&self, factor: f32) -> Self {
        let axis = self.facing.to_performer() * Vec3::Z;
        Self { points: self.points.map(|point| point + axis * (point.dot(axis) * (factor - 1.0))), ..self.clone() }
    }

    pub(crate) fn at(&self, index: usize) -> Vec3 {
        self.points[index]
    }

    pub(super) fn middle(&self, pair: [usize; 2]) -> Vec3 {
        (self.points[pair[0]] + self.points[pair[1]]) * 0.5
    }

    /// Distance between two points.
    pub(super) fn span(&self, a: usize, b: usize) -> f64 {
        f64::from((self.points[a] - self.points[b]).length())
    }

    /// Middle of the hips to middle of the shoulders.
    pub fn trunk_length(&self) -> f64 {
        f64::from((self.middle(at::SHOULDERS) - self.middle(at::HIPS)).length())
    }

    /// A wrist sideways along the facing direction's left, half shoulder widths, positive on its own side; and how much a turn of the
    /// facing direction by some degrees changes it.
    pub(crate) fn lateral_by_facing(&self, side: Side, degrees: f64) -> (f64, f64) {
        let i = limb(side);
        let from_middle = self.at(at::WRISTS[i]) - self.middle(at::SHOULDERS);
        let half = (self.span(at::SHOULDERS[0], at::SHOULDERS[1]) * 0.5).max(1e-3);
        (f64::from(from_middle.x * outward(i)) / half, f64::from(from_middle.z) / half * degrees.to_radians().sin())
    }

    /// Height of a point over the middle of the hips, trunk lengths.
    pub(super) fn height(&self, point: Vec3) -> f64 {
        f64::from(point.y - self.middle(at::HIPS).y) / self.trunk_length().max(1e-6)
    }

    /// The lowest point of the feet.
    pub(super) fn lowest(&self) -> f32 {
        at::HEELS.into_iter().chain(at::TOES).map(|index| self.points[index].y).fold(f32::INFINITY, f32::min)
    }

    /// Height of the floor in these axes, where it is known.
    pub(super) fn floor(&self) -> Option<f32> {
        self.floor
    }

    /// The leg in front by the feet alone, where one clearly is: by a third of a shin.
    pub fn leading_leg(&self) -> Option<Side> {
        let ahead = self.points[at::ANKLES[0]].z - self.points[at::ANKLES[1]].z;
        let shin = self.span(at::KNEES[0], at::ANKLES[0]).max(self.span(at::KNEES[1], at::ANKLES[1])) as f32;
        (ahead.abs() > shin / 3.0).then_some(if ahead > 0.0 { Side::Left } else { Side::Right })
    }
}

/// Angle at `middle` between `a` and `b`, degrees; `None` where a side has no length.
pub(super) fn inner_angle(a: Vec3, middle: Vec3, b: Vec3) -> Option<f64> {
    between(a - middle, b - middle)
}

/// Angle between two vectors, degrees.
pub(super) fn between(a: Vec3, b: Vec3) -> Option<f64> {
    let lengths = a.length() * b.length();
    (lengths > 1e-8).then(|| f64::from(a.cross(b).length().atan2(a.dot(b))).to_degrees())
}

/// Distance of a point from the segment between two others.
pub(super) fn from_segment(point: Vec3, a: Vec3, b: Vec3) -> f64 {
    let along = b - a;
    let t = ((point - a).dot(along) / along.length_squared().max(1e-9)).clamp(0.0, 1.0);
    f64::from((point - a - along * t).length())
}

#[cfg(test)]
mod tests {
    use super::super::testing::standing_points;
    use super::*;
    use crate::camera::Camera;

    #[test]
    fn a_pose_seen_by_a_camera_is_the_body_itself() {
        let (points, _) = standing_points();
        let truth = Body3::new(&points, Facing::AHEAD);
        // A camera to the performer's left front, level, sees him turned to his right.
        for heading in [0.0_f64, 60.0, 180.0, 290.0] {
            let turn = Facing::of_heading_deg(heading).to_performer().transpose();
            let turned = points.map(|point| turn * point);
            let camera = Camera::towards(640, 480, 500.0, Vec3::new(0.0, 1.0, 4.0), Vec3::new(0.0, 1.0, 0.0));
            let body = Body3::of_pose(&camera.sees(&turned), Facing::of_heading_deg(heading)).unwrap();
            for (a, b) in body.points().iter().zip(truth.points()) {
                assert!((*a - *b).length() < 1e-4, "{heading}: {a} {b}");
            }
        }
    }

    #[test]
    fn angles_and_distances_by_hand() {
        assert!((inner_angle(Vec3::X, Vec3::ZERO, Vec3::Y).unwrap() - 90.0).abs() < 1e-4);
        assert!((inner_angle(Vec3::X, Vec3::ZERO, -Vec3::X).unwrap() - 180.0).abs() < 1e-4);
        assert_eq!(inner_angle(Vec3::X, Vec3::X, Vec3::Y), None);
        assert!((from_segment(Vec3::new(0.5, 2.0, 0.0), Vec3::ZERO, Vec3::X) - 2.0).abs() < 1e-6);
        assert!((from_segment(Vec3::new(4.0, 4.0, 0.0), Vec3::ZERO, Vec3::X) - 5.0).abs() < 1e-6);
    }

    #[test]
    fn turning_back_and_forth_changes_nothing() {
        let (points, _) = standing_points();
        let body = Body3::new(&points, Facing::of_heading_deg(30.0));
        let back = body.faced(Facing::of_heading_deg(200.0)).faced(Facing::of_heading_deg(30.0));
        for (a, b) in body.points().iter().zip(back.points()) {
            assert!((*a - *b).length() < 1e-5);
        }
    }
}
