//! What the networks on films add to frames that come one after the other.

use kihap_coach::reading::{Label, Reading, Vocabulary};
use kihap_coach::synth::SynthCourse;
use kihap_coach::track::MotionMeter;
use kihap_learn::{Example, Model};
use kihap_vision::Pose;

use super::open::{film_stances, film_techniques};
use super::window::Window;
use crate::error::Result;

/// Weight of the networks on stills beside those on films: they know more of the estimator's errors, but only single postures. (From 0.3 to
/// 0.5 drawn films that the estimator followed are read equally well.)
const OF_STILLS: f64 = 0.35;
/// What a network thinks impossible is no less probable than this.
const LEAST: f64 = 1e-4;

/// A film of which less is known, in seconds, is a picture: somebody who moves seems to stand.
const SHORTEST_S: f64 = 0.3;

/// Adds to readings what a film shows of techniques and stances.
#[derive(Debug)]
pub(crate) struct FilmEyes {
    film: Film,
    techniques: Eye,
    stances: Eye,
}

impl FilmEyes {
    /// With the built-in networks, for readings of the vocabulary.
    pub(crate) fn open(vocabulary: &Vocabulary) -> Result<Self> {
        let names = |labels: &[Label]| labels.iter().map(Label::name).collect::<Vec<_>>();
        Ok(Self {
            film: Film::default(),
            techniques: Eye::new(film_techniques()?, &names(&vocabulary.techniques)),
            stances: Eye::new(film_stances()?, &names(&vocabulary.stances)),
        })
    }

    /// Another film begins.
    pub(crate) fn begin(&mut self) {
        self.film = Film::default();
    }

    /// Adds what the film shows to the next reading.
    ///
    /// # Errors
    /// When a network fails.
    pub(crate) fn look(&mut self, reading: &mut Reading) -> Result<()> {
        let Some(moment) = self.film.next(reading.seconds, reading.pose.as_ref()) else { return Ok(()) };
        for (eye, numbers) in [(&self.techniques, &mut reading.techniques), (&self.stances, &mut reading.stances)] {
            let mut all: Vec<f64> = numbers.iter().map(|number| f64::from(*number)).collect();
            eye.add(&moment, &mut all)?;
            *numbers = all.iter().map(|number| *number as f32).collect();
        }
        Ok(())
    }
}

/// Adds to a course's probabilities what a film shows of its classes.
#[derive(Debug)]
pub(crate) struct CourseEyes {
    film: Film,
    eye: Eye,
}

impl CourseEyes {
    /// For the classes of a built-in model; `None` for a course that no network on films has learnt.
    pub(crate) fn of(course: SynthCourse, names: &[String]) -> Result<Option<Self>> {
        let network = match course {
            SynthCourse::Basics | SynthCourse::Techniques => film_techniques()?,
            SynthCourse::Stances => film_stances()?,
            SynthCourse::Sparring => return Ok(None),
        };
        Ok(Some(Self { film: Film::default(), eye: Eye::new(network, names) }))
    }

    /// The same where only some of the classes are expected, one entry a name.
    pub(crate) fn among(mut self, expected: &[bool]) -> Self {
        let is = |place: &usize| expected.get(*place).copied().unwrap_or(false);
        self.eye.places.iter_mut().for_each(|place| *place = place.filter(is));
        self
    }

    /// Another film begins.
    pub(crate) fn begin(&mut self) {
        self.film = Film::default();
    }

    /// Adds what the film shows of the next frame to its probabilities.
    ///
    /// # Errors
    /// When a network fails.
    pub(crate) fn look(&mut self, seconds: f64, pose: Option<&Pose>, probabilities: &mut [f64]) -> Result<()> {
        match self.film.next(seconds, pose) {
            Some(moment) => self.eye.add(&moment, probabilities),
            None => Ok(()),
        }
    }
}

/// What was seen lately, without what was before a cut.
#[derive(Debug, Default)]
struct Film {
    window: Window,
    meter: MotionMeter,
}

impl Film {
    /// What a network reads of the next frame; `None` where nobody is seen or too little came before.
    fn next(&mut self, seconds: f64, pose: Option<&Pose>) -> Option<[Example; 1]> {
        if self.meter.push(pose, seconds).cut {
            self.window.clear();
        }
        let row = self.window.push(seconds, pose)?;
        (self.window.span() >= SHORTEST_S).then(|| [Example::from_photo(row, 0)])
    }
}

/// A network and where its classes lie among others' names.
#[derive(Debug)]
struct Eye {
    network: Model,
    places: Vec<Option<usize>>,
}

impl Eye {
    /// For classes that are called as the network's are.
    fn new(network: Model, names: &[String]) -> Self {
        let places = network.class_names().iter().map(|class| names.iter().position(|name| name == class)).collect();
        Self { network, places }
    }

    /// Adds the network's say to probabilities: which of the names it is, given that it is one of those that the network knows; the
    /// others, and what cannot be (0), stay as they are. Both are pooled by their weighted geometric mean (the logarithmic opinion pool:
    /// Genest and Zidek, "Combining probability distributions", Statistical Science 1, 1986), so that either can speak against a name.
    fn add(&self, moment: &[Example; 1], probabilities: &mut [f64]) -> Result<()> {
        let mut seen = vec![None; probabilities.len()];
        for prediction in self.network.predict(moment)? {
            for (place, probability) in self.places.iter().zip(&prediction.probabilities) {
                if let Some(number) = place.and_then(|place| seen.get_mut(place)) {
                    *number = Some(number.unwrap_or(0.0) + probability);
                }
            }
        }
        let sum: f64 = seen.iter().flatten().sum();
        if sum <= 0.0 {
            return Ok(());
        }
        let (mut before, mut after) = (0.0, 0.0);
        for (number, seen) in probabilities.iter_mut().zip(&seen) {
            if let (true, Some(seen)) = (*number > 0.0, seen) {
                before += *number;
                let (still, film) = (number.max(LEAST).ln(), (seen / sum).max(LEAST).ln());
                *number = (OF_STILLS * still + (1.0 - OF_STILLS) * film).exp();
                after += *number;
            }
        }
        if after > 0.0 {
            let known = probabilities.iter_mut().zip(&seen).filter(|(_, seen)| seen.is_some());
            known.for_each(|(number, _)| *number *= before / after);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::Reader;
    use crate::drawn_film;
    use kihap_coach::degrade::ErrorModel;
    use kihap_coach::performance::{Manner, Performance, Phase, Shoot, film};
    use kihap_syllabus::Syllabus;

    #[test]
    fn a_film_shows_more_than_its_pictures() {
        let syllabus = Syllabus::embedded().unwrap();
        let reader = Reader::open(&syllabus).unwrap();
        let form = syllabus.form("taegeuk_4").unwrap();
        // A body that no lesson had, and the estimator itself.
        let manner = Manner::of(700_001, 700_001);
        let performance = Performance::of_form(&syllabus, form, None, &manner).unwrap();
        let shoot = Shoot::of(700_002).from_azimuth(20.0);
        let folder = tempfile::tempdir().unwrap();
        let (filmed, _) = drawn_film(&folder.path().join("form.film"), &performance, &shoot, 700_001).unwrap();
        let mut eyes = FilmEyes::open(reader.vocabulary()).unwrap();
        let (mut held, mut by_picture, mut by_film) = (0, 0, 0);
        for (number, frame) in filmed.frames.iter().enumerate() {
            let mut reading = reader.read_one(number, frame.seconds, frame.pose.as_ref()).unwrap();
            let top = |reading: &Reading| {
                let best = reading.techniques.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
                reader.vocabulary().techniques[best] == frame.truth.technique
            };
            let before = top(&reading);
            eyes.look(&mut reading).unwrap();
            assert!((reading.techniques.iter().sum::<f32>() - 1.0).abs() < 1e-4);
            if frame.truth.phase == Phase::Held && frame.pose.is_some() {
                held += 1;
                by_picture += usize::from(before);
                by_film += usize::from(top(&reading));
            }
        }
        assert!(by_film * 10 > held * 6, "{by_film} of {held}");
        assert!(by_film > by_picture + held / 10, "{by_film} and {by_picture} of {held}");
    }

    #[test]
    fn what_cannot_be_stays_out_and_what_a_network_does_not_know_keeps_its_share() {
        let syllabus = Syllabus::embedded().unwrap();
        let form = syllabus.form("taegeuk_1").unwrap();
        let performance = Performance::of_form(&syllabus, form, Some(1), &Manner::of(700_003, 700_003)).unwrap();
        let filmed = film(&performance, &Shoot::of(700_003), &ErrorModel::none(), 1);
        let mut lately = Film::default();
        let moment = filmed.frames.iter().find_map(|frame| lately.next(frame.seconds, frame.pose.as_ref())).unwrap();

        let network = film_techniques().unwrap();
        let mut names = network.class_names();
        names.push("a_users_own_technique".to_owned());
        let eye = Eye::new(network, &names);
        let mut told = vec![0.5 / (names.len() - 2) as f64; names.len()];
        (told[1], told[names.len() - 1]) = (0.0, 0.5);
        let before = told.clone();
        eye.add(&moment, &mut told).unwrap();
        assert_eq!((told[1], told[names.len() - 1]), (0.0, 0.5));
        assert!((told.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert_ne!(told, before);
    }
}
