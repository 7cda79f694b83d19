//! Frames become readings: what the built-in networks say of each.

use kihap_coach::reading::{Label, Reading, Vocabulary};
use kihap_coach::synth::SynthCourse;
use kihap_learn::{Example, Model, Prediction};
use kihap_syllabus::{NOBODY, OTHER, Syllabus};
use kihap_vision::Pose;

use super::headings::Headings;
use super::open::{builtin, headings};
use crate::error::{JobError, Result};
use crate::frames::SeenFrame;

/// Reads techniques, stances and headings off skeletons.
#[derive(Debug)]
pub struct Reader {
    techniques: Model,
    stances: Model,
    headings: Headings,
    vocabulary: Vocabulary,
}

impl Reader {
    /// With the built-in networks.
    ///
    /// # Errors
    /// When the program's own files are damaged.
    pub fn open(syllabus: &Syllabus) -> Result<Self> {
        Ok(Self {
            techniques: builtin(SynthCourse::Techniques)?,
            stances: builtin(SynthCourse::Stances)?,
            headings: headings()?,
            vocabulary: Vocabulary::of(syllabus),
        })
    }

    /// The order of a reading's numbers.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// A reading for each frame.
    ///
    /// # Errors
    /// When a network fails.
    pub fn read(&self, frames: &[SeenFrame]) -> Result<Vec<Reading>> {
        self.read_poses(0, frames.iter().map(|frame| (frame.seconds, frame.pose.clone())).collect())
    }

    /// The reading of one frame of a camera.
    ///
    /// # Errors
    /// When a network fails.
    pub fn read_one(&self, number: usize, seconds: f64, pose: Option<&Pose>) -> Result<Reading> {
        self.read_poses(number, vec![(seconds, pose.cloned())])?.pop().ok_or(JobError::Stopped)
    }

    fn read_poses(&self, first: usize, poses: Vec<(f64, Option<Pose>)>) -> Result<Vec<Reading>> {
        let examples: Vec<Example> = poses.iter().map(|(_, pose)| Example::from_pose(pose.clone(), 0)).collect();
        let techniques = self.techniques.predict(&examples)?;
        let stances = self.stances.predict(&examples)?;
        let (technique_names, stance_names) = (self.techniques.class_names(), self.stances.class_names());
        Ok(poses
            .into_iter()
            .zip(techniques.iter().zip(&stances))
            .enumerate()
            .map(|(number, ((seconds, pose), (technique, stance)))| {
                let heading_deg = pose.as_ref().and_then(|pose| {
                    let told = technique_names.iter().map(String::as_str);
                    self.headings.of(pose, told.zip(technique.probabilities.iter().map(|p| *p as f32)))
                });
                let seen = pose.is_some();
                Reading {
                    frame: first + number,
                    seconds,
                    techniques: ordered(&self.vocabulary.techniques, &technique_names, technique, seen),
                    stances: ordered(&self.vocabulary.stances, &stance_names, stance, seen),
                    heading_deg,
                    pose,
                }
            })
            .collect())
    }
}

/// A network's probabilities in the order of the vocabulary, without `nobody`.
fn ordered(labels: &[Label], names: &[String], prediction: &Prediction, seen: bool) -> Vec<f32> {
    let told = |label: &Label| {
        let name = label.name();
        names.iter().position(|known| *known == name).map_or(0.0, |index| prediction.probabilities[index] as f32)
    };
    if !seen {
        return labels.iter().map(|label| if label.id == OTHER { 1.0 } else { 0.0 }).collect();
    }
    let mut numbers: Vec<f32> = labels.iter().map(told).collect();
    let sum: f32 = numbers.iter().sum();
    debug_assert!(labels.iter().all(|label| label.id != NOBODY));
    numbers.iter_mut().for_each(|p| *p /= sum.max(f32::MIN_POSITIVE));
    numbers
}
