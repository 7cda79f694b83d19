//! Features are made once, streamed, and read back.

mod common;

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::*;
use image::RgbImage;
use kihap_dataset::features::{ExtractionProgress, photo_features_of, poses_of};
use kihap_dataset::{Dataset, Filter, PoseSample, SampleMeta};
use kihap_vision::{PhotoBackbone, Pose, PoseEstimator, VisionError};

/// Finds one person in pictures whose first pixel is bright, and counts how often it is asked.
struct Finder {
    asked: usize,
    settings: &'static str,
}

impl PoseEstimator for Finder {
    fn settings(&self) -> String {
        self.settings.to_string()
    }

    fn estimate(&mut self, picture: &RgbImage) -> Result<Vec<Pose>, VisionError> {
        self.asked += 1;
        let first = f32::from(picture.get_pixel(3, 3).0[0]);
        Ok(if first > 60.0 { vec![pose(first), pose(first / 7.0)] } else { Vec::new() })
    }
}

struct Mean {
    asked: AtomicUsize,
    largest_batch: usize,
}

impl PhotoBackbone for Mean {
    fn settings(&self) -> String {
        "mean".to_string()
    }

    fn features(&self) -> usize {
        3
    }

    fn embed(&mut self, pictures: &[RgbImage]) -> Result<Vec<Vec<f32>>, VisionError> {
        self.asked.fetch_add(pictures.len(), Ordering::Relaxed);
        self.largest_batch = self.largest_batch.max(pictures.len());
        Ok(pictures.iter().map(|p| p.get_pixel(3, 3).0.map(f32::from).to_vec()).collect())
    }
}

fn dataset_of(count: u32, root: &std::path::Path) -> Dataset {
    let mut dataset = empty_dataset(root);
    for i in 0..count {
        let meta = SampleMeta { class: format!("c{}", i % 3), ..Default::default() };
        dataset.add_picture(&png(i), meta).unwrap();
    }
    dataset
}

fn quiet(_: ExtractionProgress) {}

#[test]
fn poses_come_in_order_and_a_second_run_reads_no_picture() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = dataset_of(150, &dir.path().join("set"));
    let samples = dataset.samples(&Filter::default()).unwrap();
    let never = AtomicBool::new(false);
    let mut finder = Finder { asked: 0, settings: "v1" };
    let first = poses_of(&dataset, &samples, &mut finder, &mut quiet, &never).unwrap();
    assert_eq!((finder.asked, first.from_cache, first.problems.len()), (150, 0, 0));
    for (i, item) in first.items.iter().enumerate() {
        let expected = Finder { asked: 0, settings: "" }.estimate(&picture(i as u32)).unwrap();
        assert_eq!(item.value.as_ref(), Some(&expected), "sample {i}");
    }
    assert!(first.items.iter().any(|i| i.value.as_ref().is_some_and(Vec::is_empty)), "nobody found is a result too");

    for sample in &samples {
        fs::remove_file(dataset.picture_path(sample).unwrap()).unwrap();
    }
    let second = poses_of(&dataset, &samples, &mut finder, &mut quiet, &never).unwrap();
    assert_eq!((finder.asked, second.from_cache), (150, 150));
    assert_eq!(second.items, first.items);

    // Other settings are other features; the pictures are gone, and each says so.
    let other = poses_of(&dataset, &samples, &mut Finder { asked: 0, settings: "v2" }, &mut quiet, &never).unwrap();
    assert_eq!(other.problems.len(), 150);
    assert!(other.problems[0].reason.contains("cannot read"));
}

#[test]
fn photo_features_are_batched_and_bad_pictures_reported() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = dataset_of(50, &dir.path().join("set"));
    let samples = dataset.samples(&Filter::default()).unwrap();
    fs::write(dataset.picture_path(&samples[7]).unwrap(), b"overwritten").unwrap();
    let mut mean = Mean { asked: AtomicUsize::new(0), largest_batch: 0 };
    let mut last = None;
    let mut progress = |p: ExtractionProgress| last = Some(p);
    let made = photo_features_of(&dataset, &samples, &mut mean, 16, &mut progress, &AtomicBool::new(false)).unwrap();
    assert_eq!(last, Some(ExtractionProgress { done: 50, total: 50, from_cache: 0 }));
    assert_eq!((mean.asked.load(Ordering::Relaxed), mean.largest_batch), (49, 16));
    assert_eq!(made.problems.len(), 1);
    assert_eq!(made.problems[0].sample, samples[7].name());
    let values = made.into_values();
    assert!(values[7].is_none());
    assert_eq!(values[8].as_deref(), Some(picture(8).get_pixel(3, 3).0.map(f32::from).as_slice()));
}

#[test]
fn a_stopped_run_keeps_what_it_made() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = dataset_of(200, &dir.path().join("set"));
    let samples = dataset.samples(&Filter::default()).unwrap();
    let stop = AtomicBool::new(false);
    let mut finder = Finder { asked: 0, settings: "v1" };
    let mut progress = |p: ExtractionProgress| {
        if p.done >= 90 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let first = poses_of(&dataset, &samples, &mut finder, &mut progress, &stop).unwrap();
    assert!(first.cancelled);
    let made = first.items.iter().filter(|i| i.value.is_some()).count();
    assert!((90..200).contains(&made), "{made}");
    let second = poses_of(&dataset, &samples, &mut finder, &mut quiet, &AtomicBool::new(false)).unwrap();
    assert_eq!((second.from_cache, second.cancelled, finder.asked), (made, false, 200));
}

#[test]
fn a_failing_network_ends_the_run_without_hanging() {
    struct Broken;
    impl PoseEstimator for Broken {
        fn settings(&self) -> String {
            "broken".to_string()
        }
        fn estimate(&mut self, _: &RgbImage) -> Result<Vec<Pose>, VisionError> {
            Err(VisionError::Picture(kihap_vision::picture::PictureError::Empty))
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let dataset = dataset_of(100, &dir.path().join("set"));
    let samples = dataset.samples(&Filter::default()).unwrap();
    assert!(poses_of(&dataset, &samples, &mut Broken, &mut quiet, &AtomicBool::new(false)).is_err());
}

#[test]
fn samples_that_are_landmarks_give_their_own_pose() {
    let dir = tempfile::tempdir().unwrap();
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let meta = SampleMeta { class: "a".into(), frame: Some(3), ..Default::default() };
    let outcome = dataset.add_poses(vec![PoseSample { pose: pose(5.5), meta: meta.clone() }]).unwrap();
    let mut broken = pose(1.0);
    broken.landmarks[15].x = f32::NAN;
    let error = dataset.add_poses(vec![PoseSample { pose: broken, meta }]).unwrap_err();
    assert!(error.to_string().contains("left_wrist"), "{error}");

    let samples = dataset.samples(&Filter::default()).unwrap();
    assert_eq!((samples.len(), samples[0].id), (1, outcome[0].id()));
    let mut finder = Finder { asked: 0, settings: "v1" };
    let never = AtomicBool::new(false);
    let poses = poses_of(&dataset, &samples, &mut finder, &mut quiet, &never).unwrap();
    assert_eq!(poses.items[0].value, Some(vec![pose(5.5)]));
    assert_eq!(finder.asked, 0);
    let mut mean = Mean { asked: AtomicUsize::new(0), largest_batch: 0 };
    let photo = photo_features_of(&dataset, &samples, &mut mean, 8, &mut quiet, &never).unwrap();
    assert!(photo.items[0].value.is_none() && photo.problems[0].reason.contains("landmarks only"));
}
