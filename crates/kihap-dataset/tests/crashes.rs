//! What is left after a program dies, and that nothing told is lost.

mod common;

use std::fs;

use common::*;
use kihap_dataset::{Class, Dataset, Filter, Manifest, Reason, Repairs, SampleId, SampleMeta};

fn meta(class: &str, name: &str) -> SampleMeta {
    SampleMeta { class: class.into(), name: Some(name.into()), ..Default::default() }
}

/// The waiting room of a writer that was killed: its files are there, its lock is free.
fn dead_room(root: &std::path::Path) -> std::path::PathBuf {
    let room = root.join(".incoming/dead");
    fs::create_dir_all(&room).unwrap();
    fs::write(room.join("lock"), "").unwrap();
    room
}

/// What the waiting room calls a picture.
fn key(class: &str, hash: &str) -> String {
    blake3::hash(format!("{class}\0{hash}").as_bytes()).to_hex().to_string()
}

/// Variable that turns [`importing_child`] into a program that imports.
const CHILD: &str = "KIHAP_TEST_IMPORT_INTO";

/// Not a test by itself: what [`killed_while_importing_nothing_told_is_lost`] starts and kills.
#[test]
fn importing_child() {
    let Some(folder) = std::env::var_os(CHILD).map(std::path::PathBuf::from) else { return };
    let mut dataset = Dataset::open(folder.join("set")).unwrap();
    let mut progress = |p: &kihap_dataset::import::ImportProgress| eprintln!("told {}", p.added);
    let never = std::sync::atomic::AtomicBool::new(false);
    kihap_dataset::import::import(&mut dataset, &[folder.join("tree")], &Default::default(), &mut progress, &never)
        .unwrap();
}

#[test]
fn killed_while_importing_nothing_told_is_lost() {
    use std::io::{BufRead, BufReader};
    let dir = tempfile::tempdir().unwrap();
    const COUNT: u32 = 600;
    for i in 0..COUNT {
        write(dir.path().join(format!("tree/class {}/{i}.jpg", i % 2)), &jpeg(i));
    }
    let root = dir.path().join("set");
    drop(empty_dataset(&root));
    for wait in [1, 3, 5] {
        let before = Dataset::open(&root).unwrap().samples(&Filter::default()).unwrap().len();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["importing_child", "--exact", "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let told = lines.filter_map(|l| l.strip_prefix("told ")?.parse::<usize>().ok()).filter(|n| *n > 0);
        let told = told.take(wait).last().unwrap_or(0);
        child.kill().unwrap();
        child.wait().unwrap();

        let dataset = Dataset::open(&root).unwrap();
        let samples = dataset.samples(&Filter::default()).unwrap();
        assert!(samples.len() >= before + told, "{} of {before} + {told}", samples.len());
        assert!(samples.iter().all(|s| fs::metadata(dataset.picture_path(s).unwrap()).is_ok_and(|m| m.len() > 0)));
        let files = |class: &str| fs::read_dir(root.join(class)).map_or(0, Iterator::count);
        assert_eq!(files("class 0") + files("class 1"), samples.len(), "a picture without a record");
        assert!(!root.join(".incoming").exists());
    }
    let mut dataset = Dataset::open(&root).unwrap();
    let report = import_all(&mut dataset, &[dir.path().join("tree")], &Default::default());
    assert_eq!(report.added + report.already_there, COUNT as usize);
    assert_eq!(dataset.samples(&Filter::default()).unwrap().len(), COUNT as usize);
}

#[test]
fn killed_between_record_and_rename_the_picture_is_put_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("set");
    let mut dataset = empty_dataset(&root);
    dataset.add_picture(&jpeg(1), meta("뒤차기", "x")).unwrap();
    let sample = dataset.samples(&Filter::default()).unwrap().remove(0);
    drop(dataset);
    fs::rename(root.join("뒤차기/x.jpg"), dead_room(&root).join(key("뒤차기", &sample.hash))).unwrap();

    let dataset = Dataset::open(&root).unwrap();
    assert_eq!(dataset.repaired(), Repairs { finished: 1, ..Repairs::default() });
    assert_eq!(fs::read(root.join("뒤차기/x.jpg")).unwrap(), jpeg(1));
    assert!(!root.join(".incoming").exists());
}

#[test]
fn killed_before_the_record_nothing_is_left_and_importing_again_works() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("set");
    drop(empty_dataset(&root));
    let bytes = jpeg(1);
    let hash = blake3::hash(&bytes).to_hex().to_string();
    fs::write(dead_room(&root).join(key("a", &hash)), &bytes[..40]).unwrap();

    let mut dataset = Dataset::open(&root).unwrap();
    assert_eq!(dataset.repaired(), Repairs { discarded: 1, ..Repairs::default() });
    assert!(!root.join(".incoming/dead").exists());
    dataset.add_picture(&bytes, meta("a", "x")).unwrap();
    assert_eq!(fs::read(root.join("a/x.jpg")).unwrap(), bytes);
}

#[test]
fn a_half_finished_transaction_is_as_if_it_had_never_begun() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("set");
    let mut dataset = empty_dataset(&root);
    dataset.add_picture(&jpeg(1), meta("a", "x")).unwrap();
    // As kill -9 leaves it: a copy of the files while a writer is in the middle.
    let other = rusqlite::Connection::open(root.join("samples.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; UPDATE samples SET class = 'lost'; DELETE FROM samples;").unwrap();
    let copy = dir.path().join("copy");
    fs::create_dir_all(copy.join("a")).unwrap();
    for file in ["kihap.toml", "samples.db", "samples.db-wal", "a/x.jpg"] {
        if root.join(file).exists() {
            fs::copy(root.join(file), copy.join(file)).unwrap();
        }
    }
    drop(other);
    let samples = Dataset::open(&copy).unwrap().samples(&Filter::default()).unwrap();
    assert_eq!(samples.len(), 1);
    assert_eq!(samples[0].class, "a");
}

#[test]
fn a_killed_relabelling_is_finished_or_undone() {
    for renamed in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("set");
        let mut dataset = empty_dataset(&root);
        let id = dataset.add_picture(&jpeg(1), meta("a", "x")).unwrap().id();
        dataset.add_class(Class::named("b")).unwrap();
        drop(dataset);
        let db = rusqlite::Connection::open(root.join("samples.db")).unwrap();
        let values = (id.0, "b", "a/x.jpg", "b/x.jpg");
        db.execute("INSERT INTO moves (sample, class, old, new) VALUES (?1, ?2, ?3, ?4)", values).unwrap();
        drop(db);
        if renamed {
            fs::create_dir_all(root.join("b")).unwrap();
            fs::rename(root.join("a/x.jpg"), root.join("b/x.jpg")).unwrap();
        }
        let dataset = Dataset::open(&root).unwrap();
        assert_eq!(dataset.repaired().moves, 1);
        let sample = dataset.sample(id).unwrap();
        assert_eq!((sample.class.as_str(), sample.file.as_deref()), ("b", Some("b/x.jpg")));
        assert!(dataset.picture_path(&sample).unwrap().exists());
        assert!(!root.join("a/x.jpg").exists());
        assert_eq!(Dataset::open(&root).unwrap().repaired().moves, 0);
    }
}

#[test]
fn a_deleted_picture_comes_back_with_the_next_import() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let id = dataset.add_picture(&jpeg(1), meta("a", "x")).unwrap().id();
    fs::remove_file(dataset.root().join("a/x.jpg")).unwrap();
    assert_eq!(dataset.add_picture(&jpeg(1), meta("a", "other")).unwrap().id(), id);
    assert_eq!(fs::read(dataset.root().join("a/x.jpg")).unwrap(), jpeg(1));
}

#[test]
fn setting_aside_and_restoring_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let ids: Vec<_> = (0..3).map(|i| dataset.add_picture(&jpeg(i), meta("a", "x")).unwrap().id()).collect();
    let reasons = vec![Reason::Blur, Reason::DuplicateOf("a/x.jpg".into())];
    dataset.set_aside(&[(ids[1], reasons.clone()), (ids[2], vec![Reason::Dark])]).unwrap();
    let dataset_again = Dataset::open(dataset.root()).unwrap();
    assert_eq!(dataset_again.samples(&Filter::default()).unwrap().len(), 1);
    let aside = dataset_again.sample(ids[1]).unwrap();
    assert_eq!(aside.set_aside, reasons);
    assert!(aside.set_aside_at.is_some() && dataset.picture_path(&aside).unwrap().exists());

    dataset.restore(&[ids[1]]).unwrap();
    assert!(dataset.sample(ids[1]).unwrap().in_use());
    assert_eq!(dataset.restore_all().unwrap(), 1);
    assert_eq!(dataset.samples(&Filter::default()).unwrap().len(), 3);
    // All or none.
    assert!(dataset.set_aside(&[(ids[0], vec![Reason::Dark]), (SampleId(99), vec![])]).is_err());
    assert!(dataset.sample(ids[0]).unwrap().in_use());
}

#[test]
fn relabelling_moves_the_picture_and_refuses_twins() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let first = dataset.add_picture(&jpeg(1), meta("a", "x")).unwrap().id();
    let twin = dataset.add_picture(&jpeg(1), meta("b", "x")).unwrap().id();
    let other = dataset.add_picture(&jpeg(2), meta("a", "y")).unwrap().id();
    assert!(dataset.relabel(&[other], "unknown").unwrap_err().to_string().contains("a, b"));
    let refused = dataset.relabel(&[first, other, twin], "b").unwrap();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].id == first && refused[0].reason.contains("already holds"));
    assert_eq!(dataset.sample(other).unwrap().file.as_deref(), Some("b/y.jpg"));
    assert!(dataset.root().join("b/y.jpg").exists() && !dataset.root().join("a/y.jpg").exists());

    dataset.set_person(&[first, other], Some("Kim")).unwrap();
    dataset.set_session(&[other], Some("evening")).unwrap();
    let of_kim = Filter { persons: Some(vec!["Kim".into()]), ..Default::default() };
    assert_eq!(dataset.samples(&of_kim).unwrap().len(), 2);
    assert_eq!(dataset.sample(other).unwrap().session.as_deref(), Some("evening"));
}

#[test]
fn two_programs_add_to_one_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("set");
    drop(empty_dataset(&root));
    std::thread::scope(|scope| {
        for worker in 0..3u32 {
            let root = &root;
            scope.spawn(move || {
                let mut dataset = Dataset::open(root).unwrap();
                for i in 0..15 {
                    // Every third picture is everybody's.
                    let seed = if i % 3 == 0 { i } else { 100 * (worker + 1) + i };
                    dataset.add_picture(&jpeg(seed), meta(&format!("class {worker}"), "x")).unwrap();
                    dataset.add_picture(&jpeg(seed), meta("common", "x")).unwrap();
                }
            });
        }
    });
    let dataset = Dataset::open(&root).unwrap();
    let samples = dataset.samples(&Filter::default()).unwrap();
    assert_eq!(samples.iter().filter(|s| s.class == "common").count(), 5 + 3 * 10);
    assert_eq!(samples.len(), 35 + 45);
    assert_eq!(dataset.classes().len(), 4);
    assert!(samples.iter().all(|s| dataset.picture_path(s).unwrap().exists()));
}

#[test]
fn classes_taken_out_of_the_manifest_by_hand_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    dataset.add_picture(&jpeg(1), meta("a", "x")).unwrap();
    let root = dataset.root().to_path_buf();
    fs::write(root.join("kihap.toml"), "schema = 1\nname = \"x\"\n").unwrap();
    assert_eq!(Dataset::open(&root).unwrap().classes().len(), 1);
    assert!(Dataset::create(&root, &Manifest::new("x", vec![])).is_err());
    assert!(Dataset::open_or_create(dir.path().join("new"), &Manifest::new("x", vec![])).is_ok());
}
