//! Poses made comparable: wherever a person stands and however large, the same posture has the same shape.

use kihap_vision::Pose;

/// The joints that carry a posture and that every skeleton has (the Kinect's its head for the nose): face and fingers say
/// little and jitter much.
const JOINTS: [&str; 13] = [
    "nose",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
];

/// Joints seen less well than this still count this much, so that no distance rests on one joint.
const LEAST_WEIGHT: f32 = 0.1;

/// A posture: joints centred on their mean and scaled to a mean squared distance of 1, with their visibility.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    points: [[f32; 2]; JOINTS.len()],
    weights: [f32; JOINTS.len()],
}

impl Shape {
    /// The shape of a pose; `None` when all joints fall on one point or a number is not finite.
    pub(super) fn of(pose: &Pose) -> Option<Shape> {
        let mut points = [[0.0; 2]; JOINTS.len()];
        let mut weights = [0.0; JOINTS.len()];
        for ((point, weight), name) in points.iter_mut().zip(&mut weights).zip(JOINTS) {
            let joint = pose.landmarks.get(pose.skeleton.index_of_nearest(name)?)?;
            *point = [joint.x, joint.y];
            *weight = joint.visibility.clamp(LEAST_WEIGHT, 1.0);
        }
        let count = JOINTS.len() as f32;
        let mean = [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f32>() / count);
        let size = points.iter().map(|p| (p[0] - mean[0]).powi(2) + (p[1] - mean[1]).powi(2)).sum::<f32>() / count;
        let scale = size.sqrt();
        if !scale.is_finite() || scale <= f32::EPSILON {
            return None;
        }
        for point in &mut points {
            *point = [(point[0] - mean[0]) / scale, (point[1] - mean[1]) / scale];
        }
        Some(Shape { points, weights })
    }

    /// The shape of the mirrored pose.
    pub(super) fn mirrored(&self) -> Shape {
        // After the nose, left and right alternate.
        let from = |i: usize| if i == 0 { 0 } else { ((i - 1) ^ 1) + 1 };
        Shape {
            points: std::array::from_fn(|i| [-self.points[from(i)][0], self.points[from(i)][1]]),
            weights: std::array::from_fn(|i| self.weights[from(i)]),
        }
    }

    /// Root of the mean squared distance between joints, those seen in both counting most. 0 for the same posture,
    /// about 1 for standing against lying.
    pub(super) fn distance(&self, other: &Shape) -> f32 {
        let (mut sum, mut total) = (0.0, 0.0);
        for i in 0..JOINTS.len() {
            let weight = self.weights[i] * other.weights[i];
            let (dx, dy) = (self.points[i][0] - other.points[i][0], self.points[i][1] - other.points[i][1]);
            sum += weight * (dx * dx + dy * dy);
            total += weight;
        }
        (sum / total).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curate::report::tests::standing;

    #[test]
    fn place_and_size_do_not_matter_and_posture_does() {
        let pose = standing(300.0, 100.0, 1.0);
        let shape = Shape::of(&pose).unwrap();
        assert!(shape.distance(&Shape::of(&standing(100.0, 50.0, 0.4)).unwrap()) < 1e-4);
        let mut raised = pose.clone();
        raised.landmarks[15].y -= 200.0;
        assert!(shape.distance(&Shape::of(&raised).unwrap()) > 0.2);
        let mut point = pose;
        point.landmarks.iter_mut().for_each(|l| (l.x, l.y) = (5.0, 5.0));
        assert!(Shape::of(&point).is_none());
    }

    #[test]
    fn mirroring_a_shape_is_mirroring_the_pose() {
        let mut pose = standing(300.0, 100.0, 1.0);
        pose.landmarks[15].y -= 150.0;
        pose.landmarks[28].x += 90.0;
        pose.landmarks[28].visibility = 0.4;
        let (shape, mirrored) = (Shape::of(&pose).unwrap(), Shape::of(&pose.mirrored()).unwrap());
        assert!(shape.mirrored().distance(&mirrored) < 1e-4);
        assert!(shape.distance(&mirrored) > 0.1);
        assert_eq!(shape.mirrored().weights, mirrored.weights);
    }
}
