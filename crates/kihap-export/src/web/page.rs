//! The page's own files, and which networks go beside them.

use kihap_learn::Model;
use kihap_vision::Skeleton;
use kihap_vision::picture_input::PictureInput;
use serde_json::json;

use crate::error::{ExportError, Result};
use crate::obstacle::Obstacle;
use crate::reads::Reads;

/// The release of onnxruntime-web that the page is written for.
pub const ORT_VERSION: &str = "1.30.0";
/// Its files, taken from the package's `dist`, put into `ort/`.
pub const ORT_FILES: [&str; 3] = ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];

const FILES: [(&str, &str); 10] = [
    ("index.html", include_str!("../../web/index.html")),
    ("style.css", include_str!("../../web/style.css")),
    ("app.js", include_str!("../../web/app.js")),
    ("texts.js", include_str!("../../web/texts.js")),
    ("draw.js", include_str!("../../web/draw.js")),
    ("sample.js", include_str!("../../web/sample.js")),
    ("detector.js", include_str!("../../web/detector.js")),
    ("landmarks.js", include_str!("../../web/landmarks.js")),
    ("person.js", include_str!("../../web/person.js")),
    ("recogniser.js", include_str!("../../web/recogniser.js")),
];

/// What a model's page needs besides `model.onnx`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebNeeds {
    /// Name of BlazePose's landmark network in the cache; `None` where no skeleton is read.
    pub landmarks: Option<String>,
}

/// What the page of a model needs.
///
/// # Errors
/// Models that the page cannot feed: on clips, on PoseNet's or MoveNet's joints, on drawn skeletons.
pub fn needs(model: &Model) -> Result<WebNeeds> {
    let d = &model.description;
    let unfit = |obstacle| ExportError::Unfit { model: d.name.clone(), format: "to web", obstacle };
    let reads = Reads::of(model)?;
    let pictures = matches!(reads, Reads::Picture | Reads::PictureAndLandmarks { .. });
    if pictures && d.features.picture != PictureInput::Photo {
        return Err(unfit(Obstacle::DrawnInPage));
    }
    match reads {
        Reads::Picture => Ok(WebNeeds { landmarks: None }),
        Reads::Landmarks { skeleton: Skeleton::Blazepose33, .. }
        | Reads::PictureAndLandmarks { skeleton: Skeleton::Blazepose33, .. } => {
            let settings = d.features.estimator.as_deref().unwrap_or("blazepose-full");
            Ok(WebNeeds { landmarks: settings.split(' ').next().map(str::to_owned) })
        }
        Reads::Clip { .. } => Err(unfit(Obstacle::Clips)),
        _ => Err(unfit(Obstacle::OtherJoints)),
    }
}

/// The page's files by name.
///
/// # Errors
/// As [`needs`].
pub fn page(model: &Model) -> Result<Vec<(String, Vec<u8>)>> {
    let needs = needs(model)?;
    let (reads, d) = (Reads::of(model)?, &model.description);
    let channels = match reads {
        Reads::Landmarks { channels, .. } | Reads::PictureAndLandmarks { channels, .. } => channels,
        _ => 0,
    };
    let config = json!({
        "name": d.name,
        "labels": model.class_names(),
        "threshold": d.calibration.abstain.threshold,
        "knowsNobody": d.knows_nobody,
        "picture": matches!(reads, Reads::Picture | Reads::PictureAndLandmarks { .. }),
        "landmarks": needs.landmarks.map(|network| json!({"network": format!("{network}.onnx"), "channels": channels})),
    });
    let mut files: Vec<(String, Vec<u8>)> =
        FILES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    files.push(("config.json".into(), format!("{config:#}\n").into_bytes()));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::FILES;

    fn keys(language: &str) -> Vec<String> {
        let texts = FILES.iter().find(|(name, _)| *name == "texts.js").unwrap().1;
        let from = texts.find(&format!("  {language}: {{")).unwrap();
        let block = &texts[from..from + texts[from..].find("\n  },").unwrap()];
        let key = |line: &str| line.trim().split_once(':').map(|(key, _)| key.to_owned());
        block.lines().skip(1).filter_map(key).collect()
    }

    #[test]
    fn the_page_says_everything_in_both_languages() {
        assert_eq!(keys("en"), keys("ko"));
        assert!(keys("en").len() > 8);
    }

    #[test]
    fn the_page_asks_nothing_of_others() {
        for (name, text) in FILES {
            assert!(!text.contains("http://") && !text.contains("https://"), "{name} names an address");
        }
        let html = FILES[0].1;
        assert!(html.contains("default-src 'none'") && html.contains("connect-src 'self'"));
    }
}
