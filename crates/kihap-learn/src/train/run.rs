//! The training loop.

use std::{ops::ControlFlow, time::Instant};

use burn::{
    optim::{GradientsParams, ModuleOptimizer},
    tensor::{Tensor, TensorData, activation::log_softmax},
};
use kihap_zoo::{Graph, Weights};

use super::{
    batches::{Batch, Batches},
    checkpoint::{Checkpoint, Checkpointing, Progress},
    fit::{StopReason, first_weights},
    options::TrainOptions,
    record::{EpochRecord, EpochScores},
    trained::softmax,
};
use crate::{
    blueprint::Blueprint,
    engine::{self, Mode, Network, Value, numbers},
    error::LearnError,
    random::{Purpose, member_seed, stream},
};

/// Numbers of validation examples handed to Burn at once.
const NUMBERS_AT_ONCE: usize = 1 << 21;

/// What all members of an ensemble share.
pub(super) struct Run<'a> {
    pub(super) graph: &'a Graph,
    pub(super) blueprint: &'a Blueprint,
    pub(super) options: &'a TrainOptions,
    pub(super) classes: usize,
    pub(super) class_weights: Vec<f32>,
    pub(super) batches: Batches<'a>,
    pub(super) validation: Option<Batches<'a>>,
    pub(super) validation_labels: Vec<usize>,
    pub(super) fingerprint: String,
    pub(super) checkpointing: Option<&'a Checkpointing>,
    pub(super) started: Instant,
}

/// All members, trained.
pub(super) struct Outcome {
    pub(super) members: Vec<Weights>,
    pub(super) history: Vec<EpochRecord>,
    pub(super) best_epochs: Vec<usize>,
    pub(super) stopped: StopReason,
    pub(super) seconds_before: f64,
}

/// A network in the middle of its training.
struct Member {
    network: Network,
    optimiser: ModuleOptimizer,
    /// The last epoch that is done.
    epoch: usize,
    best: Option<Best>,
}

/// The best weights so far.
struct Best {
    loss: f64,
    epoch: usize,
    weights: Weights,
}

impl Run<'_> {
    pub(super) fn all_members(
        &self,
        resumed: Option<Checkpoint>,
        on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
    ) -> Result<Outcome, LearnError> {
        let mut outcome = Outcome {
            members: Vec::new(),
            history: Vec::new(),
            best_epochs: Vec::new(),
            stopped: StopReason::Finished,
            seconds_before: 0.0,
        };
        let device = engine::device(self.options.device)?.autodiff();
        let mut half_done = None;
        if let Some(checkpoint) = resumed {
            let progress = checkpoint.progress;
            outcome.members = checkpoint.members;
            outcome.history = progress.history;
            outcome.best_epochs = progress.best_epochs;
            outcome.seconds_before = progress.seconds;
            let best = match (progress.best_loss, checkpoint.best) {
                (Some(loss), Some(weights)) => Some(Best { loss, epoch: progress.best_epoch, weights }),
                _ => None,
            };
            let mut network = Network::new(self.graph, &checkpoint.current, &device)?;
            network.steps = progress.epoch * self.batches.len().div_ceil(self.options.batch_size);
            half_done = Some(Member {
                network,
                optimiser: engine::from_bytes(self.options, &checkpoint.optimiser)?,
                epoch: progress.epoch,
                best,
            });
        }
        for index in outcome.members.len()..self.options.members {
            let seed = member_seed(self.options.seed, index);
            let member = match half_done.take() {
                Some(member) => member,
                None => Member {
                    network: Network::new(self.graph, &first_weights(self.blueprint, self.graph, seed)?, &device)?,
                    optimiser: engine::new_optimiser(self.options),
                    epoch: 0,
                    best: None,
                },
            };
            let (weights, best_epoch, stopped) = self.member(index, member, &mut outcome, on_epoch)?;
            outcome.members.push(weights);
            outcome.best_epochs.push(best_epoch);
            outcome.stopped = stopped;
            if stopped == StopReason::Interrupted {
                break;
            }
        }
        Ok(outcome)
    }

    fn member(
        &self,
        index: usize,
        mut member: Member,
        outcome: &mut Outcome,
        on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
    ) -> Result<(Weights, usize, StopReason), LearnError> {
        let options = self.options;
        let seed = member_seed(options.seed, index);
        let mut stopped = StopReason::Finished;
        while member.epoch < options.epochs && !self.has_waited_enough(&member) {
            let started = Instant::now();
            let epoch = member.epoch + 1;
            let (training, learning_rate) = self.epoch(&mut member, seed, epoch)?;
            let validation = self.scores(&member.network)?;
            let loss = validation.map_or(training.loss, |scores| scores.loss);
            if !training.loss.is_finite() || !loss.is_finite() {
                return Err(LearnError::Diverged { epoch, rate: options.learning_rate });
            }
            let best = validation.is_none() || member.best.as_ref().is_none_or(|best| loss < best.loss);
            if best {
                member.best = Some(Best { loss, epoch, weights: member.network.weights()? });
            }
            member.epoch = epoch;
            let seconds = started.elapsed().as_secs_f64();
            let epochs = options.epochs;
            let record =
                EpochRecord { member: index, epoch, epochs, training, validation, learning_rate, seconds, best };
            outcome.history.push(record);
            self.checkpoint(index, &member, outcome)?;
            if on_epoch(&record).is_break() {
                stopped = StopReason::Interrupted;
                break;
            }
        }
        if stopped != StopReason::Interrupted && self.has_waited_enough(&member) && member.epoch < options.epochs {
            stopped = StopReason::Early;
        }
        match member.best {
            Some(best) => Ok((best.weights, best.epoch, stopped)),
            None => Ok((member.network.weights()?, 0, stopped)),
        }
    }

    fn has_waited_enough(&self, member: &Member) -> bool {
        let waited = member.epoch - member.best.as_ref().map_or(member.epoch, |best| best.epoch);
        self.validation.is_some() && self.options.patience > 0 && waited >= self.options.patience
    }

    fn checkpoint(&self, index: usize, member: &Member, outcome: &Outcome) -> Result<(), LearnError> {
        let Some(checkpointing) = self.checkpointing else { return Ok(()) };
        let progress = Progress {
            fingerprint: self.fingerprint.clone(),
            member: index,
            epoch: member.epoch,
            best_loss: member.best.as_ref().map(|best| best.loss),
            best_epoch: member.best.as_ref().map_or(0, |best| best.epoch),
            best_epochs: outcome.best_epochs.clone(),
            history: outcome.history.clone(),
            seconds: outcome.seconds_before + self.started.elapsed().as_secs_f64(),
        };
        let checkpoint = Checkpoint {
            progress,
            members: outcome.members.clone(),
            current: member.network.weights()?,
            best: member.best.as_ref().map(|best| best.weights.clone()),
            optimiser: engine::to_bytes(&member.optimiser)?,
        };
        checkpoint.save(&checkpointing.file)
    }

    /// Trains one epoch; gives the scores while training, and the last learning rate.
    fn epoch(&self, member: &mut Member, seed: u64, epoch: usize) -> Result<(EpochScores, f64), LearnError> {
        let options = self.options;
        let device = member.network.device().clone();
        let order = self.batches.order(seed, epoch);
        let mut dropout = stream(seed, Purpose::Dropout, epoch as u64, 0);
        let mut logits_seen = Vec::with_capacity(order.len() * self.classes);
        let mut labels_seen = Vec::with_capacity(order.len());
        let steps_an_epoch = order.len().div_ceil(options.batch_size);
        let steps = steps_an_epoch * options.epochs;
        let mut rate = options.learning_rate;
        for (step, indices) in order.chunks(options.batch_size).enumerate() {
            let batch = self.batches.fill(indices, options, seed, epoch)?;
            let count = indices.len();
            let targets = TensorData::new(self.targets(&batch), [count, self.classes]);
            let targets = Tensor::<2>::from_data(targets, &device);
            let input = Value::new(batch.numbers, count, &self.graph.input.shape, &device);
            let logits = member.network.forward(input, &mut Mode::Training(&mut dropout));
            logits_seen.extend(numbers(logits.clone().inner(), "training")?);
            labels_seen.extend(batch.labels);
            let likelihood = log_softmax(logits, 1) * targets;
            let loss = likelihood.sum().mul_scalar(-1.0 / count as f32);
            let gradients = GradientsParams::from_grads(loss.backward(), &member.network.trained);
            rate = options.rate((epoch - 1) * steps_an_epoch + step, steps);
            member.network.trained = member.optimiser.step(rate, member.network.trained.clone(), gradients);
        }
        Ok((EpochScores::of(&probabilities(&logits_seen, self.classes), &labels_seen, self.classes), rate))
    }

    /// Scores on the validation examples.
    fn scores(&self, network: &Network) -> Result<Option<EpochScores>, LearnError> {
        let Some(validation) = &self.validation else { return Ok(None) };
        let mut network = network.valid();
        let device = network.device().clone();
        let shape = &self.graph.input.shape;
        let at_once = (NUMBERS_AT_ONCE / shape.iter().product::<usize>().max(1)).clamp(1, 1024);
        let all: Vec<usize> = (0..validation.len()).collect();
        let mut logits = Vec::with_capacity(all.len() * self.classes);
        for some in all.chunks(at_once) {
            let input = Value::new(validation.as_they_are(some)?, some.len(), shape, &device);
            logits.extend(numbers(network.forward(input, &mut Mode::Using), "computing the validation loss")?);
        }
        Ok(Some(EpochScores::of(&probabilities(&logits, self.classes), &self.validation_labels, self.classes)))
    }

    /// Target probabilities times class and sample weight, row by row. Weights keep their size from batch to batch
    /// (the loss is divided by the number of rows, as in Keras), or they would cancel out in small batches.
    fn targets(&self, batch: &Batch) -> Vec<f32> {
        let spread = self.options.label_smoothing / self.classes as f32;
        let mut targets = Vec::with_capacity(batch.labels.len() * self.classes);
        for (label, weight) in batch.labels.iter().zip(&batch.weights) {
            let weight = weight * self.class_weights[*label];
            targets.extend((0..self.classes).map(|class| {
                let target = if class == *label { 1.0 - self.options.label_smoothing } else { 0.0 };
                (target + spread) * weight
            }));
        }
        targets
    }
}

fn probabilities(logits: &[f32], classes: usize) -> Vec<f32> {
    logits.chunks_exact(classes).flat_map(|row| softmax(row).into_iter().map(|p| p as f32)).collect()
}
