//! Which of the syllabus's usual mistakes a value out of its band is.
//!
//! The syllabus tells mistakes in sentences; the words that a measure out of its band to one side goes by are listed here. A sentence
//! is taken only where one of them is in it.

use kihap_syllabus::{CommonFault, Limb, Measure, Quantity, Quantity as Q, Technique};

/// To which side of its band a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Below,
    Above,
}

/// `None`: to either side.
type Row = (Limb, Quantity, Option<Way>, &'static [&'static str]);

const BELOW: Option<Way> = Some(Way::Below);
const ABOVE: Option<Way> = Some(Way::Above);

const ROWS: &[Row] = &[
    (Limb::Other, Q::WristHeight, None, &["Resting fist leaves"]),
    (Limb::Other, Q::WristLateral, None, &["Resting fist leaves", "resting arm pulled"]),
    (Limb::Other, Q::ElbowDeg, None, &["Resting fist leaves"]),
    (Limb::Other, Q::GapHandblades, None, &["Support hand touches or is far"]),
    (
        Limb::Acting,
        Q::WristHeight,
        None,
        &[
            "too high or too low",
            "(fist above shoulder) or too low",
            "above or below",
            "Fist not at",
            "Hand not at",
            "fist not at",
            "off the solar plexus",
            "Upper wrist not at",
            "too low or too high",
        ],
    ),
    (
        Limb::Acting,
        Q::WristHeight,
        ABOVE,
        &["too high", "above the shoulder", "stops at head height", "Upper fist above", "above the head"],
    ),
    (Limb::Acting, Q::WristHeight, BELOW, &["falls below the shoulder"]),
    (Limb::Both, Q::WristHeight, None, &["above the head or below the chin"]),
    (Limb::Both, Q::WristHeight, ABOVE, &["above the shoulders"]),
    (Limb::Both, Q::WristLateral, ABOVE, &["wider than the shoulders"]),
    (Limb::Both, Q::FingertipHeight, ABOVE, &["ips above the shoulder", "above the shoulder"]),
    (Limb::Acting, Q::ElbowDeg, BELOW, &["Elbow left bent", "Elbow bent", "Arm bent"]),
    (Limb::Both, Q::ElbowDeg, BELOW, &["Arms bent"]),
    (Limb::Both, Q::ElbowDeg, ABOVE, &["straighter than"]),
    (Limb::Both, Q::ElbowDeg, None, &["Elbow angle outside"]),
    (
        Limb::Acting,
        Q::WristLateral,
        None,
        &["centre line", "outside or across", "off the shoulder line", "off the centre line"],
    ),
    (
        Limb::Acting,
        Q::WristLateral,
        ABOVE,
        &["outside the body line", "outside the leg line", "outside the shoulder line"],
    ),
    (
        Limb::Acting,
        Q::ShoulderAbductionDeg,
        ABOVE,
        &["flared", "Elbow raised", "Elbow lifted", "swings outward", "points outward", "Armpit open"],
    ),
    (Limb::Both, Q::ShoulderAbductionDeg, BELOW, &["Elbows dropped"]),
    (Limb::Acting, Q::ElbowHeight, None, &["Elbow not level", "Not at solar-plexus height"]),
    (Limb::Both, Q::WristToForeheadFists, None, &["far from the forehead"]),
    (Limb::Both, Q::FistAboveElbow, BELOW, &["elbow above the fist"]),
    (Limb::Both, Q::FistAboveThighFists, None, &["over the thigh"]),
    (Limb::Both, Q::HandAboveThighFists, None, &["from the thigh"]),
    (Limb::Both, Q::FistGapFists, None, &["more than about a fist apart"]),
    (Limb::Both, Q::FistToBellyFists, None, &["touching the belly"]),
    (Limb::Both, Q::GapToTrunkFists, None, &["touching or far from the body"]),
    (Limb::Both, Q::ForearmTiltDeg, None, &["Forearm not level"]),
    (Limb::Both, Q::Symmetry, BELOW, &["uneven"]),
    (Limb::Both, Q::TrunkLeanDeg, ABOVE, &["Trunk leans", "Body folds", "body sways", "Trunk swerves"]),
    (Limb::Both, Q::TrunkYawDeg, ABOVE, &["Shoulder thrown"]),
    (Limb::Both, Q::FrontKneeDeg, BELOW, &["Knees bent"]),
    (Limb::Both, Q::FrontKneeDeg, ABOVE, &["too straight", "Too tall"]),
    (Limb::Both, Q::RearKneeDeg, BELOW, &["Rear knee bent", "Knees bent"]),
    (Limb::Both, Q::RearKneeDeg, ABOVE, &["rear knee too straight", "Too tall"]),
    (Limb::Both, Q::KneeLDeg, BELOW, &["Knees bent"]),
    (Limb::Both, Q::KneeRDeg, BELOW, &["Knees bent"]),
    (Limb::Both, Q::KneeLDeg, ABOVE, &["Too high", "Too tall"]),
    (Limb::Both, Q::KneeRDeg, ABOVE, &["Too high", "Too tall"]),
    (Limb::Both, Q::KneePastToe, ABOVE, &["past the toes"]),
    (Limb::Both, Q::ToeHeelGapFeet, None, &["too long", "too short"]),
    (Limb::Both, Q::OverallLengthFeet, None, &["too long", "too short"]),
    (Limb::Both, Q::AnkleDistanceSw, None, &["too long", "too short", "wider or narrower", "gap clearly off"]),
    (Limb::Both, Q::AnkleDistanceSw, ABOVE, &["Feet apart", "not together", "too far apart"]),
    (Limb::Both, Q::ToeToToeFeet, ABOVE, &["too far apart"]),
    (Limb::Both, Q::FootGapFeet, None, &["wider or narrower", "gap clearly off"]),
    (Limb::Both, Q::WidthFists, ABOVE, &["set wide apart", "too wide", "heels off one line", "too far apart"]),
    (Limb::Both, Q::RearFootOutDeg, ABOVE, &["Rear foot turned out", "Rear foot opened"]),
    (Limb::Both, Q::RearFootOutDeg, None, &["right angle"]),
    (Limb::Both, Q::FeetAngleDeg, None, &["right angle"]),
    (Limb::Both, Q::FeetAngleDeg, BELOW, &["short of 90"]),
    (Limb::Both, Q::FootOutDeg, ABOVE, &["Toes turned outward"]),
    (Limb::Both, Q::FrontHeelRaised, BELOW, &["Front heel on the floor"]),
    (Limb::Both, Q::WeightFront, ABOVE, &["Weight drifts forward", "Weight shared"]),
    (Limb::Both, Q::SupportKneeDeg, ABOVE, &["Support leg straightens"]),
    (Limb::Acting, Q::AnkleHeight, BELOW, &["Kick below", "Below the named target"]),
    (Limb::Both, Q::ChamberKneeDeg, ABOVE, &["No chamber"]),
    (Limb::Acting, Q::KneeDeg, ABOVE, &["not fully folded"]),
    (Limb::Acting, Q::HipAbductionDeg, BELOW, &["Hip not turned over"]),
    (Limb::Both, Q::ShoulderHipHeelLineDeg, BELOW, &["Body folds"]),
    (Limb::Both, Q::Airborne, BELOW, &["not clear of the floor"]),
    (Limb::Both, Q::KicksInAir, BELOW, &["Only one kick"]),
    (Limb::Both, Q::FirstAnkleHeight, ABOVE, &["First kick not low"]),
    (Limb::Both, Q::SecondAnkleHeight, BELOW, &["second not high"]),
];

/// The usual mistake of the technique that a measure out of its band is.
pub(super) fn matching(technique: &Technique, measure: Measure, way: Way) -> Option<&CommonFault> {
    ROWS.iter()
        .filter(|(limb, quantity, side, _)| {
            *limb == measure.limb && *quantity == measure.quantity && side.is_none_or(|side| side == way)
        })
        .find_map(|(_, _, _, words)| {
            technique.common_faults.iter().find(|fault| words.iter().any(|word| fault.fault.contains(word)))
        })
}

/// The usual mistake of showing another technique or stance.
pub(super) fn another_shown(technique: &Technique) -> Option<&CommonFault> {
    technique.common_faults.iter().find(|fault| fault.deduction > 0.2 && fault.fault.contains("shown"))
}

#[cfg(test)]
mod tests {
    use kihap_syllabus::Syllabus;

    use super::*;

    fn fault(id: &str, key: &str, way: Way) -> Option<String> {
        let syllabus = Syllabus::embedded().unwrap();
        let technique = syllabus.technique(id).unwrap();
        matching(technique, Measure::from_key(key).unwrap(), way).map(|fault| fault.fault.clone())
    }

    #[test]
    fn sentences_that_fit() {
        assert_eq!(fault("low_block", "act_elbow_deg", Way::Below).as_deref(), Some("Elbow left bent"));
        assert_eq!(fault("low_block", "act_elbow_deg", Way::Above), None);
        assert_eq!(fault("front_stance", "rear_knee_deg", Way::Below).as_deref(), Some("Rear knee bent"));
        assert_eq!(
            fault("front_stance", "knee_past_toe", Way::Above).as_deref(),
            Some("Front knee too straight or pushed past the toes")
        );
        assert!(fault("low_block", "aux_wrist_height", Way::Above).unwrap().starts_with("Resting fist"));
        assert_eq!(fault("walking_stance", "width_fists", Way::Below), None);
        assert_eq!(fault("front_kick", "act_ankle_height", Way::Below).as_deref(), Some("Kick below belt height"));
    }

    #[test]
    fn every_row_fits_some_technique_so_that_none_is_dead() {
        let syllabus = Syllabus::embedded().unwrap();
        for (limb, quantity, way, words) in ROWS {
            let measure = Measure { limb: *limb, quantity: *quantity };
            let used = syllabus.techniques().iter().any(|technique| {
                technique.geometry.measures.contains_key(&measure)
                    && technique.common_faults.iter().any(|fault| words.iter().any(|word| fault.fault.contains(word)))
            });
            assert!(used, "{measure} {way:?} {words:?}");
        }
    }
}
