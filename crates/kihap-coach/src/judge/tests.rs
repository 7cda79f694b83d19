//! The judge held against bodies whose postures are known.

use glam::Vec3;
use kihap_syllabus::{Handedness, Kind, Limb, Measure, Side, Syllabus, Technique};
use kihap_vision::Pose;

use super::{Judge, JudgeError, Language, Request, Verdict, Verdicts, Withheld, judge};
use crate::camera::Camera;
use crate::chance::Chance;
use crate::kinematics::{Joints, Posture, at};
use crate::measure::testing::average;
use crate::measure::{Facing, NotMeasurable};
use crate::postures::Demand;

/// The pose of a posture whose performer is turned to a heading, by a perfect estimator.
fn seen(posture: &Posture, heading: f64) -> Pose {
    let away = Facing::of_heading_deg(heading).to_performer().transpose();
    let points = Joints::of(&average(), posture).points.map(|point| away * point);
    Camera::towards(960, 720, 800.0, Vec3::new(0.0, 1.0, 4.0), Vec3::new(0.0, 0.9, 0.0)).sees(&points)
}

/// What a technique of a side is shown in: the stance and its leading leg.
fn stance_for<'a>(syllabus: &'a Syllabus, technique: &Technique) -> Option<&'a Technique> {
    let alone = matches!(technique.kind, Kind::Kick | Kind::Ready | Kind::Stance) || technique.id == "knee_strike";
    let stance = if technique.geometry.bounds("trunk_yaw_deg").is_some_and(|b| b.min >= 30.0) {
        "back_stance"
    } else {
        "walking_stance"
    };
    if alone { None } else { syllabus.technique(stance) }
}

fn posture(syllabus: &Syllabus, id: &str, side: Option<Side>, fixed: Option<(&str, f64)>) -> Posture {
    let technique = syllabus.technique(id).unwrap();
    let is_stance = technique.kind == Kind::Stance;
    let demand = Demand {
        technique: Some(technique).filter(|_| !is_stance),
        side: side.filter(|_| !is_stance),
        stance: if is_stance { Some(technique) } else { stance_for(syllabus, technique) },
        lead: side,
    };
    let fixed = fixed.map(|(key, value)| (Measure::from_key(key).unwrap(), value));
    demand.end_with(&mut Chance::new("judge", &[7]), 0.0, fixed)
}

/// The verdicts on a technique of the left limb, with one measure set.
fn verdicts(syllabus: &Syllabus, id: &str, heading: f64, fixed: Option<(&str, f64)>) -> Verdicts {
    let technique = syllabus.technique(id).unwrap();
    let side = (technique.handedness == Handedness::Sided).then_some(Side::Left);
    let pose = seen(&posture(syllabus, id, side, fixed), heading);
    let stance = stance_for(syllabus, technique).map(|stance| stance.id.as_str());
    let request = Request { technique: id, side, stance, lead: side, heading_deg: Some(heading) };
    Judge::new(syllabus).judge(&request, Some(&pose)).unwrap()
}

fn verdict_of(verdicts: &Verdicts, key: &str) -> Verdict {
    let measure = Measure::from_key(key).unwrap();
    verdicts.bounds.iter().find(|bound| bound.measure == measure).unwrap().verdict
}

/// Bounds that the drawn posture of the technique itself does not keep: a drawn hand does not bend, and some geometries ask for more
/// than wrist, elbow and ankle leave open.
const NOT_DRAWN: [(&str, &str); 5] = [
    ("mountain_block", "forearm_tilt_deg"),
    ("diamond_block", "low_arm_forward_deg"),
    ("palm_chin_strike", "hand_tilt_deg"),
    ("side_kick", "shoulder_hip_heel_line_deg"),
    ("hook_kick", "act_hip_abduction_deg"),
];

#[test]
fn who_does_it_right_is_not_blamed() {
    let syllabus = Syllabus::embedded().unwrap();
    let (mut judged, mut within) = (0, 0);
    for technique in syllabus.techniques() {
        for heading in [0.0, 40.0, 320.0, 90.0, 180.0] {
            let verdicts = verdicts(&syllabus, &technique.id, heading, None);
            let known = |measure: Measure| NOT_DRAWN.contains(&(technique.id.as_str(), measure.to_string().as_str()));
            let faults = verdicts.faults.iter().filter(|fault| !known(fault.measure));
            let faults: Vec<_> = faults.map(|fault| fault.text(Language::English)).collect();
            assert!(faults.is_empty(), "{} from {heading}: {faults:?}", technique.id);
            judged += verdicts.judged().count();
            within += verdicts.judged().filter(|bound| bound.verdict == Verdict::Within).count();
        }
    }
    assert!(judged > 2500 && within as f64 > 0.85 * judged as f64, "{within} of {judged}");
}

#[test]
fn a_wrong_number_is_found_where_the_view_shows_it() {
    let syllabus = Syllabus::embedded().unwrap();
    let cases = [
        ("outward_middle_block", "act_elbow_deg", 178.0, 90.0, Verdict::Above),
        ("low_block", "aux_wrist_height", 1.0, 0.0, Verdict::Above),
        ("trunk_punch", "act_wrist_height", 1.45, 90.0, Verdict::Above),
        ("face_block", "act_wrist_height", 0.8, 40.0, Verdict::Below),
        ("front_stance", "rear_knee_deg", 110.0, 90.0, Verdict::Below),
        ("walking_stance", "ankle_distance_sw", 2.4, 90.0, Verdict::Above),
        ("horse_riding_stance", "ankle_distance_sw", 0.5, 0.0, Verdict::Below),
        ("basic_ready_stance", "trunk_lean_deg", 40.0, 90.0, Verdict::Above),
    ];
    for (id, key, value, heading, expected) in cases {
        let found = verdicts(&syllabus, id, heading, Some((key, value)));
        let measure = Measure::from_key(key).unwrap();
        let bound = found.bounds.iter().find(|bound| bound.measure == measure).unwrap();
        assert_eq!(bound.verdict, expected, "{id} {key} {value}: {}", bound.text(Language::English));
        let fault = found.faults.iter().find(|fault| fault.technique == id);
        assert!(fault.is_some_and(|fault| fault.deduction >= 0.1), "{id} {key}: {:?}", found.faults);
    }
}

#[test]
fn a_fault_names_what_it_is_about() {
    let syllabus = Syllabus::embedded().unwrap();
    let found = verdicts(&syllabus, "trunk_punch", 90.0, Some(("act_wrist_height", 1.25)));
    let fault = found.faults.iter().find(|fault| fault.measure.to_string() == "act_wrist_height").unwrap();
    assert_eq!((fault.side, fault.deduction), (Some(Side::Left), 0.1));
    assert_eq!(fault.common_fault.as_deref(), Some("Fist above or below the solar plexus"));
    let english = fault.text(Language::English);
    assert!(
        english.starts_with("Trunk Punch: left wrist height 1.") && english.contains("above 0.50–0.90"),
        "{english}"
    );
    let korean = fault.text(Language::Korean);
    assert!(korean.starts_with("몸통지르기") && korean.contains("왼쪽 손목 높이"), "{korean}");
    let json = serde_json::to_value(&found).unwrap();
    let first = &json["faults"][0];
    assert!(first["value"].is_number() && first["measure"].is_string() && first["min"].is_number(), "{json}");
}

#[test]
fn another_height_is_another_technique() {
    let syllabus = Syllabus::embedded().unwrap();
    let found = verdicts(&syllabus, "low_block", 90.0, Some(("act_wrist_height", 1.6)));
    let fault = found.faults.iter().find(|fault| fault.deduction == 0.3).unwrap();
    assert!(fault.common_fault.as_deref().unwrap().contains("different technique"), "{fault:?}");
}

#[test]
fn another_stance_is_one_gross_fault() {
    let syllabus = Syllabus::embedded().unwrap();
    let pose = seen(&posture(&syllabus, "front_stance", Some(Side::Left), None), 90.0);
    let request = Request { technique: "walking_stance", side: Some(Side::Left), ..Request::default() };
    let verdicts = Judge::new(&syllabus).judge(&request, Some(&pose)).unwrap();
    assert_eq!(verdicts.faults.len(), 1, "{:?}", verdicts.faults);
    let fault = &verdicts.faults[0];
    assert_eq!((fault.deduction, fault.shown_instead.as_deref()), (0.3, Some("front_stance")));
    assert!(fault.common_fault.as_deref().unwrap().contains("front stance is shown"));
}

#[test]
fn what_is_not_seen_gets_no_verdict() {
    let syllabus = Syllabus::embedded().unwrap();
    let low_block = posture(&syllabus, "low_block", Some(Side::Left), None);
    let mut pose = seen(&low_block, 0.0);
    pose.landmarks[at::WRISTS[0]].visibility = 0.1;
    for index in [at::ANKLES[1], at::HEELS[1], at::TOES[1]] {
        pose.landmarks[index].y = 800.0;
    }
    let stance = Some(("walking_stance", Some(Side::Left)));
    let found = judge(&syllabus, "low_block", Some(Side::Left), stance, Some(&pose)).unwrap();
    for bound in &found.bounds {
        let acting = bound.measure.limb == Limb::Acting && bound.measure.to_string().contains("wrist");
        if acting {
            assert_eq!(bound.verdict, Verdict::Withheld);
            assert!(matches!(&bound.withheld, Some(Withheld::Hidden { points }) if points.contains(&at::WRISTS[0])));
        }
        if bound.measure.to_string() == "rear_knee_deg" {
            assert_eq!(bound.withheld, Some(Withheld::OutsidePicture { points: vec![at::ANKLES[1]] }));
        }
    }
    let kick = verdicts(&syllabus, "front_kick", 90.0, None);
    let chamber = kick.bounds.iter().find(|bound| bound.measure.to_string() == "chamber_knee_deg").unwrap();
    assert_eq!(chamber.withheld, Some(Withheld::NotMeasurable { why: NotMeasurable::OneFrame }));
}

#[test]
fn nobody_is_not_judged() {
    let syllabus = Syllabus::embedded().unwrap();
    let nobody = judge(&syllabus, "low_block", None, None, None).unwrap();
    assert!(nobody.judged().next().is_none() && nobody.faults.is_empty() && nobody.deduction == 0.0);
    assert!(nobody.bounds.iter().all(|bound| bound.withheld == Some(Withheld::NobodyFound)));
    let mut flat = seen(&Posture::upright(), 0.0);
    flat.world.clear();
    let flat = judge(&syllabus, "low_block", None, None, Some(&flat)).unwrap();
    assert!(flat.bounds.iter().all(|bound| bound.withheld == Some(Withheld::NoDepth)));
}

#[test]
fn the_side_is_found_where_it_is_not_told() {
    let syllabus = Syllabus::embedded().unwrap();
    for id in ["low_block", "trunk_punch", "face_block", "front_kick", "outward_middle_block"] {
        for side in Side::BOTH {
            let pose = seen(&posture(&syllabus, id, Some(side), None), 30.0);
            let found = judge(&syllabus, id, None, None, Some(&pose)).unwrap();
            assert_eq!(found.side, Some(side), "{id}");
        }
    }
}

#[test]
fn a_kick_in_frames_has_its_chamber_judged() {
    let syllabus = Syllabus::embedded().unwrap();
    let technique = syllabus.technique("front_kick").unwrap();
    let demand = Demand { technique: Some(technique), side: Some(Side::Left), stance: None, lead: None };
    let mut chance = Chance::new("judge", &[3]);
    let end = demand.end_with(&mut chance, 0.0, None);
    let mut frames = vec![Posture::upright()];
    frames.extend(demand.chambers(end, &mut chance));
    frames.push(end);
    frames.push(Posture::upright());
    let frames: Vec<(f64, Pose)> =
        frames.iter().enumerate().map(|(i, posture)| (i as f64 * 0.2, seen(posture, 90.0))).collect();
    let request = Request { technique: "front_kick", side: Some(Side::Left), ..Request::default() };
    let found = Judge::new(&syllabus).judge_run(&request, &frames).unwrap();
    assert_eq!(verdict_of(&found, "chamber_knee_deg"), Verdict::Within);
    assert_eq!(verdict_of(&found, "act_ankle_height"), Verdict::Within);
    assert!(found.faults.is_empty(), "{:?}", found.faults);
    // Without its chamber the kick is a swing of the straight leg.
    let straight = [frames[0].clone(), frames[2].clone(), frames[2].clone()];
    let swing = Judge::new(&syllabus).judge_run(&request, &straight).unwrap();
    assert_ne!(verdict_of(&swing, "chamber_knee_deg"), Verdict::Within);
}

#[test]
fn questions_that_make_no_sense_are_named() {
    let syllabus = Syllabus::embedded().unwrap();
    let ask =
        |technique: &str, side, stance: Option<(&str, Option<Side>)>| judge(&syllabus, technique, side, stance, None);
    assert!(matches!(ask("low_blok", None, None), Err(JudgeError::UnknownTechnique { .. })));
    assert!(matches!(ask("low_block", None, Some(("low_block", None))), Err(JudgeError::NoStance { .. })));
    assert!(matches!(ask("basic_ready_stance", Some(Side::Left), None), Err(JudgeError::NoSides { .. })));
}

/// Once a skeleton whose legs the estimator had taken for each other got a fault for every foot measure of the stance.
#[test]
fn exchanged_limbs_get_no_verdict() {
    let syllabus = Syllabus::embedded().unwrap();
    let request = Request {
        technique: "face_block",
        side: Some(Side::Left),
        stance: Some("front_stance"),
        lead: Some(Side::Left),
        heading_deg: Some(60.0),
    };
    let demand = Demand {
        technique: syllabus.technique("face_block"),
        side: request.side,
        stance: syllabus.technique("front_stance"),
        lead: request.lead,
    };
    let posture = demand.end_with(&mut Chance::new("judge", &[7]), 0.0, None);
    let right = seen(&posture, 60.0);
    let exchanged = |from: usize| {
        let mut pose = right.clone();
        for index in (from..33).step_by(2).filter(|index| from > 20 || *index < 23) {
            pose.landmarks.swap(index, index + 1);
            pose.world.swap(index, index + 1);
        }
        pose
    };
    let judge = Judge::new(&syllabus);
    let withheld = |pose: &Pose| -> Vec<String> {
        let verdicts = judge.judge(&request, Some(pose)).unwrap();
        assert_eq!(verdicts.faults, []);
        let bounds = verdicts.bounds.iter().filter(|bound| bound.withheld == Some(Withheld::SidesExchanged));
        bounds.map(|bound| bound.measure.to_string()).collect()
    };
    assert_eq!(withheld(&right), [""; 0]);
    let legs = withheld(&exchanged(at::KNEES[0]));
    assert!(
        legs.contains(&"ankle_distance_sw".to_owned()) && !legs.contains(&"act_wrist_height".to_owned()),
        "{legs:?}"
    );
    let arms = withheld(&exchanged(at::ELBOWS[0]));
    assert!(
        arms.contains(&"act_wrist_height".to_owned()) && !arms.contains(&"ankle_distance_sw".to_owned()),
        "{arms:?}"
    );
}
