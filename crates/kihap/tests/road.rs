//! The main road with the real program, on pictures that it draws itself: import, curate, train, evaluate, predict.

mod common;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use common::{Said, kihap, run_in, small_plan};
use kihap_coach::demo::{DemoPlan, write_demo_pictures};
use serde_json::Value;

#[test]
fn from_pictures_to_predictions() {
    if !common::networks_are_set_up("from_pictures_to_predictions") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let plan = small_plan();
    write_demo_pictures(&root.join("pictures"), &plan, || (), &AtomicBool::new(false)).unwrap();
    imports(root, &plan);
    curates(root, &plan);
    trains(root, &plan);
    evaluates(root, &plan);
    predicts(root);
    finds_skeletons(root);
    a_damaged_model_is_told(root);
}

fn imports(root: &Path, plan: &DemoPlan) {
    for person in 1..=plan.persons {
        let words = format!(
            "import {{}}/pictures/person-{person}/session-1 --into {{}}/dataset --person person-{person} --session s{person} --json"
        );
        let json = run_in(root, &words).json();
        assert_eq!(json["added"].as_u64().unwrap() as usize, plan.len() / plan.persons as usize, "{json}");
    }
    let kept = std::fs::read_dir(root.join("dataset/front_kick_left")).unwrap().count();
    assert_eq!(kept, (plan.persons * plan.per_class) as usize);
}

fn curates(root: &Path, plan: &DemoPlan) {
    let json = run_in(root, "curate {}/dataset --json").json();
    assert_eq!(json["samples"].as_u64().unwrap() as usize, plan.len());
    assert_eq!(json["leaks"].as_array().unwrap().len(), 0);
    let reasons = ["blur", "no_person", "several_people", "dark", "outlier", "cut_off", "duplicate_of:", "off_class"];
    for flag in json["flagged"].as_array().unwrap() {
        assert!(flag["sample"].is_string(), "{flag}");
        for reason in flag["reasons"].as_array().unwrap() {
            let known = reasons.iter().any(|r| reason.as_str().unwrap().starts_with(r));
            assert!(known, "{reason}");
        }
    }
}

fn trains(root: &Path, plan: &DemoPlan) {
    let words = "train {}/dataset --model landmark-softmax --out {}/model --test-persons person-3 --seed 3 --json";
    let json = run_in(root, words).json();
    measured_like_the_contract(&json, "test", plan);
    assert!(json["features_from_cache"].as_u64().unwrap() > 0, "curate found the skeletons already: {json}");
    let report = std::fs::read_to_string(json["report"].as_str().unwrap()).unwrap();
    assert!(report.contains("front_kick_left"));
    for file in ["model.toml", "weights.safetensors", "split.csv"] {
        assert!(root.join("model").join(file).is_file(), "{file}");
    }
    let again = run_in(root, &words.replace("{}/model", "{}/again")).json();
    assert_eq!((&json["confusion"], &json["loss"]), (&again["confusion"], &again["loss"]), "the seed gives the same");
}

fn evaluates(root: &Path, plan: &DemoPlan) {
    let json = run_in(root, "evaluate {}/model {}/dataset --json").json();
    measured_like_the_contract(&json, "test", plan);
    let all = run_in(root, "evaluate {}/model {}/dataset --split all --json").json();
    assert_eq!(all["samples"].as_u64().unwrap() as usize, plan.len());
    assert!(all["warnings"].to_string().contains("optimistic"), "{}", all["warnings"]);

    common::class(root, "strangers/waltz", 2, 1);
    run_in(root, "import {}/strangers --into {}/waltz --json").json();
    run_in(root, "evaluate {}/model {}/waltz").refuses(&["does not know the class 'waltz'", "it knows", "--classes"]);
}

/// `accuracy`, `macro`, `per_class`, `confusion`, `loss`, `samples`, `split`, `warnings`; one person was the test.
fn measured_like_the_contract(json: &Value, split: &str, plan: &DemoPlan) {
    let samples = plan.len() / plan.persons as usize;
    assert_eq!((json["samples"].as_u64(), json["split"].as_str()), (Some(samples as u64), Some(split)));
    let accuracy = json["accuracy"].as_f64().unwrap();
    // Chance is one in eleven.
    assert!(accuracy > 0.5, "accuracy {accuracy} on a person never seen\n{}", json["confusion"]);
    for name in ["precision", "recall", "f1"] {
        assert!((0.0..=1.0).contains(&json["macro"][name].as_f64().unwrap()), "{name}");
    }
    let labels = json["confusion"]["labels"].as_array().unwrap();
    let matrix = json["confusion"]["matrix"].as_array().unwrap();
    assert_eq!((labels.len(), matrix.len()), (plan.classes.len(), plan.classes.len()));
    assert_eq!(json["per_class"].as_object().unwrap().len(), labels.len());
    let cell = |row: usize, column: usize| matrix[row][column].as_u64().unwrap();
    let sum: u64 =
        (0..labels.len()).flat_map(|r| (0..labels.len()).map(move |c| (r, c))).map(|(r, c)| cell(r, c)).sum();
    let right: u64 = (0..labels.len()).map(|i| cell(i, i)).sum();
    assert_eq!(sum, samples as u64);
    assert!((accuracy - right as f64 / sum as f64).abs() < 1e-9);
    assert!(json["loss"].as_f64().unwrap() > 0.0 && json["warnings"].is_array());
}

fn predicts(root: &Path) {
    let words = "predict {}/model {}/pictures/person-3/session-1/basic_ready {}/nowhere.jpg --json";
    let said = run_in(root, words);
    said.skips(&["nowhere.jpg", "check the spelling"]);
    let json = said.json();
    let predictions = json["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 3);
    for p in predictions {
        assert!(p["source"].as_str().unwrap().contains("basic_ready") && p["frame"] == 0, "{p}");
        let probabilities = p["probabilities"].as_object().unwrap();
        let sum: f64 = probabilities.values().map(|v| v.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        let best = probabilities.iter().max_by(|a, b| a.1.as_f64().unwrap().total_cmp(&b.1.as_f64().unwrap())).unwrap();
        assert_eq!(p["label"].as_str().unwrap(), best.0);
        assert!(p["abstained"].is_boolean() && (p["reason"].is_string() || p["reason"].is_null()), "{p}");
        assert!(p.as_object().unwrap().contains_key("side"));
    }
    run_in(root, "predict {}/model {}/nowhere.jpg").refuses(&["no picture to predict"]);
    run_in(root, "predict {}/model {}/pictures --fps 0").refuses(&["--fps is 0"]);
}

fn finds_skeletons(root: &Path) {
    let words = "skeleton {}/pictures/person-1/session-1 --out {}/drawn --mode skeleton --json";
    let json = run_in(root, words).json();
    let poses = json["poses"].as_array().unwrap();
    let mut found = 0;
    for pose in poses {
        let nobody = pose["source"].as_str().unwrap().contains("nobody");
        let landmarks = pose["landmarks"].as_array().unwrap();
        let (width, height) = (pose["width"].as_f64().unwrap(), pose["height"].as_f64().unwrap());
        assert!(pose["score"].is_number() && pose["frame"] == 0);
        if nobody || landmarks.is_empty() {
            continue;
        }
        found += 1;
        assert_eq!((landmarks.len(), landmarks[0]["name"].as_str()), (33, Some("nose")));
        // Pixels of the picture, not fractions.
        let (x, y) = (landmarks[0]["x"].as_f64().unwrap(), landmarks[0]["y"].as_f64().unwrap());
        assert!(x > 2.0 && x < width && y > 2.0 && y < height, "{pose}");
        assert!(landmarks[0]["z"].is_number() && landmarks[0]["visibility"].is_number());
    }
    assert!(found * 10 > poses.len() * 8, "somebody in {found} of {}", poses.len());
    // Pictures of the same name in several folders each have their drawing.
    let drawn = |class: &str| std::fs::read_dir(root.join("drawn").join(class)).unwrap().count();
    assert_eq!((drawn("front_kick_left"), drawn("basic_ready")), (3, 3));
    run_in(root, "skeleton {}/nowhere --json").refuses(&["no picture to look at"]);
}

fn a_damaged_model_is_told(root: &Path) {
    for (file, damage) in [("weights.safetensors", Some(100)), ("model.toml", Some(60)), ("weights.safetensors", None)]
    {
        let copy = root.join("copy");
        let _ = std::fs::remove_dir_all(&copy);
        std::fs::create_dir(&copy).unwrap();
        for name in ["model.toml", "network.json", "weights.safetensors", "metrics.json", "split.csv"] {
            std::fs::copy(root.join("model").join(name), copy.join(name)).unwrap();
        }
        match damage {
            Some(bytes) => {
                let whole = std::fs::read(copy.join(file)).unwrap();
                std::fs::write(copy.join(file), &whole[..bytes]).unwrap();
            }
            None => std::fs::remove_file(copy.join(file)).unwrap(),
        }
        let source = root.join("pictures/person-1/session-1/basic_ready");
        let words = ["predict".as_ref(), copy.as_os_str(), source.as_os_str()];
        Said::of(&kihap(&words).output().unwrap()).refuses(&[file]);
    }
}
