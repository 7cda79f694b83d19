//! From a package's files to ONNX, by network.

use kihap_convert::tfjs::{self, GraphOptions};
use kihap_convert::tflite::{self, TfliteOptions};
use kihap_convert::{efficientnet_lite0, pytorch};

use super::{Network, SetupError};
use crate::posenet;

/// Converts the raw files of a network, in the order of `weights.toml`.
pub(super) fn to_onnx(network: Network, parts: &[&[u8]]) -> Result<Vec<u8>, SetupError> {
    let failed = |reason: String| SetupError::Convert { network: network.name().into(), reason };
    let outputs = |names: &[&str]| Some(names.iter().map(|n| n.to_string()).collect());
    let converted = match (network, parts) {
        (Network::BlazeposeDetector, [file]) => tflite::to_onnx(file, &TfliteOptions { outputs: None }),
        // Identity_2 is the segmentation mask, which costs time and is not used.
        (Network::BlazeposeLite | Network::BlazeposeFull | Network::BlazeposeHeavy, [file]) => tflite::to_onnx(
            file,
            &TfliteOptions { outputs: outputs(&["Identity", "Identity_1", "Identity_3", "Identity_4"]) },
        ),
        (Network::Posenet, [json, weights]) => {
            let size = Some((posenet::SIDE, posenet::SIDE));
            let options = GraphOptions { input_size: size, dynamic_batch: true, ..GraphOptions::default() };
            tfjs::graph_to_onnx(json, weights, &options)
        }
        (Network::MovenetThunder, [json, weights]) => tfjs::graph_to_onnx(json, weights, &GraphOptions::default()),
        (Network::EfficientnetLite0, [file]) => {
            pytorch::read_state_dict(file).and_then(|state| efficientnet_lite0::to_onnx(&state))
        }
        _ => return Err(failed(format!("{} files were given", parts.len()))),
    };
    converted.map_err(|e| failed(e.to_string()))
}
