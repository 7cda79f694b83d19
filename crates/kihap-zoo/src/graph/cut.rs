//! Dividing a network into a part that stays as it is and a part that is trained.

use super::{Graph, INPUT, Input};
use crate::error::ZooError;

impl Graph {
    /// The layers up to and including `layer`, and those after it, which then read `layer`'s output as their input.
    ///
    /// # Errors
    /// No such layer, nothing after it, or later layers that read more than its output.
    pub fn cut_after(&self, layer: &str) -> Result<(Graph, Graph), ZooError> {
        let index = self.index_of(layer)?;
        let shape = self.shapes()?.swap_remove(index);
        let first = self.upto(index);
        let mut second = Graph {
            name: self.name.clone(),
            input: Input { shape, preprocessing: None },
            nodes: self.nodes[index + 1..].to_vec(),
        };
        if second.nodes.is_empty() {
            let problem = "nothing comes after it, so nothing would be left to train".into();
            return Err(self.misfit(&self.nodes[index], problem));
        }
        let inside: std::collections::HashSet<String> = second.nodes.iter().map(|node| node.name.clone()).collect();
        for input in second.nodes.iter_mut().flat_map(|node| &mut node.inputs) {
            if input == layer {
                *input = INPUT.to_owned();
            } else if !inside.contains(input) {
                let (network, layer, read) = (self.name.clone(), layer.to_owned(), input.clone());
                return Err(ZooError::Cut { network, layer, read });
            }
        }
        Ok((first, second))
    }

    /// The network up to and including the layer at `index`, without layers that it does not need.
    fn upto(&self, index: usize) -> Graph {
        let mut needed = vec![false; index + 1];
        needed[index] = true;
        for i in (0..=index).rev() {
            if needed[i] {
                for input in &self.nodes[i].inputs {
                    if let Some(at) = self.nodes[..i].iter().position(|node| node.name == *input) {
                        needed[at] = true;
                    }
                }
            }
        }
        let nodes = self.nodes[..=index].iter().zip(needed).filter(|(_, needed)| *needed).map(|(node, _)| node.clone());
        Graph { name: self.name.clone(), input: self.input.clone(), nodes: nodes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Activation, GraphBuilder, Op};

    fn residual() -> Graph {
        let mut net = GraphBuilder::numbers("residual", &[4]);
        let start = net.dense("start", 4);
        net.dense("inner", 4);
        let inner = net.activation("relu", Activation::Relu);
        net.join("sum", Op::Add, &[&start, &inner]);
        net.logits("logits", 2);
        net.finish().unwrap()
    }

    #[test]
    fn both_halves_fit_together() {
        let (first, second) = residual().cut_after("sum").unwrap();
        assert_eq!(first.shapes().unwrap().last().unwrap(), &vec![4]);
        assert_eq!(second.input.shape, [4]);
        assert_eq!(second.nodes.len(), 1);
        let count = |graph: &Graph| graph.total_parameters().unwrap();
        assert_eq!(count(&first) + count(&second), count(&residual()));
    }

    #[test]
    fn a_cut_through_a_shortcut_is_refused() {
        let error = residual().cut_after("relu").unwrap_err();
        assert!(matches!(&error, ZooError::Cut { read, .. } if read == "start"), "{error}");
        assert!(residual().cut_after("logits").unwrap_err().to_string().contains("nothing comes after"));
        assert!(residual().cut_after("sun").unwrap_err().to_string().contains("start, inner, relu, sum, logits"));
    }
}
