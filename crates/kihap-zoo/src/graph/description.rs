//! A network as data.

use kihap_vision::backbone::Preprocessing;
use serde::{Deserialize, Serialize};

use super::Op;
use crate::error::ZooError;

/// The name by which layers refer to the network's input.
pub const INPUT: &str = "input";

/// What goes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Shape of one example: `[3, height, width]`, `[steps, features]`, `[channels, steps, joints]` or `[features]`.
    pub shape: Vec<usize>,
    /// How a picture becomes such numbers; `None` where no picture goes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preprocessing: Option<Preprocessing>,
}

/// A layer in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its name, unique in the network.
    pub name: String,
    /// The layers it reads, or [`INPUT`].
    pub inputs: Vec<String>,
    /// What it does.
    #[serde(flatten)]
    pub op: Op,
}

/// A network: layers in an order in which each reads only earlier ones. The last one's output is the network's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// The network's name.
    pub name: String,
    /// What goes in.
    pub input: Input,
    /// The layers.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// Place of the layer called `name`.
    ///
    /// # Errors
    /// [`ZooError::NoLayer`].
    pub fn index_of(&self, name: &str) -> Result<usize, ZooError> {
        self.nodes.iter().position(|node| node.name == name).ok_or_else(|| ZooError::NoLayer {
            network: self.name.clone(),
            layer: name.to_owned(),
            known: self.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// For each layer the places of what it reads; `None` stands for the network's input.
    ///
    /// # Errors
    /// A layer that reads one that is not there or comes later.
    pub fn wires(&self) -> Result<Vec<Vec<Option<usize>>>, ZooError> {
        let mut places = std::collections::HashMap::new();
        let mut wires = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let problem = |problem: String| self.misfit(node, problem);
            let reads = node.inputs.iter().map(|name| match name.as_str() {
                INPUT => Ok(None),
                name => places
                    .get(name)
                    .copied()
                    .map(Some)
                    .ok_or_else(|| problem(format!("it reads '{name}', which does not come before it"))),
            });
            wires.push(reads.collect::<Result<Vec<_>, _>>()?);
            if node.name == INPUT || places.insert(node.name.as_str(), index).is_some() {
                return Err(problem("its name is taken".into()));
            }
        }
        Ok(wires)
    }

    /// Number of numbers that come out for one example.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn outputs(&self) -> Result<usize, ZooError> {
        let shapes = self.shapes()?;
        Ok(shapes.last().unwrap_or(&self.input.shape).iter().product())
    }

    pub(crate) fn misfit(&self, node: &Node, problem: String) -> ZooError {
        ZooError::Layer { network: self.name.clone(), layer: node.name.clone(), problem }
    }
}
