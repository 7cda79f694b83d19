//! PoseNet and MoveNet against their own clients (`tools/peer_posenet.py`, `tools/peer_movenet.py` record them).

mod common;

use std::io::Read;

use base64::Engine;
use image::{Rgb, RgbImage};
use kihap_vision::movenet::MovenetThunder;
use kihap_vision::posenet::{FEATURES, Posenet};
use kihap_vision::weights::Network;
use kihap_vision::{Pose, PoseEstimator, picture};
use serde_json::Value;

/// The picture of a golden entry: one made by formula, or a still where the stills are there.
fn picture_of(entry: &Value) -> Option<RgbImage> {
    match entry["file"].as_str() {
        Some(file) => Some(picture::read(&common::shared_data("taekwondo/stills")?.join(file)).unwrap()),
        None => {
            let (width, height) = (entry["width"].as_u64().unwrap() as u32, entry["height"].as_u64().unwrap() as u32);
            Some(RgbImage::from_fn(width, height, |x, y| {
                let value = |v: u32| (v % 256) as u8;
                Rgb([value(7 * x + 3 * y), value(5 * x + 11 * y + 64), value(x * y + 13 * x)])
            }))
        }
    }
}

fn entries(golden: &str) -> Vec<Value> {
    let golden: Value = serde_json::from_str(golden).unwrap();
    golden["pictures"].as_array().unwrap().clone()
}

/// Largest distance in pixels between our points and theirs that are surer than 0.3.
fn farthest(pose: &Pose, theirs: &[[f32; 3]]) -> f32 {
    let distances = pose.landmarks.iter().zip(theirs).filter(|(_, t)| t[2] > 0.3);
    distances.map(|(o, t)| (o.x - t[0]).hypot(o.y - t[1])).fold(0.0, f32::max)
}

#[test]
fn posenet_features_are_those_of_teachable_machines_client() {
    if !common::have(&[Network::Posenet]) {
        return;
    }
    let mut posenet = Posenet::open().unwrap();
    let mut checked = 0;
    let mut largest = 0.0f32;
    for entry in entries(include_str!("golden/posenet-stills.json")) {
        let Some(picture) = picture_of(&entry) else { continue };
        let ours = posenet.teachable_machine_features(&picture).unwrap();
        assert_eq!(ours.len(), FEATURES);
        let packed = base64::engine::general_purpose::STANDARD
            .decode(entry["features_gzip_f32_base64"].as_str().unwrap())
            .unwrap();
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
        let theirs = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let step = entry["feature_step"].as_u64().unwrap() as usize;
        // The stills reach the client through another JPEG decoder, whose pixels differ by one here and there; only the
        // pictures made by formula are the very same input.
        if entry["file"].is_null() {
            for (ours, theirs) in ours.iter().step_by(step).zip(theirs) {
                largest = largest.max((ours - theirs).abs());
            }
        }
        let theirs: Vec<[f32; 3]> = serde_json::from_value(entry["keypoints"].clone()).unwrap();
        let pose = posenet.estimate(&picture).unwrap().into_iter().next();
        assert_eq!(pose.is_some(), !theirs.is_empty(), "{}", entry["name"]);
        if let Some(pose) = pose {
            let far = farthest(&pose, &theirs) / pose.height as f32;
            assert!(far < 0.005, "{}: a key point is {far} of the height off", entry["name"]);
        }
        checked += 1;
    }
    println!("posenet: {checked} pictures, largest difference of a feature {largest:.6}");
    assert!(checked >= 2);
    assert!(largest <= 1e-3, "largest difference {largest}");
}

#[test]
fn movenet_thunder_agrees_with_its_client() {
    if !common::have(&[Network::MovenetThunder]) {
        return;
    }
    let mut movenet = MovenetThunder::open().unwrap();
    let mut checked = 0;
    let mut distances = Vec::new();
    for entry in entries(include_str!("golden/movenet-thunder-stills.json")) {
        let Some(picture) = picture_of(&entry) else { continue };
        let theirs: Vec<[f32; 3]> = serde_json::from_value(entry["keypoints"].clone()).unwrap();
        let pose = movenet.estimate(&picture).unwrap().into_iter().next();
        checked += 1;
        let (Some(pose), false) = (pose, theirs.is_empty()) else { continue };
        distances.push(farthest(&pose, &theirs) / pose.height as f32);
    }
    let (pairs, worst) = (distances.len(), common::quantile(&mut distances, 1.0));
    println!(
        "movenet-thunder: {checked} pictures, {pairs} people, farthest point {:.4} % of the height",
        worst * 100.0
    );
    assert!(checked >= 2);
    assert!(worst <= 0.006, "{worst}");
}
