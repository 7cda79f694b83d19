//! Whether what a file holds fits a network.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::error::ZooError;
use crate::graph::{Graph, Op, Parameter};
use crate::weights::{Array, Weights};

/// Weights from a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// What was found, under the network's own names; all of the network's weights but the fresh ones.
    pub weights: Weights,
    /// How many weights (arrays) were found.
    pub loaded: usize,
    /// Weights that have to be started anew: those of the last layer, if it is fully connected, where the file has none for
    /// it or some for another number of classes; and of fully connected layers right before it, where the file has none
    /// for these either.
    pub fresh: Vec<String>,
    /// What the file holds besides, such as the head of another network.
    pub unused: Vec<String>,
    /// Convolutions whose windows lie one or more pixels elsewhere in the file's network, since it pads otherwise (PyTorch's
    /// networks pad evenly on all sides). The weights are good to start from, but do not give the same numbers.
    pub padded_otherwise: Vec<String>,
}

/// What a reader has found in a file for a network.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Arrays under the network's names.
    pub(super) arrays: BTreeMap<String, Array>,
    pub(super) unused: Vec<String>,
    pub(super) padded_otherwise: Vec<String>,
}

impl Found {
    /// Holds the arrays against the network: all must be there in its shapes, except for the head's.
    pub(super) fn fit(mut self, graph: &Graph, file: &str) -> Result<Imported, ZooError> {
        let refuse = |problem: String| Err(ZooError::File { file: file.to_owned(), problem });
        let parameters = graph.parameters()?;
        let anew = self.to_start_anew(graph, &parameters);
        let (mut weights, mut fresh) = (BTreeMap::new(), Vec::new());
        for p in &parameters {
            let array = self.arrays.remove(&p.name);
            if anew.contains(&p.name) {
                fresh.push(p.name.clone());
                continue;
            }
            let Some(array) = array else {
                return refuse(format!("it has no weights for '{}' of {}", p.name, graph.name));
            };
            if array.shape != p.shape || array.values.len() != p.count() {
                return refuse(format!(
                    "its weights for '{}' are {:?} where {} needs {:?}",
                    p.name, array.shape, graph.name, p.shape
                ));
            }
            if array.values.iter().any(|value| !value.is_finite()) {
                return refuse(format!("its weights for '{}' hold a number that is not finite", p.name));
            }
            weights.insert(p.name.clone(), array);
        }
        if weights.is_empty() {
            return refuse(format!("it has no weights for {}", graph.name));
        }
        let left: BTreeSet<String> = self.arrays.into_keys().chain(self.unused).collect();
        Ok(Imported {
            loaded: weights.len(),
            weights: Weights(weights),
            fresh,
            unused: left.into_iter().collect(),
            padded_otherwise: self.padded_otherwise,
        })
    }

    /// The head's weights that the file does not have: of the last layer, where it is fully connected, if one is missing or
    /// of another shape; of fully connected layers before it only if they are missing altogether.
    fn to_start_anew(&self, graph: &Graph, parameters: &[Parameter]) -> HashSet<String> {
        let mut anew = HashSet::new();
        for node in graph.nodes.iter().rev() {
            let belongs = |p: &&Parameter| p.name.strip_prefix(&node.name).is_some_and(|rest| rest.starts_with('.'));
            let own: Vec<&Parameter> = parameters.iter().filter(belongs).collect();
            if own.is_empty() {
                continue;
            }
            let absent = own.iter().all(|p| !self.arrays.contains_key(&p.name));
            let fits = own.iter().all(|p| self.arrays.get(&p.name).is_some_and(|array| array.shape == p.shape));
            let fully_connected = matches!(node.op, Op::Dense { .. });
            if fully_connected && (absent || (anew.is_empty() && !fits)) {
                anew.extend(own.iter().map(|p| p.name.clone()));
            }
            if !(fully_connected && absent) {
                break;
            }
        }
        anew
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::GraphBuilder;

    fn graph() -> Graph {
        let mut net = GraphBuilder::numbers("small", &[2]);
        net.dense("hidden", 3);
        net.logits("logits", 2);
        net.finish().unwrap()
    }

    fn found(classes: usize) -> Found {
        let array = |shape: &[usize]| Array { shape: shape.to_vec(), values: vec![0.5; shape.iter().product()] };
        let arrays = [
            ("hidden.weight", array(&[2, 3])),
            ("hidden.bias", array(&[3])),
            ("logits.weight", array(&[3, classes])),
            ("logits.bias", array(&[classes])),
        ];
        Found { arrays: arrays.map(|(name, array)| (name.to_owned(), array)).into(), ..Found::default() }
    }

    #[test]
    fn a_head_for_other_classes_is_left_fresh_and_nothing_else_is() {
        let all = found(2).fit(&graph(), "file").unwrap();
        assert_eq!((all.loaded, all.fresh.len()), (4, 0));
        all.weights.check(&graph()).unwrap();
        let other = found(5).fit(&graph(), "file").unwrap();
        assert_eq!(
            (other.loaded, other.fresh.as_slice()),
            (2, ["logits.weight".into(), "logits.bias".into()].as_slice())
        );

        let mut headless = found(2);
        headless.arrays.retain(|name, _| name.starts_with("hidden"));
        assert_eq!(headless.fit(&graph(), "file").unwrap().fresh, other.fresh);
        let mut unrelated = found(2);
        unrelated.arrays.clear();
        assert!(unrelated.fit(&graph(), "file").unwrap_err().to_string().contains("no weights for small"));

        let mut missing = found(2);
        missing.arrays.remove("hidden.bias");
        assert!(missing.fit(&graph(), "file").unwrap_err().to_string().contains("'hidden.bias'"));
        let mut wrong = found(2);
        wrong.arrays.get_mut("hidden.bias").unwrap().shape = vec![1, 3];
        assert!(wrong.fit(&graph(), "file").unwrap_err().to_string().contains("[1, 3] where small needs [3]"));
        let mut endless = found(2);
        endless.arrays.get_mut("hidden.bias").unwrap().values[1] = f32::NAN;
        assert!(endless.fit(&graph(), "file").unwrap_err().to_string().contains("not finite"));
        let mut more = found(2);
        more.arrays.insert("tail.bias".into(), Array { shape: vec![1], values: vec![1.0] });
        assert_eq!(more.fit(&graph(), "file").unwrap().unused, ["tail.bias"]);
    }
}
