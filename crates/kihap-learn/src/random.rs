//! Independent streams of chance, each a function of the seed and of what it is for, so that results do not depend
//! on the order in which threads work.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream is used for; keeps streams with the same numbers apart.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Weights = 1,
    Order = 2,
    Augment = 3,
    Dropout = 4,
    Member = 5,
    Mirror = 6,
    Adversary = 7,
    Generate = 8,
    Lift = 9,
}

/// The stream of `purpose` for a pair of numbers (epoch and index, or 0).
pub(crate) fn stream(seed: u64, purpose: Purpose, a: u64, b: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(mix(mix(mix(seed ^ (purpose as u64) << 56) ^ a) ^ b))
}

/// The seed of the `member`-th network of an ensemble; the first has the seed itself.
pub(crate) fn member_seed(seed: u64, member: usize) -> u64 {
    if member == 0 { seed } else { mix(mix(seed ^ (Purpose::Member as u64) << 56) ^ member as u64) }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number of the standard normal distribution (Box and Muller's transform).
pub(crate) fn normal(rng: &mut impl Rng) -> f32 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    (radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()) as f32
}

/// A number from -1 to 1, all equally likely.
pub(crate) fn symmetric(rng: &mut impl Rng) -> f32 {
    rng.random::<f32>() * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first = |seed, purpose, a, b| stream(seed, purpose, a, b).random::<u64>();
        assert_eq!(first(1, Purpose::Augment, 2, 3), first(1, Purpose::Augment, 2, 3));
        let mut seen: Vec<u64> = (0..10)
            .flat_map(|a| (0..10).flat_map(move |b| [(Purpose::Augment, a, b), (Purpose::Order, a, b)]))
            .map(|(purpose, a, b)| first(1, purpose, a, b))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 200);
    }

    #[test]
    fn normal_has_mean_zero_and_unit_variance() {
        let mut rng = stream(7, Purpose::Augment, 0, 0);
        let values: Vec<f64> = (0..20_000).map(|_| f64::from(normal(&mut rng))).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
    }
}
