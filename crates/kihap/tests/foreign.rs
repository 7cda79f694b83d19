//! Models of other tools with the real program: `predict`, `evaluate`, `compare`.

mod common;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use common::run_in;
use kihap_coach::demo::write_demo_pictures;

/// Teachable Machine's example, where it and the runtime are there.
fn example(test: &str) -> Option<[PathBuf; 2]> {
    let root = std::env::var_os("KIHAP_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let files = ["image-model.zip", "image-model-data.zip"].map(|name| root.join("teachable-machine").join(name));
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        eprintln!("skipped: {test} needs {}", missing.display());
        return None;
    }
    common::networks_are_set_up(test).then_some(files)
}

/// A folder with the model and a dataset of its pictures.
fn prepared(test: &str) -> Option<tempfile::TempDir> {
    let [model, pictures] = example(test)?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(model, folder.path().join("model.zip")).unwrap();
    std::fs::copy(pictures, folder.path().join("data.zip")).unwrap();
    let json = run_in(folder.path(), "import {}/data.zip --into {}/set --json").json();
    assert_eq!(json["added"], 22);
    Some(folder)
}

#[test]
fn an_export_is_evaluated_as_it_is() {
    let Some(folder) = prepared("an_export_is_evaluated_as_it_is") else { return };
    let root = folder.path();
    let json = run_in(root, "evaluate {}/model.zip {}/set --report {}/report --json").json();
    assert_eq!((json["accuracy"].as_f64(), json["samples"].as_u64()), (Some(1.0), Some(22)));
    assert_eq!(json["confusion"]["matrix"], serde_json::json!([[11, 0], [0, 11]]));
    assert!(json["warnings"].to_string().contains("not known"), "{}", json["warnings"]);
    let page = std::fs::read_to_string(json["report"].as_str().unwrap()).unwrap();
    assert!(page.contains("Teachable Machine image model"));

    let json = run_in(root, "predict {}/model.zip {}/set --json").json();
    let predictions = json["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 22);
    for prediction in predictions {
        let label = prediction["label"].as_str().unwrap();
        assert!(prediction["source"].as_str().unwrap().contains(label), "{prediction}");
        assert!(prediction["probabilities"][label].as_f64().unwrap() > 0.99);
    }
}

#[test]
fn classes_written_otherwise_are_matched_and_unknown_ones_told() {
    let Some(folder) = prepared("classes_written_otherwise_are_matched_and_unknown_ones_told") else { return };
    let root = folder.path();
    for (class, name) in [("Class 1", "class_1"), ("Class 2", "waltz")] {
        let target = root.join("tree").join(name);
        std::fs::create_dir_all(&target).unwrap();
        for entry in std::fs::read_dir(root.join("set").join(class)).unwrap().flatten() {
            std::fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
        }
    }
    run_in(root, "import {}/tree --into {}/other --json").json();
    let json = run_in(root, "evaluate {}/model.zip {}/other --json").json();
    assert_eq!((json["samples"].as_u64(), json["accuracy"].as_f64()), (Some(11), Some(1.0)));
    let warnings = json["warnings"].to_string();
    assert!(
        warnings.contains("class_1 = Class 1") && warnings.contains("does not know waltz: 11 samples"),
        "{warnings}"
    );
    run_in(root, "evaluate {}/model.zip {}/other --classes waltz").refuses(&[
        "knows none",
        "waltz",
        "Class 1, Class 2",
    ]);

    std::fs::write(root.join("poses.csv"), poses()).unwrap();
    run_in(root, "import {}/poses.csv --into {}/poses --json").json();
    run_in(root, "evaluate {}/model.zip {}/poses").refuses(&["none of the 2 samples", "no picture"]);
}

/// Two rows of MoveNet's joints.
fn poses() -> String {
    let names = kihap_vision::Skeleton::Coco17.names();
    let header: Vec<String> = names.iter().flat_map(|n| [format!("{n}_x"), format!("{n}_y")]).collect();
    let row = |shift: usize| (0..34).map(|i| format!("0.{}", i + shift)).collect::<Vec<_>>().join(",");
    format!("class,{}\nClass 1,{}\nClass 2,{}\n", header.join(","), row(10), row(11))
}

#[test]
fn a_finished_model_stands_in_a_comparison() {
    let Some(folder) = prepared("a_finished_model_stands_in_a_comparison") else { return };
    let root = folder.path();
    let words =
        "compare {}/set --models landmark-softmax,{}/model.zip --folds 2 --split random --out {}/compared --json";
    let json = run_in(root, words).json();
    let row = json["results"].as_array().unwrap().iter().find(|row| row["name"] == "model.zip").unwrap().clone();
    assert_eq!((row["accuracy"].as_f64(), row["train_seconds"].as_f64()), (Some(1.0), Some(0.0)), "{row}");
    assert!(row["parameters"].as_u64().unwrap() > 400_000, "{row}");
}

#[test]
fn what_is_no_model_is_the_users_fault() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    common::class(root, "source/a", 1, 1);
    std::fs::write(root.join("notes.txt"), "hello").unwrap();
    std::fs::write(root.join("broken.zip"), b"PK\x03\x04 and no more").unwrap();
    std::fs::write(root.join("broken.onnx"), b"\xff\xff\xff").unwrap();
    std::fs::create_dir(root.join("export")).unwrap();
    std::fs::write(root.join("export/model.json"), "{}").unwrap();
    for (name, words) in [
        ("notes.txt", "these are"),
        ("broken.zip", "damaged zip"),
        ("broken.onnx", "damaged"),
        ("export", "no modelTopology"),
        ("source/a/0000.jpg", "these are"),
    ] {
        run_in(root, &format!("predict {{}}/{name} {{}}/source")).refuses(&[name, words]);
    }
    run_in(root, "predict {}/broken.onnx {}/source --range 0..2").refuses(&["'0..2'", "-1..1"]);
    run_in(root, "predict builtin:basics {}/source --range 0..1").refuses(&["models of other tools"]);
}

/// What `kihap export --to onnx` wrote gives the answers of the model it was written from: from landmarks, from both, and from
/// pictures with the skeleton on them.
#[test]
fn an_exported_file_answers_as_its_model_does() {
    if !common::networks_are_set_up("an_exported_file_answers_as_its_model_does") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_demo_pictures(&root.join("people"), &common::small_plan(), || (), &AtomicBool::new(false)).unwrap();
    common::class(root, "nobody", 1, 9);
    for person in ["person-1", "person-2", "person-3"] {
        run_in(root, &format!("import {{}}/people/{person}/session-1 --into {{}}/set --person {person} --json")).json();
    }
    for (model, input) in [("landmark-mlp", "landmarks"), ("fusion-mlp", "photo"), ("photo-softmax", "overlay")] {
        let words = format!("train {{}}/set --model {model} --input {input} --epochs 20 --out {{}}/{model} --json");
        run_in(root, &words).json();
        run_in(root, &format!("export {{}}/{model} --to onnx --out {{}}/{model}-onnx --json")).json();
        let answers = |path: &str| {
            run_in(root, &format!("predict {{}}/{path} {{}}/people/person-3/session-1 {{}}/nobody --json")).json()["predictions"].clone()
        };
        let (own, theirs) = (answers(model), answers(&format!("{model}-onnx/model.onnx")));
        let (own, theirs) = (own.as_array().unwrap(), theirs.as_array().unwrap());
        assert!(own.len() > 10 && own.len() == theirs.len());
        for (own, theirs) in own.iter().zip(theirs) {
            for key in ["source", "label", "abstained"] {
                assert_eq!(own[key], theirs[key], "{model}: {own} {theirs}");
            }
            for (class, probability) in own["probabilities"].as_object().unwrap() {
                let difference = probability.as_f64().unwrap() - theirs["probabilities"][class].as_f64().unwrap();
                assert!(difference.abs() < 1e-3, "{model}: {own} {theirs}");
            }
        }
    }
    run_in(root, "evaluate {}/landmark-mlp-onnx/model.onnx {}/set --split test --json").json();
    the_card_counts_people_and_what_was_learnt_from(root);
}

fn the_card_counts_people_and_what_was_learnt_from(root: &Path) {
    let card = std::fs::read_to_string(root.join("landmark-mlp-onnx/MODEL_CARD.md")).unwrap();
    let number = |line: &str, at: usize| -> usize {
        let line = card.lines().find(|l| l.starts_with(line)).unwrap_or_else(|| panic!("no {line:?} in {card}"));
        line.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).nth(at).unwrap().parse().unwrap()
    };
    assert_eq!((0..3).map(|part| number("- People:", part)).sum::<usize>(), 3);
    let by_class = card.lines().filter(|l| l.starts_with("- Training samples of "));
    let learnt: usize = by_class.map(|l| l.rsplit(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(learnt, number("- Samples:", 0), "{card}");
    let korean = std::fs::read_to_string(root.join("landmark-mlp-onnx/MODEL_CARD.ko.md")).unwrap();
    assert!(korean.contains("- 사람: 학습"), "{korean}");
}

#[test]
fn a_dataset_goes_out_as_a_project_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    common::class(root, "source/a", 2, 1);
    common::class(root, "source/b", 3, 2);
    run_in(root, "import {}/source --into {}/set --json").json();
    for kind in ["image", "pose"] {
        let json = run_in(root, &format!("export {{}}/set --to tm-{kind} --out {{}}/{kind}.tm --json")).json();
        assert_eq!((json["classes"].to_string().as_str(), &json["resized"]), (r#"[["a",2],["b",3]]"#, &5.into()));
        let json = run_in(root, &format!("import {{}}/{kind}.tm --into {{}}/{kind} --json")).json();
        assert_eq!(json["added"], 5);
    }
    run_in(root, "export {}/set --to tm-pose --out {}/x.tm --verify 3").refuses(&["--verify", "import"]);
    run_in(root, "export {}/source --to tm-pose --out {}/x.tm").refuses(&["source"]);
}
