//! Opening whatever a user names as a model of another tool.

use std::path::Path;

use super::classifier::ForeignClassifier;
use super::error::ForeignError;
use super::options::ForeignOptions;
use super::package::Package;
use super::tfjs::MODEL;
use super::{keras, onnx, tfjs};

const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
/// What a `.keras` file holds.
const KERAS_WEIGHTS: &str = "model.weights.h5";

/// Whether a path looks like a model of another tool: a file, or a folder with a `model.json`.
pub fn looks_like_a_model(path: &Path) -> bool {
    path.is_file() || path.join(MODEL).is_file()
}

/// Reads a classifier of another tool: a folder, a zip or a file.
///
/// # Errors
/// What is no classifier that can be run, with the reason and the mend.
pub fn open_classifier(path: &Path, options: &ForeignOptions) -> Result<ForeignClassifier, ForeignError> {
    let mut package = Package::open(path)?;
    if package.is_zip() {
        return from_zip(package, options);
    }
    if path.is_dir() {
        return match package.find(MODEL) {
            Some(model) => tfjs::read(&mut package, &model, options),
            None => {
                Err(ForeignError::new(path, "there is no model.json in it; name the folder of an export, or its zip"))
            }
        };
    }
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match extension.as_str() {
        "json" => tfjs::read(&mut package, &name, options),
        "onnx" => onnx::read(&mut package, &name, options),
        "h5" | "hdf5" | "keras" => keras::read(&mut package, options),
        _ => match other(&extension) {
            Some(problem) => Err(ForeignError::new(path, problem)),
            None if starts_with(path, HDF5) => keras::read(&mut package, options),
            None => Err(ForeignError::new(
                path,
                "it is no model that is run; these are: a Kihap model's folder, a Teachable Machine export, a TensorFlow.js \
                 model.json, .onnx, .h5, .keras",
            )),
        },
    }
}

fn from_zip(mut package: Package, options: &ForeignOptions) -> Result<ForeignClassifier, ForeignError> {
    if package.find(KERAS_WEIGHTS).is_some_and(|name| name == KERAS_WEIGHTS) {
        return keras::read(&mut package, options);
    }
    if let Some(model) = package.find(MODEL) {
        return tfjs::read(&mut package, &model, options);
    }
    let names = package.names();
    let has =
        |ending: &str| names.iter().find(|name| name.to_lowercase().ends_with(ending) && !name.starts_with("__MACOSX"));
    if let Some(onnx) = has(".onnx") {
        return onnx::read(&mut package, &onnx.clone(), options);
    }
    let problem = if names.iter().any(|name| name == "manifest.json") || has(".jpg").is_some() || has(".png").is_some()
    {
        "it holds pictures and no trained model; take it in with `kihap import`, then `kihap train`"
    } else if has(".h5").is_some() {
        "it is a zip of a Keras model; unpack it and name its .h5"
    } else if has(".tflite").is_some() {
        "it is a TFLite export, which is not run; export the same model as TensorFlow.js or Keras"
    } else if has("saved_model.pb").is_some() {
        "it is a SavedModel, which is not run; export the same model as TensorFlow.js or Keras"
    } else if has("data.pkl").is_some() {
        "it is a PyTorch file, which holds no network that can be run without its program; export it as ONNX"
    } else {
        "it is a zip without a model.json, .onnx or Keras model"
    };
    Err(ForeignError::new(package.path(), problem))
}

/// What files that are known by their ending are, and the mend.
fn other(extension: &str) -> Option<&'static str> {
    match extension {
        "tflite" => {
            Some("it is a TFLite model, which is not run; export the same model as TensorFlow.js, Keras or ONNX")
        }
        "pb" => Some("it is a SavedModel or frozen graph, which is not run; export it as TensorFlow.js or ONNX"),
        "pt" | "pth" => {
            Some("it is a PyTorch file, which holds no network that can be run without its program; export it as ONNX")
        }
        "safetensors" => {
            Some("it holds weights without a network; begin a training from it with `kihap train --weights`")
        }
        "tm" => Some("it is damaged: a .tm project is a zip"),
        _ => None,
    }
}

fn starts_with(path: &Path, signature: &[u8]) -> bool {
    use std::io::Read;
    let mut first = Vec::new();
    let file = std::fs::File::open(path).and_then(|file| file.take(signature.len() as u64).read_to_end(&mut first));
    file.is_ok() && first == signature
}
