//! Seeded chance: one stream for each thing that varies, so that changing one leaves the others as they are.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
#[derive(Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of a topic within seeds.
    pub(crate) fn new(topic: &str, seeds: &[u64]) -> Self {
        // FNV-1a over topic and seeds: any mixing does that gives different inputs different streams.
        let bytes = topic.bytes().chain(seeds.iter().flat_map(|seed| seed.to_le_bytes()));
        let hash = bytes
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self(ChaCha8Rng::seed_from_u64(hash))
    }

    /// 64 even bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// Evenly from `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// Evenly from −`reach` to `reach`.
    pub(crate) fn around(&mut self, reach: f32) -> f32 {
        self.between(-reach, reach)
    }

    /// True with probability `p`.
    pub(crate) fn often(&mut self, p: f32) -> bool {
        self.0.random::<f32>() < p
    }

    /// A whole number from 0 to below `count`; 0 where there is none.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { self.0.random_range(0..count) }
    }

    /// One of the choices.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.0.random_range(0..choices.len())]
    }
}
