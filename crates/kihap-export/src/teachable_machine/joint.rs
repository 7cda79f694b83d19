//! Teachable Machine's picture network with another head on it.

use std::collections::HashSet;

use kihap_convert::tfjs;
use serde_json::{Value as Json, json};

use crate::backbone::LayersFile;
use crate::error::{ExportError, Result};
use crate::tfjs::{LayersModel, Weight};

/// `Sequential[the export's own first part, the head]`, as Teachable Machine joins them; the first part as it is in the export.
pub(super) fn joined(export: &LayersFile, head: &LayersModel) -> Result<LayersModel> {
    let json: Json = serde_json::from_slice(&export.json).map_err(|e| damaged(e.to_string()))?;
    let topology = &json["modelTopology"];
    let layers = match &topology["config"] {
        Json::Array(layers) => layers,
        config => config["layers"].as_array().ok_or_else(|| damaged("it has no layers".into()))?,
    };
    let first = layers.first().ok_or_else(|| damaged("it has no layers".into()))?;
    let mut names = HashSet::new();
    collect(first, &mut names);
    let mut weights = Vec::new();
    let tensors = tfjs::read_weights(&export.json, &export.weights)?;
    let groups = json["weightsManifest"].as_array().into_iter().flatten();
    let ordered = groups.flat_map(|group| group["weights"].as_array().into_iter().flatten());
    for name in ordered.filter_map(|entry| entry["name"].as_str()) {
        let Some(tensor) = tensors.get(name) else { continue };
        let (Some((layer, weight)), Some(values)) = (name.rsplit_once('/'), tensor.as_f32()) else { continue };
        if names.contains(layer) {
            let trainable = !weight.starts_with("moving_");
            weights.push(Weight {
                name: name.to_owned(),
                shape: tensor.shape().to_vec(),
                values: values.to_vec(),
                trainable,
            });
        }
    }
    weights.extend(head.weights.iter().cloned());
    let root = json!({"class_name": "Sequential", "config": {"name": "sequential_4", "layers": [first, head.root]}});
    Ok(LayersModel { root, weights })
}

/// Names of all layers inside.
fn collect(layer: &Json, names: &mut HashSet<String>) {
    let config = &layer["config"];
    for name in [&layer["name"], &config["name"]] {
        names.extend(name.as_str().map(str::to_owned));
    }
    let inner = config.as_array().or_else(|| config["layers"].as_array());
    inner.into_iter().flatten().for_each(|inner| collect(inner, names));
}

fn damaged(problem: String) -> ExportError {
    ExportError::Damaged {
        file: "the model.json of the backbone's export".into(),
        problem,
        mend: "train once more with --backbone and the folder of a whole export",
    }
}
