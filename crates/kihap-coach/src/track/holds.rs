//! The best path as stretches in which a move was held: which belong to one step, and which step they are.

use super::account::Account;
use super::lattice::Phase;

/// Greatest distance in steps at which what is missing here is taken for what is too much there.
const MOVED: usize = 3;

/// A stretch of the best path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    pub(super) phase: Phase,
    /// Index of the move.
    pub(super) index: usize,
    /// First and last frame.
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Account<'_> {
    /// The path's holds, and when the form was begun again: what came before that is dropped.
    pub(super) fn held(&self) -> (Vec<Held>, Option<usize>) {
        let mut held: Vec<Held> = Vec::new();
        // The last state waited in; whether a cut has ended the last hold.
        let (mut waited, mut ended) = (None, false);
        for (frame, state) in self.explanation.path.iter().enumerate() {
            let (phase, index) = self.lattice.read(*state);
            if phase == Phase::Wait {
                waited = Some(index);
                continue;
            }
            ended |= self.frames[frame].motion.cut;
            match held.last_mut() {
                Some(last) if last.phase == phase && last.index == index => {
                    // Shown again after a cut it is the same; after having waited for it anew it is another.
                    let again = last.last + 1 < frame && waited == Some(index);
                    if again {
                        (waited, ended) = (None, false);
                        held.push(Held { phase, index, first: frame, last: frame });
                    } else if !ended {
                        last.last = frame;
                    }
                }
                _ => {
                    (waited, ended) = (None, false);
                    held.push(Held { phase, index, first: frame, last: frame });
                }
            }
        }
        let step_of = |held: &Held| self.plan.moves[held.index].step;
        let restart = (1..held.len()).rev().find(|place| {
            let [before, now] = [&held[place - 1], &held[*place]];
            let back = now.index < before.index && now.phase == Phase::Hold;
            let to_the_start = step_of(now).is_none_or(|step| step == 0);
            let far = step_of(before).is_none_or(|step| step >= 2);
            // Going on from there: else a single step was repeated.
            let goes_on = held[*place..].iter().filter_map(step_of).max().is_some_and(|last| last >= 1);
            back && to_the_start && far && goes_on
        });
        match restart {
            Some(place) => {
                let frame = held[place].first;
                (held.split_off(place), Some(frame))
            }
            None => (held, None),
        }
    }

    /// Runs of holds of one step each, in order: step, and first and last place in `held`.
    pub(super) fn runs(&self, held: &[Held]) -> Vec<(usize, usize, usize)> {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for (place, part) in held.iter().enumerate().filter(|(_, h)| h.phase == Phase::Hold) {
            let Some(step) = self.plan.moves[part.index].step else { continue };
            // A wrong technique in the middle of a step does not part it.
            let goes_on = |(before, _, to): &&mut (usize, usize, usize)| {
                *before == step
                    && held[*to].index < part.index
                    && held[*to + 1..place].iter().all(|h| h.phase == Phase::Wrong && h.index < part.index)
            };
            match runs.last_mut().filter(goes_on) {
                Some(run) => run.2 = place,
                None => runs.push((step, place, place)),
            }
        }
        runs
    }

    /// For each step the run in which it was performed: the one with most of its techniques, the first of equals.
    pub(super) fn places(&self, held: &[Held]) -> Vec<Option<(usize, usize)>> {
        let mut places: Vec<Option<(usize, usize)>> = vec![None; self.plan.steps.len()];
        let count = |from: usize, to: usize| held[from..=to].iter().filter(|h| h.phase == Phase::Hold).count();
        for (step, from, to) in self.runs(held) {
            if places[step].is_none_or(|(a, b)| count(a, b) < count(from, to)) {
                places[step] = Some((from, to));
            }
        }
        places
    }

    /// What was added just before a step is one of its own earlier techniques, when it shows that and nothing else did: where two steps
    /// changed places, the path holds only what closes them.
    pub(super) fn opened(&self, held: &mut [Held]) {
        let mirrored = self.explanation.hypothesis.mirrored;
        for place in 1..held.len() {
            let [added, next] = [held[place - 1], held[place]];
            let Some(step) = self.plan.moves[next.index].step else { continue };
            if (added.phase, next.phase) != (Phase::Added, Phase::Hold) {
                continue;
            }
            let done = |index: usize| held.iter().any(|h| h.phase == Phase::Hold && h.index == index);
            let seen = self.seen(&added).label;
            let shows = |index: &usize| !done(*index) && self.lexicon.fits(seen, *index, mirrored);
            if let Some(index) = (self.plan.steps[step].moves[0]..next.index).find(shows) {
                held[place - 1] = Held { phase: Phase::Hold, index, ..added };
            }
        }
    }

    /// What was added or repeated is a step that is missing nearby, when it shows that step's technique: then it was performed
    /// in another place.
    pub(super) fn moved(&self, held: &mut [Held]) {
        let mirrored = self.explanation.hypothesis.mirrored;
        let places = self.places(held);
        let performed = |step: usize| {
            places[step].is_some()
                || held.iter().any(|h| h.phase == Phase::Wrong && self.plan.moves[h.index].step == Some(step))
        };
        let mut missing: Vec<usize> = (0..self.plan.steps.len()).filter(|step| !performed(*step)).collect();
        let begun = held.iter().position(|h| h.phase == Phase::Hold).unwrap_or(held.len());
        let mut place = begun;
        while place < held.len() {
            let here = place;
            place += 1;
            let Some(step) = self.plan.moves[held[here].index].step else { continue };
            let shows = |other: &usize| {
                let closing = self.plan.closing(*other);
                let same_way = self.plan.moves[closing].headings == self.plan.moves[held[here].index].headings;
                step.abs_diff(*other) <= MOVED
                    && match held[here].phase {
                        Phase::Added => self.lexicon.fits(self.seen(&held[here]).label, closing, mirrored),
                        Phase::Hold => {
                            let again = places[step].is_some_and(|(from, to)| !(from..=to).contains(&here));
                            again
                                && same_way
                                && self.plan.moves[closing].technique == self.plan.moves[held[here].index].technique
                        }
                        _ => false,
                    }
            };
            if let Some(at) = missing.iter().position(shows) {
                held[here].phase = Phase::Hold;
                held[here].index = self.plan.closing(missing.remove(at));
            }
        }
    }
}
