//! What users really hand in: each gets one sentence that names the mend, and nothing is harmed.

mod common;

use std::path::Path;

use common::{class, ffmpeg, jpeg, run, run_in};

/// A JPEG whose header claims this size.
fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(32, 32, 1);
    let frame = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn bad_pictures_are_skipped_with_a_reason_and_good_ones_taken() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let source = class(root, "source/kick", 3, 1);
    let whole = jpeg(64, 64, 7);
    std::fs::write(source.join("cut.jpg"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(source.join("text.jpg"), "I am a shopping list\n").unwrap();
    std::fs::write(source.join("empty.jpg"), "").unwrap();
    std::fs::write(source.join("nothing.jpg"), jpeg_claiming(0, 0)).unwrap();
    std::fs::write(source.join("huge.jpg"), jpeg_claiming(20_000, 20_000)).unwrap();
    let said = run_in(root, "import {}/source --into {}/dataset");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("3 samples added"), "{}", said.out);
    said.skips(&["cut.jpg", "cut short", "copy it again"]);
    said.skips(&["text.jpg", "not a JPEG, PNG or WebP"]);
    said.skips(&["empty.jpg", "empty"]);
    said.skips(&["nothing.jpg", "no pixels (0×0)"]);
    said.skips(&["huge.jpg", "too large (20000×20000", "make it smaller"]);

    let json = run_in(root, "import {}/source --into {}/dataset --json").json();
    assert_eq!(json["already_there"], 3);
    assert_eq!(json["skipped"].as_array().unwrap().len(), 5);
}

#[test]
fn an_empty_class_and_names_with_spaces_and_hangul() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    class(root, "source/내려 막기", 3, 1);
    class(root, "source/front kick", 2, 2);
    std::fs::create_dir(root.join("source/nobody yet")).unwrap();
    let (source, dataset) = (root.join("source"), root.join("나의 데이터"));
    let words = ["import".as_ref(), source.as_os_str(), "--into".as_ref(), dataset.as_os_str()];
    let said = run(&words);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("나의 데이터'`, then"), "a path with a space can be typed as it is shown: {}", said.out);
    said.skips(&["nobody yet", "is empty", "no pictures or videos"]);
    assert_eq!(std::fs::read_dir(dataset.join("내려 막기")).unwrap().count(), 3);
    assert_eq!(std::fs::read_dir(dataset.join("front kick")).unwrap().count(), 2);
}

#[test]
fn one_class_cannot_be_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    class(root, "source/only", 3, 1);
    run_in(root, "import {}/source --into {}/dataset --json").json();
    let said = run_in(root, "train {}/dataset --model landmark-mlp");
    said.refuses(&["only one class", "(only)", "`kihap import` adds another"]);
    assert!(!root.join("dataset/models").exists());
}

#[test]
fn a_class_with_one_picture_is_trained_with_a_warning_and_refused_in_folds() {
    if !common::networks_are_set_up("a_class_with_one_picture") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    class(root, "source/a", 6, 1);
    class(root, "source/b", 6, 2);
    class(root, "source/single", 1, 3);
    run_in(root, "import {}/source --into {}/dataset --json").json();
    // Patterns show nobody, so this reads photos: it may need a network that is not set up.
    let said = run_in(root, "train {}/dataset --model photo-softmax --epochs 3 --no-report --json");
    if said.err.contains("is not installed") {
        eprintln!("skipped: {}", said.err.trim());
        return;
    }
    let warnings = said.json()["warnings"].to_string();
    assert!(warnings.contains("single"), "{warnings}");
    let said = run_in(root, "train {}/dataset --model photo-softmax --folds 3 --no-report");
    said.refuses(&["'single'", "too few", "3 folds", "import more"]);
    let said = run_in(root, "train {}/dataset --model landmark-mlp --no-report");
    said.refuses(&["nobody was found", "`kihap curate`"]);
}

#[test]
fn a_video_without_frames() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let sound = root.join("sound.mp4");
    if !ffmpeg(&["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", sound.to_str().unwrap()]) {
        eprintln!("skipped: a_video_without_frames needs ffmpeg");
        return;
    }
    std::fs::write(root.join("text.mp4"), "no video").unwrap();
    let said = run_in(root, "import {}/sound.mp4 {}/text.mp4 --class kick --into {}/dataset");
    said.refuses(&["nothing was imported"]);
    said.skips(&["sound.mp4", "holds no picture"]);
    said.skips(&["text.mp4", "holds no picture"]);
    assert!(!said.out.contains("next:"), "{}", said.out);
}

/// A table of the 17 joints with `cell` as the second row's first coordinate.
fn table(cell: &str) -> String {
    let names = kihap_vision::Skeleton::Coco17.names();
    let header: Vec<String> = names.iter().flat_map(|n| [format!("{n}_x"), format!("{n}_y")]).collect();
    let row = |first: &str, shift: usize| {
        let rest = (1..34).map(|i| format!("0.{}", i + shift));
        std::iter::once(first.to_owned()).chain(rest).collect::<Vec<_>>().join(",")
    };
    format!("class,{}\nkick,{}\nkick,{}\npunch,{}\n", header.join(","), row("0.5", 10), row(cell, 11), row("0.4", 12))
}

#[test]
fn tables_with_nan_and_tables_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (cell, reason) in [("NaN", "not finite"), ("inf", "not finite"), ("", "empty"), ("left", "not a number")] {
        std::fs::write(root.join("table.csv"), table(cell)).unwrap();
        let said = run_in(root, "import {}/table.csv --into {}/dataset");
        assert_eq!(said.code, Some(0), "{cell}: {}", said.err);
        said.skips(&["table.csv", "row 3", "nose", reason]);
    }
    assert_eq!(run_in(root, "import {}/table.csv --into {}/dataset --json").json()["already_there"], 2);
    std::fs::write(root.join("other.csv"), "a,b\n1,2\n").unwrap();
    std::fs::write(root.join("utf16.csv"), b"\xff\xfec\0l\0a\0s\0s\0\n\0").unwrap();
    let said = run_in(root, "import {}/other.csv {}/utf16.csv --into {}/none");
    said.refuses(&["nothing was imported"]);
    said.skips(&["other.csv", "columns `file` and `class`"]);
    said.skips(&["utf16.csv", "UTF-8"]);
}

#[test]
#[cfg(unix)]
fn a_folder_without_the_right_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    class(root, "source/open", 2, 1);
    let closed = class(root, "source/closed", 2, 2);
    let mode = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    if std::fs::read_dir(&closed).is_ok() {
        mode(0o755);
        eprintln!("skipped: a_folder_without_the_right_to_read, this user may read everything");
        return;
    }
    let said = run_in(root, "import {}/source --into {}/dataset");
    let drawn = run_in(root, "skeleton {}/source/closed --json");
    mode(0o755);
    assert_eq!(said.code, Some(0), "{}", said.err);
    said.skips(&["closed", "no right", "chmod"]);
    assert!(drawn.err.contains("no right") || drawn.err.contains("kihap setup"), "{}", drawn.err);
}

#[test]
fn things_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    class(root, "source/a", 3, 1);
    class(root, "source/b", 3, 2);
    run_in(root, "import {}/source --into {}/dataset --json").json();
    std::fs::write(root.join("file"), "").unwrap();
    let cases: &[(&str, &[&str])] = &[
        ("train {}/nowhere --model landmark-mlp", &["nowhere", "no dataset", "`kihap new"]),
        ("curate {}/source", &["no dataset", "`kihap new"]),
        ("train {}/dataset --model alexnet-9", &["alexnet-9", "landmark-mlp, photo-softmax"]),
        ("train {}/dataset --model landmark-mlp --estimator eagle", &["eagle", "blazepose-full"]),
        ("train {}/dataset --model landmark-mlp --classes a,z", &["no class 'z'", "it has a, b"]),
        ("train {}/dataset --model landmark-mlp --persons kim", &["persons kim", "`kihap import`"]),
        ("train {}/dataset --model landmark-mlp --test-persons kim", &["'kim'", "import with --person"]),
        ("train {}/dataset --model landmark-mlp --validation 2", &["--validation 2", "from 0 to 1"]),
        ("train {}/dataset --model landmark-mlp --validation 0.5 --test 0.5", &["leave something to learn from"]),
        ("train {}/dataset --model landmark-mlp --folds 1", &["--folds is 1", "at least 2"]),
        ("evaluate {}/nowhere {}/dataset", &["nowhere", "not a usable Kihap model"]),
        ("predict {}/dataset {}/source", &["not a usable Kihap model", "model.toml"]),
        ("import {}/nowhere --into {}/dataset", &["nothing was imported"]),
        ("import {}/source --into {}/file", &["file", "choose a folder"]),
        ("import {}/source --into {}/dataset --fps 0", &["--fps is 0", "above 0"]),
        ("import {}/source --into {}/dataset --every 0", &["--every is 0", "at least 1"]),
        ("import {}/source --into {}/dataset --class ../up", &["cannot be a class", "leave out"]),
        ("skeleton {}/source --json --fps -1", &["-1"]),
        ("skeleton {}/source", &["--out DIR", "--json"]),
        ("new {}/dataset", &["already a dataset", "import into it"]),
        ("new {}/other --course knitting", &["knitting", "basics"]),
        ("restore {}/dataset --samples z", &["'z'", "`kihap curate"]),
        ("setup --only eagle", &["eagle", "blazepose-full"]),
        ("demo --out {} --persons 1", &["at least 3 persons"]),
    ];
    for (words, sentence) in cases {
        let said = run_in(root, words);
        said.refuses(sentence);
        assert!(!root.join("dataset/models").exists(), "{words} left a model");
    }
}

#[test]
fn the_demo_clears_away_nobody_elses_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    class(root, "source/a", 2, 1);
    run_in(root, "import {}/source --into {}/dataset --json").json();
    run_in(root, "demo --out {}").refuses(&["no demo's", "--out"]);
    assert_eq!(std::fs::read_dir(root.join("dataset/a")).unwrap().count(), 2);
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_enough_is_no_error() {
    let program = Path::new(env!("CARGO_BIN_EXE_kihap"));
    let line = format!("'{}' models --json | head -n 1; '{}' --help | true", program.display(), program.display());
    let said = common::Said::of(&std::process::Command::new("sh").args(["-c", &line]).output().unwrap());
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "{\n", ""));
}
