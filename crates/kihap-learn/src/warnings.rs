//! What a user should know before believing a number.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Korean.
    #[serde(rename = "ko")]
    Korean,
}

/// A reason to doubt a number. In files it is a table with its `code`, its facts, and the English `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", remote = "Self")]
pub enum Warning {
    /// A class has few examples to learn from.
    FewSamples {
        /// The class.
        class: String,
        /// How many training examples it has.
        count: usize,
    },
    /// A class does not occur in a part of the data.
    ClassMissing {
        /// The class.
        class: String,
        /// "validation" or "test".
        split: String,
    },
    /// The largest class has many times the examples of the smallest.
    Unbalanced {
        /// The smallest class.
        smallest: String,
        /// Its training examples.
        least: usize,
        /// The largest class.
        largest: String,
        /// Its training examples.
        most: usize,
    },
    /// Too few samples to say much: the 95 % interval of the accuracy is wide.
    WideInterval {
        /// Its lower end, 0 to 1.
        low: f64,
        /// Its upper end, 0 to 1.
        high: f64,
    },
    /// The best epoch was chosen on the samples that were then used as the test.
    TestUsedForEarlyStopping,
    /// Samples of one person or recording lie on both sides of the split.
    RandomSplit,
    /// There were no validation samples: no early stopping, no calibration.
    NoValidation,
    /// Probabilities are the network's own and not calibrated.
    Uncalibrated,
    /// No threshold reached the wanted accuracy on the validation samples.
    ThresholdMissed {
        /// The accuracy wanted of accepted predictions.
        target: f64,
        /// What the chosen threshold reached.
        reached: f64,
    },
    /// In some pictures nobody was found.
    NobodySeen {
        /// How many.
        count: usize,
        /// Of how many.
        samples: usize,
        /// "training", "validation" or "test".
        split: String,
    },
    /// Training was stopped by hand.
    Interrupted {
        /// The last epoch that was finished.
        epoch: usize,
    },
    /// The loss was still falling when the last epoch ended.
    StillImproving {
        /// Number of epochs trained.
        epochs: usize,
    },
    /// A class is never predicted although it occurs.
    NeverPredicted {
        /// The class.
        class: String,
    },
    /// A text of the plots could not be drawn in the PNG files for want of a font.
    FontMissing {
        /// A label that lacks glyphs.
        text: String,
    },
    /// A model of another tool does not say how a picture becomes its numbers.
    PreprocessingGuessed {
        /// The range that was taken, as on the command line: "0..1".
        range: String,
        /// "stretch" or "crop".
        fit: String,
    },
    /// A file of weights does not say how a picture becomes the network's numbers; the published network's way was taken.
    PreprocessingOfNetwork {
        /// The network.
        network: String,
    },
    /// A model of another tool does not name its classes.
    LabelsGuessed {
        /// How many it has.
        count: usize,
    },
    /// Samples of classes that a model of another tool does not know were left out.
    ClassesUnknown {
        /// The classes, separated by commas.
        classes: String,
        /// Their samples.
        samples: usize,
        /// The classes the model knows, separated by commas.
        known: String,
    },
    /// Names of a dataset's classes were taken for a model's although they are written otherwise.
    ClassesMatched {
        /// "theirs = ours", separated by commas.
        pairs: String,
    },
    /// Nobody knows what a model of another tool has learnt from.
    TrainingUnknown,
    /// A warning of another part (the split, curation), in its own words.
    Note {
        /// The words, in English.
        note: String,
        /// The same in Korean, where the part has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        korean: Option<String>,
    },
}

impl Warning {
    /// The warning as a sentence.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Korean => self.korean(),
        }
    }

    fn english(&self) -> String {
        match self {
            Warning::FewSamples { class, count } => format!(
                "\"{class}\" has only {count} training sample{}: expect it to be recognised badly on other people",
                if *count == 1 { "" } else { "s" }
            ),
            Warning::ClassMissing { class, split } => {
                format!("\"{class}\" does not occur in the {split} samples: the numbers say nothing about it")
            }
            Warning::Unbalanced { smallest, least, largest, most } => format!(
                "\"{largest}\" has {most} training samples but \"{smallest}\" only {least}: balance them, or keep class \
                 weights on"
            ),
            Warning::WideInterval { low, high } => format!(
                "few samples: the true accuracy may be anywhere from {:.0} % to {:.0} % (95 % interval)",
                low * 100.0,
                high * 100.0
            ),
            Warning::TestUsedForEarlyStopping => {
                "the test samples also chose the best epoch, so the accuracy is optimistic: keep a validation part"
                    .into()
            }
            Warning::RandomSplit => {
                "the split is random: pictures of one person and recording lie on both sides, so the \
                                     accuracy is optimistic; use a grouped split"
                    .into()
            }
            Warning::NoValidation => {
                "no validation samples: training ran all epochs, and probabilities could not be calibrated".into()
            }
            Warning::Uncalibrated => {
                "probabilities are not calibrated: 0.9 need not mean right nine times in ten".into()
            }
            Warning::ThresholdMissed { target, reached } => format!(
                "no threshold made accepted predictions right {:.0} % of the time on the validation samples; the one \
                 chosen reaches {:.0} %",
                target * 100.0,
                reached * 100.0
            ),
            Warning::NobodySeen { count, samples, split } => {
                format!("nobody was found in {count} of {samples} {split} pictures; the network sees them as empty")
            }
            Warning::Interrupted { epoch } => {
                format!("training was stopped by hand after epoch {epoch}; the best weights until then are kept")
            }
            Warning::StillImproving { epochs } => {
                format!("the validation loss was still falling after {epochs} epochs: train longer")
            }
            Warning::NeverPredicted { class } => format!("\"{class}\" occurs but is never predicted"),
            Warning::FontMissing { text } => format!(
                "no installed font can draw \"{text}\" in the PNG plots; the SVG plots and the page are complete (a Hangul \
                 font such as fonts-nanum mends it)"
            ),
            Warning::PreprocessingGuessed { range, fit } => format!(
                "the model does not say how pictures become its numbers; taken: --range {range} --fit {fit}. If that is not how it \
                 was trained, its answers are wrong"
            ),
            Warning::PreprocessingOfNetwork { network } => format!(
                "the file does not say how pictures become its numbers; taken as published for {network}. If it was trained \
                 otherwise, say so with --range"
            ),
            Warning::LabelsGuessed { count } => format!(
                "the model does not name its {count} classes; they are called class_0, class_1 …: name them with --labels FILE"
            ),
            Warning::ClassesUnknown { classes, samples, known } => format!(
                "the model does not know {classes}: {samples} sample{} left out (it knows {known})",
                if *samples == 1 { " was" } else { "s were" }
            ),
            Warning::ClassesMatched { pairs } => format!("classes were matched although written otherwise: {pairs}"),
            Warning::TrainingUnknown => {
                "what the model has learnt from is not known: if these samples were among it, the numbers are optimistic".into()
            }
            Warning::Note { note, .. } => note.clone(),
        }
    }

    fn korean(&self) -> String {
        match self {
            Warning::FewSamples { class, count } => {
                format!("“{class}” 학습 표본이 {count}개뿐입니다. 다른 사람에게서는 잘 알아보지 못할 수 있습니다")
            }
            Warning::ClassMissing { class, split } => {
                format!("{} 표본에 “{class}”이(가) 없어서 이 동작의 수치는 알 수 없습니다", korean_split(split))
            }
            Warning::Unbalanced { smallest, least, largest, most } => format!(
                "학습 표본이 “{largest}”은(는) {most}개인데 “{smallest}”은(는) {least}개뿐입니다. 수를 맞추거나 클래스 가중치를 \
                 켜 두십시오"
            ),
            Warning::WideInterval { low, high } => format!(
                "표본이 적습니다. 실제 정확도는 {:.0} %에서 {:.0} % 사이 어디든 될 수 있습니다 (95 % 구간)",
                low * 100.0,
                high * 100.0
            ),
            Warning::TestUsedForEarlyStopping => {
                "시험 표본으로 최적 에폭을 골랐으므로 정확도가 실제보다 높게 나옵니다. 검증 표본을 따로 두십시오".into()
            }
            Warning::RandomSplit => {
                "무작위로 나누어 같은 사람과 같은 촬영의 사진이 양쪽에 있으므로 정확도가 실제보다 높게 \
                                     나옵니다. 묶음 분할을 쓰십시오"
                    .into()
            }
            Warning::NoValidation => "검증 표본이 없어 모든 에폭을 학습했고 확률을 보정하지 못했습니다".into(),
            Warning::Uncalibrated => {
                "확률이 보정되지 않았습니다. 0.9라고 해서 열 번 중 아홉 번 맞는 것은 아닙니다".into()
            }
            Warning::ThresholdMissed { target, reached } => format!(
                "어떤 문턱값으로도 검증 표본에서 받아들인 예측의 정확도가 {:.0} %에 이르지 못했습니다. 고른 문턱값은 {:.0} %입니다",
                target * 100.0,
                reached * 100.0
            ),
            Warning::NobodySeen { count, samples, split } => format!(
                "{} 사진 {samples}장 중 {count}장에서 사람을 찾지 못했습니다. 신경망은 빈 사진으로 봅니다",
                korean_split(split)
            ),
            Warning::Interrupted { epoch } => {
                format!("에폭 {epoch} 뒤에 사용자가 학습을 멈추었습니다. 그때까지 가장 좋은 가중치를 남겼습니다")
            }
            Warning::StillImproving { epochs } => {
                format!("에폭 {epochs}까지 검증 손실이 계속 줄고 있었습니다. 더 오래 학습하십시오")
            }
            Warning::NeverPredicted { class } => format!("“{class}”은(는) 표본에 있지만 한 번도 예측되지 않았습니다"),
            Warning::FontMissing { text } => format!(
                "PNG 그림에 “{text}”을(를) 그릴 글꼴이 없습니다. SVG 그림과 이 문서는 온전합니다 (fonts-nanum 같은 한글 글꼴을 \
                 설치하십시오)"
            ),
            Warning::PreprocessingGuessed { range, fit } => format!(
                "모델에 사진 전처리 방법이 없어 --range {range} --fit {fit}(으)로 보았습니다. 학습 때와 다르면 답이 틀립니다"
            ),
            Warning::PreprocessingOfNetwork { network } => format!(
                "파일에 사진 전처리 방법이 없어 {network}의 공개된 방법을 썼습니다. 다르게 학습했다면 --range로 알려 주십시오"
            ),
            Warning::LabelsGuessed { count } => format!(
                "모델에 클래스 이름 {count}개가 없어 class_0, class_1 …(으)로 부릅니다. --labels FILE로 이름을 주십시오"
            ),
            Warning::ClassesUnknown { classes, samples, known } => {
                format!("모델이 {classes}을(를) 몰라 표본 {samples}개를 뺐습니다 (아는 클래스: {known})")
            }
            Warning::ClassesMatched { pairs } => format!("표기가 다른 클래스를 같은 것으로 보았습니다: {pairs}"),
            Warning::TrainingUnknown => {
                "모델이 무엇으로 학습했는지 알 수 없습니다. 이 표본으로 학습했다면 수치가 실제보다 높게 나옵니다".into()
            }
            Warning::Note { note, korean } => korean.as_ref().unwrap_or(note).clone(),
        }
    }
}

/// The Korean word for a part of the data; names of the user's own stay as they are.
pub(crate) fn korean_split(split: &str) -> &str {
    match split {
        "training" | "train" => "학습",
        "validation" => "검증",
        "test" => "시험",
        other => other,
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english())
    }
}

/// A warning's derived form, without the text.
struct Facts<'a>(&'a Warning);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Warning::serialize(self.0, serializer)
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            facts: Facts<'a>,
            text: String,
        }
        Told { facts: Facts(self), text: self.english() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Warning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Warning::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_survives_json_and_toml_and_carries_its_sentence() {
        for warning in [
            Warning::RandomSplit,
            Warning::FewSamples { class: "앞차기".into(), count: 1 },
            Warning::WideInterval { low: 0.25, high: 0.75 },
            Warning::Note { note: "own words".into(), korean: None },
            Warning::Note { note: "own words".into(), korean: Some("제 말".into()) },
        ] {
            let json = serde_json::to_value(&warning).unwrap();
            assert_eq!(json["text"], warning.to_string());
            assert_eq!(serde_json::from_value::<Warning>(json).unwrap(), warning);
            let toml = toml::to_string(&warning).unwrap();
            assert_eq!(toml::from_str::<Warning>(&toml).unwrap(), warning);
        }
        assert_eq!(serde_json::to_value(Warning::RandomSplit).unwrap()["code"], "random_split");
    }

    #[test]
    fn korean_differs_from_english() {
        assert_ne!(Warning::RandomSplit.text(Language::Korean), Warning::RandomSplit.text(Language::English));
        assert!(Warning::FewSamples { class: "a".into(), count: 1 }.to_string().contains("1 training sample:"));
    }
}
