//! The landmark network: 33 joints and 2 alignment points inside a turned square.

use image::RgbImage;

use super::Seen;
use crate::error::{Result, VisionError};
use crate::pose::{Landmark, Pose, Skeleton};
use crate::runtime::Engine;
use crate::warp::{Border, Roi, sample_planes};

/// Side of the network's square input in pixels.
const SIDE: usize = 256;
/// Points the network gives: 33 joints, 2 alignment points, 4 that nobody uses.
const POINTS: usize = 39;
const JOINTS: usize = 33;
/// Numbers a point: x, y, z, visibility, presence.
const VALUES: usize = 5;
const MAP_SIDE: usize = 64;
const MIN_PRESENCE: f32 = 0.5;
/// Heat map refinement: half the kernel of 7, and the confidence from which a peak is believed.
const MAP_REACH: usize = 3;
const MIN_PEAK: f32 = 0.5;

/// Output tensors: points (195), presence of a person (1), heat maps (64 × 64 × 39), world points (117), by the names
/// of the original file. Its segmentation mask is cut off at conversion.
pub(super) const OUTPUTS: [&str; 4] = ["Identity", "Identity_1", "Identity_3", "Identity_4"];

pub(crate) struct LandmarkNet<E> {
    engine: E,
    input: Vec<f32>,
}

impl<E: Engine> LandmarkNet<E> {
    pub(crate) fn new(engine: E) -> LandmarkNet<E> {
        LandmarkNet { engine, input: Vec::new() }
    }

    /// Joints of the person in `roi`; `None` where the network sees nobody there.
    pub(crate) fn look(&mut self, picture: &RgbImage, roi: &Roi) -> Result<Option<Seen>> {
        if !(roi.size.is_finite() && roi.size >= 1.0) {
            return Ok(None);
        }
        sample_planes(picture, roi, SIDE, (0.0, 1.0), Border::Replicate, &mut self.input);
        let mut seen = Ok(None);
        self.engine.run(&[1, 3, SIDE, SIDE], &self.input, &mut |outputs| {
            seen = read(outputs, picture.dimensions(), roi);
        })?;
        seen
    }
}

fn read(outputs: &[&[f32]], (width, height): (u32, u32), roi: &Roi) -> Result<Option<Seen>> {
    let lengths = [POINTS * VALUES, 1, POINTS * MAP_SIDE * MAP_SIDE, POINTS * 3];
    for ((output, expected), name) in outputs.iter().zip(lengths).zip(OUTPUTS) {
        if output.len() != expected {
            let network = "blazepose landmarks".to_owned();
            return Err(VisionError::Shape { network, output: name.into(), found: output.len(), expected });
        }
    }
    let [points, presence, maps, world] = outputs else { return Ok(None) };
    let score = presence[0];
    if score.is_nan() || score < MIN_PRESENCE {
        return Ok(None);
    }
    let (sin, cos) = roi.rotation.sin_cos();
    let project = |k: usize| {
        let point = &points[k * VALUES..(k + 1) * VALUES];
        let at = (point[0] / SIDE as f32, point[1] / SIDE as f32);
        let (x, y) = refine(at, k, maps);
        let (x, y) = ((x - 0.5) * roi.size, (y - 0.5) * roi.size);
        Landmark {
            x: roi.x + cos * x - sin * y,
            y: roi.y + sin * x + cos * y,
            z: point[2] / SIDE as f32 * roi.size,
            visibility: sigmoid(point[3]),
            presence: sigmoid(point[4]),
        }
    };
    let alignment = [JOINTS, JOINTS + 1].map(|k| {
        let point = project(k);
        (point.x, point.y)
    });
    let pose = Pose {
        skeleton: Skeleton::Blazepose33,
        width,
        height,
        score,
        landmarks: (0..JOINTS).map(project).collect(),
        world: world
            .chunks_exact(3)
            .take(JOINTS)
            .map(|p| [cos * p[0] - sin * p[1], sin * p[0] + cos * p[1], p[2]])
            .collect(),
    };
    let finite = pose.landmarks.iter().all(|l| l.x.is_finite() && l.y.is_finite());
    Ok(finite.then_some(Seen { pose, alignment }))
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Moves point `k` (0..1) to the centre of mass of its heat map around it, where the map is sure enough.
/// MediaPipe: `RefineLandmarksFromHeatmapCalculator`.
fn refine((x, y): (f32, f32), k: usize, maps: &[f32]) -> (f32, f32) {
    let (column, row) = ((x * MAP_SIDE as f32) as isize, (y * MAP_SIDE as f32) as isize);
    let inside = 0..MAP_SIDE as isize;
    if !inside.contains(&column) || !inside.contains(&row) {
        return (x, y);
    }
    let (column, row) = (column as usize, row as usize);
    let around = |at: usize| at.saturating_sub(MAP_REACH)..(at + MAP_REACH + 1).min(MAP_SIDE);
    let (mut sum, mut peak, mut sum_x, mut sum_y) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
    for r in around(row) {
        for c in around(column) {
            let confidence = sigmoid(maps[(r * MAP_SIDE + c) * POINTS + k]);
            sum += confidence;
            peak = peak.max(confidence);
            sum_x += c as f32 * confidence;
            sum_y += r as f32 * confidence;
        }
    }
    if peak < MIN_PEAK || sum <= 0.0 {
        return (x, y);
    }
    (sum_x / MAP_SIDE as f32 / sum, sum_y / MAP_SIDE as f32 / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_peak_pulls_the_point_and_a_faint_one_does_not() {
        let mut maps = vec![-20.0; MAP_SIDE * MAP_SIDE * POINTS];
        let peak = (11 * MAP_SIDE + 12) * POINTS + 7;
        maps[peak] = 5.0;
        let (x, y) = refine((10.2 / 64.0, 10.2 / 64.0), 7, &maps);
        assert!((x - 12.0 / 64.0).abs() < 1e-4 && (y - 11.0 / 64.0).abs() < 1e-4);
        maps[peak] = -1.0;
        assert_eq!(refine((10.2 / 64.0, 10.2 / 64.0), 7, &maps), (10.2 / 64.0, 10.2 / 64.0));
        assert_eq!(refine((1.5, 0.1), 7, &maps), (1.5, 0.1));
    }

    struct Fake {
        presence: f32,
    }

    impl Engine for Fake {
        fn run(&mut self, _: &[usize], _: &[f32], read: &mut dyn FnMut(&[&[f32]])) -> Result<()> {
            let mut points = vec![0.0; POINTS * VALUES];
            for point in points.chunks_exact_mut(VALUES) {
                point.copy_from_slice(&[128.0, 0.0, 25.6, 100.0, -100.0]);
            }
            let world: Vec<f32> = (0..POINTS).flat_map(|_| [0.0, -1.0, 0.5]).collect();
            read(&[&points, &[self.presence], &vec![-20.0; POINTS * MAP_SIDE * MAP_SIDE], &world]);
            Ok(())
        }
    }

    #[test]
    fn points_are_turned_back_into_the_picture() {
        let roi = Roi { x: 50.0, y: 60.0, size: 20.0, rotation: std::f32::consts::FRAC_PI_2 };
        let mut net = LandmarkNet::new(Fake { presence: 0.9 });
        let seen = net.look(&RgbImage::new(100, 100), &roi).unwrap().unwrap();
        let nose = seen.pose.landmarks[0];
        // The top of a square turned clockwise by a quarter looks to the right.
        assert!((nose.x - 60.0).abs() < 1e-4 && (nose.y - 60.0).abs() < 1e-4, "{nose:?}");
        assert!((nose.z - 2.0).abs() < 1e-5);
        assert_eq!((nose.visibility, nose.presence), (1.0, 0.0));
        assert!((seen.pose.world[0][0] - 1.0).abs() < 1e-6);
        assert_eq!(seen.pose.landmarks.len(), 33);
    }

    #[test]
    fn an_unsure_network_gives_nobody() {
        let roi = Roi { x: 5.0, y: 5.0, size: 10.0, rotation: 0.0 };
        let mut net = LandmarkNet::new(Fake { presence: 0.4 });
        assert_eq!(net.look(&RgbImage::new(10, 10), &roi).unwrap(), None);
    }
}
