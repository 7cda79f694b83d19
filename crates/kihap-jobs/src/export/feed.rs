//! What of a sample an exported file is given.

use image::RgbImage;
use kihap_export::Reads;
use kihap_learn::Model;
use kihap_vision::graph_runner::{Numbers, OnnxGraph};
use kihap_vision::picture;
use kihap_vision::picture_input::picture_input;
use kihap_vision::{Pose, Skeleton, VisionError};

use super::held_out::HeldOut;
use crate::error::{JobError, Result};

/// The picture as the file is to be shown it: upright, with the skeleton drawn where the model wants that.
pub(super) fn picture_of(sample: &HeldOut, model: &Model) -> Result<RgbImage> {
    let path = sample.picture.as_ref().ok_or_else(|| JobError::Source {
        path: sample.name.clone().into(),
        reason: "it is landmarks only and has no picture".into(),
    })?;
    let photo = picture::read(path).map_err(|e| JobError::Source { path: path.clone(), reason: e.to_string() })?;
    Ok(picture_input(model.description.features.picture, &photo, &sample.people))
}

/// The joints as the file is given them; zeros where nobody is.
fn landmarks_of(pose: Option<&Pose>, skeleton: Skeleton, channels: usize) -> Vec<f32> {
    let joints = skeleton.names().len();
    let mut out = vec![0.0; joints * channels];
    let Some(pose) = pose else { return out };
    let has_world = pose.world.len() == joints;
    for (joint, row) in out.chunks_exact_mut(channels).enumerate() {
        let Some(landmark) = pose.landmarks.get(joint) else { continue };
        let place = if has_world { pose.world[joint] } else { [landmark.x, landmark.y, landmark.z] };
        let all = [place[0], place[1], place[2], landmark.visibility];
        row.copy_from_slice(&all[..channels]);
    }
    out
}

/// What an exported ONNX file is given, by the names of its inputs.
#[derive(Default)]
pub(crate) struct Feed {
    pub(crate) image: Option<RgbImage>,
    /// Shape and numbers of the joints.
    pub(crate) landmarks: Option<([usize; 3], Vec<f32>)>,
    /// Shape and numbers of a clip's views.
    pub(crate) clip: Option<(Vec<usize>, Vec<f32>)>,
}

impl Feed {
    /// The joints of the first person, as [`landmarks_of`] gives them.
    pub(crate) fn joints(pose: Option<&Pose>, skeleton: Skeleton, channels: usize) -> ([usize; 3], Vec<f32>) {
        ([1, skeleton.names().len(), channels], landmarks_of(pose, skeleton, channels))
    }

    /// The numbers of the graph's first output.
    ///
    /// # Errors
    /// When the runtime refuses them.
    pub(crate) fn run(&self, graph: &mut OnnxGraph) -> std::result::Result<Vec<f32>, VisionError> {
        let side = self.image.as_ref().map(|image| [1, image.height() as usize, image.width() as usize, 3]);
        let mut inputs = Vec::new();
        if let Some((image, shape)) = self.image.as_ref().zip(side.as_ref()) {
            inputs.push(("image", Numbers::U8(shape, image.as_raw())));
        }
        if let Some((shape, numbers)) = &self.landmarks {
            inputs.push(("landmarks", Numbers::F32(shape, numbers)));
        }
        if let Some((shape, numbers)) = &self.clip {
            inputs.push(("clip", Numbers::F32(shape, numbers)));
        }
        Ok(graph.run_named(&inputs)?.into_iter().next().unwrap_or_default())
    }
}

/// All views of a clip, one after the other.
pub(super) fn views_of(sample: &HeldOut, model: &Model) -> Result<Vec<f32>> {
    let layout = &model.description.layout;
    let mut all = Vec::new();
    for view in 0..layout.views() {
        all.extend(layout.numbers(&sample.example, view)?);
    }
    Ok(all)
}

/// The skeleton and channels of a file's landmarks.
pub(super) fn joints_of(reads: &Reads) -> Option<(Skeleton, usize)> {
    match reads {
        Reads::Landmarks { skeleton, channels } | Reads::PictureAndLandmarks { skeleton, channels } => {
            Some((*skeleton, *channels))
        }
        _ => None,
    }
}
