use kihap_vision::{Landmark, Skeleton};

use super::*;
use crate::manifest::Class;
use crate::sample::Measures;

/// Somebody standing upright with hanging arms, the head at (x, y), about 400 pixels tall at scale 1.
pub(in crate::curate) fn standing(x: f32, y: f32, scale: f32) -> Pose {
    let at = |name: &str| -> (f32, f32) {
        let side = if name.contains("left") { 1.0 } else { -1.0 };
        match name.rsplit('_').next().unwrap_or_default() {
            "shoulder" => (side * 40.0, 70.0),
            "elbow" => (side * 55.0, 130.0),
            "wrist" | "pinky" | "index" | "thumb" if !name.contains("foot") => (side * 60.0, 190.0),
            "hip" => (side * 25.0, 200.0),
            "knee" => (side * 28.0, 300.0),
            "ankle" | "heel" | "index" => (side * 30.0, 390.0),
            "ear" => (side * 12.0, 5.0),
            _ => (0.0, 0.0),
        }
    };
    let joints = Skeleton::Blazepose33.names().iter().map(|name| {
        let (dx, dy) = at(name);
        Landmark { x: x + dx * scale, y: y + dy * scale, z: 0.0, visibility: 0.95, presence: 0.95 }
    });
    Pose {
        skeleton: Skeleton::Blazepose33,
        width: 640,
        height: 520,
        score: 0.9,
        landmarks: joints.collect(),
        world: Vec::new(),
    }
}

/// Standing with one arm stretched to the side and up.
fn punching(left: bool, wobble: f32) -> Pose {
    let mut pose = standing(300.0 + wobble, 60.0, 1.0);
    let (elbow, wrist, side) = if left { (13, 15, 1.0) } else { (14, 16, -1.0) };
    let (x, y) = (pose.landmarks[elbow - 2].x, pose.landmarks[elbow - 2].y);
    (pose.landmarks[elbow].x, pose.landmarks[elbow].y) = (x + side * 60.0, y + wobble);
    (pose.landmarks[wrist].x, pose.landmarks[wrist].y) = (x + side * 120.0, y - wobble);
    pose
}

fn sample(number: i64, class: &str, hash: u64) -> Sample {
    Sample {
        id: SampleId(number),
        class: class.to_string(),
        file: Some(format!("{class}/{number}.jpg")),
        person: None,
        session: None,
        source: None,
        frame: None,
        time_seconds: None,
        view: None,
        step: None,
        split: None,
        hash: number.to_string(),
        perceptual_hash: Some(hash),
        width: 640,
        height: 520,
        measures: Some(Measures { sharpness: 1.6, brightness: 120.0, highlight: 220.0 }),
        set_aside: Vec::new(),
        set_aside_at: None,
    }
}

/// Hashes far from each other.
fn far(number: u64) -> u64 {
    (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn run(samples: &[Sample], poses: &[Vec<Pose>], manifest: &Manifest) -> CurationReport {
    let poses: Vec<_> = poses.iter().map(|p| Some(p.as_slice())).collect();
    let parts: Vec<_> = samples.iter().map(|s| s.split).collect();
    curate(samples, &poses, &parts, manifest, &CurationLimits::default())
}

fn reasons(report: &CurationReport, number: i64) -> Vec<String> {
    let flag = report.flagged.iter().find(|f| f.id == SampleId(number));
    flag.map(|f| f.reasons.iter().map(Reason::to_string).collect()).unwrap_or_default()
}

#[test]
fn each_fault_has_its_reason() {
    let mut samples: Vec<_> = (0..8).map(|i| sample(i, "a", far(i as u64))).collect();
    samples[3].measures = Some(Measures { sharpness: 0.4, brightness: 120.0, highlight: 220.0 });
    samples[4].measures = Some(Measures { sharpness: 0.4, brightness: 18.0, highlight: 60.0 });
    samples[5].perceptual_hash = Some(far(0) ^ 0b101);
    let person = standing(300.0, 60.0, 1.0);
    let mut far_away = standing(500.0, 300.0, 0.3);
    far_away.score = 0.8;
    let poses = vec![
        vec![person.clone()],
        vec![],
        vec![person.clone(), standing(450.0, 60.0, 0.9)],
        vec![person.clone()],
        vec![person.clone()],
        vec![person.clone()],
        vec![standing(300.0, 180.0, 1.0)],
        vec![person.clone(), far_away],
    ];
    let report = run(&samples, &poses, &Manifest::new("x", vec![Class::named("a")]));
    let found: Vec<_> = (0..8).map(|i| reasons(&report, i).join(" ")).collect();
    assert_eq!(
        found,
        ["", "no_person", "several_people", "blur", "dark", "duplicate_of:a/0.jpg", "cut_off", ""].map(String::from)
    );
    let cut = report.flagged.iter().find(|f| f.id == SampleId(6)).unwrap();
    assert_eq!(cut.details.cut_off, [BodyPart::Feet]);
    assert_eq!(report.counts["blur"], 1);
    let aside: Vec<_> = report.to_set_aside().into_iter().map(|(id, _)| id.0).collect();
    assert_eq!(aside, [1, 2, 3, 4, 5], "feet outside the picture are told, but the sample stays");
}

#[test]
fn before_a_fixed_camera_another_posture_is_no_duplicate() {
    let samples: Vec<_> = (0..3).map(|i| sample(i, "a", 1 << i)).collect();
    let poses = vec![vec![standing(300.0, 60.0, 1.0)], vec![punching(true, 0.0)], vec![standing(301.0, 60.0, 1.0)]];
    let report = run(&samples, &poses, &Manifest::new("x", vec![]));
    assert_eq!(reasons(&report, 2), ["duplicate_of:a/0.jpg"]);
    assert_eq!(report.flagged.len(), 1);
}

#[test]
fn an_empty_picture_never_stands_for_one_with_somebody_in_it() {
    let mut samples: Vec<_> = (0..3).map(|i| sample(i, "a", 1 << i)).collect();
    // The sharpest one would be kept.
    samples[0].measures = Some(Measures { sharpness: 3.0, brightness: 120.0, highlight: 220.0 });
    let poses = vec![vec![], vec![standing(300.0, 60.0, 1.0)], vec![]];
    let report = run(&samples, &poses, &Manifest::new("x", vec![Class::named("a")]));
    assert_eq!(reasons(&report, 1), [""; 0]);
    assert_eq!(reasons(&report, 2), ["no_person", "duplicate_of:a/0.jpg"]);
}

#[test]
fn the_report_reads_as_the_contract_says() {
    let mut samples = vec![sample(1, "a", 0), sample(2, "b", 1), sample(3, "b", far(3))];
    (samples[0].split, samples[1].split) = (Some(Part::Train), Some(Part::Test));
    let poses = vec![vec![standing(300.0, 60.0, 1.0)], vec![], vec![standing(300.0, 60.0, 1.0)]];
    let report = serde_json::to_value(run(&samples, &poses, &Manifest::new("x", vec![]))).unwrap();
    assert_eq!(report["samples"], 3);
    assert_eq!(report["flagged"][0]["sample"], "b/2.jpg");
    assert_eq!(report["flagged"][0]["reasons"], serde_json::json!(["no_person"]));
    assert_eq!(report["leaks"], serde_json::json!([{"train": "a/1.jpg", "test": "b/2.jpg", "distance": 1}]));
}

#[test]
fn nobody_looked_is_not_nobody_found() {
    let samples = [sample(1, "a", 0)];
    let report = curate(&samples, &[None], &[None], &Manifest::new("x", vec![]), &CurationLimits::default());
    assert!(report.flagged.is_empty());
}

#[test]
fn persons_and_sessions_on_both_sides_are_told() {
    let mut samples: Vec<_> = (0..4).map(|i| sample(i, "a", far(i as u64))).collect();
    for (sample, (part, person)) in samples.iter_mut().zip([
        (Part::Train, "Kim"),
        (Part::Test, "Kim"),
        (Part::Train, "Lee"),
        (Part::Validation, "Lee"),
    ]) {
        sample.split = Some(part);
        sample.person = Some(person.to_string());
    }
    let poses = vec![vec![standing(300.0, 60.0, 1.0)]; 4];
    let report = run(&samples, &poses, &Manifest::new("x", vec![]));
    let shared: Vec<_> = report.shared.iter().map(|s| (s.kind, s.name.as_str(), s.train, s.test)).collect();
    assert_eq!(shared, [("person", "Kim", 1, 1)]);
}

#[test]
fn a_slow_movement_is_thinned_and_not_thrown_away() {
    // Each frame differs from the next in 3 bits; the ends differ in 30.
    let samples: Vec<_> = (0..11).map(|i| sample(i, "a", (1u64 << (3 * i)) - 1)).collect();
    let poses = vec![vec![standing(300.0, 60.0, 1.0)]; 11];
    let report = run(&samples, &poses, &Manifest::new("x", vec![]));
    let kept = 11 - report.counts["duplicate_of"];
    assert!((3..=6).contains(&kept), "{kept} kept");
}

#[test]
fn a_mislabelled_pose_is_an_outlier_and_the_others_are_not() {
    let wobble = |i: i64| ((i * 7) % 11) as f32 - 5.0;
    let mut samples: Vec<_> =
        (0..40).map(|i| sample(i, if i < 20 { "punch" } else { "stand" }, far(i as u64))).collect();
    let mut poses: Vec<_> = (0..40i64)
        .map(|i| {
            // Punches come on either side: the class has no mirror partner.
            let mut pose =
                if i < 20 { punching(i % 2 == 0, wobble(i)) } else { standing(300.0, 60.0, 1.0 + wobble(i) * 0.01) };
            pose.landmarks
                .iter_mut()
                .enumerate()
                .for_each(|(j, l)| l.x += ((i as usize * 13 + j * 5) % 7) as f32 - 3.0);
            vec![pose]
        })
        .collect();
    let manifest = Manifest::new("x", vec![Class::named("punch"), Class::named("stand")]);
    assert_eq!(run(&samples, &poses, &manifest).counts.get("outlier"), None);

    samples.push(sample(40, "punch", far(40)));
    poses.push(vec![standing(310.0, 60.0, 1.01)]);
    let report = run(&samples, &poses, &manifest);
    assert_eq!(report.counts["outlier"], 1);
    assert_eq!(reasons(&report, 40), ["outlier"]);
    assert_eq!(report.flagged[0].details.looks_like.as_deref(), Some("stand"));
}

#[test]
fn left_under_the_label_right_is_an_outlier_only_where_sides_are_classes() {
    let noisy = |left: bool, i: i64| {
        let mut pose = punching(left, ((i * 7) % 11) as f32 - 5.0);
        pose.landmarks.iter_mut().enumerate().for_each(|(j, l)| l.y += ((i as usize * 11 + j * 3) % 7) as f32 - 3.0);
        vec![pose]
    };
    let mut samples: Vec<_> =
        (0..40).map(|i| sample(i, if i < 20 { "left" } else { "right" }, far(i as u64))).collect();
    let mut poses: Vec<_> = (0..40).map(|i| noisy(i < 20, i)).collect();
    samples.push(sample(40, "right", far(40)));
    poses.push(noisy(true, 40));

    let pair = |a: &str, b: &str| Class { mirror: Some(b.to_string()), ..Class::named(a) };
    let sided = Manifest::new("x", vec![pair("left", "right"), pair("right", "left")]);
    assert_eq!(reasons(&run(&samples, &poses, &sided), 40), ["outlier"]);

    for sample in &mut samples {
        sample.class = "punch".to_string();
    }
    assert_eq!(run(&samples, &poses, &Manifest::new("x", vec![])).counts.get("outlier"), None);
}

#[test]
fn a_single_picture_is_judged_as_among_others() {
    let limits = CurationLimits::default();
    let good = Measures { sharpness: 1.6, brightness: 120.0, highlight: 220.0 };
    let look = |measures: Measures, people: Option<&[Pose]>| look_over(Some(measures), people, &limits).0;
    let here = [standing(300.0, 60.0, 1.0)];
    assert!(look(good, Some(&here)).is_empty());
    assert_eq!(look(good, Some(&[])), [Reason::NoPerson]);
    assert!(look(good, None).is_empty(), "nobody looked");
    assert_eq!(look(Measures { highlight: 20.0, ..good }, Some(&here)), [Reason::Dark]);
    let (reasons, details) = look_over(None, Some(&[standing(300.0, 400.0, 1.0)]), &limits);
    assert_eq!(reasons, [Reason::CutOff]);
    assert!(details.cut_off.contains(&BodyPart::Feet));
}
