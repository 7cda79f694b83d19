//! A conditional GAN on rows of numbers, such as the joints of a skeleton.
//!
//! The generator normalises by layer, not by batch: with a few hundred examples, batches are too small for statistics. The
//! discriminator's dropout keeps it from learning the few real examples by heart.

use super::gan::{GanGraphs, GanSettings};
use crate::{
    error::ZooError,
    graph::{Activation, GraphBuilder},
};

const NAME: &str = "landmark-gan";
/// Slope of the discriminator's leaky ReLU below 0 (Radford et al., 2015).
const SLOPE: f32 = 0.2;
const DROPOUT: f32 = 0.3;

/// The networks for examples of so many numbers, about 0 with deviation 1.
///
/// # Errors
/// Settings of 0, or no numbers.
pub fn landmark_gan(settings: &GanSettings, numbers: usize) -> Result<GanGraphs, ZooError> {
    settings.check(NAME)?;
    Ok(GanGraphs { generator: generator(settings, numbers)?, discriminator: discriminator(settings, numbers)? })
}

fn generator(settings: &GanSettings, numbers: usize) -> Result<crate::Graph, ZooError> {
    let mut net = GraphBuilder::numbers("landmark-gan-generator", &[settings.noise + settings.classes]);
    for number in 1..=2 {
        net.dense(&format!("hidden{number}"), settings.width);
        net.layer_norm(&format!("norm{number}"));
        net.activation(&format!("relu{number}"), Activation::Relu);
    }
    net.logits("numbers", numbers);
    net.finish()
}

fn discriminator(settings: &GanSettings, numbers: usize) -> Result<crate::Graph, ZooError> {
    let mut net = GraphBuilder::numbers("landmark-gan-discriminator", &[numbers + settings.classes]);
    for (number, width) in [(1, settings.width), (2, settings.width.div_ceil(2))] {
        net.dense(&format!("hidden{number}"), width);
        net.activation(&format!("relu{number}"), Activation::LeakyRelu(SLOPE));
        net.dropout(&format!("dropout{number}"), DROPOUT);
    }
    net.logits("real", 1);
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_makes_what_the_discriminator_reads() {
        let settings = GanSettings { classes: 5, noise: 16, width: 128 };
        let gan = landmark_gan(&settings, 101).unwrap();
        assert_eq!(gan.generator.input.shape, [21]);
        assert_eq!(gan.generator.outputs().unwrap(), 101);
        assert_eq!(gan.discriminator.input.shape, [106]);
        assert_eq!(gan.discriminator.outputs().unwrap(), 1);
        let weights = gan.discriminator.trainable_parameters().unwrap();
        assert_eq!(weights, 106 * 128 + 128 + 128 * 64 + 64 + 64 + 1);
        let error = landmark_gan(&GanSettings { noise: 0, ..settings }, 101).unwrap_err();
        assert!(error.to_string().contains("noise"), "{error}");
    }
}
