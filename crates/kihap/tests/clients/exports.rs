//! Models trained on real pictures, their exports, and what Kihap itself says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kihap_vision::estimators::EstimatorName;
use kihap_vision::features::landmark_features;
use kihap_vision::picture;
use serde_json::{Value, json};

use crate::common::run;
use crate::programs::Programs;

/// Pictures (or numbers) and the probabilities Kihap gives them.
pub(crate) struct Expected {
    pub(crate) pictures: Vec<PathBuf>,
    numbers: Vec<Vec<f32>>,
    shape: Vec<usize>,
    pub(crate) probabilities: Vec<Vec<f64>>,
}

impl Expected {
    /// What `kihap predict` says of the pictures.
    fn of(model: &Path, pictures: Vec<PathBuf>) -> Expected {
        assert!(!pictures.is_empty());
        let mut words = vec!["predict".to_owned(), model.display().to_string()];
        words.extend(pictures.iter().map(|p| p.display().to_string()));
        words.push("--json".into());
        let told = run(&words).json();
        let predictions = told["predictions"].as_array().unwrap();
        assert_eq!(predictions.len(), pictures.len());
        let row = |p: &Value| p["probabilities"].as_object().unwrap().values().map(|v| v.as_f64().unwrap()).collect();
        Expected {
            pictures,
            numbers: Vec::new(),
            shape: Vec::new(),
            probabilities: predictions.iter().map(row).collect(),
        }
    }

    /// The same pictures, given as numbers.
    fn as_numbers(&self, shape: &[usize], numbers: Vec<Vec<f32>>) -> Expected {
        let probabilities = self.probabilities.clone();
        Expected { pictures: Vec::new(), numbers, shape: shape.to_vec(), probabilities }
    }

    pub(crate) fn classes(&self) -> usize {
        self.probabilities[0].len()
    }

    pub(crate) fn job(&self, client: &str, folder: &Path) -> Value {
        json!({"client": client, "folder": folder, "pictures": self.pictures, "landmarks": self.numbers, "shape": self.shape})
    }

    pub(crate) fn python_job(&self, folder: &Path) -> Value {
        let model = folder.join("model.onnx");
        if self.numbers.is_empty() {
            return json!({"model": model, "pictures": self.pictures});
        }
        json!({"model": model, "landmarks": self.numbers, "shape": self.shape})
    }
}

/// What Kihap says with models that it reads as foreign files.
pub(crate) struct ReadBack {
    /// Teachable Machine's own `image-model.zip` on all 22 pictures.
    pub(crate) image_fixture: Expected,
    pub(crate) pose: Expected,
    pub(crate) photo: Expected,
    pub(crate) network: Expected,
}

/// Everything the clients are tested on.
pub(crate) struct Exports {
    home: tempfile::TempDir,
    /// What `kihap export --json` said of each.
    pub(crate) told: BTreeMap<&'static str, Value>,
    pub(crate) pose_pixels: Expected,
    pub(crate) pose_files: Expected,
    pub(crate) image_pixels: Expected,
    pub(crate) image_files: Expected,
    pub(crate) image_photos: Expected,
    pub(crate) photo_pixels: Expected,
    pub(crate) photo_photos: Expected,
    pub(crate) network_pixels: Expected,
    pub(crate) landmarks: Expected,
    pub(crate) features: Expected,
    pub(crate) page: Expected,
    pub(crate) read: ReadBack,
}

fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let shared = std::env::var_os("KIHAP_SHARED_DATA").map_or(beside, PathBuf::from);
    if shared.join("teachable-machine/push.tm").is_file() {
        return Some(shared);
    }
    eprintln!("skipped: the test with real clients needs the shared pictures ($KIHAP_SHARED_DATA)");
    None
}

/// `count` of the pictures below a folder, evenly spread.
fn some_of(folder: &Path, ending: &str, count: usize) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()) {
            let hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
            if entry.is_dir() && !hidden && !entry.ends_with("models") {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == ending) {
                all.push(entry);
            }
        }
    }
    all.sort();
    let total = all.len();
    (0..count.min(total)).map(|i| all[i * total / count.min(total)].clone()).collect()
}

/// The pictures' pixels as PNG files, which every client decodes alike.
fn pixels_of(pictures: &[PathBuf], folder: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let save = |(i, path): (usize, &PathBuf)| {
        let to = folder.join(format!("{i}.png"));
        picture::read(path).unwrap().save(&to).unwrap();
        to
    };
    pictures.iter().enumerate().map(save).collect()
}

impl Exports {
    /// `None`, having said so, where the pictures are missing.
    pub(crate) fn make(programs: &Programs) -> Option<Exports> {
        let shared = shared()?;
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name).display().to_string();
        let tm = shared.join("teachable-machine");
        let say = |words: &[&str]| run(words).json();
        say(&["import", tm.join("push.tm").to_str().unwrap(), "--into", &at("push"), "--json"]);
        say(&["import", tm.join("image-model-data.zip").to_str().unwrap(), "--into", &at("two"), "--json"]);
        let backbone = home.path().join("backbone");
        zip_extract(&tm.join("image-model.zip"), &backbone);
        let train = |dataset: &str, model: &str, more: &[&str]| {
            let (dataset, out) = (at(dataset), at(model));
            let mut words = vec!["train", &dataset, "--model"];
            words.extend(more);
            words.extend(["--out", &out, "--split", "random", "--seed", "4", "--json"]);
            run(&words).json();
        };
        train("push", "pose", &["teachable-machine-pose"]);
        train("push", "landmarks", &["landmark-mlp"]);
        train("push", "photo", &["photo-mlp"]);
        train("two", "image", &["teachable-machine-image", "--backbone", backbone.to_str().unwrap()]);
        train("two", "network", &["mobilenet-v2", "--side", "96", "--width", "0.35", "--epochs", "2"]);

        let mut told = BTreeMap::new();
        for (name, model, to, dataset) in [
            ("pose-tm", "pose", "teachable-machine", "push"),
            ("pose-onnx", "pose", "onnx", "push"),
            ("image-tm", "image", "teachable-machine", "two"),
            ("landmarks-onnx", "landmarks", "onnx", "push"),
            ("landmarks-tfjs", "landmarks", "tfjs", "push"),
            ("landmarks-web", "landmarks", "web", "push"),
            ("photo-onnx", "photo", "onnx", "push"),
            ("network-onnx", "network", "onnx", "two"),
            ("network-tfjs", "network", "tfjs", "two"),
        ] {
            let (model, out, dataset) = (at(model), at(name), at(dataset));
            let words = ["export", &model, "--to", to, "--out", &out, "--verify", "6", "--dataset", &dataset, "--json"];
            let mut command = crate::common::kihap(&words);
            command.env("KIHAP_NODE_MODULES", &programs.modules);
            told.insert(name, crate::common::Said::of(&command.output().unwrap()).json());
        }

        let push = some_of(&home.path().join("push"), "jpg", 6);
        let two = some_of(&home.path().join("two"), "png", 5);
        let stills = some_of(&shared.join("taekwondo/stills"), "jpg", 4);
        let pixels = pixels_of(&push, &home.path().join("push-pixels"));
        let still_pixels = pixels_of(&stills, &home.path().join("still-pixels"));
        let model = |name: &str| home.path().join(name);
        let seen = Expected::of(&model("landmarks"), pixels.clone());
        let (world, features) = joints(&pixels);
        let width = features[0].len();
        let read = ReadBack {
            image_fixture: Expected::of(&tm.join("image-model.zip"), some_of(&home.path().join("two"), "png", 22)),
            pose: Expected::of(&model("pose-tm"), pixels.clone()),
            photo: Expected::of(&model("photo-onnx/model.onnx"), [pixels.clone(), still_pixels.clone()].concat()),
            network: Expected::of(&model("network-onnx/model.onnx"), [two.clone(), still_pixels.clone()].concat()),
        };
        Some(Exports {
            told,
            read,
            pose_pixels: Expected::of(&model("pose"), pixels.clone()),
            pose_files: Expected::of(&model("pose"), push.clone()),
            image_pixels: Expected::of(&model("image"), two.clone()),
            image_files: Expected::of(&model("image"), push.clone()),
            image_photos: Expected::of(&model("image"), stills.clone()),
            photo_pixels: Expected::of(&model("photo"), [pixels.clone(), still_pixels.clone()].concat()),
            photo_photos: Expected::of(&model("photo"), stills),
            network_pixels: Expected::of(&model("network"), [two, still_pixels.clone()].concat()),
            landmarks: seen.as_numbers(&[33, 3], world),
            features: seen.as_numbers(&[width], features),
            page: Expected::of(&model("landmarks"), [pixels, still_pixels].concat()),
            home,
        })
    }

    pub(crate) fn folder(&self, export: &str) -> PathBuf {
        self.home.path().join(export)
    }
}

/// World landmarks and features of the first person in each picture; zeros where nobody is.
fn joints(pictures: &[PathBuf]) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let mut estimator = EstimatorName::BlazeposeFull.open(2).unwrap();
    let of = |path: &PathBuf| {
        let pose = estimator.estimate(&picture::read(path).unwrap()).unwrap().into_iter().next();
        match pose {
            Some(pose) => {
                let mut features = landmark_features(&pose);
                features.push(1.0);
                (pose.world.concat(), features)
            }
            None => (vec![0.0; 99], vec![0.0; kihap_vision::features::LANDMARK_FEATURES + 1]),
        }
    };
    pictures.iter().map(of).unzip()
}

/// Unpacks by Python, which the tests need anyway.
fn zip_extract(zip: &Path, to: &Path) {
    let status = std::process::Command::new("python3").args(["-m", "zipfile", "-e"]).arg(zip).arg(to).status().unwrap();
    assert!(status.success());
}
