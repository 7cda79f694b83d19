//! `metadata.json` as Teachable Machine's clients read it.

use kihap_learn::Model;
use serde_json::{Value as Json, json};

/// For `@teachablemachine/pose` 0.8.6.
pub(super) fn pose(model: &Model, time: &str) -> Json {
    let mut all = common(model, time, "@teachablemachine/pose", "0.8.6");
    all["modelSettings"] = json!({"posenet": {
        "architecture": "MobileNetV1", "outputStride": 16, "inputResolution": 257, "multiplier": 0.75,
    }});
    all
}

/// For `@teachablemachine/image` 0.8.4 and later; pictures of `side` pixels.
pub(super) fn image(model: &Model, side: usize, time: &str) -> Json {
    let mut all = common(model, time, "@teachablemachine/image", "0.8.4");
    all["grayscale"] = json!(false);
    all["imageSize"] = json!(side);
    all
}

fn common(model: &Model, time: &str, package: &str, version: &str) -> Json {
    let d = &model.description;
    json!({
        "tfjsVersion": "1.3.1",
        "tmVersion": "2.4.7",
        "packageVersion": version,
        "packageName": package,
        "timeStamp": time,
        "userMetadata": {"kihap": {
            "version": env!("CARGO_PKG_VERSION"), "model": d.name, "threshold": d.calibration.abstain.threshold,
            "temperature": "inside", "dataset": d.data.dataset,
        }},
        "modelName": d.name,
        "labels": model.class_names(),
    })
}
