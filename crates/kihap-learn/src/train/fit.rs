//! The training loop.

use std::{ops::ControlFlow, time::Instant};

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor, TensorData, activation::log_softmax},
};

use super::{
    balance::class_weights,
    batches::{Batches, EpochRows},
    check::{check_labels, count_classes},
    doubts,
    network::{DenseWeights, HeadNetwork, dropout_masks, initial_weights, numbers},
    options::TrainOptions,
    record::{EpochRecord, EpochScores},
    trained::{TrainedNetwork, softmax},
};
use crate::{
    error::LearnError,
    example::{Class, Example, mirror_indices},
    features::{FeatureLayout, Standardiser},
    random::{Purpose, member_seed, stream},
    warnings::Warning,
    zoo::Head,
};

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// All epochs were trained.
    Finished,
    /// The validation loss had not fallen for `patience` epochs (in the last network trained).
    Early,
    /// The callback asked to stop.
    Interrupted,
}

/// The outcome of training.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The network with the best weights.
    pub network: TrainedNetwork,
    /// Every epoch of every member.
    pub history: Vec<EpochRecord>,
    /// The epoch whose weights were kept, one a member.
    pub best_epochs: Vec<usize>,
    /// Why it ended.
    pub stopped: StopReason,
    /// Whether some training examples show nobody.
    pub knows_nobody: bool,
    /// What to keep in mind about the data and the run.
    pub warnings: Vec<Warning>,
    /// Seconds from first to last.
    pub seconds: f64,
}

/// Trains `head` on `training`, keeping the weights with the lowest loss on `validation` (or, when that is empty, the
/// last ones). The same arguments give the same weights, bit for bit, on the same machine.
///
/// `on_epoch` is called after every epoch; [`ControlFlow::Break`] ends training with the best weights so far.
///
/// # Errors
/// No examples, one class only, classes without training examples, features that are missing or damaged, options out
/// of range, or a loss that grows beyond all bounds.
pub fn fit(
    head: &Head,
    classes: &[Class],
    training: &[Example],
    validation: &[Example],
    options: &TrainOptions,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<Fit, LearnError> {
    let start = Instant::now();
    head.check()?;
    options.check()?;
    let mirrors = mirror_indices(classes)?;
    let counts = count_classes(classes, training)?;
    check_labels(validation, classes.len())?;

    let layout = FeatureLayout::of(&head.name, head.input, options.upper_body, training)?;
    let mut rows = layout.rows(training, &head.name)?;
    let standardiser = Standardiser::fit(&rows, &layout);
    standardiser.apply(&mut rows);
    let mut validation_rows = layout.rows(validation, &head.name)?;
    standardiser.apply(&mut validation_rows);

    let run = Run {
        head,
        options,
        classes: classes.len(),
        width: layout.width(),
        class_weights: class_weights(options.class_weights, &counts),
        batches: Batches::new(&head.name, training, &mirrors, layout, &standardiser, rows),
        validation: Validation::new(validation_rows, validation, layout.width()),
    };
    let mut members = Vec::new();
    let mut history = Vec::new();
    let mut best_epochs = Vec::new();
    let mut stopped = StopReason::Finished;
    for member in 0..options.members {
        let outcome = run.member(member, &mut history, on_epoch)?;
        members.push(outcome.weights);
        best_epochs.push(outcome.best_epoch);
        stopped = outcome.stopped;
        if stopped == StopReason::Interrupted {
            break;
        }
    }
    let warnings = doubts::of_data(classes, training, validation, &layout)
        .into_iter()
        .chain(doubts::of_run(&history, &best_epochs, stopped))
        .collect();
    let network = TrainedNetwork { head: head.clone(), classes: classes.len(), layout, standardiser, members };
    let knows_nobody = training.iter().any(|example| example.pose.is_none());
    Ok(Fit { network, history, best_epochs, stopped, knows_nobody, warnings, seconds: start.elapsed().as_secs_f64() })
}

/// What all members of an ensemble share.
struct Run<'a> {
    head: &'a Head,
    options: &'a TrainOptions,
    classes: usize,
    width: usize,
    class_weights: Vec<f32>,
    batches: Batches<'a>,
    validation: Option<Validation>,
}

/// Validation rows as a tensor, made once.
struct Validation {
    rows: Tensor<2>,
    labels: Vec<usize>,
}

impl Validation {
    fn new(rows: Vec<f32>, examples: &[Example], width: usize) -> Option<Validation> {
        let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();
        let data = TensorData::new(rows, [labels.len(), width]);
        (!labels.is_empty()).then(|| Validation { rows: Tensor::from_data(data, &Device::flex()), labels })
    }

    fn scores(&self, network: &HeadNetwork, classes: usize) -> Result<EpochScores, LearnError> {
        let logits = numbers(network.valid().forward(self.rows.clone(), &[]), "computing the validation loss")?;
        Ok(EpochScores::of(&probabilities(&logits, classes), &self.labels, classes))
    }
}

/// One trained network.
struct Member {
    weights: Vec<DenseWeights>,
    best_epoch: usize,
    stopped: StopReason,
}

impl Run<'_> {
    fn member(
        &self,
        member: usize,
        history: &mut Vec<EpochRecord>,
        on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
    ) -> Result<Member, LearnError> {
        let options = self.options;
        let seed = member_seed(options.seed, member);
        let device = Device::flex().autodiff();
        let mut network = HeadNetwork::new(&initial_weights(self.head, self.width, self.classes, seed), &device);
        let mut optimiser = AdamWConfig::new().with_epsilon(1e-7).with_weight_decay(options.weight_decay).init();
        let mut best: Option<(f64, usize, HeadNetwork)> = None;
        let mut stopped = StopReason::Finished;
        for epoch in 1..=options.epochs {
            let started = Instant::now();
            let rows = self.batches.epoch(options, seed, epoch)?;
            let training;
            let learning_rate;
            (network, training, learning_rate) = self.epoch(network, &mut optimiser, rows, seed, epoch, &device)?;
            let validation = self.validation.as_ref().map(|v| v.scores(&network, self.classes)).transpose()?;
            let loss = validation.map_or(training.loss, |scores| scores.loss);
            if !training.loss.is_finite() || !loss.is_finite() {
                return Err(LearnError::Diverged { epoch, rate: options.learning_rate });
            }
            let is_best = validation.is_none() || best.as_ref().is_none_or(|(lowest, _, _)| loss < *lowest);
            if is_best {
                best = Some((loss, epoch, network.clone()));
            }
            let record = EpochRecord {
                member,
                epoch,
                epochs: options.epochs,
                training,
                validation,
                learning_rate,
                seconds: started.elapsed().as_secs_f64(),
                best: is_best,
            };
            history.push(record);
            if on_epoch(&record).is_break() {
                stopped = StopReason::Interrupted;
                break;
            }
            let waited = epoch - best.as_ref().map_or(epoch, |(_, at, _)| *at);
            if validation.is_some() && options.patience > 0 && waited >= options.patience {
                stopped = StopReason::Early;
                break;
            }
        }
        let (best_epoch, network) = best.map_or((0, network), |(_, epoch, network)| (epoch, network));
        Ok(Member { weights: network.weights()?, best_epoch, stopped })
    }

    /// Trains one epoch; gives the network, the scores while training, and the last learning rate.
    fn epoch(
        &self,
        mut network: HeadNetwork,
        optimiser: &mut ModuleOptimizer,
        epoch_rows: EpochRows,
        seed: u64,
        epoch: usize,
        device: &Device,
    ) -> Result<(HeadNetwork, EpochScores, f64), LearnError> {
        let count = epoch_rows.labels.len();
        let targets = self.targets(&epoch_rows);
        let rows = Tensor::<2>::from_data(TensorData::new(epoch_rows.rows, [count, self.width]), device);
        let targets = Tensor::<2>::from_data(TensorData::new(targets, [count, self.classes]), device);
        let mut dropout = stream(seed, Purpose::Dropout, epoch as u64, 0);
        let mut logits_seen = Vec::with_capacity(count * self.classes);
        let steps_an_epoch = count.div_ceil(self.options.batch_size);
        let steps = steps_an_epoch * self.options.epochs;
        let mut rate = self.options.learning_rate;
        for step in 0..steps_an_epoch {
            let from = step * self.options.batch_size;
            let to = (from + self.options.batch_size).min(count);
            let masks = dropout_masks(self.head, to - from, self.width, &mut dropout, device);
            let logits = network.forward(rows.clone().slice([from..to, 0..self.width]), &masks);
            logits_seen.extend(numbers(logits.clone().inner(), "training")?);
            let likelihood = log_softmax(logits, 1) * targets.clone().slice([from..to, 0..self.classes]);
            let loss = likelihood.sum().mul_scalar(-1.0 / (to - from) as f32);
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            rate = self.options.rate((epoch - 1) * steps_an_epoch + step, steps);
            network = optimiser.step(rate, network, gradients);
        }
        let scores = EpochScores::of(&probabilities(&logits_seen, self.classes), &epoch_rows.labels, self.classes);
        Ok((network, scores, rate))
    }

    /// Target probabilities times class and sample weight, row by row. Weights keep their size from batch to batch
    /// (the loss is divided by the number of rows, as in Keras), or they would cancel out in small batches.
    fn targets(&self, rows: &EpochRows) -> Vec<f32> {
        let spread = self.options.label_smoothing / self.classes as f32;
        let mut targets = Vec::with_capacity(rows.labels.len() * self.classes);
        for (label, weight) in rows.labels.iter().zip(&rows.weights) {
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
