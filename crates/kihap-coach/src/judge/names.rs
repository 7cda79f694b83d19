//! What quantities, sides and points are called.

use kihap_syllabus::{Limb, Measure, Quantity, Side, Unit};
use kihap_vision::Skeleton;

use super::Language;

/// What a measure is called; `side` is the limb it was taken of.
pub fn measure_name(measure: Measure, side: Option<Side>, language: Language) -> String {
    let name = quantity_name(measure.quantity, language);
    let limb = match (measure.limb, side, language) {
        (_, Some(side), Language::English) => format!("{} ", side.id()),
        (_, Some(side), Language::Korean) => format!("{}쪽 ", side.korean()),
        (Limb::Other, None, Language::English) => "other ".to_owned(),
        (Limb::Other, None, Language::Korean) => "반대쪽 ".to_owned(),
        _ => String::new(),
    };
    format!("{limb}{name}")
}

/// What a quantity is called.
pub fn quantity_name(quantity: Quantity, language: Language) -> &'static str {
    use Quantity as Q;
    let (english, korean) = match quantity {
        Q::TrunkLeanDeg => ("lean of the trunk", "몸통 기울기"),
        Q::TrunkYawDeg => ("turn of the shoulders", "어깨 비틀림"),
        Q::ElbowDeg => ("elbow angle", "팔꿈치 각도"),
        Q::ShoulderFlexionDeg => ("upper arm forward", "위팔 앞으로 든 각도"),
        Q::ShoulderAbductionDeg => ("upper arm to the side", "위팔 옆으로 벌린 각도"),
        Q::WristHeight => ("wrist height", "손목 높이"),
        Q::WristLateral => ("wrist sideways", "손목 좌우 위치"),
        Q::ElbowHeight => ("elbow height", "팔꿈치 높이"),
        Q::FingertipHeight => ("finger tip height", "손끝 높이"),
        Q::WristGapSw => ("distance between the wrists", "두 손목 사이 거리"),
        Q::OpenHand => ("open hand", "손날(편 손)"),
        Q::GapHandblades => ("distance of the hand from the body", "손과 몸 사이 거리"),
        Q::HandTiltDeg => ("tilt of the hand", "손목 꺾임"),
        Q::ForearmTiltDeg => ("tilt of the forearm", "아래팔 기울기"),
        Q::LowArmForwardDeg => ("low arm forward", "아래 팔의 앞쪽 각도"),
        Q::FistAboveElbow => ("fist over the elbow", "팔꿈치 위 주먹 높이"),
        Q::FistAboveThighFists => ("fist over the thigh", "허벅지 위 주먹 거리"),
        Q::HandAboveThighFists => ("hand over the thigh", "허벅지 위 손 거리"),
        Q::FistGapFists => ("distance between the fists", "두 주먹 사이 거리"),
        Q::FistToBellyFists => ("distance of the fists from the belly", "주먹과 배 사이 거리"),
        Q::FistToLegFists => ("distance of the fist from the leg", "주먹과 다리 사이 거리"),
        Q::GapToTrunkFists => ("distance of the forearm from the trunk", "아래팔과 몸통 사이 거리"),
        Q::WristToForeheadFists => ("distance of the wrist from the forehead", "손목과 이마 사이 거리"),
        Q::Symmetry => ("likeness of both arms", "두 팔의 대칭"),
        Q::KneeDeg => ("knee angle", "무릎 각도"),
        Q::KneeLDeg => ("left knee angle", "왼 무릎 각도"),
        Q::KneeRDeg => ("right knee angle", "오른 무릎 각도"),
        Q::FrontKneeDeg => ("front knee angle", "앞무릎 각도"),
        Q::RearKneeDeg => ("rear knee angle", "뒷무릎 각도"),
        Q::SupportKneeDeg => ("supporting knee angle", "지지하는 무릎 각도"),
        Q::LiftedKneeDeg => ("lifted knee angle", "든 무릎 각도"),
        Q::ChamberKneeDeg => ("knee angle when folded", "접은 무릎 각도"),
        Q::HipFlexionDeg => ("thigh forward", "허벅지 앞으로 든 각도"),
        Q::HipAbductionDeg => ("thigh to the side", "허벅지 옆으로 든 각도"),
        Q::AnkleHeight => ("ankle height", "발목 높이"),
        Q::FirstAnkleHeight => ("ankle height in the first kick", "첫 번째 차기의 발목 높이"),
        Q::SecondAnkleHeight => ("ankle height in the second kick", "두 번째 차기의 발목 높이"),
        Q::PeakAnkleHeight => ("greatest ankle height", "발목의 최고 높이"),
        Q::LiftedAnkleHeightKnee => ("lifted ankle against the other knee", "든 발목과 반대 무릎의 높이"),
        Q::AnkleDistanceSw => ("distance between the ankles", "두 발목 사이 거리"),
        Q::AnklePlantarToesBack => ("instep stretched, toes back", "발등 펴고 발가락 젖힘"),
        Q::FootGapFeet => ("floor between the feet", "두 발 사이 간격"),
        Q::ToeHeelGapFeet => ("floor between rear toe and front heel", "뒷발끝과 앞발뒤꿈치 사이 간격"),
        Q::ToeToToeFeet => ("distance between the toes", "두 발끝 사이 거리"),
        Q::OverallLengthFeet => ("length of the stance", "서기 전체 길이"),
        Q::WidthFists => ("width of the stance", "서기의 너비"),
        Q::FootOutDeg => ("foot turned out", "발끝 벌림 각도"),
        Q::FrontFootOutDeg => ("front foot turned out", "앞발끝 벌림 각도"),
        Q::RearFootOutDeg => ("rear foot turned out", "뒷발끝 벌림 각도"),
        Q::FeetAngleDeg => ("angle between the feet", "두 발 사이 각도"),
        Q::SupportFootTurnDeg => ("turn of the supporting foot", "지지발 돌린 각도"),
        Q::FrontHeelRaised => ("front heel raised", "앞발뒤꿈치 들림"),
        Q::RearHeelRaised => ("rear heel raised", "뒷발뒤꿈치 들림"),
        Q::FrontShinTiltDeg => ("tilt of the front shin", "앞정강이 기울기"),
        Q::KneePastToe => ("front knee past the toes", "앞무릎이 발끝을 지난 정도"),
        Q::WeightFront => ("weight in front", "앞발 체중 비율"),
        Q::KickPlaneYawDeg => ("direction of the kick", "차기 방향"),
        Q::BodyTurnDeg => ("turn of the body", "몸 돌린 각도"),
        Q::ShoulderHipHeelLineDeg => ("line shoulder, hip, heel", "어깨·골반·뒤꿈치 선"),
        Q::FootToPalmSw => ("distance of foot and palm", "발과 손바닥 사이 거리"),
        Q::Airborne => ("both feet off the floor", "두 발 떠 있음"),
        Q::KicksInAir => ("kicks in the air", "공중 차기 횟수"),
        Q::HoldS => ("how long it is held", "유지 시간"),
    };
    language.of(english, korean)
}

/// What a unit is called after a number, with a space before it where it needs one.
pub fn unit_name(unit: Unit, language: Language) -> &'static str {
    let (english, korean) = match unit {
        Unit::Degrees => ("°", "°"),
        Unit::Trunks => (" trunk lengths over the hips", " 몸통 길이(골반 위)"),
        Unit::HalfShoulders => (" half shoulder widths", " 반어깨너비"),
        Unit::ShoulderWidths => (" shoulder widths", " 어깨너비"),
        Unit::Feet => (" foot lengths", " 발 길이"),
        Unit::Fists => (" fists", " 주먹"),
        Unit::HandBlades => (" hand blades", " 손날 너비"),
        Unit::Knees => (" knee heights", " 무릎 높이"),
        Unit::Share | Unit::Flag => ("", ""),
        Unit::Count => (" times", "회"),
        Unit::Seconds => (" s", "초"),
    };
    language.of(english, korean)
}

/// A number as people read it: whole degrees, else two places.
pub(super) fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Degrees | Unit::Count => format!("{value:.0}"),
        Unit::Seconds => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// What one of BlazePose's 33 points is called.
pub fn point_name(index: usize, language: Language) -> String {
    let name = Skeleton::Blazepose33.names().get(index).copied().unwrap_or("?");
    if language == Language::English {
        return name.replace('_', " ");
    }
    let side = if name.contains("left") {
        "왼 "
    } else if name.contains("right") {
        "오른 "
    } else {
        ""
    };
    const PARTS: [(&str, &str); 14] = [
        ("foot_index", "발끝"),
        ("shoulder", "어깨"),
        ("elbow", "팔꿈치"),
        ("wrist", "손목"),
        ("pinky", "새끼손가락"),
        ("thumb", "엄지"),
        ("index", "집게손가락"),
        ("hip", "골반"),
        ("knee", "무릎"),
        ("ankle", "발목"),
        ("heel", "뒤꿈치"),
        ("mouth", "입"),
        ("eye", "눈"),
        ("ear", "귀"),
    ];
    let part = PARTS.iter().find(|(english, _)| name.contains(english)).map_or("코", |(_, korean)| *korean);
    format!("{side}{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_has_its_own_name_in_both_languages() {
        for language in [Language::English, Language::Korean] {
            let mut names: Vec<_> = Quantity::ALL.iter().map(|quantity| quantity_name(*quantity, language)).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), Quantity::ALL.len());
        }
    }

    #[test]
    fn points_are_named() {
        assert_eq!(point_name(15, Language::English), "left wrist");
        assert_eq!(point_name(32, Language::Korean), "오른 발끝");
        assert_eq!(point_name(19, Language::Korean), "왼 집게손가락");
        assert_eq!(point_name(0, Language::Korean), "코");
    }
}
