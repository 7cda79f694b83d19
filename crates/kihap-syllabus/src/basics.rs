//! The 13 basic motions.

use serde::{Deserialize, Serialize};

/// Which hand acts, seen from the front foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandRule {
    /// The hand on the side of the front foot.
    #[serde(rename = "front-foot side")]
    FrontFoot,
    /// The hand opposite to the front foot.
    #[serde(rename = "opposite side")]
    Opposite,
}

/// Whether a basic motion is trained left and right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sides {
    Both,
    None,
}

/// One basic motion: a technique in a stance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// 1 to 13.
    pub number: u32,
    /// Its id, such as `front_low_block`; classes add `_left` and `_right`.
    pub id: String,
    /// Its Korean name.
    pub korean: String,
    /// Its English name.
    pub english: String,
    /// Id of the stance.
    pub stance: String,
    /// Id of the technique.
    pub technique: String,
    /// Which hand acts, where the stance has a front foot.
    pub hand: Option<HandRule>,
    sides: Sides,
    /// Other ways it is shown.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Whether the original of 2022 had a working model of it.
    pub original_finished: bool,
}

impl Basic {
    /// Whether left and right are trained and recognised as two classes.
    pub fn is_sided(&self) -> bool {
        self.sides == Sides::Both
    }
}

/// How a label of the original is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginalReading {
    /// The original's label.
    pub label: String,
    /// The technique it most likely is.
    pub technique: String,
    /// How sure that is.
    pub confidence: String,
}

/// What is known of the original's own models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Originals {
    /// One-motion models that its web app could use.
    pub models_in_web_app: u32,
    /// Labels seen in it.
    pub labels_seen: Vec<String>,
    /// Folders of its pictures.
    pub image_folders: Vec<String>,
    /// Techniques it most likely had models of.
    pub finished_best_reading: Vec<String>,
    /// Label by label.
    pub reading: Vec<OriginalReading>,
}

/// The list as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Basics {
    /// Doubts about the list.
    pub notes: Vec<String>,
    /// The original's models.
    pub original: Originals,
    /// The motions in order.
    pub motions: Vec<Basic>,
}

/// `basics.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicsFile {
    pub(crate) schema: String,
    pub(crate) meta: BasicsMeta,
    pub(crate) original: Originals,
    pub(crate) basic: Vec<Basic>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicsMeta {
    pub(crate) count: usize,
    pub(crate) notes: Vec<String>,
}

impl From<BasicsFile> for Basics {
    fn from(file: BasicsFile) -> Self {
        Self { notes: file.meta.notes, original: file.original, motions: file.basic }
    }
}
