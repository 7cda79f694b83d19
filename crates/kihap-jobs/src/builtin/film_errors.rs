//! Films of lessons that are not drawn, with the errors of an estimator.

use kihap_coach::degrade::{ErrorBank, ErrorModel};
use kihap_coach::synth::Lesson;
use kihap_syllabus::Syllabus;

use super::lessons::SeenLesson;
use super::stills::SeenStill;
use crate::error::{JobError, Result};

/// One film in so many has errors that are modelled; the others mostly have such as the estimator made on drawn stills and lessons.
const MODELLED: u64 = 5;

/// What an estimator gets wrong.
pub(super) struct FilmErrors {
    modelled: ErrorModel,
    made: ErrorBank,
}

impl FilmErrors {
    /// Errors that are modelled, and those made on stills and on held postures of drawn lessons.
    pub(super) fn new<'a>(
        stills: impl Iterator<Item = &'a SeenStill>,
        lessons: impl Iterator<Item = &'a SeenLesson>,
    ) -> Result<Self> {
        let modelled = ErrorModel::measured()
            .map_err(|e| JobError::Source { path: "errors.toml".into(), reason: e.to_string() })?;
        let of_stills = stills.filter_map(|still| Some((&still.truth[..], still.pose.as_ref()?)));
        let made = ErrorBank::new(of_stills.chain(lessons.flat_map(SeenLesson::held)));
        Ok(Self { modelled, made })
    }

    /// The `number`th film: the lesson with a seed, with errors.
    pub(super) fn film(&self, syllabus: &Syllabus, number: u64, seed: u64) -> SeenLesson {
        let lesson = Lesson::of(syllabus, seed);
        let truth = lesson.film(&ErrorModel::none());
        let mut seen = lesson.film(&self.modelled);
        if !number.is_multiple_of(MODELLED) {
            let noisy = std::mem::replace(&mut seen, truth.clone());
            self.made.degrade(&mut seen, &noisy, seed);
        }
        SeenLesson { seen, truth }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_film_in_five_has_modelled_errors_alone() {
        let syllabus = Syllabus::embedded().unwrap();
        let modelled = ErrorModel::measured().unwrap();
        let errors = FilmErrors::new(std::iter::empty(), std::iter::empty()).unwrap();
        for number in 4..7 {
            let SeenLesson { seen, truth } = errors.film(&syllabus, number, 11);
            let poses = |film: &kihap_coach::performance::Film| {
                film.frames.iter().map(|frame| frame.pose.clone()).collect::<Vec<_>>()
            };
            // Without examples the others stay as they are.
            let expected = if number == 5 { Lesson::of(&syllabus, 11).film(&modelled) } else { truth };
            assert!(poses(&seen) == poses(&expected), "{number}");
        }
    }
}
