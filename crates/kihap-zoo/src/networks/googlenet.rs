//! `googlenet`: Inception v1, windows of several sizes side by side (Szegedy et al., 2014, "Going Deeper with
//! Convolutions", arXiv:1409.4842).
//!
//! Layers, names and numbers are those of torchvision's `googlenet`, whose weights thus fit: every convolution is followed
//! by batch normalisation in place of a bias and of the local response normalisation of 2014, and the paper's 5 × 5 windows
//! are 3 × 3. It has 6,624,904 weights; the paper's own layers would have 6,998,552. The two auxiliary heads, which only
//! training used, are left out.
//!
//! Input: 224 px (any from 32 on), red, green, blue, −1 to 1 (torchvision's own `transform_input`).

use super::picture::{plus_minus_one, published_width, side};
use super::{Entry, InputKind, Published, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder, Op, Padding, PoolKind};

const NAME: &str = "googlenet";
/// The paper's share.
const DROPOUT: f32 = 0.4;

/// Output channels of a module's branches: the paper's table 1.
struct Inception {
    name: &'static str,
    single: usize,
    /// Before and in the 3 × 3 branch.
    middle: [usize; 2],
    /// Before and in the branch that was 5 × 5.
    wide: [usize; 2],
    pooled: usize,
}

const fn inception(
    name: &'static str,
    single: usize,
    middle: [usize; 2],
    wide: [usize; 2],
    pooled: usize,
) -> Inception {
    Inception { name, single, middle, wide, pooled }
}

const THIRD: [Inception; 2] =
    [inception("inception3a", 64, [96, 128], [16, 32], 32), inception("inception3b", 128, [128, 192], [32, 96], 64)];
const FOURTH: [Inception; 5] = [
    inception("inception4a", 192, [96, 208], [16, 48], 64),
    inception("inception4b", 160, [112, 224], [24, 64], 64),
    inception("inception4c", 128, [128, 256], [24, 64], 64),
    inception("inception4d", 112, [144, 288], [32, 64], 64),
    inception("inception4e", 256, [160, 320], [32, 128], 128),
];
const FIFTH: [Inception; 2] = [
    inception("inception5a", 256, [160, 320], [32, 128], 128),
    inception("inception5b", 384, [192, 384], [48, 128], 128),
];

/// The network's entry.
pub(crate) const GOOGLENET: Entry = Entry {
    name: NAME,
    input: InputKind::Picture,
    purpose: "windows of several sizes side by side",
    paper: "Szegedy et al., 2014, arXiv:1409.4842",
    published: Some(Published {
        parameters: 6_624_904,
        classes: 1000,
        with_statistics: false,
        source: "torchvision.models.GoogLeNet_Weights.IMAGENET1K_V1",
    }),
    features: Some("avgpool"),
    build,
};

fn build(settings: &Settings) -> Result<Graph, ZooError> {
    published_width(NAME, settings)?;
    let side = side(NAME, settings, 224)?;
    let mut net = GraphBuilder::pictures(NAME, plus_minus_one(side));
    convolution(&mut net, "conv1", 64, 7, 2);
    let side = halving_pool(&mut net, "maxpool1", 3, side.div_ceil(2));
    convolution(&mut net, "conv2", 64, 1, 1);
    convolution(&mut net, "conv3", 192, 3, 1);
    let side = halving_pool(&mut net, "maxpool2", 3, side);
    THIRD.iter().for_each(|module| side_by_side(&mut net, module));
    let side = halving_pool(&mut net, "maxpool3", 3, side);
    FOURTH.iter().for_each(|module| side_by_side(&mut net, module));
    halving_pool(&mut net, "maxpool4", 2, side);
    FIFTH.iter().for_each(|module| side_by_side(&mut net, module));
    net.global_average("avgpool");
    net.dropout("dropout", settings.dropout.unwrap_or(DROPOUT));
    net.logits("fc", settings.classes);
    net.finish()
}

fn convolution(net: &mut GraphBuilder, name: &str, filters: usize, kernel: usize, stride: usize) -> String {
    net.conv_plain(&format!("{name}.conv"), filters, kernel, stride, Padding::Explicit([kernel / 2; 4]));
    net.batch_norm(&format!("{name}.bn"), 1e-3, 0.9);
    net.activation(&format!("{name}.relu"), Activation::Relu)
}

/// Max-pooling whose last window may reach over the edge (PyTorch's `ceil_mode`); returns the side of its output.
fn halving_pool(net: &mut GraphBuilder, name: &str, kernel: usize, side: usize) -> usize {
    let windows = (side.max(kernel) - kernel).div_ceil(2) + 1;
    let over = ((windows - 1) * 2 + kernel).saturating_sub(side);
    net.pool(name, PoolKind::Max, kernel, 2, Padding::Explicit([0, over, 0, over]));
    windows
}

fn side_by_side(net: &mut GraphBuilder, module: &Inception) {
    let input = net.at();
    let name = |branch: &str| format!("{}.{branch}", module.name);
    let single = convolution(net, &name("branch1"), module.single, 1, 1);
    let mut branch = |branch: &str, [before, filters]: [usize; 2]| {
        net.from(&input);
        convolution(net, &name(&format!("{branch}.0")), before, 1, 1);
        convolution(net, &name(&format!("{branch}.1")), filters, 3, 1)
    };
    let (middle, wide) = (branch("branch2", module.middle), branch("branch3", module.wide));
    net.from(&input);
    net.pool(&name("branch4.0"), PoolKind::Max, 3, 1, Padding::Same);
    let pooled = convolution(net, &name("branch4.1"), module.pooled, 1, 1);
    net.join(&name("concat"), Op::Concat { axis: 0 }, &[&single, &middle, &wide, &pooled]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_those_of_the_paper() {
        let graph = build(&Settings::pictures(1000)).unwrap();
        let shapes = graph.shapes().unwrap();
        let shape = |layer: &str| shapes[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape("maxpool1"), [64, 56, 56]);
        assert_eq!(shape("inception3b.concat"), [480, 28, 28]);
        assert_eq!(shape("inception4e.concat"), [832, 14, 14]);
        assert_eq!(shape("inception5b.concat"), [1024, 7, 7]);
    }

    #[test]
    fn pooling_ends_where_pytorchs_does() {
        let side = |side| {
            let mut net = GraphBuilder::pictures("pool", plus_minus_one(side));
            let expected = halving_pool(&mut net, "pool", 3, side);
            assert_eq!(net.finish().unwrap().shapes().unwrap()[0], [3, expected, expected]);
            expected
        };
        assert_eq!([112, 113, 7, 8, 2, 1].map(side), [56, 56, 3, 4, 1, 1]);
    }
}
