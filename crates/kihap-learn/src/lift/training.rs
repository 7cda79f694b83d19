//! Training a lifter.

use std::{ops::ControlFlow, time::Instant};

use burn::{
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData},
};
use kihap_zoo::{Weights, networks::pose_lifter};
use rand::{Rng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{
    example::{INPUTS, LiftExample, OUTPUTS, POINTS},
    lifter::{Lifter, lifted},
    loss::{BENDS, Loss, angles_deg},
};
use crate::{
    engine::{self, Mode, Network, Value, numbers},
    error::LearnError,
    random::{Purpose, normal, stream},
    train::{Optimiser, TrainOptions},
};

/// How a lifter is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifterOptions {
    /// Units of a layer, at least 1.
    pub width: usize,
    /// Passes over the examples, at least 1; in each an example is seen as it is or in a mirror.
    pub epochs: usize,
    /// Everything random follows from it.
    pub seed: u64,
}

/// How far joints are off on the mean, and angles in the median.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LiftErrors {
    /// Mean distance of the 33 points, in trunk lengths.
    pub points_trunks: f64,
    /// Median error of elbows, degrees.
    pub elbows_deg: f64,
    /// Median error of shoulders, degrees.
    pub shoulders_deg: f64,
    /// Median error of hips, degrees.
    pub hips_deg: f64,
    /// Median error of knees, degrees.
    pub knees_deg: f64,
}

impl LiftErrors {
    /// Of points in trunk lengths, beside the examples they belong to.
    fn of(examples: &[LiftExample], points: &[Vec<f32>]) -> Self {
        let mut off = 0.0;
        let mut angles = vec![Vec::with_capacity(examples.len()); BENDS.len()];
        for (example, points) in examples.iter().zip(points) {
            let apart = points.as_chunks::<3>().0.iter().zip(example.truth.as_chunks::<3>().0);
            let distance = |(a, b): (&[f32; 3], &[f32; 3])| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
            off += apart.map(|pair| f64::from(distance(pair).sqrt())).sum::<f64>() / POINTS as f64;
            let both = angles_deg(points).into_iter().zip(angles_deg(&example.truth));
            angles.iter_mut().zip(both).for_each(|(all, (lifted, truth))| all.push((lifted - truth).abs()));
        }
        let median = |pair: usize| {
            let mut all = [&angles[2 * pair][..], &angles[2 * pair + 1]].concat();
            all.sort_by(f32::total_cmp);
            all.get(all.len() / 2).map_or(f64::NAN, |middle| f64::from(*middle))
        };
        Self {
            points_trunks: off / examples.len().max(1) as f64,
            elbows_deg: median(0),
            shoulders_deg: median(1),
            hips_deg: median(2),
            knees_deg: median(3),
        }
    }

    /// Of the skeletons as they were seen.
    pub fn as_seen(examples: &[LiftExample]) -> Self {
        let seen: Vec<Vec<f32>> = examples.iter().map(|example| example.seen[..OUTPUTS].to_vec()).collect();
        Self::of(examples, &seen)
    }
}

/// A pass over the examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LiftRecord {
    /// From 1.
    pub epoch: usize,
    /// How many there will be.
    pub epochs: usize,
    /// Mean loss of the examples learnt from.
    pub loss: f64,
    /// Errors on the examples kept for validation.
    pub validation: LiftErrors,
    /// How long it took.
    pub seconds: f64,
}

const BATCH: usize = 512;
/// Noise on the input, in its own units (trunk lengths, for the most part), standard deviation.
const NOISE: f32 = 0.02;

/// Trains a lifter on examples and measures it on others. The same arguments give the same lifter, bit for bit, on the same machine. A
/// stop by `on_epoch` keeps what was learnt until then.
///
/// # Errors
/// Fewer than two examples, none to measure on, options of 0, or a loss that is no number any more.
pub fn train_lifter(
    training: &[LiftExample],
    validation: &[LiftExample],
    options: &LifterOptions,
    on_epoch: &mut dyn FnMut(&LiftRecord) -> ControlFlow<()>,
) -> Result<Lifter, LearnError> {
    let recipe = TrainOptions {
        epochs: options.epochs,
        warm_up: options.epochs.div_ceil(4),
        batch_size: BATCH,
        learning_rate: 3e-3,
        weight_decay: 1e-2,
        optimiser: Optimiser::AdamW,
        seed: options.seed,
        ..TrainOptions::default()
    };
    recipe.check()?;
    // A batch of one has no deviation to normalise by.
    if training.len() < 2 || validation.is_empty() {
        return Err(LearnError::NoExamples);
    }
    let device = Device::flex().autodiff();
    let graph = pose_lifter(INPUTS, OUTPUTS, options.width)?;
    let weights = Weights::initial(&graph, |index| stream(options.seed, Purpose::Weights, index as u64, 0))?;
    let mut network = Network::new(&graph, &weights, &device)?;
    let mut optimiser = engine::new_optimiser(&recipe);
    let loss = Loss::new(&device);
    let mut order: Vec<usize> = (0..training.len()).collect();
    let batches = order.len().div_ceil(BATCH);
    let mut errors = LiftErrors::default();
    for epoch in 1..=options.epochs {
        let started = Instant::now();
        let rng = &mut stream(options.seed, Purpose::Lift, epoch as u64, 0);
        order.shuffle(rng);
        let (mut sum, mut count) = (0.0, 0);
        for (index, batch) in order.chunks(BATCH).filter(|batch| batch.len() > 1).enumerate() {
            let (seen, truth) = varied(batch.iter().map(|place| &training[*place]), rng);
            let points =
                |numbers: Vec<f32>| Tensor::<3>::from_data(TensorData::new(numbers, [batch.len(), POINTS, 3]), &device);
            let from = points(seen.chunks_exact(INPUTS).flat_map(|row| &row[..OUTPUTS]).copied().collect());
            let input = Value::new(seen, batch.len(), &[INPUTS], &device);
            let moved = network.forward(input, &mut Mode::Training(rng)).reshape([batch.len(), POINTS, 3]);
            let loss = loss.of(from + moved, points(truth));
            sum += f64::from(numbers(loss.clone().inner(), "training a lifter")?.first().copied().unwrap_or(f32::NAN));
            count += 1;
            let gradients = GradientsParams::from_grads(loss.backward(), &network.trained);
            let rate = recipe.rate((epoch - 1) * batches + index, options.epochs * batches);
            network.trained = optimiser.step(rate, network.trained.clone(), gradients);
        }
        let mean = sum / f64::from(count);
        if !mean.is_finite() {
            return Err(LearnError::Diverged { epoch, rate: recipe.learning_rate });
        }
        errors = measured(&network.valid(), validation)?;
        let seconds = started.elapsed().as_secs_f64();
        let record = LiftRecord { epoch, epochs: options.epochs, loss: mean, validation: errors, seconds };
        if on_epoch(&record).is_break() {
            break;
        }
    }
    let weights = network.weights()?;
    Ok(Lifter::new(graph, weights, *options, [LiftErrors::as_seen(validation), errors]))
}

/// What is read of examples, some in a mirror and all with noise, and their true places.
fn varied<'a>(examples: impl Iterator<Item = &'a LiftExample>, rng: &mut ChaCha8Rng) -> (Vec<f32>, Vec<f32>) {
    let (mut seen, mut truth) = (Vec::new(), Vec::new());
    for example in examples {
        let mirrored = rng.random::<bool>().then(|| example.mirrored());
        let example = mirrored.as_ref().unwrap_or(example);
        seen.extend(example.seen.iter().map(|number| number + NOISE * normal(rng)));
        truth.extend_from_slice(&example.truth);
    }
    (seen, truth)
}

fn measured(network: &Network, examples: &[LiftExample]) -> Result<LiftErrors, LearnError> {
    let rows: Vec<&[f32]> = examples.iter().map(|example| &example.seen[..]).collect();
    Ok(LiftErrors::of(examples, &lifted(network.clone(), &rows)?))
}

#[cfg(test)]
mod tests {
    use super::super::example::tests::pose;
    use super::*;

    /// Skeletons whose depths are half of what they should be.
    fn flattened(count: usize) -> Vec<LiftExample> {
        let of = |index: usize| {
            let truth = pose(0.2 + index as f32 / count as f32);
            let mut seen = truth.clone();
            seen.world.iter_mut().for_each(|point| point[2] *= 0.5);
            LiftExample::new(&seen, &truth.world).unwrap()
        };
        (0..count).map(of).collect()
    }

    fn options() -> LifterOptions {
        LifterOptions { width: 32, epochs: 200, seed: 1 }
    }

    #[test]
    fn depths_that_are_always_halved_are_given_back() {
        let (training, validation) = (flattened(400), flattened(23));
        let mut epochs = Vec::new();
        let mut watch = |record: &LiftRecord| {
            epochs.push(record.epoch);
            ControlFlow::Continue(())
        };
        let lifter = train_lifter(&training, &validation, &options(), &mut watch).unwrap();
        assert_eq!(epochs, (1..=200).collect::<Vec<_>>());
        let [before, after] = lifter.errors();
        assert!(
            after.points_trunks < 0.7 * before.points_trunks && after.elbows_deg < 0.3 * before.elbows_deg,
            "{before:?} {after:?}"
        );
        let mut seen = pose(0.7);
        seen.world.iter_mut().for_each(|point| point[2] *= 0.5);
        let given = lifter.lift(&[&seen]).unwrap().remove(0);
        let off = |seen| LiftErrors::as_seen(&[LiftExample::new(seen, &pose(0.7).world).unwrap()]);
        let (before, after) = (off(&seen), off(&given));
        assert!(
            after.elbows_deg < 0.3 * before.elbows_deg && after.knees_deg < 0.3 * before.knees_deg,
            "{before:?} {after:?}"
        );
        assert_eq!(given.landmarks, seen.landmarks);
    }

    #[test]
    fn the_same_seed_gives_the_same_lifter_and_a_stop_keeps_what_was_learnt() {
        let training = flattened(40);
        let mut stop =
            |record: &LiftRecord| if record.epoch == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let [one, other] = [(); 2].map(|()| train_lifter(&training, &training, &options(), &mut stop).unwrap());
        assert_eq!(one.to_bytes().unwrap(), other.to_bytes().unwrap());
        assert!(train_lifter(&training[..1], &training, &options(), &mut stop).is_err());
        assert!(train_lifter(&training, &[], &options(), &mut stop).is_err());
        let none = LifterOptions { epochs: 0, ..options() };
        assert!(train_lifter(&training, &training, &none, &mut stop).unwrap_err().to_string().contains("epochs"));
    }
}
