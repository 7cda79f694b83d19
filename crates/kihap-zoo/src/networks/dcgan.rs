//! A conditional DCGAN on grey pictures of 64 × 64, −1 for black to 1 for white: A. Radford, L. Metz and S. Chintala,
//! "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks" (2015), told the class as
//! by M. Mirza and S. Osindero, "Conditional Generative Adversarial Nets" (2014).
//!
//! All windows are 4 × 4 with stride 2, as in the authors' code and PyTorch's example; weights start from a normal
//! distribution with deviation 0.02.

use super::gan::{GanGraphs, GanSettings};
use crate::{
    error::ZooError,
    graph::{Activation, Graph, GraphBuilder, Init, Op, Padding},
};

const NAME: &str = "dcgan";
/// Side of the pictures in pixels.
pub const DCGAN_SIDE: usize = 64;
/// Side of the smallest map.
const LEAST_SIDE: usize = 4;
/// The widest map has so many times the filters of the one next to the picture.
const WIDEST: usize = 8;
const INIT: Init = Init::Normal(0.02);
const SLOPE: f32 = 0.2;

/// The networks; `width` is the number of filters next to the picture (64 in PyTorch's example, 128 in the paper's
/// generator).
///
/// # Errors
/// Settings of 0.
pub fn dcgan(settings: &GanSettings) -> Result<GanGraphs, ZooError> {
    settings.check(NAME)?;
    Ok(GanGraphs { generator: generator(settings)?, discriminator: discriminator(settings)? })
}

fn generator(settings: &GanSettings) -> Result<Graph, ZooError> {
    let mut net = GraphBuilder::numbers("dcgan-generator", &[settings.noise + settings.classes]);
    let widest = WIDEST * settings.width;
    net.layer("dense", Op::Dense { units: widest * LEAST_SIDE * LEAST_SIDE, bias: false, init: INIT });
    net.layer("map", Op::Reshape { shape: vec![widest, LEAST_SIDE, LEAST_SIDE] });
    normalised(&mut net, 0, Activation::Relu);
    for (index, factor) in [4, 2, 1].into_iter().enumerate() {
        up(&mut net, &format!("up{}", index + 1), factor * settings.width, false);
        normalised(&mut net, index + 1, Activation::Relu);
    }
    up(&mut net, "picture", 1, true);
    net.activation("tanh", Activation::Tanh);
    net.finish()
}

fn discriminator(settings: &GanSettings) -> Result<Graph, ZooError> {
    let mut net = GraphBuilder::numbers("dcgan-discriminator", &[1 + settings.classes, DCGAN_SIDE, DCGAN_SIDE]);
    for (index, factor) in [1, 2, 4, WIDEST].into_iter().enumerate() {
        let op = Op::Conv2d {
            filters: factor * settings.width,
            kernel: [4, 4],
            stride: [2, 2],
            padding: Padding::Explicit([1; 4]),
            dilation: [1, 1],
            groups: 1,
            bias: index == 0,
            init: INIT,
        };
        net.layer(&format!("down{}", index + 1), op);
        if index == 0 {
            // the layer that sees the picture is not normalised (Radford et al., section 3)
            net.activation("relu0", Activation::LeakyRelu(SLOPE));
        } else {
            normalised(&mut net, index, Activation::LeakyRelu(SLOPE));
        }
    }
    net.flatten("flatten");
    net.layer("real", Op::Dense { units: 1, bias: true, init: INIT });
    net.finish()
}

fn up(net: &mut GraphBuilder, name: &str, filters: usize, bias: bool) {
    let (kernel, stride, padding) = ([4, 4], [2, 2], [1, 1]);
    net.layer(name, Op::ConvTranspose2d { filters, kernel, stride, padding, bias, init: INIT });
}

fn normalised(net: &mut GraphBuilder, number: usize, function: Activation) {
    net.batch_norm(&format!("norm{number}"), 1e-5, 0.9);
    net.activation(&format!("relu{number}"), function);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_those_of_pytorchs_example_for_one_colour_and_the_class() {
        let gan = dcgan(&GanSettings { classes: 5, noise: 100, width: 64 }).unwrap();
        // the example's networks for three colours and no class: 3 576 704 and 2 765 568
        let colour = 64 * 4 * 4;
        let class = 8 * 64 * 4 * 4;
        let (bias, biases) = (1, 64 + 1);
        let count = |graph: &Graph| graph.trainable_parameters().unwrap();
        assert_eq!(count(&gan.generator), 3_576_704 - 2 * colour + 5 * class + bias);
        assert_eq!(count(&gan.discriminator), 2_765_568 - 2 * colour + 5 * colour + biases);
    }

    #[test]
    fn maps_double_and_halve() {
        let gan = dcgan(&GanSettings { classes: 3, noise: 8, width: 4 }).unwrap();
        let shape = |graph: &Graph, layer: &str| graph.shapes().unwrap()[graph.index_of(layer).unwrap()].clone();
        assert_eq!(shape(&gan.generator, "map"), [32, 4, 4]);
        assert_eq!(shape(&gan.generator, "up2"), [8, 16, 16]);
        assert_eq!(shape(&gan.generator, "tanh"), [1, 64, 64]);
        assert_eq!(gan.discriminator.input.shape, [4, 64, 64]);
        assert_eq!(shape(&gan.discriminator, "down4"), [32, 4, 4]);
        assert_eq!(gan.discriminator.outputs().unwrap(), 1);
    }
}
