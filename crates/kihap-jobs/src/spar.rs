//! Sparring: what one or two people in a clip do.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use kihap_coach::spar::{
    Action, ActionFinder, FinderOptions, PeopleTracks, PointTable, SparSheet, TrackOptions, sheet,
};
use kihap_vision::Pose;
use kihap_vision::blazepose::{BlazePose, Complexity};
use kihap_vision::video::{FrameRate, VideoFrames};

use crate::error::{JobError, Result};
use crate::frames::read_landmarks;
use crate::live::SparReader;

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
    let reader = SparReader::open()?;
    let end = frames.last().map_or(0.0, |frame| frame.seconds);
    if request.people < 2 {
        let poses = frames.iter().map(|frame| (frame.seconds, frame.poses.first().cloned()));
        let actions = actions_of(&reader, poses.collect(), request.table)?;
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
            let actions = actions_of(&reader, seen, request.table)?;
            Ok(sheet(Some(person + 1), actions, (0.0, end), request.round_seconds, request.table))
        })
        .collect()
}

fn actions_of(reader: &SparReader, seen: Vec<(f64, Option<Pose>)>, table: PointTable) -> Result<Vec<Action>> {
    let mut finder = ActionFinder::new(FinderOptions::default(), table);
    let mut actions: Vec<Action> = reader.read(seen)?.iter().filter_map(|frame| finder.next(frame)).collect();
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
