//! What a user should know before using generated data.

use serde::{Deserialize, Serialize};

use crate::warnings::Language;

/// A reason to doubt what a generator makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum GenerationDoubt {
    /// A class has few real examples.
    FewReal {
        /// The class.
        class: String,
        /// How many, mirror images not counted.
        count: usize,
    },
    /// Generated examples of a class resemble each other much more than real ones do: the modes collapsed.
    Collapsed {
        /// The class.
        class: String,
        /// Mean distance between generated examples over that between real ones.
        ratio: f64,
    },
    /// Generated examples of a class differ much more than real ones do.
    Scattered {
        /// The class.
        class: String,
        /// Mean distance between generated examples over that between real ones.
        ratio: f64,
    },
    /// Many generated examples of a class are all but copies of real ones.
    Copies {
        /// The class.
        class: String,
        /// Share of such examples, 0 to 1.
        share: f64,
    },
    /// Many real examples of a class have no generated one near them.
    Uncovered {
        /// The class.
        class: String,
        /// Share of the real examples that have one, 0 to 1.
        coverage: f64,
    },
    /// Limbs had to be stretched or shortened a lot to be as long as real ones.
    BonesOff {
        /// Mean deviation from a limb's mean length among real skeletons, relative.
        real: f64,
        /// The same among skeletons as generated, before they were repaired.
        generated: f64,
    },
    /// Training was stopped by hand.
    Interrupted {
        /// The last step.
        step: usize,
    },
}

impl GenerationDoubt {
    /// The doubt as a sentence.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Korean => self.korean(),
        }
    }

    fn english(&self) -> String {
        match self {
            GenerationDoubt::FewReal { class, count } => {
                format!(
                    "\"{class}\" has only {count} real examples: what is generated can hardly hold more than they do"
                )
            }
            GenerationDoubt::Collapsed { class, ratio } => format!(
                "generated examples of \"{class}\" resemble each other too much ({ratio:.2} of the spread of real ones): train \
                 longer, or with more diversity"
            ),
            GenerationDoubt::Scattered { class, ratio } => format!(
                "generated examples of \"{class}\" differ too much ({ratio:.2} times the spread of real ones): train longer, or \
                 with less diversity"
            ),
            GenerationDoubt::Copies { class, share } => format!(
                "{:.0} % of the generated examples of \"{class}\" are all but copies of real ones: they add nothing",
                share * 100.0
            ),
            GenerationDoubt::Uncovered { class, coverage } => format!(
                "only {:.0} % of the real examples of \"{class}\" have a generated one near them: kinds are missing",
                coverage * 100.0
            ),
            GenerationDoubt::BonesOff { real, generated } => format!(
                "limbs were generated {:.0} % off their mean length where real ones are {:.0} %; they were brought back, but \
                 train longer",
                generated * 100.0,
                real * 100.0
            ),
            GenerationDoubt::Interrupted { step } => {
                format!("training was stopped by hand after step {step}: train longer for better examples")
            }
        }
    }

    fn korean(&self) -> String {
        match self {
            GenerationDoubt::FewReal { class, count } => {
                format!(
                    "\"{class}\"의 실제 표본이 {count}개뿐입니다. 생성한 표본에 그보다 많은 것이 담기기는 어렵습니다"
                )
            }
            GenerationDoubt::Collapsed { class, ratio } => format!(
                "\"{class}\"의 생성 표본이 서로 너무 비슷합니다(실제 퍼짐의 {ratio:.2}배). 더 오래 학습하거나 다양성을 높이세요"
            ),
            GenerationDoubt::Scattered { class, ratio } => format!(
                "\"{class}\"의 생성 표본이 서로 너무 다릅니다(실제 퍼짐의 {ratio:.2}배). 더 오래 학습하거나 다양성을 낮추세요"
            ),
            GenerationDoubt::Copies { class, share } => format!(
                "\"{class}\"의 생성 표본 가운데 {:.0} %가 실제 표본의 복사본과 다름없어 보태는 것이 없습니다",
                share * 100.0
            ),
            GenerationDoubt::Uncovered { class, coverage } => format!(
                "\"{class}\"의 실제 표본 가운데 {:.0} %에만 가까운 생성 표본이 있습니다. 빠진 모습이 있습니다",
                coverage * 100.0
            ),
            GenerationDoubt::BonesOff { real, generated } => format!(
                "생성한 팔다리 길이가 평균에서 {:.0} % 벗어났습니다(실제는 {:.0} %). 바로잡았지만 더 오래 학습하세요",
                generated * 100.0,
                real * 100.0
            ),
            GenerationDoubt::Interrupted { step } => {
                format!("{step}단계에서 학습을 손으로 멈췄습니다. 더 오래 학습하면 표본이 나아집니다")
            }
        }
    }
}
