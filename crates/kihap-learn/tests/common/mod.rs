//! Made-up examples for the tests.
#![allow(dead_code, reason = "each test file uses its own part")]

use kihap_learn::{Augmentation, Blueprint, Class, Example, TrainOptions};
use kihap_vision::{Landmark, Pose, Skeleton};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The network called `name`.
pub(crate) fn network(name: &str) -> Blueprint {
    Blueprint::named(name).unwrap()
}

/// Photo features of `per_class` examples of each class: a bump of `strength` at the class's places, and noise.
pub(crate) fn photos(classes: usize, per_class: usize, features: usize, strength: f32, seed: u64) -> Vec<Example> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut examples = Vec::new();
    for index in 0..classes * per_class {
        let label = index % classes;
        let photo = (0..features)
            .map(|f| rng.random::<f32>() * 2.0 - 1.0 + if f % classes == label { strength } else { 0.0 })
            .collect();
        examples.push(Example::from_photo(photo, label));
    }
    examples
}

/// A standing figure with its arms at the given angles (radians from hanging, outwards) and noise in pixels.
pub(crate) fn figure(left_arm: f32, right_arm: f32, noise: f32, rng: &mut ChaCha8Rng) -> Pose {
    let skeleton = Skeleton::Blazepose33;
    let place = |name: &str| -> [f32; 2] {
        let sign = if name.contains("left") { 1.0 } else { -1.0 };
        let arm = if name.contains("left") { left_arm } else { right_arm };
        let along = |length: f32| [320.0 + sign * (40.0 + arm.sin() * length), 160.0 + arm.cos() * length];
        match name.trim_start_matches("left_").trim_start_matches("right_") {
            "shoulder" => along(0.0),
            "elbow" => along(60.0),
            "wrist" | "pinky" | "index" | "thumb" => along(120.0),
            "hip" => [320.0 + sign * 25.0, 270.0],
            "knee" => [320.0 + sign * 27.0, 350.0],
            "ankle" | "heel" | "foot_index" => [320.0 + sign * 28.0, 430.0],
            _ => [320.0 + sign * 8.0, 110.0],
        }
    };
    let points: Vec<[f32; 2]> = skeleton
        .names()
        .iter()
        .map(|name| place(name).map(|v| v + (rng.random::<f32>() - 0.5) * 2.0 * noise))
        .collect();
    Pose {
        skeleton,
        width: 640,
        height: 480,
        score: 0.9,
        landmarks: points
            .iter()
            .map(|[x, y]| Landmark { x: *x, y: *y, z: 0.0, visibility: 0.9, presence: 0.9 })
            .collect(),
        world: points.iter().map(|[x, y]| [(x - 320.0) / 220.0, (y - 270.0) / 220.0, 0.0]).collect(),
    }
}

/// Classes "left up" (0), "right up" (1) and "ready" (2), the first two mirror images of each other.
pub(crate) fn arm_classes() -> Vec<Class> {
    vec![
        Class::mirrored_by("왼팔 들기", "오른팔 들기"),
        Class::mirrored_by("오른팔 들기", "왼팔 들기"),
        Class::symmetric("준비"),
    ]
}

/// `per_class` skeletons of each of [`arm_classes`].
pub(crate) fn arms(per_class: usize, noise: f32, seed: u64) -> Vec<Example> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..3 * per_class)
        .map(|index| {
            let label = index % 3;
            let mut arm = |raised: bool| (if raised { 2.4 } else { 0.3 }) + rng.random::<f32>() * 0.4;
            let (left, right) = (arm(label == 0), arm(label == 1));
            Example::from_pose(Some(figure(left, right, noise, &mut rng)), label)
        })
        .collect()
}

/// Short training without anything random but the seed.
pub(crate) fn quick(epochs: usize) -> TrainOptions {
    TrainOptions { epochs, learning_rate: 1e-2, augmentation: Augmentation::none(), ..TrainOptions::default() }
}
