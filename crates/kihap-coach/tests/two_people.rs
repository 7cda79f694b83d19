//! BlazePose on two drawn people side by side.

use image::{RgbImage, imageops};
use kihap_coach::figure::{Motion, Scene, render};
use kihap_syllabus::Side;
use kihap_vision::Pose;
use kihap_vision::blazepose::{BlazePose, Complexity};

/// The estimator, or a word why there is none.
fn estimator() -> Option<BlazePose> {
    match BlazePose::open(Complexity::Full, 2) {
        Ok(estimator) => Some(estimator),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

fn scene(person_seed: u64, session_seed: u64) -> Scene {
    Scene { motion: Motion::FrontLowBlock, side: Side::Left, person_seed, session_seed, frame: 1 }
}

fn middle(pose: &Pose) -> (f32, f32) {
    let hips = [23, 24].map(|index| (pose.landmarks[index].x, pose.landmarks[index].y));
    ((hips[0].0 + hips[1].0) / 2.0, (hips[0].1 + hips[1].1) / 2.0)
}

#[test]
fn both_of_two_people_side_by_side_are_found_once_each() {
    let Some(mut estimator) = estimator() else { return };
    let mut found_both = 0;
    for seed in 0..5 {
        let drawings = [render(&scene(2 * seed + 1, seed)), render(&scene(2 * seed + 2, seed))];
        let (width, height) = drawings[0].picture.dimensions();
        let mut both = RgbImage::new(2 * width, height);
        for (index, drawing) in drawings.iter().enumerate() {
            imageops::replace(&mut both, &drawing.picture, index as i64 * i64::from(width), 0);
        }
        let people = estimator.estimate_people(&both, 4).unwrap();
        assert!(people.len() <= 2, "{} people, seed {seed}", people.len());
        let near = |index: usize| {
            let truth = drawings[index].pose.as_ref().unwrap();
            let (x, y) = middle(truth);
            let shift = index as f32 * width as f32;
            people.iter().any(|pose| {
                let (px, py) = middle(pose);
                (px - x - shift).hypot(py - y) < 0.08 * height as f32
            })
        };
        eprintln!("seed {seed}: {} people, {} {}", people.len(), near(0), near(1));
        found_both += usize::from(near(0) && near(1));
        assert_eq!(estimator.estimate_people(&both, 1).unwrap().len(), 1.min(people.len()));
    }
    assert!(found_both >= 4, "both found in {found_both} of 5 pictures");
    assert!(estimator.estimate_people(&RgbImage::new(640, 480), 4).unwrap().is_empty());
}
