//! Stopping in the middle: nothing recorded is lost, nothing half-written stays, the same command goes on.
#![cfg(unix)]

mod common;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Said, class, kihap, run_in};

/// Enough that an import takes some batches.
const PICTURES: u32 = 600;

fn sources(root: &Path) {
    class(root, "source/a", PICTURES / 2, 1);
    class(root, "source/b", PICTURES / 2, 2);
}

fn start(root: &Path, words: &str) -> Child {
    let words: Vec<String> = words.split(' ').map(|w| w.replace("{}", root.to_str().unwrap())).collect();
    kihap(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends a signal to this child alone.
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Waits until `there` says so, or the child has ended.
fn wait_for(child: &mut Child, there: impl Fn() -> bool) {
    let start = Instant::now();
    while !there() && child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing happened in a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn pictures_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "jpg")).count()
}

/// Every picture of the dataset lies in its class folder once, whole.
fn is_complete(root: &Path) {
    let dataset = root.join("dataset");
    let again = run_in(root, "import {}/source --into {}/dataset --json").json();
    assert_eq!((again["added"].as_u64(), again["already_there"].as_u64()), (Some(0), Some(PICTURES.into())));
    for name in ["a", "b"] {
        assert_eq!(pictures_in(&dataset.join(name)), PICTURES as usize / 2);
        for entry in std::fs::read_dir(dataset.join(name)).unwrap() {
            let path = entry.unwrap().path();
            kihap_vision::picture::read(&path).unwrap();
        }
    }
}

#[test]
fn ctrl_c_while_importing_keeps_what_was_imported() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sources(root);
    let mut child = start(root, "import {}/source --into {}/dataset --json");
    wait_for(&mut child, || pictures_in(&root.join("dataset/a")) > 0);
    signal(&child, "-INT");
    let said = Said::of(&child.wait_with_output().unwrap());
    said.refuses(&["stopped", "the same command goes on"]);
    let first: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let added = first["added"].as_u64().unwrap();
    assert!(first["cancelled"] == true && added < PICTURES.into(), "{first}");
    let rest = run_in(root, "import {}/source --into {}/dataset --json").json();
    assert_eq!(rest["added"].as_u64().unwrap(), u64::from(PICTURES) - added);
    is_complete(root);
}

#[test]
fn kill_9_while_importing_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sources(root);
    let mut killed = 0;
    // At different places: right at the start, and later and later.
    for there in [0, 40, 150, 320] {
        let mut child = start(root, "import {}/source --into {}/dataset");
        let have = || pictures_in(&root.join("dataset/a")) + pictures_in(&root.join("dataset/b"));
        wait_for(&mut child, || have() > there);
        if child.try_wait().unwrap().is_none() {
            signal(&child, "-KILL");
            killed += 1;
        }
        child.wait().unwrap();
    }
    assert!(killed > 0, "every import was over before it could be killed");
    let rest = run_in(root, "import {}/source --into {}/dataset --json").json();
    let sum = rest["added"].as_u64().unwrap() + rest["already_there"].as_u64().unwrap();
    assert_eq!((sum, rest["skipped"].as_array().unwrap().len()), (PICTURES.into(), 0));
    is_complete(root);
}

#[test]
fn ctrl_c_while_drawing_the_demo_stops_soon() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut child = start(root, "demo --out {}/demo --persons 40 --per-class 20");
    wait_for(&mut child, || root.join("demo/pictures").exists());
    let asked = Instant::now();
    signal(&child, "-INT");
    let said = Said::of(&child.wait_with_output().unwrap());
    said.refuses(&["stopped"]);
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    assert!(!root.join("demo/dataset").exists());
}

/// Each long command that runs networks ends soon after Ctrl-C, with a sentence, and leaves the dataset usable.
#[test]
fn ctrl_c_stops_every_long_command() {
    if !common::networks_are_set_up("ctrl_c_stops_every_long_command") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sources(root);
    run_in(root, "import {}/source --into {}/dataset --json").json();
    for words in [
        "curate {}/dataset",
        "train {}/dataset --model landmark-mlp",
        "skeleton {}/source --out {}/drawn",
        "skeleton {}/source --json",
    ] {
        let mut child = start(root, words);
        std::thread::sleep(Duration::from_millis(1200));
        assert!(child.try_wait().unwrap().is_none(), "{words} was over too soon to be stopped");
        signal(&child, "-INT");
        let asked = Instant::now();
        let said = Said::of(&child.wait_with_output().unwrap());
        said.refuses(&["stopped"]);
        assert!(asked.elapsed() < Duration::from_secs(20), "{words}: {:?}", asked.elapsed());
        assert!(!root.join("dataset/models").exists());
    }
    is_complete(root);
}
