//! `modelTopology` of a layers model, read into plain types.

use serde_json::{Map, Value as Json};

use crate::ConvertError;

/// One layer.
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) options: Options,
    /// The layers inside a `Sequential`, `Model` or `Functional`.
    pub(super) inside: Option<Inside>,
    /// For each use of the layer in a graph: the uses it reads.
    pub(super) reads: Vec<Vec<Use>>,
}

/// What one layer's options say.
pub(super) struct Options {
    layer: String,
    values: Map<String, Json>,
}

/// A network inside a layer.
pub(super) enum Inside {
    /// One layer after the other.
    Chain(Vec<Layer>),
    /// Layers that name the layers they read.
    Graph { layers: Vec<Layer>, inputs: Vec<Use>, outputs: Vec<Use> },
}

/// A use of a layer: its name and the number of the use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Use {
    pub(super) layer: String,
    pub(super) number: usize,
}

pub(super) fn damaged(detail: impl Into<String>) -> ConvertError {
    ConvertError::Damaged { format: "TensorFlow.js layers model", detail: detail.into() }
}

/// The outermost layer of a `model.json`.
pub(super) fn read(model_json: &[u8]) -> Result<Layer, ConvertError> {
    let mut json: Json = serde_json::from_slice(model_json).map_err(|error| damaged(format!("model.json: {error}")))?;
    let topology = json.get_mut("modelTopology").ok_or_else(|| damaged("it has no modelTopology"))?;
    // tfjs-converter nests Keras' own description one level deeper.
    let topology = match topology.get_mut("model_config") {
        Some(inner) => inner,
        None => topology,
    };
    layer(topology.take())
}

fn layer(json: Json) -> Result<Layer, ConvertError> {
    let Json::Object(mut json) = json else { return Err(damaged("a layer is not an object")) };
    let class = json.get("class_name").and_then(Json::as_str).ok_or_else(|| damaged("a layer has no class_name"))?;
    let class = class.to_string();
    let config = json.remove("config").ok_or_else(|| damaged(format!("a {class} has no config")))?;
    let own_name = json.get("name").and_then(Json::as_str).map(str::to_string);
    let reads = reads(json.get("inbound_nodes"), &class)?;
    let (values, inside) = match (class.as_str(), config) {
        // The form of 2019: a bare list of layers.
        ("Sequential", Json::Array(layers)) => (Map::new(), Some(Inside::Chain(all(layers)?))),
        ("Sequential", Json::Object(mut config)) => {
            let inside = Inside::Chain(all(list(&mut config, "layers")?)?);
            (config, Some(inside))
        }
        ("Model" | "Functional", Json::Object(mut config)) => {
            let layers = all(list(&mut config, "layers")?)?;
            let inputs = uses(config.get("input_layers"))?;
            let outputs = uses(config.get("output_layers"))?;
            (config, Some(Inside::Graph { layers, inputs, outputs }))
        }
        (_, Json::Object(config)) => (config, None),
        _ => return Err(damaged(format!("the config of a {class} is not an object"))),
    };
    let name = own_name.or_else(|| values.get("name").and_then(Json::as_str).map(str::to_string)).unwrap_or_default();
    Ok(Layer { options: Options { layer: format!("{name} ({class})"), values }, name, class, inside, reads })
}

fn list(config: &mut Map<String, Json>, key: &str) -> Result<Vec<Json>, ConvertError> {
    match config.remove(key) {
        Some(Json::Array(items)) => Ok(items),
        _ => Err(damaged(format!("{key} is not a list"))),
    }
}

fn all(layers: Vec<Json>) -> Result<Vec<Layer>, ConvertError> {
    layers.into_iter().map(layer).collect()
}

/// `[layer, use, output, …]`; only layers with one output are read.
fn one_use(json: &Json) -> Option<Use> {
    let json = json.as_array()?;
    let number = usize::try_from(json.get(1)?.as_u64()?).ok()?;
    (json.get(2)?.as_u64() == Some(0)).then(|| Some(Use { layer: json.first()?.as_str()?.to_string(), number }))?
}

/// A list of uses, or one use alone.
fn uses(json: Option<&Json>) -> Result<Vec<Use>, ConvertError> {
    let read = || {
        let items = json?.as_array()?;
        if items.first()?.is_string() { Some(vec![one_use(json?)?]) } else { items.iter().map(one_use).collect() }
    };
    read().ok_or_else(|| damaged("its input or output layers are not named properly"))
}

fn reads(json: Option<&Json>, class: &str) -> Result<Vec<Vec<Use>>, ConvertError> {
    let Some(nodes) = json.and_then(Json::as_array) else { return Ok(Vec::new()) };
    nodes
        .iter()
        .map(|node| node.as_array().and_then(|uses| uses.iter().map(one_use).collect()))
        .collect::<Option<_>>()
        .ok_or_else(|| damaged(format!("the inbound_nodes of a {class} are not in the known form")))
}

impl Options {
    /// A problem with this layer.
    pub(super) fn fail(&self, detail: impl Into<String>) -> ConvertError {
        ConvertError::inconsistent(self.layer.clone(), detail)
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.as_str()
    }

    /// A truth value.
    pub(super) fn bool(&self, key: &str, default: bool) -> bool {
        self.values.get(key).and_then(Json::as_bool).unwrap_or(default)
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.values.get(key)?.as_f64()
    }

    /// A pair such as a kernel size: `[h, w]`, or one number for both.
    pub(super) fn pair(&self, key: &str, default: Option<[usize; 2]>) -> Result<[usize; 2], ConvertError> {
        let size = |json: &Json| json.as_u64().and_then(|size| usize::try_from(size).ok());
        let pair = match self.values.get(key) {
            None | Some(Json::Null) => default,
            Some(Json::Array(items)) => match items.as_slice() {
                [h, w] => size(h).zip(size(w)).map(|(h, w)| [h, w]),
                _ => None,
            },
            Some(number) => size(number).map(|size| [size; 2]),
        };
        pair.ok_or_else(|| self.fail(format!("{key} is not a height and a width")))
    }

    /// Padding of a picture, `[[top, bottom], [left, right]]` or shorter forms, as top, left, bottom, right.
    pub(super) fn border(&self, key: &str) -> Result<[usize; 4], ConvertError> {
        let value = self.values.get(key);
        if let Some(Json::Array(axes)) = value
            && let [Json::Array(rows), Json::Array(columns)] = axes.as_slice()
        {
            let sizes: Option<Vec<usize>> =
                rows.iter().chain(columns).map(|size| size.as_u64().and_then(|v| usize::try_from(v).ok())).collect();
            return match sizes.as_deref() {
                Some(&[top, bottom, left, right]) => Ok([top, left, bottom, right]),
                _ => Err(self.fail(format!("{key} is not a padding of a picture"))),
            };
        }
        let [rows, columns] = self.pair(key, None)?;
        Ok([rows, columns, rows, columns])
    }

    /// `batch_input_shape` without the batch, where the layer has one.
    pub(super) fn input_shape(&self) -> Result<Option<Vec<usize>>, ConvertError> {
        let given = self.values.get("batch_input_shape").or_else(|| self.values.get("batch_shape"));
        let Some(Json::Array(shape)) = given else { return Ok(None) };
        let sizes: Option<Vec<usize>> =
            shape.iter().skip(1).map(|size| size.as_u64().and_then(|size| usize::try_from(size).ok())).collect();
        sizes.map(Some).ok_or_else(|| self.fail("its input has no fixed size"))
    }
}
