//! How many stills of what.

use kihap_syllabus::{Handedness, Kind, Side, Syllabus};

/// What a still is to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shot {
    /// The end of a technique (its id), or just before it.
    Technique(String, Option<Side>),
    /// A technique on its way, not there yet.
    OnTheWay(String, Option<Side>),
    /// The end of a technique in a stance of one's choice.
    InStance {
        /// The technique's id.
        technique: String,
        /// Its acting side; of no account for one without sides.
        side: Option<Side>,
        /// The stance's id; `None` for one that the technique brings along or for standing at ease.
        stance: Option<String>,
        /// The leading leg.
        lead: Option<Side>,
    },
    /// A stance alone and the leg that leads.
    Stance(String, Option<Side>),
    /// Something that people do between techniques.
    Everyday,
    /// Another sport.
    Exercise,
    /// An empty room.
    Nobody,
}

/// How many stills of each kind; techniques of the basics and of the sparring classes have more than the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Of each side of a basic motion's technique.
    pub of_basics: usize,
    /// Of each side of any other technique.
    pub of_others: usize,
    /// Of each side of each technique on its way.
    pub on_the_way: usize,
    /// Of each side of each stance alone.
    pub of_stances: usize,
    /// Of everyday postures.
    pub everyday: usize,
    /// Of empty rooms.
    pub nobody: usize,
    /// Of other sports.
    pub exercises: usize,
}

impl Plan {
    /// What the models that Kihap brings along were trained from.
    pub const BUILTIN: Self = Self {
        of_basics: 420,
        of_others: 150,
        on_the_way: 24,
        of_stances: 60,
        everyday: 5000,
        nobody: 60,
        exercises: 5000,
    };

    /// A share of it, at least one of each.
    pub fn share(&self, share: f64) -> Self {
        let part = |count: usize| ((count as f64 * share).round() as usize).max(1);
        Self {
            of_basics: part(self.of_basics),
            of_others: part(self.of_others),
            on_the_way: part(self.on_the_way),
            of_stances: part(self.of_stances),
            everyday: part(self.everyday),
            nobody: part(self.nobody),
            exercises: part(self.exercises),
        }
    }

    /// The shots in a mixed order and the exercises after them, each with a seed of its own from `first_seed` on.
    pub fn shots(&self, syllabus: &Syllabus, first_seed: u64) -> Vec<(Shot, u64)> {
        let basics: Vec<&str> = syllabus.basics().motions.iter().map(|basic| basic.technique.as_str()).collect();
        let mut rows: Vec<(Shot, usize)> = vec![(Shot::Everyday, self.everyday), (Shot::Nobody, self.nobody)];
        for technique in syllabus.techniques() {
            let sides: &[Option<Side>] = match technique.handedness {
                Handedness::Sided => &[Some(Side::Left), Some(Side::Right)],
                Handedness::None => &[None],
            };
            for &side in sides {
                let id = technique.id.clone();
                if technique.kind == Kind::Stance {
                    rows.push((Shot::Stance(id, side), self.of_stances));
                    continue;
                }
                let many = if basics.contains(&id.as_str()) { self.of_basics } else { self.of_others };
                rows.push((Shot::Technique(id.clone(), side), many));
                rows.push((Shot::OnTheWay(id, side), self.on_the_way));
            }
        }
        // Every kind is spread evenly over the whole, so that a part of the shots is a sample of all.
        let mut shots: Vec<(f64, Shot)> = rows
            .into_iter()
            .enumerate()
            .flat_map(|(row, (shot, count))| {
                let shift = (row as f64 * 0.618_034).fract();
                (0..count).map(move |i| ((i as f64 + shift) / count as f64, shot.clone()))
            })
            .collect();
        shots.sort_by(|a, b| a.0.total_cmp(&b.0));
        let exercises = std::iter::repeat_n(Shot::Exercise, self.exercises);
        let mixed = shots.into_iter().map(|(_, shot)| shot).chain(exercises);
        mixed.enumerate().map(|(i, shot)| (shot, first_seed + i as u64)).collect()
    }
}
