//! What a sheet says is wrong, and whether that is about the fault put in.

use kihap_coach::measure::{Body3, BodyRatios, Facing};
use kihap_coach::performance::{Fault, FaultKind, InjectedFault};
use kihap_coach::track::{Deduction, ExtraKind, Reason};
use kihap_syllabus::{Measure, Side};

use crate::Case;

/// Something that a sheet says is wrong: what, at which step, and about when, seconds.
#[derive(Default)]
pub(crate) struct Alarm {
    pub(crate) name: &'static str,
    step: Option<u32>,
    seconds: Option<f64>,
    /// What is said to be too much: id and side.
    technique: Option<(String, Option<Side>)>,
    /// Whether it is so, where the body itself tells: the bound of a posture.
    pub(crate) so: Option<bool>,
}

/// What the alarms are called that a kind of fault should raise; none for what is no matter of a step.
pub(crate) fn expected(kind: FaultKind) -> &'static [&'static str] {
    match kind {
        FaultKind::Skipped => &["missing step"],
        FaultKind::Repeated => &["repeated"],
        FaultKind::Swapped => &["swapped"],
        // Its own technique is missing; what was there instead may be too unclear to be named.
        FaultKind::WrongTechnique | FaultKind::WrongSide => &["wrong technique", "missing step"],
        // One that is a step's own as well is as rightly called that step once more.
        FaultKind::Added => &["added", "repeated"],
        FaultKind::WrongStance => &["wrong stance"],
        FaultKind::Posture => &["posture"],
        FaultKind::Mirrored | FaultKind::Tempo => &[],
    }
}

/// Whether the body keeps the bound of a deduction no better than the sheet says, at the moment of its frame.
fn broken(case: &Case, ratios: &BodyRatios, deduction: &Deduction) -> Option<bool> {
    let measure = Measure::from_key(deduction.measure.as_ref()?)?;
    let ([min, max], seconds) = (deduction.band?, *case.seconds.get(deduction.frame?)?);
    let truth = case.performance.labels_at(seconds);
    let facing = Facing::of_heading_deg(f64::from(truth.heading_deg));
    let body = Body3::new(&case.performance.joints_at(seconds).points, facing);
    // A stance's trunk turns by its leading leg.
    let acting = truth.technique.side.filter(|_| deduction.technique == truth.technique.id);
    let value = body.value(measure, acting, truth.stance.side, ratios)?;
    Some(!(min..=max).contains(&value))
}

pub(crate) fn alarms(case: &Case, ratios: &BodyRatios) -> Vec<Alarm> {
    let sheet = &case.sheet;
    let extra = sheet.extra.iter().map(|extra| Alarm {
        name: match extra.kind {
            ExtraKind::Added => "added",
            ExtraKind::Repeated => "repeated",
            ExtraKind::Wrong => "wrong technique",
            ExtraKind::Misplaced => "swapped",
            ExtraKind::Restarted => "restarted",
        },
        step: extra.step,
        seconds: Some((extra.start + extra.end) * 0.5),
        technique: Some((extra.seen.clone(), extra.side)),
        ..Alarm::default()
    });
    let mut alarms: Vec<Alarm> = extra.collect();
    alarms.extend(sheet.swapped.iter().map(|pair| Alarm { name: "swapped", step: Some(pair[0]), ..Alarm::default() }));
    alarms.extend(sheet.deductions.iter().filter_map(|deduction| {
        let name = match deduction.reason {
            Reason::MissingStep => "missing step",
            Reason::WrongStance { .. } => "wrong stance",
            Reason::Posture => "posture",
            _ => return None,
        };
        let so = if name == "posture" { broken(case, ratios, deduction) } else { None };
        Some(Alarm { name, step: deduction.step, so, ..Alarm::default() })
    }));
    alarms
}

/// Whether an alarm is about the fault: its kind and its step; with repetitions and swaps the neighbour's number is as true, and of
/// something added the time.
fn hits(alarm: &Alarm, injected: &InjectedFault) -> bool {
    let kind = injected.fault.kind();
    if !expected(kind).contains(&alarm.name) {
        return false;
    }
    let (seen, own) = (alarm.step, injected.fault.step());
    let beside = seen.zip(own).is_some_and(|(seen, own)| seen.abs_diff(own) <= 1);
    match kind {
        // One bound that is broken moves others.
        FaultKind::Posture => seen == own && alarm.so != Some(false),
        FaultKind::Repeated | FaultKind::Swapped => beside,
        FaultKind::Added => {
            let then = alarm.seconds.is_some_and(|at| (injected.start - 0.5..injected.end + 0.8).contains(&at));
            match (&injected.fault, &alarm.technique) {
                (Fault::Added { technique, side, .. }, Some((seen, seen_side))) if alarm.name == "repeated" => {
                    then && seen == technique && *seen_side == Some(*side)
                }
                _ => beside || then,
            }
        }
        _ => seen == own,
    }
}

/// Whether the sheet tells the fault.
pub(crate) fn noticed(case: &Case, ratios: &BodyRatios) -> bool {
    let Some(injected) = case.performance.faults().first() else { return false };
    match injected.fault.kind() {
        FaultKind::Mirrored => case.sheet.mirrored,
        FaultKind::Tempo => case.sheet.found() * 10 >= case.sheet.steps.len() * 9,
        _ => alarms(case, ratios).iter().any(|alarm| hits(alarm, injected)),
    }
}

/// Alarms of a kind's names that are about nothing that was done wrong. A missing step speaks for a wrong technique, but is counted
/// against the steps left out.
pub(crate) fn false_alarms(case: &Case, kind: FaultKind, ratios: &BodyRatios) -> usize {
    let name = expected(kind).first();
    let about = |alarm: &Alarm| case.performance.faults().iter().any(|injected| hits(alarm, injected));
    alarms(case, ratios).iter().filter(|alarm| Some(&alarm.name) == name && !about(alarm)).count()
}
