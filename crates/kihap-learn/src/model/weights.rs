//! Weights as a safetensors file: `standardise.mean` and `standardise.std` (where rows are standardised), and
//! `member.M.` before the names of the network's weights, all 32-bit floats.

use std::path::Path;

use kihap_zoo::{Array, Graph, Weights};

use super::description::ModelDescription;
use crate::{error::LearnError, layout::Standardiser, train::TrainedNetwork};

const MEAN: &str = "standardise.mean";
const STD: &str = "standardise.std";
/// More networks than anybody averages.
const MOST_MEMBERS: usize = 1000;

/// The file's bytes.
pub(super) fn encode(network: &TrainedNetwork, path: &Path) -> Result<Vec<u8>, LearnError> {
    let mut all = Weights::default();
    let standardiser = &network.standardiser;
    if !standardiser.mean.is_empty() {
        for (name, values) in [(MEAN, &standardiser.mean), (STD, &standardiser.std)] {
            all.0.insert(name.into(), Array { shape: vec![values.len()], values: values.clone() });
        }
    }
    for (member, weights) in network.members.iter().enumerate() {
        all.0.extend(weights.0.iter().map(|(name, array)| (format!("member.{member}.{name}"), array.clone())));
    }
    all.to_safetensors()
        .map_err(|problem| LearnError::bad_model(path, format!("its weights cannot be written: {problem}")))
}

/// The network that `description`, its graph and the file's bytes describe.
pub(super) fn decode(
    description: &ModelDescription,
    graph: Graph,
    bytes: &[u8],
    path: &Path,
) -> Result<TrainedNetwork, LearnError> {
    let refuse = |problem: String| LearnError::bad_model(path, problem);
    graph.check_sizes().map_err(|problem| refuse(problem.to_string()))?;
    if !(1..=MOST_MEMBERS).contains(&description.members) {
        return Err(refuse(format!("model.toml says that it holds {} networks", description.members)));
    }
    let mut all = Weights::from_safetensors(bytes, "it")
        .map_err(|problem| refuse(format!("{problem}; train or copy it again")))?;
    let width = description.layout.width();
    let standardiser = if all.0.contains_key(MEAN) {
        let mut row = |name: &str| match all.0.remove(name) {
            Some(array) if array.shape == [width] => Ok(array.values),
            Some(array) => Err(refuse(format!(
                "\"{name}\" is {:?} where model.toml asks for {width} numbers; the files do not belong together",
                array.shape
            ))),
            None => Err(refuse(format!("it lacks \"{name}\""))),
        };
        Standardiser { mean: row(MEAN)?, std: row(STD)? }
    } else {
        Standardiser::none()
    };
    let mut members = vec![Weights::default(); description.members];
    for (name, array) in all.0 {
        let place = name.strip_prefix("member.").and_then(|rest| rest.split_once('.'));
        let member = place.and_then(|(member, own)| Some((members.get_mut(member.parse::<usize>().ok()?)?, own)));
        let (member, own) = member.ok_or_else(|| refuse(format!("\"{name}\" belongs to no network in model.toml")))?;
        member.0.insert(own.to_owned(), array);
    }
    for weights in &members {
        weights.check(&graph).map_err(|problem| refuse(format!("{problem}; the files do not belong together")))?;
    }
    let outputs = graph.outputs().map_err(|problem| refuse(problem.to_string()))?;
    let classes = description.classes.len();
    if outputs != classes || graph.input.shape.iter().product::<usize>() != description.layout.width() {
        return Err(refuse(format!("its network gives {outputs} numbers for {classes} classes, or reads other input")));
    }
    Ok(TrainedNetwork { graph, classes, layout: description.layout, standardiser, members })
}
