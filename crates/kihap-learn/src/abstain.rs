//! When a prediction is withheld, and the threshold for it.

use serde::{Deserialize, Serialize};

use crate::{metrics::top, warnings::Language};

/// Why a prediction was withheld.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AbstainReason {
    /// The most probable class is not probable enough.
    LowConfidence {
        /// Its probability.
        confidence: f64,
        /// The model's threshold.
        threshold: f64,
    },
    /// Nobody was found in the picture, and the model has not learnt what that means.
    NobodySeen,
}

impl AbstainReason {
    /// The reason as a sentence.
    pub fn text(&self, language: Language) -> String {
        match (self, language) {
            (AbstainReason::LowConfidence { confidence, threshold }, Language::English) => {
                format!("not sure enough: {confidence:.2} is below the threshold of {threshold:.2}")
            }
            (AbstainReason::LowConfidence { confidence, threshold }, Language::Korean) => {
                format!("확신이 부족합니다. 확률 {confidence:.2}이(가) 문턱값 {threshold:.2}보다 낮습니다")
            }
            (AbstainReason::NobodySeen, Language::English) => "nobody was found in the picture".into(),
            (AbstainReason::NobodySeen, Language::Korean) => "사진에서 사람을 찾지 못했습니다".into(),
        }
    }
}

impl std::fmt::Display for AbstainReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

/// What is wanted of the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbstainOptions {
    /// Accuracy wanted of accepted predictions on the validation samples, 0 to 1.
    pub target_accuracy: f64,
    /// Least share of validation samples that must stay accepted, 0 to 1.
    pub least_coverage: f64,
    /// Share of the validation samples predicted rightly that may be withheld even when the target is reached anyway,
    /// so that predictions less certain than any right one seen are withheld too.
    pub spare: f64,
    /// With fewer validation samples no threshold is chosen: nothing is withheld for low confidence.
    pub least_samples: usize,
}

impl Default for AbstainOptions {
    fn default() -> Self {
        AbstainOptions { target_accuracy: 0.95, least_coverage: 0.6, spare: 0.01, least_samples: 20 }
    }
}

/// The threshold, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AbstainRule {
    /// Predictions whose top probability is below this are withheld; 0 withholds none.
    pub threshold: f64,
    /// Whether accepted validation predictions reach the target accuracy.
    pub target_reached: bool,
    /// Accuracy of the accepted validation predictions.
    pub accuracy: f64,
    /// Share of the validation samples that stay accepted.
    pub coverage: f64,
}

impl AbstainRule {
    /// No threshold.
    pub fn never() -> AbstainRule {
        AbstainRule { threshold: 0.0, target_reached: false, accuracy: 0.0, coverage: 1.0 }
    }

    /// Chooses the threshold on validation samples, in this order:
    ///
    /// 1. the smallest threshold at which accepted predictions reach the target accuracy and the least coverage;
    /// 2. if there is none, the one with the highest accuracy among those with the least coverage (the smallest of
    ///    equals);
    /// 3. raised, where that still leaves the least coverage, to the `spare` quantile of the confidences of right
    ///    predictions.
    ///
    /// Too few samples: [`AbstainRule::never`].
    pub fn choose(probabilities: &[Vec<f64>], labels: &[usize], options: &AbstainOptions) -> AbstainRule {
        let count = probabilities.len().min(labels.len());
        if count == 0 || count < options.least_samples {
            return AbstainRule::never();
        }
        let mut samples: Vec<(f64, bool)> = probabilities
            .iter()
            .zip(labels)
            .map(|(row, label)| {
                let predicted = top(row);
                (row.get(predicted).copied().unwrap_or(0.0), predicted == *label)
            })
            .collect();
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at = |from: usize| {
            let accepted = &samples[from..];
            let right = accepted.iter().filter(|(_, right)| *right).count();
            AbstainRule {
                threshold: if from == 0 { 0.0 } else { samples[from].0 },
                accuracy: right as f64 / accepted.len() as f64,
                target_reached: right as f64 / accepted.len() as f64 >= options.target_accuracy,
                coverage: accepted.len() as f64 / count as f64,
            }
        };
        // a threshold accepts all samples of the same confidence, so only first ones of equals are candidates
        let candidates: Vec<AbstainRule> = (0..count)
            .filter(|from| *from == 0 || samples[*from].0 > samples[from - 1].0)
            .map(at)
            .filter(|rule| rule.coverage >= options.least_coverage)
            .collect();
        let best =
            |rules: &[AbstainRule]| rules.iter().copied().reduce(|a, b| if b.accuracy > a.accuracy { b } else { a });
        let reached = candidates.iter().copied().find(|rule| rule.target_reached);
        let Some(chosen) = reached.or_else(|| best(&candidates)) else { return AbstainRule::never() };

        let right: Vec<f64> = samples.iter().filter(|(_, right)| *right).map(|(confidence, _)| *confidence).collect();
        let spare = right.get((options.spare * right.len() as f64) as usize).copied().unwrap_or(0.0);
        let raised = candidates.iter().copied().rfind(|rule| rule.threshold <= spare);
        raised.filter(|rule| rule.threshold > chosen.threshold).unwrap_or(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples of class 0 of two, with the given confidences; a wrong one is predicted as class 1.
    fn samples(list: &[(f64, bool)]) -> (Vec<Vec<f64>>, Vec<usize>) {
        let row = |(confidence, right): &(f64, bool)| {
            if *right { vec![*confidence, 1.0 - confidence] } else { vec![1.0 - confidence, *confidence] }
        };
        (list.iter().map(row).collect(), vec![0; list.len()])
    }

    #[test]
    fn the_smallest_threshold_that_reaches_the_target_is_taken() {
        // every other one of the 40 least certain is wrong, from the second on
        let list: Vec<(f64, bool)> = (0..100).map(|i| (0.505 + i as f64 * 0.005, i >= 40 || i % 2 == 0)).collect();
        let (rows, labels) = samples(&list);
        let rule = AbstainRule::choose(&rows, &labels, &AbstainOptions::default());
        assert!(rule.target_reached);
        // 63 right of 66 accepted are 0.955, of 67 (one more wrong) 0.940
        assert_eq!(rule.coverage, 0.66);
        assert!((rule.threshold - (0.505 + 34.0 * 0.005)).abs() < 1e-12);
        assert!((rule.accuracy - 63.0 / 66.0).abs() < 1e-12);
    }

    #[test]
    fn without_reaching_the_target_the_best_is_taken_and_said() {
        let list: Vec<(f64, bool)> = (0..100).map(|i| (0.505 + i as f64 * 0.005, i % 2 == 0 || i > 60)).collect();
        let (rows, labels) = samples(&list);
        let rule = AbstainRule::choose(&rows, &labels, &AbstainOptions::default());
        assert!(!rule.target_reached);
        assert!(rule.coverage >= 0.6);
        assert!(rule.accuracy > 0.8, "{rule:?}");
    }

    #[test]
    fn even_a_perfect_model_withholds_what_is_less_certain_than_what_it_gets_right() {
        let (rows, labels) = samples(&(0..100).map(|i| (0.505 + i as f64 * 0.005, true)).collect::<Vec<_>>());
        let rule = AbstainRule::choose(&rows, &labels, &AbstainOptions::default());
        assert!(rule.target_reached);
        assert!((rule.threshold - 0.51).abs() < 1e-12, "{rule:?}");
        assert_eq!(rule.coverage, 0.99);
    }

    #[test]
    fn a_few_samples_choose_nothing() {
        let (rows, labels) = samples(&[(0.9, true); 19]);
        assert_eq!(AbstainRule::choose(&rows, &labels, &AbstainOptions::default()), AbstainRule::never());
        let alike = samples(&[(0.9, true); 50]);
        assert_eq!(AbstainRule::choose(&alike.0, &alike.1, &AbstainOptions::default()).coverage, 1.0);
    }
}
