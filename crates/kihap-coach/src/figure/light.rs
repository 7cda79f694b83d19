//! The light of a session.

use crate::chance::Chance;
use glam::Vec3;

/// One lamp or sun, and the light from everywhere.
pub(super) struct Light {
    /// Towards the lamp, world axes, length 1.
    pub(super) direction: Vec3,
    key: Vec3,
    ambient: Vec3,
}

impl Light {
    pub(super) fn of(session_seed: u64) -> Self {
        let mut chance = Chance::new("light", &[session_seed]);
        let direction = Vec3::new(chance.around(0.9), chance.between(0.6, 1.4), chance.between(0.25, 1.1)).normalize();
        let warm = chance.around(0.07);
        let strength = chance.between(0.42, 0.62);
        let tint = Vec3::new(1.0 + warm, 1.0, 1.0 - warm);
        Self { direction, key: tint * strength, ambient: tint * (1.02 - strength) * chance.between(0.86, 1.0) }
    }

    /// Light that falls on a surface with this normal: half Lambert for the lamp, more from above than from below for the
    /// rest.
    pub(super) fn on(&self, normal: Vec3) -> Vec3 {
        let half = 0.5 + 0.5 * normal.dot(self.direction);
        self.key * (1.25 * half * half) + self.ambient * (0.80 + 0.20 * normal.y)
    }
}
