//! Why there is no verdict.

use serde::Serialize;

use super::Language;
use super::names::point_name;
use crate::measure::NotMeasurable;

/// Why a bound was not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Withheld {
    /// Nobody was found in the picture.
    NobodyFound,
    /// The estimator gives no places in space, which judging needs.
    NoDepth,
    /// Points are hidden by the body or by something else.
    Hidden {
        /// Their indices among BlazePose's 33.
        points: Vec<usize>,
    },
    /// Points lie outside the picture.
    OutsidePicture {
        /// Their indices among BlazePose's 33.
        points: Vec<usize>,
    },
    /// Limbs point at the camera or away from it, so that their place is a guess.
    Foreshortened {
        /// Indices of the points it hangs on most.
        points: Vec<usize>,
    },
    /// This view does not show it: it lies along the view as a whole, or which way the performer faces is not sure enough.
    ViewUnsuitable,
    /// The skeleton's left and right limbs contradict the side asked for as a whole: the estimator took them for each other, or it was done
    /// with the other limb.
    SidesExchanged,
    /// The points are too unsure to tell the band from what is beside it.
    TooUnsure,
    /// It cannot be measured in what there is.
    NotMeasurable {
        /// Why.
        why: NotMeasurable,
    },
}

impl Withheld {
    /// In a sentence.
    pub fn text(&self, language: Language) -> String {
        let points = |points: &[usize]| {
            let names: Vec<_> = points.iter().map(|index| point_name(*index, language)).collect();
            names.join(", ")
        };
        match (self, language) {
            (Self::NobodyFound, Language::English) => "nobody was found in the picture".to_owned(),
            (Self::NobodyFound, Language::Korean) => "사진에서 사람을 찾지 못했습니다".to_owned(),
            (Self::NoDepth, Language::English) => {
                "this estimator gives no places in space; use a BlazePose estimator".to_owned()
            }
            (Self::NoDepth, Language::Korean) => {
                "이 추정기는 공간 좌표를 주지 않습니다. BlazePose 추정기를 쓰십시오".to_owned()
            }
            (Self::Hidden { points: p }, Language::English) => format!("hidden: {}", points(p)),
            (Self::Hidden { points: p }, Language::Korean) => format!("가려져 있습니다: {}", points(p)),
            (Self::OutsidePicture { points: p }, Language::English) => format!("outside the picture: {}", points(p)),
            (Self::OutsidePicture { points: p }, Language::Korean) => format!("화면 밖에 있습니다: {}", points(p)),
            (Self::Foreshortened { points: p }, Language::English) => {
                format!("seen along its length, so that its depth is a guess: {}", points(p))
            }
            (Self::Foreshortened { points: p }, Language::Korean) => {
                format!("카메라 방향으로 뻗어 있어 깊이를 알 수 없습니다: {}", points(p))
            }
            (Self::ViewUnsuitable, Language::English) => "this view does not show it".to_owned(),
            (Self::ViewUnsuitable, Language::Korean) => "이 방향에서는 보이지 않습니다".to_owned(),
            (Self::SidesExchanged, Language::English) => {
                "left and right seem to be exchanged in the skeleton, or the other limb did it".to_owned()
            }
            (Self::SidesExchanged, Language::Korean) => {
                "골격의 왼쪽과 오른쪽이 뒤바뀌었거나 반대쪽으로 한 것으로 보입니다".to_owned()
            }
            (Self::TooUnsure, Language::English) => {
                "the skeleton is too unsure here to tell right from wrong".to_owned()
            }
            (Self::TooUnsure, Language::Korean) => "관절 위치가 불확실해 옳고 그름을 가릴 수 없습니다".to_owned(),
            (Self::NotMeasurable { why }, Language::English) => why.to_string(),
            (Self::NotMeasurable { why }, Language::Korean) => korean(*why).to_owned(),
        }
    }
}

fn korean(why: NotMeasurable) -> &'static str {
    match why {
        NotMeasurable::OneFrame => "한 장면으로는 알 수 없습니다. 앞선 장면이 필요합니다",
        NotMeasurable::NoActingLimb => "어느 쪽 손발의 동작인지 알 수 없습니다",
        NotMeasurable::NoLeadingLeg => "어느 발이 앞인지 알 수 없습니다",
        NotMeasurable::NoSuchPoint => "골격의 어느 점도 이것을 보여 주지 않습니다",
        NotMeasurable::NoFloor => "바닥의 높이를 알 수 없습니다",
        NotMeasurable::Degenerate => "점들이 겹쳐 있어 잴 수 없습니다",
        NotMeasurable::DoesNotHappen => "주어진 장면 안에서 일어나지 않았습니다",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_name_the_points_in_both_languages() {
        let hidden = Withheld::Hidden { points: vec![13, 15] };
        assert_eq!(hidden.text(Language::English), "hidden: left elbow, left wrist");
        assert_eq!(hidden.text(Language::Korean), "가려져 있습니다: 왼 팔꿈치, 왼 손목");
        let json = serde_json::to_string(&Withheld::NotMeasurable { why: NotMeasurable::OneFrame }).unwrap();
        assert_eq!(json, r#"{"reason":"not_measurable","why":"one_frame"}"#);
    }
}
