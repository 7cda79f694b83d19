//! Forms (poomsae): their steps in order, and the four sections they are taught in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Heading, Levels, Side, StepSide};

/// The leg in front; in crane stance the one stood on; in horse-riding stance the one on the side of the gaze.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lead {
    /// The left leg.
    Left,
    /// The right leg.
    Right,
    /// Neither: closed and parallel stance.
    None,
}

impl Lead {
    /// The leg, if one leads.
    pub fn side(self) -> Option<Side> {
        match self {
            Self::Left => Some(Side::Left),
            Self::Right => Some(Side::Right),
            Self::None => None,
        }
    }
}

/// One technique within a step; a kick and the punch after it are two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTechnique {
    /// Id of the technique.
    pub id: String,
    /// The acting limb.
    pub side: StepSide,
    /// How high it goes here.
    pub level: Levels,
    /// The gaze, where it differs from the step's.
    pub facing: Option<Heading>,
    /// Whether one shouts with it.
    #[serde(default)]
    pub kihap: bool,
}

/// One numbered posture of a form (poom).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From 1.
    pub number: u32,
    /// The section it belongs to, 1 to 4.
    pub section: u32,
    /// First and last movement, counting every technique on its own.
    pub moves: [u32; 2],
    /// Direction of the technique and the gaze.
    pub facing: Heading,
    /// Rotation from the step before, degrees, left negative; −270 is not +90.
    pub turn_deg: i32,
    /// Id of the stance it ends in, or `transition` where the foot only touches down.
    pub stance: String,
    /// A stance passed on the way.
    pub via_stance: Option<String>,
    /// The leg in front.
    pub lead_leg: Lead,
    /// What is done, in order.
    pub technique: Vec<StepTechnique>,
    /// The step in Korean.
    pub korean: String,
    /// Whether one shouts.
    pub kihap: bool,
    /// Direction of the trunk, where it differs from `facing`.
    pub body: Option<Heading>,
    /// Performed slowly.
    #[serde(default)]
    pub slow: bool,
    /// `backward` where the foot steps back.
    pub travel: Option<Travel>,
    /// A remark.
    pub note: Option<String>,
}

/// A step that does not go forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Travel {
    /// The foot steps back.
    Backward,
}

/// A quarter of a form, as Kukkiwon's instruction videos cut it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// 1 to 4.
    pub number: u32,
    /// First and last step.
    pub steps: [u32; 2],
    /// First and last movement.
    pub moves: [u32; 2],
    /// It begins with the ready stance.
    pub includes_ready: bool,
    /// It ends with the ready stance.
    pub includes_ending: bool,
}

/// What there is to know of a form apart from its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormHead {
    /// `taegeuk_1` … `taegeuk_8`, `koryo`, `keumgang`.
    pub id: String,
    /// Its Korean name.
    pub korean: String,
    /// That name in letters of ours.
    pub romanised: String,
    /// Trigram of the Taegeuk forms.
    pub trigram: Option<String>,
    /// Name of the trigram.
    pub trigram_name: Option<String>,
    /// The letter its floor line draws.
    pub line_letter: Option<String>,
    /// How that letter is read.
    pub line_letter_reading: Option<String>,
    /// What it stands for.
    pub meaning: String,
    /// Number of steps.
    pub poom_count: u32,
    /// Number of movements.
    pub counted_moves: u32,
    /// How movements are counted, in words.
    pub counting: String,
    /// The line on the floor, in words.
    pub floor_line: String,
    /// The four directions, in words.
    pub directions: BTreeMap<Heading, String>,
    /// The sign of turns, in words.
    pub turn_sign: String,
    /// What `facing` means, in words.
    pub facing_meaning: String,
    /// What `lead_leg` means, in words.
    pub lead_leg_meaning: String,
    /// The level of front kicks, in words.
    pub front_kick_level: Option<String>,
    /// Id of the ready stance it starts and ends in.
    pub ready: String,
    /// How it ends, in words.
    pub ending: String,
    /// Rotation into the last ready stance, degrees.
    pub ending_turn_deg: i32,
    /// Steps with a shout.
    pub kihap_steps: Vec<u32>,
    /// Codes of `SOURCES.md`.
    pub sources: Vec<String>,
    /// Doubts and decisions.
    pub notes: Vec<String>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Form {
    /// Names, counts, meaning.
    #[serde(flatten)]
    pub head: FormHead,
    /// The four sections.
    pub sections: Vec<Section>,
    /// Every step.
    pub steps: Vec<Step>,
}

impl Form {
    /// The steps of a section, 1 to 4; empty for any other number.
    pub fn steps_of(&self, section: u32) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.section == section)
    }
}

/// A file of `poomsae/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormFile {
    pub(crate) schema: String,
    pub(crate) form: FormHead,
    pub(crate) section: Vec<Section>,
    pub(crate) step: Vec<Step>,
}

impl From<FormFile> for Form {
    fn from(file: FormFile) -> Self {
        Self { head: file.form, sections: file.section, steps: file.step }
    }
}
