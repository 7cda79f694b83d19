//! The decoder: Viterbi over waiting for a move, holding it, holding something else in its place, and something added after it.
//!
//! Every move m of the plan has four states: T waits for it (anything may be seen, no evidence), H holds it, W holds another
//! technique in its place (facing as the move asks), I holds something added after it. One more T waits when all is done, and one
//! waits to begin again. Arcs: T→H, T→W, T→I; from H, W or I on to the next T, over skipped moves, or back to repeat. Each two
//! neighbouring steps have three states more, for the one held first that belongs second, the wait, and the other. A hold is
//! entered when the body settles and left when it moves. Who stands still while waiting pays: a new posture wants an explanation.
//!
//! Costs are in nats (negative logarithms of odds). They were found by random searches for the share of steps found and the F1 of each
//! kind of fault: first on synthetic performances of all ten forms with modelled errors (the films of `tracking_figures` with seeds 100
//! to 107), then on drawn ones that the estimator followed (seeds 100 and 101, two thirds of the say) and modelled ones (200 and 201).
//! Changes that lost steps of two real people's clips, or invented some (`tools/track_variants.py`), were not taken: those of what a kick
//! costs in the second search. The cost of holding still while the body moves is the oldest one, for with the first search's the tests'
//! repeated steps were missed.
//!
//! The recursion is that of hidden Markov models (Rabiner, "A tutorial on hidden Markov models and selected applications in
//! speech recognition", Proc. IEEE 77, 1989) with evidence in place of emission probabilities.

use super::evidence::{Evidence, Lexicon};
use super::lattice::{Hypothesis, Lattice, NEVER, TAKE_UP};

/// Taking it up while still on the move, leaving it without moving.
const UNSETTLED: f32 = 0.8;
const MOTIONLESS: f32 = 0.42;
/// A posture that a shot begins with was not performed in it.
const NOT_FRESH: f32 = 40.0;
/// The same posture shown again after a cut is the same one.
const RESUMED: f32 = 1.2;
/// Another technique in a move's place; something added; going back to a move.
const WRONG: f32 = 3.7;
const ADDED: f32 = 1.7;
const BACK: f32 = 3.0;
const BACK_EACH: f32 = 0.28;
/// So much more where the technique cannot be told.
const HEADING_ALONE: f32 = 1.1;
/// Holding still costs this much a look while the body moves.
const MOVING_HOLD: f32 = 2.7;
/// Standing still in a posture just taken up, without its being any move, costs this much a look …
const IDLE: f32 = 0.85;
/// … and so much more for each nat for a technique that is seen there.
const UNEXPLAINED: f32 = 0.4;
/// Doing a step and the next one in each other's place; beginning the form again.
const SWAPPED: f32 = 2.5;
const RESTART: f32 = 16.2;
/// Against another technique where the move's own, or none, is seen; nats a look.
const NOT_OTHER: f32 = 3.8;

/// Scores of every state after a frame, and how many holds each best path has.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    pub(super) score: Vec<f32>,
    pub(super) holds: Vec<u16>,
    next_score: Vec<f32>,
    next_holds: Vec<u16>,
    heading: Vec<f32>,
    gain: Vec<f32>,
    begun: bool,
}

/// A frame's choices: for each state where its best path came from.
pub(super) type Origins = Vec<u16>;

impl Lattice {
    pub(super) fn begin(&self) -> Scores {
        let states = self.states();
        Scores {
            score: vec![NEVER; states],
            holds: vec![0; states],
            next_score: vec![NEVER; states],
            next_holds: vec![0; states],
            heading: vec![0.0; self.headings.len()],
            gain: Vec::with_capacity(self.moves),
            begun: false,
        }
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
            let swapped = self.swapped_until[index].map(|swap| self.swapped(swap)[2]);
            let best = swapped.filter(|swapped| score[*swapped] > score[best]).unwrap_or(best);
            (score[best] - leave, best)
        };

        // Before the start anything may be shown, after the end anything done.
        let clear = evidence.top.map_or(0.0, |(_, nats)| nats.max(0.0));
        let still = if motion.fresh { looks * (1.0 - motion.moving) } else { 0.0 };
        let unexplained = still * (UNEXPLAINED * clear + IDLE);

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
                // The end is reached by the last move alone: who stops before still waits for the next one.
                if index < moves && forward.0 - self.skipped[index] > best {
                    (best, from) = (forward.0 - self.skipped[index], forward.1);
                }
                if value + self.skipped[index] > forward.0 {
                    forward = (value + self.skipped[index], source);
                }
            }
            if (1..moves).contains(&index) {
                let back = back_to.0 - BACK;
                if back > best {
                    (best, from) = (back, back_to.1);
                }
            }
            let idle = match index {
                0 => still * IDLE,
                index if index < moves => unexplained,
                _ => 0.0,
            };
            scores.next_score[state] = best - idle;
            scores.next_holds[state] = holds[from];
            if let Some(origins) = origins.as_deref_mut() {
                origins[state] = from as u16;
            }
        }

        let again = self.again();
        let (mut best, mut from) = (score[again], again);
        if backward[0].0 - BACK - RESTART > best {
            (best, from) = (backward[0].0 - BACK - RESTART, backward[0].1);
        }
        scores.next_score[again] = best - unexplained;
        scores.next_holds[again] = holds[from];
        if let Some(origins) = origins.as_deref_mut() {
            origins[again] = from as u16;
        }

        // Where the technique can't be told, the heading says what there is to say.
        let lean = 1.0 + HEADING_ALONE * (1.0 - evidence.clear);
        scores.gain.clear();
        for index in 0..moves {
            let technique = evidence.techniques[view][self.technique_of[index]];
            let stance = self.stance_of[index].map_or(0.0, |place| evidence.stances[view][place]);
            let heading = lean * self.heading_of[index].map_or(0.0, |place| scores.heading[place]);
            let kick = self.kick[index];
            let place = heading + stance;
            let gain = if kick { technique + 0.4 * heading } else { held(technique + place, motion.moving) };
            scores.gain.push(gain);
            // What a shot begins with speaks for nothing.
            let performed = |gain: f32| if motion.fresh { gain } else { gain.min(0.0) };
            let enter = self.take_up[index] + stale + if kick { 0.0 } else { settle };

            // Straight from the move before, or after having waited.
            let waited = (score[self.wait(index)], self.wait(index));
            let entered = if index > 0 {
                let before = done(index - 1);
                if before.0 > waited.0 { before } else { waited }
            } else if score[again] > waited.0 {
                (score[again], again)
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
            let wrong = held(if other { any } else { -NOT_OTHER } + place.min(0.5), motion.moving);
            put(self.wrong(index), entered.0 - enter - WRONG + allowed, entered.1, None, performed(wrong));
            let next_fits = evidence
                .top
                .is_some_and(|(seen, _)| index + 1 < moves && lexicon.fits(seen, index + 1, hypothesis.mirrored));
            let added = held(if other && !next_fits { any } else { -NOT_OTHER }, motion.moving);
            let after = self.wait(index + 1);
            let from_hold = done(index);
            let entered = if from_hold.0 > score[after] { from_hold } else { (score[after], after) };
            put(self.added(index), entered.0 - enter - ADDED, entered.1, None, performed(added));
        }
        for (place, swap) in self.swaps.iter().enumerate() {
            let [first, between, second] = self.swapped(place);
            let enter = |index: usize| self.take_up[index] + stale + if self.kick[index] { 0.0 } else { settle };
            let performed = |index: usize| if motion.fresh { scores.gain[index] } else { scores.gain[index].min(0.0) };
            let waited = (score[self.wait(swap.opens)], self.wait(swap.opens));
            let opened = if swap.opens > 0 {
                let before = done(swap.opens - 1);
                if before.0 > waited.0 { before } else { waited }
            } else {
                waited
            };
            let [latter, former] = swap.closes;
            let mut put = |state: usize, entry: f32, origin: usize, gain: f32, more: u16| {
                let (mut best, mut from) = (score[state], state);
                if entry > best {
                    (best, from) = (entry, origin);
                }
                scores.next_score[state] = best + gain;
                scores.next_holds[state] = holds[from].saturating_add(if from == state { 0 } else { more });
                if let Some(origins) = origins.as_deref_mut() {
                    origins[state] = from as u16;
                }
            };
            put(first, opened.0 - enter(latter) - SWAPPED, opened.1, looks * performed(latter), 1);
            put(between, score[first] - leave, first, -unexplained, 0);
            let (value, origin) = if score[first] - leave > score[between] {
                (score[first] - leave, first)
            } else {
                (score[between], between)
            };
            put(second, value - enter(former), origin, looks * performed(former), 1);
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
