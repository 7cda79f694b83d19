//! Running an exported ONNX file by ONNX Runtime, as its users do.

use kihap_export::Reads;
use kihap_learn::Model;
use kihap_vision::graph_runner::{Numbers, OnnxGraph};

use super::feed::{joints_of, landmarks_of, picture_of, views_of};
use super::held_out::HeldOut;
use crate::error::Result;

/// Probabilities of each sample, from the file's bytes alone.
pub(super) fn answers(
    file: &[u8],
    reads: &Reads,
    model: &Model,
    samples: &[HeldOut],
    done: &mut dyn FnMut(usize),
) -> Result<Vec<Vec<f64>>> {
    let mut graph = OnnxGraph::from_bytes("the exported file", file, &["probabilities"])?;
    let mut all = Vec::with_capacity(samples.len());
    for (index, sample) in samples.iter().enumerate() {
        let picture = matches!(reads, Reads::Picture | Reads::PictureAndLandmarks { .. })
            .then(|| picture_of(sample, model))
            .transpose()?;
        let picture_shape = picture.as_ref().map(|p| [1, p.height() as usize, p.width() as usize, 3]);
        let joints = joints_of(reads).map(|(skeleton, channels)| {
            let numbers = landmarks_of(sample.example.pose.as_ref(), skeleton, channels);
            ([1, skeleton.names().len(), channels], numbers)
        });
        let clip = match reads {
            Reads::Clip { shape, views } => Some(([&[1, *views], shape.as_slice()].concat(), views_of(sample, model)?)),
            _ => None,
        };
        let mut inputs: Vec<(&str, Numbers<'_>)> = Vec::new();
        if let Some((picture, shape)) = picture.as_ref().zip(picture_shape.as_ref()) {
            inputs.push(("image", Numbers::U8(shape, picture.as_raw())));
        }
        if let Some((shape, numbers)) = &joints {
            inputs.push(("landmarks", Numbers::F32(shape, numbers)));
        }
        if let Some((shape, numbers)) = &clip {
            inputs.push(("clip", Numbers::F32(shape, numbers)));
        }
        let answer = graph.run_named(&inputs)?.into_iter().next().unwrap_or_default();
        all.push(answer.into_iter().map(f64::from).collect());
        done(index + 1);
    }
    Ok(all)
}
