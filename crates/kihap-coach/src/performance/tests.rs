//! Every form is performed whole: bones keep their lengths, standing feet their spots, steps their order.

use glam::Vec3;
use kihap_syllabus::{Measure, Side, Syllabus};

use super::{Breach, Fault, FaultKind, Idle, Manner, Performance, Phase};
use crate::kinematics::at;
use crate::measure::{Body3, BodyRatios, Facing};
use crate::postures::Demand;

/// Bones as pairs of points: arms, trunk, legs, feet.
const BONES: [[usize; 2]; 17] = [
    [11, 13],
    [13, 15],
    [12, 14],
    [14, 16],
    [11, 12],
    [23, 24],
    [23, 25],
    [25, 27],
    [24, 26],
    [26, 28],
    [27, 29],
    [27, 31],
    [29, 31],
    [28, 30],
    [28, 32],
    [30, 32],
    [15, 19],
];

fn every(performance: &Performance, step: f64) -> impl Iterator<Item = f64> {
    let count = (performance.seconds() / step) as usize;
    (0..=count).map(move |i| i as f64 * step)
}

fn form(id: &str, section: Option<u32>, manner: &Manner) -> Performance {
    let syllabus = Syllabus::embedded().unwrap();
    Performance::of_form(&syllabus, syllabus.form(id).unwrap(), section, manner).unwrap()
}

#[test]
fn bones_keep_their_lengths_in_every_form() {
    let syllabus = Syllabus::embedded().unwrap();
    for (nth, form) in syllabus.forms().iter().enumerate() {
        let performance = Performance::of_form(&syllabus, form, None, &Manner::of(nth as u64, 3)).unwrap();
        let lengths = |points: &[Vec3; 33]| BONES.map(|[a, b]| points[a].distance(points[b]));
        let first = lengths(&performance.pose_at(0.0));
        for seconds in every(&performance, 0.05) {
            let points = performance.pose_at(seconds);
            assert!(points.iter().all(|point| point.is_finite()), "{} at {seconds}", form.head.id);
            for (bone, (length, first)) in BONES.iter().zip(lengths(&points).iter().zip(first)) {
                let open_hand = bone[1] == 19;
                let allowed = if open_hand { 0.08 } else { 0.004 };
                let off = (length - first).abs();
                assert!(off < allowed, "{} at {seconds:.2}: bone {bone:?} off by {off:.3} m", form.head.id);
            }
        }
    }
}

#[test]
fn a_standing_foot_stays_on_its_spot() {
    let syllabus = Syllabus::embedded().unwrap();
    for (nth, form) in syllabus.forms().iter().enumerate() {
        let performance = Performance::of_form(&syllabus, form, None, &Manner::of(40 + nth as u64, 3)).unwrap();
        for foot in 0..2 {
            let mut stood: Option<Vec3> = None;
            for seconds in every(&performance, 0.04) {
                let toes = performance.pose_at(seconds)[at::TOES[foot]].with_y(0.0);
                match (performance.planted_at(seconds)[foot], stood) {
                    (true, Some(spot)) => {
                        let slid = spot.distance(toes);
                        assert!(slid < 0.06, "{} at {seconds:.2}: foot {foot} slid {slid:.3} m", form.head.id);
                    }
                    (true, None) => stood = Some(toes),
                    (false, _) => stood = None,
                }
            }
        }
    }
}

#[test]
fn nothing_jumps() {
    let syllabus = Syllabus::embedded().unwrap();
    for (nth, form) in syllabus.forms().iter().enumerate() {
        let performance = Performance::of_form(&syllabus, form, None, &Manner::of(80 + nth as u64, 5)).unwrap();
        let mut before = performance.pose_at(0.0);
        for seconds in every(&performance, 0.01) {
            let now = performance.pose_at(seconds);
            for joint in 0..33 {
                let fast = before[joint].distance(now[joint]) / 0.01;
                assert!(fast < 22.0, "{} at {seconds:.2}: joint {joint} goes {fast:.1} m/s", form.head.id);
            }
            before = now;
        }
    }
}

#[test]
fn steps_come_in_order_with_their_times_and_headings() {
    let performance = form("taegeuk_1", None, &Manner::of(3, 4));
    let numbers: Vec<_> = performance.steps().iter().map(|step| step.step).collect();
    assert_eq!(numbers, (1..=18).map(Some).collect::<Vec<_>>());
    for pair in performance.steps().windows(2) {
        assert!(pair[0].start < pair[0].end && pair[0].end <= pair[1].start);
    }
    let kick_and_punch: Vec<_> = performance.steps()[13].techniques.iter().map(|t| (t.id.as_str(), t.side)).collect();
    assert_eq!(kick_and_punch, [("front_kick", Some(Side::Right)), ("trunk_punch", Some(Side::Right))]);

    let syllabus = Syllabus::embedded().unwrap();
    for (step, done) in syllabus.form("taegeuk_1").unwrap().steps.iter().zip(performance.steps()) {
        let truth = performance.labels_at(done.end + 0.02);
        assert_eq!((truth.step, truth.phase), (Some(step.number), Phase::Held));
        assert_eq!(truth.technique.id, step.technique.last().unwrap().id);
        assert_eq!((truth.stance.id.as_str(), truth.stance.side), (step.stance.as_str(), step.lead_leg.side()));
        assert!((truth.heading_deg - step.facing.degrees() as f32).abs() < 0.5, "step {}", step.number);
        // The shoulders face about that way too.
        let points = performance.pose_at(done.end);
        let left = (points[11] - points[12]).with_y(0.0).normalize();
        let front = left.cross(Vec3::Y);
        let facing = (-front.x).atan2(front.z).to_degrees();
        let off = (facing - step.facing.degrees() as f32 + 540.0).rem_euclid(360.0) - 180.0;
        assert!(off.abs() < 60.0, "step {}: shoulders off by {off:.0}", step.number);
    }
    assert_eq!(performance.labels_at(0.5).phase, Phase::Ready);
    assert_eq!(performance.labels_at(performance.seconds()).phase, Phase::Ready);
}

#[test]
fn every_form_ends_about_where_it_began() {
    // The floor lines lead back to the start.
    let syllabus = Syllabus::embedded().unwrap();
    for (nth, form) in syllabus.forms().iter().enumerate() {
        let performance = Performance::of_form(&syllabus, form, None, &Manner::of(nth as u64, 6)).unwrap();
        let spot = |seconds: f64| performance.joints_at(seconds).hip_centre.with_y(0.0);
        let off = spot(0.0).distance(spot(performance.seconds()));
        assert!(off < 2.6, "{}: ends {off:.1} m from its start", form.head.id);
        let truth = performance.labels_at(performance.seconds());
        let heading = truth.heading_deg.min(360.0 - truth.heading_deg);
        assert!(heading < 1.0, "{}: ends facing {heading}", form.head.id);
    }
}

#[test]
fn hands_are_drawn_back_before_a_block_and_a_knee_before_a_kick() {
    let syllabus = Syllabus::embedded().unwrap();
    let of = |id: &str| syllabus.technique(id);
    let demand = Demand {
        technique: of("low_block"),
        side: Some(Side::Left),
        stance: of("front_stance"),
        lead: Some(Side::Left),
    };
    let performance = Performance::of_technique(&syllabus, &demand, &Manner::of(1, 2));
    let block = &performance.steps()[0];
    let height = |seconds: f64| {
        let points = performance.pose_at(seconds);
        let trunk = (points[11].y + points[12].y - points[23].y - points[24].y) * 0.5;
        (points[15].y - (points[23].y + points[24].y) * 0.5) / trunk
    };
    let highest = every(&performance, 0.02)
        .filter(|seconds| (block.start..block.end).contains(seconds))
        .map(height)
        .fold(f32::NEG_INFINITY, f32::max);
    assert!(highest > 0.75, "{highest}");
    assert!(height(block.end) < 0.15, "{}", height(block.end));

    let demand = Demand { technique: of("front_kick"), side: Some(Side::Right), stance: None, lead: None };
    let performance = Performance::of_technique(&syllabus, &demand, &Manner::of(1, 2));
    let kick = &performance.steps()[0];
    let knee = |seconds: f64| {
        let points = performance.pose_at(seconds);
        (points[24] - points[26]).angle_between(points[28] - points[26]).to_degrees()
    };
    let folded = every(&performance, 0.02)
        .filter(|seconds| (kick.start..kick.end).contains(seconds))
        .map(knee)
        .fold(f32::INFINITY, f32::min);
    assert!(folded < 105.0, "{folded}");
    assert!(knee(kick.end) > 140.0, "{}", knee(kick.end));
}

#[test]
fn a_section_is_its_steps_alone() {
    let performance = form("taegeuk_2", Some(3), &Manner::of(2, 2));
    let numbers: Vec<_> = performance.steps().iter().filter_map(|step| step.step).collect();
    let syllabus = Syllabus::embedded().unwrap();
    let wanted: Vec<_> = syllabus.form("taegeuk_2").unwrap().steps_of(3).map(|step| step.number).collect();
    assert_eq!(numbers, wanted);
    let syllabus = Syllabus::embedded().unwrap();
    let form = syllabus.form("taegeuk_2").unwrap();
    let error = Performance::of_form(&syllabus, form, Some(9), &Manner::of(2, 2)).unwrap_err();
    assert!(error.to_string().contains("section 9"), "{error}");
}

fn numbers(performance: &Performance) -> Vec<Option<u32>> {
    performance.steps().iter().map(|step| step.step).collect()
}

#[test]
fn faults_change_what_is_done() {
    let with = |fault: Fault| form("taegeuk_1", Some(1), &Manner::of(5, 5).with(vec![fault]));
    let some = |numbers: &[u32]| numbers.iter().map(|n| Some(*n)).collect::<Vec<_>>();

    let skipped = with(Fault::Skipped { step: 3 });
    assert_eq!(numbers(&skipped), some(&[1, 2, 4, 5, 6]));
    assert_eq!(skipped.faults()[0].start, skipped.steps()[2].start);
    assert_eq!(numbers(&with(Fault::Repeated { step: 2 })), some(&[1, 2, 2, 3, 4, 5, 6]));
    assert_eq!(numbers(&with(Fault::Swapped { step: 4 })), some(&[1, 2, 3, 5, 4, 6]));

    let wrong = with(Fault::WrongTechnique { step: 2, technique: "face_block".to_owned() });
    assert_eq!(wrong.steps()[1].techniques[0].id, "face_block");
    let fault = &wrong.faults()[0];
    assert!(fault.start >= wrong.steps()[1].start && fault.end > wrong.steps()[1].end);
    assert_eq!(wrong.labels_at(wrong.steps()[1].end).fault, Some(0));
    assert_eq!(wrong.labels_at(wrong.steps()[0].end).fault, None);

    let side = with(Fault::WrongSide { step: 1 });
    assert_eq!(side.steps()[0].techniques[0].side, Some(Side::Right));
    let added = with(Fault::Added { step: 6, technique: "low_block".to_owned(), side: Side::Left });
    assert_eq!(numbers(&added).last(), Some(&None));
    let stance = with(Fault::WrongStance { step: 1, stance: "front_stance".to_owned() });
    assert_eq!(stance.labels_at(stance.steps()[0].end).stance.id, "front_stance");

    let slow = with(Fault::Tempo { step: None, factor: 0.5 });
    let usual = form("taegeuk_1", Some(1), &Manner::of(5, 5));
    let length = |p: &Performance| p.steps().last().unwrap().end - p.steps()[0].start;
    assert!((length(&slow) / length(&usual) - 2.0).abs() < 0.2, "{} {}", length(&slow), length(&usual));

    let mirrored = with(Fault::Mirrored);
    assert_eq!(mirrored.steps()[0].techniques[0].side, Some(Side::Right));
    assert!((mirrored.labels_at(mirrored.steps()[0].end + 0.05).heading_deg - 90.0).abs() < 1.0);
}

#[test]
fn a_broken_bound_is_broken_and_the_others_stay() {
    let syllabus = Syllabus::embedded().unwrap();
    let low_block = syllabus.technique("low_block").unwrap();
    let height = Measure::from_key("act_wrist_height").unwrap();
    assert!(Breach::measures(low_block).contains(&height));
    let breach = Breach::beyond(low_block, height, true, 0.4).unwrap();
    let value = breach.value;
    let manner = Manner { spread: 0.2, ..Manner::of(5, 5) };
    let faulty = form("taegeuk_1", Some(1), &manner.clone().with(vec![Fault::Posture { step: 1, breach }]));
    let right = form("taegeuk_1", Some(1), &manner);
    let ratios = BodyRatios::of(&syllabus);
    let measured = |performance: &Performance, key: &str| {
        let points = performance.pose_at(performance.steps()[0].end + 0.02);
        let body = Body3::new(&points, Facing::along(Vec3::X).unwrap());
        body.value(Measure::from_key(key).unwrap(), Some(Side::Left), Some(Side::Left), &ratios).unwrap()
    };
    let [broken, whole] = [&faulty, &right].map(|p| measured(p, "act_wrist_height"));
    assert!((broken - value).abs() < 0.08, "{broken} for {value}");
    assert!(whole < value - 0.25, "{whole} {value}");
    for key in ["act_elbow_deg", "aux_wrist_height", "aux_elbow_deg"] {
        let bounds = low_block.geometry.bounds(key).unwrap();
        let (value, slack) = (measured(&faulty, key), if key.ends_with("deg") { 4.0 } else { 0.05 });
        assert!((bounds.min - slack..=bounds.max + slack).contains(&value), "{key}: {value}");
    }
}

#[test]
fn every_kind_of_fault_finds_room_in_every_form_and_can_be_performed() {
    let syllabus = Syllabus::embedded().unwrap();
    for form in syllabus.forms() {
        for kind in FaultKind::ALL {
            let fault =
                Fault::draw(kind, &syllabus, form, None, 11).unwrap_or_else(|| panic!("{kind:?} {}", form.head.id));
            assert_eq!(fault.kind(), kind);
            assert_eq!(Fault::draw(kind, &syllabus, form, None, 11), Some(fault.clone()));
            let performance =
                Performance::of_form(&syllabus, form, None, &Manner::of(1, 1).with(vec![fault.clone()])).unwrap();
            let injected = &performance.faults()[0];
            assert!(injected.start <= injected.end && injected.end <= performance.seconds() + 1e-6, "{fault:?}");
        }
    }
}

#[test]
fn idle_people_do_nothing_of_the_syllabus_and_stay_whole() {
    for what in Idle::ALL {
        let performance = Performance::idle(what, 12.0, &Manner::of(9, what as u64));
        assert!(performance.seconds() >= 12.0 && performance.steps().is_empty());
        let first = performance.pose_at(0.0);
        let mut moved = 0.0_f32;
        for seconds in every(&performance, 0.05) {
            assert_eq!(performance.labels_at(seconds).phase, Phase::Idle);
            let points = performance.pose_at(seconds);
            assert!(points.iter().all(|point| point.is_finite()));
            let thigh = points[23].distance(points[25]) - first[23].distance(first[25]);
            assert!(thigh.abs() < 0.004, "{what:?} at {seconds}");
            moved = moved.max(points[15].distance(first[15]));
        }
        assert!(moved > 0.05, "{what:?} never moves");
    }
}
