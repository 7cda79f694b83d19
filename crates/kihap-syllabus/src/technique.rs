//! Techniques: their names, what kind they are, and the geometry that defines them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Levels, Measure};

/// What a technique is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A way to stand.
    Stance,
    /// A posture one waits in.
    Ready,
    /// A block.
    Block,
    /// A straight fist.
    Punch,
    /// A blow with hand, elbow or knee.
    Strike,
    /// A thrust with the finger tips.
    Thrust,
    /// A kick.
    Kick,
}

/// A finer kind, where the files name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subkind {
    /// Breaks a joint.
    JointBreak,
    /// A posture of one form.
    SpecialPosture,
}

/// Whether a technique exists left and right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Handedness {
    /// Left and right are two.
    Sided,
    /// There is one.
    None,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// A source states it.
    Source,
    /// Worked out from such statements with standard body proportions; to be replaced by measurements.
    Derived,
}

/// The allowed band of a measure, in its unit: `min ≤ target ≤ max`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Lowest value still right.
    pub min: f64,
    /// Highest value still right.
    pub max: f64,
    /// The value aimed at.
    pub target: f64,
    /// Where the numbers come from.
    pub basis: Basis,
}

/// A usual mistake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonFault {
    /// The mistake, in a sentence.
    pub fault: String,
    /// What it costs by WT's poomsae rules: 0.1 or 0.3.
    pub deduction: f64,
}

/// The end posture of a technique in words and numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Geometry {
    /// In words.
    pub text: String,
    /// In numbers.
    #[serde(flatten)]
    pub measures: BTreeMap<Measure, Bounds>,
}

impl Geometry {
    /// The band of the measure that the key names, such as `act_elbow_deg`.
    pub fn bounds(&self, key: &str) -> Option<&Bounds> {
        self.measures.get(&Measure::from_key(key)?)
    }
}

// By hand, since serde's `flatten` would lose the line of a misspelt measure.
impl<'de> Deserialize<'de> for Geometry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        enum Key {
            Text,
            Measure(Measure),
        }

        impl<'de> Deserialize<'de> for Key {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let key = String::deserialize(deserializer)?;
                if key == "text" {
                    return Ok(Self::Text);
                }
                let unknown = || de::Error::custom(format!("nothing is measured by the name {key:?}"));
                Measure::from_key(&key).map(Self::Measure).ok_or_else(unknown)
            }
        }

        impl<'de> Visitor<'de> for Reader {
            type Value = Geometry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text and measures with their bounds")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Geometry, A::Error> {
                let mut text = None;
                let mut measures = BTreeMap::new();
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Text => text = Some(map.next_value()?),
                        Key::Measure(measure) => {
                            measures.insert(measure, map.next_value()?);
                        }
                    }
                }
                Ok(Geometry { text: text.ok_or_else(|| de::Error::missing_field("text"))?, measures })
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// One technique.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// English in snake case; the label of every model, e.g. `low_block`.
    pub id: String,
    /// Its Korean name.
    pub korean: String,
    /// That name in Revised Romanization.
    pub romanised: String,
    /// Kukkiwon's English term.
    pub english: String,
    /// What it is.
    pub kind: Kind,
    /// A finer kind.
    pub subkind: Option<Subkind>,
    /// Whether left and right are told apart.
    pub handedness: Handedness,
    /// How high it goes.
    pub level: Option<Levels>,
    /// Romanised names people use.
    pub alias: Vec<String>,
    /// Other names of the same thing.
    #[serde(default)]
    pub also_known_as: Vec<String>,
    /// Ids of the forms it occurs in.
    pub used_in: Vec<String>,
    /// Codes of `SOURCES.md`.
    pub sources: Vec<String>,
    /// Usual mistakes.
    pub common_faults: Vec<CommonFault>,
    /// Its end posture.
    pub geometry: Geometry,
}

impl Technique {
    /// Whether it is a posture rather than an action: a stance, or a ready stance.
    pub fn is_posture(&self) -> bool {
        matches!(self.kind, Kind::Stance | Kind::Ready)
    }
}

/// `techniques.toml` as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TechniqueFile {
    pub(crate) schema: String,
    /// How to read the file, in words; the types of this crate say the same.
    #[serde(rename = "conventions")]
    _conventions: BTreeMap<String, String>,
    pub(crate) height_landmarks: BTreeMap<String, f64>,
    pub(crate) body_ratios: BTreeMap<String, f64>,
    pub(crate) technique: Vec<Technique>,
}
