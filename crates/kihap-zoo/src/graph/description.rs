//! A network as data.

use kihap_vision::backbone::Preprocessing;
use serde::{Deserialize, Serialize};

use super::Op;
use crate::error::ZooError;

/// The name by which layers refer to the network's input.
pub const INPUT: &str = "input";

/// Largest size in a layer's description.
const LARGEST_SIZE: usize = 1 << 24;
/// The largest network of the zoo has fewer than a thousand.
const MOST_LAYERS: usize = 10_000;

/// Whether all whole numbers in a value are sizes that networks have.
fn modest(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Number(number) => number.as_u64().is_none_or(|size| size <= LARGEST_SIZE as u64),
        Value::Array(values) => values.iter().all(modest),
        Value::Object(fields) => fields.values().all(modest),
        _ => true,
    }
}

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

    /// Refuses sizes that no network has, in a description that comes from a file: sums and products of those that are left
    /// cannot overflow.
    ///
    /// # Errors
    /// [`ZooError::Layer`], which names the first layer with such a size.
    pub fn check_sizes(&self) -> Result<(), ZooError> {
        let input = self.input.shape.iter().try_fold(1usize, |all, side| all.checked_mul(*side));
        if self.nodes.len() > MOST_LAYERS || input.is_none_or(|count| count == 0 || count > LARGEST_SIZE) {
            let (network, problem) = (self.name.clone(), format!("its input would be {:?}", self.input.shape));
            return Err(ZooError::Layer { network, layer: INPUT.into(), problem });
        }
        for node in &self.nodes {
            let op = serde_json::to_value(&node.op).map_err(|e| self.misfit(node, e.to_string()))?;
            if !modest(&op) {
                return Err(self.misfit(node, "it has a size that no network has".into()));
            }
        }
        Ok(())
    }

    pub(crate) fn misfit(&self, node: &Node, problem: String) -> ZooError {
        ZooError::Layer { network: self.name.clone(), layer: node.name.clone(), problem }
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::{Graph, GraphBuilder, Op};

    #[test]
    fn sizes_that_no_network_has_are_refused() {
        let mut net = GraphBuilder::picture("small", [3, 8, 8]);
        net.dense("dense", 2);
        let graph: Graph = net.finish().unwrap();
        graph.check_sizes().unwrap();
        let mut huge = graph.clone();
        huge.nodes[0].op = Op::ZeroPad { padding: [usize::MAX, 1, 0, 0] };
        assert!(huge.check_sizes().unwrap_err().to_string().contains("'dense'"));
        for shape in [vec![3, 0, 8], vec![usize::MAX, 2], vec![1 << 30]] {
            let mut other = graph.clone();
            other.input.shape = shape;
            assert!(other.check_sizes().is_err());
        }
    }
}
