//! What is read off one frame of a performance: which technique, which stance, which way.

use kihap_syllabus::{Handedness, Kind, Side, Syllabus};
use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

/// A technique or stance and its side.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// Id of the technique or stance in the syllabus; [`kihap_syllabus::OTHER`] for none of them.
    pub id: String,
    /// The acting limb of a technique, the leading leg of a stance; `None` where there are no sides.
    pub side: Option<Side>,
}

impl Label {
    /// The name that networks have for it: the id and, where there are sides, `_left` or `_right`.
    pub fn name(&self) -> String {
        self.side.map_or_else(|| self.id.clone(), |side| format!("{}_{}", self.id, side.id()))
    }
}

/// What can be read: the order of the numbers in a [`Reading`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Ready postures, blocks, punches, strikes, thrusts and kicks by side; `other` is the last.
    pub techniques: Vec<Label>,
    /// Stances by leading leg; `other` is the last.
    pub stances: Vec<Label>,
}

impl Vocabulary {
    /// Everything in the syllabus.
    pub fn of(syllabus: &Syllabus) -> Self {
        let labels = |stances: bool| {
            let mut labels = Vec::new();
            for technique in syllabus.techniques().iter().filter(|t| (t.kind == Kind::Stance) == stances) {
                match technique.handedness {
                    Handedness::Sided => {
                        labels.extend(Side::BOTH.map(|side| Label { id: technique.id.clone(), side: Some(side) }))
                    }
                    Handedness::None => labels.push(Label { id: technique.id.clone(), side: None }),
                }
            }
            labels.push(Label { id: kihap_syllabus::OTHER.to_owned(), side: None });
            labels
        };
        Self { techniques: labels(false), stances: labels(true) }
    }

    /// Index of a technique.
    pub fn technique(&self, id: &str, side: Option<Side>) -> Option<usize> {
        self.techniques.iter().position(|label| label.id == id && label.side == side)
    }

    /// Index of a stance.
    pub fn stance(&self, id: &str, side: Option<Side>) -> Option<usize> {
        self.stances.iter().position(|label| label.id == id && label.side == side)
    }
}

/// What the networks say about one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Number of the frame, from 0.
    pub frame: usize,
    /// When it was taken, seconds from the start.
    pub seconds: f64,
    /// The skeleton; `None` where nobody was found (then all probabilities are 0 but those of `other`, 1).
    pub pose: Option<Pose>,
    /// Probability of each technique of the [`Vocabulary`]; their sum is 1.
    pub techniques: Vec<f32>,
    /// Probability of each stance; their sum is 1.
    pub stances: Vec<f32>,
    /// Which way the performer faces, degrees in 0..360, clockwise seen from above, 0 when facing the camera: 90 is turned to
    /// the own right, which an unmirrored picture shows as facing its left edge. The same sense as
    /// [`kihap_syllabus::Heading::degrees`] for a camera that stands in the north. `None` where it cannot be told.
    pub heading_deg: Option<f32>,
}
