//! How somebody performs.

use super::fault::Fault;
use crate::chance::Chance;

/// Who performs, how, and with which faults.
#[derive(Debug, Clone, PartialEq)]
pub struct Manner {
    /// The body; see [`crate::kinematics::Body::of`].
    pub person_seed: u64,
    /// Everything that chance decides: postures within their bands, pauses, sway.
    pub seed: u64,
    /// Speed of movements and shortness of pauses; 1 is usual, 2 twice as fast.
    pub tempo: f32,
    /// How far postures stray over their allowed bands: 0 not at all, 1 all over them.
    pub spread: f32,
    /// What goes wrong on purpose.
    pub faults: Vec<Fault>,
}

impl Manner {
    /// The manner of a seed: tempo 0.75 to 1.35, spread 0.3 to 0.9, no faults.
    pub fn of(person_seed: u64, seed: u64) -> Self {
        let mut chance = Chance::new("manner", &[person_seed, seed]);
        Self {
            person_seed,
            seed,
            tempo: chance.between(0.75, 1.35),
            spread: chance.between(0.3, 0.9),
            faults: Vec::new(),
        }
    }

    /// The same with faults.
    pub fn with(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }
}
