//! The exported page in Chromium: pictures, both languages, and a camera.

use serde_json::json;

use crate::common::ffmpeg;
use crate::exports::Exports;
use crate::programs::Programs;
use crate::table::{Bound, Row, Rows};

/// Pixels that a joint found in the page may be from where Kihap finds it.
const NEAR: f64 = 0.5;

pub(crate) fn check(exports: &Exports, programs: &Programs, rows: &mut Rows) {
    let folder = exports.folder("landmarks-web");
    let camera = exports.folder("camera.y4m");
    let still = exports.page.pictures.iter().find(|p| is_upright(p)).unwrap();
    let filmed = ffmpeg(&[
        "-loop",
        "1",
        "-i",
        still.to_str().unwrap(),
        "-t",
        "2",
        "-r",
        "10",
        "-vf",
        "scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1,format=yuv420p",
        camera.to_str().unwrap(),
    ]);
    if !filmed {
        assert!(std::env::var_os("CI").is_none(), "ffmpeg is missing");
        eprintln!("skipped: the page's camera needs ffmpeg");
    }
    let job = json!({"folder": folder, "pictures": exports.page.pictures, "camera": filmed.then_some(&camera)});
    let told = programs.node("web.mjs", &job);
    assert_eq!(told["refused"], json!([]), "the page asks others for something");
    assert_eq!(told["errors"], json!([]));
    let languages: Vec<&str> = told["languages"].as_array().unwrap().iter().filter_map(|l| l.as_str()).collect();
    assert!(languages.contains(&"한국어") && languages.contains(&"English"), "{languages:?}");
    let answers: Vec<_> = told["rows"].as_array().unwrap().iter().map(|row| row["probabilities"].clone()).collect();
    let client = "the exported page in Chromium (BlazePose in the page)";
    let row = Row::compared("web", client, "the same pixels", Bound::OwnDecoding, &exports.page, &json!(answers));
    rows.add(row);
    joints_agree(exports, &told);
    if filmed {
        let bars: Vec<f64> = told["camera"]["bars"].as_array().unwrap().iter().filter_map(|b| b.as_f64()).collect();
        assert!((bars.iter().sum::<f64>() - 1.0).abs() < 0.05, "{bars:?}");
        assert!(!told["camera"]["verdict"].as_str().unwrap().is_empty());
        assert_eq!(told["camera"]["width"], 640);
    }
}

/// Whether the picture is one of the stills, of people who stand.
fn is_upright(path: &std::path::Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("still-pixels"))
}

/// BlazePose in the page finds joints where Kihap's does.
fn joints_agree(exports: &Exports, told: &serde_json::Value) {
    use kihap_vision::estimators::EstimatorName;
    let mut estimator = EstimatorName::BlazeposeFull.open(1).unwrap();
    let mut compared = 0;
    for (path, row) in exports.page.pictures.iter().zip(told["rows"].as_array().unwrap()) {
        let poses = estimator.estimate(&kihap_vision::picture::read(path).unwrap()).unwrap();
        let (Some(pose), Some(pixels)) = (poses.first(), row["pixels"].as_array()) else { continue };
        for (own, theirs) in pose.landmarks.iter().zip(pixels) {
            let (dx, dy) =
                (f64::from(own.x) - theirs[0].as_f64().unwrap(), f64::from(own.y) - theirs[1].as_f64().unwrap());
            assert!(dx.hypot(dy) < NEAR, "{}: {dx} {dy}", path.display());
        }
        compared += 1;
    }
    assert!(compared >= 5, "only {compared} pictures had a skeleton in both");
}
