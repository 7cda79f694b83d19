//! Which network of the zoo a Keras file holds, head and all.

use std::collections::HashMap;
use std::path::Path;

use super::archive::Archive;
use super::hdf5::SIGNATURE;
use super::keras::KerasLayers;
use super::keras_file;
use super::read::{LARGEST, ZIP};
use crate::error::ZooError;
use crate::graph::{Graph, Op};
use crate::networks::{ALL, InputKind, Settings};
use crate::weights::Weights;

/// Width multipliers that networks are published with.
const WIDTHS: [f32; 8] = [1.0, 0.35, 0.5, 0.75, 0.25, 1.3, 1.4, 2.0];
/// No network read here tells more apart.
const MOST_CLASSES: usize = 30_000;

/// A whole network out of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Identified {
    /// The network, for as many classes as the file has.
    pub graph: Graph,
    /// All of its weights.
    pub weights: Weights,
}

/// The picture network of the zoo whose weights, head included, a Keras file (`.h5`, `.keras`) holds under their layers'
/// names.
///
/// # Errors
/// [`ZooError::File`]: other files, damaged ones, and networks that are not in the zoo.
pub fn identify(path: &Path) -> Result<Identified, ZooError> {
    let file = path.display().to_string();
    let refuse = |problem: String| ZooError::File { file: file.clone(), problem };
    let layers = layers(path).map_err(refuse)?;
    let mut nearest: Option<ZooError> = None;
    for entry in ALL.iter().filter(|entry| entry.input == InputKind::Picture) {
        for width in WIDTHS {
            let settings = |classes: usize| Settings { width, ..Settings::pictures(classes) };
            let Ok(probe) = (entry.build)(&settings(2)) else { continue };
            if !has_layers(&layers, &probe) {
                break;
            }
            let Some(classes) = classes(&layers, &probe) else { continue };
            let Ok(graph) = (entry.build)(&settings(classes)) else { continue };
            let found = layers.clone().take_for(&graph, graph.name == "resnet50").map_err(refuse)?;
            match found.fit(&graph, &file) {
                Ok(imported) if imported.fresh.is_empty() => {
                    return Ok(Identified { graph, weights: imported.weights });
                }
                Ok(_) => {}
                Err(error) => nearest = nearest.or(Some(error)),
            }
        }
    }
    Err(nearest.unwrap_or_else(|| {
        refuse(
            "its layers are not those of a network of the zoo (`kihap models` lists them); export it as ONNX or TensorFlow.js"
                .into(),
        )
    }))
}

fn layers(path: &Path) -> Result<KerasLayers, String> {
    let about = |e: std::io::Error| format!("it cannot be read ({e})");
    let length = std::fs::metadata(path).map_err(about)?.len();
    if length > LARGEST {
        return Err(format!("it has {length} bytes, more than the weights of any network here"));
    }
    let bytes = std::fs::read(path).map_err(about)?;
    if bytes.starts_with(SIGNATURE) {
        return keras_file::from_h5(&bytes, &HashMap::new());
    }
    if bytes.starts_with(ZIP) {
        let mut archive = Archive::open(&bytes)?;
        if keras_file::is_keras(&archive) {
            return keras_file::from_archive(&mut archive);
        }
    }
    Err("it is no Keras file, or is damaged".into())
}

fn weighted(op: &Op) -> bool {
    matches!(op, Op::Conv2d { .. } | Op::Dense { .. } | Op::BatchNorm { .. })
}

fn has_layers(layers: &KerasLayers, graph: &Graph) -> bool {
    graph.nodes.iter().filter(|node| weighted(&node.op)).all(|node| layers.has(&node.name))
}

/// The last side of the head's kernel.
fn classes(layers: &KerasLayers, graph: &Graph) -> Option<usize> {
    let head = graph.nodes.iter().rev().find(|node| weighted(&node.op))?;
    let classes = *layers.kernel_shape(&head.name)?.last()?;
    (1..=MOST_CLASSES).contains(&classes).then_some(classes)
}
