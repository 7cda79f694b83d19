//! Keras' files: `.h5`, whole or only weights, and `.keras`.

use std::collections::HashMap;

use serde_json::Value;

use super::archive::{Archive, LARGEST, LARGEST_TEXT};
use super::hdf5::{self, Dataset};
use super::keras::KerasLayers;
use crate::weights::Array;

const WEIGHTS: &str = "model.weights.h5";
const CONFIG: &str = "config.json";
/// Networks within networks are not followed deeper.
const DEEPEST: usize = 16;

/// Whether the archive is a `.keras` file.
pub(super) fn is_keras(archive: &Archive<'_>) -> bool {
    archive.find(WEIGHTS).is_some_and(|name| name == WEIGHTS)
}

/// The layers of a `.keras` file.
pub(super) fn from_archive(archive: &mut Archive<'_>) -> Result<KerasLayers, String> {
    let weights = archive.read(WEIGHTS, LARGEST)?;
    let config = archive.read(CONFIG, LARGEST_TEXT)?;
    let config: Value = serde_json::from_slice(&config).map_err(|e| format!("its {CONFIG} is damaged ({e})"))?;
    let mut names = HashMap::new();
    layer_names(&config, "", &mut names, 0);
    from_h5(&weights, &names)
}

/// The layers of an `.h5` file. `names` gives the names of layers by their places in the file, where the file itself does
/// not.
pub(super) fn from_h5(bytes: &[u8], names: &HashMap<String, String>) -> Result<KerasLayers, String> {
    let mut layers = KerasLayers::default();
    let mut nameless = false;
    for dataset in hdf5::datasets(bytes)? {
        let Some((weight, groups)) = dataset.path.split_last() else { continue };
        let layer = match groups.first().map(String::as_str) {
            // how far its training was
            None | Some("optimizer_weights" | "optimizer") => continue,
            Some("layers") => numbered_layer(&dataset, groups, names),
            Some("model_weights") => named_layer(&groups[1..]),
            Some(_) if groups.last().is_some_and(|group| group == "vars") => numbered_layer(&dataset, groups, names),
            Some(_) => named_layer(groups),
        };
        match layer {
            Some(layer) => {
                let array = Array { shape: dataset.shape.clone(), values: dataset.values()? };
                layers.insert(&layer, weight, array)?;
            }
            None => nameless = true,
        }
    }
    if layers.is_empty() && nameless {
        return Err("it numbers its layers and does not name them; save the whole model as .keras".into());
    }
    Ok(layers)
}

/// `layers/conv2d/vars/0`: the group says the layer's name, or the `.keras` file's configuration does.
fn numbered_layer(dataset: &Dataset<'_>, groups: &[String], names: &HashMap<String, String>) -> Option<String> {
    let (_, place) = groups.split_last().filter(|(last, _)| *last == "vars")?;
    dataset.group_name.clone().or_else(|| names.get(&place.join("/")).cloned())
}

/// `conv1/conv1/kernel:0`: a layer's group, and in it the weight's full name, which may have scopes before the layer's. A
/// network used as a layer has its own name first: `backbone/conv1/kernel:0`.
fn named_layer(groups: &[String]) -> Option<String> {
    let repeated = (1..=groups.len() / 2).rev().find(|length| groups.ends_with(&groups[..*length]));
    let own = match repeated {
        Some(length) => &groups[..length],
        None => groups.get(1..).filter(|rest| !rest.is_empty()).unwrap_or(groups),
    };
    (!own.is_empty()).then(|| own.join("/"))
}

/// Where a `.keras` file keeps each layer: in `layers/`, under the class' name in snake case, numbered from the second of
/// the class on.
fn layer_names(config: &Value, prefix: &str, names: &mut HashMap<String, String>, depth: usize) {
    let Some(layers) = config.pointer("/config/layers").and_then(Value::as_array) else { return };
    if depth > DEEPEST {
        return;
    }
    let mut used: HashMap<String, usize> = HashMap::new();
    for layer in layers {
        let text = |pointer: &str| layer.pointer(pointer).and_then(Value::as_str);
        let (Some(class), Some(name)) = (text("/class_name"), text("/config/name")) else { continue };
        let class = snake_case(class);
        let count = used.entry(class.clone()).or_default();
        let place =
            if *count == 0 { format!("{prefix}layers/{class}") } else { format!("{prefix}layers/{class}_{count}") };
        *count += 1;
        layer_names(layer, &format!("{place}/"), names, depth + 1);
        names.insert(place, name.to_owned());
    }
}

/// As Keras: an underscore before a capital that follows a small letter, or that begins a word of small letters.
fn snake_case(class: &str) -> String {
    let letters: Vec<char> = class.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let begins_word = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let after_small = at > 0 && letters[at - 1].is_ascii_lowercase();
        if letter.is_ascii_uppercase() && at > 0 && (after_small || begins_word) {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_places_as_keras_makes_them() {
        let names = ["Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "SeparableConv2D", "InputLayer"];
        let wanted = ["conv2d", "depthwise_conv2d", "batch_normalization", "re_lu", "separable_conv2d", "input_layer"];
        assert_eq!(names.map(snake_case), wanted);
    }

    #[test]
    fn layers_are_found_in_every_nesting() {
        let layer = |path: &str| named_layer(&path.split('/').map(str::to_owned).collect::<Vec<_>>()).unwrap();
        assert_eq!(layer("conv1/conv1"), "conv1");
        assert_eq!(layer("conv1"), "conv1");
        assert_eq!(layer("Conv/BatchNorm/Conv/BatchNorm"), "Conv/BatchNorm");
        assert_eq!(layer("conv1/block_0/adjust/conv1"), "conv1");
        assert_eq!(layer("backbone/conv1"), "conv1");
        assert_eq!(layer("backbone/expanded_conv/depthwise"), "expanded_conv/depthwise");
    }
}
