//! Teachable Machine's image exports: MobileNetV2 of width 0.35 inside a TensorFlow.js layers model.

use std::path::Path;

use kihap_convert::tfjs;

use super::archive::{Archive, LARGEST_TEXT};
use super::keras::KerasLayers;
use crate::weights::Array;

pub(super) const MODEL: &str = "model.json";

/// The layers of an export in a folder.
pub(super) fn from_folder(folder: &Path) -> Result<KerasLayers, String> {
    let model = folder.join(MODEL);
    let json = std::fs::read(&model).map_err(|e| format!("its {MODEL} cannot be read ({e})"))?;
    let bytes = tfjs::gather_weights(&json, |path| std::fs::read(folder.join(path)).ok()).map_err(|e| e.to_string())?;
    layers(&json, &bytes)
}

/// The layers of an export in a zip.
pub(super) fn from_archive(archive: &mut Archive<'_>, model: &str) -> Result<KerasLayers, String> {
    let json = archive.read(model, LARGEST_TEXT)?;
    let folder = model.strip_suffix(MODEL).unwrap_or_default();
    let limit = tfjs::weight_bytes(&json).map_err(|e| e.to_string())? as u64;
    let bytes = tfjs::gather_weights(&json, |path| archive.read(&format!("{folder}{path}"), limit).ok());
    layers(&json, &bytes.map_err(|e| e.to_string())?)
}

fn layers(json: &[u8], bytes: &[u8]) -> Result<KerasLayers, String> {
    let mut layers = KerasLayers::default();
    for (name, tensor) in tfjs::read_weights(json, bytes).map_err(|e| e.to_string())? {
        let (Some((layer, weight)), Some(values)) = (name.rsplit_once('/'), tensor.as_f32()) else { continue };
        layers.insert(layer, weight, Array { shape: tensor.shape().to_vec(), values: values.to_vec() })?;
    }
    Ok(layers)
}
