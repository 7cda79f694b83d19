//! Frozen image networks that turn a picture into a feature vector.

use std::path::{Path, PathBuf};

use image::RgbImage;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PhotoBackbone;
use crate::error::{Result, VisionError};
use crate::fitting::{Filter, TargetSize};
use crate::picture::PictureError;
use crate::runtime::{Engine, OrtEngine};
use crate::weights::{Network, path_of};

/// How a picture becomes the square a network wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// The whole picture, stretched (Keras' `target_size`): nothing is cut off.
    Stretch,
    /// The largest centred square (Teachable Machine): feet and hands at the edges of long pictures are lost.
    CentreCrop,
}

/// What a network wants to be fed with: red, green and blue planes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preprocessing {
    /// Side of the square in pixels.
    pub side: usize,
    /// How the square is taken.
    pub fit: Fit,
    /// Subtracted from every value 0..=255 of red, green and blue.
    pub mean: [f32; 3],
    /// Divides what is left.
    pub scale: [f32; 3],
}

impl Preprocessing {
    /// EfficientNet-Lite0: (v − 127) / 128, 224 px.
    pub const EFFICIENTNET_LITE0: Preprocessing =
        Preprocessing { side: 224, fit: Fit::Stretch, mean: [127.0; 3], scale: [128.0; 3] };
    /// Teachable Machine's image projects: v / 127 − 1, centred square of 224 px.
    pub const TEACHABLE_MACHINE: Preprocessing =
        Preprocessing { side: 224, fit: Fit::CentreCrop, mean: [127.0; 3], scale: [127.0; 3] };

    /// The square in pixels, as a picture is brought to it.
    pub fn target_size(&self) -> TargetSize {
        let side = self.side as u32;
        TargetSize { width: side, height: side, fit: self.fit, filter: Filter::Bilinear }
    }

    /// Fills `out` (3 × side × side, channels first, R, G, B). Shrinking is anti-aliased (bilinear convolution).
    fn fill(&self, picture: &RgbImage, out: &mut [f32]) -> std::result::Result<(), PictureError> {
        let square = self.target_size().fit(picture)?;
        let plane = self.side * self.side;
        for (i, pixel) in square.as_raw().chunks_exact(3).enumerate() {
            for c in 0..3 {
                out[c * plane + i] = (f32::from(pixel[c]) - self.mean[c]) / self.scale[c];
            }
        }
        Ok(())
    }
}

/// One number where red, green and blue have the same.
fn channels(values: [f32; 3]) -> String {
    let [r, g, b] = values;
    if r == g && g == b { r.to_string() } else { format!("[{r}, {g}, {b}]") }
}

/// An image network up to its pooled features, run by ONNX Runtime.
pub struct OnnxBackbone {
    engine: OrtEngine,
    name: String,
    output: String,
    preprocessing: Preprocessing,
    features: usize,
    path: PathBuf,
}

impl OnnxBackbone {
    /// EfficientNet-Lite0 trained on ImageNet: 1280 features.
    ///
    /// # Errors
    /// When the runtime or the network is missing (the text says what to do) or damaged.
    pub fn efficientnet_lite0() -> Result<OnnxBackbone> {
        let path = path_of(Network::EfficientnetLite0);
        OnnxBackbone::open(&path, "efficientnet-lite0", "features", 1280, Preprocessing::EFFICIENTNET_LITE0)
    }

    /// Any network that takes N × 3 × side × side and whose `output` has `features` values a picture.
    ///
    /// # Errors
    /// When the runtime or the file is missing or damaged.
    pub fn open(
        path: &Path,
        name: &str,
        output: &str,
        features: usize,
        preprocessing: Preprocessing,
    ) -> Result<OnnxBackbone> {
        Ok(OnnxBackbone {
            engine: OrtEngine::open(path, &[output])?,
            name: name.to_owned(),
            output: output.to_owned(),
            preprocessing,
            features,
            path: path.to_owned(),
        })
    }

    /// The same network once more, working on the calling thread alone: with one a core, each making its own pictures
    /// and features, cores never wait for one another.
    ///
    /// # Errors
    /// When the file has gone or changed.
    pub fn one_thread_copy(&self) -> Result<OnnxBackbone> {
        Ok(OnnxBackbone {
            engine: OrtEngine::open_on_one_thread(&self.path, &[&self.output])?,
            name: self.name.clone(),
            output: self.output.clone(),
            path: self.path.clone(),
            ..*self
        })
    }

    /// What the network wants to be fed with.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// Features of `count` pictures that are preprocessed already: `input` is count × 3 × side × side, the result
    /// count × features.
    ///
    /// # Errors
    /// When the network refuses the input or gives something else than it should.
    pub fn embed_tensors(&mut self, input: &[f32], count: usize) -> Result<Vec<f32>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let side = self.preprocessing.side;
        let mut values = Vec::new();
        self.engine.run(&[count, 3, side, side], input, &mut |outputs| values = outputs[0].to_vec())?;
        let (found, expected) = (values.len(), count * self.features);
        if found != expected {
            let network = self.path.display().to_string();
            return Err(VisionError::Shape { network, output: self.output.clone(), found, expected });
        }
        Ok(values)
    }
}

impl PhotoBackbone for OnnxBackbone {
    fn settings(&self) -> String {
        let p = &self.preprocessing;
        format!("{} v1, {} px, {:?}, (v - {}) / {}", self.name, p.side, p.fit, channels(p.mean), channels(p.scale))
    }

    fn features(&self) -> usize {
        self.features
    }

    fn embed(&mut self, pictures: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let side = self.preprocessing.side;
        let mut input = vec![0.0; pictures.len() * 3 * side * side];
        input
            .par_chunks_mut(3 * side * side)
            .zip(pictures)
            .try_for_each(|(out, picture)| self.preprocessing.fill(picture, out))?;
        let values = self.embed_tensors(&input, pictures.len())?;
        Ok(values.chunks_exact(self.features).map(<[f32]>::to_vec).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn cropping_drops_the_sides_and_stretching_keeps_them() {
        let picture = RgbImage::from_fn(300, 100, |x, _| if x < 100 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
        let mut out = vec![0.0; 3 * 224 * 224];
        Preprocessing::EFFICIENTNET_LITE0.fill(&picture, &mut out).unwrap();
        assert_eq!(out[0], 1.0);
        assert_eq!(out[2 * 224 * 224], -127.0 / 128.0);
        Preprocessing::TEACHABLE_MACHINE.fill(&picture, &mut out).unwrap();
        assert_eq!(out[112 * 224 + 5], -1.0);
        assert!((out[2 * 224 * 224 + 5] - 128.0 / 127.0).abs() < 1e-6);
    }
}
