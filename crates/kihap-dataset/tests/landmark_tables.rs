//! Landmarks from CSV.

mod common;

use common::*;
use kihap_dataset::import::ImportOptions;
use kihap_dataset::{Filter, Part};
use kihap_vision::Skeleton;

fn header(skeleton: Skeleton, axes: &[&str]) -> String {
    let joints = skeleton.names().iter().flat_map(|n| axes.iter().map(move |a| format!("{n}_{a}")));
    joints.collect::<Vec<_>>().join(",")
}

fn cells(count: usize, value: impl Fn(usize) -> String) -> String {
    (0..count).map(value).collect::<Vec<_>>().join(",")
}

#[test]
fn rows_become_poses_and_bad_rows_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let columns = header(Skeleton::Blazepose33, &["x", "y", "z", "visibility"]);
    let good = cells(132, |i| format!("{}", i as f32 + 0.25));
    let nan = cells(132, |i| if i == 4 { "NaN".into() } else { "1".into() });
    let infinite = cells(132, |i| if i == 1 { "inf".into() } else { "1".into() });
    let word = cells(132, |i| if i == 0 { "left".into() } else { "1".into() });
    let text = format!(
        "class,person,frame,split,width,height,{columns}\n아래막기,Kim,7,test,640,480,{good}\n\
         a,Kim,8,,640,480,{nan}\na,Kim,9,,640,480,{infinite}\n,Kim,10,,640,480,{good}\na,Kim,11,,640,480,{word}\n"
    );
    write(dir.path().join("poses.csv"), text.as_bytes());
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let sources = [dir.path().join("poses.csv")];
    let report = import_all(&mut dataset, &sources, &ImportOptions::default());
    assert_eq!(report.added, 1);
    let reasons: Vec<_> = skipped(&report).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            "row 3: left_eye_inner is not finite (NaN)",
            "row 4: nose is not finite (inf)",
            "row 5: it gives no class",
            "row 6: nose is not a number (\"left\")",
        ]
    );
    let sample = dataset.samples(&Filter::default()).unwrap().remove(0);
    assert_eq!((sample.class.as_str(), sample.frame, sample.split), ("아래막기", Some(7), Some(Part::Test)));
    assert_eq!((sample.file.as_ref(), sample.width, sample.height), (None, 640, 480));
    let pose = dataset.stored_pose(sample.id).unwrap().unwrap();
    assert_eq!(pose.landmarks.len(), 33);
    assert_eq!((pose.landmarks[1].x, pose.landmarks[1].visibility), (4.25, 7.25));

    let again = import_all(&mut dataset, &sources, &ImportOptions::default());
    assert_eq!((again.added, again.already_there), (0, 1));
}

#[test]
fn fractions_are_scaled_and_a_still_person_keeps_every_frame() {
    let dir = tempfile::tempdir().unwrap();
    let row = cells(34, |i| format!("{}", 0.1 + i as f32 / 100.0));
    let text = format!("{}\n{row}\n{row}\n", header(Skeleton::Coco17, &["x", "y"]));
    write(dir.path().join("tree/stand/poses.csv"), text.as_bytes());
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, &[dir.path().join("tree")], &ImportOptions::default());
    assert_eq!((report.added, report.skipped.len()), (2, 0), "{report:?}");
    let samples = dataset.samples(&Filter::default()).unwrap();
    assert_eq!(samples[0].class, "stand");
    let pose = dataset.stored_pose(samples[1].id).unwrap().unwrap();
    assert_eq!((pose.skeleton, pose.width), (Skeleton::Coco17, 1000));
    assert!((pose.landmarks[0].x - 100.0).abs() < 1e-3 && pose.landmarks[0].visibility == 1.0);
}

#[test]
fn tables_without_joints_or_files_say_what_they_lack() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path().join("a.csv"), b"name,age\nKim,9\n");
    write(dir.path().join("b.csv"), b"file,label\n");
    write(dir.path().join("c.csv"), b"file,label\nmissing.jpg,a\nc.csv,a\n,a\n");
    let columns = header(Skeleton::Coco17, &["x", "y"]);
    write(dir.path().join("d.csv"), format!("{columns}\n").as_bytes());
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let sources = ["a.csv", "b.csv", "c.csv", "d.csv"].map(|f| dir.path().join(f));
    let report = import_all(&mut dataset, &sources, &ImportOptions::default());
    let found = skipped(&report);
    for (file, words) in [
        ("a.csv", "neither the columns"),
        ("b.csv", "no rows"),
        ("c.csv", "row 2: there is no file missing.jpg"),
        ("c.csv", "row 3: c.csv is neither"),
        ("c.csv", "row 4: it names no file"),
        ("d.csv", "--class"),
    ] {
        assert!(found.iter().any(|(f, reason)| f == file && reason.contains(words)), "{file} {words}: {found:#?}");
    }
}
