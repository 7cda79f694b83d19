//! A whole model as one ONNX file.

use kihap_convert::Tensor;
use kihap_convert::onnx::{Dim, ElementType, GraphBuilder};
use kihap_learn::{Layout, Model};
use kihap_vision::posenet;
use kihap_zoo::onnx::{Options, write as write_network};
use serde_json::json;

use super::nodes::Nodes;
use super::{joints, landmarks, pictures};
use crate::backbone::Backbone;
use crate::card::Cards;
use crate::error::{ExportError, Result};
use crate::obstacle::Obstacle;
use crate::reads::{Reads, skeleton_of};
use crate::warning::ExportWarning;

/// Version of the standard operators.
const OPSET: i64 = 18;
/// The output's name.
pub(crate) const PROBABILITIES: &str = "probabilities";

/// A written file.
#[derive(Debug, Clone)]
pub struct OnnxExport {
    /// The file's bytes.
    pub file: Vec<u8>,
    /// What it reads.
    pub reads: Reads,
    /// What its user must know.
    pub warnings: Vec<ExportWarning>,
}

/// The model as an ONNX file. Inputs (see [`Reads`]): `image`, bytes `[N, height, width, 3]`, red, green, blue, of any size;
/// `landmarks`, `[N, joints, 3]` or `[N, joints, 4]` as the estimator gives them, zeros where nobody is; `clip`,
/// `[N, views, …]`. Output: `probabilities` `[N, classes]`, calibrated. `backbone` is the network that makes photo features, where
/// the model reads them.
///
/// # Errors
/// Layers that ONNX does not have, and skeletons that lack joints.
pub fn write(model: &Model, backbone: Option<&Backbone>, cards: &Cards) -> Result<OnnxExport> {
    let description = &model.description;
    let reads = Reads::of(model)?;
    let mut file = GraphBuilder::new(&description.name).with_opset(OPSET);
    metadata(&mut file, model, &reads, cards);
    for (name, element, shape) in reads.inputs() {
        file.input(name, element, &shape);
    }
    let warnings = reads.warnings(model);
    let prepared = prepare(&mut file, model, &reads, backbone)?;
    let logits = networks(&mut file, model, &prepared)?;
    probabilities(&mut file, model, logits)?;
    file.output(PROBABILITIES, ElementType::F32, &[Dim::batch(), description.classes.len().into()]);
    Ok(OnnxExport { file: file.finish()?, reads, warnings })
}

fn metadata(file: &mut GraphBuilder, model: &Model, reads: &Reads, cards: &Cards) {
    let d = &model.description;
    let text = |value: serde_json::Value| value.to_string();
    file.metadata("kihap.model", &d.name);
    file.metadata("kihap.labels", &text(json!(model.class_names())));
    file.metadata("kihap.threshold", &d.calibration.abstain.threshold.to_string());
    file.metadata("kihap.temperature", &d.calibration.temperature.to_string());
    file.metadata("kihap.knows_nobody", if d.knows_nobody { "true" } else { "false" });
    file.metadata("kihap.input", &text(reads.described()));
    file.metadata("kihap.features", &text(json!(d.features)));
    file.metadata("kihap.standardised", &text(json!(!model.network.standardiser.mean.is_empty())));
    if let Layout::Picture(layout) = &d.layout {
        file.metadata("kihap.preprocessing", &text(json!(layout.preprocessing())));
    }
    file.metadata("kihap.card.en", &cards.english);
    file.metadata("kihap.card.ko", &cards.korean);
}

/// From the inputs to what the network reads.
fn prepare(file: &mut GraphBuilder, model: &Model, reads: &Reads, backbone: Option<&Backbone>) -> Result<String> {
    let row = match &model.description.layout {
        Layout::Picture(layout) => {
            return pictures::prepared(&mut Nodes { file, scope: "picture" }, "image", layout.preprocessing());
        }
        Layout::Joints(layout) => {
            return joints::joints(&mut Nodes { file, scope: "skeleton" }, "landmarks", layout.skeleton());
        }
        Layout::Sequence(_) => {
            let mut nodes = Nodes { file, scope: "clip" };
            let shape: Vec<i64> = layout_shape(&model.description.layout);
            let shape = nodes.integers(&[&[-1], shape.as_slice()].concat());
            return Ok(nodes.op("Reshape", &["clip", &shape], &[]));
        }
        Layout::Rows(layout) => layout,
    };
    let mut parts = Vec::new();
    if row.input.reads_photo() {
        let missing = || unfit(model, "the network that makes its photo features is not at hand");
        parts.push(photo_features(file, backbone.ok_or_else(missing)?)?);
    }
    if row.input.reads_landmarks() {
        let skeleton = skeleton_of(model)?;
        let (Reads::Landmarks { channels, .. } | Reads::PictureAndLandmarks { channels, .. }) = reads else {
            return Err(unfit(model, "it does not read landmarks"));
        };
        let mut nodes = Nodes { file, scope: "skeleton" };
        let points = if *channels == 2 { with_depth(&mut nodes)? } else { "landmarks".to_owned() };
        parts.push(landmarks::features(&mut nodes, &points, skeleton, row.upper_body)?);
    }
    let mut nodes = Nodes { file, scope: "features" };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let mut all = match parts[..] {
        [one] => one.to_owned(),
        _ => nodes.op("Concat", &parts, &[("axis", 1.into())]),
    };
    let standardiser = &model.network.standardiser;
    if !standardiser.mean.is_empty() {
        let mean = nodes.numbers("mean", &[standardiser.mean.len()], standardiser.mean.clone())?;
        let std = nodes.numbers("deviation", &[standardiser.std.len()], standardiser.std.clone())?;
        let about = nodes.op("Sub", &[&all, &mean], &[]);
        all = nodes.op("Div", &[&about, &std], &[]);
    }
    Ok(all)
}

fn layout_shape(layout: &Layout) -> Vec<i64> {
    layout.shape().into_iter().map(|side| side as i64).collect()
}

/// `[N, joints, 2]` in pixels → `[N, joints, 3]` without depth.
fn with_depth(nodes: &mut Nodes<'_>) -> Result<String> {
    let pads = nodes.integers(&[0, 0, 0, 0, 0, 1]);
    Ok(nodes.op("Pad", &["landmarks", &pads], &[]))
}

fn photo_features(file: &mut GraphBuilder, backbone: &Backbone) -> Result<String> {
    let damaged = || ExportError::Damaged {
        file: "the network that makes photo features".into(),
        problem: "it lacks an output".into(),
        mend: "get it again with `kihap setup --force`",
    };
    match backbone {
        Backbone::Photo { file: network, preprocessing, .. } => {
            let picture = pictures::prepared(&mut Nodes { file, scope: "picture" }, "image", preprocessing)?;
            let outputs = file.inline(network, "backbone/", &[("input", &picture)])?;
            outputs.get("features").cloned().ok_or_else(damaged)
        }
        Backbone::Posenet { file: network } => {
            let picture = pictures::for_posenet(&mut Nodes { file, scope: "picture" }, "image", posenet::SIDE);
            let outputs = file.inline(network, "posenet/", &[("input", &picture)])?;
            let [heat, offsets] = [posenet::OUTPUTS[0], posenet::OUTPUTS[1]].map(|name| outputs.get(name).cloned());
            let (heat, offsets) = heat.zip(offsets).ok_or_else(damaged)?;
            let mut nodes = Nodes { file, scope: "posenet" };
            let heat = nodes.op("Sigmoid", &[&heat], &[]);
            let maps = nodes.op("Concat", &[&heat, &offsets], &[("axis", 3.into())]);
            Ok(nodes.op("Flatten", &[&maps], &[("axis", 1.into())]))
        }
    }
}

/// The class scores of every member.
fn networks(file: &mut GraphBuilder, model: &Model, input: &str) -> Result<Vec<String>> {
    let network = &model.network;
    let mut logits = Vec::new();
    for (member, weights) in network.members.iter().enumerate() {
        let bytes = write_network(&network.graph, weights, &Options::default())?;
        let prefix = if network.members.len() == 1 { "network/".into() } else { format!("network {member}/") };
        let outputs = file.inline(&bytes, &prefix, &[("input", input)])?;
        logits.push(outputs.get("output").cloned().ok_or_else(|| unfit(model, "its network has no output"))?);
    }
    Ok(logits)
}

/// Mean over members and views, the temperature, and the last softmax.
fn probabilities(file: &mut GraphBuilder, model: &Model, logits: Vec<String>) -> Result<()> {
    let (classes, views) = (model.description.classes.len(), model.description.layout.views());
    let mut nodes = Nodes { file, scope: "calibration" };
    let mut scores = logits[0].clone();
    if logits.len() > 1 || views > 1 {
        let answers: Vec<String> =
            logits.iter().map(|one| nodes.op("Softmax", &[one], &[("axis", (-1).into())])).collect();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let mut mean = nodes.op("Mean", &answers, &[]);
        if views > 1 {
            let source = nodes.op("Shape", &["clip"], &[]);
            let leading = nodes.slice(&source, 0, 0, 2);
            let last = nodes.integers(&[classes as i64]);
            let shape = nodes.op("Concat", &[&leading, &last], &[("axis", 0.into())]);
            let by_view = nodes.op("Reshape", &[&mean, &shape], &[]);
            let axis = nodes.integers(&[1]);
            mean = nodes.op("ReduceMean", &[&by_view, &axis], &[("keepdims", 0.into())]);
        }
        scores = nodes.op("Log", &[&mean], &[]);
    }
    let temperature = Tensor::scalar(model.description.calibration.temperature as f32);
    let temperature = nodes.file.constant("temperature", temperature);
    let scores = nodes.op("Div", &[&scores, &temperature], &[]);
    file.node_into("Softmax", &[&scores], PROBABILITIES, &[("axis", (-1).into())]);
    Ok(())
}

fn unfit(model: &Model, problem: &str) -> ExportError {
    ExportError::Unfit {
        model: model.description.name.clone(),
        format: "to ONNX",
        obstacle: Obstacle::Incomplete { problem: problem.into() },
    }
}
