//! Following one person along a video.

use image::RgbImage;

use super::detector::{Detector, MIN_SCORE};
use super::landmarks::LandmarkNet;
use super::{Seen, roi_from_alignment};
use crate::error::Result;
use crate::pose::Pose;
use crate::runtime::OrtEngine;
use crate::smooth::{OneEuro, OneEuroSettings, Smoother};
use crate::warp::Roi;

/// MediaPipe's filter for the alignment points: slow, so that the square does not jitter.
const ALIGNMENT: OneEuroSettings = OneEuroSettings { min_cutoff_hz: 0.01, beta: 10.0, derivative_cutoff_hz: 1.0 };

/// BlazePose along a video or a camera: the detector looks only when the person is lost, and joints are smoothed
/// (One Euro filter) unless switched off.
pub struct PoseTracker {
    detector: Detector<OrtEngine>,
    landmarks: LandmarkNet<OrtEngine>,
    smoothing: bool,
    smoother: Smoother,
    alignment: [OneEuro; 4],
    roi: Option<Roi>,
    detector_runs: u64,
}

impl PoseTracker {
    pub(super) fn new(detector: Detector<OrtEngine>, landmarks: LandmarkNet<OrtEngine>) -> PoseTracker {
        PoseTracker {
            detector,
            landmarks,
            smoothing: true,
            smoother: Smoother::default(),
            alignment: std::array::from_fn(|_| OneEuro::new(ALIGNMENT)),
            roi: None,
            detector_runs: 0,
        }
    }

    /// Switches smoothing on (as it is at first) or off.
    pub fn with_smoothing(mut self, smoothing: bool) -> Self {
        self.smoothing = smoothing;
        self
    }

    /// The joints in the next frame, taken `time_seconds` after the first; `None` when nobody is seen.
    /// Times must grow from call to call; a step back is treated as a new video.
    pub fn next(&mut self, picture: &RgbImage, time_seconds: f64) -> Result<Option<Pose>> {
        let roi = match self.roi.take() {
            Some(roi) => roi,
            None => {
                self.detector_runs += 1;
                let Some(found) = self.detector.detect(picture, MIN_SCORE)?.into_iter().next() else {
                    self.forget();
                    return Ok(None);
                };
                found.roi
            }
        };
        let Some(Seen { pose, alignment }) = self.landmarks.look(picture, &roi)? else {
            self.forget();
            return Ok(None);
        };
        if !self.smoothing {
            self.roi = Some(roi_from_alignment(alignment[0], alignment[1]));
            return Ok(Some(pose));
        }
        let raw = roi_from_alignment(alignment[0], alignment[1]);
        let values = [alignment[0].0, alignment[0].1, alignment[1].0, alignment[1].1];
        let scale = 1.0 / raw.size.max(1.0);
        let mut smooth = [0.0; 4];
        for ((filter, value), out) in self.alignment.iter_mut().zip(values).zip(&mut smooth) {
            *out = filter.next(value, scale, time_seconds);
        }
        self.roi = Some(roi_from_alignment((smooth[0], smooth[1]), (smooth[2], smooth[3])));
        Ok(Some(self.smoother.next(pose, raw.size, time_seconds)))
    }

    /// How often the detector has run since the beginning.
    pub fn detector_runs(&self) -> u64 {
        self.detector_runs
    }

    /// Forgets the person followed; the detector looks again at the next frame.
    pub fn forget(&mut self) {
        self.roi = None;
        self.smoother = Smoother::default();
        self.alignment = std::array::from_fn(|_| OneEuro::new(ALIGNMENT));
    }
}
