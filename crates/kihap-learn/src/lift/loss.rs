//! How far lifted joints are off.

use burn::tensor::{Device, Int, Tensor, TensorData};
use kihap_vision::features::angle;

/// Joints with an angle, and the two points it lies between: elbows, shoulders, hips, knees.
pub(super) const BENDS: [[usize; 3]; 8] =
    [[11, 13, 15], [12, 14, 16], [13, 11, 23], [14, 12, 24], [11, 23, 25], [12, 24, 26], [23, 25, 27], [24, 26, 28]];
/// Weight of the angles beside the places. With places alone, the mean of all that a joint's place may be straightens what is bent and bends
/// what is straight.
const OF_ANGLES: f32 = 0.5;
/// Keeps square roots differentiable.
const LEAST: f32 = 1e-8;

/// Mean distance of the joints, in trunk lengths, and half the mean way between the true and the lifted angles on the unit circle
/// (about radians), of batches of 33 points.
pub(super) struct Loss {
    ends: [Tensor<1, Int>; 3],
}

impl Loss {
    pub(super) fn new(device: &Device) -> Self {
        let end = |which: usize| {
            let indices: Vec<i64> = BENDS.iter().map(|bend| bend[which] as i64).collect();
            Tensor::from_data(TensorData::new(indices, [BENDS.len()]), device)
        };
        Self { ends: [end(0), end(1), end(2)] }
    }

    pub(super) fn of(&self, lifted: Tensor<3>, truth: Tensor<3>) -> Tensor<1> {
        let off = length(lifted.clone() - truth.clone()).mean();
        let [turned, straight] = [lifted, truth].map(|points| self.angles(points));
        let apart = |which: usize| (turned[which].clone() - straight[which].clone()).powi_scalar(2);
        off + (apart(0) + apart(1) + LEAST).sqrt().mean().mul_scalar(OF_ANGLES)
    }

    /// Cosine and sine of each angle.
    fn angles(&self, points: Tensor<3>) -> [Tensor<3>; 2] {
        let [a, middle, b] = self.ends.clone().map(|indices| points.clone().select(1, indices));
        let [u, v] = [a - middle.clone(), b - middle];
        let lengths = length(u.clone()) * length(v.clone()) + LEAST;
        let cosine = (u.clone() * v.clone()).sum_dim(2) / lengths.clone();
        [cosine, length(cross(u, v)) / lengths]
    }
}

fn length(vectors: Tensor<3>) -> Tensor<3> {
    (vectors.powi_scalar(2).sum_dim(2) + LEAST).sqrt()
}

fn cross(u: Tensor<3>, v: Tensor<3>) -> Tensor<3> {
    let axis = |vectors: &Tensor<3>, index: usize| vectors.clone().narrow(2, index, 1);
    let part = |i: usize, j: usize| axis(&u, i) * axis(&v, j) - axis(&u, j) * axis(&v, i);
    Tensor::cat(vec![part(1, 2), part(2, 0), part(0, 1)], 2)
}

/// The angles of 33 points, degrees.
pub(super) fn angles_deg(points: &[f32]) -> [f32; BENDS.len()] {
    let point = |index: usize| -> [f32; 3] { std::array::from_fn(|axis| points[index * 3 + axis]) };
    BENDS.map(|[a, middle, b]| angle(point(a), point(middle), point(b)) * 180.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lifted: &[f32], truth: &[f32]) -> f32 {
        let device = Device::flex();
        let tensor = |numbers: &[f32]| Tensor::<3>::from_data(TensorData::new(numbers.to_vec(), [1, 33, 3]), &device);
        let loss = Loss::new(&device).of(tensor(lifted), tensor(truth));
        crate::engine::numbers(loss, "a test").unwrap()[0]
    }

    #[test]
    fn a_moved_wrist_costs_its_way_and_its_turn() {
        // All points apart, so that every angle has two sides.
        let truth: Vec<f32> = (0..99).map(|i| ((i * 37) % 100) as f32 / 25.0).collect();
        assert!(of(&truth, &truth) < 1e-3);
        let mut lifted = truth.clone();
        lifted[15 * 3] += 0.5;
        let turned = (angles_deg(&lifted)[0] - angles_deg(&truth)[0]).abs().to_radians();
        // The elbow's angle alone hangs on the wrist; the way on the circle is the chord.
        let expected = 0.5 / 33.0 + 0.5 * 2.0 * (turned / 2.0).sin() / 8.0;
        assert!((of(&lifted, &truth) - expected).abs() < 1e-3, "{} {expected}", of(&lifted, &truth));
    }

    #[test]
    fn angles_by_hand() {
        let mut points = vec![0.0; 99];
        let mut put = |index: usize, at: [f32; 3]| points[index * 3..index * 3 + 3].copy_from_slice(&at);
        put(11, [0.0, 1.0, 0.0]);
        put(15, [1.0, 0.0, 0.0]);
        assert!((angles_deg(&points)[0] - 90.0).abs() < 1e-3);
    }
}
