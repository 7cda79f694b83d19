//! What a user sees when importing folders, pictures and videos.

mod common;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use common::*;
use kihap_dataset::import::{ClassCount, ImportOptions, JoinedClasses, import};
use kihap_dataset::{Class, Filter, Part, PoseSample, Reason, SampleMeta};
use kihap_vision::video::FrameRate;

#[test]
fn a_tree_of_class_folders_is_taken_byte_for_byte_and_only_once() {
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("내 사진");
    write(tree.join("몸통지르기/첫 사진.jpg"), &jpeg(1));
    write(tree.join("몸통지르기/deeper/2.png"), &png(2));
    write(tree.join("low block/2.JPG"), &jpeg(3));
    write(tree.join("low block/.hidden.jpg"), &jpeg(4));
    write(tree.join("low block/Thumbs.db"), b"x");
    write(tree.join("__MACOSX/low block/._2.JPG"), b"x");
    let mut dataset = empty_dataset(&dir.path().join("set"));

    let report = import_all(&mut dataset, std::slice::from_ref(&tree), &ImportOptions::default());
    assert_eq!((report.added, report.already_there, &report.skipped), (3, 0, &vec![]));
    assert_eq!(report.per_class["몸통지르기"], ClassCount { added: 2, already_there: 0 });
    let stored = std::fs::read(dataset.root().join("몸통지르기/첫 사진.jpg")).unwrap();
    assert_eq!(stored, jpeg(1));
    let classes: Vec<_> = dataset.classes().iter().map(|c| c.name.clone()).collect();
    assert_eq!(classes, ["low block", "몸통지르기"]);

    let again = import_all(&mut dataset, &[tree], &ImportOptions { person: Some("김".into()), ..Default::default() });
    assert_eq!((again.added, again.already_there), (0, 3));
    let samples = dataset.samples(&Filter::default()).unwrap();
    assert_eq!(samples.len(), 3);
    assert!(samples.iter().all(|s| s.person.as_deref() == Some("김")), "what was unknown is filled in");
    assert!(!dataset.root().join("low block/2-1.jpg").exists());
}

#[test]
fn folders_called_train_and_test_give_the_part() {
    let dir = tempfile::tempdir().unwrap();
    for (i, path) in ["yoga/train/tree/a.jpg", "yoga/Valid/tree/b.jpg", "yoga/test/plank/c.jpg"].iter().enumerate() {
        write(dir.path().join(path), &jpeg(i as u32));
    }
    for (source, name) in [(dir.path().join("yoga"), "one"), (dir.path().to_path_buf(), "two")] {
        let set = tempfile::tempdir().unwrap();
        let mut dataset = empty_dataset(&set.path().join(name));
        assert_eq!(import_all(&mut dataset, &[source], &ImportOptions::default()).added, 3);
        let mut found: Vec<_> =
            dataset.samples(&Filter::default()).unwrap().into_iter().map(|s| (s.class, s.split)).collect();
        found.sort();
        let expected = [("plank", Part::Test), ("tree", Part::Train), ("tree", Part::Validation)]
            .map(|(c, p)| (c.to_string(), Some(p)));
        assert_eq!(found, expected);
    }
    // A part's folder by itself still tells which part it is; a class may be called "test".
    let mut dataset = empty_dataset(&dir.path().join("three"));
    import_all(&mut dataset, &[dir.path().join("yoga/test")], &ImportOptions::default());
    assert_eq!(dataset.samples(&Filter::default()).unwrap()[0].split, Some(Part::Test));
    write(dir.path().join("classes/test/x.jpg"), &jpeg(50));
    write(dir.path().join("classes/real/y.jpg"), &jpeg(51));
    let report = import_all(&mut dataset, &[dir.path().join("classes")], &ImportOptions::default());
    assert_eq!(report.per_class.keys().collect::<Vec<_>>(), ["real", "test"]);
}

#[test]
fn loose_pictures_need_a_class() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.jpg");
    write(&file, &jpeg(1));
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, std::slice::from_ref(&file), &ImportOptions::default());
    assert!(skipped(&report)[0].1.contains("--class"));
    let options = ImportOptions {
        class: Some("front kick".into()),
        person: Some("Kim".into()),
        session: Some("s1".into()),
        view: Some("front".into()),
        ..Default::default()
    };
    assert_eq!(import_all(&mut dataset, &[file], &options).added, 1);
    let sample = dataset.samples(&Filter::default()).unwrap().remove(0);
    assert_eq!(sample.file.as_deref(), Some("front kick/a.jpg"));
    let told = (sample.person.as_deref(), sample.session.as_deref(), sample.view.as_deref());
    assert_eq!(told, (Some("Kim"), Some("s1"), Some("front")));
    assert_eq!((sample.width, sample.height), (64, 48));
}

#[test]
fn every_bad_input_has_its_sentence_and_none_is_fatal() {
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("tree");
    let whole = jpeg(1);
    write(tree.join("a/good.jpg"), &whole);
    write(tree.join("a/cut.jpg"), &whole[..whole.len() / 2]);
    write(tree.join("a/text.jpg"), b"I am no picture at all");
    write(tree.join("a/nothing.jpg"), b"");
    write(tree.join("a/zero.png"), &sized_png(0, 0));
    write(tree.join("a/huge.png"), &sized_png(20_000, 20_000));
    write(tree.join("a/phone.heic"), b"x");
    write(tree.join("a/notes.txt"), b"x");
    write(tree.join("loose.jpg"), &jpeg(2));
    std::fs::create_dir_all(tree.join("empty")).unwrap();
    let hollow = dir.path().join("hollow");
    std::fs::create_dir_all(&hollow).unwrap();
    let missing = dir.path().join("no such folder");
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, &[tree, hollow, missing], &ImportOptions::default());
    assert_eq!(report.added, 1);
    let found = skipped(&report);
    for (file, words) in [
        ("cut.jpg", "cut short"),
        ("text.jpg", "not a JPEG"),
        ("nothing.jpg", "empty"),
        ("zero.png", ""),
        ("huge.png", "too large (20000×20000"),
        ("phone.heic", "convert it to JPEG"),
        ("notes.txt", "neither a picture"),
        ("loose.jpg", "beside the class folders"),
        ("empty", "is empty"),
        ("hollow", "folder is empty"),
        ("no such folder", "no such file or folder"),
    ] {
        assert!(found.iter().any(|(f, reason)| f == file && reason.contains(words)), "{file}: {found:#?}");
    }
    assert_eq!(found.len(), 11, "{found:#?}");
}

/// A PNG whose header claims a size; the rest does not matter.
fn sized_png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(1);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

#[cfg(unix)]
#[test]
fn a_folder_without_right_to_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let locked = dir.path().join("tree/locked");
    write(locked.join("a.jpg"), &jpeg(1));
    write(dir.path().join("tree/open/b.jpg"), &jpeg(2));
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let may_anyway = std::fs::read_dir(&locked).is_ok();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, &[dir.path().join("tree")], &ImportOptions::default());
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
    if may_anyway {
        eprintln!("skipped: this user may read everything");
        return;
    }
    assert_eq!(report.added, 1);
    assert!(skipped(&report)[0].1.contains("no right"), "{:?}", report.skipped);
}

#[test]
fn the_same_picture_in_two_classes_is_taken_and_told() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path().join("tree/a/x.jpg"), &jpeg(1));
    write(dir.path().join("tree/b/y.jpg"), &jpeg(1));
    write(dir.path().join("tree/b/z.jpg"), &jpeg(1));
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report = import_all(&mut dataset, &[dir.path().join("tree")], &ImportOptions::default());
    assert_eq!((report.added, report.already_there), (2, 1));
    assert_eq!(report.conflicts.len(), 1);
    assert_eq!((report.conflicts[0].class.as_str(), report.conflicts[0].also_in.as_str()), ("b", "a"));
    assert!(dataset.root().join("b/y.jpg").exists() && !dataset.root().join("b/z.jpg").exists());
}

#[test]
fn files_of_the_same_name_do_not_overwrite_each_other() {
    let dir = tempfile::tempdir().unwrap();
    for i in 0..3u32 {
        write(dir.path().join(format!("tree/a/day{i}/IMG_1.jpg")), &jpeg(i));
    }
    let mut dataset = empty_dataset(&dir.path().join("set"));
    assert_eq!(import_all(&mut dataset, &[dir.path().join("tree")], &ImportOptions::default()).added, 3);
    let mut contents: Vec<_> = dataset
        .samples(&Filter::default())
        .unwrap()
        .iter()
        .map(|s| std::fs::read(dataset.picture_path(s).unwrap()).unwrap())
        .collect();
    contents.sort();
    let mut expected: Vec<_> = (0..3).map(jpeg).collect();
    expected.sort();
    assert_eq!(contents, expected);
}

#[test]
fn class_names_cannot_leave_the_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    for class in ["../up", "a/b", "..", ".git", "a\u{7}b"] {
        let meta = SampleMeta { class: class.to_string(), ..Default::default() };
        assert!(dataset.add_picture(&jpeg(1), meta).is_err(), "{class:?}");
    }
    let meta = SampleMeta { class: "a".into(), name: Some("../../evil".into()), ..Default::default() };
    dataset.add_picture(&jpeg(1), meta).unwrap();
    assert!(dataset.samples(&Filter::default()).unwrap()[0].file.as_deref().unwrap().starts_with("a/"));
    assert!(!dir.path().join("evil.jpg").exists());
}

#[test]
fn pictures_put_into_the_folder_by_hand_are_registered_where_they_lie() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let meta = SampleMeta { class: "a".into(), name: Some("first".into()), ..Default::default() };
    dataset.add_picture(&jpeg(1), meta).unwrap();
    write(dataset.root().join("a/by hand.jpg"), &jpeg(2));
    let root = dataset.root().to_path_buf();
    let report = import_all(&mut dataset, std::slice::from_ref(&root), &ImportOptions::default());
    assert_eq!((report.added, report.already_there), (1, 1), "{report:?}");
    assert_eq!(std::fs::read_dir(root.join("a")).unwrap().count(), 2, "nothing was copied");

    write(root.join("a/by hand.jpg"), &jpeg(3));
    let report = import_all(&mut dataset, &[root], &ImportOptions::default());
    assert!(skipped(&report)[0].1.contains("changed after"), "{report:?}");
}

#[test]
fn stopping_keeps_what_was_told_and_importing_again_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    for i in 0..100u32 {
        write(dir.path().join(format!("tree/a/{i:03}.jpg")), &jpeg(i));
    }
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let (stop, mut told) = (AtomicBool::new(false), 0);
    let tree = [dir.path().join("tree")];
    let mut progress = |p: &kihap_dataset::import::ImportProgress| {
        told = p.added;
        stop.store(true, Ordering::Relaxed);
    };
    let report = import(&mut dataset, &tree, &ImportOptions::default(), &mut progress, &stop).unwrap();
    assert!(report.cancelled);
    assert!(told > 0 && told < 100);
    assert_eq!(dataset.samples(&Filter::default()).unwrap().len(), told);
    let report = import_all(&mut dataset, &tree, &ImportOptions::default());
    assert_eq!((report.added, report.already_there, report.cancelled), (100 - told, told, false));
}

#[test]
fn a_video_is_a_session_and_its_frames_know_their_place() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let video = dir.path().join("내 영상.mp4");
    let made = std::process::Command::new(kihap_vision::video::ffmpeg_program())
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=20:duration=2", "-pix_fmt", "yuv420p"])
        .arg(&video)
        .status()
        .unwrap();
    assert!(made.success());
    write(dir.path().join("broken.mp4"), b"no video at all");
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let options = ImportOptions { class: Some("kick".into()), frame_rate: FrameRate::Every(5), ..Default::default() };
    let sources: Vec<PathBuf> = vec![video.clone(), dir.path().join("broken.mp4")];
    let report = import_all(&mut dataset, &sources, &options);
    assert_eq!(report.added, 8, "{report:?}");
    assert_eq!(skipped(&report)[0].0, "broken.mp4");
    let samples = dataset.samples(&Filter::default()).unwrap();
    assert_eq!(samples.iter().map(|s| s.frame.unwrap()).collect::<Vec<_>>(), [0, 5, 10, 15, 20, 25, 30, 35]);
    assert!((samples[2].time_seconds.unwrap() - 0.5).abs() < 0.01);
    assert!(samples.iter().all(|s| s.session.as_deref() == video.to_str() && s.source == s.session));
    assert_eq!(samples[1].file.as_deref(), Some("kick/내 영상-000005.jpg"));
    assert_eq!(import_all(&mut dataset, &sources, &options).already_there, 8);
}

#[test]
fn the_taekwondo_tables_import_as_they_are() {
    let Some(folder) = shared_data("taekwondo") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let report =
        import_all(&mut dataset, &[folder.join("stills.csv"), folder.join("renders.csv")], &Default::default());
    assert_eq!(report.added, 44 + 26, "{:?}", report.skipped);
    assert_eq!(report.skipped.len(), 43);
    assert!(skipped(&report).iter().all(|(_, reason)| reason.starts_with("row ") && reason.contains("no class")));
    let of_a = Filter { persons: Some(vec!["A".into()]), ..Default::default() };
    let samples = dataset.samples(&of_a).unwrap();
    assert_eq!(samples.len(), 20);
    assert!(samples.iter().all(|s| s.view.is_some() && s.step.is_some()));

    if !has_ffmpeg() {
        return;
    }
    let mut clips = empty_dataset(&dir.path().join("clips"));
    let options = ImportOptions {
        frame_rate: FrameRate::PerSecond(1.0),
        joined_classes: JoinedClasses::Skip,
        ..Default::default()
    };
    let report = import_all(&mut clips, &[folder.join("clips.csv")], &options);
    assert_eq!(report.skipped.len(), 6, "{:?}", report.skipped);
    let samples = clips.samples(&Filter::default()).unwrap();
    let sessions: std::collections::BTreeSet<_> = samples.iter().filter_map(|s| s.session.clone()).collect();
    assert_eq!(sessions.len(), 30);
    assert!(sessions.contains("clips/A/T1-1.mp4"));
}

#[test]
fn another_dataset_brings_along_what_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = empty_dataset(&dir.path().join("first"));
    first
        .add_classes(vec![
            Class { mirror: Some("right".into()), korean: Some("왼쪽".into()), ..Class::named("left") },
            Class { mirror: Some("left".into()), ..Class::named("right") },
        ])
        .unwrap();
    let meta = SampleMeta {
        class: "left".into(),
        person: Some("Kim".into()),
        session: Some("evening".into()),
        source: Some("a.mp4".into()),
        frame: Some(7),
        view: Some("front".into()),
        split: Some(Part::Test),
        ..SampleMeta::default()
    };
    first.add_picture(&jpeg(1), meta.clone()).unwrap();
    let blurred = first.add_picture(&jpeg(2), meta.clone()).unwrap().id();
    first.set_aside(&[(blurred, vec![Reason::Blur])]).unwrap();
    first.add_poses(vec![PoseSample { pose: pose(1.0), meta: meta.clone() }]).unwrap();
    write(first.root().join("right/by hand.jpg"), &jpeg(3));
    write(first.root().join("models/m/report/plot.png"), &png(4));

    let mut second = empty_dataset(&dir.path().join("second"));
    let report = import_all(&mut second, &[first.root().to_path_buf()], &ImportOptions::default());
    assert_eq!(report.added, 3);
    let reasons: Vec<_> = skipped(&report).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["it is set aside there (blur); restore it there to import it"]);
    assert_eq!(second.classes(), first.classes());
    let samples = second.samples(&Filter::default()).unwrap();
    let (by_hand, recorded): (Vec<_>, Vec<_>) = samples.iter().partition(|s| s.class == "right");
    assert_eq!((by_hand.len(), recorded.len()), (1, 2));
    for sample in recorded {
        assert_eq!((sample.person.as_deref(), sample.session.as_deref()), (Some("Kim"), Some("evening")));
        assert_eq!((sample.source.as_deref(), sample.frame, sample.split), (Some("a.mp4"), Some(7), Some(Part::Test)));
    }
    let stored = second.stored_poses().unwrap();
    assert_eq!(stored.into_values().collect::<Vec<_>>(), [pose(1.0)]);

    // What the command says wins; what is there stays there; a dataset imported into itself takes in what lies in it.
    let options = ImportOptions { person: Some("Lee".into()), ..ImportOptions::default() };
    let again = import_all(&mut second, &[first.root().to_path_buf()], &options);
    assert_eq!((again.added, again.already_there), (0, 3));
    let mut third = empty_dataset(&dir.path().join("third"));
    import_all(&mut third, &[first.root().to_path_buf()], &options);
    assert!(third.samples(&Filter::default()).unwrap().iter().all(|s| s.person.as_deref() == Some("Lee")));
    let own = first.root().to_path_buf();
    assert_eq!(import_all(&mut first, &[own], &ImportOptions::default()).added, 1);
}
