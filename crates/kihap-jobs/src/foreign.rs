//! A classifier of another tool, with the networks it needs.

use std::path::{Path, PathBuf};

use image::RgbImage;
use kihap_export::foreign::{
    ExportedInput, ForeignClassifier, ForeignError, ForeignInput, ForeignOptions, open_classifier,
};
use kihap_learn::report::ReportTable;
use kihap_learn::{AbstainReason, Language, Prediction, Warning};
use kihap_vision::graph_runner::OnnxGraph;
use kihap_vision::picture_input::picture_input;
use kihap_vision::posenet::{FEATURES, Posenet};
use kihap_vision::{PoseEstimator, VisionError};

use crate::error::{JobError, Result};
use crate::export::Feed;
use crate::report::Reported;
use crate::sources::MAX_PEOPLE;

/// The networks of ours that a classifier is fed by.
enum Eyes {
    None,
    Posenet(Box<Posenet>),
    People(Box<dyn PoseEstimator + Send>),
}

impl Eyes {
    fn of(input: &ForeignInput) -> Result<Eyes> {
        let name = match input {
            ForeignInput::PosenetFeatures => return Ok(Eyes::Posenet(Box::new(Posenet::open()?))),
            ForeignInput::Exported(ExportedInput { estimator: Some(name), .. }) => name,
            _ => return Ok(Eyes::None),
        };
        Ok(Eyes::People(name.open(MAX_PEOPLE)?))
    }
}

/// A classifier of another tool, run as it is.
pub struct ForeignModel {
    classifier: ForeignClassifier,
    engine: OnnxGraph,
    eyes: Eyes,
    path: PathBuf,
    hash: String,
}

impl ForeignModel {
    /// Opens a Teachable Machine export, a TensorFlow.js model, an ONNX file or a Keras file of one of the zoo's networks.
    ///
    /// # Errors
    /// What is none of these or does not fit together, and a network of ours that is not installed.
    pub fn open(path: &Path, options: &ForeignOptions) -> Result<ForeignModel> {
        let mut classifier = open_classifier(path, options).map_err(JobError::Foreign)?;
        let network = std::mem::take(&mut classifier.network);
        let hash = blake3::hash(&network).to_hex()[..12].to_owned();
        let engine = OnnxGraph::from_bytes(&classifier.name, &network, &[&classifier.output]);
        let engine = engine.map_err(|e| theirs(path, e))?;
        let eyes = Eyes::of(&classifier.input)?;
        let mut model = ForeignModel { classifier, engine, eyes, path: path.to_owned(), hash };
        // what it says of itself is tried at once, not after a thousand pictures
        model.predict(&RgbImage::from_pixel(64, 64, image::Rgb([127; 3])))?;
        Ok(model)
    }

    /// What is known of it.
    pub fn classifier(&self) -> &ForeignClassifier {
        &self.classifier
    }

    /// Predicts one picture.
    ///
    /// # Errors
    /// When the network fails, or gives what are no probabilities of its classes.
    pub fn predict(&mut self, picture: &RgbImage) -> Result<Prediction> {
        let mut nobody = false;
        let scores = match (&self.classifier.input, &mut self.eyes) {
            (ForeignInput::Picture(tensor), _) => {
                let numbers = tensor.numbers(picture).map_err(VisionError::from)?;
                self.engine.run(&numbers, &tensor.shape())
            }
            (ForeignInput::PosenetFeatures, Eyes::Posenet(posenet)) => {
                self.engine.run(&posenet.teachable_machine_features(picture)?, &[1, FEATURES])
            }
            (ForeignInput::Exported(input), eyes) => {
                let people = match eyes {
                    Eyes::People(estimator) => estimator.estimate(picture)?,
                    _ => Vec::new(),
                };
                nobody = input.joints.is_some() && !input.knows_nobody && people.is_empty();
                let feed = Feed {
                    image: input.image.then(|| picture_input(input.source.picture, picture, &people)),
                    landmarks: input
                        .joints
                        .map(|(skeleton, channels)| Feed::joints(people.first(), skeleton, channels)),
                    clip: None,
                };
                feed.run(&mut self.engine)
            }
            (ForeignInput::PosenetFeatures, _) => return Err(JobError::Stopped),
        };
        let scores = scores.map_err(|e| theirs(&self.path, e))?;
        let failed = |problem: String| JobError::Foreign(ForeignError { path: self.path.clone(), problem });
        let probabilities = self.classifier.probabilities(&scores).map_err(failed)?;
        let mut prediction = Prediction::from_probabilities(probabilities, self.classifier.threshold);
        if nobody {
            prediction.abstained = true;
            prediction.reason = Some(AbstainReason::NobodySeen);
        }
        Ok(prediction)
    }
}

/// A fault of the runtime with somebody's file is that file's.
fn theirs(path: &Path, error: VisionError) -> JobError {
    match error {
        VisionError::Runtime { action, reason } if action.starts_with("load ") || action.starts_with("run ") => {
            let reason = reason.lines().next().unwrap_or_default().to_owned();
            JobError::Foreign(ForeignError {
                path: path.to_owned(),
                problem: format!("ONNX Runtime refuses the network ({reason}); export it again"),
            })
        }
        other => other.into(),
    }
}

impl Reported for ForeignModel {
    fn name(&self) -> String {
        format!("{} ({})", self.classifier.name, self.classifier.kind.name())
    }

    fn class_names(&self) -> Vec<String> {
        self.classifier.labels.clone()
    }

    fn facts(&self, language: Language) -> Vec<ReportTable> {
        let korean = language == Language::Korean;
        let shown = match &self.classifier.input {
            ForeignInput::Picture(t) => format!(
                "{} × {}, {:?}, (v − {:?}) / {:?}{}",
                t.width,
                t.height,
                t.fit,
                t.mean,
                t.scale,
                if t.grey { ", grey" } else { "" }
            ),
            ForeignInput::PosenetFeatures => format!("PoseNet, {FEATURES}"),
            ForeignInput::Exported(input) => {
                let image = input.image.then(|| input.source.picture.to_string());
                let joints = input.joints.map(|(skeleton, _)| format!("{} landmarks", skeleton.names().len()));
                [image, joints, input.source.estimator.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        };
        let rows = vec![
            ((if korean { "종류" } else { "kind" }).to_owned(), self.classifier.kind.name().to_owned()),
            ((if korean { "파일" } else { "file" }).to_owned(), self.path.display().to_string()),
            ((if korean { "입력" } else { "input" }).to_owned(), shown),
            ((if korean { "문턱값" } else { "threshold" }).to_owned(), self.classifier.threshold.to_string()),
        ];
        vec![ReportTable { title: (if korean { "신경망" } else { "Network" }).to_owned(), rows }]
    }

    fn warnings(&self) -> Vec<Warning> {
        self.classifier.warnings.clone()
    }

    fn looks_for_people(&self) -> bool {
        false
    }
}

impl ForeignModel {
    /// Its kind and what tells its network from all others.
    pub(crate) fn identity(&self) -> String {
        format!("{} {}", self.classifier.kind.name(), self.hash)
    }

    /// What it sees, as comparisons call it.
    pub(crate) fn input_name(&self) -> &'static str {
        match &self.classifier.input {
            ForeignInput::PosenetFeatures => "posenet",
            ForeignInput::Exported(ExportedInput { image: false, .. }) => "landmarks",
            ForeignInput::Exported(ExportedInput { source, .. }) => source.picture.name(),
            ForeignInput::Picture(_) => "photo",
        }
    }
}
