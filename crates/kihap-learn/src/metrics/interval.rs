//! How far a measured share may be from the true one.

use serde::{Deserialize, Serialize};

/// A 95 % confidence interval of a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end, 0 to 1.
    pub low: f64,
    /// Upper end, 0 to 1.
    pub high: f64,
}

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval (E. B. Wilson, 1927) at 95 % for `hits` of `trials`; 0 to 1 without trials.
pub fn wilson(hits: usize, trials: usize) -> Interval {
    if trials == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let n = trials as f64;
    let share = hits as f64 / n;
    let scale = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    // rounding must not move the ends of a share of 0 or 1
    Interval {
        low: if hits == 0 { 0.0 } else { (centre - half).max(0.0) },
        high: if hits >= trials { 1.0 } else { (centre + half).min(1.0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_trials_say_nothing_and_ends_stay_within_0_and_1() {
        assert_eq!(wilson(0, 0), Interval { low: 0.0, high: 1.0 });
        assert_eq!(wilson(0, 10).low, 0.0);
        assert_eq!(wilson(10, 10).high, 1.0);
        // R: binom::binom.confint(8, 10, methods = "wilson"): 0.4901625 0.9433178
        let interval = wilson(8, 10);
        assert!((interval.low - 0.490_162_5).abs() < 1e-6 && (interval.high - 0.943_317_8).abs() < 1e-6);
    }
}
