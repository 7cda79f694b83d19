//! Single performances, and what the sheet and the live events say of them.

use serde_json::Value;

use super::synthetic::{self, Act, Filming, Studio, label};
use super::{Dojang, faults_of};
use crate::chance::Chance;
use crate::reading::Reading;
use crate::track::{
    EvidenceKind, Options, OriginalEvent, OriginalMode, Sheet, StartedBy, StepFault, TrackEvent, Tracker, Withheld,
};

const SEED: u64 = 11;

pub(super) fn film(dojang: &Dojang, form: &str, filming: &Filming, change: impl Fn(&mut Vec<Act>)) -> Vec<Reading> {
    let mut acts = synthetic::acts(&dojang.plan(form));
    change(&mut acts);
    Studio::new(&dojang.syllabus, &dojang.vocabulary).film(&acts, filming, SEED).0
}

fn whole(dojang: &Dojang, form: &str) -> Vec<Reading> {
    film(dojang, form, &Filming::default(), |_| ())
}

#[test]
fn live_events_follow_the_performance() {
    let dojang = Dojang::new();
    let form = dojang.syllabus.form("taegeuk_1").unwrap();
    let mut tracker = Tracker::new(&dojang.syllabus, form, None, Options::default()).unwrap();
    let events: Vec<TrackEvent> =
        whole(&dojang, "taegeuk_1").iter().flat_map(|reading| tracker.push(reading)).collect();
    assert!(matches!(events[0], TrackEvent::Started { by: StartedBy::ReadyStance, .. }), "{:?}", events[0]);
    let found: Vec<u32> =
        events.iter().filter_map(|e| if let TrackEvent::Found { step, .. } = e { Some(*step) } else { None }).collect();
    assert_eq!(found, (1..=18).collect::<Vec<_>>());
    assert!(events.iter().any(|event| matches!(event, TrackEvent::Waiting { step: Some(2), .. })));
    assert!(matches!(events.last(), Some(TrackEvent::Finished { .. })));
    let noise = |e: &&TrackEvent| {
        matches!(
            e,
            TrackEvent::Skipped { .. }
                | TrackEvent::Wrong { .. }
                | TrackEvent::Repeated { .. }
                | TrackEvent::Added { .. }
        )
    };
    assert_eq!(events.iter().filter(noise).count(), 0, "{events:?}");
}

/// The limbs set out at 1.35 trunk lengths a second, and for so many seconds, while the readings still show the posture before.
fn set_out(readings: &mut [Reading], at: f64, for_s: f64) {
    for reading in readings.iter_mut().filter(|reading| reading.seconds > at) {
        let since = (reading.seconds - at).min(for_s) as f32;
        let pose = reading.pose.as_mut().unwrap();
        for name in ["left_wrist", "right_wrist", "left_elbow", "right_elbow"] {
            let index = pose.skeleton.index_of(name).unwrap();
            pose.landmarks[index].y -= 135.0 * since;
        }
    }
}

#[test]
fn the_first_step_began_before_the_performance() {
    let dojang = Dojang::new();
    let mut readings = whole(&dojang, "taegeuk_1");
    let started = |readings: &[Reading]| {
        let sheet = dojang.track("taegeuk_1", readings, Options::default());
        (sheet.started.unwrap().seconds, sheet.steps[0].start.unwrap())
    };
    let (usual, _) = started(&readings);
    set_out(&mut readings, usual - 0.4, 0.4);
    let (performance, step) = started(&readings);
    assert!(performance <= step, "{performance} s, the step {step} s");
    assert!((performance - (usual - 0.4)).abs() < 0.2, "{performance} s instead of {usual} s less 0.4");
}

#[test]
fn a_step_begins_with_the_slow_start_of_its_movement() {
    const SLOW_S: f64 = 0.4;
    let dojang = Dojang::new();
    let acts = synthetic::acts(&dojang.plan("taegeuk_1"));
    let studio = Studio::new(&dojang.syllabus, &dojang.vocabulary);
    let (mut readings, truths) = studio.film(&acts, &Filming::default(), SEED);
    let longest = truths[..10].iter().max_by(|a, b| (a.to - a.from).total_cmp(&(b.to - b.from))).unwrap();
    set_out(&mut readings, longest.to - SLOW_S, SLOW_S);
    let sheet = dojang.track("taegeuk_1", &readings, Options::default());
    let next = sheet.steps.iter().find(|step| step.number == longest.step + 1).unwrap();
    let late = next.start.unwrap() - (longest.to - SLOW_S);
    assert!(late.abs() < 0.15, "{late} s late; held from {} to {}", longest.from, longest.to);
    for pair in sheet.steps.windows(2) {
        assert!(pair[0].end <= pair[1].start, "step {} runs into the next one", pair[0].number);
    }
}

#[test]
fn live_events_notice_a_step_left_out_and_one_done_again() {
    let dojang = Dojang::new();
    let form = dojang.syllabus.form("taegeuk_2").unwrap();
    let readings = film(&dojang, "taegeuk_2", &Filming::default(), |acts| {
        acts.retain(|act| act.step != Some(4));
        let at = acts.iter().position(|act| act.step == Some(12)).unwrap();
        let again = acts[at].clone();
        acts.insert(at + 1, again);
    });
    let mut tracker = Tracker::new(&dojang.syllabus, form, None, Options::default()).unwrap();
    let events: Vec<TrackEvent> = readings.iter().flat_map(|reading| tracker.push(reading)).collect();
    assert!(events.iter().any(|event| matches!(event, TrackEvent::Skipped { step: 4, .. })), "{events:?}");
    assert!(events.iter().any(|event| matches!(event, TrackEvent::Repeated { step: 12, .. })), "{events:?}");
}

#[test]
fn a_good_performance_keeps_its_points_and_says_what_was_not_judged() {
    let dojang = Dojang::new();
    let sheet = dojang.track("taegeuk_1", &whole(&dojang, "taegeuk_1"), Options::default());
    assert_eq!((sheet.found(), sheet.accuracy_score, sheet.kihap_steps.as_slice()), (18, Some(4.0), &[18][..]));
    assert!(sheet.deductions.is_empty(), "{:?}", sheet.deductions);
    assert!(sheet.withheld.contains(&Withheld::Kihap { steps: vec![18] }));
    assert!(sheet.withheld.contains(&Withheld::Presentation));
    let order: Vec<f64> = sheet.steps.iter().map(|step| step.start.unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
    for step in &sheet.steps {
        assert!(step.start < step.reached && step.reached <= step.end, "{step:?}");
        assert!(step.frame.is_some() && step.techniques.iter().all(|done| done.found == done.frame.is_some()));
    }
}

#[test]
fn the_sheet_has_the_names_of_the_contract() {
    let dojang = Dojang::new();
    let sheet = dojang.track("taegeuk_1", &whole(&dojang, "taegeuk_1"), Options::default());
    let json: Value = serde_json::to_value(&sheet).unwrap();
    assert_eq!((json["form"].as_str(), json["steps"][0]["number"].as_u64()), (Some("taegeuk_1"), Some(1)));
    let step = &json["steps"][13];
    assert_eq!(
        (step["technique"].as_str(), step["techniques"][1]["id"].as_str()),
        (Some("front_kick"), Some("trunk_punch"))
    );
    assert!(step["found"].as_bool().unwrap() && step["start"].is_f64() && step["end"].is_f64());
    assert!(step["probability"].as_f64().unwrap() > 0.5 && step["faults"].is_array());
    assert!(json["accuracy_score"].is_f64() && json["withheld"].is_array() && json["mirrored"].is_boolean());
    assert_eq!(step["evidence"]["kind"], "seen");
}

#[test]
fn what_was_filmed_too_late_or_too_short_is_withheld_and_costs_nothing() {
    let dojang = Dojang::new();
    let readings = film(&dojang, "taegeuk_3", &Filming::default(), |acts| {
        acts.retain(|act| act.step.is_some_and(|step| (6..=14).contains(&step)));
    });
    let sheet = dojang.track("taegeuk_3", &readings, Options::default());
    let found: Vec<u32> = sheet.steps.iter().filter(|step| step.found).map(|step| step.number).collect();
    assert_eq!(found, (6..=14).collect::<Vec<_>>());
    assert_eq!(sheet.started.unwrap().by, StartedBy::FirstStep);
    assert_eq!((sheet.accuracy_score, faults_of(&sheet)), (Some(4.0), vec![]));
    assert!(sheet.withheld.contains(&Withheld::BeforeRecording { steps: (1..=5).collect() }));
    assert!(sheet.withheld.contains(&Withheld::AfterRecording { steps: (15..=20).collect() }));
}

#[test]
fn a_section_and_a_first_step_are_followed_alone() {
    let dojang = Dojang::new();
    let form = dojang.syllabus.form("taegeuk_4").unwrap();
    let readings = film(&dojang, "taegeuk_4", &Filming::default(), |acts| {
        acts.retain(|act| act.step.is_none_or(|step| (10..=14).contains(&step)));
    });
    let options = Options { first_step: Some(10), ..Options::default() };
    let mut tracker = Tracker::new(&dojang.syllabus, form, Some(3), options).unwrap();
    for reading in &readings {
        tracker.push(reading);
    }
    let sheet = tracker.finish();
    let numbers: Vec<_> = sheet.steps.iter().map(|step| (step.number, step.found)).collect();
    assert_eq!(numbers, [(10, true), (11, true), (12, true), (13, true), (14, true)]);
    assert_eq!((sheet.section, faults_of(&sheet)), (Some(3), vec![]));
}

#[test]
fn nobody_in_view_withholds_and_does_not_deduct() {
    let dojang = Dojang::new();
    let mut readings = whole(&dojang, "taegeuk_1");
    let sheet = dojang.track("taegeuk_1", &readings, Options::default());
    let (from, to) = (sheet.steps[6].start.unwrap() - 0.3, sheet.steps[6].end.unwrap() + 0.3);
    for reading in readings.iter_mut().filter(|reading| (from..to).contains(&reading.seconds)) {
        reading.pose = None;
        reading.heading_deg = None;
        reading.techniques.fill(0.0);
        reading.stances.fill(0.0);
        *reading.techniques.last_mut().unwrap() = 1.0;
        *reading.stances.last_mut().unwrap() = 1.0;
    }
    let sheet = dojang.track("taegeuk_1", &readings, Options::default());
    assert!(!sheet.steps[6].found && sheet.found() == 17, "{:?}", sheet.steps[6]);
    assert!(sheet.withheld.contains(&Withheld::NotSeen { step: 7 }), "{:?}", sheet.withheld);
    assert_eq!(sheet.accuracy_score, Some(4.0));
}

#[test]
fn people_who_do_something_else_perform_nothing() {
    let dojang = Dojang::new();
    for form in ["taegeuk_1", "koryo"] {
        let mut readings = whole(&dojang, form);
        let mut chance = Chance::new("idle", &[SEED]);
        for reading in &mut readings {
            let count = reading.techniques.len();
            let (other, guess) = (chance.between(0.4, 0.9), (chance.bits() % count as u64) as usize);
            reading.techniques.fill(0.0);
            reading.techniques[guess] = 1.0 - other;
            reading.techniques[count - 1] += other;
            reading.heading_deg = Some(chance.between(0.0, 360.0));
        }
        let sheet = dojang.track(form, &readings, Options::default());
        assert_eq!((sheet.found(), sheet.accuracy_score), (0, None), "{form}");
        assert!(sheet.withheld.contains(&Withheld::NothingFound) && sheet.deductions.is_empty());
    }
    let nothing = dojang.track("taegeuk_1", &[], Options::default());
    assert_eq!((nothing.found(), nothing.accuracy_score), (0, None));
}

#[test]
fn readings_of_another_model_are_said() {
    let dojang = Dojang::new();
    let mut readings = whole(&dojang, "taegeuk_1");
    readings[3].techniques.pop();
    let sheet = dojang.track("taegeuk_1", &readings, Options::default());
    assert!(sheet.withheld.contains(&Withheld::ForeignReadings { readings: 1 }));
}

#[test]
fn stances_are_not_judged_without_feet() {
    let dojang = Dojang::new();
    let filming = Filming { feet: false, ..Filming::default() };
    let readings = film(&dojang, "taegeuk_1", &filming, |acts| {
        for act in acts.iter_mut().filter(|act| act.step == Some(5)) {
            act.stance = Some(0);
        }
    });
    let sheet = dojang.track("taegeuk_1", &readings, Options::default());
    assert_eq!((sheet.found(), faults_of(&sheet)), (18, vec![]));
    assert!(sheet.withheld.contains(&Withheld::FeetHidden { steps: (1..=18).collect() }), "{:?}", sheet.withheld);
}

#[test]
fn beginning_again_costs_once_and_the_second_performance_counts() {
    let dojang = Dojang::new();
    let readings = film(&dojang, "taegeuk_2", &Filming::default(), |acts| {
        let begun: Vec<Act> = acts.iter().take_while(|act| act.step.is_none_or(|step| step <= 5)).cloned().collect();
        acts.splice(0..0, begun);
    });
    let sheet = dojang.track("taegeuk_2", &readings, Options::default());
    assert_eq!((sheet.found(), faults_of(&sheet)), (18, vec![("restarted", 0)]));
    assert_eq!(sheet.accuracy_score, Some(3.4));
}

pub(super) fn fault(deduction: f64) -> StepFault {
    StepFault {
        technique: None,
        measure: "act_elbow_deg".into(),
        value: 140.0,
        min: 160.0,
        max: 180.0,
        frame: 70,
        deduction,
    }
}

#[test]
fn faults_of_posture_come_off_and_never_below_nothing() {
    let dojang = Dojang::new();
    let filming = Filming { flat_backs: true, ..Filming::default() };
    let sheet = dojang.track("taegeuk_1", &film(&dojang, "taegeuk_1", &filming, |_| ()), Options::default());
    let by_order = sheet.steps[16].evidence.unwrap();
    assert_eq!((by_order.kind, sheet.steps[16].found), (EvidenceKind::ByOrder, true));
    assert!(sheet.steps[16].probability <= 0.5);
    let judged = sheet.clone().with_faults([(1, fault(0.1)), (1, fault(0.3)), (17, fault(0.3)), (99, fault(0.1))]);
    assert_eq!(judged.accuracy_score, Some(3.6));
    assert_eq!((judged.steps[0].faults.len(), judged.steps[16].faults.len()), (2, 0));
    let deduction = &judged.deductions[judged.deductions.len() - 1];
    assert_eq!((deduction.technique.as_str(), deduction.band), ("low_block", Some([160.0, 180.0])));
    let many = sheet.with_faults((0..50).map(|_| (2, fault(0.3))));
    assert_eq!(many.accuracy_score, Some(0.0));
}

#[test]
fn the_original_passes_what_is_on_top_and_gives_its_stars() {
    let dojang = Dojang::new();
    let form = dojang.syllabus.form("taegeuk_1").unwrap();
    let mut original = OriginalMode::new(&dojang.syllabus, form, Some(1)).unwrap();
    let count = dojang.vocabulary.techniques.len();
    let reading = |frame: usize, technique: usize, probability: f32| {
        let mut techniques = vec![(1.0 - probability) / count as f32; count];
        techniques[technique] += probability;
        Reading { frame, seconds: frame as f64 * 0.1, pose: None, techniques, stances: Vec::new(), heading_deg: None }
    };
    let of = |id: &str, side| label(&dojang.vocabulary, id, side);
    let ready = of("basic_ready_stance", None);
    let (left, right) = (Some(kihap_syllabus::Side::Left), Some(kihap_syllabus::Side::Right));
    // Four frames are not enough, and one that is not sure begins the count anew.
    let held: Vec<usize> = (0..4).map(|frame| original.push(&reading(frame, ready, 0.9)).len()).collect();
    assert_eq!((held, original.push(&reading(4, ready, 0.7)).len()), (vec![0; 4], 0));
    let begun: Vec<OriginalEvent> = (5..10).flat_map(|frame| original.push(&reading(frame, ready, 0.9))).collect();
    assert!(matches!(begun[..], [OriginalEvent::Started { .. }]));
    // Another technique does not count, and the awaited one counts as soon as it is on top.
    assert!(original.push(&reading(10, of("trunk_punch", right), 0.9)).is_empty());
    assert_eq!(original.push(&reading(11, of("low_block", left), 0.65)).len(), 1);
    assert_eq!(original.steps()[0].stars, 1);
    original.push(&reading(12, of("low_block", left), 0.75));
    assert_eq!(original.steps()[0].stars, 2);
    let wanted = [
        ("trunk_punch", right),
        ("low_block", right),
        ("trunk_punch", left),
        ("low_block", left),
        ("trunk_punch", right),
    ];
    let events: Vec<OriginalEvent> = wanted
        .iter()
        .enumerate()
        .flat_map(|(step, (id, side))| original.push(&reading(13 + step, of(id, *side), 0.9)))
        .collect();
    assert_eq!(events.len(), 6);
    assert!(matches!(events[5], OriginalEvent::Finished { .. }));
    assert!(original.steps()[1..].iter().all(|step| step.stars == 3));
}

#[test]
fn what_is_known_of_the_camera_is_kept() {
    let dojang = Dojang::new();
    let filming = Filming { camera_deg: 30.0, ..Filming::default() };
    let readings = film(&dojang, "taegeuk_5", &filming, |_| ());
    let options = Options { camera_heading_deg: Some(30.0), mirrored: Some(false), ..Options::default() };
    let sheet: Sheet = dojang.track("taegeuk_5", &readings, options);
    assert_eq!((sheet.camera_heading_deg, sheet.mirrored, sheet.found()), (Some(30.0), false, 20));
}
