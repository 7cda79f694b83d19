//! Following a performance of a form.

use kihap_coach::judge::{Doubt, Fault, Judge, Request, Skeletons, end_frame};
use kihap_coach::reading::{Label, Reading};
use kihap_coach::track::{Options, OriginalMode, OriginalStep, Sheet, StepFault, TrackEvent, Tracker};
use kihap_syllabus::{Form, Kind, OTHER, Side, Syllabus};
use kihap_vision::Pose;

use crate::builtin::{FilmEyes, Reader, lifter};
use crate::error::Result;
use crate::frames::SeenFrame;

/// A performance that was followed.
#[derive(Debug)]
pub struct Tracked {
    /// The score sheet.
    pub sheet: Sheet,
    /// What was noticed on the way; empty where it was told frame by frame.
    pub events: Vec<TrackEvent>,
    /// The faults of posture in full.
    pub postures: Vec<PostureFault>,
    /// What was read off each frame that is kept; each has its number.
    pub readings: Vec<Reading>,
}

/// What the judge says of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct PostureFault {
    /// Number of the step.
    pub step: u32,
    /// Number of the reading that was judged.
    pub frame: usize,
    /// The fault.
    pub fault: Fault,
}

impl PostureFault {
    fn on_sheet(&self) -> StepFault {
        StepFault {
            technique: Some(self.fault.technique.clone()),
            measure: self.fault.measure.to_string(),
            value: self.fault.value,
            min: self.fault.min,
            max: self.fault.max,
            frame: self.frame,
            deduction: self.fault.deduction,
        }
    }
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

/// Follows a form, or one of its sections, frame by frame.
///
/// Of the time before anything was seen, half a minute is kept, so that one may stand there as long as one likes.
#[derive(Debug)]
pub struct Follower {
    reader: Reader,
    eyes: FilmEyes,
    tracker: Tracker,
    readings: Vec<Reading>,
    /// Number of the first reading that is kept.
    first: usize,
    begun: bool,
}

/// Readings before the beginning that are kept, seconds: the tracker forgets earlier.
const KEPT_BEFORE_S: f64 = 45.0;

impl Follower {
    /// Waits for the form to begin.
    ///
    /// # Errors
    /// A section or step that the form does not have, or program files that are damaged.
    pub fn new(syllabus: &Syllabus, form: &Form, section: Option<u32>, options: Options) -> Result<Follower> {
        let tracker = Tracker::new(syllabus, form, section, options)?;
        let reader = Reader::open(syllabus)?;
        let eyes = FilmEyes::open(reader.vocabulary())?;
        Ok(Follower { reader, eyes, tracker, readings: Vec::new(), first: 0, begun: false })
    }

    /// Takes a frame of a camera in; frames come in order of time.
    ///
    /// # Errors
    /// When a network fails.
    pub fn next(&mut self, seconds: f64, pose: Option<&Pose>) -> Result<Vec<TrackEvent>> {
        let number = self.first + self.readings.len();
        let reading = self.reader.read_one(number, seconds, pose)?;
        let events = self.take(reading)?;
        self.begun |= !events.is_empty();
        if !self.begun && self.readings.first().is_some_and(|first| seconds - first.seconds > 2.0 * KEPT_BEFORE_S) {
            let kept = self.readings.partition_point(|reading| seconds - reading.seconds > KEPT_BEFORE_S);
            self.readings.drain(..kept);
            self.first += kept;
        }
        Ok(events)
    }

    fn take(&mut self, mut reading: Reading) -> Result<Vec<TrackEvent>> {
        self.eyes.look(&mut reading)?;
        let events = self.tracker.push(&reading);
        self.readings.push(reading);
        Ok(events)
    }

    /// What was read last.
    pub fn last(&self) -> Option<&Reading> {
        self.readings.last()
    }

    /// The most probable technique of the last reading, its side and its probability; `None` where nobody is seen.
    pub fn technique(&self) -> Option<(&Label, f32)> {
        let reading = self.last().filter(|reading| reading.pose.is_some())?;
        let labels = &self.reader.vocabulary().techniques;
        let best = labels.iter().zip(&reading.techniques).max_by(|a, b| a.1.total_cmp(b.1))?;
        Some((best.0, *best.1))
    }

    /// Decides with everything known, and judges the postures.
    ///
    /// # Errors
    /// When a network fails, or the program's own files are damaged.
    pub fn finish(self, syllabus: &Syllabus) -> Result<Tracked> {
        let Follower { tracker, readings, first, .. } = self;
        let sheet = tracker.finish();
        let reading = |number: usize| readings.get(number.checked_sub(first)?);
        let postures = match syllabus.form(&sheet.form) {
            Some(form) => faults_of(syllabus, form, &sheet, &reading)?,
            None => Vec::new(),
        };
        let sheet = sheet.with_faults(postures.iter().map(|fault| (fault.step, fault.on_sheet())));
        Ok(Tracked { sheet, events: Vec::new(), postures, readings })
    }
}

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
    let mut follower = Follower::new(syllabus, form, section, options)?;
    let mut events = Vec::new();
    for reading in follower.reader.read(frames)? {
        events.extend(follower.take(reading)?);
    }
    Ok(Tracked { events, ..follower.finish(syllabus)? })
}

/// What the judge says of the clearest frame of each technique found.
fn faults_of<'a>(
    syllabus: &Syllabus,
    form: &Form,
    sheet: &Sheet,
    reading: &impl Fn(usize) -> Option<&'a Reading>,
) -> Result<Vec<PostureFault>> {
    let judge = Judge::new(syllabus).with_doubt(Doubt::of(Skeletons::Lifted));
    let mut asked = Vec::new();
    for step in sheet.steps.iter().filter(|step| step.found) {
        let Some(wanted) = form.steps.iter().find(|known| known.number == step.number) else { continue };
        for technique in step.techniques.iter().filter(|technique| technique.found) {
            let Some(number) = technique.frame else { continue };
            let kick = syllabus.technique(&technique.id).is_some_and(|known| known.kind == Kind::Kick);
            // A mirrored picture shows a left foot as a right one.
            let foot = technique.side.map(|side| if sheet.mirrored { side.other() } else { side });
            let number = foot.filter(|_| kick).and_then(|foot| highest(number, foot, reading)).unwrap_or(number);
            let Some(pose) = reading(number).and_then(|reading| reading.pose.as_ref()) else { continue };
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
            asked.push((step.number, number, request, turned));
        }
    }
    let lifted = lifter()?.lift(&asked.iter().map(|(.., pose)| pose).collect::<Vec<_>>())?;
    let mut faults = Vec::new();
    for ((step, frame, request, _), pose) in asked.iter().zip(&lifted) {
        // The syllabus was checked when it was read: a form names only techniques and sides that there are.
        let Ok(verdicts) = judge.judge(request, Some(pose)) else { continue };
        faults.extend(verdicts.faults.into_iter().map(|fault| PostureFault { step: *step, frame: *frame, fault }));
    }
    Ok(faults)
}

/// A kick ends where the foot is highest, within so many seconds of where it is clearest.
const KICK_S: f64 = 0.4;

/// Number of the reading in which a kicking foot is highest, around one of them.
fn highest<'a>(number: usize, foot: Side, reading: &impl Fn(usize) -> Option<&'a Reading>) -> Option<usize> {
    let clearest = reading(number)?.seconds;
    let near = |number: &usize| reading(*number).is_some_and(|r| (r.seconds - clearest).abs() <= KICK_S);
    let around = (0..=number).rev().take_while(near).chain((number + 1..).take_while(near));
    let (numbers, frames): (Vec<usize>, Vec<(f64, &Pose)>) =
        around.filter_map(|n| reading(n).and_then(|r| Some((n, (r.seconds, r.pose.as_ref()?))))).unzip();
    let (seconds, _) = end_frame(&frames, Some(foot))?;
    numbers.into_iter().zip(frames).find(|(_, (then, _))| *then == seconds).map(|(n, _)| n)
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
    use kihap_coach::degrade::ErrorModel;
    use kihap_coach::performance::{Fault, FaultKind, Manner, Performance, Shoot, film};
    use kihap_coach::track::ExtraKind;

    /// One technique too many in each of twenty films from the front, of bodies that no lesson had. Before holds were parted where
    /// another posture follows, and what is no repetition was told from one, 3 of them were told.
    #[test]
    fn added_techniques_were_taken_for_a_step_held_long_or_repeated() {
        let syllabus = Syllabus::embedded().unwrap();
        let errors = ErrorModel::measured().unwrap();
        let told = |seed: u64| {
            let form = &syllabus.forms()[(seed % 10) as usize];
            let fault = Fault::draw(FaultKind::Added, &syllabus, form, None, seed).unwrap();
            let manner = Manner::of(900_000 + seed, seed).with(vec![fault]);
            let performance = Performance::of_form(&syllabus, form, None, &manner).unwrap();
            let filmed =
                film(&performance, &Shoot::of(seed).from_azimuth((seed % 7) as f32 * 10.0 - 30.0), &errors, seed);
            let frames: Vec<SeenFrame> = (0..)
                .zip(filmed.frames)
                .map(|(frame, f)| SeenFrame { source: String::new(), frame, seconds: f.seconds, pose: f.pose })
                .collect();
            let sheet = track(&syllabus, form, None, Options::default(), &frames).unwrap().sheet;
            let added = &performance.faults()[0];
            let there = |start: f64, end: f64| end > added.start && start < added.end;
            sheet.extra.iter().any(|extra| extra.kind == ExtraKind::Added && there(extra.start, extra.end))
        };
        let told = (1720..1740).filter(|seed| told(*seed)).count();
        assert!(told >= 10, "{told} of 20");
    }

    #[test]
    fn a_kick_was_judged_in_its_chamber_where_that_was_clearest() {
        let syllabus = Syllabus::embedded().unwrap();
        let form = syllabus.form("taegeuk_2").unwrap();
        let performance = Performance::of_form(&syllabus, form, None, &Manner::of(7, 7)).unwrap();
        let filmed = film(&performance, &Shoot::of(3), &ErrorModel::none(), 1);
        let reading = |(frame, f): (usize, &kihap_coach::performance::FilmFrame)| Reading {
            frame,
            seconds: f.seconds,
            techniques: Vec::new(),
            stances: Vec::new(),
            heading_deg: None,
            pose: f.pose.clone(),
        };
        let readings: Vec<Reading> = filmed.frames.iter().enumerate().map(reading).collect();
        let kicks = filmed.frames.iter().enumerate().filter_map(|(number, frame)| {
            let label = &frame.truth.technique;
            label.side.filter(|_| label.id == "front_kick").map(|side| (number, side))
        });
        let kicks: Vec<(usize, Side)> = kicks.collect();
        assert!(kicks.len() > 20);
        let ankle = |number: usize, side: Side| {
            readings[number].pose.as_ref().map(|pose| -pose.world[if side == Side::Left { 27 } else { 28 }][1])
        };
        for (number, side) in kicks {
            let found = highest(number, side, &|number| readings.get(number)).unwrap();
            let near =
                (0..readings.len()).filter(|n| (readings[*n].seconds - readings[number].seconds).abs() <= KICK_S);
            let top = near.filter_map(|n| ankle(n, side)).fold(f32::MIN, f32::max);
            assert!((ankle(found, side).unwrap() - top).abs() < 1e-3, "{number}: {found}");
        }
    }

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
