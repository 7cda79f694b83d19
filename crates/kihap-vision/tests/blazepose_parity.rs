//! BlazePose against MediaPipe's own landmarks of the stills (`tools/peer_blazepose.py` records them).

mod common;

use kihap_vision::blazepose::{BlazePose, Complexity};
use kihap_vision::weights::Network;
use kihap_vision::{PoseEstimator, Skeleton, picture};
use serde_json::Value;

struct Differences {
    /// Distances in torso lengths of points that both see.
    distances: Vec<f32>,
    world_metres: Vec<f32>,
    pictures: usize,
}

fn compare(complexity: Complexity, golden: &str) -> Option<Differences> {
    let stills = common::shared_data("taekwondo/stills")?;
    let golden: Value = serde_json::from_str(golden).unwrap();
    let mut estimator = BlazePose::open(complexity, 1).unwrap();
    let mut found = Differences { distances: Vec::new(), world_metres: Vec::new(), pictures: 0 };
    for entry in golden["pictures"].as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let pose = estimator.estimate(&picture::read(&stills.join(file)).unwrap()).unwrap().into_iter().next();
        assert_eq!(pose.is_some(), entry["presence"].as_bool().unwrap(), "presence in {file}");
        let Some(pose) = pose else { continue };
        assert_eq!(pose.skeleton, Skeleton::Blazepose33);
        found.pictures += 1;
        let theirs: Vec<Vec<f32>> = serde_json::from_value(entry["landmarks"].clone()).unwrap();
        let middle = |a: usize, b: usize| ((theirs[a][0] + theirs[b][0]) / 2.0, (theirs[a][1] + theirs[b][1]) / 2.0);
        let (shoulders, hips) = (middle(11, 12), middle(23, 24));
        let torso = (shoulders.0 - hips.0).hypot(shoulders.1 - hips.1);
        for (ours, theirs) in pose.landmarks.iter().zip(&theirs) {
            if ours.visibility > 0.5 && theirs[3] > 0.5 {
                found.distances.push((ours.x - theirs[0]).hypot(ours.y - theirs[1]) / torso);
            }
        }
        let world: Vec<[f32; 3]> = serde_json::from_value(entry["world"].clone()).unwrap();
        for (ours, theirs) in pose.world.iter().zip(&world) {
            let d = |i: usize| (ours[i] - theirs[i]).powi(2);
            found.world_metres.push((d(0) + d(1) + d(2)).sqrt());
        }
    }
    Some(found)
}

fn check(complexity: Complexity, network: Network, golden: &str) {
    if !common::have(&[Network::BlazeposeDetector, network]) {
        return;
    }
    let Some(mut found) = compare(complexity, golden) else { return };
    let median = common::quantile(&mut found.distances, 0.5);
    let p95 = common::quantile(&mut found.distances, 0.95);
    let world = common::quantile(&mut found.world_metres, 0.5);
    println!(
        "{}: {} stills, {} points seen by both: median {:.3} %, 95th percentile {:.3} % of the torso; world median {:.4} m",
        network.name(),
        found.pictures,
        found.distances.len(),
        median * 100.0,
        p95 * 100.0,
        world
    );
    assert!(found.pictures >= 40);
    assert!(median <= 0.015, "median {median}");
    assert!(p95 <= 0.06, "95th percentile {p95}");
    assert!(world <= 0.01, "world median {world} m");
}

#[test]
fn full_agrees_with_mediapipe() {
    check(Complexity::Full, Network::BlazeposeFull, include_str!("golden/blazepose-full-stills.json"));
}

#[test]
fn lite_agrees_with_mediapipe() {
    check(Complexity::Lite, Network::BlazeposeLite, include_str!("golden/blazepose-lite-stills.json"));
}

#[test]
fn heavy_agrees_with_mediapipe() {
    check(Complexity::Heavy, Network::BlazeposeHeavy, include_str!("golden/blazepose-heavy-stills.json"));
}
