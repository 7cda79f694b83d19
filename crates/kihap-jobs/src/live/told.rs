//! A score sheet in words, in both languages.

use std::collections::BTreeSet;

use kihap_coach::track::{Deduction, EvidenceKind, Reason, Sheet, StartedBy, Words};
use kihap_syllabus::Syllabus;
use serde::Serialize;

use super::class::Both;
use crate::track::{PostureFault, Tracked};

/// A step of the sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldStep {
    /// Its number in the form.
    pub number: u32,
    /// What is done.
    pub title: Both,
    /// The stance it ends in.
    pub stance: Both,
    /// When its movement began, seconds from the beginning of the performance.
    pub start: Option<f64>,
    /// When its end posture was left.
    pub end: Option<f64>,
    /// Whether it was performed.
    pub found: bool,
    /// Whether only heading and order speak for it.
    pub by_order: bool,
    /// How sure it is, 0 to 1.
    pub probability: f64,
    /// Number of the reading that shows it best.
    pub frame: Option<usize>,
}

/// Points taken off.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldDeduction {
    /// How many.
    pub points: f64,
    /// The step; for something added the one before it.
    pub step: Option<u32>,
    /// The technique or stance.
    pub technique: Both,
    /// Why, in a sentence.
    pub text: Both,
    /// The joint or limb and what was measured of it, where a posture was faulty.
    pub measure: Option<Both>,
    /// What was measured.
    pub value: Option<Both>,
    /// The band of right values.
    pub band: Option<Both>,
    /// Number of the reading that shows it.
    pub frame: Option<usize>,
    /// When that was, seconds from the beginning of the performance.
    pub seconds: Option<f64>,
}

/// The sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldSheet {
    /// Form and section.
    pub title: Both,
    /// What is left of the points; `None` where no step was found.
    pub score: Option<f64>,
    /// Points to begin with.
    pub points: f64,
    /// Steps found.
    pub found: usize,
    /// How it began, where that is worth a word.
    pub notes: Vec<Both>,
    /// Every step asked for.
    pub steps: Vec<ToldStep>,
    /// What was taken off.
    pub deductions: Vec<ToldDeduction>,
    /// What was there too much.
    pub extra: Vec<Both>,
    /// What was not judged, and why.
    pub withheld: Vec<Both>,
}

impl ToldSheet {
    /// The words for what was followed.
    pub fn of(syllabus: &Syllabus, tracked: &Tracked) -> ToldSheet {
        let sheet = &tracked.sheet;
        let words = |language| Words::new(language, syllabus);
        // Where nothing began there is nothing to count from.
        let zero = sheet.started.map_or(0.0, |started| started.seconds);
        let since = |seconds: f64| ((seconds - zero) * 100.0).round() / 100.0;
        let at = |frame: usize| tracked.readings.iter().find(|reading| reading.frame == frame).map(|r| r.seconds);
        let steps = sheet.steps.iter().map(|step| ToldStep {
            number: step.number,
            title: Both::of(|language| {
                let named = step.techniques.iter().map(|t| words(language).technique(&t.id, t.side));
                named.collect::<Vec<_>>().join(" + ")
            }),
            stance: match syllabus.technique(&step.stance) {
                Some(_) => Both::technique(syllabus, &step.stance, step.lead),
                None => Both::same(""),
            },
            start: step.start.map(since),
            end: step.end.map(since),
            found: step.found,
            by_order: step.evidence.is_some_and(|evidence| evidence.kind == EvidenceKind::ByOrder),
            probability: f64::from(step.probability),
            frame: step.frame,
        });
        let deductions = sheet.deductions.iter().map(|deduction| {
            let fault = posture_of(&tracked.postures, deduction);
            ToldDeduction {
                points: deduction.points,
                step: deduction.step,
                technique: Both::technique(syllabus, &deduction.technique, None),
                text: match fault {
                    Some(fault) => Both::of(|language| fault.fault.text(language)),
                    None => Both::of(|language| without_points(words(language).deduction(deduction))),
                },
                measure: fault.map(|fault| Both::of(|language| fault.fault.measure_text(language))),
                value: fault.map(|fault| Both::of(|language| fault.fault.value_text(language))),
                band: fault.map(|fault| Both::of(|language| fault.fault.band_text(language))),
                frame: deduction.frame,
                seconds: deduction.frame.and_then(at).map(since),
            }
        });
        ToldSheet {
            title: title(syllabus, sheet),
            score: sheet.accuracy_score,
            points: sheet.accuracy_points,
            found: sheet.found(),
            notes: notes(sheet),
            steps: steps.collect(),
            deductions: deductions.collect(),
            extra: sheet.extra.iter().map(|extra| Both::of(|language| words(language).extra(extra))).collect(),
            withheld: sheet.withheld.iter().map(|why| Both::of(|language| words(language).withheld(why))).collect(),
        }
    }

    /// Numbers of the readings that it names.
    pub fn frames(&self) -> BTreeSet<usize> {
        let steps = self.steps.iter().filter_map(|step| step.frame);
        steps.chain(self.deductions.iter().filter_map(|deduction| deduction.frame)).collect()
    }
}

/// Form and section by name.
fn title(syllabus: &Syllabus, sheet: &Sheet) -> Both {
    let Some(form) = syllabus.form(&sheet.form) else { return Both::same(&sheet.form) };
    match sheet.section {
        Some(section) => Both {
            ko: format!("{} {section}단락", form.head.korean),
            en: format!("{}, section {section}", form.head.romanised),
        },
        None => Both { ko: form.head.korean.clone(), en: form.head.romanised.clone() },
    }
}

fn notes(sheet: &Sheet) -> Vec<Both> {
    let mut notes = Vec::new();
    if sheet.started.is_some_and(|started| started.by == StartedBy::FirstStep) {
        notes.push(Both {
            ko: "시작할 때 준비서기가 없음".into(), en: "No ready stance at the start".into()
        });
    }
    notes
}

/// The judge's own fault behind a deduction.
fn posture_of<'a>(postures: &'a [PostureFault], deduction: &Deduction) -> Option<&'a PostureFault> {
    if deduction.reason != Reason::Posture {
        return None;
    }
    postures.iter().find(|known| {
        Some(known.step) == deduction.step
            && Some(known.frame) == deduction.frame
            && known.fault.technique == deduction.technique
            && Some(known.fault.measure.to_string()) == deduction.measure
    })
}

/// The points stand in a column of their own.
fn without_points(text: String) -> String {
    match text.strip_prefix('−').and_then(|rest| rest.split_once(' ')) {
        Some((_, why)) => why.to_owned(),
        None => text,
    }
}
