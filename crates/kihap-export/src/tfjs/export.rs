//! A model as a TensorFlow.js layers model.

use kihap_learn::{Layout, Model};
use kihap_vision::backbone::Preprocessing;
use kihap_vision::picture_input::PictureInput;
use kihap_zoo::graph::{INPUT, Node, Op};
use kihap_zoo::{Array, Graph, Weights};
use serde_json::{Value as Json, json};

use super::LayersModel;
use super::writer::{last_axis_channels, write};
use crate::backbone::Backbone;
use crate::error::Result;
use crate::plain;
use crate::reads::Reads;
use crate::warning::ExportWarning;

/// What a layers model is given.
#[derive(Debug, Clone, PartialEq)]
pub enum LayersInput {
    /// What the model's own network reads, before standardising; channels last.
    Numbers {
        /// Shape of one example.
        shape: Vec<usize>,
    },
    /// The pixels of a square picture, `[side, side, 3]`, red, green, blue, each put through (v − shift) / scale.
    Pixels {
        /// How the square is made; its own mean and scale are inside the model.
        square: Preprocessing,
        /// Subtracted from 0 to 255 before they are given.
        shift: f32,
        /// Divides what is left.
        scale: f32,
    },
}

/// A written layers model.
#[derive(Debug, Clone)]
pub struct LayersExport {
    /// `model.json`.
    pub json: Vec<u8>,
    /// `weights.bin`.
    pub weights: Vec<u8>,
    /// `metadata.json`.
    pub metadata: Vec<u8>,
    /// What it is given.
    pub input: LayersInput,
    /// Whether the calibration's temperature is inside.
    pub calibrated: bool,
    /// What its user must know.
    pub warnings: Vec<ExportWarning>,
}

/// The model as a layers model. Pictures go in as they are, 0 to 255, brought to the square that `metadata.json` names;
/// standardising, range and calibration are inside.
///
/// # Errors
/// Layers that TensorFlow.js does not have, and ensembles.
pub fn export(model: &Model, backbone: Option<&Backbone>) -> Result<LayersExport> {
    let mut plain = plain::of(model, "to tfjs")?;
    let mut warnings = warnings(model, backbone)?;
    let input = match &model.description.layout {
        Layout::Picture(layout) => {
            let square = *layout.preprocessing();
            normalise_pixels(&mut plain.graph, &mut plain.weights, square.mean, square.scale);
            LayersInput::Pixels { square, shift: 0.0, scale: 1.0 }
        }
        layout => LayersInput::Numbers { shape: last_axis_channels(&layout.shape()) },
    };
    let views = model.description.layout.views();
    if views > 1 {
        warnings.push(ExportWarning::OneView { views });
    }
    let written = write(&plain.graph, &plain.weights)?;
    let details = metadata(model, &input, plain.calibrated, &warnings);
    Ok(LayersExport {
        json: written.model_json(details.clone()).to_string().into_bytes(),
        weights: written.weights_bin(),
        metadata: format!("{details:#}\n").into_bytes(),
        input,
        calibrated: plain.calibrated,
        warnings,
    })
}

/// Puts (v − mean) / scale of each colour before a network on pictures.
pub(crate) fn normalise_pixels(graph: &mut Graph, weights: &mut Weights, mean: [f32; 3], scale: [f32; 3]) {
    const NAME: &str = "preprocessing";
    const EPSILON: f32 = 1e-3;
    for node in &mut graph.nodes {
        node.inputs.iter_mut().filter(|input| *input == INPUT).for_each(|input| *input = NAME.into());
    }
    let op = Op::BatchNorm { epsilon: EPSILON, momentum: 0.99 };
    graph.nodes.insert(0, Node { name: NAME.into(), inputs: vec![INPUT.into()], op });
    let variance = scale.map(|s| (f64::from(s).powi(2) - f64::from(EPSILON)) as f32);
    for (part, values) in [("scale", [1.0; 3]), ("offset", [0.0; 3]), ("mean", mean), ("variance", variance)] {
        weights.0.insert(format!("{NAME}.{part}"), Array { shape: vec![3], values: values.to_vec() });
    }
}

pub(crate) fn model_of(graph: &Graph, weights: &Weights) -> Result<LayersModel> {
    write(graph, weights)
}

fn warnings(model: &Model, backbone: Option<&Backbone>) -> Result<Vec<ExportWarning>> {
    let mut warnings = Reads::of(model)?.warnings(model);
    let input = model.description.layout.input();
    if let (true, Some(backbone)) = (input.reads_photo(), backbone) {
        warnings.push(ExportWarning::BackboneOutside { backbone: backbone.name().to_owned() });
        // what is drawn or not is the backbone's business then
        warnings.retain(|w| !matches!(w, ExportWarning::DrawingOutside { .. }));
        if model.description.features.picture != PictureInput::Photo {
            let input = model.description.features.picture.to_string();
            warnings.push(ExportWarning::DrawingOutside { input });
        }
    }
    if input.reads_landmarks() && !input.reads_sequences() {
        warnings.push(ExportWarning::FeaturesOutside);
    }
    Ok(warnings)
}

/// What `metadata.json` says.
fn metadata(model: &Model, input: &LayersInput, calibrated: bool, warnings: &[ExportWarning]) -> Json {
    let d = &model.description;
    let reads = match input {
        LayersInput::Pixels { square, .. } => json!({
            "kind": "picture", "shape": ["N", square.side, square.side, 3],
            "meaning": "red, green, blue, 0 to 255, upright; brought to the square as 'fit' says by anti-aliased bilinear \
                        filtering",
            "fit": square.fit, "side": square.side,
            "inside": {"mean": square.mean, "scale": square.scale},
        }),
        LayersInput::Numbers { shape } => json!({
            "kind": d.layout.input().name(), "shape": shape, "meaning": features_in_words(model),
            "standardising": "inside",
        }),
    };
    json!({
        "labels": model.class_names(),
        "model": d.name,
        "input": reads,
        "features": d.features,
        "threshold": d.calibration.abstain.threshold,
        "temperature": d.calibration.temperature,
        "calibration": if calibrated { "inside" } else {
            "outside: average the probabilities over the views, raise them to the power 1/temperature, divide by their sum"
        },
        "views": d.layout.views(),
        "warnings": warnings.iter().map(ExportWarning::told).collect::<Vec<_>>(),
    })
}

fn features_in_words(model: &Model) -> String {
    let input = model.description.layout.input();
    let landmarks = "about the middle of the hips in torso lengths, the body turned about the vertical until hips and \
                     shoulders face the camera: 15 joints x, y, z; unit vectors of 8 limbs and the trunk; 12 angles in half \
                     turns; 12 distances; 1 where somebody is seen (all zeros where nobody is)";
    match input {
        kihap_learn::InputKind::Photo => "features of the backbone".into(),
        kihap_learn::InputKind::Fusion => format!("features of the backbone, then landmarks {landmarks}"),
        kihap_learn::InputKind::Landmarks => format!("landmarks {landmarks}"),
        kihap_learn::InputKind::Joints => {
            "for each joint x, y, z about the middle of the hips in torso lengths, turned to the camera, and its visibility".into()
        }
        _ => "one view of a clip as Kihap prepares it".into(),
    }
}
