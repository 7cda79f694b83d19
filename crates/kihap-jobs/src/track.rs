//! Following a performance of a form.

use kihap_coach::judge::{Doubt, Judge, Request};
use kihap_coach::reading::{Label, Reading};
use kihap_coach::track::{Options, OriginalMode, OriginalStep, Sheet, StepFault, TrackEvent, Tracker};
use kihap_syllabus::{Form, OTHER, Syllabus};

use crate::builtin::Reader;
use crate::error::Result;
use crate::frames::SeenFrame;

/// A performance that was followed.
#[derive(Debug)]
pub struct Tracked {
    /// The score sheet.
    pub sheet: Sheet,
    /// What was noticed on the way.
    pub events: Vec<TrackEvent>,
    /// What was read off each frame.
    pub readings: Vec<Reading>,
}

/// Puts several recordings behind one another: the times of each begin where the one before ended.
pub fn joined(frames: Vec<SeenFrame>) -> Vec<SeenFrame> {
    let (mut offset, mut last): (f64, Option<(String, f64, f64)>) = (0.0, None);
    frames
        .into_iter()
        .map(|mut frame| {
            let own = frame.seconds;
            let step = match &last {
                Some((source, before, step)) if *source == frame.source => {
                    let gap = own - before;
                    if gap > 0.0 { gap } else { *step }
                }
                Some((_, before, step)) => {
                    offset += before + step;
                    *step
                }
                None => DEFAULT_STEP,
            };
            last = Some((frame.source.clone(), own, step));
            frame.seconds = own + offset;
            frame
        })
        .collect()
}

/// Seconds between frames where nothing tells.
const DEFAULT_STEP: f64 = 1.0 / 30.0;

/// Follows a form, or one of its sections.
///
/// # Errors
/// A section or step that the form does not have, or a network that fails.
pub fn track(
    syllabus: &Syllabus,
    form: &Form,
    section: Option<u32>,
    options: Options,
    frames: &[SeenFrame],
) -> Result<Tracked> {
    let readings = Reader::open(syllabus)?.read(frames)?;
    let mut tracker = Tracker::new(syllabus, form, section, options)?;
    let events = readings.iter().flat_map(|reading| tracker.push(reading)).collect();
    let sheet = tracker.finish();
    let faults = faults_of(syllabus, form, &sheet, &readings);
    Ok(Tracked { sheet: sheet.with_faults(faults), events, readings })
}

/// Standard deviations between a value and its band from which on a bound of a form is broken.
const SURE_OF_FORMS: f64 = 4.0;

/// What the judge says of the clearest frame of each technique found.
fn faults_of(syllabus: &Syllabus, form: &Form, sheet: &Sheet, readings: &[Reading]) -> Vec<(u32, StepFault)> {
    // A form has hundreds of bounds: with the judge's own limit some would be taken for broken by chance (Bonferroni).
    let judge = Judge::new(syllabus).with_doubt(Doubt { sure: SURE_OF_FORMS, ..Doubt::default() });
    let mut faults = Vec::new();
    for step in sheet.steps.iter().filter(|step| step.found) {
        let Some(wanted) = form.steps.iter().find(|known| known.number == step.number) else { continue };
        for technique in step.techniques.iter().filter(|technique| technique.found) {
            let Some(number) = technique.frame else { continue };
            let Some(pose) = readings.get(number).and_then(|reading| reading.pose.as_ref()) else { continue };
            // A mirrored picture shows a left hand as a right one.
            let turned = if sheet.mirrored { pose.mirrored() } else { pose.clone() };
            let closing =
                step.techniques.last().is_some_and(|last| last.id == technique.id && last.side == technique.side);
            let known_stance = closing && wanted.stance != "transition";
            let request = Request {
                technique: &technique.id,
                side: technique.side,
                stance: known_stance.then_some(wanted.stance.as_str()),
                lead: if known_stance { wanted.lead_leg.side() } else { None },
                heading_deg: None,
            };
            // The syllabus was checked when it was read: a form names only techniques and sides that there are.
            let Ok(verdicts) = judge.judge(&request, Some(&turned)) else { continue };
            faults.extend(verdicts.faults.iter().map(|fault| {
                let fault = StepFault {
                    technique: Some(fault.technique.clone()),
                    measure: fault.measure.to_string(),
                    value: fault.value,
                    min: fault.min,
                    max: fault.max,
                    frame: number,
                    deduction: fault.deduction,
                };
                (step.number, fault)
            }));
        }
    }
    faults
}

/// Follows a form as the web app of 2022 did, with one classifier a section: techniques of the form (or section), its ready
/// posture and `other` are told apart, and a step counts when the top class is the expected one.
///
/// # Errors
/// A section that the form does not have, or a network that fails.
pub fn track_as_in_2022(
    syllabus: &Syllabus,
    form: &Form,
    section: Option<u32>,
    frames: &[SeenFrame],
) -> Result<Vec<OriginalStep>> {
    let reader = Reader::open(syllabus)?;
    let vocabulary = reader.vocabulary();
    let of_form = |label: &Label| {
        let steps = form.steps.iter().filter(|step| section.is_none_or(|section| step.section == section));
        let mut techniques = steps.flat_map(|step| &step.technique);
        label.id == OTHER
            || label.id == form.head.ready
            || techniques.any(|t| t.id == label.id && t.side.one() == label.side)
    };
    let kept: Vec<bool> = vocabulary.techniques.iter().map(of_form).collect();
    let mut mode = OriginalMode::new(syllabus, form, section)?;
    for mut reading in reader.read(frames)? {
        let sum: f32 = reading.techniques.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(p, _)| p).sum();
        for (probability, kept) in reading.techniques.iter_mut().zip(&kept) {
            *probability = if *kept { *probability / sum.max(f32::MIN_POSITIVE) } else { 0.0 };
        }
        mode.push(&reading);
    }
    Ok(mode.steps().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_are_put_behind_one_another() {
        let frame = |source: &str, seconds| SeenFrame { source: source.into(), frame: 0, seconds, pose: None };
        let frames = vec![frame("a", 0.0), frame("a", 0.1), frame("b", 0.0), frame("b", 0.1), frame("c", 0.0)];
        let times: Vec<f64> = joined(frames).iter().map(|f| f.seconds).collect();
        for (got, want) in times.iter().zip([0.0, 0.1, 0.2, 0.3, 0.4]) {
            assert!((got - want).abs() < 1e-9, "{times:?}");
        }
    }
}
