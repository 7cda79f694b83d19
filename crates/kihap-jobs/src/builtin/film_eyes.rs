//! What the networks on films add to readings that come one after the other.

use kihap_coach::reading::{Label, Reading, Vocabulary};
use kihap_coach::track::MotionMeter;
use kihap_learn::{Example, Model};

use super::open::{film_stances, film_techniques};
use super::window::Window;
use crate::error::Result;

/// What the networks on stills keep of a say: they know the real estimator's errors, but only single postures.
const OF_STILLS: f32 = 0.5;

/// Watches a film and says more of each moment than its picture alone shows.
#[derive(Debug)]
pub(crate) struct FilmEyes {
    techniques: Eye,
    stances: Eye,
    window: Window,
    meter: MotionMeter,
}

impl FilmEyes {
    /// With the built-in networks, for readings of the vocabulary.
    pub(crate) fn open(vocabulary: &Vocabulary) -> Result<Self> {
        Ok(Self {
            techniques: Eye::new(film_techniques()?, &vocabulary.techniques),
            stances: Eye::new(film_stances()?, &vocabulary.stances),
            window: Window::default(),
            meter: MotionMeter::default(),
        })
    }

    /// Adds what the film shows to the next reading.
    ///
    /// # Errors
    /// When a network fails.
    pub(crate) fn look(&mut self, reading: &mut Reading) -> Result<()> {
        if self.meter.push(reading.pose.as_ref(), reading.seconds).cut {
            self.window.clear();
        }
        let Some(row) = self.window.push(reading.seconds, reading.pose.as_ref()) else { return Ok(()) };
        let example = [Example::from_photo(row, 0)];
        self.techniques.add(&example, &mut reading.techniques)?;
        self.stances.add(&example, &mut reading.stances)
    }
}

/// A network and where its classes lie in the vocabulary.
#[derive(Debug)]
struct Eye {
    network: Model,
    places: Vec<Option<usize>>,
}

impl Eye {
    fn new(network: Model, labels: &[Label]) -> Self {
        let names: Vec<String> = labels.iter().map(Label::name).collect();
        let places = network.class_names().iter().map(|class| names.iter().position(|name| name == class)).collect();
        Self { network, places }
    }

    fn add(&self, example: &[Example], numbers: &mut [f32]) -> Result<()> {
        let predictions = self.network.predict(example)?;
        numbers.iter_mut().for_each(|number| *number *= OF_STILLS);
        for prediction in &predictions {
            for (place, probability) in self.places.iter().zip(&prediction.probabilities) {
                if let Some(number) = place.and_then(|place| numbers.get_mut(place)) {
                    *number += (1.0 - OF_STILLS) * *probability as f32;
                }
            }
        }
        let sum: f32 = numbers.iter().sum();
        numbers.iter_mut().for_each(|number| *number /= sum.max(f32::MIN_POSITIVE));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::Reader;
    use kihap_coach::degrade::ErrorModel;
    use kihap_coach::performance::{Manner, Performance, Phase, Shoot, film};
    use kihap_syllabus::Syllabus;

    #[test]
    fn a_film_shows_more_than_its_pictures() {
        let syllabus = Syllabus::embedded().unwrap();
        let reader = Reader::open(&syllabus).unwrap();
        let form = syllabus.form("taegeuk_4").unwrap();
        // Bodies and noise that no lesson had.
        let manner = Manner::of(700_001, 700_001);
        let performance = Performance::of_form(&syllabus, form, None, &manner).unwrap();
        let shoot = Shoot::of(700_002).from_azimuth(20.0);
        let filmed = film(&performance, &shoot, &ErrorModel::measured().unwrap(), 700_001);
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
}
