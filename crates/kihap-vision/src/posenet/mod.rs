//! PoseNet (MobileNetV1 0.75, stride 16, 257 px), exactly as Teachable Machine's pose projects use it.

mod decode;

use image::RgbImage;

use crate::error::{Result, VisionError};
use crate::pose::{Landmark, Pose, Skeleton};
use crate::resample::{Grid, Padded, resize_padded};
use crate::runtime::{Engine, OrtEngine};
use crate::weights::{Network, path_of};
use crate::{PhotoBackbone, PoseEstimator};

use decode::{Maps, decode_multiple};

/// Side of the input in pixels.
pub const SIDE: usize = 257;
/// Side of the output grid.
pub(crate) const GRID: usize = 17;
pub(crate) const KEYPOINTS: usize = 17;
/// Length of Teachable Machine's feature vector: 17 × 17 × (17 heat maps + 34 offsets).
pub const FEATURES: usize = GRID * GRID * (KEYPOINTS + 2 * KEYPOINTS);
/// Teachable Machine decodes at most so many people.
const MAX_PEOPLE: usize = 3;

/// Names of the network's outputs: heat maps before the logistic function, offsets, displacements forward and backward, each
/// `[N, 17, 17, channels]`.
pub const OUTPUTS: [&str; 4] = [
    "MobilenetV1/heatmap_2/BiasAdd",
    "MobilenetV1/offset_2/BiasAdd",
    "MobilenetV1/displacement_fwd_2/BiasAdd",
    "MobilenetV1/displacement_bwd_2/BiasAdd",
];

/// PoseNet.
pub struct Posenet {
    engine: OrtEngine,
}

impl Posenet {
    /// Loads the network from the cache folder.
    ///
    /// # Errors
    /// When the runtime or the network is missing (the text says what to do) or damaged.
    pub fn open() -> Result<Posenet> {
        Ok(Posenet { engine: OrtEngine::open(&path_of(Network::Posenet), &OUTPUTS)? })
    }

    fn maps(&mut self, picture: &RgbImage) -> Result<Maps> {
        let input = prepare(picture);
        let mut maps = None;
        self.engine.run(&[1, 3, SIDE, SIDE], &input, &mut |outputs| {
            maps = Some(Maps {
                scores: outputs[0].iter().map(|v| 1.0 / (1.0 + (-v).exp())).collect(),
                offsets: outputs[1].to_vec(),
                forward: outputs[2].to_vec(),
                backward: outputs[3].to_vec(),
            });
        })?;
        let maps = maps.unwrap_or_default();
        let cells = GRID * GRID;
        let found = [maps.scores.len(), maps.offsets.len(), maps.forward.len(), maps.backward.len()];
        let expected = [KEYPOINTS, 2 * KEYPOINTS, 32, 32].map(|c| c * cells);
        for i in 0..4 {
            if found[i] != expected[i] {
                return Err(VisionError::Shape {
                    network: "posenet".into(),
                    output: OUTPUTS[i].into(),
                    found: found[i],
                    expected: expected[i],
                });
            }
        }
        Ok(maps)
    }

    /// Teachable Machine's feature vector of a picture: for each cell of the 17 × 17 grid, row by row, 17 heat map
    /// values after the logistic function, then 17 offsets in y and 17 in x, in pixels of the 257-px input.
    pub fn teachable_machine_features(&mut self, picture: &RgbImage) -> Result<Vec<f32>> {
        let maps = self.maps(picture)?;
        let mut features = Vec::with_capacity(FEATURES);
        for cell in 0..GRID * GRID {
            features.extend_from_slice(&maps.scores[cell * KEYPOINTS..(cell + 1) * KEYPOINTS]);
            features.extend_from_slice(&maps.offsets[cell * 2 * KEYPOINTS..(cell + 1) * 2 * KEYPOINTS]);
        }
        Ok(features)
    }
}

/// Pads to a square by black, resizes, and maps 0..=255 to −1..=1, as TensorFlow.js' PoseNet does.
fn prepare(picture: &RgbImage) -> Vec<f32> {
    let padded = Padded::same_on_both_sides(picture.width(), picture.height());
    resize_padded(picture, &padded, SIDE, Grid::Legacy, |v| v / 127.5 - 1.0)
}

impl PoseEstimator for Posenet {
    fn settings(&self) -> String {
        "posenet v1, multiple poses".into()
    }

    fn estimate(&mut self, picture: &RgbImage) -> Result<Vec<Pose>> {
        let maps = self.maps(picture)?;
        let (width, height) = picture.dimensions();
        let padded = Padded::same_on_both_sides(width, height);
        let (scale_x, scale_y) = (padded.width as f32 / SIDE as f32, padded.height as f32 / SIDE as f32);
        let poses = decode_multiple(&maps, MAX_PEOPLE).into_iter().map(|found| Pose {
            skeleton: Skeleton::Coco17,
            width,
            height,
            score: found.score,
            landmarks: found
                .keypoints
                .iter()
                .map(|k| Landmark {
                    x: k.x * scale_x - padded.left as f32,
                    y: k.y * scale_y - padded.top as f32,
                    z: 0.0,
                    visibility: k.score,
                    presence: k.score,
                })
                .collect(),
            world: Vec::new(),
        });
        Ok(poses.collect())
    }
}

impl PhotoBackbone for Posenet {
    fn settings(&self) -> String {
        "posenet v1, Teachable Machine features".into()
    }

    fn features(&self) -> usize {
        FEATURES
    }

    fn embed(&mut self, pictures: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        pictures.iter().map(|p| self.teachable_machine_features(p)).collect()
    }
}
