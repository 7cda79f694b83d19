//! Named arrays of numbers.

use std::collections::BTreeMap;

use rand::Rng;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::error::ZooError;
use crate::graph::{Graph, Parameter};

/// An array of numbers, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers; as many as the shape says.
    pub values: Vec<f32>,
}

/// The weights of a network by name (see [`Graph::parameters`]).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights(pub BTreeMap<String, Array>);

impl Weights {
    /// First weights of `graph`, all from its own distribution; `stream` gives the source of chance for the weight at a
    /// place.
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn initial<R: Rng>(graph: &Graph, stream: impl Fn(usize) -> R) -> Result<Weights, ZooError> {
        let draw = |(index, p): (usize, Parameter)| {
            let values = p.init.sample(&p.shape, p.fan_in, p.fan_out, &mut stream(index));
            (p.name, Array { shape: p.shape, values })
        };
        Ok(Weights(graph.parameters()?.into_iter().enumerate().map(draw).collect()))
    }

    /// The weight called `name`.
    pub fn get(&self, name: &str) -> Option<&Array> {
        self.0.get(name)
    }

    /// Moves every weight that `other` has in the same shape towards it, by a share of the way: 0 stays, 1 arrives.
    pub fn move_towards(&mut self, other: &Self, share: f32) {
        for (name, array) in &mut self.0 {
            let Some(goal) = other.get(name).filter(|goal| goal.shape == array.shape) else { continue };
            for (value, goal) in array.values.iter_mut().zip(&goal.values) {
                *value += share * (goal - *value);
            }
        }
    }

    /// Number of numbers.
    pub fn count(&self) -> usize {
        self.0.values().map(|array| array.values.len()).sum()
    }

    /// Refuses weights that are missing, of another shape, not finite, or that no layer of `graph` has.
    ///
    /// # Errors
    /// [`ZooError::Weights`], which names the first.
    pub fn check(&self, graph: &Graph) -> Result<(), ZooError> {
        let refuse = |problem: String| Err(ZooError::Weights { network: graph.name.clone(), problem });
        let parameters = graph.parameters()?;
        for p in &parameters {
            match self.0.get(&p.name) {
                None => return refuse(format!("there is no '{}'", p.name)),
                Some(array) if array.shape != p.shape || array.values.len() != p.count() => {
                    return refuse(format!("'{}' is {:?} where {:?} is needed", p.name, array.shape, p.shape));
                }
                Some(array) if array.values.iter().any(|v| !v.is_finite()) => {
                    return refuse(format!("'{}' holds a number that is not finite", p.name));
                }
                Some(_) => {}
            }
        }
        if self.0.len() != parameters.len() {
            let known: std::collections::HashSet<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
            if let Some(stranger) = self.0.keys().find(|name| !known.contains(name.as_str())) {
                return refuse(format!("no layer has '{stranger}'"));
            }
        }
        Ok(())
    }

    /// As a safetensors file.
    ///
    /// # Errors
    /// Arrays whose shape does not say how many numbers they have.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, ZooError> {
        let bad =
            |e: safetensors::SafeTensorError| ZooError::File { file: "safetensors".into(), problem: e.to_string() };
        let bytes: Vec<(&String, &Array, Vec<u8>)> = self
            .0
            .iter()
            .map(|(name, array)| (name, array, array.values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = bytes
            .iter()
            .map(|(name, array, bytes)| {
                Ok((name.as_str(), TensorView::new(Dtype::F32, array.shape.clone(), bytes).map_err(bad)?))
            })
            .collect::<Result<Vec<_>, ZooError>>()?;
        safetensors::serialize(views, None).map_err(bad)
    }

    /// From a safetensors file of 32-bit numbers; `file` names it in errors.
    ///
    /// # Errors
    /// Damaged files, and numbers of another kind.
    pub fn from_safetensors(bytes: &[u8], file: &str) -> Result<Weights, ZooError> {
        let bad = |problem: String| ZooError::File { file: file.to_owned(), problem };
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| bad(format!("it is truncated or damaged ({e})")))?;
        let mut weights = BTreeMap::new();
        for (name, view) in tensors.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(bad(format!("'{name}' holds {:?}; 32-bit floating point is needed", view.dtype())));
            }
            let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            weights.insert(name.to_owned(), Array { shape: view.shape().to_vec(), values });
        }
        Ok(Weights(weights))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::graph::GraphBuilder;

    fn graph() -> Graph {
        let mut net = GraphBuilder::numbers("small", &[3]);
        net.dense("hidden", 4);
        net.batch_norm("norm", 1e-3, 0.9);
        net.logits("logits", 2);
        net.finish().unwrap()
    }

    #[test]
    fn weights_survive_safetensors_and_misfits_are_named() {
        let weights = Weights::initial(&graph(), |i| ChaCha8Rng::seed_from_u64(i as u64)).unwrap();
        weights.check(&graph()).unwrap();
        assert_eq!(weights.count(), 3 * 4 + 4 + 4 * 4 + 4 * 2 + 2);
        let bytes = weights.to_safetensors().unwrap();
        assert_eq!(Weights::from_safetensors(&bytes, "w").unwrap(), weights);
        assert!(Weights::from_safetensors(&bytes[..50], "w").unwrap_err().to_string().contains("damaged"));
        let mut missing = weights.clone();
        missing.0.remove("hidden.bias");
        assert!(missing.check(&graph()).unwrap_err().to_string().contains("hidden.bias"));
        let mut more = weights;
        more.0.insert("other".into(), Array { shape: vec![1], values: vec![0.0] });
        assert!(more.check(&graph()).unwrap_err().to_string().contains("'other'"));
    }
}
