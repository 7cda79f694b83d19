//! From what an estimator makes of a skeleton to where its joints are: the residual perceptron of Martinez et al., "A simple yet
//! effective baseline for 3d human pose estimation" (ICCV 2017), whose input here also holds the estimator's own depths.

use crate::{
    error::ZooError,
    graph::{Activation, Graph, GraphBuilder, Op},
};

/// Residual blocks, two layers each.
const BLOCKS: usize = 2;
const DROPOUT: f32 = 0.1;

/// `[inputs]` → `[outputs]`, with layers of `width` units. The input is normalised by the network itself.
///
/// # Errors
/// A width, inputs or outputs of 0.
pub fn pose_lifter(inputs: usize, outputs: usize, width: usize) -> Result<Graph, ZooError> {
    let mut net = GraphBuilder::numbers("pose-lifter", &[inputs]);
    net.batch_norm("input_norm", 1e-5, 0.99);
    let mut kept = layer(&mut net, "first", width);
    for block in 1..=BLOCKS {
        layer(&mut net, &format!("block{block}_a"), width);
        let changed = layer(&mut net, &format!("block{block}_b"), width);
        kept = net.join(&format!("block{block}_sum"), Op::Add, &[&kept, &changed]);
    }
    net.logits("joints", outputs);
    net.finish()
}

fn layer(net: &mut GraphBuilder, name: &str, width: usize) -> String {
    net.dense(&format!("{name}_dense"), width);
    net.batch_norm(&format!("{name}_norm"), 1e-5, 0.9);
    net.activation(&format!("{name}_relu"), Activation::Relu);
    net.dropout(&format!("{name}_dropout"), DROPOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_residual_blocks_lie_between_the_first_layer_and_the_joints() {
        let graph = pose_lifter(198, 99, 64).unwrap();
        assert_eq!((graph.input.shape.as_slice(), graph.outputs().unwrap()), (&[198][..], 99));
        let norms = 2 * 198 + 5 * 2 * 64;
        let dense = 198 * 64 + 64 + 4 * (64 * 64 + 64) + 64 * 99 + 99;
        assert_eq!(graph.trainable_parameters().unwrap(), norms + dense);
        assert!(pose_lifter(198, 99, 0).is_err());
    }
}
