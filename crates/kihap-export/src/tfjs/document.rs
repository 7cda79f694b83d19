//! `model.json` and `weights.bin`.

use serde_json::{Value as Json, json};

/// A weight of a layers model.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// `layer/weight`.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, row by row.
    pub values: Vec<f32>,
    /// Whether gradients train it; running statistics are not trained so.
    pub trainable: bool,
}

/// A layers model.
#[derive(Debug, Clone)]
pub struct LayersModel {
    /// `{class_name, config}` of the outermost layer.
    pub root: Json,
    /// The weights in the order of the layers.
    pub weights: Vec<Weight>,
}

impl LayersModel {
    /// All weights in the order of the file: as TensorFlow.js writes them, first what is trained, layer by layer, then the rest.
    fn ordered(&self) -> impl Iterator<Item = &Weight> {
        let of = |trainable| self.weights.iter().filter(move |w| w.trainable == trainable);
        of(true).chain(of(false))
    }

    /// `weights.bin`: little-endian numbers without gaps.
    pub fn weights_bin(&self) -> Vec<u8> {
        self.ordered().flat_map(|weight| weight.values.iter().flat_map(|v| v.to_le_bytes())).collect()
    }

    fn topology(&self) -> Json {
        json!({
            "class_name": self.root["class_name"],
            "config": self.root["config"],
            "keras_version": "tfjs-layers 1.3.1",
            "backend": "tensor_flow.js",
        })
    }

    fn manifest(&self) -> Json {
        let weights: Vec<Json> =
            self.ordered().map(|w| json!({"name": w.name, "shape": w.shape, "dtype": "float32"})).collect();
        json!([{"paths": ["weights.bin"], "weights": weights}])
    }

    /// `model.json` as Teachable Machine writes it: nothing but topology and weights.
    pub fn teachable_machine_json(&self) -> Json {
        json!({"modelTopology": self.topology(), "weightsManifest": self.manifest()})
    }

    /// `model.json` as TensorFlow.js writes it, with `details` for whoever reads it.
    pub fn model_json(&self, details: Json) -> Json {
        json!({
            "format": "layers-model",
            "generatedBy": format!("Kihap {}", env!("CARGO_PKG_VERSION")),
            "convertedBy": null,
            "modelTopology": self.topology(),
            "weightsManifest": self.manifest(),
            "userDefinedMetadata": details,
        })
    }
}
