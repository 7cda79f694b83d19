//! Cross-validation.

use serde::Serialize;

use super::assign::{assign, count, number_classes};
use super::{GroupedBy, SplitSample, SplitStrategy, SplitWarning, group};
use crate::sample::Part;

/// Samples divided into folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Folds {
    /// The fold of each sample, 0..`count`.
    pub fold: Vec<usize>,
    /// How many folds there are.
    pub count: usize,
    /// What was kept together; `None` for random folds.
    pub grouped_by: Option<GroupedBy>,
    /// What to know before believing the numbers.
    pub warnings: Vec<SplitWarning>,
}

impl Folds {
    /// Indices of the samples to fit on and of those to test on when `fold` is left out.
    pub fn without(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        (0..self.fold.len()).partition(|&i| self.fold[i] != fold)
    }
}

/// Divides samples into `k` folds (2 at least) of about equal size and mix of classes, keeping together what belongs
/// together unless the strategy is [`SplitStrategy::Random`]. Folders are not looked at.
pub fn folds(samples: &[SplitSample<'_>], k: usize, strategy: SplitStrategy, seed: u64, near_distance: u32) -> Folds {
    let k = k.max(2);
    let mut warnings = Vec::new();
    let (groups, group_count, grouped_by) = if strategy == SplitStrategy::Random {
        warnings.push(SplitWarning::RandomIsOptimistic);
        ((0..samples.len()).collect(), samples.len(), None)
    } else {
        // Two persons give two folds rather than k folds that mix them.
        let grouping = group(samples, 2, near_distance);
        warnings.extend(grouping.warnings);
        (grouping.group, grouping.count, Some(grouping.by))
    };
    let made = k.min(group_count.max(1));
    if made < k {
        warnings.push(SplitWarning::FewerFolds { asked: k, made });
    }
    let (classes, names) = number_classes(samples.iter().map(|s| s.class));
    let counts = count(&groups, group_count, &classes, names.len());
    let fold_of = assign(&counts, &vec![1.0 / made as f64; made], seed);
    let fold: Vec<usize> = groups.iter().map(|&g| fold_of[g]).collect();
    for (class, name) in names.iter().enumerate() {
        let groups_with = counts.iter().filter(|g| g[class] > 0).count();
        if grouped_by.is_some() && groups_with == 1 {
            warnings.push(SplitWarning::SingleGroup { class: (*name).to_string() });
        } else if (0..made).any(|f| !fold.iter().zip(&classes).any(|(&g, &c)| g == f && c == class)) {
            warnings.push(SplitWarning::ClassMissing { class: (*name).to_string(), part: Part::Test });
        }
    }
    Folds { fold, count: made, grouped_by, warnings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::NEAR_DISTANCE;

    fn sample<'a>(class: &'a str, person: Option<&'a str>, hash: u64) -> SplitSample<'a> {
        SplitSample { class, person, session: None, perceptual_hash: Some(hash), folder: None }
    }

    #[test]
    fn near_duplicates_share_a_fold_and_classes_are_spread() {
        // 50 pictures in pairs of near-duplicates, far from all others.
        let hash = |i: u64| (i / 2 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (i % 2);
        let samples: Vec<_> = (0..50).map(|i| sample(["a", "b"][(i / 10 % 2) as usize], None, hash(i))).collect();
        let made = folds(&samples, 5, SplitStrategy::Grouped, 1, NEAR_DISTANCE);
        assert_eq!(made.count, 5);
        for pair in made.fold.chunks(2) {
            assert_eq!(pair[0], pair[1]);
        }
        for fold in 0..5 {
            let (fit, test) = made.without(fold);
            assert_eq!((fit.len(), test.len()), (40, 10));
            assert!(test.iter().filter(|i| samples[**i].class == "a").count().abs_diff(6) <= 2);
        }
        assert_eq!(made.warnings, [SplitWarning::SessionsUnknown]);
        assert_eq!(made, folds(&samples, 5, SplitStrategy::Grouped, 1, NEAR_DISTANCE));
        assert_ne!(made.fold, folds(&samples, 5, SplitStrategy::Grouped, 2, NEAR_DISTANCE).fold);
    }

    #[test]
    fn two_persons_make_two_folds() {
        let samples: Vec<_> = (0..20u64)
            .map(|i| sample(["a", "b"][(i % 2) as usize], Some(["A", "B"][(i / 10) as usize]), i << 20))
            .collect();
        let made = folds(&samples, 5, SplitStrategy::Grouped, 0, NEAR_DISTANCE);
        assert_eq!(made.count, 2);
        assert_eq!(made.warnings, [SplitWarning::FewerFolds { asked: 5, made: 2 }]);
        assert_ne!(made.fold[0], made.fold[19]);
    }
}
