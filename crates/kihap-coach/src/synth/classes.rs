//! What a built-in course tells apart.

use kihap_syllabus::{Handedness, Kind, NOBODY, OTHER, Side, Syllabus, Technique};

/// What is shown in a class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    /// An empty picture.
    Nobody,
    /// A person who shows nothing of the course.
    Other,
    /// One of these techniques (ids), on this side where it has sides.
    Techniques(Vec<String>, Option<Side>),
    /// A stance, led by this leg where one leads.
    Stance(String, Option<Side>),
}

/// A class of synthetic samples.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SynthClass {
    /// Its name: an id of the syllabus and, for a class with sides, `_left` or `_right`.
    pub name: String,
    /// The id alone.
    pub id: String,
    /// The acting side or the leading leg.
    pub side: Option<Side>,
    /// What is shown.
    pub what: What,
}

impl SynthClass {
    fn new(id: &str, side: Option<Side>, what: What) -> Self {
        let name = side.map_or_else(|| id.to_owned(), |side| format!("{id}_{}", side.id()));
        Self { name, id: id.to_owned(), side, what }
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
        let mut classes = match self {
            Self::Basics => {
                let ids = syllabus.basics().motions.iter().map(|basic| basic.technique.as_str());
                ids.filter_map(|id| syllabus.technique(id)).flat_map(of_technique).collect()
            }
            Self::Techniques => of_kind(syllabus, false),
            Self::Stances => of_kind(syllabus, true),
            Self::Sparring => sparring(syllabus),
        };
        classes.push(SynthClass::new(OTHER, None, What::Other));
        classes.push(SynthClass::new(NOBODY, None, What::Nobody));
        classes
    }
}

fn of_kind(syllabus: &Syllabus, stances: bool) -> Vec<SynthClass> {
    let of = syllabus.techniques().iter().filter(|technique| (technique.kind == Kind::Stance) == stances);
    of.flat_map(of_technique).collect()
}

fn of_technique(technique: &Technique) -> Vec<SynthClass> {
    let id = technique.id.as_str();
    let what = |side| match technique.kind {
        Kind::Stance => What::Stance(id.to_owned(), side),
        _ => What::Techniques(vec![id.to_owned()], side),
    };
    match technique.handedness {
        Handedness::Sided => Side::BOTH.map(|side| SynthClass::new(id, Some(side), what(Some(side)))).into(),
        Handedness::None => vec![SynthClass::new(id, None, what(None))],
    }
}

fn sparring(syllabus: &Syllabus) -> Vec<SynthClass> {
    let classes = syllabus.sparring().classes.iter().filter(|class| !class.techniques.is_empty());
    classes
        .map(|class| {
            // The guard of sparring is where one waits, as the ready stance is.
            let ids = class.techniques.iter().chain(class.near.iter().filter(|_| !class.action)).cloned().collect();
            SynthClass::new(&class.id, None, What::Techniques(ids, None))
        })
        .collect()
}
