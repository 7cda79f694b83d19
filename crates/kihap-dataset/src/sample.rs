//! Samples: what is recorded about each picture or pose of a dataset.

use std::fmt;

use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

/// Number of a sample, unique within its dataset and never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SampleId(pub i64);

impl fmt::Display for SampleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The parts a dataset is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Fitted on.
    Train,
    /// Watched while fitting, to stop at the right time.
    Validation,
    /// Looked at once, at the end.
    Test,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 3] = [Part::Train, Part::Validation, Part::Test];

    /// The part's name: `train`, `validation` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Part::Train => "train",
            Part::Validation => "validation",
            Part::Test => "test",
        }
    }

    /// The part a folder or a table cell names, in any of the common spellings and any case.
    pub fn parse(name: &str) -> Option<Part> {
        match name.trim().to_ascii_lowercase().as_str() {
            "train" | "training" => Some(Part::Train),
            "val" | "valid" | "validation" | "dev" => Some(Part::Validation),
            "test" | "testing" => Some(Part::Test),
            _ => None,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a sample is flagged or set aside. Serialises as the short names of the command line's contract.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Reason {
    /// Nobody was found.
    NoPerson,
    /// More than one person was found.
    SeveralPeople,
    /// Part of the body is outside the picture.
    CutOff,
    /// The picture is not sharp.
    Blur,
    /// The picture is too dark.
    Dark,
    /// Nearly the same picture as the named one.
    DuplicateOf(String),
    /// The pose looks like another class.
    Outlier,
    /// Anything else, such as a person's own judgement.
    Other(String),
}

impl Reason {
    /// The reason without what it refers to: `duplicate_of` for every duplicate.
    pub fn kind(&self) -> &str {
        match self {
            Reason::NoPerson => "no_person",
            Reason::SeveralPeople => "several_people",
            Reason::CutOff => "cut_off",
            Reason::Blur => "blur",
            Reason::Dark => "dark",
            Reason::DuplicateOf(_) => "duplicate_of",
            Reason::Outlier => "outlier",
            Reason::Other(text) => text,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::DuplicateOf(file) => write!(f, "duplicate_of:{file}"),
            other => f.pad(other.kind()),
        }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.to_string()
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Reason {
        match text.as_str() {
            "no_person" => Reason::NoPerson,
            "several_people" => Reason::SeveralPeople,
            "cut_off" => Reason::CutOff,
            "blur" => Reason::Blur,
            "dark" => Reason::Dark,
            "outlier" => Reason::Outlier,
            other => match other.strip_prefix("duplicate_of:") {
                Some(file) => Reason::DuplicateOf(file.to_string()),
                None => Reason::Other(text),
            },
        }
    }
}

/// What is measured in a picture when it is taken in; see [`crate::picture`] for how.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Measures {
    /// Sharpness, from 0 (flat) to about 2.4; below 0.7 edges are visibly soft.
    pub sharpness: f32,
    /// Mean luma, 0..=255.
    pub brightness: f32,
    /// 98th percentile of the luma, 0..=255.
    pub highlight: f32,
}

/// What is known about a sample before it is taken in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SampleMeta {
    /// The class it shows.
    pub class: String,
    /// Who is in it.
    pub person: Option<String>,
    /// The recording it belongs to: same room, same clothes, same minutes.
    pub session: Option<String>,
    /// The file it came from, as the user named it.
    pub source: Option<String>,
    /// The frame's number in the source video, from 0.
    pub frame: Option<u32>,
    /// The frame's time in the source video, in seconds.
    pub time_seconds: Option<f64>,
    /// The side the camera sees (front, side, back, oblique).
    pub view: Option<String>,
    /// The step of a form it shows, as the source names it.
    pub step: Option<String>,
    /// The part its source put it in.
    pub split: Option<Part>,
    /// What to call the file; made safe and unique.
    pub name: Option<String>,
}

/// One sample of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Its number.
    pub id: SampleId,
    /// The class it shows.
    pub class: String,
    /// The picture, relative to the dataset's folder, with `/`; `None` for samples that are landmarks only.
    pub file: Option<String>,
    /// Who is in it.
    pub person: Option<String>,
    /// The recording it belongs to.
    pub session: Option<String>,
    /// The file it came from.
    pub source: Option<String>,
    /// The frame's number in the source video, from 0.
    pub frame: Option<u32>,
    /// The frame's time in the source video, in seconds.
    pub time_seconds: Option<f64>,
    /// The side the camera sees.
    pub view: Option<String>,
    /// The step of a form it shows.
    pub step: Option<String>,
    /// The part its source put it in.
    pub split: Option<Part>,
    /// BLAKE3 of the picture file (or of the stored pose and its origin), in hexadecimal.
    pub hash: String,
    /// 64-bit perceptual hash of the picture; near-duplicates differ in few bits.
    pub perceptual_hash: Option<u64>,
    /// Width in pixels, after EXIF orientation.
    pub width: u32,
    /// Height in pixels, after EXIF orientation.
    pub height: u32,
    /// Sharpness and brightness of the picture.
    pub measures: Option<Measures>,
    /// Why it is set aside; empty while it is in use.
    pub set_aside: Vec<Reason>,
    /// When it was set aside, in seconds since 1970.
    pub set_aside_at: Option<i64>,
}

impl Sample {
    /// What to call the sample in reports: its file, or `landmarks/NUMBER` where there is none.
    pub fn name(&self) -> String {
        self.file.clone().unwrap_or_else(|| format!("landmarks/{}", self.id))
    }

    /// Whether the sample takes part in training and evaluation.
    pub fn in_use(&self) -> bool {
        self.set_aside_at.is_none()
    }
}

/// Which samples by their standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Those that take part.
    #[default]
    InUse,
    /// Those set aside.
    SetAside,
    /// All.
    Any,
}

/// Chooses samples; the default is every sample in use. A `None` does not restrict.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// In use, set aside, or both.
    pub standing: Standing,
    /// Only these classes.
    pub classes: Option<Vec<String>>,
    /// Only these persons.
    pub persons: Option<Vec<String>>,
    /// Only these sessions.
    pub sessions: Option<Vec<String>>,
    /// Only these views.
    pub views: Option<Vec<String>>,
    /// Only what the source put in this part.
    pub split: Option<Part>,
}

impl Filter {
    /// Every sample, in use or set aside.
    pub fn everything() -> Filter {
        Filter { standing: Standing::Any, ..Filter::default() }
    }

    /// Whether `sample` is chosen.
    pub fn admits(&self, sample: &Sample) -> bool {
        let one_of = |wanted: &Option<Vec<String>>, value: Option<&str>| match wanted {
            None => true,
            Some(list) => value.is_some_and(|v| list.iter().any(|w| w == v)),
        };
        let standing = match self.standing {
            Standing::InUse => sample.in_use(),
            Standing::SetAside => !sample.in_use(),
            Standing::Any => true,
        };
        standing
            && one_of(&self.classes, Some(&sample.class))
            && one_of(&self.persons, sample.person.as_deref())
            && one_of(&self.sessions, sample.session.as_deref())
            && one_of(&self.views, sample.view.as_deref())
            && self.split.is_none_or(|part| sample.split == Some(part))
    }
}

/// A pose to be stored as a sample of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct PoseSample {
    /// The landmarks.
    pub pose: Pose,
    /// What else is known.
    pub meta: SampleMeta,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sample of which only the class is known.
    pub(crate) fn sample(class: &str) -> Sample {
        Sample {
            id: SampleId(1),
            class: class.to_string(),
            file: None,
            person: None,
            session: None,
            source: None,
            frame: None,
            time_seconds: None,
            view: None,
            step: None,
            split: None,
            hash: String::new(),
            perceptual_hash: None,
            width: 0,
            height: 0,
            measures: None,
            set_aside: Vec::new(),
            set_aside_at: None,
        }
    }

    #[test]
    fn reasons_read_as_the_contract_writes_them() {
        let reasons = vec![
            Reason::NoPerson,
            Reason::SeveralPeople,
            Reason::CutOff,
            Reason::Blur,
            Reason::Dark,
            Reason::DuplicateOf("a/b c.jpg".to_string()),
            Reason::Outlier,
            Reason::Other("wrong foot".to_string()),
        ];
        let text = serde_json::to_string(&reasons).unwrap();
        assert_eq!(
            text,
            r#"["no_person","several_people","cut_off","blur","dark","duplicate_of:a/b c.jpg","outlier","wrong foot"]"#
        );
        assert_eq!(serde_json::from_str::<Vec<Reason>>(&text).unwrap(), reasons);
    }

    #[test]
    fn parts_are_known_by_their_common_names() {
        assert_eq!(Part::parse("Valid"), Some(Part::Validation));
        assert_eq!(Part::parse("TEST"), Some(Part::Test));
        assert_eq!(Part::parse("tree"), None);
    }
}
