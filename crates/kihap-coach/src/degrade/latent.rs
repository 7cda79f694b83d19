//! Standard normal numbers that change slowly: what every error is made of.

use crate::chance::Chance;

/// A number of the standard normal distribution (Box and Muller).
pub(super) fn normal(chance: &mut Chance) -> f32 {
    let (u, v) = (chance.between(1e-7, 1.0), chance.between(0.0, 1.0));
    (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos()
}

/// The standard normal distribution's share below `x`, to 1e-4 (Abramowitz and Stegun 26.2.16).
pub(super) fn share_below(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.332_67 * x.abs());
    let tail = (-0.5 * x * x).exp() * 0.398_942_3 * t * (0.436_183_6 + t * (-0.120_167_6 + t * 0.937_298));
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// As many standard normal numbers as asked for; a part of each lasts, the rest forgets itself as time goes on (an
/// Ornstein–Uhlenbeck process).
#[derive(Debug)]
pub(super) struct Latent {
    lasting: Vec<f32>,
    passing: Vec<f32>,
    lasting_share: f32,
}

impl Latent {
    pub(super) fn new(count: usize, lasting_share: f32, chance: &mut Chance) -> Self {
        let mut draw = || (0..count).map(|_| normal(chance)).collect();
        Self { lasting: draw(), passing: draw(), lasting_share: lasting_share.clamp(0.0, 1.0) }
    }

    /// Lets `time` pass, in units of the time in which a number forgets itself.
    pub(super) fn pass(&mut self, time: f32, chance: &mut Chance) {
        let kept = (-time.max(0.0)).exp();
        let fresh = (1.0 - kept * kept).sqrt();
        for value in &mut self.passing {
            *value = *value * kept + normal(chance) * fresh;
        }
    }

    /// A number.
    pub(super) fn of(&self, index: usize) -> f32 {
        let (lasting, passing) = (self.lasting[index], self.passing[index]);
        self.lasting_share.sqrt() * lasting + (1.0 - self.lasting_share).sqrt() * passing
    }

    /// The lasting part of a number alone, as a standard normal number.
    pub(super) fn lasting(&self, index: usize) -> f32 {
        self.lasting[index]
    }

    /// Whether an event of the probability `p` is on: true for the share `p` of all times, in runs.
    pub(super) fn happens(&self, index: usize, p: f32) -> bool {
        share_below(self.of(index)) < p
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_standard_normal_and_partly_last() {
        let mut chance = Chance::new("latent", &[1]);
        let mut latent = Latent::new(4000, 0.36, &mut chance);
        let first: Vec<f32> = (0..4000).map(|i| latent.of(i)).collect();
        for _ in 0..50 {
            latent.pass(0.2, &mut chance);
        }
        let last: Vec<f32> = (0..4000).map(|i| latent.of(i)).collect();
        let mean = |values: &mut dyn Iterator<Item = f32>| values.sum::<f32>() / 4000.0;
        assert!(mean(&mut last.iter().copied()).abs() < 0.06);
        assert!((mean(&mut last.iter().map(|v| v * v)) - 1.0).abs() < 0.08);
        let kept = mean(&mut first.iter().zip(&last).map(|(a, b)| a * b));
        assert!((kept - 0.36).abs() < 0.06, "{kept}");
        let happening = (0..4000).filter(|i| latent.happens(*i, 0.1)).count();
        assert!((300..500).contains(&happening), "{happening}");
    }

    #[test]
    fn the_normal_distribution_has_its_known_shares() {
        for (x, share) in [(0.0, 0.5), (1.0, 0.8413), (-1.96, 0.025), (3.0, 0.99865)] {
            assert!((share_below(x) - share).abs() < 1e-3, "{x}");
        }
    }
}
