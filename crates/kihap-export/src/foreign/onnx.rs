//! ONNX classifiers, run as they are.

use kihap_convert::onnx::{Inspected, Port, inspect};
use kihap_learn::Warning;
use kihap_vision::backbone::{Fit, Preprocessing};
use kihap_vision::posenet;

use super::classifier::{ForeignClassifier, ForeignInput, ForeignKind, Scores};
use super::error::ForeignError;
use super::exported::ExportedInput;
use super::options::{ForeignOptions, ValueRange};
use super::package::{LARGEST_WEIGHTS, Package};
use super::picture_tensor::{LARGEST_SIDE, PictureTensor};
use super::{labels, tfjs};

/// Element types (`TensorProto.DataType`) that can be given to a network.
pub(super) const FLOAT: i32 = 1;
pub(super) const BYTE: i32 = 2;
/// The side where the file leaves it open.
const USUAL_SIDE: usize = 224;
/// Keys under which programs keep the classes: Kihap, Ultralytics, timm, Hugging Face, Azure Custom Vision and others.
const LABEL_KEYS: [&str; 8] =
    ["kihap.labels", "labels", "names", "classes", "class_names", "id2label", "label_names", "Labels"];

/// What is taken where neither the file nor the user says it.
pub(super) struct Guess {
    pub(super) range: ValueRange,
    pub(super) fit: Fit,
}

/// The user's words, else the guess, with a warning.
pub(super) fn guessed(
    options: &ForeignOptions,
    guess: Guess,
    warnings: &mut Vec<Warning>,
) -> (Fit, [f32; 3], [f32; 3]) {
    let (range, fit) = (options.range.unwrap_or(guess.range), options.fit.unwrap_or(guess.fit));
    if options.range.is_none() || options.fit.is_none() {
        let fit = if fit == Fit::Stretch { "stretch" } else { "crop" };
        warnings.push(Warning::PreprocessingGuessed { range: range.name().into(), fit: fit.into() });
    }
    let (mean, scale) = range.mean_and_scale();
    (fit, mean, scale)
}

/// Reads the ONNX file `name` of the package.
pub(super) fn read(
    package: &mut Package,
    name: &str,
    options: &ForeignOptions,
) -> Result<ForeignClassifier, ForeignError> {
    let path = package.path().to_owned();
    let error = |problem: String| ForeignError::new(&path, problem);
    let network = package.read(name, LARGEST_WEIGHTS)?;
    let seen = inspect(&network).map_err(|e| error(e.to_string()))?;
    let (output, maker) = chosen(&seen).map_err(error)?;
    let mut warnings = Vec::new();
    let shown = match ExportedInput::of(&seen).map_err(error)? {
        Some(exported) => ForeignInput::Exported(exported),
        None => shown(&seen, options, &mut warnings).map_err(error)?,
    };
    let classes = output.shape.last().copied().flatten();
    let from_file = LABEL_KEYS.iter().find_map(|key| seen.metadata(key));
    let names = match (from_file, classes, &options.labels) {
        (Some(text), _, None) => labels::from_text(text).map_err(error)?,
        (_, Some(classes), _) => tfjs::labels_of(package, options, classes, &mut warnings)?,
        (_, None, _) => {
            return Err(error("it does not say how many classes it tells apart; add `labels` to its metadata".into()));
        }
    };
    let scores = match (maker, classes) {
        ("Softmax", _) => Scores::Probabilities,
        ("Sigmoid", Some(1)) if names.len() == 2 => Scores::SecondOfTwo,
        ("Sigmoid", _) => {
            return Err(error("it answers yes or no for each class; one class among several is run".into()));
        }
        _ => Scores::Logits,
    };
    let threshold = seen.metadata("kihap.threshold").and_then(|text| text.trim().parse().ok()).unwrap_or(0.0);
    Ok(ForeignClassifier {
        kind: ForeignKind::Onnx,
        name: path.file_stem().map_or_else(|| "model".into(), |stem| stem.to_string_lossy().into_owned()),
        labels: names,
        input: shown,
        scores,
        threshold: if (0.0..=1.0).contains(&threshold) { threshold } else { 0.0 },
        output: output.name.clone(),
        parameters: seen.parameters,
        network,
        warnings,
    })
}

/// The output that holds the classes, and what makes it: `probabilities` where there is one, else a softmax, else the first
/// list of numbers.
fn chosen(seen: &Inspected) -> Result<(&Port, &str), String> {
    let lists = || {
        seen.outputs
            .iter()
            .zip(&seen.makers)
            .filter(|(port, _)| port.element == FLOAT && (port.shape.len() == 2 || port.shape.is_empty()))
    };
    let found = lists()
        .find(|(port, _)| port.name == "probabilities")
        .or_else(|| lists().find(|(_, maker)| *maker == "Softmax"))
        .or_else(|| lists().next());
    let found = found.map(|(port, maker)| (port, maker.as_str()));
    found.ok_or_else(|| "it gives no list of 32-bit numbers, one a class; only classifiers are run".into())
}

/// What of a picture the network is shown.
fn shown(seen: &Inspected, options: &ForeignOptions, warnings: &mut Vec<Warning>) -> Result<ForeignInput, String> {
    let [input] = seen.inputs.as_slice() else {
        return Err(format!("it has {} inputs; one picture can be given to it", seen.inputs.len()));
    };
    if !matches!(input.element, FLOAT | BYTE) {
        return Err(format!(
            "its input '{}' is of element type {}; 32-bit floats and bytes can be given to it",
            input.name, input.element
        ));
    }
    if input.shape.len() == 2 && input.shape[1] == Some(posenet::FEATURES) {
        return Ok(ForeignInput::PosenetFeatures);
    }
    let &[batch, a, b, c] = input.shape.as_slice() else {
        return Err(format!(
            "its input '{}' has the shape {:?}; pictures [N, channels, height, width] or [N, height, width, channels] and \
             PoseNet's {} numbers can be given to it",
            input.name,
            input.shape,
            posenet::FEATURES
        ));
    };
    if batch.is_some_and(|batch| batch != 1) {
        return Err(format!(
            "it reads {} pictures at once; save it with a free batch, or one of 1",
            batch.unwrap_or_default()
        ));
    }
    let is_channels = |side: Option<usize>| matches!(side, Some(1 | 3));
    let (channels, height, width, channels_last) = if is_channels(a) {
        (a, b, c, false)
    } else if is_channels(c) {
        (c, a, b, true)
    } else {
        return Err(format!(
            "its input '{}' has the shape {:?}, which has neither 1 nor 3 channels",
            input.name, input.shape
        ));
    };
    let own = seen.metadata("kihap.preprocessing").map(serde_json::from_str::<Preprocessing>).transpose();
    let own = own.map_err(|e| format!("its kihap.preprocessing is damaged ({e})"))?;
    let side = own.map_or(USUAL_SIDE, |own| own.side);
    let (height, width) = (height.unwrap_or(side), width.unwrap_or(side));
    if [height, width].iter().any(|side| !(1..=LARGEST_SIDE).contains(side)) {
        return Err(format!(
            "it reads pictures of {width} × {height}; up to {LARGEST_SIDE} on a side can be given to it"
        ));
    }
    let (fit, mean, scale) = match own {
        Some(own) if options.range.is_none() => (options.fit.unwrap_or(own.fit), own.mean, own.scale),
        _ => {
            let range = if input.element == BYTE { ValueRange::Bytes } else { ValueRange::ZeroToOne };
            guessed(options, Guess { range, fit: Fit::Stretch }, warnings)
        }
    };
    if scale.iter().any(|s| *s == 0.0 || !s.is_finite()) || mean.iter().any(|m| !m.is_finite()) {
        return Err("its kihap.preprocessing divides by zero".into());
    }
    Ok(ForeignInput::Picture(PictureTensor {
        width,
        height,
        grey: channels == Some(1),
        channels_last,
        fit,
        mean,
        scale,
    }))
}
