//! Networks on pictures, recipes, comparisons and generated data with the real program.

mod common;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use common::{class, run_in, small_plan};
use kihap_coach::demo::write_demo_pictures;

/// A dataset of two classes of small pictures.
fn dataset(root: &Path) {
    class(&root.join("pictures"), "left", 10, 1);
    class(&root.join("pictures"), "right", 10, 2);
    let json = run_in(root, "import {}/pictures --into {}/dataset --json").json();
    assert_eq!(json["added"], 20);
}

#[test]
fn a_network_on_pictures_is_trained_stopped_and_used() {
    if !common::networks_are_set_up("a_network_on_pictures_is_trained_stopped_and_used") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    dataset(root);
    let train = "train {}/dataset --model mobilenet-v2 --width 0.35 --side 32 --epochs 3 --batch-size 5 --augment keras \
                 --split random --out {}/model --tensorboard {}/events --no-report --json";
    let json = run_in(root, train).json();
    assert_eq!(json["confusion"]["labels"], serde_json::json!(["left", "right"]));
    assert!(root.join("model/network.json").is_file());
    assert!(!root.join("model.checkpoint").exists(), "a finished training leaves no checkpoint");
    assert!(root.join("events/train").is_dir());
    let json = run_in(root, "predict {}/model {}/pictures/left/0000.jpg --json").json();
    let sum: f64 =
        json["predictions"][0]["probabilities"].as_object().unwrap().values().map(|p| p.as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-6);

    let more = "train {}/dataset --model mobilenet-v2 --width 0.35 --side 32 --epochs 2 --batch-size 5 --split random \
                --weights {}/model --out {}/second --no-report --json";
    run_in(root, more).json();
    let other = more.replace("--weights {}/model", "--weights {}/events");
    run_in(root, &other).refuses(&["events"]);
    run_in(root, "train {}/dataset --model mobilenet-v2 --freeze nowhere --out {}/second").refuses(&["nowhere"]);
    run_in(root, "train {}/dataset --model resnet50 --width 0.5 --out {}/second").refuses(&["resnet50", "width"]);
    run_in(root, "train {}/dataset --model lstm --augment keras --out {}/second").refuses(&["lstm", "sequence"]);
    run_in(root, "train {}/dataset --model gru --input overlay --out {}/second").refuses(&["gru", "sequence"]);
    run_in(root, "train {}/dataset --model catdog-cnn --device wgpu --side 32 --out {}/second --split random")
        .refuses(&["wgpu", "--features"]);
}

#[test]
fn a_recipe_keeps_its_result_beside_it() {
    if !common::networks_are_set_up("a_recipe_keeps_its_result_beside_it") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    dataset(root);
    let text = "model = \"catdog-cnn\"\nside = 32\nsplit = \"random\"\n[training]\nepochs = 2\nbatch_size = 8\n";
    std::fs::write(root.join("catdog-cnn_32px_2epochs.toml"), text).unwrap();
    let json = run_in(root, "train {}/dataset --recipe {}/catdog-cnn_32px_2epochs.toml --no-report --json").json();
    let kept = std::fs::read(root.join("catdog-cnn_32px_2epochs.result.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["accuracy"], json["accuracy"]);
    assert!(root.join("catdog-cnn_32px_2epochs.model/model.toml").is_file());
    std::fs::write(root.join("wrong.toml"), "modle = \"gru\"").unwrap();
    run_in(root, "train {}/dataset --recipe {}/wrong.toml").refuses(&["wrong.toml", "modle"]);
}

#[test]
fn networks_are_compared_on_the_same_folds_and_a_failure_is_a_row() {
    if !common::networks_are_set_up("networks_are_compared_on_the_same_folds_and_a_failure_is_a_row") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    dataset(root);
    let words = "compare {}/dataset --models catdog-cnn,mobilenet-v2,landmark-mlp --side 32 --epochs 1 --folds 2 \
                 --split random --out {}/comparison --json";
    let json = run_in(root, words).json();
    let results = json["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{json}");
    for row in &results[..2] {
        for field in ["accuracy", "f1", "top2_error", "parameters", "train_seconds", "ms_per_sample"] {
            assert!(row[field].is_number(), "{field} of {row}");
        }
    }
    // nobody is on these pictures, so a network on skeletons has nothing to learn from
    assert_eq!(results[2]["model"], "landmark-mlp");
    assert!(results[2].to_string().contains("nobody"), "{}", results[2]);
    for file in ["report.html", "comparison.csv", "comparison.json", "recipes/catdog-cnn.toml"] {
        assert!(root.join("comparison").join(file).is_file(), "{file}");
    }
    // what is there is not done again
    let again = run_in(root, words).json();
    assert_eq!(again["results"][0]["train_seconds"], json["results"][0]["train_seconds"]);
    let other = words.replace("--epochs 1", "--epochs 2");
    run_in(root, &other).refuses(&["other options", "--out"]);
}

#[test]
fn generated_skeletons_become_a_dataset() {
    if !common::networks_are_set_up("generated_skeletons_become_a_dataset") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_demo_pictures(&root.join("pictures"), &small_plan(), || (), &AtomicBool::new(false)).unwrap();
    run_in(root, "import {}/pictures/person-1/session-1 --into {}/dataset --person one --session s --json").json();
    let classes = "front_kick_left,front_kick_right";
    let words = format!("augment {{}}/dataset --classes {classes} --per-class 4 --steps 60 --out {{}}/made --json");
    let json = run_in(root, &words).json();
    assert_eq!(json["added"], 8, "{json}");
    assert!(root.join("made/models/generator").is_dir());
    let train =
        "train {}/made --model landmark-softmax --split random --validation 0 --test 0 --epochs 2 --no-report --json";
    assert_eq!(run_in(root, train).json()["samples"], 8);
    run_in(root, &words).refuses(&["made"]);
}
