//! The person detector: anchors, decoding, non-maximum suppression, and the square around each person.

use image::RgbImage;

use super::{Found, roi_from_alignment};
use crate::error::{Result, VisionError};
use crate::runtime::Engine;
use crate::warp::{Border, Roi, sample_planes};

/// Side of the network's square input in pixels.
const SIDE: usize = 224;
/// A box is 4 numbers and 4 key points of 2.
const COORDS: usize = 12;
/// From this score on a person counts as found.
pub(super) const MIN_SCORE: f32 = 0.5;
/// From this score on it is worth asking the landmark network, when nobody was found.
pub(super) const FAINT_SCORE: f32 = 0.2;
const MIN_OVERLAP: f32 = 0.3;
/// Scores are clipped to ± this before the logistic function.
const SCORE_CLIP: f32 = 100.0;

/// Output tensors: boxes (2254 × 12) and scores (2254), by the names of the original file.
pub(super) const OUTPUTS: [&str; 2] = ["Identity", "Identity_1"];

/// A detection in the network's own square, 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Detection {
    score: f32,
    /// left, top, right, bottom
    corners: [f32; 4],
    /// hip centre, point for size and turn, shoulder centre, upper point
    points: [(f32, f32); 4],
}

pub(crate) struct Detector<E> {
    engine: E,
    anchors: Vec<(f32, f32)>,
    input: Vec<f32>,
}

impl<E: Engine> Detector<E> {
    pub(crate) fn new(engine: E) -> Detector<E> {
        Detector { engine, anchors: anchors(), input: Vec::new() }
    }

    /// What may be people in the picture with at least `min_score`, the most certain first.
    pub(crate) fn detect(&mut self, picture: &RgbImage, min_score: f32) -> Result<Vec<Found>> {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let size = width.max(height);
        let whole = Roi { x: width / 2.0, y: height / 2.0, size, rotation: 0.0 };
        sample_planes(picture, &whole, SIDE, (-1.0, 1.0), Border::Zero, &mut self.input);
        let anchors = &self.anchors;
        let mut decoded = Ok(Vec::new());
        self.engine.run(&[1, 3, SIDE, SIDE], &self.input, &mut |outputs| {
            decoded = decode(outputs[0], outputs[1], anchors, min_score);
        })?;
        let to_pixels = |(x, y): (f32, f32)| (whole.x + (x - 0.5) * size, whole.y + (y - 0.5) * size);
        Ok(suppress(decoded?)
            .into_iter()
            .map(|d| Found { score: d.score, roi: roi_from_alignment(to_pixels(d.points[0]), to_pixels(d.points[1])) })
            .collect())
    }
}

/// Centres of the anchor boxes, in the order of the network's rows. The anchors' size is fixed at 1.
fn anchors() -> Vec<(f32, f32)> {
    // Layers of the same stride share a grid; each layer gives two anchors a cell.
    [(8, 2), (16, 2), (32, 6)]
        .into_iter()
        .flat_map(|(stride, per_cell)| {
            let cells = SIDE.div_ceil(stride);
            (0..cells * cells).flat_map(move |cell| {
                let centre = |i: usize| (i as f32 + 0.5) / cells as f32;
                std::iter::repeat_n((centre(cell % cells), centre(cell / cells)), per_cell)
            })
        })
        .collect()
}

fn decode(boxes: &[f32], scores: &[f32], anchors: &[(f32, f32)], min_score: f32) -> Result<Vec<Detection>> {
    let wrong = |output: &str, found, expected| VisionError::Shape {
        network: "blazepose-detector".into(),
        output: output.into(),
        found,
        expected,
    };
    if boxes.len() != anchors.len() * COORDS {
        return Err(wrong(OUTPUTS[0], boxes.len(), anchors.len() * COORDS));
    }
    if scores.len() != anchors.len() {
        return Err(wrong(OUTPUTS[1], scores.len(), anchors.len()));
    }
    let side = SIDE as f32;
    Ok(scores
        .iter()
        .zip(boxes.chunks_exact(COORDS).zip(anchors))
        .filter_map(|(logit, (raw, anchor))| {
            let score = 1.0 / (1.0 + (-logit.clamp(-SCORE_CLIP, SCORE_CLIP)).exp());
            if score < min_score {
                return None;
            }
            let (x, y) = (raw[0] / side + anchor.0, raw[1] / side + anchor.1);
            let (half_w, half_h) = (raw[2] / side / 2.0, raw[3] / side / 2.0);
            let point = |k: usize| (raw[4 + 2 * k] / side + anchor.0, raw[5 + 2 * k] / side + anchor.1);
            Some(Detection {
                score,
                corners: [x - half_w, y - half_h, x + half_w, y + half_h],
                points: [point(0), point(1), point(2), point(3)],
            })
        })
        .collect())
}

fn overlap(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let area = |r: &[f32; 4]| (r[2] - r[0]).max(0.0) * (r[3] - r[1]).max(0.0);
    let common = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
    let shared = area(&common);
    let union = area(a) + area(b) - shared;
    if union > 0.0 { shared / union } else { 0.0 }
}

/// Weighted non-maximum suppression: a group of overlapping boxes becomes their mean weighted by score, and keeps the
/// best score.
fn suppress(mut detections: Vec<Detection>) -> Vec<Detection> {
    detections.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept = Vec::new();
    while let Some(best) = detections.first().copied() {
        let (group, rest): (Vec<Detection>, Vec<Detection>) =
            detections.iter().partition(|d| overlap(&d.corners, &best.corners) > MIN_OVERLAP);
        if group.is_empty() {
            // A box without area overlaps nothing, itself included.
            kept.push(best);
            detections.remove(0);
            continue;
        }
        let total: f32 = group.iter().map(|d| d.score).sum();
        let mean = |value: &dyn Fn(&Detection) -> f32| group.iter().map(|d| d.score * value(d)).sum::<f32>() / total;
        kept.push(Detection {
            score: best.score,
            corners: std::array::from_fn(|i| mean(&|d| d.corners[i])),
            points: std::array::from_fn(|i| (mean(&|d| d.points[i].0), mean(&|d| d.points[i].1))),
        });
        detections = rest;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_2254_anchors_in_the_published_order() {
        let all = anchors();
        assert_eq!(all.len(), 28 * 28 * 2 + 14 * 14 * 2 + 7 * 7 * 6);
        assert_eq!(all[0], (0.5 / 28.0, 0.5 / 28.0));
        assert_eq!(all[2], (1.5 / 28.0, 0.5 / 28.0));
        assert_eq!(all[28 * 28 * 2], (0.5 / 14.0, 0.5 / 14.0));
        assert_eq!(all[2253], (6.5 / 7.0, 6.5 / 7.0));
    }

    fn detection(score: f32, left: f32) -> Detection {
        Detection { score, corners: [left, 0.0, left + 0.4, 0.4], points: [(left, 0.0); 4] }
    }

    #[test]
    fn overlapping_boxes_become_their_weighted_mean() {
        let kept = suppress(vec![detection(0.6, 0.1), detection(0.9, 0.0), detection(0.7, 0.6)]);
        assert_eq!(kept.len(), 2);
        assert_eq!(kept[0].score, 0.9);
        assert!((kept[0].corners[0] - 0.6 * 0.1 / 1.5).abs() < 1e-6);
        assert_eq!(kept[1], detection(0.7, 0.6));
    }

    struct Fake;

    impl Engine for Fake {
        fn run(&mut self, shape: &[usize], input: &[f32], read: &mut dyn FnMut(&[&[f32]])) -> Result<()> {
            assert_eq!(shape.iter().product::<usize>(), input.len());
            let mut boxes = vec![0.0; 2254 * COORDS];
            let mut scores = vec![-200.0; 2254];
            // The anchor in the middle of the coarsest grid: hips there, the size point a quarter of the square above.
            let row = 28 * 28 * 2 + 14 * 14 * 2 + (3 * 7 + 3) * 6;
            scores[row] = 3.0;
            boxes[row * COORDS + 2] = 100.0;
            boxes[row * COORDS + 3] = 100.0;
            boxes[row * COORDS + 7] = -56.0;
            read(&[&boxes, &scores]);
            Ok(())
        }
    }

    #[test]
    fn detections_come_back_in_pixels_of_a_wide_picture() {
        let found = Detector::new(Fake).detect(&RgbImage::new(400, 200), MIN_SCORE).unwrap();
        assert_eq!(found.len(), 1);
        let roi = found[0].roi;
        assert!((roi.x - 200.0).abs() < 1e-3 && (roi.y - 100.0).abs() < 1e-3, "{roi:?}");
        assert!((roi.size - 2.0 * 100.0 * 1.25).abs() < 1e-2, "{roi:?}");
        assert!((found[0].score - 1.0 / (1.0 + (-3.0f32).exp())).abs() < 1e-6);
    }
}
