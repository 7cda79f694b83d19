//! What a built-in course tells apart, and where a still belongs in it.

use kihap_syllabus::{Handedness, Kind, NOBODY, OTHER, Side, Syllabus, Technique};

use super::still::Shown;

/// A class of a course.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SynthClass {
    /// Its name: an id of the syllabus and, for a class with sides, `_left` or `_right`.
    pub name: String,
    /// The id alone.
    pub id: String,
    /// The acting side or the leading leg.
    pub side: Option<Side>,
}

impl SynthClass {
    fn new(id: &str, side: Option<Side>) -> Self {
        Self { name: side.map_or_else(|| id.to_owned(), |side| format!("{id}_{}", side.id())), id: id.to_owned(), side }
    }

    /// Name of the class that the mirror image of this one belongs to.
    pub fn mirror(&self) -> String {
        self.side.map_or_else(|| self.name.clone(), |side| format!("{}_{}", self.id, side.other().id()))
    }
}

/// The courses that built-in models are trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SynthCourse {
    /// The 13 basic motions by side.
    Basics,
    /// Every technique of the syllabus by side.
    Techniques,
    /// Every stance by leading leg.
    Stances,
    /// Ready, punch, kick, defence.
    Sparring,
}

impl SynthCourse {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Basics, Self::Techniques, Self::Stances, Self::Sparring];

    /// Its name in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basics => "basics",
            Self::Techniques => "techniques",
            Self::Stances => "stances",
            Self::Sparring => "sparring",
        }
    }

    /// Its classes; `other` and `nobody` are the last two.
    pub fn classes(self, syllabus: &Syllabus) -> Vec<SynthClass> {
        let mut classes: Vec<SynthClass> = match self {
            Self::Basics => {
                let ids = syllabus.basics().motions.iter().map(|basic| basic.technique.as_str());
                ids.filter_map(|id| syllabus.technique(id)).flat_map(of_technique).collect()
            }
            Self::Techniques => of_kind(syllabus, false),
            Self::Stances => of_kind(syllabus, true),
            Self::Sparring => {
                let of = syllabus.sparring().classes.iter().filter(|class| !class.techniques.is_empty());
                of.map(|class| SynthClass::new(&class.id, None)).collect()
            }
        };
        classes.push(SynthClass::new(OTHER, None));
        classes.push(SynthClass::new(NOBODY, None));
        classes
    }

    /// The name of the class that a still belongs to; `None` for one too near to a class to be called `other` and not quite in it.
    pub fn class_of(self, syllabus: &Syllabus, shown: &Shown) -> Option<String> {
        if shown.empty {
            return Some(NOBODY.to_owned());
        }
        let named = |label: &Option<(String, Option<Side>)>| {
            label.as_ref().map_or_else(|| OTHER.to_owned(), |(id, side)| SynthClass::new(id, *side).name)
        };
        match self {
            Self::Stances => Some(named(&shown.stance)),
            _ if !shown.done && shown.technique.is_some() => (shown.reached < 0.5).then(|| OTHER.to_owned()),
            Self::Techniques => Some(named(&shown.technique)),
            Self::Basics => match &shown.technique {
                Some((id, _)) if syllabus.basics().motions.iter().any(|basic| basic.technique == *id) => {
                    Some(named(&shown.technique))
                }
                Some((id, _)) if !stranger_to_basics(id) => None,
                _ => Some(OTHER.to_owned()),
            },
            Self::Sparring => match &shown.technique {
                Some((id, _)) => sparring_class(syllabus, id),
                None => Some(OTHER.to_owned()),
            },
        }
    }
}

fn of_kind(syllabus: &Syllabus, stances: bool) -> Vec<SynthClass> {
    let of = syllabus.techniques().iter().filter(|technique| (technique.kind == Kind::Stance) == stances);
    of.flat_map(of_technique).collect()
}

fn of_technique(technique: &Technique) -> Vec<SynthClass> {
    match technique.handedness {
        Handedness::Sided => Side::BOTH.map(|side| SynthClass::new(&technique.id, Some(side))).into(),
        Handedness::None => vec![SynthClass::new(&technique.id, None)],
    }
}

/// Kicks of every kind are kicks; other techniques that look like a class's are left out.
fn sparring_class(syllabus: &Syllabus, id: &str) -> Option<String> {
    let classes = &syllabus.sparring().classes;
    let member =
        classes.iter().find(|c| c.techniques.iter().any(|t| t == id) || !c.action && c.near.iter().any(|t| t == id));
    if let Some(class) = member {
        return Some(class.id.clone());
    }
    match syllabus.technique(id)?.kind {
        Kind::Kick => {
            classes.iter().find(|class| class.techniques.iter().any(|t| t == "front_kick")).map(|c| c.id.clone())
        }
        Kind::Ready => Some(OTHER.to_owned()),
        _ => None,
    }
}

/// Techniques outside the basics that nobody takes for one of them.
fn stranger_to_basics(id: &str) -> bool {
    matches!(
        id,
        "attention_stance"
            | "pushing_ready_stance"
            | "covered_fist"
            | "side_punch"
            | "mountain_block"
            | "single_mountain_block"
            | "diamond_block"
            | "scissors_block"
            | "cross_low_block"
            | "low_opening_block"
            | "outer_forearm_opening_block"
            | "double_uppercut_punch"
            | "target_punch"
            | "elbow_turning_strike"
            | "elbow_side_strike"
            | "large_hinge"
            | "knee_strike"
            | "hammer_fist_low_target_strike"
    )
}
