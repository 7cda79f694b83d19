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
    of_layers(&layers(path).map_err(refuse)?, &file)
}

fn of_layers(layers: &KerasLayers, file: &str) -> Result<Identified, ZooError> {
    let refuse = |problem: String| ZooError::File { file: file.to_owned(), problem };
    let mut nearest: Option<ZooError> = None;
    for entry in ALL.iter().filter(|entry| entry.input == InputKind::Picture) {
        for width in WIDTHS {
            let settings = |classes: usize| Settings { width, ..Settings::pictures(classes) };
            let Ok(probe) = (entry.build)(&settings(2)) else { continue };
            if !has_layers(layers, &probe) {
                break;
            }
            let Some(classes) = classes(layers, &probe) else { continue };
            let Ok(graph) = (entry.build)(&settings(classes)) else { continue };
            let found = layers.clone().take_for(&graph, graph.name == "resnet50").map_err(refuse)?;
            match found.fit(&graph, file) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::find;
    use crate::weights::Array;

    /// The layers of a network as Keras names and turns them, all of one number.
    fn as_keras(name: &str, classes: usize, width: f32) -> KerasLayers {
        let graph = (find(name).unwrap().build)(&Settings { width, ..Settings::pictures(classes) }).unwrap();
        let parameters = graph.parameters().unwrap();
        let mut layers = KerasLayers::default();
        for node in graph.nodes.iter().filter(|node| weighted(&node.op)) {
            for p in parameters.iter().filter(|p| p.name.starts_with(&format!("{}.", node.name))) {
                let weight = p.name.rsplit('.').next().unwrap();
                let shape = match (&node.op, weight, p.shape.as_slice()) {
                    (Op::Conv2d { groups, .. }, "weight", &[out, 1, h, w]) if *groups > 1 => vec![h, w, out, 1],
                    (Op::Conv2d { .. }, "weight", &[out, inputs, h, w]) => vec![h, w, inputs, out],
                    (_, _, shape) => shape.to_vec(),
                };
                let keras = match weight {
                    "weight" => "kernel",
                    "scale" => "gamma",
                    "offset" => "beta",
                    "mean" => "moving_mean",
                    "variance" => "moving_variance",
                    other => other,
                };
                let values = vec![0.5; shape.iter().product()];
                layers.insert(&node.name, keras, Array { shape, values }).unwrap();
            }
        }
        layers
    }

    #[test]
    fn a_file_tells_its_network_width_and_classes() {
        for (name, classes, width) in
            [("mobilenet-v1", 3, 0.5), ("mobilenet-v2", 7, 0.35), ("resnet50", 2, 1.0), ("mobilenet-v3-small", 4, 1.0)]
        {
            let found = of_layers(&as_keras(name, classes, width), "file").unwrap();
            assert_eq!((found.graph.name.as_str(), found.graph.outputs().unwrap()), (name, classes));
            found.weights.check(&found.graph).unwrap();
        }
    }

    #[test]
    fn other_files_are_refused_in_a_sentence() {
        let mut few = KerasLayers::default();
        few.insert("dense", "kernel", Array { shape: vec![2, 2], values: vec![0.0; 4] }).unwrap();
        let error = of_layers(&few, "file").unwrap_err().to_string();
        assert!(error.contains("not those of a network of the zoo"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.h5");
        std::fs::write(&path, b"hello").unwrap();
        assert!(identify(&path).unwrap_err().to_string().contains("no Keras file"));
    }
}
