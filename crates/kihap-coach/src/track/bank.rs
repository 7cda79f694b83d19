//! From where is the performance seen, and is it mirrored? Every answer runs its own decoder; the best explained one holds.

use super::Options;
use super::decoder::{Scores, best_path};
use super::evidence::{Evidence, Lexicon};
use super::lattice::{Hypothesis, Lattice};
use super::plan::Plan;
use super::{account, lattice};

/// Places of the camera that are tried, around the performer.
const PLACES: usize = 12;
/// Answers that are decoded with everything known, after the performance.
const FINALISTS: usize = 3;
/// How often a finalist's camera is set right by the headings of what it found.
const REFINEMENTS: usize = 2;
/// Difference of nats below which picture and mirror explain the performance equally well.
const UNDECIDED: f32 = 3.0;

/// A decoder for each hypothesis.
#[derive(Debug, Clone)]
pub(super) struct Bank {
    running: Vec<(Hypothesis, Scores)>,
    best: usize,
}

/// The best explanation of a performance.
#[derive(Debug, Clone)]
pub(super) struct Explanation {
    pub(super) hypothesis: Hypothesis,
    /// A state for each frame.
    pub(super) path: Vec<usize>,
    /// The mirror explains it as well.
    pub(super) mirror_undecided: bool,
    /// Whether headings had a say.
    pub(super) headed: bool,
}

impl Bank {
    pub(super) fn new(lattice: &Lattice, options: &Options) -> Self {
        let places: Vec<f32> = match options.camera_heading_deg {
            Some(known) => vec![known],
            None => (0..PLACES).map(|place| place as f32 * 360.0 / PLACES as f32).collect(),
        };
        let mirrors = match options.mirrored {
            Some(known) => vec![known],
            None => vec![false, true],
        };
        let running = mirrors
            .into_iter()
            .flat_map(|mirrored| places.iter().map(move |camera_deg| Hypothesis { mirrored, camera_deg: *camera_deg }))
            .map(|hypothesis| (hypothesis, lattice.begin()))
            .collect();
        Self { running, best: 0 }
    }

    pub(super) fn step(&mut self, lattice: &Lattice, lexicon: &Lexicon, evidence: &Evidence) {
        for (hypothesis, scores) in &mut self.running {
            lattice.step(lexicon, scores, evidence, hypothesis, None);
        }
        let score = |index: usize| self.running[index].1.best().1;
        let (mut best, mut most) = (self.best, score(self.best) + 0.5);
        for index in 0..self.running.len() {
            if score(index) > most {
                (best, most) = (index, score(index));
            }
        }
        self.best = best;
    }

    /// The hypothesis in front and its scores.
    pub(super) fn best(&self) -> (&Hypothesis, &Scores) {
        let (hypothesis, scores) = &self.running[self.best];
        (hypothesis, scores)
    }

    /// The best path through all frames, with the camera set right.
    pub(super) fn explain(
        &self,
        lattice: &Lattice,
        lexicon: &Lexicon,
        plan: &Plan,
        frames: &[Evidence],
        options: &Options,
    ) -> Explanation {
        let mut ranked: Vec<(Hypothesis, f32)> = self.running.iter().map(|(h, scores)| (*h, scores.best().1)).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        // The best of either mirror is among the finalists.
        let other = ranked.iter().find(|(h, _)| h.mirrored != ranked[0].0.mirrored).copied();
        ranked.truncate(FINALISTS);
        ranked.extend(other);
        let finalists: Vec<_> = ranked
            .into_iter()
            .map(|(hypothesis, _)| {
                refine(lattice, lexicon, plan, frames, hypothesis, options.camera_heading_deg.is_none())
            })
            .collect();
        let best_of = |mirrored: bool| {
            let scores = finalists.iter().filter(|f| f.0.mirrored == mirrored).map(|f| f.2);
            scores.fold(f32::NEG_INFINITY, f32::max)
        };
        let undecided = options.mirrored.is_none() && (best_of(true) - best_of(false)).abs() < UNDECIDED;
        let first = Hypothesis { mirrored: false, camera_deg: 0.0 };
        let best = finalists.into_iter().max_by(|a, b| a.2.total_cmp(&b.2));
        let (hypothesis, path, _, headed) = best.unwrap_or((first, vec![0; frames.len()], 0.0, false));
        Explanation { hypothesis, path, mirror_undecided: undecided, headed }
    }
}

type Finalist = (Hypothesis, Vec<usize>, f32, bool);

fn refine(
    lattice: &Lattice,
    lexicon: &Lexicon,
    plan: &Plan,
    frames: &[Evidence],
    mut hypothesis: Hypothesis,
    free: bool,
) -> Finalist {
    let (mut path, mut score) = best_path(lattice, lexicon, frames, &hypothesis);
    let mut headed = false;
    for _ in 0..REFINEMENTS {
        let Some(off) = mean_deviation(lattice, plan, frames, &path, &hypothesis) else { break };
        headed = true;
        if !free {
            break;
        }
        let refined = Hypothesis { camera_deg: hypothesis.camera_deg - off, ..hypothesis };
        let (better_path, better) = best_path(lattice, lexicon, frames, &refined);
        if better <= score {
            break;
        }
        (hypothesis, path, score) = (refined, better_path, better);
    }
    (hypothesis, path, score, headed)
}

/// Mean by which the headings of what was held differ from those expected, degrees; `None` without headings.
fn mean_deviation(
    lattice: &Lattice,
    plan: &Plan,
    frames: &[Evidence],
    path: &[usize],
    hypothesis: &Hypothesis,
) -> Option<f32> {
    let (mut x, mut y) = (0.0, 0.0);
    for (evidence, state) in frames.iter().zip(path) {
        let (lattice::Phase::Hold, index) = lattice.read(*state) else { continue };
        let planned = &plan.moves[index];
        // Kicks turn the trunk; what faces two ways at once says little.
        if planned.is_kick() || planned.headings.len() != 1 {
            continue;
        }
        let Some(seen) = evidence.heading else { continue };
        let off = account::turned(hypothesis.meant(seen) - planned.headings[0].0);
        // A deviation beyond this is front and back confused.
        if off.abs() < 90.0 {
            x += evidence.looks * off.to_radians().cos();
            y += evidence.looks * off.to_radians().sin();
        }
    }
    (x.hypot(y) > 0.0).then(|| y.atan2(x).to_degrees())
}
