//! Folders of a Kinect's skeleton sequences, as MSR Action3D is laid out.

mod common;

use std::path::Path;

use common::*;
use kihap_dataset::clips::clips;
use kihap_dataset::import::ImportOptions;
use kihap_dataset::split::read_splits;
use kihap_dataset::{Dataset, Filter, Sample};
use kihap_vision::Skeleton;

/// A row whose joints lie 2 m away, the right hand raised to `hand` metres.
fn row(hand: f32) -> String {
    let joint = |name: &&str| match *name {
        "right_hand" => format!("0.3,{hand},1.5"),
        "left_foot" => "0,0,0".to_string(),
        _ => "0,0.1,2".to_string(),
    };
    Skeleton::Kinect20.names().iter().map(joint).collect::<Vec<_>>().join(",")
}

fn sequence(folder: &Path, name: &str, rows: &[String]) {
    write(folder.join("sequences").join(format!("{name}.csv")), rows.join("\n").as_bytes());
}

fn samples(dataset: &Dataset) -> Vec<Sample> {
    dataset.samples(&Filter::default()).unwrap()
}

#[test]
fn names_tell_action_person_and_clip() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("msr");
    sequence(&source, "a01_s03_e02", &[row(0.2), row(0.3), row(0.3)]);
    sequence(&source, "a02_s01_e01", &[row(0.5)]);
    sequence(&source, "a02_s01_e02", &[row(0.6)]);
    sequence(&source, "a03_s01_e01", &[row(0.6)]);
    write(source.join("sequences/notes.txt"), b"x");
    let text = r#"{"actions": ["high wave", "앞차기"], "files": ["a01_s03_e02", "a02_s01_e01", "a03_s01_e01", "a02_s09_e01"],
                   "splits": [{"train_subjects": [3], "test_subjects": [1]}]}"#;
    write(source.join("splits.json"), text.as_bytes());
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, std::slice::from_ref(&source), &ImportOptions::default());
    assert_eq!(report.added, 4);
    let found = skipped(&report);
    for (file, words) in [
        ("a02_s01_e02.csv", "splits.json does not list it"),
        ("a02_s09_e01.csv", "splits.json lists it, but there is no such sequence"),
        ("a03_s01_e01.csv", "names 2 actions, and a03 is not among them"),
    ] {
        assert!(found.iter().any(|(f, reason)| f == file && reason.contains(words)), "{file}: {found:#?}");
    }
    assert_eq!(found.len(), 3);

    let all = samples(&dataset);
    let (last, kick) = (&all[2], &all[3]);
    assert_eq!((last.class.as_str(), last.person.as_deref(), last.frame), ("high wave", Some("s03"), Some(2)));
    assert_eq!((last.session.as_deref(), last.width, last.height), (Some("a01_s03_e02"), 640, 480));
    assert_eq!((kick.class.as_str(), kick.session.as_deref()), ("앞차기", Some("a02_s01_e01")));
    let pose = dataset.stored_pose(kick.id).unwrap().unwrap();
    let hand = pose.skeleton.index_of("right_hand").unwrap();
    assert_eq!((pose.skeleton, pose.joint("left_foot").unwrap().visibility), (Skeleton::Kinect20, 0.0));
    assert!(pose.world[hand].iter().zip([-0.3, -0.4, -0.5]).all(|(a, b)| (a - b).abs() < 1e-6));

    let lengths: Vec<usize> = clips(&all).iter().map(|clip| clip.samples.len()).collect();
    assert_eq!(lengths, [3, 1]);
    assert_eq!(read_splits(source.join("splits.json"), &all).unwrap(), [[false, false, false, true]]);

    // The same folder elsewhere is nothing new.
    let moved = dir.path().join("elsewhere");
    std::fs::rename(&source, &moved).unwrap();
    let again = import_all(&mut dataset, &[moved], &ImportOptions::default());
    assert_eq!((again.added, again.already_there), (0, 4));
}

#[test]
fn without_a_description_actions_are_classes_and_bad_rows_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("msr");
    let cell = |at: usize, value: &str| {
        let row = row(0.1);
        let cells = row.split(',').enumerate().map(|(i, cell)| if i == at { value } else { cell });
        cells.collect::<Vec<_>>().join(",")
    };
    let rows = [row(0.1), cell(3, "left"), cell(19, "NaN"), "1,2,3".to_string(), cell(14, "-2"), row(0.2)];
    sequence(&source, "a05_s01_e01", &rows);
    sequence(&source, "a05_s01_e02", &[]);
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, std::slice::from_ref(&source), &ImportOptions::default());
    let reasons: Vec<_> = skipped(&report).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            "row 2: x of right_shoulder is no finite number (\"left\")",
            "row 3: y of hip_center is no finite number (\"NaN\")",
            "row 4: it has 3 cells where 60 belong: 20 joints × (x, y, z)",
            "row 5: left_hip lies behind the camera (z is -2); z must be metres away from it",
            "the sequence holds no rows",
        ]
    );
    let all = samples(&dataset);
    let found: Vec<_> = all.iter().map(|s| (s.class.as_str(), s.frame)).collect();
    assert_eq!(found, [("a05", Some(0)), ("a05", Some(5))]);

    write(source.join("splits.json"), b"{");
    let broken = import_all(&mut dataset, &[source], &ImportOptions::default());
    let found = skipped(&broken);
    assert!(broken.already_there == 0 && found.len() == 1 && found[0].1.contains("cannot be understood"), "{found:?}");
}

#[test]
fn msr_action_3d_is_read_as_published() {
    let Some(source) = shared_data("msr-action-3d") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, std::slice::from_ref(&source), &ImportOptions::default());
    assert_eq!((report.added, &report.skipped, report.per_class.len()), (22_077, &vec![], 20));
    let all = samples(&dataset);
    let clips = clips(&all);
    assert_eq!(clips.len(), 557);

    let splits = read_splits(source.join("splits.json"), &all).unwrap();
    assert_eq!(splits.len(), 10);
    for test in &splits {
        let tested: std::collections::BTreeSet<_> =
            all.iter().zip(test).filter(|(_, test)| **test).map(|(s, _)| s.person.as_deref()).collect();
        assert_eq!(tested.len(), 5);
    }

    // Which joint is which: one-handed actions are done with the right hand and kicks with the right leg (said in the
    // paper), and the long stroke of the tick goes to the drawer's right.
    let (mut right, mut ticks) = ([0usize; 2], [0usize; 2]);
    for clip in &clips {
        let first = &all[clip.samples[0]];
        let (arm, kick) = (["hammer", "forward punch", "draw X"], ["forward kick", "side kick"]);
        let joints = match first.class.as_str() {
            class if arm.contains(&class) => ["left_hand", "right_hand"],
            class if kick.contains(&class) => ["left_ankle", "right_ankle"],
            "draw tick" => ["right_hand", "right_hand"],
            _ => continue,
        };
        let poses = clip.samples.iter().map(|&i| dataset.stored_pose(all[i].id).unwrap().unwrap());
        let poses: Vec<_> = poses.filter(|pose| pose.score > 0.0).collect();
        if poses.len() < 10 {
            continue;
        }
        let path = |name| -> Vec<[f32; 3]> {
            let joint = Skeleton::Kinect20.index_of(name).unwrap();
            poses.iter().map(|pose| pose.world[joint]).collect()
        };
        let range = |path: &[[f32; 3]], axis: usize| {
            let values = path.iter().map(|p| p[axis]);
            values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
        };
        let moved = |name| (0..3).map(|axis| range(&path(name), axis)).fold(0.0, f32::max);
        if first.class == "draw tick" {
            // y points down: the end of the long stroke is the highest point of the last two thirds, its beginning the
            // lowest one before.
            let path = path("right_hand");
            let highest = |from: usize| (from..path.len()).min_by(|&a, &b| path[a][1].total_cmp(&path[b][1])).unwrap();
            let end = highest(path.len() / 3);
            let start = (path.len() / 4..end).max_by(|&a, &b| path[a][1].total_cmp(&path[b][1]));
            // Who faces the camera has their right on the left of the picture, where x is smaller.
            ticks[usize::from(start.is_some_and(|start| path[end][0] < path[start][0]))] += 1;
        } else {
            right[usize::from(moved(joints[1]) > moved(joints[0]))] += 1;
        }
    }
    assert!(right[1] >= 20 * right[0] && right[1] > 100, "left and right: {right:?}");
    assert!(ticks[1] >= 9 * ticks[0] && ticks[1] > 20, "to the left and to the right: {ticks:?}");
}
