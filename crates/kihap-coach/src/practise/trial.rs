//! One motion was asked for; what was shown?

use kihap_syllabus::Syllabus;
use serde::Serialize;

/// For so long the wanted motion must be held at full stars for a trial to be over early, seconds.
const SETTLED_S: f64 = 0.4;
/// From this probability on a frame is sure of its class, and the share at which those below count.
const SURE: f64 = 0.5;
const FAINT: f64 = 1e-3;
/// A frame counts for at most so long, seconds: after a gap nobody knows what was shown in it.
const LONGEST_FRAME_S: f64 = 0.2;

/// What a trial came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Index of the class that was recognised; `None` where there was no frame.
    pub recognised: Option<usize>,
    /// Its greatest probability, 0 to 1.
    pub certainty: f64,
    /// The greatest probability of the class that was asked for.
    pub wanted_certainty: f64,
    /// Stars, 0 to 3; none where another class was recognised.
    pub stars: u32,
    /// Whether it passed: one star or more.
    pub passed: bool,
    /// Frames looked at.
    pub frames: u32,
    /// When the class that was asked for was most probable, seconds.
    pub best_seconds: Option<f64>,
}

/// Watches one motion that was asked for.
///
/// Recognised is what was shown longest and most surely: the class with the largest sum, over the frames in which it was the most
/// probable one, of time times what its probability exceeds a half by. Frames that are less sure only decide where there is no
/// surer one, and classes of rest (nobody, other, the ready stance) only where no motion was seen.
#[derive(Debug, Clone)]
pub struct Trial {
    wanted: usize,
    resting: Vec<bool>,
    stars: Vec<(f64, u32)>,
    shown: Vec<f64>,
    peak: Vec<f64>,
    best_seconds: Option<f64>,
    last: Option<f64>,
    full_since: Option<f64>,
    settled: bool,
    frames: u32,
}

impl Trial {
    /// Of the class `wanted`; `resting` tells for each class whether it is one of rest.
    pub fn new(syllabus: &Syllabus, wanted: usize, resting: &[bool]) -> Self {
        let mut resting = resting.to_vec();
        if let Some(wanted) = resting.get_mut(wanted) {
            *wanted = false;
        }
        let stars = syllabus.scoring().original_app.stars.iter().map(|rule| (rule.min, rule.stars)).collect();
        let count = resting.len();
        Self {
            wanted,
            resting,
            stars,
            shown: vec![0.0; count],
            peak: vec![0.0; count],
            best_seconds: None,
            last: None,
            full_since: None,
            settled: false,
            frames: 0,
        }
    }

    /// Takes the (evened) probabilities of one frame in.
    pub fn next(&mut self, seconds: f64, probabilities: &[f64]) {
        let span = self.last.map_or(0.0, |last| (seconds - last).clamp(0.0, LONGEST_FRAME_S));
        self.last = Some(seconds);
        self.frames += 1;
        let Some(top) = (0..probabilities.len().min(self.peak.len()))
            .max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]))
        else {
            return;
        };
        let asked = probabilities.get(self.wanted).copied().unwrap_or(0.0);
        if self.peak.get(self.wanted).is_some_and(|peak| asked > *peak) {
            self.peak[self.wanted] = asked;
            self.best_seconds = Some(seconds);
        }
        self.peak[top] = self.peak[top].max(probabilities[top]);
        // A first frame has no span, yet it was seen.
        self.shown[top] += ((probabilities[top] - SURE).max(0.0) + FAINT * probabilities[top]) * span.max(1e-3);
        if top == self.wanted && self.stars_for(asked) == self.most() {
            let since = *self.full_since.get_or_insert(seconds);
            self.settled |= seconds - since >= SETTLED_S;
        } else {
            self.full_since = None;
        }
    }

    /// Whether the wanted motion was held so surely that there is nothing to wait for.
    pub fn settled(&self) -> bool {
        self.settled
    }

    /// The greatest probability of the wanted class so far.
    pub fn wanted_certainty(&self) -> f64 {
        self.peak.get(self.wanted).copied().unwrap_or(0.0)
    }

    /// What it comes to with the frames so far.
    pub fn outcome(&self) -> Outcome {
        let longest = |rest: bool| {
            let seen = (0..self.shown.len()).filter(|class| self.resting[*class] == rest && self.shown[*class] > 0.0);
            seen.max_by(|a, b| self.shown[*a].total_cmp(&self.shown[*b]))
        };
        let recognised = longest(false).or_else(|| longest(true));
        let certainty = recognised.map_or(0.0, |class| self.peak[class]);
        let stars = if recognised == Some(self.wanted) { self.stars_for(certainty) } else { 0 };
        Outcome {
            recognised,
            certainty,
            wanted_certainty: self.wanted_certainty(),
            stars,
            passed: stars > 0,
            frames: self.frames,
            best_seconds: self.best_seconds,
        }
    }

    fn stars_for(&self, probability: f64) -> u32 {
        self.stars.iter().find(|(min, _)| probability >= *min).map_or(0, |(_, stars)| *stars)
    }

    fn most(&self) -> u32 {
        self.stars.iter().map(|(_, stars)| *stars).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Classes: nobody, other, ready, low block, face block.
    const RESTING: [bool; 5] = [true, true, true, false, false];

    fn shown(wanted: usize, frames: &[(usize, f64)]) -> Trial {
        let mut trial = Trial::new(&Syllabus::embedded().unwrap(), wanted, &RESTING);
        for (i, (class, probability)) in frames.iter().enumerate() {
            let mut all = [(1.0 - probability) / 4.0; 5];
            all[*class] = *probability;
            trial.next(i as f64 / 30.0, &all);
        }
        trial
    }

    #[test]
    fn a_motion_between_two_ready_stances_passes_with_the_stars_of_its_peak() {
        let rest = [(2, 0.95); 30];
        for (peak, stars) in [(0.85, 3), (0.75, 2), (0.65, 1), (0.55, 0)] {
            let outcome = shown(3, &[&rest[..], &[(3, peak); 8], &rest[..]].concat()).outcome();
            assert_eq!((outcome.recognised, outcome.stars, outcome.passed), (Some(3), stars, stars > 0));
            assert!((outcome.certainty - peak).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_passed_on_the_way_does_not_count_for_what_is_held() {
        let outcome = shown(3, &[[(3, 0.9); 3].as_slice(), &[(4, 0.85); 30]].concat()).outcome();
        assert_eq!((outcome.recognised, outcome.stars), (Some(4), 0));
        assert!((outcome.wanted_certainty - 0.9).abs() < 1e-9);
    }

    #[test]
    fn a_short_sure_motion_outweighs_a_longer_unsure_one() {
        let outcome = shown(3, &[[(4, 0.58); 15].as_slice(), &[(3, 0.9); 5]].concat()).outcome();
        assert_eq!((outcome.recognised, outcome.stars), (Some(3), 3));
    }

    #[test]
    fn who_only_stands_there_showed_a_rest_and_nothing_at_all_is_nothing() {
        assert_eq!(shown(3, &[(1, 0.9); 20]).outcome().recognised, Some(1));
        assert_eq!(shown(2, &[(2, 0.9); 20]).outcome().stars, 3);
        assert_eq!(shown(3, &[]).outcome().recognised, None);
    }

    #[test]
    fn a_motion_held_long_enough_settles_it() {
        assert!(!shown(3, &[(3, 0.9); 8]).settled());
        assert!(shown(3, &[(3, 0.9); 14]).settled());
        assert!(!shown(3, &[(3, 0.75); 60]).settled());
    }
}
