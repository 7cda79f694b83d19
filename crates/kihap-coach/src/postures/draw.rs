//! Numbers drawn from a technique's bands.

use kihap_syllabus::{Bounds, Limb, Measure, Quantity, Technique};

use crate::chance::Chance;

/// A measure that is set on purpose, in band or out of it.
pub type Fixed = (Measure, f64);

/// Draws numbers within bands.
pub(super) struct Draw<'a> {
    pub(super) chance: &'a mut Chance,
    /// 0 gives the targets, 1 the whole band.
    pub(super) spread: f32,
    /// A measure whose value is given.
    pub(super) fixed: Option<Fixed>,
}

impl Draw<'_> {
    /// A value of the technique's band for the measure; `None` where the technique has none.
    pub(super) fn of(&mut self, technique: &Technique, limb: Limb, quantity: Quantity) -> Option<f32> {
        // A key without prefix means both limbs alike.
        let measures = [limb, Limb::Both].map(|limb| Measure { limb, quantity });
        let (measure, bounds) = measures.iter().find_map(|m| Some((m, technique.geometry.measures.get(m)?)))?;
        Some(match self.fixed {
            Some((fixed, value)) if fixed == *measure => value as f32,
            _ => self.within(bounds),
        })
    }

    /// The same with a band of our own where the technique has none.
    pub(super) fn or(&mut self, technique: &Technique, limb: Limb, quantity: Quantity, band: [f32; 3]) -> f32 {
        self.of(technique, limb, quantity).unwrap_or_else(|| self.band(band))
    }

    /// Between lowest and highest about the target.
    pub(super) fn band(&mut self, [low, target, high]: [f32; 3]) -> f32 {
        target + (self.chance.between(low, high) - target) * self.spread
    }

    fn within(&mut self, bounds: &Bounds) -> f32 {
        self.band([bounds.min as f32, bounds.target as f32, bounds.max as f32])
    }
}
