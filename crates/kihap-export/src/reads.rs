//! What an exported file is given.

use kihap_convert::onnx::{Dim, ElementType};
use kihap_learn::{InputKind, Layout, Model};
use kihap_vision::Skeleton;
use kihap_vision::estimators::EstimatorName;
use kihap_vision::picture_input::PictureInput;
use serde_json::{Value as Json, json};

use crate::error::{ExportError, Result};
use crate::obstacle::Obstacle;
use crate::warning::ExportWarning;

/// What an exported file is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Reads {
    /// `image`: bytes `[N, height, width, 3]`, red, green, blue, of any size.
    Picture,
    /// `landmarks`: `[N, joints, channels]`; 2 channels: x, y in pixels; 3: world coordinates x, y, z in metres; 4: these and the
    /// visibility.
    Landmarks {
        /// Whose joints, in the order of [`Skeleton::names`].
        skeleton: Skeleton,
        /// Numbers of a joint.
        channels: usize,
    },
    /// Both.
    PictureAndLandmarks {
        /// Whose joints.
        skeleton: Skeleton,
        /// Numbers of a joint.
        channels: usize,
    },
    /// `clip`: `[N, views, …]`, a clip's skeletons as Kihap prepares them.
    Clip {
        /// Shape of one view.
        shape: Vec<usize>,
        /// Views of a clip.
        views: usize,
    },
}

/// The skeleton that a model's estimator gives.
pub(crate) fn skeleton_of(model: &Model) -> Result<Skeleton> {
    let settings = model.description.features.estimator.as_deref().unwrap_or_default();
    match EstimatorName::of_settings(settings) {
        Ok(EstimatorName::Posenet | EstimatorName::MovenetThunder) => Ok(Skeleton::Coco17),
        Ok(_) => Ok(Skeleton::Blazepose33),
        Err(problem) => Err(ExportError::Unfit {
            model: model.description.name.clone(),
            format: "with its landmarks",
            obstacle: Obstacle::UnknownEstimator { problem },
        }),
    }
}

/// Numbers of a joint that landmark features are made from.
fn channels(skeleton: Skeleton) -> usize {
    if skeleton == Skeleton::Blazepose33 { 3 } else { 2 }
}

impl Reads {
    /// What a model's file is given.
    ///
    /// # Errors
    /// A model whose estimator is not known.
    pub fn of(model: &Model) -> Result<Reads> {
        Ok(match &model.description.layout {
            Layout::Picture(_) => Reads::Picture,
            Layout::Joints(layout) => Reads::Landmarks { skeleton: layout.skeleton(), channels: 4 },
            Layout::Sequence(_) => {
                let layout = &model.description.layout;
                Reads::Clip { shape: layout.shape(), views: layout.views() }
            }
            Layout::Rows(layout) if layout.input == InputKind::Photo => Reads::Picture,
            Layout::Rows(layout) => {
                let skeleton = skeleton_of(model)?;
                let channels = channels(skeleton);
                match layout.input {
                    InputKind::Fusion => Reads::PictureAndLandmarks { skeleton, channels },
                    _ => Reads::Landmarks { skeleton, channels },
                }
            }
        })
    }

    /// Name, element type and shape of each input.
    pub(crate) fn inputs(&self) -> Vec<(&'static str, ElementType, Vec<Dim>)> {
        let named = |name: &str| Dim::Named(name.into());
        let image = || ("image", ElementType::U8, vec![Dim::batch(), named("height"), named("width"), 3.into()]);
        let landmarks = |skeleton: Skeleton, channels: usize| {
            let joints = skeleton.names().len();
            ("landmarks", ElementType::F32, vec![Dim::batch(), joints.into(), channels.into()])
        };
        match self {
            Reads::Picture => vec![image()],
            Reads::Landmarks { skeleton, channels } => vec![landmarks(*skeleton, *channels)],
            Reads::PictureAndLandmarks { skeleton, channels } => vec![image(), landmarks(*skeleton, *channels)],
            Reads::Clip { shape, .. } => {
                let sides = shape.iter().map(|side| Dim::Fixed(*side));
                vec![("clip", ElementType::F32, [Dim::batch(), named("views")].into_iter().chain(sides).collect())]
            }
        }
    }

    /// For people and programs: each input's meaning.
    pub fn described(&self) -> Json {
        let image = || {
            json!({"name": "image", "type": "uint8", "shape": ["N", "height", "width", 3],
            "meaning": "an upright picture of any size; red, green, blue, 0 to 255"})
        };
        let landmarks = |skeleton: Skeleton, channels: usize| {
            let meaning = match channels {
                2 => "x to the right and y down, in pixels of the picture",
                3 => {
                    "world coordinates in metres about the hips: x to the right of the picture, y down, z away from the camera"
                }
                _ if skeleton == Skeleton::Blazepose33 => {
                    "world coordinates in metres about the hips (x to the right, y down, z away from the camera) and the \
                     visibility, 0 to 1"
                }
                _ => "x to the right, y down and depth in pixels of the picture, and the visibility, 0 to 1",
            };
            json!({"name": "landmarks", "type": "float32", "shape": ["N", skeleton.names().len(), channels],
                "meaning": meaning, "nobody": "all zeros", "joints": skeleton.names()})
        };
        match self {
            Reads::Picture => json!([image()]),
            Reads::Landmarks { skeleton, channels } => json!([landmarks(*skeleton, *channels)]),
            Reads::PictureAndLandmarks { skeleton, channels } => json!([image(), landmarks(*skeleton, *channels)]),
            Reads::Clip { shape, views } => {
                json!([{"name": "clip", "type": "float32", "one_view": shape, "views": views,
                "meaning": "a clip's skeletons as Kihap prepares them; the probabilities of all views are averaged"}])
            }
        }
    }

    /// What the user of such a file must know.
    pub(crate) fn warnings(&self, model: &Model) -> Vec<ExportWarning> {
        let d = &model.description;
        let mut warnings = Vec::new();
        if d.calibration.abstain.threshold > 0.0 {
            warnings.push(ExportWarning::ThresholdOutside { threshold: d.calibration.abstain.threshold });
        }
        if d.layout.input().reads_landmarks() {
            if !d.knows_nobody {
                warnings.push(ExportWarning::NobodyOutside);
            }
            let estimator = d.features.estimator.clone().unwrap_or_default();
            let estimator = estimator.split(' ').next().unwrap_or_default().to_owned();
            warnings.push(ExportWarning::LandmarksOutside { estimator });
        }
        if let Reads::Clip { views, .. } = self {
            warnings.push(ExportWarning::ClipOutside { views: *views });
        }
        let sees = matches!(self, Reads::Picture | Reads::PictureAndLandmarks { .. });
        if sees && d.features.picture != PictureInput::Photo {
            warnings.push(ExportWarning::DrawingOutside { input: d.features.picture.to_string() });
        }
        warnings
    }
}
