//! A network against the best of the comparison.

use super::{mcnemar::McNemar, resampled::PairedT};
use crate::warnings::Language;

/// The fewest folds whose t test the table shows: with two there is one degree of freedom, and hardly a difference that
/// could be found.
const FOLDS_OF_T: usize = 3;

/// How a network compares with the best one on the same folds, seeds and samples.
#[derive(Debug, Clone, PartialEq)]
pub struct AgainstBest {
    /// Accuracy of the best less this network's, 0 to 1, over the folds.
    pub difference: f64,
    /// The corrected resampled t test over folds: would other training and test sets of this size give that order again?
    pub corrected_t: Result<Tested<PairedT>, NotComputable>,
    /// McNemar's test over samples: do these networks, as trained, differ on samples like these? It takes samples as
    /// independent, which frames of one clip are not.
    pub mcnemar: Result<Tested<McNemar>, NotComputable>,
}

/// A test and its p-value among all networks compared with the best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested<T> {
    /// The test.
    pub test: T,
    /// Its p-value after Holm's correction over all networks, 0 to 1.
    pub p_holm: f64,
}

/// Which of the two tests the table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrimaryTest {
    /// The corrected resampled t test, where there are three folds or more.
    CorrectedT,
    /// McNemar's exact test, where there are fewer.
    McNemar,
}

impl PrimaryTest {
    pub(super) fn with(folds: usize) -> PrimaryTest {
        if folds >= FOLDS_OF_T { PrimaryTest::CorrectedT } else { PrimaryTest::McNemar }
    }

    /// Its name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            PrimaryTest::CorrectedT => "corrected_t",
            PrimaryTest::McNemar => "mcnemar",
        }
    }
}

impl AgainstBest {
    /// The p-value of the table's test after Holm's correction.
    ///
    /// # Errors
    /// Why there is none.
    pub fn p_value(&self, test: PrimaryTest) -> Result<f64, NotComputable> {
        match test {
            PrimaryTest::CorrectedT => self.corrected_t.map(|tested| tested.p_holm),
            PrimaryTest::McNemar => self.mcnemar.map(|tested| tested.p_holm),
        }
    }
}

/// Why a test says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotComputable {
    /// A t test needs two folds.
    TooFewFolds {
        /// How many there are.
        folds: usize,
    },
    /// The difference is the same in every fold, so nothing can be said about its spread.
    SameDifference,
    /// Some samples are tested in several folds, so the pooled answers are no independent ones.
    SamplesTestedTwice,
    /// The two networks were not tested on the same samples.
    OtherSamples,
}

impl NotComputable {
    /// The reason as a sentence.
    pub fn text(self, language: Language) -> String {
        match (self, language) {
            (NotComputable::TooFewFolds { folds }, Language::English) => {
                format!("a paired t test needs two folds or more, and there is {folds}")
            }
            (NotComputable::TooFewFolds { folds }, Language::Korean) => {
                format!("대응표본 t 검정에는 폴드가 둘 이상 필요한데 {folds}개뿐입니다")
            }
            (NotComputable::SameDifference, Language::English) => {
                "the difference is the same in every fold, so its spread is unknown".into()
            }
            (NotComputable::SameDifference, Language::Korean) => {
                "모든 폴드에서 차이가 같아 그 흩어짐을 알 수 없습니다".into()
            }
            (NotComputable::SamplesTestedTwice, Language::English) => {
                "some samples are tested in several folds, so their answers cannot be pooled".into()
            }
            (NotComputable::SamplesTestedTwice, Language::Korean) => {
                "여러 폴드에서 시험한 표본이 있어 답을 모아 셀 수 없습니다".into()
            }
            (NotComputable::OtherSamples, Language::English) => {
                "it was not tested on the samples the best one was tested on".into()
            }
            (NotComputable::OtherSamples, Language::Korean) => {
                "가장 좋은 신경망과 같은 표본으로 시험하지 않았습니다".into()
            }
        }
    }
}
