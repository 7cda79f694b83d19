//! Pictures, poses and networks for the tests of this crate.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use image::{ImageFormat, Rgb, RgbImage};
use kihap_dataset::import::{ImportOptions, ImportReport, import};
use kihap_dataset::{Class, Dataset, Manifest};
use kihap_vision::{Landmark, Pose, Skeleton};

/// A picture that looks like no other seed's.
pub fn picture(seed: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(97);
    let cells: Vec<u8> = (0..192)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    RgbImage::from_fn(64, 48, |x, y| {
        let cell = ((y / 6) * 8 + x / 8) as usize * 3;
        Rgb([cells[cell], cells[cell + 1], cells[cell + 2]])
    })
}

pub fn png(seed: u32) -> Vec<u8> {
    encoded(seed, ImageFormat::Png)
}

pub fn jpeg(seed: u32) -> Vec<u8> {
    encoded(seed, ImageFormat::Jpeg)
}

fn encoded(seed: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture(seed).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn write(path: impl AsRef<Path>, bytes: &[u8]) {
    let path = path.as_ref();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

pub fn empty_dataset(root: &Path) -> Dataset {
    Dataset::create(root, &Manifest::new("test", Vec::<Class>::new())).unwrap()
}

pub fn import_all(dataset: &mut Dataset, sources: &[PathBuf], options: &ImportOptions) -> ImportReport {
    import(dataset, sources, options, &mut |_| {}, &AtomicBool::new(false)).unwrap()
}

/// The reasons given for what was skipped, with the file names.
pub fn skipped(report: &ImportReport) -> Vec<(String, String)> {
    let name = |p: &Path| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
    report.skipped.iter().map(|s| (name(&s.path), s.reason.to_string())).collect()
}

pub fn pose(seed: f32) -> Pose {
    Pose {
        skeleton: Skeleton::Blazepose33,
        width: 64,
        height: 48,
        score: 0.75,
        landmarks: (0..33)
            .map(|i| Landmark { x: i as f32 + seed, y: seed / 3.0, z: -0.1, visibility: 0.9, presence: 0.8 })
            .collect(),
        world: (0..33).map(|i| [i as f32 * 0.01, seed, 0.0]).collect(),
    }
}

/// The shared data, where this machine has it.
pub fn shared_data(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIHAP_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join(what);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is missing", path.display());
    None
}

pub fn has_ffmpeg() -> bool {
    let found = std::process::Command::new(kihap_vision::video::ffmpeg_program()).arg("-version").output().is_ok();
    if !found {
        eprintln!("skipped: ffmpeg is missing");
    }
    found
}
