//! Sigmoid and hyperbolic tangent of many numbers at a time, without branches, so that the processor does several at once.
//!
//! Ranges and polynomials are those of S. L. Moshier's Cephes library (`expf`, `tanhf`), good to 4e-7 here.

/// Replaces each number by `1 / (1 + e⁻ˣ)`.
pub(super) fn sigmoid(numbers: &mut [f32]) {
    numbers.iter_mut().for_each(|x| *x = 1.0 / (1.0 + exp(-*x)));
}

/// Replaces each number by its hyperbolic tangent.
pub(super) fn tanh(numbers: &mut [f32]) {
    const SERIES: [f32; 5] = [-5.704_988_7e-3, 2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1];
    numbers.iter_mut().for_each(|number| {
        let x = *number;
        let square = x * x;
        let near = SERIES.iter().fold(0.0, |sum, factor| sum * square + factor) * square * x + x;
        let far = 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
        // the difference from 1 has few digits left where the result is small
        *number = if x.abs() < 0.625 { near } else { far };
    });
}

fn exp(x: f32) -> f32 {
    /// Added to a number below 2²², it leaves the rounded number in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const SERIES: [f32; 6] = [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1];
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = x - whole * LN_2[0] - whole * LN_2[1];
    let series = SERIES.iter().fold(0.0, |sum, factor| sum * rest + factor);
    let power = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    (series * rest * rest + rest + 1.0) * f32::from_bits(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_functions() {
        let at: Vec<f32> = (-40_000..=40_000).map(|step| step as f32 / 400.0).collect();
        let (mut found, mut tangents) = (at.clone(), at.clone());
        sigmoid(&mut found);
        tanh(&mut tangents);
        for ((x, sigmoid), tangent) in at.iter().map(|x| f64::from(*x)).zip(found).zip(tangents) {
            assert!((f64::from(sigmoid) - 1.0 / (1.0 + (-x).exp())).abs() < 2e-7, "{x}: {sigmoid}");
            assert!((f64::from(tangent) - x.tanh()).abs() < 4e-7 * x.tanh().abs().max(1e-3), "{x}: {tangent}");
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let mut numbers = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        tanh(&mut numbers);
        assert!(numbers[0].is_nan());
        assert_eq!(numbers[1..], [1.0, -1.0]);
        let mut numbers = [f32::NAN];
        sigmoid(&mut numbers);
        assert!(numbers[0].is_nan());
    }
}
