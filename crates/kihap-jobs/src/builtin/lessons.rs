//! Lessons that the real estimator followed: drawn, in part, for drawing takes a hundred times as long as modelling errors.

use std::ops::{ControlFlow, Range};
use std::path::Path;

use kihap_coach::performance::{Film, FilmFrame, Phase};
use kihap_coach::synth::Lesson;
use kihap_syllabus::{Side, Syllabus};
use kihap_vision::Pose;
use rayon::prelude::*;

use crate::drawn_film::drawn_part;
use crate::error::{JobError, Result};

/// How much of a lesson is drawn, seconds: two half lessons show more bodies and cameras than a whole one.
const SECONDS: f64 = 20.0;
/// Lessons drawn at once.
const BATCH: usize = 8;
/// Time between two held postures whose errors are taken for other films, seconds.
const APART_S: f64 = 0.4;

/// A part of a lesson, followed by the real estimator.
#[derive(Debug, Clone)]
pub struct SeenLesson {
    /// What the estimator gives, frame by frame.
    pub seen: Film,
    /// The same frames as a perfect estimator would give them.
    pub truth: Film,
}

impl SeenLesson {
    /// Held postures that the estimator saw: where the joints really are (world coordinates, metres), and what it made of them.
    pub(crate) fn held(&self) -> impl Iterator<Item = (&[[f32; 3]], &Pose)> {
        let mut last = f64::NEG_INFINITY;
        self.seen.frames.iter().zip(&self.truth.frames).filter_map(move |(seen, truth)| {
            let still = matches!(truth.truth.phase, Phase::Held | Phase::Ready | Phase::Idle);
            if !still || truth.seconds - last < APART_S {
                return None;
            }
            last = truth.seconds;
            Some((&truth.pose.as_ref()?.world[..], seen.pose.as_ref()?))
        })
    }

    /// What is seen, in a mirror.
    pub(crate) fn mirrored(&self) -> Vec<FilmFrame> {
        self.seen.frames.iter().map(mirrored).collect()
    }
}

fn mirrored(frame: &FilmFrame) -> FilmFrame {
    let mut frame = frame.clone();
    frame.pose = frame.pose.as_ref().map(Pose::mirrored);
    // The camera stays, so the body turns over by twice what it is off from it.
    let off = frame.heading_to_camera_deg;
    frame.truth.heading_deg = (frame.truth.heading_deg - 2.0 * off).rem_euclid(360.0);
    frame.heading_to_camera_deg = (-off).rem_euclid(360.0);
    for label in [&mut frame.truth.technique, &mut frame.truth.stance] {
        label.side = label.side.map(Side::other);
    }
    frame
}

/// Draws those lessons that the folder does not hold yet, lets the estimator follow them, and gives them all in the order of their
/// seeds. `tell` gets the lessons done and those wanted.
///
/// # Errors
/// A folder that cannot be written or read, a network that fails, or that the job was stopped.
pub fn draw_lessons(
    folder: &Path,
    syllabus: &Syllabus,
    seeds: Range<u64>,
    tell: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Vec<SeenLesson>> {
    let seeds: Vec<u64> = seeds.collect();
    let mut lessons = Vec::with_capacity(seeds.len());
    for some in seeds.chunks(BATCH) {
        let drawn: Vec<Result<SeenLesson>> = some.par_iter().map(|seed| lesson(folder, syllabus, *seed)).collect();
        lessons.extend(drawn.into_iter().collect::<Result<Vec<_>>>()?);
        if tell(lessons.len(), seeds.len()).is_break() {
            return Err(JobError::Stopped);
        }
    }
    Ok(lessons)
}

fn lesson(folder: &Path, syllabus: &Syllabus, seed: u64) -> Result<SeenLesson> {
    let lesson = Lesson::of(syllabus, seed);
    let path = folder.join(format!("{seed}.film"));
    drawn_part(&path, &lesson.performance, &lesson.shoot, &lesson.excerpt(SECONDS), seed)
        .map(|(seen, truth)| SeenLesson { seen, truth })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(lesson: &SeenLesson) -> (&FilmFrame, &Pose) {
        let seen = lesson.seen.frames.iter().filter(|frame| frame.truth.technique.side.is_some());
        seen.filter_map(|frame| Some((frame, frame.pose.as_ref()?))).next().unwrap()
    }

    #[test]
    fn a_drawn_lesson_is_read_back_and_its_mirror_image_acts_with_the_other_side() {
        let folder = tempfile::tempdir().unwrap();
        let syllabus = Syllabus::embedded().unwrap();
        let mut told = Vec::new();
        let mut draw = || {
            draw_lessons(folder.path(), &syllabus, 3..4, &mut |done, all| {
                told.push((done, all));
                ControlFlow::Continue(())
            })
        };
        let (drawn, read) = (draw().unwrap().remove(0), draw().unwrap().remove(0));
        assert_eq!(told, [(1, 1), (1, 1)]);
        let poses = |lesson: &SeenLesson| lesson.seen.frames.iter().map(|frame| frame.pose.clone()).collect::<Vec<_>>();
        assert_eq!(poses(&drawn), poses(&read));
        let seconds = drawn.seen.frames.last().unwrap().seconds - drawn.seen.frames[0].seconds;
        assert!((seconds - SECONDS).abs() < 0.2, "{seconds}");
        assert!(drawn.held().count() > 10);
        assert!(drawn.held().all(|(truth, pose)| truth != &pose.world[..]));

        let (plain, pose) = frame(&drawn);
        let other = drawn.mirrored().into_iter().find(|frame| frame.seconds == plain.seconds).unwrap();
        assert_eq!(other.truth.technique.side, plain.truth.technique.side.map(Side::other));
        assert_eq!(other.truth.technique.id, plain.truth.technique.id);
        let flipped = other.pose.unwrap();
        assert!((flipped.world[15][0] + pose.world[16][0]).abs() < 1e-6);
    }
}
