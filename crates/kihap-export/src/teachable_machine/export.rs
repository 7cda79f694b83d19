//! Models in the shape that Teachable Machine exports, for its own clients.

use kihap_learn::{Layout, Model};
use kihap_vision::backbone::{Fit, Preprocessing};
use kihap_vision::picture_input::PictureInput;
use kihap_zoo::graph::Op;
use kihap_zoo::{Graph, Weights};
use serde_json::json;

use super::joint;
use super::metadata;
use crate::backbone::Backbone;
use crate::error::{ExportError, Result};
use crate::obstacle::Obstacle;
use crate::plain::{self, Plain};
use crate::tfjs::{LayersExport, LayersInput, LayersModel, model_of, normalise_pixels};
use crate::warning::ExportWarning;

/// The client gives its model v / 127 − 1.
const CLIENTS: f32 = 127.0;
const FORMAT: &str = "to teachable-machine";

/// The model for `@teachablemachine/pose` where it reads PoseNet's features, else for `@teachablemachine/image`. `time` is the
/// moment of writing, ISO 8601.
///
/// # Errors
/// A model that these clients cannot feed, with what to use instead.
pub fn export(model: &Model, backbone: Option<&Backbone>, time: &str) -> Result<LayersExport> {
    let d = &model.description;
    if d.features.picture != PictureInput::Photo {
        return Err(unfit(model, Obstacle::DrawnForClient { input: d.features.picture.to_string() }));
    }
    match (&d.layout, backbone) {
        (Layout::Picture(layout), _) => picture(model, *layout.preprocessing(), time),
        (Layout::Rows(layout), Some(Backbone::Posenet { .. })) if !layout.input.reads_landmarks() => pose(model, time),
        (Layout::Rows(layout), Some(Backbone::Photo { layers: Some(layers), preprocessing, .. }))
            if !layout.input.reads_landmarks() =>
        {
            let head = head(model)?;
            let whole = joint::joined(layers, &model_of(&head.graph, &head.weights)?)?;
            let square = *preprocessing;
            Ok(finished(model, &whole, image_input(square), metadata::image(model, square.side, time), &head.graph))
        }
        (Layout::Rows(layout), Some(Backbone::Photo { name, .. })) if !layout.input.reads_landmarks() => {
            Err(unfit(model, Obstacle::OtherFeatures { backbone: name.clone() }))
        }
        _ => Err(unfit(model, Obstacle::OtherInput { input: d.layout.input().name().to_owned() })),
    }
}

/// The head's layers under the names that Teachable Machine gives them.
fn head(model: &Model) -> Result<Plain> {
    let mut head = plain::of(model, FORMAT)?;
    let (mut dense, mut dropout) = (0, 0);
    for index in 0..head.graph.nodes.len() {
        let name = match head.graph.nodes[index].op {
            Op::Dense { .. } => {
                dense += 1;
                format!("dense_Dense{dense}")
            }
            Op::Dropout { .. } => {
                dropout += 1;
                format!("dropout_Dropout{dropout}")
            }
            _ => continue,
        };
        rename(&mut head.graph, &mut head.weights, index, &name);
    }
    Ok(head)
}

fn rename(graph: &mut Graph, weights: &mut Weights, index: usize, name: &str) {
    let old = std::mem::replace(&mut graph.nodes[index].name, name.to_owned());
    if old == name {
        return;
    }
    for node in &mut graph.nodes {
        node.inputs.iter_mut().filter(|input| **input == old).for_each(|input| *input = name.to_owned());
    }
    for part in ["weight", "bias"] {
        if let Some(array) = weights.0.remove(&format!("{old}.{part}")) {
            weights.0.insert(format!("{name}.{part}"), array);
        }
    }
}

fn pose(model: &Model, time: &str) -> Result<LayersExport> {
    let head = head(model)?;
    let written = model_of(&head.graph, &head.weights)?;
    let input = LayersInput::Numbers { shape: model.description.layout.shape() };
    Ok(finished(model, &written, input, metadata::pose(model, time), &head.graph))
}

/// A whole network on pictures; what the client does to pixels is undone in a first layer.
fn picture(model: &Model, own: Preprocessing, time: &str) -> Result<LayersExport> {
    let mut plain = plain::of(model, FORMAT)?;
    let mean = own.mean.map(|m| m / CLIENTS - 1.0);
    let scale = own.scale.map(|s| s / CLIENTS);
    if own.mean != [CLIENTS; 3] || own.scale != [CLIENTS; 3] {
        normalise_pixels(&mut plain.graph, &mut plain.weights, mean, scale);
    }
    let written = model_of(&plain.graph, &plain.weights)?;
    let mut export = finished(model, &written, image_input(own), metadata::image(model, own.side, time), &plain.graph);
    if own.fit == Fit::Stretch {
        export.warnings.push(ExportWarning::CropsInsteadOfStretching);
    }
    export.warnings.retain(|w| *w != ExportWarning::MoreWeights);
    Ok(export)
}

fn image_input(square: Preprocessing) -> LayersInput {
    LayersInput::Pixels { square, shift: CLIENTS, scale: CLIENTS }
}

fn finished(
    model: &Model,
    written: &LayersModel,
    input: LayersInput,
    metadata: serde_json::Value,
    graph: &Graph,
) -> LayersExport {
    let mut warnings = Vec::new();
    let threshold = model.description.calibration.abstain.threshold;
    if threshold > 0.0 {
        warnings.push(ExportWarning::ThresholdOutside { threshold });
    }
    if matches!(input, LayersInput::Pixels { .. }) {
        warnings.push(ExportWarning::BrowserResizes);
    }
    let last = graph.nodes.iter().rfind(|node| matches!(node.op, Op::Dense { .. }));
    if last.is_some_and(|node| matches!(node.op, Op::Dense { bias: true, .. })) {
        warnings.push(ExportWarning::MoreWeights);
    }
    LayersExport {
        json: json!(written.teachable_machine_json()).to_string().into_bytes(),
        weights: written.weights_bin(),
        metadata: metadata.to_string().into_bytes(),
        input,
        calibrated: true,
        warnings,
    }
}

fn unfit(model: &Model, obstacle: Obstacle) -> ExportError {
    ExportError::Unfit { model: model.description.name.clone(), format: FORMAT, obstacle }
}
