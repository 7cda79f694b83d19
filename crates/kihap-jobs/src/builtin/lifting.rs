//! The lifter that Kihap brings along: it learns from the drawn stills and lessons, of which it is known where the joints are, and from
//! films whose errors are made up.

use std::ops::ControlFlow;

use kihap_learn::lift::{LiftExample, LiftRecord, Lifter, LifterOptions, train_lifter};
use kihap_syllabus::Syllabus;
use kihap_vision::Pose;
use rayon::prelude::*;

use super::film_errors::FilmErrors;
use super::lessons::SeenLesson;
use super::open::lifter;
use super::stills::SeenStill;
use crate::error::Result;
use crate::frames::SeenFrame;

/// What the lifter in the binary was trained with.
pub const LIFTER: LifterOptions = LifterOptions { width: 512, epochs: 20, seed: 1 };

/// One body of the stills, and one lesson, in so many is kept for validation.
const VALIDATION: usize = 12;
/// One frame in so many of a drawn lesson is learnt from: its neighbours are almost the same.
const EVERY: usize = 2;
/// Films that are not drawn, and the seconds between two of their frames that are learnt from. They show more bodies, cameras and postures than
/// can be drawn.
const FILMS: u64 = 1500;
const APART_S: f64 = 0.4;

/// Trains the lifter.
///
/// # Errors
/// Options of 0, nothing to learn from, or the program's own files damaged.
pub fn train_builtin_lifter(
    syllabus: &Syllabus,
    stills: &[SeenStill],
    lessons: &[SeenLesson],
    options: &LifterOptions,
    on_epoch: &mut dyn FnMut(&LiftRecord) -> ControlFlow<()>,
) -> Result<Lifter> {
    let (kept_stills, stills): (Vec<_>, Vec<_>) =
        stills.iter().partition(|still| (still.body as usize).is_multiple_of(VALIDATION));
    let (kept_lessons, lessons): (Vec<_>, Vec<_>) =
        lessons.iter().enumerate().partition(|(index, _)| index.is_multiple_of(VALIDATION));
    let drawn = |stills: &[&SeenStill], lessons: &[(usize, &SeenLesson)]| {
        let of_still = |still: &&SeenStill| LiftExample::new(still.pose.as_ref()?, &still.truth);
        let of_stills = stills.iter().filter_map(of_still);
        of_stills.chain(lessons.iter().flat_map(|(_, lesson)| examples(lesson, 0.0).step_by(EVERY))).collect::<Vec<_>>()
    };
    let mut training = drawn(&stills, &lessons);
    let validation = drawn(&kept_stills, &kept_lessons);
    let errors = FilmErrors::new(stills.into_iter(), lessons.into_iter().map(|(_, lesson)| lesson))?;
    let film = |film| {
        let film = errors.film(syllabus, film, (options.seed << 32) + film);
        examples(&film, APART_S).collect::<Vec<_>>()
    };
    training.par_extend((0..FILMS).into_par_iter().flat_map_iter(film));
    Ok(train_lifter(&training, &validation, options, on_epoch)?)
}

/// What frames of a lesson show, taken so many seconds apart.
fn examples(lesson: &SeenLesson, apart_s: f64) -> impl Iterator<Item = LiftExample> {
    let mut last = f64::NEG_INFINITY;
    lesson.seen.frames.iter().zip(&lesson.truth.frames).filter_map(move |(seen, truth)| {
        if truth.seconds - last < apart_s {
            return None;
        }
        last = truth.seconds;
        LiftExample::new(seen.pose.as_ref()?, &truth.pose.as_ref()?.world)
    })
}

/// Puts the skeletons of frames right, as the judge wants them.
///
/// # Errors
/// When the network fails, or the program's own files are damaged.
pub fn lift_frames(frames: &mut [SeenFrame]) -> Result<()> {
    let lifted = {
        let poses: Vec<&Pose> = frames.iter().filter_map(|frame| frame.pose.as_ref()).collect();
        lifter()?.lift(&poses)?
    };
    frames.iter_mut().filter_map(|frame| frame.pose.as_mut()).zip(lifted).for_each(|(pose, lifted)| *pose = lifted);
    Ok(())
}

#[cfg(test)]
mod tests {
    use kihap_learn::lift::LiftErrors;

    use super::super::lessons::draw_lessons;
    use super::*;

    /// A lesson that the lifter has not seen, drawn and followed by BlazePose.
    #[test]
    fn lifted_skeletons_are_nearer_to_the_truth() {
        let folder = tempfile::tempdir().unwrap();
        let syllabus = Syllabus::embedded().unwrap();
        let lesson =
            draw_lessons(folder.path(), &syllabus, 4..5, &mut |_, _| ControlFlow::Continue(())).unwrap().remove(0);
        let mut frames: Vec<SeenFrame> = (0..)
            .zip(&lesson.seen.frames)
            .map(|(frame, f)| SeenFrame { source: String::new(), frame, seconds: f.seconds, pose: f.pose.clone() })
            .collect();
        let errors = |frames: &[SeenFrame]| {
            let both = frames.iter().zip(&lesson.truth.frames);
            let example = |(seen, truth): (&SeenFrame, &kihap_coach::performance::FilmFrame)| {
                LiftExample::new(seen.pose.as_ref()?, &truth.pose.as_ref()?.world)
            };
            LiftErrors::as_seen(&both.filter_map(example).collect::<Vec<_>>())
        };
        let before = errors(&frames);
        lift_frames(&mut frames).unwrap();
        let after = errors(&frames);
        assert!(after.points_trunks < 0.85 * before.points_trunks, "{before:?} {after:?}");
        assert!(after.elbows_deg < 0.75 * before.elbows_deg, "{before:?} {after:?}");
        assert!(after.knees_deg < 0.85 * before.knees_deg, "{before:?} {after:?}");
    }
}
