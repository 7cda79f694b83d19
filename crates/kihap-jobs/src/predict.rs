//! Predicting pictures, folders of pictures and videos.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use image::RgbImage;
use kihap_learn::{Example, Model, Prediction};
use kihap_vision::estimators::EstimatorName;
use kihap_vision::video::{FrameRate, VideoFrames, is_video};
use kihap_vision::{Pose, picture};

use crate::classifier::Classifier;
use crate::error::{JobError, Result};
use crate::files::{SourceProblem, files_of};
use crate::foreign::ForeignModel;
use crate::pictures;
use crate::sources::Eyes;

/// One prediction.
#[derive(Debug, Clone)]
pub struct PredictedFrame {
    /// The picture or video.
    pub source: String,
    /// The frame in a video; 0 for a picture.
    pub frame: u32,
    /// What the model says.
    pub prediction: Prediction,
}

/// A model with the networks it needs.
pub struct Predictor {
    names: Vec<String>,
    seer: Seer,
}

enum Seer {
    Kihap(Box<Own>),
    Foreign(Box<ForeignModel>),
}

/// A Kihap model with what it sees by.
struct Own {
    model: Model,
    eyes: Eyes,
}

impl Own {
    /// The people in a picture, where skeletons are read or drawn.
    fn look(&mut self, picture: &RgbImage) -> Result<Vec<Pose>> {
        match &mut self.eyes.estimator {
            Some(estimator) => Ok(estimator.estimate(picture)?),
            None => Ok(Vec::new()),
        }
    }

    fn picture(&mut self, picture: &RgbImage) -> Result<Prediction> {
        let people = self.look(picture)?;
        self.seen(picture, people)
    }

    fn frame(&mut self, picture: &RgbImage, pose: Option<&Pose>) -> Result<Prediction> {
        let settings = self.eyes.estimator.as_ref().map(|estimator| estimator.settings());
        let same = settings.is_some_and(|settings| settings.starts_with(EstimatorName::BlazeposeFull.name()));
        let people = if same { pose.cloned().into_iter().collect() } else { self.look(picture)? };
        self.seen(picture, people)
    }

    fn seen(&mut self, picture: &RgbImage, people: Vec<Pose>) -> Result<Prediction> {
        let photo = match &mut self.eyes.backbone {
            Some(backbone) => backbone.embed(std::slice::from_ref(picture))?.pop(),
            None => None,
        };
        let shown = self.eyes.preprocessing.map(|_| pictures::ready(picture, &people, self.eyes.picture));
        if self.eyes.input.reads_sequences() {
            return self.clip(vec![people.into_iter().next()]);
        }
        let pose = people.into_iter().next();
        let example = Example { pose, photo, picture: shown, ..Example::empty(0) };
        self.model.predict(&[example])?.pop().ok_or(JobError::Stopped)
    }

    /// Predicts a clip by the skeletons of its frames.
    fn clip(&mut self, poses: Vec<Option<Pose>>) -> Result<Prediction> {
        self.model.predict(&[Example::from_frames(poses, 0)])?.pop().ok_or(JobError::Stopped)
    }
}

impl Predictor {
    /// Opens the networks a Kihap model needs.
    ///
    /// # Errors
    /// When a network is missing, damaged, or not the one the model was trained with.
    pub fn new(model: Model) -> Result<Predictor> {
        Predictor::of(Classifier::Kihap(Box::new(model)))
    }

    /// Opens the networks a model needs, whoever made it.
    ///
    /// # Errors
    /// As [`Predictor::new`].
    pub fn of(classifier: Classifier) -> Result<Predictor> {
        let names = classifier.class_names();
        let seer = match classifier {
            Classifier::Kihap(model) => {
                let eyes = Eyes::of_model(&model)?;
                Seer::Kihap(Box::new(Own { model: *model, eyes }))
            }
            Classifier::Foreign(model) => Seer::Foreign(model),
        };
        Ok(Predictor { names, seer })
    }

    /// Names of the classes in label order.
    pub fn class_names(&self) -> &[String] {
        &self.names
    }

    /// Predicts one picture.
    ///
    /// # Errors
    /// When a network fails.
    pub fn picture(&mut self, picture: &RgbImage) -> Result<Prediction> {
        match &mut self.seer {
            Seer::Kihap(own) => own.picture(picture),
            Seer::Foreign(model) => model.predict(picture),
        }
    }

    /// Predicts a picture of a camera in which somebody was found already. Where the model reads the skeletons of the same
    /// network, `pose` is taken for what it would find; else its own network looks at the picture.
    ///
    /// # Errors
    /// When a network fails.
    pub fn frame(&mut self, picture: &RgbImage, pose: Option<&Pose>) -> Result<Prediction> {
        match &mut self.seer {
            Seer::Kihap(own) => own.frame(picture, pose),
            Seer::Foreign(model) => model.predict(picture),
        }
    }

    /// Whether the model reads the skeletons of a clip.
    pub fn reads_sequences(&self) -> bool {
        matches!(&self.seer, Seer::Kihap(own) if own.eyes.input.reads_sequences())
    }

    /// Predicts a clip by the skeletons of its frames.
    ///
    /// # Errors
    /// When the network fails, or the model reads pictures instead of clips.
    pub fn clip(&mut self, poses: Vec<Option<Pose>>) -> Result<Prediction> {
        self.of_clips().ok_or(JobError::NoClips)?.clip(poses)
    }

    /// Predictions less certain than this are withheld; 0 for a model of another tool, which withholds none.
    pub fn threshold(&self) -> f64 {
        match &self.seer {
            Seer::Kihap(own) => own.model.description.calibration.abstain.threshold,
            Seer::Foreign(_) => 0.0,
        }
    }

    /// The Kihap model, where frames are put together to clips before it is asked.
    fn of_clips(&mut self) -> Option<&mut Own> {
        match &mut self.seer {
            Seer::Kihap(own) if own.eyes.input.reads_sequences() => Some(own),
            _ => None,
        }
    }

    /// Predicts pictures, videos, and all pictures and videos in folders. Files that cannot be read are reported, not
    /// fatal. `tell` gets each file before it is looked at.
    ///
    /// # Errors
    /// When a network fails, or the job is stopped.
    pub fn sources(
        &mut self,
        sources: &[PathBuf],
        rate: FrameRate,
        tell: &mut dyn FnMut(&Path),
        cancel: &AtomicBool,
    ) -> Result<(Vec<PredictedFrame>, Vec<SourceProblem>)> {
        let mut predictions = Vec::new();
        let mut problems = Vec::new();
        for file in files_of(sources) {
            let file = match file {
                Ok(file) => file.path,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            tell(&file);
            let source = file.display().to_string();
            let mut problem = |reason: String| problems.push(SourceProblem { source: source.clone(), reason });
            if is_video(&file) {
                let mut poses = Vec::new();
                let frames = match VideoFrames::open(&file, rate) {
                    Ok(frames) => frames,
                    Err(e) => {
                        problem(e.to_string());
                        continue;
                    }
                };
                for frame in frames {
                    if cancel.load(Ordering::Relaxed) {
                        return Err(JobError::StoppedPredicting);
                    }
                    match frame {
                        Ok(frame) => match self.of_clips() {
                            Some(own) => poses.push(own.look(&frame.image)?.into_iter().next()),
                            None => {
                                let (source, prediction) = (source.clone(), self.picture(&frame.image)?);
                                predictions.push(PredictedFrame { source, frame: frame.index, prediction });
                            }
                        },
                        Err(e) => problem(e.to_string()),
                    }
                }
                if let Some(own) = self.of_clips().filter(|_| !poses.is_empty()) {
                    let prediction = own.clip(poses)?;
                    predictions.push(PredictedFrame { source: source.clone(), frame: 0, prediction });
                }
            } else {
                if cancel.load(Ordering::Relaxed) {
                    return Err(JobError::StoppedPredicting);
                }
                match picture::read(&file) {
                    Ok(image) => {
                        let prediction = self.picture(&image)?;
                        predictions.push(PredictedFrame { source: source.clone(), frame: 0, prediction });
                    }
                    Err(e) => problem(e.to_string()),
                }
            }
        }
        Ok((predictions, problems))
    }
}
