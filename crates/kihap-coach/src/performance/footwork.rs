//! Which foot stays when the other one goes.

use kihap_syllabus::Side;

use super::base::Base;

/// 0 for the left limb, 1 for the right.
pub(super) fn index(side: Side) -> usize {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}

/// What is known of a change of stance.
pub(super) struct Change {
    /// The leading leg before.
    pub(super) lead_before: Option<Side>,
    /// The leading leg after.
    pub(super) lead: Option<Side>,
    /// Turn of the body, degrees clockwise.
    pub(super) turn_deg: f32,
    /// The foot steps back.
    pub(super) backward: bool,
}

impl Change {
    /// The foot that stays between two bases; `None` when the body is in the air.
    pub(super) fn pivot(&self, from: &Base, to: &Base) -> Option<usize> {
        let stays = |foot: usize| from.feet[foot].on_floor && to.feet[foot].on_floor;
        match (stays(0), stays(1)) {
            (true, false) => Some(0),
            (false, true) => Some(1),
            (false, false) => None,
            (true, true) => Some(index(self.staying())),
        }
    }

    fn staying(&self) -> Side {
        match (self.lead, self.lead_before) {
            // Stepping back, the foot that was behind leads.
            (Some(lead), _) if self.backward => lead,
            // Whoever steps out or turns leads with the foot that moved.
            (Some(lead), _) => lead.other(),
            // The other foot is drawn to the one in front.
            (None, Some(before)) => before,
            (None, None) if self.turn_deg > 0.0 => Side::Left,
            (None, None) => Side::Right,
        }
    }
}
