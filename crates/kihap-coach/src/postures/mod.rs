//! The posture that a technique's geometry asks for.

use kihap_syllabus::{Side, Technique};

use crate::chance::Chance;
use crate::kinematics::Posture;

/// What is to be shown: a technique (or ready posture), its acting side, and the stance it is done in.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// The technique of the arms or the kicking leg; `None` to show a stance alone.
    pub technique: Option<&'a Technique>,
    /// The acting limb; `None` where both act alike.
    pub side: Option<Side>,
    /// The stance; `None` for techniques that bring their own (kicks, ready postures).
    pub stance: Option<&'a Technique>,
    /// The leg in front (crane stance: the one stood on); `None` where neither leads.
    pub lead: Option<Side>,
}

impl Demand<'_> {
    /// The end posture, each number drawn from its allowed band; `spread` 0 gives the targets, 1 the whole band.
    pub(crate) fn end(&self, _chance: &mut Chance, _spread: f32) -> Posture {
        Posture::upright()
    }

    /// The postures passed on the way to the end, in order: where blocks and punches draw the arms back, where a kick folds the
    /// knee.
    pub(crate) fn chambers(&self, _chance: &mut Chance) -> Vec<Posture> {
        Vec::new()
    }
}
