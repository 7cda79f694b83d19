//! Sparring: what one or two people in a clip do.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use kihap_coach::spar::{
    Action, ActionFinder, FinderOptions, PeopleTracks, PointTable, SparClass, SparFrame, SparSheet, TrackOptions, sheet,
};
use kihap_coach::synth::SynthCourse;
use kihap_learn::{Example, Model};
use kihap_vision::Pose;
use kihap_vision::blazepose::{BlazePose, Complexity};
use kihap_vision::video::{FrameRate, VideoFrames};

use crate::builtin::builtin;
use crate::error::{JobError, Result};
use crate::frames::read_landmarks;

/// How a clip is watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparRequest {
    /// People watched: one, or two.
    pub people: usize,
    /// Length of a round, seconds.
    pub round_seconds: f64,
    /// What a hit is worth.
    pub table: PointTable,
    /// Which frames are taken.
    pub rate: FrameRate,
}

/// The people of a frame.
struct People {
    seconds: f64,
    poses: Vec<Pose>,
}

/// Watches a clip (or the landmarks of one person); a sheet for each person.
///
/// # Errors
/// A clip that cannot be read, a network that is missing, or that the job was stopped.
pub fn spar(
    path: &Path,
    request: &SparRequest,
    tell: &mut dyn FnMut(f64),
    cancel: &AtomicBool,
) -> Result<Vec<SparSheet>> {
    let frames = people_of(path, request, tell, cancel)?;
    let model = builtin(SynthCourse::Sparring)?;
    let end = frames.last().map_or(0.0, |frame| frame.seconds);
    if request.people < 2 {
        let poses = frames.iter().map(|frame| (frame.seconds, frame.poses.first().cloned()));
        let actions = actions_of(&model, poses.collect(), request.table)?;
        return Ok(vec![sheet(None, actions, (0.0, end), request.round_seconds, request.table)]);
    }
    let mut tracks = PeopleTracks::new(TrackOptions { people: request.people, ..TrackOptions::default() });
    let mut watched: Vec<Vec<(f64, Option<Pose>)>> = vec![Vec::new(); request.people];
    for frame in &frames {
        let places = tracks.next(&frame.poses, frame.seconds);
        for (person, seen) in watched.iter_mut().enumerate() {
            let pose =
                places.iter().find(|place| place.person == person + 1).and_then(|place| frame.poses.get(place.pose));
            seen.push((frame.seconds, pose.cloned()));
        }
    }
    watched
        .into_iter()
        .enumerate()
        .map(|(person, seen)| {
            let actions = actions_of(&model, seen, request.table)?;
            Ok(sheet(Some(person + 1), actions, (0.0, end), request.round_seconds, request.table))
        })
        .collect()
}

fn actions_of(model: &Model, seen: Vec<(f64, Option<Pose>)>, table: PointTable) -> Result<Vec<Action>> {
    let names = model.class_names();
    let order: Vec<Option<usize>> =
        SparClass::ALL.iter().map(|class| names.iter().position(|name| name == class.id())).collect();
    let examples: Vec<Example> = seen.iter().map(|(_, pose)| Example::from_pose(pose.clone(), 0)).collect();
    let predictions = model.predict(&examples)?;
    let mut finder = ActionFinder::new(FinderOptions::default(), table);
    let mut actions = Vec::new();
    for ((seconds, pose), prediction) in seen.into_iter().zip(predictions) {
        let mut probabilities = [0.0; 6];
        for (value, index) in probabilities.iter_mut().zip(&order) {
            *value = index.map_or(0.0, |index| prediction.probabilities[index] as f32);
        }
        actions.extend(finder.next(&SparFrame { seconds, probabilities, pose }));
    }
    actions.extend(finder.finish());
    Ok(actions)
}

fn people_of(
    path: &Path,
    request: &SparRequest,
    tell: &mut dyn FnMut(f64),
    cancel: &AtomicBool,
) -> Result<Vec<People>> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        let frames = read_landmarks(path)?;
        return Ok(frames
            .into_iter()
            .map(|f| People { seconds: f.seconds, poses: f.pose.into_iter().collect() })
            .collect());
    }
    let unreadable =
        |e: kihap_vision::video::VideoError| JobError::Source { path: path.to_owned(), reason: e.to_string() };
    let estimator = BlazePose::open(Complexity::Full, request.people)?;
    let (mut follower, mut several) =
        if request.people < 2 { (Some(estimator.into_tracker()), None) } else { (None, Some(estimator)) };
    let mut people = Vec::new();
    for frame in VideoFrames::open(path, request.rate).map_err(unreadable)? {
        if cancel.load(Ordering::Relaxed) {
            return Err(JobError::StoppedPredicting);
        }
        let frame = frame.map_err(unreadable)?;
        let seconds = frame.time_seconds;
        let poses = match (&mut follower, &mut several) {
            (Some(follower), _) => follower.next(&frame.image, seconds)?.into_iter().collect(),
            (None, Some(estimator)) => estimator.estimate_people(&frame.image, request.people)?,
            (None, None) => Vec::new(),
        };
        tell(seconds);
        people.push(People { seconds, poses });
    }
    Ok(people)
}
