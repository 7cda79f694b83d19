//! From examples to the rows of numbers a network reads.

use kihap_vision::{
    Pose,
    features::{LANDMARK_FEATURES_VERSION, landmark_features, leg_features},
};
use kihap_zoo::networks::InputKind;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Variation;
use crate::{error::LearnError, example::Example};

/// Lengths of the parts of a feature row.
///
/// A row is: photo features, landmark features, and a last number that is 1 when a person was seen and 0 when not
/// (then all landmark features are 0). Each part is there when the input kind reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureLayout {
    /// Which parts there are.
    pub input: InputKind,
    /// Number of photo features; 0 for landmark heads.
    pub photo: usize,
    /// Number of landmark features without the flag; 0 for photo heads.
    pub landmarks: usize,
    /// Version of the formulas behind the landmark features; 0 for photo heads.
    pub landmarks_version: u32,
    /// Features of the legs are 0: only trunk, head and arms count.
    #[serde(default)]
    pub upper_body: bool,
}

impl FeatureLayout {
    /// The layout of the first usable examples.
    ///
    /// # Errors
    /// When no example has the parts that `input` reads.
    pub(crate) fn of(
        head: &str,
        input: InputKind,
        upper_body: bool,
        examples: &[Example],
    ) -> Result<FeatureLayout, LearnError> {
        let mut layout = FeatureLayout { input, photo: 0, landmarks: 0, landmarks_version: 0, upper_body };
        if input.reads_photo() {
            let first = examples.first().ok_or(LearnError::NoExamples)?;
            let missing = || LearnError::MissingPhoto { index: 0, head: head.to_owned() };
            layout.photo = first.photo.as_ref().ok_or_else(missing)?.len();
        }
        if input.reads_landmarks() {
            let seen = examples.iter().find_map(|e| e.pose.as_ref());
            let seen = seen.ok_or_else(|| LearnError::NobodySeen { head: head.to_owned() })?;
            layout.landmarks = landmark_features(seen).len();
            layout.landmarks_version = LANDMARK_FEATURES_VERSION;
        }
        Ok(layout)
    }

    /// Whether this program computes landmark features by the formulas this layout was made with.
    pub(crate) fn is_current(&self) -> bool {
        !self.input.reads_landmarks() || self.landmarks_version == LANDMARK_FEATURES_VERSION
    }

    /// Length of a row.
    pub fn width(&self) -> usize {
        self.photo + if self.input.reads_landmarks() { self.landmarks + 1 } else { 0 }
    }

    /// Writes one row from its parts; `index` names the example in errors.
    pub(crate) fn write(
        &self,
        row: &mut [f32],
        index: usize,
        photo: Option<&[f32]>,
        pose: Option<&Pose>,
        head: &str,
    ) -> Result<(), LearnError> {
        let (photo_part, landmark_part) = row.split_at_mut(self.photo);
        if self.input.reads_photo() {
            let photo = photo.ok_or_else(|| LearnError::MissingPhoto { index, head: head.to_owned() })?;
            copy_checked(photo_part, photo, index, "photo")?;
        }
        if let Some((seen, landmarks)) = landmark_part.split_last_mut() {
            match pose {
                Some(pose) => {
                    let mut features = landmark_features(pose);
                    if self.upper_body {
                        features.iter_mut().zip(leg_features()).filter(|(_, leg)| *leg).for_each(|(f, _)| *f = 0.0);
                    }
                    copy_checked(landmarks, &features, index, "landmark")?;
                    *seen = 1.0;
                }
                None => landmark_part.fill(0.0),
            }
        }
        Ok(())
    }

    /// Writes the row of an example, seen in a mirror and with moved joints where the variation says so.
    pub(crate) fn write_varied(
        &self,
        row: &mut [f32],
        index: usize,
        example: &Example,
        variation: Option<Variation<'_>>,
    ) -> Result<(), LearnError> {
        let head = self.input.name();
        let Some(variation) = variation else {
            return self.write(row, index, example.photo.as_deref(), example.pose.as_ref(), head);
        };
        let mut pose = example.pose.clone();
        let mut photo = example.photo.as_deref();
        if variation.mirror {
            pose = pose.map(|pose| pose.mirrored());
            photo = example.mirrored_photo.as_deref().or(photo);
        }
        if variation.options.augmentation.moves_joints() {
            pose = pose.map(|pose| variation.options.augmentation.vary(&pose, variation.rng));
        }
        self.write(row, index, photo, pose.as_ref(), head)
    }
}

fn copy_checked(part: &mut [f32], values: &[f32], index: usize, what: &'static str) -> Result<(), LearnError> {
    if part.len() != values.len() {
        return Err(LearnError::FeatureCount { index, what, found: values.len(), expected: part.len() });
    }
    if values.iter().any(|v| !v.is_finite()) {
        let what = if what == "photo" { "a photo feature" } else { "a landmark feature" };
        return Err(LearnError::NotFinite { index, what });
    }
    part.copy_from_slice(values);
    Ok(())
}

/// Shifts and scales every feature to mean 0 and standard deviation 1 over the training rows; where photo and landmark
/// features come together, those of the photo are scaled further, so that both parts have the same total variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardiser {
    /// Mean of each feature.
    pub mean: Vec<f32>,
    /// Standard deviation of each feature; 1 where it does not vary.
    pub std: Vec<f32>,
}

impl Standardiser {
    /// Leaves everything as it is.
    pub fn none() -> Standardiser {
        Standardiser { mean: Vec::new(), std: Vec::new() }
    }
}

/// Below this a feature counts as constant.
const LEAST_STD: f64 = 1e-6;

impl Standardiser {
    /// Learns mean and population standard deviation of each column (as scikit-learn's `StandardScaler`). The flag
    /// of landmark rows is left as it is.
    pub(crate) fn fit(rows: &[f32], layout: &FeatureLayout) -> Standardiser {
        let width = layout.width();
        let count = (rows.len() / width.max(1)).max(1) as f64;
        let mut sums = vec![0.0f64; width];
        for row in rows.chunks_exact(width) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        let mean: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
        let mut squares = vec![0.0f64; width];
        for row in rows.chunks_exact(width) {
            for ((square, value), mean) in squares.iter_mut().zip(row).zip(&mean) {
                *square += (f64::from(*value) - mean).powi(2);
            }
        }
        let std = squares.iter().map(|square| (square / count).sqrt());
        let mut fitted = Standardiser {
            mean: mean.iter().map(|m| *m as f32).collect(),
            std: std.map(|s| if s > LEAST_STD { s as f32 } else { 1.0 }).collect(),
        };
        if layout.input.reads_photo() && layout.input.reads_landmarks() {
            // Both parts weigh alike: otherwise ten times as many photo features drown the skeleton.
            let ratio = (layout.photo as f32 / layout.landmarks.max(1) as f32).sqrt();
            fitted.std[..layout.photo].iter_mut().for_each(|std| *std *= ratio);
        }
        if layout.input.reads_landmarks() {
            fitted.mean[width - 1] = 0.0;
            fitted.std[width - 1] = 1.0;
        }
        fitted
    }

    /// Standardises rows in place.
    pub fn apply(&self, rows: &mut [f32]) {
        if !self.mean.is_empty() {
            rows.par_chunks_mut(self.mean.len()).for_each(|row| self.apply_to(row));
        }
    }

    /// Standardises one row in place.
    pub(crate) fn apply_to(&self, row: &mut [f32]) {
        for ((value, mean), std) in row.iter_mut().zip(&self.mean).zip(&self.std) {
            *value = (*value - mean) / std;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(layout: &FeatureLayout, example: Example) -> Result<Vec<f32>, LearnError> {
        let mut row = vec![0.0; layout.width()];
        layout.write_varied(&mut row, 0, &example, None).map(|()| row)
    }

    #[test]
    fn standardised_columns_have_mean_zero_and_deviation_one() {
        let layout =
            FeatureLayout { input: InputKind::Photo, photo: 3, landmarks: 0, landmarks_version: 0, upper_body: false };
        let mut rows = vec![1.0, 10.0, 5.0, 2.0, 30.0, 5.0, 6.0, 20.0, 5.0];
        let fitted = Standardiser::fit(&rows, &layout);
        assert_eq!(fitted.mean, [3.0, 20.0, 5.0]);
        assert_eq!(fitted.std[2], 1.0);
        fitted.apply(&mut rows);
        let column: Vec<f32> = rows.iter().step_by(3).copied().collect();
        assert!(column.iter().sum::<f32>().abs() < 1e-6);
        assert!((column.iter().map(|v| v * v).sum::<f32>() / 3.0 - 1.0).abs() < 1e-5);
    }

    #[test]
    fn rows_tell_what_is_missing_or_damaged() {
        let layout =
            FeatureLayout { input: InputKind::Photo, photo: 2, landmarks: 0, landmarks_version: 0, upper_body: false };
        let short = rows(&layout, Example::from_photo(vec![1.0], 0)).unwrap_err();
        assert!(short.to_string().contains("1 photo features where 2 are expected"), "{short}");
        let nan = rows(&layout, Example::from_photo(vec![1.0, f32::NAN], 0)).unwrap_err();
        assert!(nan.to_string().contains("not a finite number"), "{nan}");
        let none = rows(&layout, Example::from_pose(None, 0)).unwrap_err();
        assert!(none.to_string().contains("has no photo features"), "{none}");
    }

    #[test]
    fn nobody_is_a_row_of_zeros() {
        let layout = FeatureLayout {
            input: InputKind::Landmarks,
            photo: 0,
            landmarks: 4,
            landmarks_version: 1,
            upper_body: false,
        };
        assert_eq!(layout.width(), 5);
        assert_eq!(rows(&layout, Example::from_pose(None, 0)).unwrap(), [0.0; 5]);
    }
}
