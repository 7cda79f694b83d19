//! MoveNet Thunder: 17 key points of one person, 256 px.

use image::RgbImage;

use crate::PoseEstimator;
use crate::error::{Result, VisionError};
use crate::pose::{Landmark, Pose, Skeleton};
use crate::resample::{Grid, Padded, resize_padded};
use crate::runtime::{Engine, OrtEngine};
use crate::weights::{Network, path_of};

const SIDE: usize = 256;
const KEYPOINTS: usize = 17;
const OUTPUTS: [&str; 1] = ["Identity"];
/// Mean key point score under which nobody is there (the default of `@tensorflow-models/pose-detection`).
const MIN_POSE_SCORE: f32 = 0.25;
/// Key points under this score do not count for the mean (the default of `@tensorflow-models/pose-detection`).
const MIN_KEYPOINT_SCORE: f32 = 0.2;

/// MoveNet Thunder, looking at the whole picture padded to a square.
pub struct MovenetThunder {
    engine: OrtEngine,
}

impl MovenetThunder {
    /// Loads the network from the cache folder.
    ///
    /// # Errors
    /// When the runtime or the network is missing (the text says what to do) or damaged.
    pub fn open() -> Result<MovenetThunder> {
        Ok(MovenetThunder { engine: OrtEngine::open(&path_of(Network::MovenetThunder), &OUTPUTS)? })
    }

    /// The network's own 17 × (y, x, score), y and x as fractions of the padded square.
    fn raw(&mut self, picture: &RgbImage, square: &Padded) -> Result<Vec<f32>> {
        let input = resize_padded(picture, square, SIDE, Grid::CornersAligned, f32::trunc);
        let mut raw = Vec::new();
        self.engine.run(&[1, 3, SIDE, SIDE], &input, &mut |outputs| raw = outputs[0].to_vec())?;
        if raw.len() != KEYPOINTS * 3 {
            return Err(VisionError::Shape {
                network: "movenet-thunder".into(),
                output: OUTPUTS[0].into(),
                found: raw.len(),
                expected: KEYPOINTS * 3,
            });
        }
        Ok(raw)
    }
}

fn square(width: u32, height: u32) -> Padded {
    let (width, height) = (width as usize, height as usize);
    let side = width.max(height);
    Padded { left: (side - width) / 2, top: (side - height) / 2, width: side, height: side }
}

impl PoseEstimator for MovenetThunder {
    fn settings(&self) -> String {
        "movenet-thunder v1, whole picture".into()
    }

    fn estimate(&mut self, picture: &RgbImage) -> Result<Vec<Pose>> {
        let (width, height) = picture.dimensions();
        let square = square(width, height);
        let side = square.width as f32;
        // The client keeps the exact half of the difference; the pixels above are padded by its whole part.
        let (left, top) = ((side - width as f32) / 2.0, (side - height as f32) / 2.0);
        let landmarks: Vec<Landmark> = self
            .raw(picture, &square)?
            .chunks_exact(3)
            .map(|k| Landmark { x: k[1] * side - left, y: k[0] * side - top, z: 0.0, visibility: k[2], presence: k[2] })
            .collect();
        let sure: Vec<f32> = landmarks.iter().map(|l| l.visibility).filter(|s| *s > MIN_KEYPOINT_SCORE).collect();
        let score = if sure.is_empty() { 0.0 } else { sure.iter().sum::<f32>() / sure.len() as f32 };
        if score < MIN_POSE_SCORE {
            return Ok(Vec::new());
        }
        Ok(vec![Pose { skeleton: Skeleton::Coco17, width, height, score, landmarks, world: Vec::new() }])
    }
}
