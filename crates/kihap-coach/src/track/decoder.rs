//! The decoder: Viterbi over waiting for a move, holding it, holding something else in its place, and something added after it.
//!
//! Every move m of the plan has four states: T waits for it (anything may be seen, no evidence), H holds it, W holds another
//! technique in its place (facing as the move asks), I holds something added after it. One more T waits when all is done.
//! Arcs: T→H, T→W, T→I; from H, W or I on to the next T, over skipped moves, or back to repeat. A hold is entered when the body
//! settles and left when it moves; costs below are in nats (negative logarithms of odds).
//!
//! The recursion is that of hidden Markov models (Rabiner, "A tutorial on hidden Markov models and selected applications in
//! speech recognition", Proc. IEEE 77, 1989) with evidence in place of emission probabilities.

use super::evidence::{Evidence, Lexicon};
use super::plan::Plan;

/// Taking up a posture: the evidence it must bring.
const TAKE_UP: f32 = 3.0;
const TAKE_UP_KICK: f32 = 1.2;
/// Taking it up while still on the move, leaving it without moving.
const UNSETTLED: f32 = 2.5;
const MOTIONLESS: f32 = 3.0;
/// A posture that a shot begins with was not performed in it.
const NOT_FRESH: f32 = 40.0;
/// The same posture shown again after a cut is the same one.
const RESUMED: f32 = 1.0;
/// Another technique in a move's place; something added; going back to a move.
const WRONG: f32 = 3.5;
const ADDED: f32 = 2.5;
const BACK: f32 = 3.0;
const BACK_EACH: f32 = 0.15;
/// A step left out; the kick or the first hand of a step not seen.
const SKIPPED_STEP: f32 = 2.5;
const SKIPPED_KICK: f32 = 0.8;
const SKIPPED_HAND: f32 = 2.0;
/// Beginning without the ready stance, and at a later move.
const NO_READY: f32 = 2.0;
const LATE_EACH: f32 = 0.3;
/// Spread of a heading about the one expected: the trunk is half turned in blocks, and estimates err by as much again.
const HEADING_SPREAD_DEG: f32 = 34.0;
/// Share of headings that mean nothing: front and back confused.
const HEADING_NOISE: f32 = 0.12;
const HEADING_WEIGHT: f32 = 0.6;
/// So much more where the technique cannot be told.
const HEADING_ALONE: f32 = 0.6;
/// Holding still costs this much a look while the body moves.
const MOVING_HOLD: f32 = 2.5;
/// A posture held clearly that is no move of the form costs this much a look while it stays unexplained.
const UNEXPLAINED: f32 = 1.0;

const NEVER: f32 = -1e9;

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
    moves: usize,
    take_up: Vec<f32>,
    kick: Vec<bool>,
    /// Costs of skipping all moves before this one, summed.
    skipped: Vec<f32>,
    start: Vec<f32>,
    technique_of: Vec<usize>,
    stance_of: Vec<Option<usize>>,
    /// Place of each move's headings in `headings`.
    heading_of: Vec<Option<usize>>,
    headings: Vec<Vec<(f32, f32)>>,
    /// Peak of the heading's likelihood over an even one, and its concentration.
    concentration: f32,
    peak: f32,
}

/// Scores of every state after a frame, and how many holds each best path has.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    pub(super) score: Vec<f32>,
    pub(super) holds: Vec<u16>,
    next_score: Vec<f32>,
    next_holds: Vec<u16>,
    heading: Vec<f32>,
    begun: bool,
}

/// A frame's choices: for each state where its best path came from.
pub(super) type Origins = Vec<u16>;

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
            concentration,
            peak: 1.0 / mean,
        }
    }

    fn states(&self) -> usize {
        4 * self.moves + 1
    }

    fn wait(&self, index: usize) -> usize {
        index
    }

    fn hold(&self, index: usize) -> usize {
        self.moves + 1 + index
    }

    fn wrong(&self, index: usize) -> usize {
        2 * self.moves + 1 + index
    }

    fn added(&self, index: usize) -> usize {
        3 * self.moves + 1 + index
    }

    /// What a state is about, and its move.
    pub(super) fn read(&self, state: usize) -> (Phase, usize) {
        let moves = self.moves;
        if state <= moves {
            return (Phase::Wait, state);
        }
        let rest = state - moves - 1;
        let phase = [Phase::Hold, Phase::Wrong, Phase::Added][rest / moves];
        (phase, rest % moves)
    }

    pub(super) fn begin(&self) -> Scores {
        let states = self.states();
        Scores {
            score: vec![NEVER; states],
            holds: vec![0; states],
            next_score: vec![NEVER; states],
            next_holds: vec![0; states],
            heading: vec![0.0; self.headings.len()],
            begun: false,
        }
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

    /// Takes one frame in. With `origins`, notes where each state's best path came from.
    pub(super) fn step(
        &self,
        lexicon: &Lexicon,
        scores: &mut Scores,
        evidence: &Evidence,
        hypothesis: &Hypothesis,
        mut origins: Option<&mut Origins>,
    ) {
        let moves = self.moves;
        if let Some(origins) = origins.as_deref_mut() {
            origins.clear();
            origins.extend(0..self.states() as u16);
        }
        if !scores.begun {
            scores.begun = true;
            for index in 0..=moves {
                scores.score[index] = -self.start[index];
            }
        }
        for (weight, headings) in scores.heading.iter_mut().zip(&self.headings) {
            *weight = self.heading_weight(headings, evidence.heading, hypothesis);
        }
        let view = usize::from(hypothesis.mirrored);
        let motion = evidence.motion;
        let settle = if motion.cut || evidence.unseen { 0.0 } else { UNSETTLED * motion.moving };
        let stale = if motion.fresh || evidence.unseen { 0.0 } else { NOT_FRESH };
        let leave = if motion.cut || evidence.unseen { 0.0 } else { MOTIONLESS * (1.0 - motion.moving) };
        let looks = if evidence.unseen { 0.0 } else { evidence.looks };

        let (score, holds) = (&scores.score, &scores.holds);
        // The best way to have done with a move, and where it stood.
        let done = |index: usize| {
            let (hold, wrong, added) = (self.hold(index), self.wrong(index), self.added(index));
            let best = if score[wrong] > score[hold] { wrong } else { hold };
            let best = if score[added] > score[best] { added } else { best };
            (score[best] - leave, best)
        };

        // Before the start and after the end anything may be done.
        let clear = evidence.top.map_or(0.0, |(_, nats)| nats.max(0.0) * 0.5);
        let unexplained = if motion.fresh { looks * UNEXPLAINED * clear * (1.0 - motion.moving) } else { 0.0 };

        // Waiting: go on waiting, or come from the move before, from an earlier one over skipped moves, from a later one back.
        let mut forward = (NEVER, 0);
        let mut backward: Vec<(f32, usize)> = vec![(NEVER, 0); moves + 1];
        for index in (0..moves).rev() {
            let (value, from) = done(index);
            let carried = (backward[index + 1].0 - BACK_EACH, backward[index + 1].1);
            backward[index] = if value > carried.0 { (value, from) } else { carried };
        }
        for (index, back_to) in backward.iter().enumerate() {
            let state = self.wait(index);
            let (mut best, mut from) = (score[state], state);
            if index > 0 {
                let (value, source) = done(index - 1);
                if value > best {
                    (best, from) = (value, source);
                }
                if forward.0 - self.skipped[index] > best {
                    (best, from) = (forward.0 - self.skipped[index], forward.1);
                }
                if value + self.skipped[index] > forward.0 {
                    forward = (value + self.skipped[index], source);
                }
            }
            if index < moves {
                let back = back_to.0 - BACK;
                if back > best {
                    (best, from) = (back, back_to.1);
                }
            }
            let within = index > 1 && index < moves;
            scores.next_score[state] = best - if within { unexplained } else { 0.0 };
            scores.next_holds[state] = holds[from];
            if let Some(origins) = origins.as_deref_mut() {
                origins[state] = from as u16;
            }
        }

        // Where the technique can't be told, the heading says what there is to say.
        let lean = 1.0 + HEADING_ALONE * (1.0 - evidence.clear);
        for index in 0..moves {
            let technique = evidence.techniques[view][self.technique_of[index]];
            let stance = self.stance_of[index].map_or(0.0, |place| evidence.stances[view][place]);
            let heading = lean * self.heading_of[index].map_or(0.0, |place| scores.heading[place]);
            let kick = self.kick[index];
            let place = heading + stance;
            let gain = if kick { technique + 0.4 * heading } else { held(technique + place, motion.moving) };
            // What a shot begins with speaks for nothing.
            let performed = |gain: f32| if motion.fresh { gain } else { gain.min(0.0) };
            let enter = self.take_up[index] + stale + if kick { 0.0 } else { settle };

            // Straight from the move before, or after having waited.
            let waited = (score[self.wait(index)], self.wait(index));
            let entered = if index > 0 {
                let before = done(index - 1);
                if before.0 > waited.0 { before } else { waited }
            } else {
                waited
            };
            let mut put = |state: usize, entry: f32, origin: usize, resumed: Option<usize>, gain: f32| {
                let (mut best, mut from, mut count) = (score[state], state, holds[state]);
                if entry > best {
                    (best, from, count) = (entry, origin, holds[origin].saturating_add(1));
                }
                if let Some(after) = resumed.filter(|after| score[*after] - RESUMED > best) {
                    (best, from, count) = (score[after] - RESUMED, after, holds[after]);
                }
                scores.next_score[state] = best + looks * gain;
                scores.next_holds[state] = count;
                if let Some(origins) = origins.as_deref_mut() {
                    origins[state] = from as u16;
                }
            };
            // A cut, or a body out of sight for a while, shows the same posture again.
            let resumed = (motion.cut || evidence.unseen).then(|| self.wait(index + 1));
            put(self.hold(index), entered.0 - enter, entered.1, resumed, performed(gain));

            let (other, any) = match evidence.top {
                Some((seen, nats)) => (!lexicon.fits(seen, index, hypothesis.mirrored), nats),
                None => (false, -1.0),
            };
            // Ready stances are neither replaced nor followed by what does not belong to the form yet.
            let allowed = if index == 0 { NEVER } else { 0.0 };
            let enter = TAKE_UP + stale + settle;
            let wrong = held(if other { any } else { -2.0 } + place.min(0.5), motion.moving);
            put(self.wrong(index), entered.0 - enter - WRONG + allowed, entered.1, None, performed(wrong));
            let next_fits = evidence
                .top
                .is_some_and(|(seen, _)| index + 1 < moves && lexicon.fits(seen, index + 1, hypothesis.mirrored));
            let added = held(if other && !next_fits { any } else { -2.0 }, motion.moving);
            let after = self.wait(index + 1);
            let from_hold = done(index);
            let entered = if from_hold.0 > score[after] { from_hold } else { (score[after], after) };
            put(self.added(index), entered.0 - enter - ADDED, entered.1, None, performed(added));
        }
        std::mem::swap(&mut scores.score, &mut scores.next_score);
        std::mem::swap(&mut scores.holds, &mut scores.next_holds);
    }
}

/// What speaks for a posture being held: nothing does while the body moves. (A kick is seen on the move.)
fn held(nats: f32, moving: f32) -> f32 {
    nats.min(nats * (1.0 - moving)) - MOVING_HOLD * moving
}

impl Scores {
    /// The best state and its score.
    pub(super) fn best(&self) -> (usize, f32) {
        let scores = self.score.iter().copied().enumerate();
        scores.fold((0, NEVER), |best, now| if now.1 > best.1 { now } else { best })
    }
}

/// The best path through frames already seen: a state for each.
pub(super) fn best_path(
    lattice: &Lattice,
    lexicon: &Lexicon,
    frames: &[Evidence],
    hypothesis: &Hypothesis,
) -> (Vec<usize>, f32) {
    let mut scores = lattice.begin();
    let mut origins = vec![Origins::new(); frames.len()];
    for (evidence, origins) in frames.iter().zip(&mut origins) {
        lattice.step(lexicon, &mut scores, evidence, hypothesis, Some(origins));
    }
    let (mut state, score) = scores.best();
    let mut path = vec![0; frames.len()];
    for (place, origins) in path.iter_mut().zip(&origins).rev() {
        *place = state;
        state = usize::from(origins[state]);
    }
    (path, score)
}
