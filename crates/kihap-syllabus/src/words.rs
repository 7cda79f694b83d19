//! Small words that the files share: sides, headings, levels.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Left or right, from the performer's own view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The performer's left.
    Left,
    /// The performer's right.
    Right,
}

impl Side {
    /// Both, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// `left` or `right`, as ids end.
    pub fn id(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// `왼` or `오른`.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Left => "왼",
            Self::Right => "오른",
        }
    }
}

/// Which limb acts in a step of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepSide {
    /// The left limb.
    Left,
    /// The right limb.
    Right,
    /// Both alike.
    Both,
}

impl StepSide {
    /// The one side, or `None` where both act alike.
    pub fn one(self) -> Option<Side> {
        match self {
            Self::Left => Some(Side::Left),
            Self::Right => Some(Side::Right),
            Self::Both => None,
        }
    }
}

/// A direction of the floor; the performer starts facing north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Heading {
    /// Front at the start (Kukkiwon's Ga).
    N,
    /// The performer's right at the start (Ra).
    E,
    /// Back, the start line (Na).
    S,
    /// The performer's left at the start (Da).
    W,
}

impl Heading {
    /// Degrees from north, positive to the right (clockwise seen from above).
    pub fn degrees(self) -> i32 {
        match self {
            Self::N => 0,
            Self::E => 90,
            Self::S => 180,
            Self::W => 270,
        }
    }
}

/// How high a technique goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Below the belt.
    Low,
    /// Belt to shoulders.
    Trunk,
    /// The neck.
    Neck,
    /// The chin.
    Chin,
    /// The face.
    Face,
    /// The head as a target of kicks.
    Head,
}

impl Level {
    const NAMED: [(&'static str, Self); 6] = [
        ("low", Self::Low),
        ("trunk", Self::Trunk),
        ("neck", Self::Neck),
        ("chin", Self::Chin),
        ("face", Self::Face),
        ("head", Self::Head),
    ];
}

/// One level, or two for techniques of both arms, written `face+low`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Levels(pub Vec<Level>);

impl Serialize for Levels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names =
            self.0.iter().map(|level| Level::NAMED.iter().find(|(_, known)| known == level).map_or("", |n| n.0));
        serializer.serialize_str(&names.collect::<Vec<_>>().join("+"))
    }
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let level = |part: &str| Level::NAMED.iter().find(|(name, _)| *name == part).map(|(_, level)| *level);
        text.split('+').map(level).collect::<Option<Vec<_>>>().map(Self).ok_or_else(|| {
            de::Error::custom(format!(
                "unknown level {text:?}; known: low, trunk, neck, chin, face, head, or two with +"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        level: Levels,
    }

    #[test]
    fn two_levels_read_and_write_alike() {
        let holder: Holder = toml::from_str("level = \"face+low\"").unwrap();
        assert_eq!(holder.level.0, [Level::Face, Level::Low]);
        assert_eq!(toml::to_string(&holder).unwrap().trim(), "level = \"face+low\"");
        assert!(toml::from_str::<Holder>("level = \"sky\"").unwrap_err().message().contains("sky"));
    }
}
