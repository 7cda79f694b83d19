//! What the tests of operations written by hand share.

/// Random-looking numbers between −1 and 1.
pub(super) fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        // xorshift64 (Marsaglia, 2003)
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// The slope of `of` along each number, from its values to both sides.
pub(super) fn slopes(at: &[f32], of: impl Fn(&[f32]) -> f64) -> Vec<f32> {
    const STEP: f32 = 1.0 / 128.0;
    let moved = |index: usize, by: f32| {
        let mut at = at.to_vec();
        at[index] += by;
        of(&at)
    };
    (0..at.len()).map(|index| ((moved(index, STEP) - moved(index, -STEP)) / (2.0 * f64::from(STEP))) as f32).collect()
}

/// Fails where two numbers differ by more than `tolerance`, or that share of the greatest one.
pub(super) fn assert_near(found: &[f32], wanted: &[f32], tolerance: f32) {
    assert_eq!(found.len(), wanted.len());
    let greatest = wanted.iter().fold(1.0f32, |greatest, number| greatest.max(number.abs()));
    for (index, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!((found - wanted).abs() <= tolerance * greatest, "{index}: {found}, not {wanted}");
    }
}
