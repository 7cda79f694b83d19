//! The weights manifest: which bytes of which files are which weights.

use std::collections::{BTreeMap, HashMap};

use half::f16;
use serde::Deserialize;

use crate::ConvertError;
use crate::tensor::{MAX_WEIGHTS, Tensor, Values, element_count};

const FORMAT: &str = "TensorFlow.js";

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "weightsManifest", default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    paths: Vec<String>,
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    quantization: Option<Quantization>,
}

#[derive(Deserialize)]
struct Quantization {
    dtype: String,
    #[serde(default)]
    scale: f64,
    #[serde(default)]
    min: f64,
}

/// The weights of a model, decoded when they are asked for.
pub(in crate::tfjs) struct Weights<'a> {
    entries: HashMap<String, (Entry, &'a [u8])>,
    budget: usize,
}

fn parse(model_json: &[u8]) -> Result<Model, ConvertError> {
    serde_json::from_slice(model_json).map_err(|error| damaged(format!("model.json: {error}")))
}

fn damaged(detail: String) -> ConvertError {
    ConvertError::Damaged { format: FORMAT, detail }
}

/// Paths of the weight files, as `model.json` gives them, in the order in which their bytes follow each other.
///
/// # Errors
/// If `model.json` is not JSON, or its manifest has not the shape of one.
pub fn weight_paths(model_json: &[u8]) -> Result<Vec<String>, ConvertError> {
    Ok(parse(model_json)?.groups.into_iter().flat_map(|group| group.paths).collect())
}

/// How many bytes the weight files must have together, as `model.json` gives it: no more need be read of them.
///
/// # Errors
/// If `model.json` is not readable, or its weights are of an unknown type or beyond [`MAX_WEIGHTS`].
pub fn weight_bytes(model_json: &[u8]) -> Result<usize, ConvertError> {
    let mut sum = 0usize;
    for entry in parse(model_json)?.groups.iter().flat_map(|group| &group.weights) {
        let length = entry.length()?.and_then(|length| sum.checked_add(length));
        sum = length.filter(|sum| *sum <= 8 * MAX_WEIGHTS).ok_or(ConvertError::TooLarge { limit: MAX_WEIGHTS })?;
    }
    Ok(sum)
}

/// Reads all weight files through `read` and joins their bytes.
///
/// `read` is given a path relative to `model.json`, without `..`, and answers `None` for a file that does not exist. A
/// path that does not exist is tried again by its last part, since copies of models get moved without their manifest
/// being changed.
///
/// # Errors
/// If the manifest is not readable, or a file is found under neither name.
pub fn gather_weights(
    model_json: &[u8],
    mut read: impl FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, ConvertError> {
    let mut joined = Vec::new();
    for path in weight_paths(model_json)? {
        let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")).collect();
        let base = parts.last().copied().unwrap_or_default();
        let inside = !parts.contains(&"..") && !path.starts_with(['/', '\\']) && !path.contains(':');
        let as_given = if inside { read(&parts.join("/")) } else { None };
        let plain = !matches!(base, "" | "..") && !base.contains(':');
        let bytes = as_given.or_else(|| if plain { read(base) } else { None });
        let missing = || damaged(format!("the weight file {path:?} is missing beside model.json"));
        joined.extend(bytes.ok_or_else(missing)?);
    }
    Ok(joined)
}

/// All weights of a model by their names, from its joined weight files (see [`gather_weights`]).
///
/// # Errors
/// If `model.json` is not readable, the files have more or fewer bytes than it says, or weights are of an unknown type.
pub fn read_weights(model_json: &[u8], bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, ConvertError> {
    let mut weights = Weights::read(model_json, bytes)?;
    let names: Vec<String> = weights.entries.keys().cloned().collect();
    names.into_iter().map(|name| Ok((name.clone(), weights.get(&name)?))).collect()
}

impl<'a> Weights<'a> {
    /// Finds every weight's bytes in the joined weight files.
    pub(in crate::tfjs) fn read(model_json: &[u8], bytes: &'a [u8]) -> Result<Self, ConvertError> {
        let mut entries = HashMap::new();
        let mut rest = bytes;
        for entry in parse(model_json)?.groups.into_iter().flat_map(|group| group.weights) {
            let split = entry.length()?.and_then(|length| rest.split_at_checked(length));
            let (own, others) =
                split.ok_or_else(|| damaged(format!("the weight files end before {:?} is complete", entry.name)))?;
            rest = others;
            if entries.contains_key(&entry.name) {
                return Err(damaged(format!("model.json names two weights {:?}", entry.name)));
            }
            entries.insert(entry.name.clone(), (entry, own));
        }
        if !rest.is_empty() {
            return Err(damaged(format!("the weight files have {} bytes too many for model.json", rest.len())));
        }
        Ok(Self { entries, budget: MAX_WEIGHTS })
    }

    /// The weight of that name.
    pub(in crate::tfjs) fn get(&mut self, name: &str) -> Result<Tensor, ConvertError> {
        let (entry, bytes) =
            self.entries.get(name).ok_or_else(|| damaged(format!("model.json names no weight {name:?}")))?;
        let count = element_count(&entry.shape).filter(|&count| count <= self.budget);
        self.budget -= count.ok_or(ConvertError::TooLarge { limit: MAX_WEIGHTS })?;
        Tensor::new(entry.shape.clone(), decode(entry, bytes)?)
    }
}

impl Entry {
    /// Bytes that it takes in the files; `None` where that overflows.
    fn length(&self) -> Result<Option<usize>, ConvertError> {
        let stored = self.quantization.as_ref().map_or(&self.dtype, |quantization| &quantization.dtype);
        let width = match stored.as_str() {
            "float32" | "int32" => 4,
            "float16" | "uint16" => 2,
            "uint8" | "bool" => 1,
            "complex64" => 8,
            other => {
                let what = format!("weights of type {other:?} ({})", self.name);
                return Err(ConvertError::Unsupported { format: FORMAT, what });
            }
        };
        Ok(element_count(&self.shape).and_then(|count| count.checked_mul(width)))
    }
}

fn decode(entry: &Entry, bytes: &[u8]) -> Result<Values, ConvertError> {
    let unsupported = |what: String| ConvertError::Unsupported { format: FORMAT, what };
    let Some(quantization) = &entry.quantization else {
        return match entry.dtype.as_str() {
            "float32" => Ok(Values::F32(bytes.as_chunks().0.iter().map(|&c| f32::from_le_bytes(c)).collect())),
            "int32" => Ok(Values::I32(bytes.as_chunks().0.iter().map(|&c| i32::from_le_bytes(c)).collect())),
            other => Err(unsupported(format!("weights of type {other:?} ({})", entry.name))),
        };
    };
    // Stored integer q stands for q · scale + min.
    let scaled = |q: f64| q * quantization.scale + quantization.min;
    let floats: Vec<f64> = match quantization.dtype.as_str() {
        "float16" => bytes.as_chunks().0.iter().map(|&c| f16::from_le_bytes(c).to_f64()).collect(),
        "uint16" => bytes.as_chunks().0.iter().map(|&c| scaled(u16::from_le_bytes(c).into())).collect(),
        "uint8" => bytes.iter().map(|&q| scaled(q.into())).collect(),
        other => return Err(unsupported(format!("quantisation to {other:?} ({})", entry.name))),
    };
    match entry.dtype.as_str() {
        "float32" => Ok(Values::F32(floats.into_iter().map(|v| v as f32).collect())),
        "int32" => Ok(Values::I32(floats.into_iter().map(|v| v.round() as i32).collect())),
        other => Err(unsupported(format!("weights of type {other:?} ({})", entry.name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(weights: &str) -> Vec<u8> {
        format!(r#"{{"weightsManifest":[{{"paths":["sub/a.bin","b.bin"],"weights":[{weights}]}}]}}"#).into_bytes()
    }

    #[test]
    fn every_storage_decodes() {
        let json = model(
            r#"{"name":"f","shape":[1],"dtype":"float32"},
               {"name":"i","shape":[],"dtype":"int32"},
               {"name":"h","shape":[2],"dtype":"float32","quantization":{"dtype":"float16"}},
               {"name":"q","shape":[2],"dtype":"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1}},
               {"name":"w","shape":[1],"dtype":"int32","quantization":{"dtype":"uint16","scale":2,"min":1}}"#,
        );
        let mut bytes = 1.5f32.to_le_bytes().to_vec();
        bytes.extend(7i32.to_le_bytes());
        bytes.extend(f16::from_f32(0.25).to_le_bytes());
        bytes.extend(f16::from_f32(-2.0).to_le_bytes());
        bytes.extend([0, 4]);
        bytes.extend(300u16.to_le_bytes());
        let mut weights = Weights::read(&json, &bytes).unwrap();
        assert_eq!(weights.get("f").unwrap().as_f32().unwrap(), [1.5]);
        assert_eq!(weights.get("i").unwrap().to_i64().unwrap(), [7]);
        assert_eq!(weights.get("h").unwrap().as_f32().unwrap(), [0.25, -2.0]);
        assert_eq!(weights.get("q").unwrap().as_f32().unwrap(), [-1.0, 1.0]);
        assert_eq!(weights.get("w").unwrap().to_i64().unwrap(), [601]);
        assert!(weights.get("nothing").is_err());
        let all = read_weights(&json, &bytes).unwrap();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["f", "h", "i", "q", "w"]);
        assert_eq!(all["h"].as_f32().unwrap(), [0.25, -2.0]);
    }

    #[test]
    fn too_few_and_too_many_bytes_are_errors() {
        let json = model(r#"{"name":"f","shape":[2],"dtype":"float32"}"#);
        assert!(Weights::read(&json, &[0; 7]).is_err());
        assert!(Weights::read(&json, &[0; 9]).is_err());
        assert!(Weights::read(&json, &[0; 8]).is_ok());
        let huge = model(r#"{"name":"f","shape":[4294967295,4294967295,4294967295],"dtype":"float32"}"#);
        assert!(Weights::read(&huge, &[0; 8]).is_err());
        assert!(weight_bytes(&huge).is_err());
        assert_eq!(weight_bytes(&json).unwrap(), 8);
        let twice = model(r#"{"name":"f","shape":[1],"dtype":"float32"},{"name":"f","shape":[1],"dtype":"float32"}"#);
        assert!(Weights::read(&twice, &[0; 8]).err().unwrap().to_string().contains("two weights"));
    }

    #[test]
    fn a_moved_weight_file_is_found_by_its_last_part() {
        let json = model("");
        let read = |path: &str| match path {
            "a.bin" => Some(vec![1]),
            "b.bin" => Some(vec![2]),
            _ => None,
        };
        assert_eq!(gather_weights(&json, read).unwrap(), [1, 2]);
        assert!(gather_weights(&json, |_| None).unwrap_err().to_string().contains("a.bin"));
    }

    #[test]
    fn paths_never_leave_the_folder() {
        for path in ["../secret", "/secret", "c:\\\\secret", "x/../../secret"] {
            let json = format!(r#"{{"weightsManifest":[{{"paths":["{path}"],"weights":[]}}]}}"#);
            let mut asked = Vec::new();
            let outcome = gather_weights(json.as_bytes(), |path| {
                asked.push(path.to_string());
                None
            });
            assert!(outcome.is_err());
            assert_eq!(asked, ["secret"], "{path}");
        }
    }
}
