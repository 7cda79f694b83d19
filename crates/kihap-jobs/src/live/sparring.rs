//! A sparring round before a camera.

use kihap_coach::practise::ReadyWatch;
use kihap_coach::spar::{Action, ActionFinder, FinderOptions, PointTable, SparClass, SparFrame, SparSheet, sheet};
use kihap_coach::synth::SynthCourse;
use kihap_learn::{Example, Model};
use kihap_syllabus::Syllabus;
use kihap_vision::Pose;

use crate::builtin::builtin;
use crate::error::{JobError, Result};

/// Reads the sparring classes off skeletons.
pub(crate) struct SparReader {
    model: Model,
    order: [Option<usize>; 6],
}

impl SparReader {
    /// With the built-in network.
    pub(crate) fn open() -> Result<SparReader> {
        let model = builtin(SynthCourse::Sparring)?;
        let names = model.class_names();
        let order = SparClass::ALL.map(|class| names.iter().position(|name| name == class.id()));
        Ok(SparReader { model, order })
    }

    /// The frames with the probabilities of the classes.
    pub(crate) fn read(&self, seen: Vec<(f64, Option<Pose>)>) -> Result<Vec<SparFrame>> {
        let examples: Vec<Example> = seen.iter().map(|(_, pose)| Example::from_pose(pose.clone(), 0)).collect();
        let predictions = self.model.predict(&examples)?;
        let told = |((seconds, pose), prediction): ((f64, Option<Pose>), kihap_learn::Prediction)| {
            let probabilities = self.order.map(|index| index.map_or(0.0, |i| prediction.probabilities[i] as f32));
            SparFrame { seconds, probabilities, pose }
        };
        Ok(seen.into_iter().zip(predictions).map(told).collect())
    }
}

/// How far a round is.
#[derive(Debug, Clone, PartialEq)]
pub enum SparProgress {
    /// The ready stance is awaited.
    Ready {
        /// Frames it has been held.
        held: u32,
        /// Frames it must be held.
        needed: u32,
    },
    /// The round goes on.
    Fighting {
        /// Seconds left.
        left: f64,
        /// The actions that ended with this frame.
        actions: Vec<Action>,
        /// Points so far.
        points: u32,
    },
    /// The round is over; [`LiveSparring::finish`] has the sheet.
    Over,
}

/// One person's round: it begins with the ready stance (or when told) and lasts so many seconds.
pub struct LiveSparring {
    reader: SparReader,
    ready: ReadyWatch,
    finder: ActionFinder,
    table: PointTable,
    seconds: f64,
    began: Option<f64>,
    begin_now: bool,
    last: f64,
    actions: Vec<Action>,
}

impl LiveSparring {
    /// A round of `seconds`.
    ///
    /// # Errors
    /// When the program's own files are damaged.
    pub fn new(syllabus: &Syllabus, seconds: f64) -> Result<LiveSparring> {
        let table = PointTable::of(&syllabus.sparring().points);
        Ok(LiveSparring {
            reader: SparReader::open()?,
            ready: ReadyWatch::of(syllabus),
            finder: ActionFinder::new(FinderOptions::default(), table),
            table,
            seconds,
            began: None,
            begin_now: false,
            last: 0.0,
            actions: Vec::new(),
        })
    }

    /// Begins with the next frame, ready stance or not.
    pub fn begin(&mut self) {
        self.begin_now = true;
    }

    /// When the round began, by the clock of the frames.
    pub fn began(&self) -> Option<f64> {
        self.began
    }

    /// Takes the next frame in.
    ///
    /// # Errors
    /// When the network fails.
    pub fn next(&mut self, seconds: f64, pose: Option<&Pose>) -> Result<SparProgress> {
        let frame = self.reader.read(vec![(seconds, pose.cloned())])?.pop().ok_or(JobError::Stopped)?;
        let Some(began) = self.began else {
            let ready = frame.probabilities[SparClass::Ready as usize];
            if self.ready.next(f64::from(ready)) || self.begin_now {
                self.began = Some(seconds);
            }
            return Ok(SparProgress::Ready { held: self.ready.held(), needed: self.ready.needed() });
        };
        let left = self.seconds - (seconds - began);
        if left <= 0.0 {
            return Ok(SparProgress::Over);
        }
        self.last = seconds;
        let done: Vec<Action> = self.finder.next(&frame).into_iter().collect();
        self.actions.extend(done.iter().cloned());
        let points = self.actions.iter().map(|action| action.points).sum();
        Ok(SparProgress::Fighting { left, actions: done, points })
    }

    /// The sheet; times count from the beginning of the round.
    pub fn finish(mut self) -> SparSheet {
        self.actions.extend(self.finder.finish());
        let began = self.began.unwrap_or(self.last);
        for action in &mut self.actions {
            action.start -= began;
            action.end -= began;
            action.peak = action.peak.map(|peak| peak - began);
        }
        sheet(None, self.actions, (0.0, (self.last - began).max(0.0)), self.seconds, self.table)
    }
}
