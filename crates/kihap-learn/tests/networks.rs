//! Networks that read pictures, clips and joints learn, stop and go on, and are used as they were trained.

mod common;

use std::{ops::ControlFlow, sync::Arc};

use common::{arm_classes, figure, network, quick};
use kihap_learn::{
    Augmentation, Blueprint, Checkpointing, Class, EpochRecord, Example, Fit, PictureSource, TrainOptions, fit,
    fit_resumable,
};
use kihap_vision::{
    backbone::Preprocessing,
    image::{Rgb, RgbImage},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn train(blueprint: &Blueprint, classes: &[Class], examples: &[Example], options: &TrainOptions) -> Fit {
    fit(blueprint, classes, examples, &[], options, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn accuracy(fit: &Fit, examples: &[Example]) -> f64 {
    let rows = fit.network.log_probabilities(examples).unwrap();
    let right = rows
        .iter()
        .zip(examples)
        .filter(|(row, example)| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])) == Some(example.label));
    right.count() as f64 / examples.len() as f64
}

/// Clips in which the left arm goes up, the right arm goes up, or the left arm comes down.
fn clips(per_class: usize, seed: u64) -> Vec<Example> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..3 * per_class)
        .map(|index| {
            let label = index % 3;
            let frames = 14 + rng.random_range(0..8);
            let poses = (0..frames).map(|frame| {
                let share = frame as f32 / (frames - 1) as f32;
                let angle = if label == 2 { 2.4 - 2.1 * share } else { 0.3 + 2.1 * share };
                let (left, right) = if label == 1 { (0.3, angle) } else { (angle, 0.3) };
                // an estimator loses the person now and then
                (frame % 7 != 5).then(|| figure(left, right, 3.0, &mut rng))
            });
            Example::from_frames(poses.collect(), label)
        })
        .collect()
}

#[test]
fn every_sequence_network_tells_made_up_clips_apart() {
    let classes: Vec<Class> = ["left up", "right up", "left down"].map(Class::new).into();
    let (training, test) = (clips(8, 1), clips(4, 2));
    for name in ["rnn", "gru", "lstm", "transformer", "tcn", "st-gcn"] {
        let options = TrainOptions { batch_size: 8, learning_rate: 3e-3, ..quick(30) };
        let fitted = train(&network(name), &classes, &training, &options);
        assert_eq!(accuracy(&fitted, &training), 1.0, "{name} does not even learn by heart");
        assert!(accuracy(&fitted, &test) >= 0.9, "{name}: {}", accuracy(&fitted, &test));
        assert!(!fitted.knows_nobody, "{name}");
    }
}

#[test]
fn the_relation_network_tells_skeletons_apart() {
    let (training, test) = (common::arms(12, 4.0, 1), common::arms(6, 4.0, 2));
    let fitted = train(&network("relation-network"), &arm_classes(), &training, &quick(40));
    assert!(accuracy(&fitted, &test) >= 0.9, "{}", accuracy(&fitted, &test));
}

#[test]
fn a_stopped_training_with_running_statistics_and_dropout_goes_on_bit_for_bit() {
    let classes: Vec<Class> = ["left up", "right up", "left down"].map(Class::new).into();
    let examples = clips(4, 1);
    let options = TrainOptions { batch_size: 5, augmentation: Augmentation::default(), ..quick(5) };
    let whole = train(&network("tcn"), &classes, &examples, &options);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint");
    let run = |resume: bool, until: usize| {
        let checkpointing = Checkpointing { file: file.clone(), resume };
        let mut stop = |record: &EpochRecord| {
            if record.epoch == until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        fit_resumable(&network("tcn"), &classes, &examples, &[], &options, Some(&checkpointing), &mut stop).unwrap()
    };
    run(false, 2);
    assert_eq!(run(true, 99).network.members, whole.network.members);
}

/// A square of one colour: which colour and which half it is in make the class.
#[derive(Debug)]
struct Square {
    colour: [u8; 3],
    at: u32,
}

impl PictureSource for Square {
    fn picture(&self, wanted: &Preprocessing) -> Result<Arc<RgbImage>, String> {
        let side = wanted.side as u32;
        let quarter = side / 4;
        Ok(Arc::new(RgbImage::from_fn(side, side, |x, y| {
            let inside = (x / quarter, y / quarter) == (self.at % 4, self.at / 4);
            if inside { Rgb(self.colour) } else { Rgb([40, 40, 40]) }
        })))
    }
}

fn squares() -> (Vec<Class>, Vec<Example>) {
    let classes: Vec<Class> = ["red", "blue"].map(Class::new).into();
    let examples = (0..16).map(|i| {
        let colour = if i % 2 == 0 { [230, 30, 30] } else { [30, 30, 230] };
        Example::from_picture(Arc::new(Square { colour, at: i / 2 }), (i % 2) as usize)
    });
    (classes, examples.collect())
}

/// Whether ONNX Runtime is there; where CI runs it has to be.
fn have_runtime() -> bool {
    let there = kihap_vision::runtime::library_path().exists();
    assert!(there || std::env::var_os("CI").is_none(), "CI has no ONNX Runtime; run `kihap setup`");
    if !there {
        eprintln!("skipped: ONNX Runtime is not installed; run `kihap setup`");
    }
    there
}

#[test]
fn networks_on_pictures_learn_by_heart() {
    if !have_runtime() {
        return;
    }
    let (classes, examples) = squares();
    for (name, width) in [("catdog-cnn", 1.0), ("mobilenet-v2", 0.35)] {
        let blueprint = Blueprint { side: Some(32), width, ..network(name) };
        let fitted = train(&blueprint, &classes, &examples, &TrainOptions { batch_size: 8, ..quick(30) });
        assert_eq!(accuracy(&fitted, &examples), 1.0, "{name}");
    }
}

#[test]
fn frozen_layers_stay_as_they_start_and_the_rest_learns() {
    if !have_runtime() {
        return;
    }
    let (classes, examples) = squares();
    let plain = Blueprint { side: Some(32), width: 0.35, ..network("mobilenet-v2") };
    let options = TrainOptions { batch_size: 8, ..quick(40) };
    let start = train(&plain, &classes, &examples, &TrainOptions { epochs: 1, ..options.clone() });
    let weights = start.network.members[0].clone();
    let layer = plain.entry.features.unwrap();
    let frozen = Blueprint { start: Some(weights.clone()), frozen: Some(layer.into()), ..plain };
    let fitted = train(&frozen, &classes, &examples, &options);
    let trained = &fitted.network.members[0];
    trained.check(&fitted.network.graph).unwrap();
    for (name, array) in &weights.0 {
        let head = name.starts_with("predictions");
        assert_eq!(trained.get(name) != Some(array), head, "{name}");
    }
    let losses: Vec<f64> = fitted.history.iter().map(|r| r.training.loss).collect();
    assert!(losses[losses.len() - 1] < losses[0], "{losses:?}");
    let error = fit(
        &Blueprint { frozen: Some("no_such_layer".into()), ..frozen },
        &classes,
        &examples,
        &[],
        &options,
        &mut |_| ControlFlow::Continue(()),
    );
    assert!(error.unwrap_err().to_string().contains("no_such_layer"));
}
