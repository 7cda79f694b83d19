//! Running an exported layers model: by TensorFlow.js in Node where that is installed, else by our own reader.

use kihap_convert::tfjs::{Cut, layers_to_onnx};
use kihap_export::tfjs::{LayersExport, LayersInput};
use kihap_learn::Model;
use kihap_vision::graph_runner::OnnxGraph;
use serde_json::{Value as Json, json};

use super::feed::picture_of;
use super::held_out::HeldOut;
use super::node::Node;
use super::run::ExportFormat;
use crate::error::{JobError, Result};

/// What a layers model said.
pub(super) struct LayersAnswers {
    pub(super) probabilities: Vec<Vec<f64>>,
    pub(super) runtime: String,
}

/// What the model is given, for people and programs.
pub(super) fn described(input: &LayersInput) -> Json {
    match input {
        LayersInput::Numbers { shape } => json!([{"type": "float32", "one": shape,
            "meaning": "what the model's network reads, before standardising; metadata.json says more"}]),
        LayersInput::Pixels { square, shift, scale } => json!([{"type": "float32",
            "one": [square.side, square.side, 3], "fit": square.fit,
            "meaning": format!("red, green, blue, each (v - {shift}) / {scale} of 0 to 255")}]),
    }
}

/// What it was given when it was verified, as a sentence.
pub(super) fn given(input: &LayersInput) -> String {
    match input {
        LayersInput::Numbers { .. } => "it was given the features that Kihap makes".into(),
        LayersInput::Pixels { .. } => "it was given pictures that Kihap has brought to size".into(),
    }
}

/// Probabilities of each sample.
pub(super) fn answers(
    written: &LayersExport,
    format: ExportFormat,
    model: &Model,
    samples: &[HeldOut],
    done: &mut dyn FnMut(usize),
) -> Result<LayersAnswers> {
    let (shape, inputs) = inputs(written, model, samples)?;
    // the version that Teachable Machine's clients ask for, or the current one
    let preferred = match format {
        ExportFormat::TeachableMachine => ["@tensorflow/tfjs", "tfjs-current"],
        _ => ["tfjs-current", "@tensorflow/tfjs"],
    };
    let (rows, runtime) = match Node::find(&preferred) {
        Some(node) => {
            let rows = node.run(&written.json, &written.weights, &shape, &inputs)?;
            (rows, format!("{} in Node", node.name()))
        }
        None => {
            (ours(written, &shape, &inputs)?, "Kihap's own reader (TensorFlow.js was not found for Node)".to_owned())
        }
    };
    done(samples.len());
    let views = inputs.len() / samples.len().max(1);
    let temperature = if written.calibrated { 1.0 } else { model.description.calibration.temperature };
    let probabilities = rows.chunks(views.max(1)).map(|views| averaged(views, temperature)).collect();
    Ok(LayersAnswers { probabilities, runtime })
}

/// The mean over a clip's views, to the power of one over the temperature.
fn averaged(views: &[Vec<f64>], temperature: f64) -> Vec<f64> {
    let classes = views.first().map_or(0, Vec::len);
    let mean = (0..classes).map(|c| views.iter().map(|v| v.get(c).copied().unwrap_or(f64::NAN)).sum::<f64>());
    let raised: Vec<f64> = mean.map(|p| (p / views.len() as f64).powf(1.0 / temperature)).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|p| p / sum).collect()
}

/// Shape of one input and the numbers of each, channels last; a clip gives as many as it has views.
fn inputs(written: &LayersExport, model: &Model, samples: &[HeldOut]) -> Result<(Vec<usize>, Vec<Vec<f32>>)> {
    let layout = &model.description.layout;
    let mut all = Vec::new();
    match &written.input {
        LayersInput::Numbers { shape } => {
            for sample in samples {
                for view in 0..layout.views() {
                    all.push(channels_last(&layout.shape(), layout.numbers(&sample.example, view)?));
                }
            }
            Ok((shape.clone(), all))
        }
        LayersInput::Pixels { square, shift, scale } => {
            for sample in samples {
                let fitted = square
                    .target_size()
                    .fit(&picture_of(sample, model)?)
                    .map_err(|e| JobError::Source { path: sample.name.clone().into(), reason: e.to_string() })?;
                all.push(fitted.as_raw().iter().map(|v| (f32::from(*v) - shift) / scale).collect());
            }
            Ok((vec![square.side, square.side, 3], all))
        }
    }
}

fn channels_last(shape: &[usize], numbers: Vec<f32>) -> Vec<f32> {
    let &[channels, height, width] = shape else { return numbers };
    let plane = height * width;
    (0..plane).flat_map(|at| (0..channels).map(move |c| c * plane + at)).map(|i| numbers[i]).collect()
}

fn ours(written: &LayersExport, shape: &[usize], inputs: &[Vec<f32>]) -> Result<Vec<Vec<f64>>> {
    let onnx = layers_to_onnx(&written.json, &written.weights, &Cut::Whole).map_err(|e| JobError::NotVerified {
        reason: format!("{e}; install @tensorflow/tfjs with npm in this folder, and Node runs the file itself"),
    })?;
    let mut graph = OnnxGraph::from_bytes("the exported model", &onnx, &["output"])?;
    let mut rows = Vec::with_capacity(inputs.len());
    for numbers in inputs {
        let (shape, numbers) = match *shape {
            [height, width, channels] => {
                let plane = height * width;
                let first = (0..channels).flat_map(|c| (0..plane).map(move |at| at * channels + c));
                (vec![1, channels, height, width], first.map(|i| numbers[i]).collect())
            }
            _ => ([&[1], shape].concat(), numbers.clone()),
        };
        rows.push(graph.run(&numbers, &shape)?.into_iter().map(f64::from).collect());
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_go_last() {
        let first = vec![0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 13.0];
        assert_eq!(channels_last(&[2, 2, 2], first), [0.0, 10.0, 1.0, 11.0, 2.0, 12.0, 3.0, 13.0]);
        assert_eq!(channels_last(&[3], vec![1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn views_are_averaged_before_the_temperature() {
        let answer = averaged(&[vec![0.9, 0.1], vec![0.7, 0.3]], 2.0);
        let (a, b) = (0.8f64.sqrt(), 0.2f64.sqrt());
        assert!((answer[0] - a / (a + b)).abs() < 1e-12);
    }
}
