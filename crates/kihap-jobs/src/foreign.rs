//! A classifier of another tool, with the networks it needs.

use std::path::{Path, PathBuf};

use image::RgbImage;
use kihap_export::foreign::{
    ForeignClassifier, ForeignError, ForeignInput, ForeignKind, ForeignOptions, open_classifier,
};
use kihap_learn::report::ReportTable;
use kihap_learn::{Language, Prediction, Warning};
use kihap_vision::VisionError;
use kihap_vision::graph_runner::OnnxGraph;
use kihap_vision::posenet::{FEATURES, Posenet};

use crate::error::{JobError, Result};
use crate::report::Reported;

/// A classifier of another tool, run as it is.
pub struct ForeignModel {
    classifier: ForeignClassifier,
    engine: OnnxGraph,
    posenet: Option<Posenet>,
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
        let posenet = match classifier.input {
            ForeignInput::PosenetFeatures => Some(Posenet::open()?),
            ForeignInput::Picture(_) => None,
        };
        let mut model = ForeignModel { classifier, engine, posenet, path: path.to_owned(), hash };
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
        let (numbers, shape) = match (&self.classifier.input, &mut self.posenet) {
            (ForeignInput::Picture(tensor), _) => {
                (tensor.numbers(picture).map_err(VisionError::from)?, tensor.shape(picture).to_vec())
            }
            (ForeignInput::PosenetFeatures, Some(posenet)) => {
                (posenet.teachable_machine_features(picture)?, vec![1, FEATURES])
            }
            (ForeignInput::PosenetFeatures, None) => return Err(JobError::Stopped),
        };
        let scores = self.engine.run(&numbers, &shape).map_err(|e| theirs(&self.path, e))?;
        let failed = |problem: String| JobError::Foreign(ForeignError { path: self.path.clone(), problem });
        let probabilities = self.classifier.probabilities(&scores).map_err(failed)?;
        Ok(Prediction::from_probabilities(probabilities, self.classifier.threshold))
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
        let shown = match self.classifier.input {
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
        match self.classifier.kind {
            ForeignKind::TeachableMachinePose => "posenet",
            _ => "photo",
        }
    }
}
