//! TensorFlow.js models: `model.json` and its weights.

use kihap_convert::onnx::inspect;
use kihap_convert::tfjs::{self, Cut, GraphOptions};
use kihap_learn::Warning;
use kihap_vision::backbone::Fit;
use kihap_vision::posenet;
use serde_json::Value;

use super::classifier::{ForeignClassifier, ForeignInput, ForeignKind, Scores};
use super::error::ForeignError;
use super::onnx::{Guess, guessed};
use super::options::ForeignOptions;
use super::package::{LARGEST_TEXT, Package};
use super::picture_tensor::{LARGEST_SIDE, PictureTensor};
use super::{labels, teachable_machine};

/// The description of a model.
pub(super) const MODEL: &str = "model.json";

/// Reads the model whose description is the file `model` of the package.
pub(super) fn read(
    package: &mut Package,
    model: &str,
    options: &ForeignOptions,
) -> Result<ForeignClassifier, ForeignError> {
    let path = package.path().to_owned();
    let error = |problem: String| ForeignError::new(&path, problem);
    let json = package.read(model, LARGEST_TEXT)?;
    let metadata = teachable_machine::Metadata::beside(package, model)?;
    let network = network(package, model, &json).map_err(error)?;
    let seen = inspect(&network).map_err(|e| error(e.to_string()))?;
    let ([input], [output]) = (seen.inputs.as_slice(), seen.outputs.as_slice()) else {
        return Err(error(
            "it has several inputs or outputs; one picture in and one list of classes out is run".into(),
        ));
    };
    let classes = output.shape.last().copied().flatten().filter(|_| output.shape.len() == 2);
    let classes = classes.ok_or_else(|| error("it gives no list of classes for a picture".into()))?;
    if let Some(metadata) = metadata {
        let input = metadata.input(&input.shape).map_err(error)?;
        return metadata.classifier(&path, input, network, &seen).map_err(error);
    }
    let mut warnings = Vec::new();
    let sides: Vec<usize> = input.shape.iter().skip(1).flatten().copied().collect();
    let input = match sides.as_slice() {
        &[posenet::FEATURES] => ForeignInput::PosenetFeatures,
        &[channels, height, width] => {
            let guess = Guess { range: super::ValueRange::ZeroToOne, fit: Fit::Stretch };
            let (fit, mean, scale) = guessed(options, guess, &mut warnings);
            ForeignInput::Picture(picture(channels, height, width, fit, mean, scale).map_err(error)?)
        }
        other => {
            return Err(error(format!("it reads {other:?} numbers; pictures and PoseNet's maps can be given to it")));
        }
    };
    let names = labels_of(package, options, classes, &mut warnings)?;
    let scores = match seen.makers.first().map(String::as_str) {
        Some("Softmax") => Scores::Probabilities,
        Some("Sigmoid") if classes == 1 && names.len() == 2 => Scores::SecondOfTwo,
        Some("Sigmoid") => {
            return Err(error("it answers yes or no for each class; one class among several is run".into()));
        }
        _ => Scores::Logits,
    };
    let name = path.file_stem().map_or_else(|| "model".into(), |stem| stem.to_string_lossy().into_owned());
    let kind = ForeignKind::Tfjs;
    let (output, parameters, labels) = (output.name.clone(), seen.parameters, names);
    Ok(ForeignClassifier { kind, name, labels, input, scores, threshold: 0.0, parameters, network, output, warnings })
}

/// A picture input of a network in ONNX that was made channels first.
pub(super) fn picture(
    channels: usize,
    height: usize,
    width: usize,
    fit: Fit,
    mean: [f32; 3],
    scale: [f32; 3],
) -> Result<PictureTensor, String> {
    if !matches!(channels, 1 | 3) || height > LARGEST_SIDE || width > LARGEST_SIDE {
        return Err(format!(
            "it reads pictures of {width} × {height} with {channels} channels; up to {LARGEST_SIDE} pixels on a side with 1 or 3 \
             channels can be given to it"
        ));
    }
    Ok(PictureTensor { width, height, grey: channels == 1, channels_last: false, fit, mean, scale })
}

/// The names of the user's file, else of a `labels.txt` beside the model, else numbers.
pub(super) fn labels_of(
    package: &mut Package,
    options: &ForeignOptions,
    classes: usize,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<String>, ForeignError> {
    // one number is the probability of the second of two
    let wanted = classes.max(2);
    let (path, names) = if let Some(file) = &options.labels {
        let mut own = Package::open(file)?;
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        (file.clone(), labels::from_lines(&own.text(&name)?))
    } else if let Some(name) = package.find("labels.txt") {
        (package.path().to_owned(), labels::from_lines(&package.text(&name)?))
    } else {
        warnings.push(Warning::LabelsGuessed { count: wanted });
        (package.path().to_owned(), Ok(labels::numbered(wanted)))
    };
    let names = names.map_err(|problem| ForeignError::new(&path, problem))?;
    if names.len() != wanted {
        let problem =
            format!("it names {} classes, but the network tells {wanted} apart; give it the right labels", names.len());
        return Err(ForeignError::new(&path, problem));
    }
    Ok(names)
}

fn network(package: &mut Package, model: &str, json: &[u8]) -> Result<Vec<u8>, String> {
    let folder = model.strip_suffix(MODEL).unwrap_or_default();
    let limit = tfjs::weight_bytes(json).map_err(|e| e.to_string())? as u64;
    let mut problem = None;
    let mut read = |name: &str| {
        let place = format!("{folder}{name}");
        package.find(name.rsplit('/').next().unwrap_or(name))?;
        package.read(&place, limit).map_err(|e| problem = Some(e.problem)).ok()
    };
    let weights = tfjs::gather_weights(json, &mut read);
    let weights = weights.map_err(|e| problem.unwrap_or_else(|| e.to_string()))?;
    let value: Value = serde_json::from_slice(json).map_err(|e| format!("its {MODEL} is damaged ({e})"))?;
    let onnx = if value.pointer("/modelTopology/node").is_some() {
        tfjs::graph_to_onnx(json, &weights, &GraphOptions { dynamic_batch: true, ..GraphOptions::default() })
    } else {
        tfjs::layers_to_onnx(json, &weights, &Cut::Whole)
    };
    onnx.map_err(|e| e.to_string())
}
