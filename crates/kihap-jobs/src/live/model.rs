//! A model before a camera: built-in or trained by the user.

use std::collections::VecDeque;
use std::path::Path;

use image::RgbImage;
use kihap_coach::practise::Evened;
use kihap_coach::synth::SynthCourse;
use kihap_export::foreign::ForeignOptions;
use kihap_learn::{AbstainReason, Example, Model};
use kihap_syllabus::{NOBODY, OTHER, Syllabus};
use kihap_vision::Pose;

use super::class::{Both, LiveClass};
use crate::builtin::{Course, CourseEyes, FilmEyes, FormEyes, Reader, builtin, possible};
use crate::classifier::Classifier;
use crate::error::Result;
use crate::predict::Predictor;

/// What a model that reads clips is shown of the past, seconds.
const CLIP_S: f64 = 2.0;
/// Time between two looks of a model that reads clips, seconds: a clip changes little from frame to frame.
const CLIP_EVERY_S: f64 = 0.1;

/// What a model says of a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveSeen {
    /// Probability of each class, evened over a few frames; they add up to 1.
    pub probabilities: Vec<f64>,
    /// The most probable class.
    pub top: usize,
    /// Why the model withholds its judgement, where it does.
    pub withheld: Option<AbstainReason>,
}

/// A model that looks at a camera.
pub struct LiveModel {
    classes: Vec<LiveClass>,
    eyes: Eyes,
    threshold: f64,
    evened: Evened,
}

enum Eyes {
    /// A built-in model, and what the film adds.
    Builtin { model: Model, names: Vec<String>, film: Option<CourseEyes> },
    /// The one motion of the basics against all others: its classes, left and right.
    One { model: Model, names: Vec<String>, film: Option<CourseEyes>, own: Vec<usize> },
    /// The steps of a form.
    Form { reader: Box<Reader>, film: FilmEyes, form: FormEyes, read: usize },
    /// A model of the user's.
    Own(Predictor),
    /// A model of the user's that reads clips.
    Clips { predictor: Predictor, poses: VecDeque<(f64, Option<Pose>)>, last: Option<(f64, Vec<f64>)> },
}

impl LiveModel {
    /// A built-in one.
    ///
    /// # Errors
    /// When the program's own files are damaged.
    pub fn builtin(syllabus: &Syllabus, course: &Course) -> Result<LiveModel> {
        let known = |course: SynthCourse| -> Result<(Model, Vec<String>, Option<CourseEyes>)> {
            let model = builtin(course)?;
            let names = model.class_names();
            let film = CourseEyes::of(course, &names)?;
            Ok((model, names, film))
        };
        let plain = |course: SynthCourse| -> Result<LiveModel> {
            let (model, names, film) = known(course)?;
            let threshold = model.description.calibration.abstain.threshold;
            Ok(LiveModel::with(LiveClass::all(syllabus, &names), Eyes::Builtin { model, names, film }, threshold))
        };
        match course {
            Course::Basics => plain(SynthCourse::Basics),
            Course::Poomsae => plain(SynthCourse::Techniques),
            Course::Stances => plain(SynthCourse::Stances),
            Course::Sparring => plain(SynthCourse::Sparring),
            Course::One(id) => {
                let (model, names, film) = known(SynthCourse::Basics)?;
                let own = (0..names.len()).filter(|index| crate::builtin::split(&names[*index]).0 == id).collect();
                let classes = LiveClass::all(syllabus, &[NOBODY.to_owned(), id.clone(), OTHER.to_owned()]);
                let threshold = model.description.calibration.abstain.threshold;
                Ok(LiveModel::with(classes, Eyes::One { model, names, film, own }, threshold))
            }
            Course::Form(id, section) => {
                let form = FormEyes::new(syllabus, id, *section)?;
                let mut classes = LiveClass::all(syllabus, &[NOBODY.to_owned(), form.ready.clone()]);
                if let Some(ready) = classes.get_mut(1) {
                    (ready.rest, ready.ready) = (true, true);
                }
                classes.extend(form.steps.iter().map(|step| {
                    let named: Vec<Both> =
                        step.technique.iter().map(|t| Both::technique(syllabus, &t.id, t.side.one())).collect();
                    let all = |of: fn(&Both) -> &str| named.iter().map(of).collect::<Vec<_>>().join(" + ");
                    let title = Both {
                        ko: format!("{}. {}", step.number, all(|both| &both.ko)),
                        en: format!("{}. {}", step.number, all(|both| &both.en)),
                    };
                    LiveClass { name: format!("step_{}", step.number), title, rest: false, ready: false, asked: true }
                }));
                classes.extend(LiveClass::all(syllabus, &[OTHER.to_owned()]));
                let reader = Reader::open(syllabus)?;
                let film = FilmEyes::open(reader.vocabulary())?;
                let eyes = Eyes::Form { reader: Box::new(reader), film, form, read: 0 };
                Ok(LiveModel::with(classes, eyes, 0.0))
            }
        }
    }

    /// The model in a folder.
    ///
    /// # Errors
    /// A folder that holds no model, or a network that it needs and that is missing.
    pub fn open(syllabus: &Syllabus, folder: &Path) -> Result<LiveModel> {
        let predictor = Predictor::of(Classifier::open(folder, &ForeignOptions::default())?)?;
        let classes = LiveClass::all(syllabus, predictor.class_names());
        let threshold = predictor.threshold();
        let eyes = if predictor.reads_sequences() {
            Eyes::Clips { predictor, poses: VecDeque::new(), last: None }
        } else {
            Eyes::Own(predictor)
        };
        Ok(LiveModel::with(classes, eyes, threshold))
    }

    fn with(classes: Vec<LiveClass>, eyes: Eyes, threshold: f64) -> LiveModel {
        LiveModel { classes, eyes, threshold, evened: Evened::default() }
    }

    /// The classes, in the order of the probabilities.
    pub fn classes(&self) -> &[LiveClass] {
        &self.classes
    }

    /// Calls the classes by other titles: `title` gives those that it knows.
    pub fn retitle(&mut self, title: impl Fn(&str) -> Option<Both>) {
        for class in &mut self.classes {
            if let Some(title) = title(&class.name) {
                class.title = title;
            }
        }
    }

    /// Predictions less certain than this are withheld; 0 withholds none.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// What a frame shows. `pose` is whom the camera's own network found in it.
    ///
    /// # Errors
    /// When a network fails.
    pub fn see(&mut self, seconds: f64, picture: &RgbImage, pose: Option<&Pose>) -> Result<LiveSeen> {
        let (now, nobody) = self.eyes.look(seconds, picture, pose)?;
        let probabilities = self.evened.next(seconds, &now).to_vec();
        let top = (0..probabilities.len()).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b])).unwrap_or(0);
        let confidence = probabilities.get(top).copied().unwrap_or(0.0);
        let unsure = AbstainReason::LowConfidence { confidence, threshold: self.threshold };
        let withheld =
            if nobody { Some(AbstainReason::NobodySeen) } else { (confidence < self.threshold).then_some(unsure) };
        Ok(LiveSeen { probabilities, top, withheld })
    }
}

impl Eyes {
    /// The probabilities of this frame alone, and whether the model cannot judge because nobody is there.
    fn look(&mut self, seconds: f64, picture: &RgbImage, pose: Option<&Pose>) -> Result<(Vec<f64>, bool)> {
        let seen = pose.is_some();
        let of_pose = |model: &Model, names: &[String], film: &mut Option<CourseEyes>| -> Result<Vec<f64>> {
            let told = model.predict(&[Example::from_pose(pose.cloned(), 0)])?;
            let mut told = told.first().map_or_else(Vec::new, |told| possible(names, told, seen));
            if let Some(film) = film {
                film.look(seconds, pose, &mut told)?;
            }
            Ok(told)
        };
        Ok(match self {
            Eyes::Builtin { model, names, film } => (sure(names, of_pose(model, names, film)?, seen), false),
            Eyes::One { model, names, film, own } => {
                let all = of_pose(model, names, film)?;
                let own: f64 = own.iter().filter_map(|index| all.get(*index)).sum();
                (if seen { vec![0.0, own, 1.0 - own] } else { vec![1.0, 0.0, 0.0] }, false)
            }
            Eyes::Form { reader, film, form, read } => {
                let mut reading = reader.read_one(*read, seconds, pose)?;
                film.look(&mut reading)?;
                *read += 1;
                let mut all = vec![0.0; form.steps.len() + 3];
                if seen {
                    let sight = form.sight(reader.vocabulary(), &reading);
                    all[1] = sight.ready;
                    all[2..2 + sight.steps.len()].copy_from_slice(&sight.steps);
                    all[2 + sight.steps.len()] = sight.other;
                } else {
                    all[0] = 1.0;
                }
                (all, false)
            }
            Eyes::Own(predictor) => {
                let told = predictor.frame(picture, pose)?;
                (told.probabilities, told.reason == Some(AbstainReason::NobodySeen))
            }
            Eyes::Clips { predictor, poses, last } => {
                poses.push_back((seconds, pose.cloned()));
                while poses.front().is_some_and(|(before, _)| seconds - before > CLIP_S) {
                    poses.pop_front();
                }
                let nobody = poses.iter().all(|(_, pose)| pose.is_none());
                match last {
                    Some((when, told)) if (0.0..CLIP_EVERY_S).contains(&(seconds - *when)) => (told.clone(), nobody),
                    _ => {
                        let told = predictor.clip(poses.iter().map(|(_, pose)| pose.clone()).collect())?;
                        *last = Some((seconds, told.probabilities.clone()));
                        (told.probabilities, told.reason == Some(AbstainReason::NobodySeen))
                    }
                }
            }
        })
    }
}

/// Where nobody is in view, nobody is certain.
fn sure(names: &[String], probabilities: Vec<f64>, seen: bool) -> Vec<f64> {
    if seen {
        return probabilities;
    }
    names.iter().map(|name| if name == NOBODY { 1.0 } else { 0.0 }).collect()
}
