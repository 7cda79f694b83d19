//! What is noticed while somebody performs, and what a sheet says was there too much or could not be judged.

use kihap_syllabus::Side;
use serde::Serialize;

use super::StartedBy;

/// Live feedback. It is what seems so now; the sheet, which knows what came after, may correct it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum TrackEvent {
    /// The performance begins.
    Started {
        /// When, seconds.
        seconds: f64,
        /// Known by what.
        by: StartedBy,
    },
    /// A step is awaited.
    Waiting {
        /// Number of the step; `None` for the closing ready stance.
        step: Option<u32>,
        /// Since when, seconds.
        seconds: f64,
    },
    /// A step was performed.
    Found {
        /// Number of the step.
        step: u32,
        /// Id of its closing technique.
        technique: String,
        /// When, seconds.
        seconds: f64,
        /// How sure that is, 0 to 1.
        probability: f32,
    },
    /// A step was left out.
    Skipped {
        /// Number of the step.
        step: u32,
        /// When that was noticed, seconds.
        seconds: f64,
    },
    /// A step was done once more.
    Repeated {
        /// Number of the step.
        step: u32,
        /// When, seconds.
        seconds: f64,
    },
    /// Another technique in a step's place.
    Wrong {
        /// Number of the step.
        step: u32,
        /// Id of what was seen.
        seen: String,
        /// Its side.
        side: Option<Side>,
        /// When, seconds.
        seconds: f64,
    },
    /// Something that does not belong there.
    Added {
        /// Number of the step before; `None` before the first.
        after: Option<u32>,
        /// Id of what was seen.
        seen: String,
        /// Its side.
        side: Option<Side>,
        /// When, seconds.
        seconds: f64,
    },
    /// The last step, or the ready stance after it, was reached.
    Finished {
        /// When, seconds.
        seconds: f64,
    },
}

/// What something that does not belong is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraKind {
    /// A technique that the form does not have there.
    Added,
    /// A step done once more.
    Repeated,
    /// Another technique in a step's place.
    Wrong,
    /// A step at another place of the order.
    Misplaced,
    /// The form was begun again; what came before does not count.
    Restarted,
}

/// Something that does not belong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extra {
    /// What it is.
    pub kind: ExtraKind,
    /// The step concerned; for something added the step before it, `None` before the first.
    pub step: Option<u32>,
    /// Id of the technique seen.
    pub seen: String,
    /// Its side.
    pub side: Option<Side>,
    /// From when, seconds.
    pub start: f64,
    /// Until when, seconds.
    pub end: f64,
    /// Number of the reading that shows it best.
    pub frame: usize,
    /// Probability of what was seen, 0 to 1.
    pub probability: f32,
}

/// Something that was not judged, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Withheld {
    /// No step was recognised at all.
    NothingFound,
    /// Shouts cannot be heard.
    Kihap {
        /// Where they belong.
        steps: Vec<u32>,
    },
    /// Speed and power, rhythm and energy are not judged.
    Presentation,
    /// The recording begins after these steps.
    BeforeRecording {
        /// Numbers of the steps.
        steps: Vec<u32>,
    },
    /// The recording ends before these steps.
    AfterRecording {
        /// Numbers of the steps.
        steps: Vec<u32>,
    },
    /// Nobody was seen, or nothing could be read, where the step belongs.
    NotSeen {
        /// Number of the step.
        step: u32,
    },
    /// Turned away or hidden: found by heading and order only, its technique was not judged.
    ByOrder {
        /// Numbers of the steps.
        steps: Vec<u32>,
    },
    /// Feet out of the picture: the stances were not judged.
    FeetHidden {
        /// Numbers of the steps.
        steps: Vec<u32>,
    },
    /// A technique on the way to the step's end was not seen, which at this frame rate does not mean that it was not done.
    TooQuick {
        /// Number of the step.
        step: u32,
        /// Id of the technique.
        technique: String,
    },
    /// What was seen looks too much like the technique asked for to be called wrong.
    TooAlike {
        /// Number of the step.
        step: u32,
        /// Id of what was seen.
        seen: String,
    },
    /// Whether the pictures are mirrored could not be decided.
    MirrorUndecided,
    /// Readings whose numbers do not fit the vocabulary were left out.
    ForeignReadings {
        /// How many.
        readings: usize,
    },
}
