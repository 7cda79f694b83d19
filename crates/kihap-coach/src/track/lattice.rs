//! The states of the decoder, and what ways between them cost.

use super::evidence::Lexicon;
use super::plan::Plan;

/// Taking up a posture: the evidence it must bring.
pub(super) const TAKE_UP: f32 = 3.0;
const TAKE_UP_KICK: f32 = 2.5;
/// A step left out; the kick or the first hand of a step not seen.
const SKIPPED_STEP: f32 = 2.9;
const SKIPPED_KICK: f32 = 1.2;
const SKIPPED_HAND: f32 = 2.4;
/// Beginning without the ready stance, and at a later move.
const NO_READY: f32 = 2.0;
const LATE_EACH: f32 = 2.3;
/// Spread of a heading about the one expected: the trunk is half turned in blocks, and estimates err by as much again.
const HEADING_SPREAD_DEG: f32 = 32.4;
/// Share of headings that mean nothing: front and back confused.
const HEADING_NOISE: f32 = 0.41;
const HEADING_WEIGHT: f32 = 0.8;

pub(super) const NEVER: f32 = -1e9;

/// From where, and in which mirror, the performance is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hypothesis {
    pub(super) mirrored: bool,
    /// Degrees from north, clockwise; 0 in front of the start.
    pub(super) camera_deg: f32,
}

impl Hypothesis {
    /// What a reading says when the trunk faces `heading` (degrees from north).
    pub(super) fn seen(&self, heading: f32) -> f32 {
        let relative = heading - self.camera_deg;
        if self.mirrored { -relative } else { relative }
    }

    /// The heading over the floor that a reading means.
    pub(super) fn meant(&self, seen: f32) -> f32 {
        (if self.mirrored { -seen } else { seen }) + self.camera_deg
    }
}

/// What a state is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Wait,
    Hold,
    Wrong,
    Added,
}

/// The plan with the costs of its arcs.
#[derive(Debug, Clone)]
pub(super) struct Lattice {
    pub(super) moves: usize,
    pub(super) take_up: Vec<f32>,
    pub(super) kick: Vec<bool>,
    /// Costs of skipping all moves before this one, summed.
    pub(super) skipped: Vec<f32>,
    pub(super) start: Vec<f32>,
    pub(super) technique_of: Vec<usize>,
    pub(super) stance_of: Vec<Option<usize>>,
    /// Place of each move's headings in `headings`.
    pub(super) heading_of: Vec<Option<usize>>,
    pub(super) headings: Vec<Vec<(f32, f32)>>,
    /// Steps that may change places with the next one.
    pub(super) swaps: Vec<Swap>,
    /// For each move the place in `swaps` that ends where the move does.
    pub(super) swapped_until: Vec<Option<usize>>,
    /// Peak of the heading's likelihood over an even one, and its concentration.
    concentration: f32,
    peak: f32,
}

/// A step and the next one in each other's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Swap {
    /// First move of the former.
    pub(super) opens: usize,
    /// The moves that close either, in the order of their performance: the latter's, the former's.
    pub(super) closes: [usize; 2],
}

impl Lattice {
    pub(super) fn new(plan: &Plan, lexicon: &Lexicon) -> Self {
        let moves = plan.moves.len();
        let mut skipped = vec![0.0; moves + 1];
        for (index, planned) in plan.moves.iter().enumerate() {
            let cost = match planned.step {
                None => NO_READY * 0.5,
                Some(_) if planned.closes => {
                    // The whole step costs the same, however many techniques it has.
                    SKIPPED_STEP
                }
                Some(_) if planned.is_kick() => SKIPPED_KICK,
                Some(_) => SKIPPED_HAND,
            };
            skipped[index + 1] = skipped[index] + cost;
        }
        let no_ready = if plan.begins_ready { NO_READY } else { NO_READY * 0.25 };
        let start = (0..=moves)
            .map(|index| match index {
                0 => 0.0,
                index if index == moves => -NEVER,
                index => no_ready + LATE_EACH * (index - 1) as f32,
            })
            .collect();
        let mut headings: Vec<Vec<(f32, f32)>> = Vec::new();
        let heading_of = plan
            .moves
            .iter()
            .map(|planned| {
                if planned.headings.is_empty() {
                    return None;
                }
                Some(headings.iter().position(|known| *known == planned.headings).unwrap_or_else(|| {
                    headings.push(planned.headings.clone());
                    headings.len() - 1
                }))
            })
            .collect();
        let alike = |a: usize, b: usize| {
            let (a, b) = (&plan.moves[a], &plan.moves[b]);
            a.technique == b.technique && a.headings == b.headings
        };
        let swaps: Vec<Swap> = plan
            .steps
            .windows(2)
            .map(|pair| Swap { opens: pair[0].moves[0], closes: [pair[1].moves[1], pair[0].moves[1]] })
            .filter(|swap| !alike(swap.closes[0], swap.closes[1]))
            .collect();
        let swapped_until = (0..moves).map(|index| swaps.iter().position(|swap| swap.closes[0] == index)).collect();
        let concentration = 1.0 / HEADING_SPREAD_DEG.to_radians().powi(2);
        // Mean of exp(κ(cos x − 1)) over the circle, so that the likelihood is relative to an even one.
        let turns = 720;
        let mean: f32 =
            (0..turns).map(|turn| (concentration * ((turn as f32 * 0.5).to_radians().cos() - 1.0)).exp()).sum::<f32>()
                / turns as f32;
        Self {
            moves,
            take_up: plan.moves.iter().map(|m| if m.is_kick() { TAKE_UP_KICK } else { TAKE_UP }).collect(),
            kick: plan.moves.iter().map(|m| m.is_kick()).collect(),
            skipped,
            start,
            technique_of: lexicon.technique_of.clone(),
            stance_of: lexicon.stance_of.clone(),
            heading_of,
            headings,
            swaps,
            swapped_until,
            concentration,
            peak: 1.0 / mean,
        }
    }

    pub(super) fn states(&self) -> usize {
        4 * self.moves + 2 + 3 * self.swaps.len()
    }

    /// Waits to begin again.
    pub(super) fn again(&self) -> usize {
        self.states() - 1
    }

    /// The states of two steps in each other's place: the latter held, the former waited for, the former held.
    pub(super) fn swapped(&self, swap: usize) -> [usize; 3] {
        let first = 4 * self.moves + 1 + 3 * swap;
        [first, first + 1, first + 2]
    }

    pub(super) fn wait(&self, index: usize) -> usize {
        index
    }

    pub(super) fn hold(&self, index: usize) -> usize {
        self.moves + 1 + index
    }

    pub(super) fn wrong(&self, index: usize) -> usize {
        2 * self.moves + 1 + index
    }

    pub(super) fn added(&self, index: usize) -> usize {
        3 * self.moves + 1 + index
    }

    /// What a state is about, and its move.
    pub(super) fn read(&self, state: usize) -> (Phase, usize) {
        let moves = self.moves;
        if state <= moves {
            return (Phase::Wait, state);
        }
        if state == self.again() {
            return (Phase::Wait, 0);
        }
        let rest = state - moves - 1;
        if rest >= 3 * moves {
            let [first, second] = self.swaps[(rest - 3 * moves) / 3].closes;
            return [(Phase::Hold, first), (Phase::Wait, second), (Phase::Hold, second)][(rest - 3 * moves) % 3];
        }
        let phase = [Phase::Hold, Phase::Wrong, Phase::Added][rest / moves];
        (phase, rest % moves)
    }

    /// Nats for the headings being those of a move, by the likelihood of a von Mises distribution among noise.
    pub(super) fn heading_weight(&self, headings: &[(f32, f32)], seen: Option<f32>, hypothesis: &Hypothesis) -> f32 {
        let Some(seen) = seen else { return 0.0 };
        let likelihood: f32 = headings
            .iter()
            .map(|(heading, share)| {
                let off = (seen - hypothesis.seen(*heading)).to_radians();
                share * self.peak * (self.concentration * (off.cos() - 1.0)).exp()
            })
            .sum();
        HEADING_WEIGHT * ((1.0 - HEADING_NOISE) * likelihood + HEADING_NOISE).ln()
    }
}
