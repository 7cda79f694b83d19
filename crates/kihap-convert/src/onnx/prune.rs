//! Removing what no output needs.

use std::collections::HashSet;

use super::GraphBuilder;

/// Drops nodes, constants and inputs that no declared output depends on. All inputs stay if none is needed, since a
/// graph without inputs is refused by some runtimes.
pub(super) fn prune(graph: &mut GraphBuilder) {
    let mut needed: HashSet<String> = graph.outputs.iter().map(|output| output.name.clone()).collect();
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes).into_iter().rev() {
        if node.output.iter().any(|name| needed.contains(name)) {
            needed.extend(node.input.iter().cloned());
            kept.push(node);
        }
    }
    kept.reverse();
    graph.nodes = kept;
    graph.constants.retain(|name, _| needed.contains(name));
    if graph.inputs.iter().any(|input| needed.contains(&input.name)) {
        graph.inputs.retain(|input| needed.contains(&input.name));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ElementType, GraphBuilder};
    use crate::Tensor;

    #[test]
    fn a_branch_without_output_vanishes_with_its_constants() {
        let mut graph = GraphBuilder::new("g");
        graph.input("x", ElementType::F32, &[2.into()]);
        graph.input("unused", ElementType::F32, &[2.into()]);
        let one = graph.constant("one", Tensor::scalar(1.0));
        let two = graph.constant("two", Tensor::scalar(2.0));
        let shared = graph.node("Add", &["x", &one], "shared", &[]);
        let dead = graph.node("Mul", &[&shared, &two], "dead", &[]);
        graph.node("Relu", &[&dead], "dead_too", &[]);
        graph.node_into("Relu", &[&shared], "y", &[]);
        graph.output("y", ElementType::F32, &[2.into()]);
        graph.prune();
        let ops: Vec<&str> = graph.nodes.iter().map(|node| node.op_type.as_str()).collect();
        assert_eq!(ops, ["Add", "Relu"]);
        assert_eq!(graph.constants.keys().collect::<Vec<_>>(), ["one"]);
        assert_eq!(graph.inputs.len(), 1);
    }
}
