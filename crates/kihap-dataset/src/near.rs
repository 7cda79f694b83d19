//! Near-duplicates: pictures whose perceptual hashes differ in few bits.

use rayon::prelude::*;

/// Two pictures that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearPair {
    /// Index of the first picture.
    pub first: usize,
    /// Index of the second picture, greater than `first`.
    pub second: usize,
    /// Bits their hashes differ in, 0..=64.
    pub distance: u32,
}

/// Every pair of pictures whose hashes differ in at most `distance` bits, ordered. `None` is near to nothing.
///
/// Compares all pairs: 50 million for 10 000 pictures, which takes about a tenth of a second.
pub fn near_pairs(hashes: &[Option<u64>], distance: u32) -> Vec<NearPair> {
    let known: Vec<(usize, u64)> = hashes.iter().enumerate().filter_map(|(i, h)| Some((i, (*h)?))).collect();
    (0..known.len())
        .into_par_iter()
        .flat_map_iter(|at| {
            let (first, hash) = known[at];
            known[at + 1..].iter().filter_map(move |&(second, other)| {
                let found = (hash ^ other).count_ones();
                (found <= distance).then_some(NearPair { first, second, distance: found })
            })
        })
        .collect()
}

/// Joins things into groups (union-find with path halving).
#[derive(Debug, Clone)]
pub(crate) struct Groups(Vec<usize>);

impl Groups {
    /// `count` things, each a group of its own.
    pub(crate) fn new(count: usize) -> Groups {
        Groups((0..count).collect())
    }

    /// The group of `thing`, named by its smallest member.
    pub(crate) fn of(&mut self, mut thing: usize) -> usize {
        while self.0[thing] != thing {
            self.0[thing] = self.0[self.0[thing]];
            thing = self.0[thing];
        }
        thing
    }

    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_within_the_distance_only() {
        let hashes = [Some(0), Some(0b111), None, Some(u64::MAX), Some(0)];
        let pairs = near_pairs(&hashes, 3);
        assert_eq!(
            pairs,
            [(0, 1, 3), (0, 4, 0), (1, 4, 3)].map(|(first, second, distance)| NearPair { first, second, distance })
        );
        assert_eq!(near_pairs(&hashes, 2).len(), 1);
    }

    #[test]
    fn groups_join_along_chains() {
        let mut groups = Groups::new(5);
        groups.join(3, 4);
        groups.join(1, 3);
        assert_eq!((0..5).map(|i| groups.of(i)).collect::<Vec<_>>(), [0, 1, 2, 1, 1]);
    }

    #[test]
    fn ten_thousand_pictures_take_no_time_worth_mentioning() {
        let mut state = 7u64;
        let hashes: Vec<_> = (0..10_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                Some(state ^ (state >> 29))
            })
            .collect();
        let start = std::time::Instant::now();
        let pairs = near_pairs(&hashes, 6);
        assert!(pairs.len() < 10, "unrelated hashes are not near: {}", pairs.len());
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
