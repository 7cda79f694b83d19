//! How long a folder of skeleton sequences takes to import and to read back.
//!
//! `cargo bench -p kihap-dataset --bench sequences -- FOLDER`: FOLDER is laid out like MSR Action3D.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use image::RgbImage;
use kihap_dataset::clips::clips;
use kihap_dataset::features::poses_of;
use kihap_dataset::import::{ImportOptions, import};
use kihap_dataset::{Class, Dataset, Filter, Manifest};
use kihap_vision::{Pose, PoseEstimator, VisionError};

/// Samples that are landmarks only are never shown to it.
struct Nobody;

impl PoseEstimator for Nobody {
    fn settings(&self) -> String {
        "nobody".to_string()
    }

    fn estimate(&mut self, _picture: &RgbImage) -> Result<Vec<Pose>, VisionError> {
        Ok(Vec::new())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        println!("skipped: give a folder of sequences: cargo bench -p kihap-dataset --bench sequences -- FOLDER");
        return Ok(());
    };
    let dir = tempfile::tempdir()?;
    let root = dir.path().join("set");
    let never = AtomicBool::new(false);
    let mut dataset = Dataset::create(&root, &Manifest::new("bench", Vec::<Class>::new()))?;
    let mut clock = Instant::now();
    let mut lap = |what: &str| {
        println!("{what:<40} {:>7.3} s", clock.elapsed().as_secs_f64());
        clock = Instant::now();
    };
    let sources = [folder];
    let report = import(&mut dataset, &sources, &ImportOptions::default(), &mut |_| {}, &never)?;
    lap(&format!("import of {} poses", report.added));
    let again = import(&mut dataset, &sources, &ImportOptions::default(), &mut |_| {}, &never)?;
    lap(&format!("the same again, {} known", again.already_there));
    drop(dataset);
    let dataset = Dataset::open(&root)?;
    lap("opening");
    let samples = dataset.samples(&Filter::default())?;
    lap("samples");
    let found = clips(&samples);
    lap(&format!("{} clips", found.len()));
    for sample in &samples {
        dataset.stored_pose(sample.id)?;
    }
    lap("stored_pose of each");
    let stored = dataset.stored_poses()?;
    lap(&format!("stored_poses of {}", stored.len()));
    let read = poses_of(&dataset, &samples, &mut Nobody, &mut |_| {}, &never)?;
    lap(&format!("poses_of {}", read.items.len()));
    Ok(())
}
