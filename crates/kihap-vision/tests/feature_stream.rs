//! The stream of features with the real EfficientNet-Lite0: the same features as without it, whatever the number of workers.

mod common;

use std::ops::ControlFlow;
use std::sync::Arc;

use image::{Rgb, RgbImage};
use kihap_vision::augment::{AugmentationDraw, PictureAugmentation};
use kihap_vision::backbone::OnnxBackbone;
use kihap_vision::feature_stream::FeatureStream;
use kihap_vision::weights::Network;
use kihap_vision::{PhotoBackbone, image};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn picture(sample: usize) -> RgbImage {
    let k = sample as u32 + 1;
    RgbImage::from_fn(320, 240, |x, y| Rgb([(x * k / 3) as u8, (y * k / 2) as u8, ((x + y) / k) as u8]))
}

fn streamed(network: &OnnxBackbone, workers: usize, draw: impl Fn(usize) -> AugmentationDraw + Sync) -> Vec<f32> {
    let mut features = Vec::new();
    let samples = [4, 0, 3, 1, 2];
    FeatureStream::open(network, workers)
        .unwrap()
        .run(
            &samples,
            2,
            |i| Ok(Arc::new(picture(i))),
            draw,
            |batch| {
                assert!(batch.failed.is_empty());
                features.extend(batch.features);
                ControlFlow::Continue(())
            },
        )
        .unwrap();
    features
}

#[test]
fn streamed_features_are_those_of_the_network() {
    if !common::have(&[Network::EfficientnetLite0]) {
        return;
    }
    let mut network = OnnxBackbone::efficientnet_lite0().unwrap();
    let plain = network.embed(&[4, 0, 3, 1, 2].map(picture)).unwrap().concat();
    let unchanged = streamed(&network, 2, |_| AugmentationDraw::IDENTITY);
    assert_eq!(plain.len(), unchanged.len());
    let furthest = plain.iter().zip(&unchanged).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(furthest < 1e-3, "{furthest}");
    let augmentation = PictureAugmentation::keras_original();
    let draw = |sample| augmentation.draw(&mut ChaCha8Rng::seed_from_u64(sample as u64));
    let (one, three) = (streamed(&network, 1, draw), streamed(&network, 3, draw));
    assert_eq!(one, three, "the number of workers must not be seen in the features");
    assert_ne!(one, unchanged);
}
