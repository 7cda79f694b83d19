//! Running an exported ONNX file by ONNX Runtime, as its users do.

use kihap_export::Reads;
use kihap_learn::Model;
use kihap_vision::graph_runner::OnnxGraph;

use super::feed::{Feed, joints_of, picture_of, views_of};
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
        let sees = matches!(reads, Reads::Picture | Reads::PictureAndLandmarks { .. });
        let pose = sample.example.pose.as_ref();
        let feed = Feed {
            image: sees.then(|| picture_of(sample, model)).transpose()?,
            landmarks: joints_of(reads).map(|(skeleton, channels)| Feed::joints(pose, skeleton, channels)),
            clip: match reads {
                Reads::Clip { shape, views } => {
                    Some(([&[1, *views], shape.as_slice()].concat(), views_of(sample, model)?))
                }
                _ => None,
            },
        };
        all.push(feed.run(&mut graph)?.into_iter().map(f64::from).collect());
        done(index + 1);
    }
    Ok(all)
}
