//! What the best path says, put down as a sheet.

use kihap_syllabus::{Side, Syllabus};

use super::bank::Explanation;
use super::evidence::{Evidence, Lexicon};
use super::lattice::{Lattice, Phase};
use super::plan::Plan;
use super::rival::{PLAIN_STANCE, Rival};
use super::{
    Deduction, EvidenceKind, Extra, ExtraKind, Reason, Sheet, SheetStep, SheetTechnique, Started, StartedBy,
    StepEvidence, Withheld,
};

/// Mean clearness of a hold below which its technique was not told.
const TOLD: f32 = 0.2;
/// Time without anybody, or with flat readings, that is enough for a step to have been missed by the camera, seconds.
const BLIND: f64 = 0.4;
/// Steps that must be recognised for a performance without a ready stance to be one.
const STEPS_WITHOUT_READY: usize = 2;
/// Greatest distance in steps at which what is missing here is taken for what is too much there.
const MOVED: usize = 3;
/// Flat readings are less clear than this.
const FLAT: f32 = 0.25;
/// Longest time between frames at which a kick or a quick hand cannot have been missed, seconds.
const QUICK: f64 = 1.0 / 14.0;
/// Probability of any kick that speaks for one having been done.
const SOME_KICK: f32 = 0.15;

/// An angle brought to −180 to 180 degrees.
pub(super) fn turned(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// What mistakes cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    points: f64,
    major: f64,
    restart: f64,
}

impl Marks {
    pub(super) fn of(syllabus: &Syllabus) -> Self {
        let accuracy = &syllabus.scoring().wt_poomsae.accuracy;
        Self { points: accuracy.points, major: accuracy.major.deduction, restart: accuracy.restart.deduction }
    }
}

/// A stretch of the best path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    phase: Phase,
    /// Index of the move.
    pub(super) index: usize,
    /// First and last frame.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Everything the sheet is made of.
pub(super) struct Account<'a> {
    pub(super) plan: &'a Plan,
    pub(super) lexicon: &'a Lexicon,
    pub(super) lattice: &'a Lattice,
    pub(super) frames: &'a [Evidence],
    pub(super) explanation: &'a Explanation,
    pub(super) marks: Marks,
    /// When the start rule was met.
    pub(super) ready_held_at: Option<f64>,
    pub(super) foreign: usize,
}

/// Seen in a step's place, or added: what, how surely, and best where.
struct Seen {
    id: String,
    side: Option<Side>,
    /// Vocabulary's index, as the picture shows it.
    label: usize,
    probability: f32,
    frame: usize,
}

impl Account<'_> {
    pub(super) fn sheet(&self) -> Sheet {
        let (mut held, restarted) = self.held();
        if !self.believable(&held) {
            held.clear();
        }
        self.contradicted(&mut held);
        self.moved(&mut held);
        let mut sheet = self.blank();
        let places = self.places(&held);
        for (step, place) in places.iter().enumerate() {
            if let Some((from, to)) = place {
                self.fill(&mut sheet, step, &held[*from..=*to]);
            }
        }
        sheet.started = self.started(&held);
        if let Some(at) = restarted.filter(|_| !held.is_empty()) {
            self.note_restart(&mut sheet, at);
        }
        self.note_wrong(&mut sheet, &held);
        self.note_repeated(&mut sheet, &held, &places);
        self.note_added(&mut sheet, &held);
        self.note_order(&mut sheet, &held, &places);
        self.note_missing(&mut sheet, &held);
        self.note_details(&mut sheet, &held);
        self.note_withheld(&mut sheet);
        sheet.extra.sort_by(|a, b| a.start.total_cmp(&b.start));
        sheet.deductions.sort_by_key(|deduction| deduction.step);
        sheet.score();
        sheet
    }

    /// What the order says is a step, but whose readings plainly show something else, is another technique in its place.
    fn contradicted(&self, held: &mut [Held]) {
        for hold in held.iter_mut().filter(|hold| hold.phase == Phase::Hold) {
            let planned = &self.plan.moves[hold.index];
            if planned.step.is_none() || !planned.closes {
                continue;
            }
            if self.rival(hold).is_some_and(Rival::is_plain) {
                hold.phase = Phase::Wrong;
            }
        }
    }

    /// Without a ready stance a single step recognised may be anything.
    fn believable(&self, held: &[Held]) -> bool {
        let mut steps: Vec<usize> =
            self.runs(held).into_iter().filter(|run| self.told(&held[run.2])).map(|run| run.0).collect();
        steps.sort_unstable();
        steps.dedup();
        let ready = held.first().is_some_and(|first| first.index == 0 && first.phase == Phase::Hold);
        let enough = if ready || self.ready_held_at.is_some() { 1 } else { STEPS_WITHOUT_READY };
        steps.len() >= enough.min(self.plan.steps.len())
    }

    pub(super) fn view(&self) -> usize {
        usize::from(self.explanation.hypothesis.mirrored)
    }

    /// The path's holds, and when the form was begun again: what came before that is dropped.
    fn held(&self) -> (Vec<Held>, Option<usize>) {
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

    fn blank(&self) -> Sheet {
        let steps = self.plan.steps.iter().map(|step| {
            let moves = &self.plan.moves[step.moves[0]..=step.moves[1]];
            SheetStep {
                number: step.number,
                technique: moves[0].id.clone(),
                techniques: moves
                    .iter()
                    .map(|planned| SheetTechnique {
                        id: planned.id.clone(),
                        side: planned.side,
                        found: false,
                        probability: 0.0,
                        seconds: None,
                        frame: None,
                    })
                    .collect(),
                stance: step.stance.clone(),
                lead: step.lead,
                start: None,
                reached: None,
                end: None,
                found: false,
                probability: 0.0,
                evidence: None,
                frame: None,
                faults: Vec::new(),
            }
        });
        let hypothesis = self.explanation.hypothesis;
        Sheet {
            form: self.plan.form.clone(),
            section: self.plan.section,
            mirrored: hypothesis.mirrored,
            camera_heading_deg: self.explanation.headed.then(|| turned(hypothesis.camera_deg)),
            started: None,
            steps: steps.collect(),
            extra: Vec::new(),
            swapped: Vec::new(),
            kihap_steps: self.plan.kihap_steps.clone(),
            accuracy_points: self.marks.points,
            accuracy_score: None,
            deductions: Vec::new(),
            withheld: Vec::new(),
        }
    }

    fn started(&self, held: &[Held]) -> Option<Started> {
        let first = held.iter().find(|h| h.phase == Phase::Hold)?;
        let ready = self.plan.moves[first.index].step.is_none() && first.index == 0;
        // Held long enough by the rule, though the decoder may find the order without it.
        if let (false, Some(seconds)) = (ready, self.ready_held_at)
            && seconds <= self.frames[first.first].seconds
        {
            return Some(Started { seconds, by: StartedBy::ReadyStance });
        }
        let (frame, by) =
            if ready { (first.last, StartedBy::ReadyStance) } else { (first.first, StartedBy::FirstStep) };
        Some(Started { seconds: self.frames[frame].seconds, by })
    }

    /// Runs of holds of one step each, in order: step, and first and last place in `held`.
    fn runs(&self, held: &[Held]) -> Vec<(usize, usize, usize)> {
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
    fn places(&self, held: &[Held]) -> Vec<Option<(usize, usize)>> {
        let mut places: Vec<Option<(usize, usize)>> = vec![None; self.plan.steps.len()];
        let count = |from: usize, to: usize| held[from..=to].iter().filter(|h| h.phase == Phase::Hold).count();
        for (step, from, to) in self.runs(held) {
            if places[step].is_none_or(|(a, b)| count(a, b) < count(from, to)) {
                places[step] = Some((from, to));
            }
        }
        places
    }

    /// What was added or repeated is a step that is missing nearby, when it shows that step's technique: then it was performed
    /// in another place.
    fn moved(&self, held: &mut [Held]) {
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

    /// Mean of a number over a hold, weighted by looks.
    fn mean(&self, held: &Held, number: impl Fn(&Evidence) -> Option<f32>) -> Option<f32> {
        let (mut sum, mut looks) = (0.0, 0.0);
        for evidence in &self.frames[held.first..=held.last] {
            if let Some(value) = number(evidence).filter(|_| !evidence.unseen) {
                sum += evidence.looks * value;
                looks += evidence.looks;
            }
        }
        (looks > 0.0).then(|| sum / looks)
    }

    fn fill(&self, sheet: &mut Sheet, step: usize, held: &[Held]) {
        let view = self.view();
        let planned_step = &self.plan.steps[step];
        let filled = &mut sheet.steps[step];
        for part in held.iter().filter(|part| part.phase == Phase::Hold) {
            let place = self.lexicon.technique_of[part.index];
            let frames = &self.frames[part.first..=part.last];
            let probability = |evidence: &Evidence| evidence.probabilities[view][place];
            // Clearest, and among equally clear ones the stillest.
            let worth = |evidence: &Evidence| {
                if evidence.unseen { -1.0 } else { probability(evidence) - 0.3 * evidence.motion.moving }
            };
            let Some(best) = frames.iter().max_by(|a, b| worth(a).total_cmp(&worth(b))) else { continue };
            let mut values: Vec<f32> = frames.iter().filter(|e| !e.unseen).map(probability).collect();
            values.sort_by(|a, b| b.total_cmp(a));
            values.truncate(values.len().div_ceil(2));
            let done = &mut filled.techniques[part.index - planned_step.moves[0]];
            done.found = true;
            done.probability = values.iter().sum::<f32>() / values.len().max(1) as f32;
            (done.seconds, done.frame) = (Some(best.seconds), Some(best.frame));
        }
        let Some(closing) = held.iter().rfind(|part| part.phase == Phase::Hold) else { return };
        let first = &held[0];
        let place = self.lexicon.technique_of[closing.index];
        let technique = self.mean(closing, |evidence| Some(evidence.techniques[view][place]));
        let stance = self.lexicon.stance_of[closing.index]
            .and_then(|place| self.mean(closing, |evidence| evidence.feet.then(|| evidence.stances[view][place])));
        let hypothesis = &self.explanation.hypothesis;
        let headings = &self.plan.moves[closing.index].headings;
        let heading = self.mean(closing, |evidence| {
            let seen = Some(evidence.heading?);
            Some(self.lattice.heading_weight(headings, seen, hypothesis))
        });
        let kind = if self.told(closing) { EvidenceKind::Seen } else { EvidenceKind::ByOrder };
        let technique_probability = filled.techniques[closing.index - planned_step.moves[0]].probability;
        filled.found = true;
        filled.probability = match kind {
            EvidenceKind::Seen => technique_probability,
            // Half at most; a heading that fits says more than one that does not.
            EvidenceKind::ByOrder => 0.5 / (1.0 + (-2.0 * heading.unwrap_or(0.0)).exp()),
        };
        filled.evidence = Some(StepEvidence { kind, technique, stance, heading });
        filled.frame = filled.techniques[closing.index - planned_step.moves[0]].frame;
        filled.start = Some(self.frames[self.movement_before(first.first)].seconds);
        let still = |frame: &usize| self.frames[*frame].motion.moving < 0.5 && !self.frames[*frame].motion.cut;
        let reached = (closing.first..=closing.last).find(still).unwrap_or(closing.first);
        let left = (closing.first..=closing.last).rev().find(still).unwrap_or(closing.last);
        filled.reached = Some(self.frames[reached].seconds);
        filled.end = Some(self.frames[left].seconds);
    }

    /// The frame in which the movement into a hold began: after the hold before it, when the body left its place.
    fn movement_before(&self, first: usize) -> usize {
        let waits = |frame: usize| self.lattice.read(self.explanation.path[frame]).0 == Phase::Wait;
        let mut from = first;
        while from > 0 && waits(from - 1) && !self.frames[from].motion.cut {
            from -= 1;
        }
        // Of several movements the last one, with short halts, leads there.
        let moving = |frame: usize| self.frames[frame].motion.moving >= 0.5;
        let mut begin = first;
        let mut halted = 0.0;
        for frame in (from..first).rev() {
            if moving(frame) {
                (begin, halted) = (frame, 0.0);
            } else {
                halted += self.frames[frame].motion.step;
                if halted > 0.4 {
                    break;
                }
            }
        }
        begin
    }

    /// What was seen in a hold of something else.
    fn seen(&self, held: &Held) -> Seen {
        let frames = &self.frames[held.first..=held.last];
        let mut totals: std::collections::BTreeMap<usize, (f32, f32, usize, f32)> = std::collections::BTreeMap::new();
        for evidence in frames.iter().filter(|evidence| !evidence.unseen) {
            let (label, nats) = evidence.top.unwrap_or((evidence.best.0, 0.0));
            let entry = totals.entry(label).or_insert((0.0, 0.0, evidence.frame, 0.0));
            entry.0 += evidence.looks * nats.max(0.01);
            if evidence.best.0 == label && evidence.best.1 > entry.3 {
                (entry.2, entry.3) = (evidence.frame, evidence.best.1);
            }
        }
        let best = totals.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
        let (label, (_, _, frame, probability)) = best.unwrap_or((0, (0.0, 0.0, frames[0].frame, 0.0)));
        let shown = if self.explanation.hypothesis.mirrored { self.lexicon.likeness.mirrored(label) } else { label };
        let name = &self.lexicon.vocabulary.techniques[shown];
        Seen { id: name.id.clone(), side: name.side, label, probability, frame }
    }

    fn extra(&self, kind: ExtraKind, step: Option<u32>, held: &Held, seen: &Seen) -> Extra {
        Extra {
            kind,
            step,
            seen: seen.id.clone(),
            side: seen.side,
            start: self.frames[self.movement_before(held.first)].seconds,
            end: self.frames[held.last].seconds,
            frame: seen.frame,
            probability: seen.probability,
        }
    }

    fn deduct(&self, sheet: &mut Sheet, step: Option<u32>, technique: &str, frame: Option<usize>, reason: Reason) {
        sheet.deductions.push(Deduction {
            points: if reason == Reason::Restarted { self.marks.restart } else { self.marks.major },
            step,
            technique: technique.to_owned(),
            measure: None,
            value: None,
            band: None,
            frame,
            reason,
        });
    }

    fn note_restart(&self, sheet: &mut Sheet, at: usize) {
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

    fn note_wrong(&self, sheet: &mut Sheet, held: &[Held]) {
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

    fn note_repeated(&self, sheet: &mut Sheet, held: &[Held], places: &[Option<(usize, usize)>]) {
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

    /// Whether the technique itself was recognised in a hold of it.
    fn told(&self, held: &Held) -> bool {
        let place = self.lexicon.technique_of[held.index];
        let technique = self.mean(held, |evidence| Some(evidence.techniques[self.view()][place]));
        let clear = self.mean(held, |evidence| Some(evidence.clear));
        clear.is_some_and(|clear| clear >= TOLD) && technique.is_some_and(|nats| nats > 0.0)
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

    fn note_added(&self, sheet: &mut Sheet, held: &[Held]) {
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
    fn note_order(&self, sheet: &mut Sheet, held: &[Held], places: &[Option<(usize, usize)>]) {
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

    /// How well one could see between two frames: seconds without anybody, seconds of flat readings, longest time between
    /// frames, greatest probability of a kick.
    fn sight(&self, from: usize, to: usize) -> (f64, f64, f64, f32) {
        let mut sight = (0.0, 0.0, 0.0_f64, 0.0_f32);
        for evidence in &self.frames[from.min(to)..=to.min(self.frames.len() - 1)] {
            let step = evidence.motion.step;
            if evidence.unseen {
                sight.0 += step;
            } else if evidence.clear < FLAT {
                sight.1 += step;
            }
            sight.2 = sight.2.max(step);
            sight.3 = sight.3.max(evidence.kick);
        }
        sight
    }

    fn note_missing(&self, sheet: &mut Sheet, held: &[Held]) {
        let places: Vec<Option<Held>> = (0..self.plan.steps.len())
            .map(|step| {
                held.iter().copied().find(|h| self.plan.moves[h.index].step == Some(step) && h.phase != Phase::Added)
            })
            .collect();
        let found: Vec<bool> = sheet.steps.iter().map(|step| step.found).collect();
        let present = |step: usize| found[step] || places[step].is_some();
        let all = self.plan.steps.len();
        let Some(first) = (0..all).find(|step| present(*step)) else {
            return;
        };
        let last = (0..all).rev().find(|step| present(*step)).unwrap_or(first);
        let numbers =
            |range: std::ops::Range<usize>| range.map(|step| self.plan.steps[step].number).collect::<Vec<_>>();
        let ready = held.iter().any(|h| h.index == 0 && h.phase == Phase::Hold)
            || sheet.started.is_some_and(|started| started.by == StartedBy::ReadyStance);
        let closed =
            self.plan.ends_ready && held.iter().any(|h| h.index + 1 == self.plan.moves.len() && h.phase == Phase::Hold);
        let mut missing = Vec::new();
        for step in 0..all {
            if !present(step) && (step > first || ready) && (step < last || closed) {
                missing.push(step);
            }
        }
        for step in missing {
            // Between what was held before and after.
            let after = |h: &&Held| self.plan.moves[h.index].step.is_none_or(|other| other > step) && h.index > 0;
            let next = held.iter().find(after).map_or(self.frames.len() - 1, |h| h.first);
            let before = held.iter().rev().find(|h| h.last < next).map_or(0, |h| h.last);
            let (unseen, flat, _, _) = self.sight(before, next);
            let number = self.plan.steps[step].number;
            // Beside a step of which only the order speaks, nothing is certain.
            let by_order = |step: usize| sheet.steps[step].evidence.is_some_and(|e| e.kind == EvidenceKind::ByOrder);
            let near = [(0..step).rev().find(|s| present(*s)), (step + 1..all).find(|s| present(*s))];
            let uncertain = near.into_iter().flatten().any(by_order);
            if unseen > BLIND || flat > BLIND || uncertain {
                sheet.withheld.push(Withheld::NotSeen { step: number });
            } else {
                let technique = self.plan.moves[self.plan.closing(step)].id.clone();
                let frame = self.frames.get(next).map(|evidence| evidence.frame);
                self.deduct(sheet, Some(number), &technique, frame, Reason::MissingStep);
            }
        }
        if !ready && first > 0 {
            sheet.withheld.push(Withheld::BeforeRecording { steps: numbers(0..first) });
        }
        if !closed && last + 1 < all {
            sheet.withheld.push(Withheld::AfterRecording { steps: numbers(last + 1..all) });
        }
    }

    /// Techniques left out within found steps, and stances.
    fn note_details(&self, sheet: &mut Sheet, held: &[Held]) {
        let places = self.places(held);
        let mut feet_hidden = Vec::new();
        for (step, place) in places.iter().enumerate() {
            let Some((from, to)) = *place else { continue };
            let planned_step = &self.plan.steps[step];
            let number = planned_step.number;
            let wrong: Vec<usize> = held.iter().filter(|h| h.phase == Phase::Wrong).map(|h| h.index).collect();
            for index in planned_step.moves[0]..=planned_step.moves[1] {
                let done = &sheet.steps[step].techniques[index - planned_step.moves[0]];
                if done.found || wrong.contains(&index) {
                    continue;
                }
                let before = held[..=to].iter().rev().find(|h| h.index < index).map_or(0, |h| h.last);
                let next = held[from..].iter().find(|h| h.index > index).map_or(self.frames.len() - 1, |h| h.first);
                let (unseen, flat, slowest, kick) = self.sight(before, next);
                let planned = &self.plan.moves[index];
                let by_order = sheet.steps[step].evidence.is_some_and(|e| e.kind == EvidenceKind::ByOrder);
                let blind = by_order || unseen > 0.5 * BLIND || flat > 0.5 * BLIND || slowest > QUICK;
                let twice = index > 0 && self.plan.moves[index - 1].technique == planned.technique;
                let glimpsed = planned.is_kick() && kick > SOME_KICK;
                // The last technique of what is the recording's last step may come after its end.
                let cut_off = next + 1 == self.frames.len();
                if blind || twice || glimpsed || cut_off {
                    sheet.withheld.push(Withheld::TooQuick { step: number, technique: planned.id.clone() });
                } else {
                    let id = planned.id.clone();
                    let frame = self.frames.get(next).map(|evidence| evidence.frame);
                    self.deduct(sheet, Some(number), &id, frame, Reason::MissingTechnique);
                }
            }
            if let Some(closing) = held[from..=to].iter().rfind(|h| h.index == planned_step.moves[1]) {
                self.judge_stance(sheet, step, closing, &mut feet_hidden);
                self.note_twins(sheet, number, closing);
            }
        }
        if !feet_hidden.is_empty() {
            sheet.withheld.push(Withheld::FeetHidden { steps: feet_hidden });
        }
    }

    fn judge_stance(&self, sheet: &mut Sheet, step: usize, closing: &Held, feet_hidden: &mut Vec<u32>) {
        let Some(own) = self.plan.moves[closing.index].stance else { return };
        let planned_step = &self.plan.steps[step];
        if !self.frames[closing.first..=closing.last].iter().any(|e| e.feet) {
            feet_hidden.push(planned_step.number);
            return;
        }
        let Some((label, more)) = self.stance_rival(closing) else { return };
        if more > PLAIN_STANCE {
            let stances = &self.lexicon.vocabulary.stances;
            let (wanted, seen) = (stances[own].id.clone(), stances[label].id.clone());
            let reason = Reason::WrongStance { wanted: wanted.clone(), seen };
            self.deduct(sheet, Some(planned_step.number), &wanted, sheet.steps[step].frame, reason);
        }
    }

    /// A technique that looks like the one asked for was on top all the time.
    fn note_twins(&self, sheet: &mut Sheet, number: u32, closing: &Held) {
        let view = self.view();
        let own = self.lexicon.techniques[self.lexicon.technique_of[closing.index]][view];
        let frames = self.frames[closing.first..=closing.last].iter().filter(|e| e.clear >= TOLD);
        let labels: Vec<usize> = frames.map(|e| e.best.0).collect();
        let Some(first) = labels.first().copied().filter(|first| *first != own) else { return };
        if labels.iter().all(|label| *label == first) && self.lexicon.likeness.twins(own, first) {
            let seen = self.lexicon.vocabulary.techniques[first].id.clone();
            sheet.withheld.push(Withheld::TooAlike { step: number, seen });
        }
    }

    fn note_withheld(&self, sheet: &mut Sheet) {
        let by_order = sheet
            .steps
            .iter()
            .filter(|step| step.evidence.is_some_and(|evidence| evidence.kind == EvidenceKind::ByOrder));
        let by_order: Vec<u32> = by_order.map(|step| step.number).collect();
        if !by_order.is_empty() {
            sheet.withheld.push(Withheld::ByOrder { steps: by_order });
        }
        if sheet.found() == 0 {
            sheet.withheld.insert(0, Withheld::NothingFound);
        } else if self.explanation.mirror_undecided {
            sheet.withheld.insert(0, Withheld::MirrorUndecided);
        }
        if !sheet.kihap_steps.is_empty() {
            sheet.withheld.push(Withheld::Kihap { steps: sheet.kihap_steps.clone() });
        }
        sheet.withheld.push(Withheld::Presentation);
        if self.foreign > 0 {
            sheet.withheld.push(Withheld::ForeignReadings { readings: self.foreign });
        }
    }
}
