//! `convert KIND INPUT OUTPUT`: converts one published network to ONNX.

use std::path::Path;
use std::process::ExitCode;

use kihap_convert::tfjs::{self, Cut, GraphOptions};
use kihap_convert::tflite::{self, TfliteOptions};
use kihap_convert::{efficientnet_lite0, pytorch};

/// Outputs of the BlazePose landmark networks that are kept: landmarks, pose flag, heatmap, world landmarks. The
/// segmentation (`Identity_2`) is left out.
const LANDMARK_OUTPUTS: [&str; 4] = ["Identity", "Identity_1", "Identity_3", "Identity_4"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, input, output] = arguments.as_slice() else {
        eprintln!(
            "usage: convert KIND INPUT OUTPUT\nKIND: tflite | blazepose-landmarks | tfjs-graph | posenet | efficientnet-lite0"
        );
        return ExitCode::FAILURE;
    };
    match convert(kind, input).and_then(|bytes| Ok(std::fs::write(output, bytes)?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{input}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn convert(kind: &str, input: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(input)?;
    Ok(match kind {
        "tflite" => tflite::to_onnx(&bytes, &TfliteOptions::default())?,
        "blazepose-landmarks" => {
            tflite::to_onnx(&bytes, &TfliteOptions { outputs: Some(LANDMARK_OUTPUTS.map(String::from).to_vec()) })?
        }
        "tfjs-graph" => tfjs::graph_to_onnx(&bytes, &weights(input, &bytes)?, &GraphOptions::default())?,
        "posenet" => {
            let options = GraphOptions { input_size: Some((257, 257)), dynamic_batch: true, ..GraphOptions::default() };
            tfjs::graph_to_onnx(&bytes, &weights(input, &bytes)?, &options)?
        }
        "efficientnet-lite0" => efficientnet_lite0::to_onnx(&pytorch::read_state_dict(&bytes)?)?,
        "tfjs-layers" => tfjs::layers_to_onnx(&bytes, &weights(input, &bytes)?, &Cut::Whole)?,
        "tfjs-layers-features" => tfjs::layers_to_onnx(&bytes, &weights(input, &bytes)?, &Cut::PooledFeatures)?,
        other => return Err(format!("unknown kind {other:?}").into()),
    })
}

/// Weight files beside a `model.json`.
fn weights(model_json: &str, json: &[u8]) -> Result<Vec<u8>, kihap_convert::ConvertError> {
    let folder = Path::new(model_json).parent().unwrap_or(Path::new("."));
    tfjs::gather_weights(json, |path| std::fs::read(folder.join(path)).ok())
}
