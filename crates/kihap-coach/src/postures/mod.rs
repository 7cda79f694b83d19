//! The posture that a technique's geometry asks for.
//!
//! Every number that `syllabus/techniques.toml` names is drawn from its band; what it leaves open (where the idle hand is, which
//! way an elbow points) follows the technique's habit. Numbers of kinds that one posture cannot show (how long it is held, how far
//! the body turned before) are left to the performance.

mod arms;
mod chambers;
mod draw;
mod kicks;
mod stances;
mod trunk;

use kihap_syllabus::{Kind, Side, Technique};

use crate::chance::Chance;
use crate::kinematics::Posture;
use draw::Draw;
pub use draw::Fixed;

/// What is to be shown: a technique (or ready posture), its acting side, and the stance it is done in.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// The technique of the arms or the kicking leg; `None` to show a stance alone.
    pub technique: Option<&'a Technique>,
    /// The acting limb; `None` where both act alike.
    pub side: Option<Side>,
    /// The stance; `None` for techniques that bring their own (kicks, ready postures), and for others shown as one happens to
    /// stand.
    pub stance: Option<&'a Technique>,
    /// The leg in front (crane stance: the one stood on); `None` where neither leads.
    pub lead: Option<Side>,
}

impl Demand<'_> {
    /// The end posture of a seed; `spread` 0 gives the targets of all bands, 1 draws from the whole bands, more goes beyond.
    pub fn show(&self, seed: u64, spread: f32) -> Posture {
        self.end(&mut Chance::new("show", &[seed]), spread)
    }

    /// The end posture, each number drawn from its allowed band; `spread` 0 gives the targets, 1 the whole band.
    pub(crate) fn end(&self, chance: &mut Chance, spread: f32) -> Posture {
        self.end_with(chance, spread, None)
    }

    /// The same with one measure set to a value, in its band or out of it.
    pub(crate) fn end_with(&self, chance: &mut Chance, spread: f32, fixed: Option<Fixed>) -> Posture {
        let mut draw = Draw { chance, spread, fixed };
        // Everything is made for a left limb that acts; whether the left leg leads then is seen from it.
        let acts_right = self.side == Some(Side::Right) || self.side.is_none() && self.lead == Some(Side::Right);
        let lead = if acts_right { self.lead.map(Side::other) } else { self.lead };
        let posture = self.left(lead, &mut draw);
        if acts_right { posture.mirrored() } else { posture }
    }

    fn left(&self, lead: Option<Side>, draw: &mut Draw<'_>) -> Posture {
        let standing = self.legs(lead, draw);
        let Some(technique) = self.technique else {
            let posture = trunk::of_stance(self.stance, lead, standing, draw);
            return Posture { arms: arms::idle(draw), ..posture };
        };
        let posture = match technique.kind {
            Kind::Kick => kicks::end(technique, standing, draw),
            _ if technique.id == "knee_strike" => kicks::knee_strike(technique, standing, draw),
            _ => trunk::of_technique(technique, self.stance, lead, standing, draw),
        };
        Posture { arms: arms::of(technique, &posture, draw), ..posture }
    }

    fn legs(&self, lead: Option<Side>, draw: &mut Draw<'_>) -> Posture {
        let own = self.technique.filter(|t| t.kind == Kind::Ready && stances::names_legs(t));
        match own.or(self.stance) {
            Some(stance) => {
                let posture = stances::stand(stance, Posture::upright(), draw);
                if lead == Some(Side::Right) { posture.mirrored() } else { posture }
            }
            None => stances::at_ease(Posture::upright(), draw),
        }
    }

    /// The postures passed on the way to the end, in order: where blocks and punches draw the arms back, where a kick folds the
    /// knee. `end` is the posture they lead to.
    pub(crate) fn chambers(&self, end: Posture, chance: &mut Chance) -> Vec<Posture> {
        let Some(technique) = self.technique else { return Vec::new() };
        let mut draw = Draw { chance, spread: 0.7, fixed: None };
        let acts_right = self.side == Some(Side::Right);
        let left = if acts_right { end.mirrored() } else { end };
        let chamber = match technique.kind {
            Kind::Kick => Some(kicks::chamber(technique, left, &mut draw)),
            _ => chambers::arms(technique, left, &mut draw),
        };
        chamber.into_iter().map(|posture| if acts_right { posture.mirrored() } else { posture }).collect()
    }
}
