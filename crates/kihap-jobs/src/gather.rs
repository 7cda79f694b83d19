//! From samples of a dataset to examples for learning.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use kihap_dataset::clips::clips as clips_of;
use kihap_dataset::features::{ExtractionProgress, Problem, photo_features_of, poses_of};
use kihap_dataset::{Dataset, Filter, Sample};
use kihap_learn::Example;
use kihap_vision::Pose;
use kihap_vision::backbone::Preprocessing;
use kihap_vision::picture_input::PictureInput;
use serde::{Deserialize, Serialize};

use crate::error::{JobError, Result};
use crate::pictures;
use crate::sources::{BATCH, Eyes, Mirrored};

/// Which samples of a dataset a job is about; `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// Only these classes.
    pub classes: Option<Vec<String>>,
    /// Only these persons.
    pub persons: Option<Vec<String>>,
    /// Only these views.
    pub views: Option<Vec<String>>,
}

impl Selection {
    /// The chosen samples in use.
    ///
    /// # Errors
    /// When none is left, or a class chosen by name does not exist.
    pub fn of(&self, dataset: &Dataset) -> Result<Vec<Sample>> {
        if let Some(classes) = &self.classes {
            for class in classes {
                if dataset.manifest().class(class).is_none() {
                    let known = dataset.classes().iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
                    return Err(JobError::NoSuchClass { class: class.clone(), known });
                }
            }
        }
        let filter = Filter {
            classes: self.classes.clone(),
            persons: self.persons.clone(),
            views: self.views.clone(),
            ..Filter::default()
        };
        let samples = dataset.samples(&filter)?;
        if samples.is_empty() {
            let said = [("classes", &self.classes), ("persons", &self.persons), ("views", &self.views)];
            let chosen: Vec<String> = said
                .iter()
                .filter_map(|(what, list)| list.as_ref().map(|l| format!("{what} {}", l.join(", "))))
                .collect();
            let chosen = if chosen.is_empty() { "all samples in use".into() } else { chosen.join(" and ") };
            return Err(JobError::NoSamples { chosen });
        }
        Ok(samples)
    }
}

/// What a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking for skeletons.
    Skeletons,
    /// Running the image network.
    PhotoFeatures,
    /// Running the image network on mirrored pictures.
    MirroredPhotoFeatures,
}

/// How a job tells of its progress and is stopped.
pub struct Watch<'a> {
    /// Called as work gets on.
    pub progress: &'a mut dyn FnMut(Stage, ExtractionProgress),
    /// Set from elsewhere to stop.
    pub cancel: &'a AtomicBool,
}

/// Examples, one a usable sample.
#[derive(Debug)]
pub struct Gathered {
    /// The samples, those that could not be read left out.
    pub samples: Vec<Sample>,
    /// One example each.
    pub examples: Vec<Example>,
    /// All people found in each picture; empty lists when no estimator looked.
    pub people: Vec<Vec<Pose>>,
    /// Samples that could not be read.
    pub problems: Vec<Problem>,
    /// How many pictures' features were read back instead of made.
    pub from_cache: usize,
}

/// Makes the features that `eyes` see for each sample. `label` gives each sample's class; `mirror` also makes the photo
/// features of mirrored pictures.
///
/// # Errors
/// When a network fails, the cache cannot be written, or the job is stopped.
pub fn gather(
    dataset: &Dataset,
    samples: Vec<Sample>,
    eyes: &mut Eyes,
    mirror: bool,
    label: &dyn Fn(&Sample) -> usize,
    watch: &mut Watch<'_>,
) -> Result<Gathered> {
    let mut problems = Vec::new();
    let mut from_cache = 0;
    let mut poses: Option<Vec<Option<Vec<Pose>>>> = None;
    let mut photos: [Option<Vec<Option<Vec<f32>>>>; 2] = [None, None];
    if let Some(estimator) = &mut eyes.estimator {
        let mut tell = |p| (watch.progress)(Stage::Skeletons, p);
        let found = poses_of(dataset, &samples, estimator.as_mut(), &mut tell, watch.cancel)?;
        if found.cancelled {
            return Err(JobError::Stopped);
        }
        from_cache += found.from_cache;
        problems.extend(found.problems.iter().cloned());
        poses = Some(found.into_values());
    }
    if let Some(backbone) = &mut eyes.backbone {
        let passes = if mirror { 2 } else { 1 };
        for (pass, photos) in photos.iter_mut().enumerate().take(passes) {
            let stage = if pass == 0 { Stage::PhotoFeatures } else { Stage::MirroredPhotoFeatures };
            let mut tell = |p| (watch.progress)(stage, p);
            let found = if pass == 0 {
                photo_features_of(dataset, &samples, backbone.as_mut(), BATCH, &mut tell, watch.cancel)?
            } else {
                let mut mirrored = Mirrored(backbone.as_mut());
                photo_features_of(dataset, &samples, &mut mirrored, BATCH, &mut tell, watch.cancel)?
            };
            if found.cancelled {
                return Err(JobError::Stopped);
            }
            from_cache += found.from_cache;
            problems.extend(found.problems.iter().filter(|p| !problems.contains(p)).cloned().collect::<Vec<_>>());
            *photos = Some(found.into_values());
        }
    }
    let mut gathered = Gathered { samples: Vec::new(), examples: Vec::new(), people: Vec::new(), problems, from_cache };
    let [mut photos, mut mirrored] = photos;
    for (i, sample) in samples.into_iter().enumerate() {
        let people = match &mut poses {
            Some(all) => match all[i].take() {
                Some(people) => people,
                None => continue,
            },
            None => Vec::new(),
        };
        let photo = match &mut photos {
            Some(all) => match all[i].take() {
                Some(features) => Some(features),
                None => continue,
            },
            None => None,
        };
        let mirrored_photo = mirrored.as_mut().and_then(|all| all[i].take());
        let pose = people.first().cloned();
        gathered.examples.push(Example { pose, photo, mirrored_photo, ..Example::empty(label(&sample)) });
        gathered.people.push(people);
        gathered.samples.push(sample);
    }
    if let Some(preprocessing) = &eyes.preprocessing {
        add_pictures(dataset, &mut gathered, eyes.picture, preprocessing);
    }
    if eyes.input.reads_sequences() {
        gathered = as_clips(gathered);
    }
    Ok(gathered)
}

/// Gives each example its picture; samples without one are left out.
fn add_pictures(dataset: &Dataset, gathered: &mut Gathered, input: PictureInput, preprocessing: &Preprocessing) {
    let paths: Vec<Option<PathBuf>> = gathered.samples.iter().map(|sample| dataset.picture_path(sample)).collect();
    for (sample, path) in gathered.samples.iter().zip(&paths) {
        if path.is_none() {
            let reason = "it is landmarks only and has no picture".into();
            gathered.problems.push(Problem { sample: sample.name(), reason });
        }
    }
    let mut has_picture = paths.iter().map(Option::is_some);
    gathered.samples.retain(|_| has_picture.next().unwrap_or(false));
    let mut has_picture = paths.iter().map(Option::is_some);
    gathered.examples.retain(|_| has_picture.next().unwrap_or(false));
    let mut has_picture = paths.iter().map(Option::is_some);
    gathered.people.retain(|_| has_picture.next().unwrap_or(false));
    let paths: Vec<PathBuf> = paths.into_iter().flatten().collect();
    let people = if input.needs_people() { gathered.people.clone() } else { vec![Vec::new(); paths.len()] };
    let sources = pictures::sources(paths, people, input, preprocessing);
    for (example, source) in gathered.examples.iter_mut().zip(sources) {
        example.picture = Some(source);
    }
}

/// One example a clip, known by its first frame's sample.
fn as_clips(frames: Gathered) -> Gathered {
    let mut clips = Gathered {
        samples: Vec::new(),
        examples: Vec::new(),
        people: Vec::new(),
        problems: frames.problems,
        from_cache: frames.from_cache,
    };
    for clip in clips_of(&frames.samples) {
        let Some(&first) = clip.samples.first() else { continue };
        let poses = clip.samples.iter().map(|&index| frames.examples[index].pose.clone()).collect();
        clips.examples.push(Example::from_frames(poses, frames.examples[first].label));
        clips.people.push(frames.people[first].clone());
        clips.samples.push(frames.samples[first].clone());
    }
    clips
}
