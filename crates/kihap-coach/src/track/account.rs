//! What the best path says, put down as a sheet.

use kihap_syllabus::{Side, Syllabus};

use super::bank::Explanation;
use super::evidence::{Evidence, Lexicon};
use super::holds::Held;
use super::lattice::{Lattice, Phase};
use super::plan::Plan;
use super::{
    Deduction, EvidenceKind, Extra, ExtraKind, Reason, Sheet, SheetStep, SheetTechnique, Started, StartedBy,
    StepEvidence,
};

/// Mean clearness of a hold below which its technique was not told.
pub(super) const TOLD: f32 = 0.15;
/// A movement has begun from so much of it on; see [`Motion::moving`](super::Motion::moving). It starts slowly.
const STARTING: f32 = 0.1;
/// A halt on the way is no longer than this, seconds.
const HALT_S: f64 = 0.4;
/// Steps that must be recognised for a performance without a ready stance to be one.
const STEPS_WITHOUT_READY: usize = 2;

/// An angle brought to −180 to 180 degrees.
pub(super) fn turned(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// A step ends at the latest where the movement into the next one begins.
fn part(steps: &mut [SheetStep]) {
    let starts: Vec<f64> = steps.iter().filter_map(|step| step.start).collect();
    for step in steps {
        let (Some(reached), Some(end)) = (step.reached, step.end) else { continue };
        let next = starts.iter().copied().filter(|start| (reached..end).contains(start)).fold(end, f64::min);
        step.end = Some(next);
    }
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
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) side: Option<Side>,
    /// Vocabulary's index, as the picture shows it.
    pub(super) label: usize,
    pub(super) probability: f32,
    pub(super) frame: usize,
}

impl Account<'_> {
    pub(super) fn sheet(&self) -> Sheet {
        let (mut held, restarted) = self.held();
        if !self.believable(&held) {
            held.clear();
        }
        self.contradicted(&mut held);
        self.between(&mut held);
        self.opened(&mut held);
        self.moved(&mut held);
        let mut sheet = self.blank();
        let places = self.places(&held);
        for (step, place) in places.iter().enumerate() {
            if let Some((from, to)) = place {
                self.fill(&mut sheet, step, &held[*from..=*to]);
            }
        }
        sheet.started = self.started(&held, &sheet.steps);
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
        part(&mut sheet.steps);
        sheet.extra.sort_by(|a, b| a.start.total_cmp(&b.start));
        sheet.deductions.sort_by_key(|deduction| deduction.step);
        sheet.score();
        sheet
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

    fn started(&self, held: &[Held], steps: &[SheetStep]) -> Option<Started> {
        // A movement sets out before its readings change.
        let moved = steps.iter().filter_map(|step| step.start).fold(f64::INFINITY, f64::min);
        self.start_seen(held).map(|started| Started { seconds: started.seconds.min(moved), ..started })
    }

    fn start_seen(&self, held: &[Held]) -> Option<Started> {
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

    /// Mean of a number over a hold, weighted by looks.
    pub(super) fn mean(&self, held: &Held, number: impl Fn(&Evidence) -> Option<f32>) -> Option<f32> {
        let (mut sum, mut looks) = (0.0, 0.0);
        for evidence in &self.frames[held.first..=held.last] {
            if let Some(value) = number(evidence).filter(|_| !evidence.unseen) {
                sum += evidence.looks * value;
                looks += evidence.looks;
            }
        }
        (looks > 0.0).then(|| sum / looks)
    }

    pub(super) fn fill(&self, sheet: &mut Sheet, step: usize, held: &[Held]) {
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
        let path = &self.explanation.path;
        let waits = |frame: usize| self.lattice.read(path[frame]).0 == Phase::Wait;
        // The path may stay in the hold before while the body is on its way already, but that was held for half of its time.
        let left = (0..first).rev().find(|frame| !waits(*frame));
        let earliest = left.map_or(0, |last| {
            let since = (0..last).rev().take_while(|frame| path[*frame] == path[last]).last().unwrap_or(last);
            usize::midpoint(since, last) + 1
        });
        // Of several movements the last one, with short halts, leads there.
        let mut begin = first;
        let mut halted = 0.0;
        for frame in (earliest..first).rev() {
            if self.frames[frame + 1].motion.cut {
                break;
            }
            if self.frames[frame].motion.moving >= STARTING {
                (begin, halted) = (frame, 0.0);
            } else {
                halted += self.frames[frame].motion.step;
                if halted > HALT_S {
                    break;
                }
            }
        }
        begin
    }

    /// What was seen in a hold of something else.
    pub(super) fn seen(&self, held: &Held) -> Seen {
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

    pub(super) fn extra(&self, kind: ExtraKind, step: Option<u32>, held: &Held, seen: &Seen) -> Extra {
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

    pub(super) fn deduct(
        &self,
        sheet: &mut Sheet,
        step: Option<u32>,
        technique: &str,
        frame: Option<usize>,
        reason: Reason,
    ) {
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

    /// Whether the technique itself was recognised in a hold of it.
    pub(super) fn told(&self, held: &Held) -> bool {
        let place = self.lexicon.technique_of[held.index];
        let technique = self.mean(held, |evidence| Some(evidence.techniques[self.view()][place]));
        let clear = self.mean(held, |evidence| Some(evidence.clear));
        clear.is_some_and(|clear| clear >= TOLD) && technique.is_some_and(|nats| nats > 0.0)
    }
}
