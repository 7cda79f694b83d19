//! The syllabus at work with the real program: synthesis, built-in models, tracking, judging, sparring.

mod common;

use std::path::Path;

use common::{Said, kihap, run_in};
use serde_json::Value;

#[test]
fn a_synthetic_performance_is_followed_step_by_step() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let made = run_in(root, "synth --course taegeuk-1 --front --seed 2 --out {}/form.json --json").json();
    assert_eq!(made["steps"].as_array().unwrap().iter().filter(|s| s["number"].is_number()).count(), 18);
    let sheet = run_in(root, "track taegeuk-1 {}/form.json --json").json();
    assert_eq!(sheet["form"], "taegeuk_1");
    let steps = sheet["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 18);
    let found: Vec<&Value> = steps.iter().filter(|step| step["found"] == true).collect();
    assert!(found.len() >= 14, "{} of 18 steps found", found.len());
    let starts: Vec<f64> = found.iter().map(|step| step["start"].as_f64().unwrap()).collect();
    assert!(starts.windows(2).all(|two| two[0] < two[1]), "{starts:?}");
    assert!(sheet["accuracy_score"].as_f64().unwrap() <= 4.0);
    assert!(!sheet["withheld"].as_array().unwrap().is_empty(), "a shout cannot be heard, and that is said");

    let korean = run_in(root, "track taegeuk-1 {}/form.json --words korean");
    assert!(korean.out.contains("아래막기"), "{}", korean.out);
    let stars = run_in(root, "track taegeuk-1 {}/form.json --original --json").json();
    assert!(stars["steps"].as_array().unwrap().iter().all(|step| step["stars"].as_u64().unwrap() <= 3));
    run_in(root, "track taegeuk-9 {}/form.json").refuses(&["taegeuk-9", "taegeuk-8"]);
    run_in(root, "track taegeuk-1:7 {}/form.json").refuses(&["taegeuk-1:7"]);

    let seen = run_in(root, "recognise {}/form.json --course taegeuk-1:1 --json").json();
    let of_form = seen["predictions"].as_array().unwrap().iter().filter(|p| p["step"].is_number()).count();
    assert!(of_form > 20, "{of_form} frames show a step of the section");
    let spar = run_in(root, "spar {}/form.json --json").json();
    assert_eq!(spar["people"].as_array().unwrap().len(), 1);
    run_in(root, "spar {}/form.json --people 3").refuses(&["--people", "two"]);
}

#[test]
fn built_in_models_are_used_and_adapted_like_any_other() {
    if !common::networks_are_set_up("built_in_models_are_used_and_adapted_like_any_other") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    run_in(root, "synth --course basics --out {}/drawn --per-class 3 --render --seed 77 --json").json();
    let seen = run_in(root, "recognise {}/drawn --json").json();
    let predictions = seen["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 27 * 3);
    let syllabus = kihap_syllabus::Syllabus::embedded().unwrap();
    let classes = syllabus.course("basics").unwrap();
    let right = predictions.iter().filter(|p| {
        let source = p["source"].as_str().unwrap();
        let class = classes.iter().find(|c| source.contains(&format!("/{}/", c.id))).unwrap();
        let wanted = class.techniques.first().unwrap_or(&class.id);
        p["label"].as_str() == Some(wanted)
    });
    let right = right.count();
    // Cameras stand all around, also behind; chance is one in fifteen.
    assert!(right * 2 > predictions.len(), "{right} of {} drawn motions", predictions.len());
    for prediction in predictions {
        let sum: f64 = prediction["probabilities"].as_object().unwrap().values().map(|p| p.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{prediction}");
    }

    let one = run_in(root, "recognise {}/drawn/front_low_block_left --course low_block --json").json();
    let probabilities = one["predictions"][0]["probabilities"].as_object().unwrap();
    assert_eq!(probabilities.keys().collect::<Vec<_>>(), ["low_block", "nobody", "other"]);
    let two = run_in(root, "recognise {}/drawn/front_low_block_left --classes low_block,other --json").json();
    for prediction in two["predictions"].as_array().unwrap() {
        let told = prediction["probabilities"].as_object().unwrap();
        assert_eq!(told.keys().collect::<Vec<_>>(), ["low_block", "nobody", "other"]);
        let sum: f64 = told.values().map(|p| p.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{prediction}");
    }
    run_in(root, "recognise {}/drawn --classes low_block,moonwalk").refuses(&["moonwalk", "face_block"]);
    run_in(root, "recognise {}/drawn --course taegeuk-1 --classes low_block").refuses(&["--classes"]);
    run_in(root, "recognise {}/drawn --course moonwalk").refuses(&["moonwalk", "taegeuk-1"]);

    run_in(root, "predict builtin:basics {}/drawn/front_kick_left --json").json();
    run_in(root, "predict builtin:handstand {}/drawn/front_kick_left").refuses(&["handstand", "builtin:basics"]);
    let train = "train {}/drawn --model landmark-mlp --from builtin:basics --epochs 3 --split random --out {}/model --no-report";
    run_in(root, &format!("{train} --json")).json();
    run_in(root, "predict {}/model {}/drawn/front_kick_left --json").json();
    run_in(root, "train {}/drawn --model landmark-softmax --from builtin:basics --out {}/other")
        .refuses(&["landmark-mlp"]);
}

#[test]
fn a_judge_says_what_it_measured_and_what_it_withholds() {
    if !common::networks_are_set_up("a_judge_says_what_it_measured_and_what_it_withholds") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    run_in(root, "synth --course basics --out {}/drawn --per-class 1 --render --seed 5 --json").json();
    let judged = run_in(root, "judge low-block {}/drawn/front_low_block_left --stance front-stance --json").json();
    let verdict = &judged["judged"][0];
    assert_eq!(verdict["technique"], "low_block");
    let bounds = verdict["bounds"].as_array().unwrap();
    assert!(bounds.len() > 10);
    for bound in bounds {
        let withheld = bound["verdict"] == "withheld";
        assert_eq!(withheld, bound.get("withheld").is_some(), "a bound without a verdict says why: {bound}");
    }
    let empty = run_in(root, "judge low-block {}/drawn/nobody --json").json();
    let bounds = empty["judged"][0]["bounds"].as_array().unwrap();
    assert!(bounds.iter().all(|bound| bound["verdict"] == "withheld"), "nobody is judged in an empty room");
    run_in(root, "judge moonwalk {}/drawn").refuses(&["moonwalk"]);
}

#[test]
fn synthetic_skeletons_make_a_dataset_to_train_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let made = run_in(root, "synth --course taegeuk-2-1 --out {}/data --per-class 40 --json").json();
    assert!(made["samples"].as_u64().unwrap() > 50);
    let again = run_in(root, "synth --course taegeuk-2-1 --out {}/data --per-class 40 --json").json();
    assert_eq!(again["dataset"], made["dataset"]);
    let trained = run_in(root, "train {}/data --model landmark-mlp --epochs 60 --out {}/model --no-report --json");
    if common::networks_are_set_up("synthetic_skeletons_make_a_dataset_to_train_on") {
        assert!(trained.json()["accuracy"].as_f64().unwrap() > 0.3);
    }
    run_in(root, "synth --course empty --out {}/none").refuses(&["empty"]);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_syllabus_of_ones_own_brings_its_techniques_and_its_faults_are_told_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("syllabus");
    copied(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../syllabus"), &own);
    let file = own.join("techniques.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let start = text.find("[[technique]]\nid = \"low_block\"").unwrap();
    let end = start + 2 + text[start + 2..].find("[[technique]]").unwrap();
    let mine = text[start..end].replace("id = \"low_block\"", "id = \"club_block\"");
    std::fs::write(&file, format!("{text}\n{mine}")).unwrap();
    let judge = |technique: &str| {
        let landmarks = folder.path().join("form.json");
        if !landmarks.is_file() {
            run_in(folder.path(), "synth --course taegeuk-1:4 --out {}/form.json --json").json();
        }
        let output = kihap(&["judge", technique, landmarks.to_str().unwrap(), "--json"])
            .env("KIHAP_SYLLABUS", &own)
            .output()
            .unwrap();
        Said::of(&output)
    };
    assert_eq!(judge("club-block").json()["judged"][0]["technique"], "club_block");
    std::fs::write(&file, text.replacen("kind = \"ready\"", "kind = \"rady\"", 1)).unwrap();
    judge("low-block").refuses(&["techniques.toml", "rady"]);
}
