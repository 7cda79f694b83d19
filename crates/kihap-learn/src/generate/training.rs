//! Training a generator against its discriminator.

use std::{ops::ControlFlow, time::Instant};

use burn::{
    module::Module,
    optim::{GradientsParams, ModuleOptimizer},
    tensor::{
        Device, Tensor, TensorData,
        activation::{log_sigmoid, sigmoid},
    },
};
use kihap_zoo::Weights;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{
    generator::{Generator, generator_input},
    options::GanOptions,
    originals::Originals,
};
use crate::{
    engine::{self, Mode, Network, Value, numbers},
    error::LearnError,
    example::{Class, Example},
    random::{Purpose, normal, stream},
    train::StopReason,
};

/// Steps between two records.
const STEPS_A_RECORD: usize = 50;
/// The share of the training after which the discriminator sees examples without noise.
const NOISE_ENDS: f32 = 0.75;
const GENERATOR: u64 = 1;
const DISCRIMINATOR: u64 = 2;

/// How the two networks do, as means over the steps since the last record.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GanRecord {
    /// The last step, from 1.
    pub step: usize,
    /// Steps there will be.
    pub steps: usize,
    /// −ln of how real the discriminator finds generated examples.
    pub generator_loss: f64,
    /// Cross-entropy of the discriminator's answers for real and for generated examples, added up.
    pub discriminator_loss: f64,
    /// How real it finds real examples, 0 to 1.
    pub real_score: f64,
    /// How real it finds generated ones, 0 to 1; 0.5 for both means that it cannot tell them apart.
    pub generated_score: f64,
    /// Seconds since the last record.
    pub seconds: f64,
}

/// Trains a generator of new examples of `classes` on the skeletons of `examples`; those that show nobody are left out. The
/// same arguments give the same generator, bit for bit, on the same machine. A stop by `on_record` keeps what was learnt
/// until then.
///
/// # Errors
/// Options out of range, classes without a skeleton, skeletons of different kinds, or losses that are no numbers any more.
pub fn train_gan(
    examples: &[Example],
    classes: &[Class],
    options: &GanOptions,
    on_record: &mut dyn FnMut(&GanRecord) -> ControlFlow<()>,
) -> Result<Generator, LearnError> {
    options.check()?;
    if classes.is_empty() || examples.is_empty() {
        return Err(LearnError::NoExamples);
    }
    let started = Instant::now();
    let originals = Originals::of(examples, classes, options)?;
    let mut game = Game::new(&originals, options)?;
    let mut history = Vec::new();
    let mut stopped = StopReason::Finished;
    let mut sums = Sums::new();
    for step in 1..=options.steps {
        game.discriminate(step, &mut sums)?;
        game.generate(step, &mut sums)?;
        if step % STEPS_A_RECORD == 0 || step == options.steps {
            let record = sums.record(step, options)?;
            history.push(record);
            sums = Sums::new();
            if on_record(&record).is_break() && step < options.steps {
                stopped = StopReason::Interrupted;
                break;
            }
        }
    }
    let (graph, weights) = game.result()?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Generator {
        classes: classes.to_vec(),
        options: options.clone(),
        form: originals.form,
        graph,
        weights,
        history,
        stopped,
        seconds,
    })
}

/// Both networks and what they learn from.
struct Game<'a> {
    originals: &'a Originals,
    options: &'a GanOptions,
    graph: kihap_zoo::Graph,
    discriminator_shape: Vec<usize>,
    generator: Network,
    discriminator: Network,
    generator_optimiser: ModuleOptimizer,
    discriminator_optimiser: ModuleOptimizer,
    /// The mean of the generator's weights over the last steps.
    average: Weights,
    device: Device,
}

/// Numbers of some examples and their labels.
struct Drawn {
    numbers: Vec<f32>,
    labels: Vec<usize>,
}

impl<'a> Game<'a> {
    fn new(originals: &'a Originals, options: &'a GanOptions) -> Result<Game<'a>, LearnError> {
        let device = Device::flex().autodiff();
        let graphs = originals.form.graphs(originals.classes.len(), options)?;
        let first = |graph, which: u64| {
            Weights::initial(graph, |index| stream(options.seed, Purpose::Weights, index as u64, which))
        };
        let weights = first(&graphs.generator, GENERATOR)?;
        let other = first(&graphs.discriminator, DISCRIMINATOR)?;
        Ok(Game {
            originals,
            options,
            generator: Network::new(&graphs.generator, &weights, &device)?,
            discriminator: Network::new(&graphs.discriminator, &other, &device)?,
            generator_optimiser: engine::adam(options.beta1),
            discriminator_optimiser: engine::adam(options.beta1),
            discriminator_shape: graphs.discriminator.input.shape,
            graph: graphs.generator,
            average: weights,
            device,
        })
    }

    /// One step of the discriminator: real examples and generated ones in batches of their own, so that each is normalised by
    /// its own statistics (Radford et al., 2015).
    fn discriminate(&mut self, step: usize, sums: &mut Sums) -> Result<(), LearnError> {
        let rng = &mut stream(self.options.seed, Purpose::Adversary, step as u64, DISCRIMINATOR);
        let real = self.real(rng);
        let made = self.made(rng)?;
        let real_logits = self.judged(real, step, rng);
        let made_logits = self.judged(made, step, rng);
        let smooth = self.options.label_smoothing;
        let loss = -(log_sigmoid(real_logits.clone()).mul_scalar(1.0 - smooth)
            + log_sigmoid(-real_logits.clone()).mul_scalar(smooth)
            + log_sigmoid(-made_logits.clone()))
        .mean();
        sums.discriminator += scalar(&loss)?;
        sums.real += scalar(&sigmoid(real_logits).mean())?;
        sums.made += scalar(&sigmoid(made_logits).mean())?;
        let gradients = GradientsParams::from_grads(loss.backward(), &self.discriminator.trained);
        let trained = self.discriminator.trained.clone();
        self.discriminator.trained = self.discriminator_optimiser.step(self.options.learning_rate, trained, gradients);
        Ok(())
    }

    /// One step of the generator, by the loss that does not saturate (Goodfellow et al., 2014) and the mode-seeking term.
    fn generate(&mut self, step: usize, sums: &mut Sums) -> Result<(), LearnError> {
        let rng = &mut stream(self.options.seed, Purpose::Adversary, step as u64, GENERATOR);
        let count = self.options.batch_size;
        let labels = self.labels_in_pairs(rng);
        let noise: Vec<f32> = (0..count * self.options.noise).map(|_| normal(rng)).collect();
        let input = generator_input(&noise, &labels, self.originals.classes.len(), &self.device);
        let made = self.generator.forward(input, &mut Mode::Training(rng));
        // without gradients of its own weights; and its running statistics are of no use to anybody
        let mut discriminator = self.discriminator.clone();
        discriminator.trained = discriminator.trained.no_grad();
        let blurred = made.clone() + self.instance_noise(count, step, rng);
        let input = self.discriminator_input(blurred, &labels);
        let loss = -log_sigmoid(discriminator.forward(input, &mut Mode::Training(rng))).mean();
        sums.generator += scalar(&loss)?;
        sums.count += 1;
        let loss = match self.sameness(made, &noise) {
            Some(sameness) => loss + sameness.mul_scalar(self.options.diversity),
            None => loss,
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &self.generator.trained);
        let trained = self.generator.trained.clone();
        self.generator.trained = self.generator_optimiser.step(self.options.learning_rate, trained, gradients);
        self.keep_average(step)
    }

    /// How little examples of a class differ for how much their noise differs, pair by pair.
    fn sameness(&self, made: Tensor<2>, noise: &[f32]) -> Option<Tensor<1>> {
        let pairs = self.options.batch_size / 2;
        if self.options.diversity == 0.0 {
            return None;
        }
        let width = made.dims()[1];
        let paired = made.narrow(0, 0, pairs * 2).reshape([pairs, 2 * width]);
        let apart = (paired.clone().narrow(1, 0, width) - paired.narrow(1, width, width)).abs().mean();
        let length = self.options.noise;
        let differences = noise.chunks_exact(2 * length).flat_map(|pair| {
            let (a, b) = pair.split_at(length);
            a.iter().zip(b).map(|(a, b)| (a - b).abs())
        });
        let noise_apart = differences.sum::<f32>() / (pairs * length) as f32;
        Some((apart.div_scalar(noise_apart.max(1e-6)) + 1e-3).recip())
    }

    /// Real examples: every class as likely, whatever its number of examples.
    fn real(&self, rng: &mut ChaCha8Rng) -> Drawn {
        let mut drawn = Drawn { numbers: Vec::new(), labels: Vec::new() };
        for _ in 0..self.options.batch_size {
            let label = rng.random_range(0..self.originals.classes.len());
            let class = &self.originals.classes[label];
            drawn.numbers.extend_from_slice(&class[rng.random_range(0..class.len())]);
            drawn.labels.push(label);
        }
        drawn
    }

    /// Generated examples, cut off from the generator.
    fn made(&self, rng: &mut ChaCha8Rng) -> Result<Drawn, LearnError> {
        let mut generator = self.generator.valid();
        let labels = self.labels_in_pairs(rng);
        let noise: Vec<f32> = (0..labels.len() * self.options.noise).map(|_| normal(rng)).collect();
        let input = generator_input(&noise, &labels, self.originals.classes.len(), generator.device());
        let made = generator.forward(input, &mut Mode::Training(rng));
        Ok(Drawn { numbers: numbers(made, "generating examples")?, labels })
    }

    /// Labels for generated examples: two in a row are the same.
    fn labels_in_pairs(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut label = 0;
        let mut next = |index: usize| {
            if index.is_multiple_of(2) {
                label = rng.random_range(0..self.originals.classes.len());
            }
            label
        };
        (0..self.options.batch_size).map(&mut next).collect()
    }

    /// What the discriminator answers.
    fn judged(&mut self, drawn: Drawn, step: usize, rng: &mut ChaCha8Rng) -> Tensor<2> {
        let count = drawn.labels.len();
        let width = self.originals.form.width();
        let rows = Tensor::<2>::from_data(TensorData::new(drawn.numbers, [count, width]), &self.device);
        let input = self.discriminator_input(rows + self.instance_noise(count, step, rng), &drawn.labels);
        self.discriminator.forward(input, &mut Mode::Training(rng))
    }

    fn instance_noise(&self, count: usize, step: usize, rng: &mut ChaCha8Rng) -> Tensor<2> {
        let progress = step as f32 / (self.options.steps as f32 * NOISE_ENDS);
        let deviation = self.options.instance_noise * (1.0 - progress).max(0.0);
        let width = self.originals.form.width();
        if deviation == 0.0 {
            return Tensor::zeros([count, width], &self.device);
        }
        let noise = (0..count * width).map(|_| normal(rng) * deviation).collect::<Vec<f32>>();
        Tensor::from_data(TensorData::new(noise, [count, width]), &self.device)
    }

    /// Examples with their class behind them.
    fn discriminator_input(&self, rows: Tensor<2>, labels: &[usize]) -> Value {
        let (classes, flags) = (self.originals.classes.len(), self.originals.form.flags());
        let mut one_hot = vec![0.0f32; labels.len() * classes * flags];
        for (row, label) in one_hot.chunks_exact_mut(classes * flags).zip(labels) {
            row[label * flags..(label + 1) * flags].fill(1.0);
        }
        let one_hot = TensorData::new(one_hot, [labels.len(), classes * flags]);
        let all = Tensor::cat(vec![rows, Tensor::from_data(one_hot, &self.device)], 1);
        Value::Rows(all).reshaped(&self.discriminator_shape)
    }

    fn keep_average(&mut self, step: usize) -> Result<(), LearnError> {
        // at first the mean of all steps so far, or the random first weights would linger
        let kept = self.options.averaging.min(1.0 - 1.0 / step as f32);
        let now = self.generator.weights()?;
        for (average, now) in self.average.0.values_mut().zip(now.0.values()) {
            for (average, now) in average.values.iter_mut().zip(&now.values) {
                *average = kept * *average + (1.0 - kept) * now;
            }
        }
        Ok(())
    }

    fn result(self) -> Result<(kihap_zoo::Graph, Weights), LearnError> {
        self.average.check(&self.graph)?;
        Ok((self.graph, self.average))
    }
}

/// Sums over the steps since the last record.
struct Sums {
    generator: f64,
    discriminator: f64,
    real: f64,
    made: f64,
    count: usize,
    started: Instant,
}

impl Sums {
    fn new() -> Sums {
        Sums { generator: 0.0, discriminator: 0.0, real: 0.0, made: 0.0, count: 0, started: Instant::now() }
    }

    fn record(&self, step: usize, options: &GanOptions) -> Result<GanRecord, LearnError> {
        let mean = |sum: f64| sum / self.count.max(1) as f64;
        let record = GanRecord {
            step,
            steps: options.steps,
            generator_loss: mean(self.generator),
            discriminator_loss: mean(self.discriminator),
            real_score: mean(self.real),
            generated_score: mean(self.made),
            seconds: self.started.elapsed().as_secs_f64(),
        };
        if !(record.generator_loss.is_finite() && record.discriminator_loss.is_finite()) {
            return Err(LearnError::Diverged { epoch: step, rate: options.learning_rate });
        }
        Ok(record)
    }
}

fn scalar(tensor: &Tensor<1>) -> Result<f64, LearnError> {
    Ok(f64::from(numbers(tensor.clone().inner(), "training a generator")?.first().copied().unwrap_or(f32::NAN)))
}
