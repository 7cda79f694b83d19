//! The lifter that Kihap brings along: it learns from the drawn stills and lessons, of which it is known where the joints are.

use std::ops::ControlFlow;

use kihap_learn::lift::{LiftExample, LiftRecord, Lifter, LifterOptions, train_lifter};
use kihap_vision::Pose;

use super::lessons::SeenLesson;
use super::open::lifter;
use super::stills::SeenStill;
use crate::error::Result;
use crate::frames::SeenFrame;

/// What the lifter in the binary was trained with.
pub const LIFTER: LifterOptions = LifterOptions { width: 512, epochs: 16, seed: 1 };

/// One body of the stills, and one lesson, in so many is kept for validation.
const VALIDATION: usize = 12;
/// One frame in so many of a lesson is learnt from: its neighbours are almost the same.
const EVERY: usize = 2;

/// Trains the lifter.
///
/// # Errors
/// Options of 0, or nothing to learn from.
pub fn train_builtin_lifter(
    stills: &[SeenStill],
    lessons: &[SeenLesson],
    options: &LifterOptions,
    on_epoch: &mut dyn FnMut(&LiftRecord) -> ControlFlow<()>,
) -> Result<Lifter> {
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    for still in stills {
        let of_body = still.body as usize;
        let part = if of_body.is_multiple_of(VALIDATION) { &mut validation } else { &mut training };
        part.extend(still.pose.as_ref().and_then(|pose| LiftExample::new(pose, &still.truth)));
    }
    for (index, lesson) in lessons.iter().enumerate() {
        let part = if index.is_multiple_of(VALIDATION) { &mut validation } else { &mut training };
        let frames = lesson.seen.frames.iter().zip(&lesson.truth.frames).step_by(EVERY);
        part.extend(
            frames.filter_map(|(seen, truth)| LiftExample::new(seen.pose.as_ref()?, &truth.pose.as_ref()?.world)),
        );
    }
    Ok(train_lifter(&training, &validation, options, on_epoch)?)
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
    use kihap_syllabus::Syllabus;

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
