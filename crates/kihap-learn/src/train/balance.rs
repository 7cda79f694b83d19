//! Weights of classes in the loss.

use super::options::ClassWeights;

/// The weight of each class: scikit-learn's `balanced` formula over the classes that occur; absent classes get 0.
/// Counts are sums of sample weights.
pub(crate) fn class_weights(kind: ClassWeights, counts: &[f64]) -> Vec<f32> {
    match kind {
        ClassWeights::None => vec![1.0; counts.len()],
        ClassWeights::Balanced => {
            let total: f64 = counts.iter().sum();
            let present = counts.iter().filter(|count| **count > 0.0).count() as f64;
            let weight = |count: &f64| if *count > 0.0 { (total / (present * count)) as f32 } else { 0.0 };
            counts.iter().map(weight).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_weights_are_scikit_learns() {
        // compute_class_weight("balanced", classes=[0, 1], y=[0]*30 + [1]*10)
        assert_eq!(class_weights(ClassWeights::Balanced, &[30.0, 10.0]), [40.0 / 60.0, 2.0]);
        assert_eq!(class_weights(ClassWeights::Balanced, &[5.0, 0.0, 5.0]), [1.0, 0.0, 1.0]);
        assert_eq!(class_weights(ClassWeights::None, &[5.0, 1.0]), [1.0, 1.0]);
    }
}
