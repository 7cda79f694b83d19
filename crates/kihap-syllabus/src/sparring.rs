//! Sparring: the classes a model tells apart, and what a hit is worth.

use serde::{Deserialize, Serialize};

/// A class of the sparring model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SparringClass {
    /// Its id: `nobody`, `other`, `ready`, `punch`, `kick`, `defence`.
    pub id: String,
    /// The original's label.
    pub original_label: String,
    /// Its Korean name.
    pub korean: String,
    /// Whether it is something one does, rather than a way to be.
    pub action: bool,
    /// Techniques that belong to it.
    pub techniques: Vec<String>,
    /// Techniques near to it, which may be kept apart.
    #[serde(default)]
    pub near: Vec<String>,
    /// Techniques that look alike but bring no point.
    #[serde(default)]
    pub not_scoring: Vec<String>,
    /// Techniques one may count in as well.
    #[serde(default)]
    pub also_plausible: Vec<String>,
    /// Left and right are one class.
    pub accept_sides: Option<AcceptSides>,
    /// What it means, in words.
    pub meaning: String,
}

/// Which sides a class takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AcceptSides {
    /// Left and right alike.
    Both,
}

/// A hit and its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidPoint {
    /// `punch`, `kick` or `turning kick`.
    pub technique: String,
    /// `trunk` or `head`.
    pub target: String,
    /// Its points.
    pub points: u32,
}

/// The values of a year, as far as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsOfYear {
    /// The year they came into force.
    pub year: u32,
    /// A punch to the trunk.
    pub trunk_punch: u32,
    /// A kick to the trunk.
    pub trunk_kick: u32,
    /// A turning kick to the trunk.
    pub trunk_turning: u32,
    /// A kick to the head.
    pub head_kick: u32,
    /// A turning kick to the head.
    pub head_turning: Option<u32>,
}

/// World Taekwondo's points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// Whose rules.
    pub rule_body: String,
    /// Which version, in words.
    pub current_rule: String,
    /// Its year.
    pub rule_year: u32,
    /// What a hit is worth.
    pub valid: Vec<ValidPoint>,
    /// Points a turn adds.
    pub turning_bonus: u32,
    /// Points that a penalty gives to the opponent.
    pub gamjeom_gives_opponent: u32,
    /// What turning means, in words.
    pub turning_meaning: String,
    /// Ids of turning techniques.
    pub turning_techniques: Vec<String>,
    /// What is forbidden.
    pub not_allowed: Vec<String>,
    /// Earlier values.
    pub history: Vec<PointsOfYear>,
    /// Codes of `SOURCES.md`.
    pub sources: Vec<String>,
    /// What is not certain.
    pub doubt: String,
}

/// What is known of the original's sparring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SparringMeta {
    /// Its labels.
    pub original_labels: Vec<String>,
    /// Length of its round, seconds.
    pub original_round_seconds: u32,
    /// Remarks.
    pub notes: Vec<String>,
}

/// `sparring.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sparring {
    pub(crate) schema: String,
    /// The original's labels and round.
    pub meta: SparringMeta,
    /// The classes.
    #[serde(rename = "class")]
    pub classes: Vec<SparringClass>,
    /// The points.
    pub points: Points,
}
