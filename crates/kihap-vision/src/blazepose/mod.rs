//! BlazePose (MediaPipe Pose): finds a person and 33 joints, in single pictures and along a video.
//!
//! Follows MediaPipe's graphs `pose_landmark_cpu` and `pose_detection_cpu` (version 0.10.21); every constant below
//! that is not explained is theirs.

mod detector;
mod landmarks;
mod people;
mod tracker;

use std::path::Path;

use image::{RgbImage, imageops};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::pose::Pose;
use crate::warp::Roi;
use crate::weights::{self, Network};
use crate::{PoseEstimator, runtime::OrtEngine};

pub use tracker::PoseTracker;

use detector::Detector;
use landmarks::LandmarkNet;

/// Which of BlazePose's three landmark networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Complexity {
    /// MediaPipe's `model_complexity=0`.
    Lite,
    /// MediaPipe's `model_complexity=1`, its default.
    #[default]
    Full,
    /// MediaPipe's `model_complexity=2`.
    Heavy,
}

impl Complexity {
    fn network(self) -> Network {
        match self {
            Complexity::Lite => Network::BlazeposeLite,
            Complexity::Full => Network::BlazeposeFull,
            Complexity::Heavy => Network::BlazeposeHeavy,
        }
    }
}

/// A person found in a picture, before the joints are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) score: f32,
    pub(crate) roi: Roi,
}

/// Joints of one person and where to look for them in the next frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) pose: Pose,
    /// The two alignment points (hip centre, and a point that tells size and turn), pixels.
    pub(crate) alignment: [(f32, f32); 2],
}

/// The square around a person whose hip centre is `from`: as large and turned as `from → to` tells.
/// MediaPipe: `AlignmentPointsRectsCalculator` (target angle 90°) and `RectTransformationCalculator` (scale 1.25).
pub(crate) fn roi_from_alignment(from: (f32, f32), to: (f32, f32)) -> Roi {
    use std::f32::consts::{FRAC_PI_2, PI};
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let angle = FRAC_PI_2 - (-dy).atan2(dx);
    let rotation = angle - 2.0 * PI * ((angle + PI) / (2.0 * PI)).floor();
    Roi { x: from.0, y: from.1, size: 2.0 * dx.hypot(dy) * 1.25, rotation }
}

/// BlazePose for single pictures: every picture is looked at afresh (MediaPipe's static mode).
pub struct BlazePose {
    detector: Detector<OrtEngine>,
    landmarks: LandmarkNet<OrtEngine>,
    complexity: Complexity,
    max_people: usize,
}

impl BlazePose {
    /// Loads the networks from the cache folder. `max_people` (at least 1) bounds how many of the people found get
    /// their joints; each costs one run of the landmark network.
    ///
    /// # Errors
    /// When the runtime or a network is missing (the text says what to do) or damaged.
    pub fn open(complexity: Complexity, max_people: usize) -> Result<BlazePose> {
        BlazePose::with(OrtEngine::open, complexity, max_people)
    }

    /// The same, working on the thread that calls it and on no other: somewhat slower for one picture, but nothing waits for
    /// a second core. Before a camera the browser needs that core.
    ///
    /// # Errors
    /// As [`BlazePose::open`].
    pub fn open_on_one_thread(complexity: Complexity, max_people: usize) -> Result<BlazePose> {
        BlazePose::with(OrtEngine::open_on_one_thread, complexity, max_people)
    }

    fn with(
        open: impl Fn(&Path, &[&str]) -> Result<OrtEngine>,
        complexity: Complexity,
        max_people: usize,
    ) -> Result<BlazePose> {
        let detector = open(&weights::path_of(Network::BlazeposeDetector), &detector::OUTPUTS)?;
        let landmarks = open(&weights::path_of(complexity.network()), &landmarks::OUTPUTS)?;
        Ok(BlazePose {
            detector: Detector::new(detector),
            landmarks: LandmarkNet::new(landmarks),
            complexity,
            max_people: max_people.max(1),
        })
    }

    /// Where MediaPipe gives up: the detector knows people upright and near best, so it looks again at its faint
    /// candidates, and at the picture turned by quarter turns and upside down. The landmark network has the last word:
    /// it must be as sure as ever.
    fn second_look(&mut self, picture: &RgbImage) -> Result<Option<Pose>> {
        let mut best: Option<Pose> = None;
        for quarter_turns in 0..4u8 {
            let turned;
            let view = if quarter_turns == 0 {
                picture
            } else {
                turned = turn(picture, quarter_turns);
                &turned
            };
            for found in self.detector.detect(view, detector::FAINT_SCORE)?.iter().take(2) {
                let roi = turn_roi_back(&found.roi, quarter_turns, picture.dimensions());
                if let Some(seen) = self.landmarks.look(picture, &roi)?
                    && best.as_ref().is_none_or(|b| b.score < seen.pose.score)
                {
                    best = Some(seen.pose);
                }
            }
        }
        Ok(best)
    }

    /// Goes over to following one person along a video.
    pub fn into_tracker(self) -> PoseTracker {
        PoseTracker::new(self.detector, self.landmarks)
    }
}

/// The picture turned clockwise.
fn turn(picture: &RgbImage, quarter_turns: u8) -> RgbImage {
    match quarter_turns % 4 {
        1 => imageops::rotate90(picture),
        2 => imageops::rotate180(picture),
        3 => imageops::rotate270(picture),
        _ => picture.clone(),
    }
}

/// A region of the turned picture as a region of the picture itself, whose size is `(width, height)`.
fn turn_roi_back(roi: &Roi, quarter_turns: u8, (width, height): (u32, u32)) -> Roi {
    let (w, h) = (width as f32, height as f32);
    let (x, y) = match quarter_turns % 4 {
        1 => (roi.y, h - roi.x),
        2 => (w - roi.x, h - roi.y),
        3 => (w - roi.y, roi.x),
        _ => (roi.x, roi.y),
    };
    let rotation = roi.rotation - f32::from(quarter_turns % 4) * std::f32::consts::FRAC_PI_2;
    Roi { x, y, size: roi.size, rotation }
}

impl PoseEstimator for BlazePose {
    fn settings(&self) -> String {
        let name = self.complexity.network().name();
        format!("{name} v2, single pictures, up to {} people", self.max_people)
    }

    fn estimate(&mut self, picture: &RgbImage) -> Result<Vec<Pose>> {
        // Groups of boxes are averaged, so the faint ones must not take part where somebody is found for sure.
        let sure = self.detector.detect(picture, detector::MIN_SCORE)?;
        let mut poses = Vec::new();
        for found in sure.iter().take(self.max_people) {
            poses.extend(self.landmarks.look(picture, &found.roi)?.map(|seen| seen.pose));
        }
        if poses.is_empty() {
            poses.extend(self.second_look(picture)?);
        }
        Ok(poses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_of_an_upright_person_is_not_turned() {
        let roi = roi_from_alignment((100.0, 200.0), (100.0, 120.0));
        assert!(roi.rotation.abs() < 1e-6);
        assert_eq!((roi.x, roi.y, roi.size), (100.0, 200.0, 200.0));
    }

    #[test]
    fn a_region_of_a_turned_picture_finds_its_place() {
        // A dot at (3, 1) of a 10 × 4 picture is at (4 - 1, 3) after a quarter turn clockwise.
        let place = |x, y, turns| {
            let roi = turn_roi_back(&Roi { x, y, size: 2.0, rotation: 0.0 }, turns, (10, 4));
            (roi.x, roi.y)
        };
        assert_eq!(place(3.0, 3.0, 1), (3.0, 1.0));
        assert_eq!(place(7.0, 3.0, 2), (3.0, 1.0));
        assert_eq!(place(1.0, 7.0, 3), (3.0, 1.0));
    }

    #[test]
    fn lying_with_the_head_to_the_right_turns_the_square_clockwise() {
        let roi = roi_from_alignment((0.0, 0.0), (10.0, 0.0));
        assert!((roi.rotation - std::f32::consts::FRAC_PI_2).abs() < 1e-6);
    }
}
