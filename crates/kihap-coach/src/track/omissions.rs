//! What the form has and was not seen, and whether it could have been: steps and techniques left out, stances, what is withheld.

use super::account::{Account, TOLD};
use super::holds::Held;
use super::lattice::Phase;
use super::rival::PLAIN_STANCE;
use super::{EvidenceKind, Reason, Sheet, StartedBy, Withheld};

/// Time without anybody, or with flat readings, that is enough for a step to have been missed by the camera, seconds.
const BLIND: f64 = 0.4;
/// Flat readings are less clear than this.
const FLAT: f32 = 0.3;
/// Longest time between frames at which a kick or a quick hand cannot have been missed, seconds.
const QUICK: f64 = 1.0 / 14.0;
/// Probability of any kick that speaks for one having been done.
const SOME_KICK: f32 = 0.15;

impl Account<'_> {
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

    pub(super) fn note_missing(&self, sheet: &mut Sheet, held: &[Held]) {
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
    pub(super) fn note_details(&self, sheet: &mut Sheet, held: &[Held]) {
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

    pub(super) fn note_withheld(&self, sheet: &mut Sheet) {
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
