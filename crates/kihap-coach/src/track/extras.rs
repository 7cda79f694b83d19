//! What was there that the form has not in that place: wrong, repeated and added techniques, another order, a fresh start.

use super::account::{Account, Seen};
use super::evidence::Evidence;
use super::holds::Held;
use super::lattice::Phase;
use super::{Extra, ExtraKind, Reason, Sheet};

impl Account<'_> {
    pub(super) fn note_restart(&self, sheet: &mut Sheet, at: usize) {
        let evidence = &self.frames[at];
        let ready = &self.plan.moves[0].id;
        sheet.extra.push(Extra {
            kind: ExtraKind::Restarted,
            step: None,
            seen: ready.clone(),
            side: None,
            start: evidence.seconds,
            end: evidence.seconds,
            frame: evidence.frame,
            probability: evidence.best.1,
        });
        self.deduct(sheet, None, ready, Some(evidence.frame), Reason::Restarted);
    }

    pub(super) fn note_wrong(&self, sheet: &mut Sheet, held: &[Held]) {
        for wrong in held.iter().filter(|h| h.phase == Phase::Wrong) {
            let planned = &self.plan.moves[wrong.index];
            let Some(step) = planned.step else { continue };
            let number = self.plan.steps[step].number;
            let seen = self.seen(wrong);
            sheet.extra.push(self.extra(ExtraKind::Wrong, Some(number), wrong, &seen));
            let reason = Reason::WrongTechnique { seen: seen.id.clone(), seen_side: seen.side };
            self.deduct(sheet, Some(number), &planned.id, Some(seen.frame), reason);
        }
    }

    pub(super) fn note_repeated(&self, sheet: &mut Sheet, held: &[Held], places: &[Option<(usize, usize)>]) {
        for (step, from, to) in self.runs(held) {
            // A glimpse of one of several techniques is not a step.
            let again = &held[to];
            if places[step] == Some((from, to)) || again.index != self.plan.closing(step) || !self.told(again) {
                continue;
            }
            let number = self.plan.steps[step].number;
            let seen = self.own(again);
            sheet.extra.push(self.extra(ExtraKind::Repeated, Some(number), &held[from], &seen));
            let technique = self.plan.moves[again.index].id.clone();
            self.deduct(sheet, Some(number), &technique, Some(seen.frame), Reason::Repeated);
        }
    }

    /// A hold of the form's own technique as something seen.
    fn own(&self, held: &Held) -> Seen {
        let view = self.view();
        let place = self.lexicon.technique_of[held.index];
        let planned = &self.plan.moves[held.index];
        let frames = &self.frames[held.first..=held.last];
        let probability = |evidence: &Evidence| evidence.probabilities[view][place];
        let best = frames.iter().max_by(|a, b| probability(a).total_cmp(&probability(b)));
        Seen {
            id: planned.id.clone(),
            side: planned.side,
            label: self.lexicon.techniques[place][view],
            probability: best.map_or(0.0, probability),
            frame: best.map_or(held.first, |evidence| evidence.frame),
        }
    }

    pub(super) fn note_added(&self, sheet: &mut Sheet, held: &[Held]) {
        let begun = held.iter().position(|h| h.phase == Phase::Hold).unwrap_or(held.len());
        let last = self.plan.moves.len() - 1;
        for (place, added) in held.iter().enumerate().filter(|(_, h)| h.phase == Phase::Added) {
            // Nobody knows what belongs to the performance before its start, and what comes after the last step or the last
            // ready stance does not.
            if place < begun || added.index == last {
                continue;
            }
            let number = self.plan.moves[added.index].step.map(|step| self.plan.steps[step].number);
            let seen = self.seen(added);
            sheet.extra.push(self.extra(ExtraKind::Added, number, added, &seen));
            let frame = Some(seen.frame);
            self.deduct(sheet, number, &seen.id, frame, Reason::Added);
        }
    }

    /// Steps in another order than the form's.
    pub(super) fn note_order(&self, sheet: &mut Sheet, held: &[Held], places: &[Option<(usize, usize)>]) {
        let mut order: Vec<usize> = (0..places.len()).filter(|step| places[*step].is_some()).collect();
        let sorted = order.clone();
        order.sort_by_key(|step| places[*step]);
        let mut misplaced: Vec<usize> = (0..order.len()).filter(|at| order[*at] != sorted[*at]).collect();
        // Two in each other's place.
        while let Some(at) = misplaced.first().copied() {
            let (one, other) = (sorted[at], order[at]);
            let partner = misplaced.iter().position(|to| order[*to] == one && sorted[*to] == other);
            if let Some(partner) = partner {
                misplaced.remove(partner);
                misplaced.remove(0);
                self.swap(sheet, one, other);
                continue;
            }
            misplaced.remove(0);
            // Longer rings: only those count that are not where the others put them.
            let (from, _) = places[other].unwrap_or_default();
            let later_first = order[..at].iter().any(|before| *before > other);
            let earlier_last = order[at + 1..].iter().filter(|after| **after < other).count() > 1;
            if later_first || earlier_last {
                let number = self.plan.steps[other].number;
                let seen = self.own(&held[from]);
                sheet.extra.push(self.extra(ExtraKind::Misplaced, Some(number), &held[from], &seen));
                let technique = self.plan.moves[self.plan.closing(other)].id.clone();
                self.deduct(sheet, Some(number), &technique, Some(seen.frame), Reason::Misplaced);
            }
        }
        self.swaps_by_content(sheet, held);
    }

    fn swap(&self, sheet: &mut Sheet, one: usize, other: usize) {
        let (one, other) = (one.min(other), one.max(other));
        let numbers = [self.plan.steps[one].number, self.plan.steps[other].number];
        sheet.swapped.push(numbers);
        for (step, with) in [(one, numbers[1]), (other, numbers[0])] {
            let technique = self.plan.moves[self.plan.closing(step)].id.clone();
            let frame = sheet.steps[step].frame;
            self.deduct(sheet, Some(self.plan.steps[step].number), &technique, frame, Reason::Swapped { with });
        }
    }

    /// Two neighbours each of which shows the other's technique were swapped.
    fn swaps_by_content(&self, sheet: &mut Sheet, held: &[Held]) {
        let mirrored = self.explanation.hypothesis.mirrored;
        let shows =
            |held: &Held, step: usize| self.lexicon.fits(self.seen(held).label, self.plan.closing(step), mirrored);
        let wrong = |step: usize| held.iter().rfind(|h| h.phase == Phase::Wrong && h.index == self.plan.closing(step));
        for step in 0..self.plan.steps.len().saturating_sub(1) {
            let next = step + 1;
            let Some((first, second)) = wrong(step).zip(wrong(next)) else { continue };
            if !shows(first, next) || !shows(second, step) {
                continue;
            }
            let numbers = [self.plan.steps[step].number, self.plan.steps[next].number];
            let of_these = |number: Option<u32>| number.is_some_and(|number| numbers.contains(&number));
            sheet.deductions.retain(|d| !(of_these(d.step) && matches!(d.reason, Reason::WrongTechnique { .. })));
            sheet.extra.retain(|e| !(of_these(e.step) && e.kind == ExtraKind::Wrong));
            self.found_elsewhere(sheet, next, first);
            self.found_elsewhere(sheet, step, second);
            self.swap(sheet, step, next);
        }
    }

    /// A step that was performed in another one's place.
    fn found_elsewhere(&self, sheet: &mut Sheet, step: usize, held: &Held) {
        let as_own = Held { phase: Phase::Hold, index: self.plan.closing(step), ..*held };
        self.fill(sheet, step, &[as_own]);
    }
}
