//! Running the real `kihap`, and files to run it on.
#![allow(dead_code, reason = "each test file uses its part of this")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use image::codecs::jpeg::JpegEncoder;
use kihap_coach::demo::DemoPlan;
use serde_json::Value;

/// `kihap` with these words, not yet started.
pub(crate) fn kihap<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kihap"));
    command.args(words).stdin(Stdio::null()).env("COLUMNS", "100");
    command
}

/// What a finished run said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: &Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("stdout is not one JSON document: {e}\n{}", self.out))
    }

    /// It failed by the user's fault, and the last sentence on stderr holds all these words.
    #[track_caller]
    pub(crate) fn refuses(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "stdout: {}\nstderr: {}", self.out, self.err);
        let last = self.err.lines().rfind(|l| l.starts_with("kihap: ") || l.starts_with("error: "));
        let last = last.unwrap_or_else(|| panic!("no sentence in: {}", self.err));
        for word in words {
            assert!(last.contains(word), "{word:?} is not in: {last}");
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }

    /// Something was left out with a sentence that holds all these words.
    #[track_caller]
    pub(crate) fn skips(&self, words: &[&str]) {
        let told = self.err.lines().any(|l| l.starts_with("skipped ") && words.iter().all(|w| l.contains(w)));
        assert!(told, "{words:?} is not told in: {}", self.err);
    }
}

/// Runs `kihap` to its end.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Said {
    Said::of(&kihap(words).output().unwrap())
}

/// Runs words separated by blanks, with `{}` standing for `folder`.
pub(crate) fn run_in(folder: &Path, words: &str) -> Said {
    let words: Vec<String> = words.split(' ').map(|w| w.replace("{}", folder.to_str().unwrap())).collect();
    run(&words)
}

/// A plain JPEG with a pattern of its own for each seed.
pub(crate) fn jpeg(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let tiles: Vec<u8> = (0..256)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let tile = tiles[((y * 16 / height) * 16 + x * 16 / width) as usize];
        image::Rgb([tile, tile / 2 + 60, 255 - tile])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).unwrap();
    bytes
}

/// A folder of a class with `count` pictures that differ from each other and from those of other seeds.
pub(crate) fn class(root: &Path, name: &str, count: u32, seed: u32) -> PathBuf {
    let folder = root.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for i in 0..count {
        std::fs::write(folder.join(format!("{i:04}.jpg")), jpeg(160, 120, seed * 10_000 + i)).unwrap();
    }
    folder
}

/// A plan of drawn people that is quick to draw.
pub(crate) fn small_plan() -> DemoPlan {
    DemoPlan::new(3, 1, 3, 5)
}

/// Whether the networks are there. Without them a test says so and ends, but on CI they must be there.
pub(crate) fn networks_are_set_up(test: &str) -> bool {
    let doctor = run(&["doctor", "--json"]).json();
    let needed = ["onnxruntime", "blazepose-detector", "blazepose-full"];
    let missing: Vec<_> = doctor["findings"].as_array().unwrap().iter().filter(|f| f["ok"] != true).collect();
    let missing: Vec<_> =
        missing.iter().filter_map(|f| f["name"].as_str()).filter(|name| needed.contains(name)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{missing:?} not set up: run `kihap setup` before the tests");
    eprintln!("skipped: {test} needs {missing:?}; run `kihap setup`");
    false
}

/// Whether ffmpeg, which reads videos, is there.
pub(crate) fn ffmpeg(words: &[&str]) -> bool {
    let status = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(words).stdin(Stdio::null()).status();
    status.is_ok_and(|s| s.success())
}
