//! What a user of an export must know.

use kihap_learn::Language;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Something in which the exported file differs from `kihap predict`, or that its user has to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExportWarning {
    /// Predictions below the threshold are withheld by Kihap; the file gives probabilities only.
    ThresholdOutside {
        /// The threshold, 0 to 1.
        threshold: f64,
    },
    /// The model has not learnt what an empty picture is: where nobody is found, its answer means nothing.
    NobodyOutside,
    /// The landmarks come from an estimator that is not in the file.
    LandmarksOutside {
        /// The estimator's name.
        estimator: String,
    },
    /// A clip's frames are brought to the network's form outside of the file.
    ClipOutside {
        /// Views of a clip whose probabilities are averaged.
        views: usize,
    },
    /// The file gives the answer for one view of a clip; Kihap averages several.
    OneView {
        /// Views that Kihap averages.
        views: usize,
    },
    /// The features of the skeleton are computed outside of the file.
    FeaturesOutside,
    /// The skeleton must be drawn on the picture before it is given to the file.
    DrawingOutside {
        /// "overlay" or "skeleton".
        input: String,
    },
    /// The client takes the centred square; the model has learnt from whole pictures stretched to a square.
    CropsInsteadOfStretching,
    /// The client resizes pictures by the browser's filter.
    BrowserResizes,
    /// The picture network that makes the features is not in the file.
    BackboneOutside {
        /// Its name.
        backbone: String,
    },
    /// Classes get a bias in the last layer, or features are standardised: more weights than Teachable Machine writes.
    MoreWeights,
}

impl ExportWarning {
    /// The warning as a sentence.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Korean => self.korean(),
        }
    }

    /// Code, numbers and sentences in both languages, for JSON.
    pub fn told(&self) -> Json {
        let mut json = serde_json::to_value(self).unwrap_or_default();
        json["text"] = self.text(Language::English).into();
        json["text_ko"] = self.text(Language::Korean).into();
        json
    }

    fn english(&self) -> String {
        match self {
            ExportWarning::ThresholdOutside { threshold } => {
                format!("Kihap withholds predictions below {threshold:.2}; whoever uses the file has to do that")
            }
            ExportWarning::NobodyOutside => {
                "the model has not learnt what it means that nobody is there: ask it only where somebody was found".into()
            }
            ExportWarning::LandmarksOutside { estimator } => {
                format!("the file reads landmarks; they must come from {estimator}, as in training")
            }
            ExportWarning::ClipOutside { views } => format!(
                "the file reads clips that Kihap has brought to its form, in {views} views each; the skeletons of single \
                 frames are not enough"
            ),
            ExportWarning::OneView { views } => format!(
                "Kihap averages {views} views of a clip; this file answers for one at a time, so average the probabilities \
                 over the views"
            ),
            ExportWarning::FeaturesOutside => {
                "the file reads the features of a skeleton, not the landmarks: metadata.json says how they are made".into()
            }
            ExportWarning::DrawingOutside { input } => {
                format!("the file reads pictures that are drawn already (\"{input}\"); the skeleton is not drawn in it")
            }
            ExportWarning::CropsInsteadOfStretching => {
                "the client cuts the centred square out of a picture, but the model has learnt from whole pictures \
                 stretched to a square: give it square pictures"
                    .into()
            }
            ExportWarning::BrowserResizes => {
                "the client resizes pictures by the browser's filter, which differs a little from Kihap's".into()
            }
            ExportWarning::BackboneOutside { backbone } => {
                format!("the file reads the features of {backbone}, which is not in it")
            }
            ExportWarning::MoreWeights => {
                "features are standardised or the last layer has a bias: the file has more weights than one that Teachable \
                 Machine writes, and works the same"
                    .into()
            }
        }
    }

    fn korean(&self) -> String {
        match self {
            ExportWarning::ThresholdOutside { threshold } => {
                format!("기합은 확률이 {threshold:.2}보다 낮으면 판정을 보류합니다. 이 파일을 쓰는 쪽에서 그렇게 해야 합니다")
            }
            ExportWarning::NobodyOutside => {
                "이 모델은 사람이 없는 장면을 배우지 않았습니다. 사람을 찾았을 때만 물어보십시오".into()
            }
            ExportWarning::LandmarksOutside { estimator } => {
                format!("이 파일은 관절 좌표를 받습니다. 학습 때와 같이 {estimator}의 좌표를 주어야 합니다")
            }
            ExportWarning::ClipOutside { views } => format!(
                "이 파일은 기합이 정해진 꼴로 바꾼 동작(하나에 {views}가지 보기)을 받습니다. 낱장의 골격만으로는 부족합니다"
            ),
            ExportWarning::OneView { views } => format!(
                "기합은 한 동작을 {views}가지로 보고 평균합니다. 이 파일은 한 번에 한 가지만 답하므로 확률을 평균하십시오"
            ),
            ExportWarning::FeaturesOutside => {
                "이 파일은 관절 좌표가 아니라 골격의 특징을 받습니다. 만드는 법은 metadata.json에 있습니다".into()
            }
            ExportWarning::DrawingOutside { input } => {
                format!("이 파일은 골격을 이미 그린 사진(“{input}”)을 받습니다. 파일 안에서 그리지 않습니다")
            }
            ExportWarning::CropsInsteadOfStretching => {
                "클라이언트는 사진의 가운데 정사각형을 자르지만 이 모델은 전체를 정사각형으로 늘인 사진을 배웠습니다. \
                 정사각형 사진을 주십시오"
                    .into()
            }
            ExportWarning::BrowserResizes => {
                "클라이언트는 브라우저의 방식으로 크기를 바꾸므로 기합과 조금 다릅니다".into()
            }
            ExportWarning::BackboneOutside { backbone } => {
                format!("이 파일은 {backbone}의 특징을 받으며, 그 신경망은 들어 있지 않습니다")
            }
            ExportWarning::MoreWeights => {
                "특징을 표준화하거나 마지막 층에 편향이 있어 티처블 머신이 쓰는 파일보다 가중치가 많습니다. 동작은 같습니다".into()
            }
        }
    }
}

impl std::fmt::Display for ExportWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}
