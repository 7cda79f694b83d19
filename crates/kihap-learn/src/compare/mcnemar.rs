//! Do two networks err on different samples?

use statrs::distribution::{Binomial, DiscreteCDF};

/// A test of two networks on the same samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Samples the first network gets right more often than the second.
    pub only_first: usize,
    /// Samples the second network gets right more often than the first.
    pub only_second: usize,
    /// Two-sided, 0 to 1.
    pub p_value: f64,
}

impl McNemar {
    /// From each sample's share of seeds in which the two networks are right. With one seed this is McNemar's test in its
    /// exact form (Q. McNemar, 1947; T. G. Dietterich, 1998, for classifiers); with several it is the exact sign test over
    /// samples, which counts each sample once, whereas runs of one network on one sample are no independent witnesses.
    pub(super) fn of(shares: impl IntoIterator<Item = (f64, f64)>) -> McNemar {
        let (mut only_first, mut only_second) = (0, 0);
        for (first, second) in shares {
            only_first += usize::from(first > second);
            only_second += usize::from(second > first);
        }
        McNemar { only_first, only_second, p_value: mcnemar_exact(only_first, only_second) }
    }
}

/// McNemar's exact two-sided p-value of so many samples that only the one and only the other network gets right: twice the
/// tail of the binomial distribution with p = 1/2, at most 1. Without disagreement it is 1.
pub fn mcnemar_exact(only_first: usize, only_second: usize) -> f64 {
    let trials = (only_first + only_second) as u64;
    let fewer = only_first.min(only_second) as u64;
    // ½ is a probability, so this distribution always exists
    Binomial::new(0.5, trials).map_or(1.0, |binomial| (2.0 * binomial.cdf(fewer)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_samples_that_tell_the_networks_apart_count_each_once() {
        let test = McNemar::of([(1.0, 1.0), (0.0, 0.0), (1.0, 0.0), (2.0 / 3.0, 1.0 / 3.0), (0.0, 1.0)]);
        assert_eq!((test.only_first, test.only_second), (2, 1));
        assert_eq!(test.p_value, 1.0);
        assert_eq!(mcnemar_exact(0, 0), 1.0);
        // 2 · (1 + 6) / 2⁶
        assert!((mcnemar_exact(5, 1) - 0.21875).abs() < 1e-12);
    }
}
