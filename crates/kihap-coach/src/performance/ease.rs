//! How a way between two postures is covered in time.

/// The course of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ease {
    /// Starts and ends softly: steps, turns, the way to a chamber.
    Soft,
    /// Starts softly and stops at full speed: blows, blocks and kicks.
    Sharp,
}

impl Ease {
    /// The share of the way done after the share `time` of the time, both 0..=1.
    pub(super) fn at(self, time: f32) -> f32 {
        let t = time.clamp(0.0, 1.0);
        match self {
            Self::Soft => t * t * (3.0 - 2.0 * t),
            Self::Sharp => t * t * (1.6 - 0.6 * t),
        }
    }
}

/// From `a` to `b`.
pub(super) fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// How far `degrees` is from 0 the short way round, −180..180.
pub(super) fn wrapped(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_covered_once_and_a_blow_ends_fast() {
        for ease in [Ease::Soft, Ease::Sharp] {
            assert_eq!((ease.at(0.0), ease.at(1.0)), (0.0, 1.0));
            assert!((0..20).all(|i| ease.at(i as f32 / 20.0) < ease.at((i + 1) as f32 / 20.0)));
        }
        let last_tenth = |ease: Ease| ease.at(1.0) - ease.at(0.9);
        assert!(last_tenth(Ease::Sharp) > 3.0 * last_tenth(Ease::Soft));
    }

    #[test]
    fn angles_are_taken_the_short_way() {
        assert_eq!((wrapped(270.0), wrapped(-190.0), wrapped(45.0)), (-90.0, 170.0, 45.0));
    }
}
