//! A graph with its weights on a device.

use burn::{
    module::{Module, Param, ParamId},
    tensor::{Device, Tensor, TensorData, module::batch_norm},
};
use kihap_zoo::{
    Array, Graph, Op, Weights,
    graph::{Activation, Parameter},
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    cells::{self, Direction},
    kernels::{self, Clip},
    layers::{self, Combine, Window},
    value::{Value, each},
};
use crate::error::LearnError;

/// The trained weights, each as a flat tensor: the optimisers work element by element, and layers reshape what they use.
#[derive(Module, Debug)]
pub(crate) struct Trained {
    pub(crate) values: Vec<Param<Tensor<1>>>,
}

/// Whether a forward pass learns.
pub(crate) enum Mode<'a> {
    /// Dropout, and batch normalisation by the batch's own statistics, which go into the running ones.
    Training(&'a mut ChaCha8Rng),
    /// As it will be used.
    Using,
}

/// A network that can be run and trained.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    graph: Graph,
    shapes: Vec<Vec<usize>>,
    wires: Vec<Vec<Option<usize>>>,
    parameters: Vec<Parameter>,
    /// For each layer the place of its first parameter.
    first: Vec<usize>,
    /// What a batch normalisation does besides in training, where only a ReLU reads it; that ReLU then has nothing to do.
    clips: Vec<Clip>,
    /// For each parameter its place among the trained or among the fixed ones.
    places: Vec<Place>,
    pub(crate) trained: Trained,
    fixed: Vec<Tensor<1>>,
    device: Device,
    /// Batches that the running statistics have seen.
    pub(crate) steps: usize,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Trained(usize),
    Fixed(usize),
}

impl Network {
    /// `graph` with `weights`, on `device` (with autodiff for training).
    pub(crate) fn new(graph: &Graph, weights: &Weights, device: &Device) -> Result<Network, LearnError> {
        weights.check(graph)?;
        let parameters = graph.parameters()?;
        let mut values = Vec::new();
        let mut fixed = Vec::new();
        let mut places = Vec::with_capacity(parameters.len());
        for (index, parameter) in parameters.iter().enumerate() {
            let numbers = weights.get(&parameter.name).map_or_else(Vec::new, |array| array.values.clone());
            let data = TensorData::new(numbers, [parameter.count()]);
            if parameter.trainable {
                places.push(Place::Trained(values.len()));
                // the same ids in every process, so that an optimiser's saved state finds its weights again
                let id = ParamId::from(index as u64 + 1);
                let value = Tensor::<1>::from_data(data, device);
                let value = if device.is_autodiff() { value.require_grad() } else { value };
                values.push(Param::initialized(id, value));
            } else {
                places.push(Place::Fixed(fixed.len()));
                fixed.push(Tensor::from_data(data, device));
            }
        }
        let mut first = Vec::with_capacity(graph.nodes.len());
        let mut next = 0;
        for node in &graph.nodes {
            first.push(next);
            let own =
                |p: &&Parameter| p.name.strip_prefix(node.name.as_str()).is_some_and(|rest| rest.starts_with('.'));
            next += parameters[next..].iter().take_while(own).count();
        }
        let wires = graph.wires()?;
        Ok(Network {
            shapes: graph.shapes()?,
            clips: clips(graph, &wires),
            wires,
            graph: graph.clone(),
            parameters,
            first,
            places,
            trained: Trained { values },
            fixed,
            device: device.clone(),
            steps: 0,
        })
    }

    /// The same network without gradients.
    pub(crate) fn valid(&self) -> Network {
        Network {
            trained: self.trained.valid(),
            fixed: self.fixed.iter().map(|tensor| tensor.clone().inner()).collect(),
            device: self.device.clone().inner(),
            ..self.clone()
        }
    }

    /// The device it lives on.
    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// The weights as numbers.
    pub(crate) fn weights(&self) -> Result<Weights, LearnError> {
        let mut all = Weights::default();
        for (parameter, place) in self.parameters.iter().zip(&self.places) {
            let tensor = match place {
                Place::Trained(index) => self.trained.values[*index].val(),
                Place::Fixed(index) => self.fixed[*index].clone(),
            };
            let values = numbers(tensor.inner(), "reading a weight")?;
            all.0.insert(parameter.name.clone(), Array { shape: parameter.shape.clone(), values });
        }
        Ok(all)
    }

    /// What comes out of the last layer for a batch, as rows.
    pub(crate) fn forward(&mut self, input: Value, mode: &mut Mode<'_>) -> Tensor<2> {
        if matches!(mode, Mode::Training(_)) {
            self.steps += 1;
        }
        let mut uses = vec![0usize; self.graph.nodes.len()];
        self.wires.iter().flatten().flatten().for_each(|wire| uses[*wire] += 1);
        let mut values: Vec<Option<Value>> = vec![None; self.graph.nodes.len()];
        let mut last = input.clone();
        for index in 0..self.graph.nodes.len() {
            let read: Vec<Value> = self.wires[index]
                .iter()
                .map(|wire| match wire {
                    None => input.clone(),
                    Some(at) => {
                        uses[*at] -= 1;
                        // the last reader takes it, so that memory is free as early as can be
                        let value = if uses[*at] == 0 { values[*at].take() } else { values[*at].clone() };
                        value.unwrap_or_else(|| input.clone())
                    }
                })
                .collect();
            let value = self.layer(index, read, mode);
            if index + 1 == self.graph.nodes.len() {
                last = value;
            } else {
                values[index] = Some(value);
            }
        }
        last.rows()
    }

    fn layer(&mut self, index: usize, mut read: Vec<Value>, mode: &mut Mode<'_>) -> Value {
        let op = self.graph.nodes[index].op.clone();
        match op {
            Op::Add => return combined(read, Combine::Add),
            Op::Subtract => return combined(read, Combine::Subtract),
            Op::Multiply => return combined(read, Combine::Multiply),
            Op::Concat { axis } => return layers::concatenate(read, axis),
            _ => {}
        }
        let x = read.remove(0);
        match op {
            Op::Conv2d { kernel, stride, padding, dilation, groups, bias, .. } => {
                let bias = bias.then(|| self.vector(index, 1));
                let weight = self.four(index, 0);
                let window = Window { kernel, stride, padding, dilation };
                Value::Pictures(layers::convolve(x.pictures(), weight, bias, window, groups))
            }
            Op::ConvTranspose2d { stride, padding, bias, .. } => {
                let bias = bias.then(|| self.vector(index, 1));
                Value::Pictures(layers::convolve_transposed(x.pictures(), self.four(index, 0), bias, stride, padding))
            }
            Op::Dense { bias, .. } => {
                let bias = bias.then(|| self.vector(index, 1));
                layers::dense(x, self.matrix(index, 0), bias)
            }
            Op::BatchNorm { epsilon, momentum } => self.batch_norm(index, x, epsilon, momentum, mode),
            Op::LayerNorm { epsilon } => layers::normalise(x, self.vector(index, 0), self.vector(index, 1), epsilon),
            Op::LocalResponseNorm { size, alpha, beta, k } => {
                Value::Pictures(layers::local_response(x.pictures(), size, alpha, beta, k))
            }
            // the batch normalisation before it has clipped already
            Op::Activation { .. } if matches!(mode, Mode::Training(_)) && self.is_clipped(index) => x,
            Op::Activation { function } => layers::activate(x, function),
            Op::Pool { kind, kernel, stride, padding } => {
                let window = Window { kernel, stride, padding, dilation: [1, 1] };
                Value::Pictures(layers::pool(x.pictures(), kind, window))
            }
            Op::Reduce { kind, axes } => layers::reduce(x, kind, &axes),
            Op::Dropout { rate } => match mode {
                Mode::Training(rng) => dropped(x, rate, rng, &self.device),
                Mode::Using => x,
            },
            Op::Flatten | Op::Reshape { .. } => x.reshaped(&self.shapes[index]),
            Op::Permute { axes } => layers::permute(x, &axes),
            Op::ZeroPad { padding } => Value::Pictures(layers::pad(x.pictures(), padding)),
            Op::Crop { cropping } => Value::Pictures(layers::crop(x.pictures(), cropping)),
            Op::Gather { axis, indices } => layers::gather(x, axis, &indices, &self.device),
            Op::Scale { scale, offset } => layers::scale(x, &scale, &offset, &self.device),
            Op::PositionEmbedding => {
                let shape = self.shapes[index].clone();
                let learned = Value::Rows(self.vector(index, 0).unsqueeze()).reshaped(&shape);
                layers::combine(x, learned, Combine::Add)
            }
            Op::Recurrent { cell, units, bidirectional, sequences } => {
                let x = x.tables();
                let each = if cell == kihap_zoo::graph::Cell::Gru { 4 } else { 3 };
                let mut ways = vec![cells::run(cell, units, x.clone(), &self.direction(index, 0, each), false)];
                if bidirectional {
                    ways.push(cells::run(cell, units, x, &self.direction(index, each, each), true));
                }
                let steps = ways[0].dims()[1];
                if sequences {
                    return Value::Tables(Tensor::cat(ways, 2));
                }
                // each way's state after all steps: the way back ends at the first one
                let [count, _, _] = ways[0].dims();
                let ends = ways.into_iter().zip([steps - 1, 0]);
                let ends = ends.map(|(way, end)| way.narrow(1, end, 1).reshape([count, units]));
                Value::Rows(Tensor::cat(ends.collect(), 1))
            }
            Op::Attention { heads } => {
                let part = |i: usize| (self.matrix(index, 2 * i), self.vector(index, 2 * i + 1));
                Value::Tables(layers::attend(x.tables(), heads, [part(0), part(1), part(2), part(3)]))
            }
            Op::Mix { matrix, learned } => {
                let side = self.shapes[index].last().copied().unwrap_or(1);
                let fixed = Tensor::<2>::from_data(TensorData::new(matrix, [side, side]), &self.device);
                let all = if learned { fixed + self.matrix(index, 0) } else { fixed };
                layers::dense(x, all, None)
            }
            Op::Add | Op::Subtract | Op::Multiply | Op::Concat { .. } => x,
        }
    }

    fn batch_norm(&mut self, index: usize, x: Value, epsilon: f32, momentum: f32, mode: &Mode<'_>) -> Value {
        let (scale, offset) = (self.vector(index, 0), self.vector(index, 1));
        let epsilon = f64::from(epsilon);
        let places = [self.first[index] + 2, self.first[index] + 3].map(|at| self.places[at]);
        let [Place::Fixed(mean), Place::Fixed(variance)] = places else { return x };
        if matches!(mode, Mode::Using) {
            let (mean, variance) = (self.fixed[mean].clone(), self.fixed[variance].clone());
            return each!(x, x => batch_norm(x, scale, offset, mean, variance, epsilon));
        }
        let shape = x.shape();
        let samples = (shape.iter().product::<usize>() / shape[1].max(1)) as f32;
        let batch_mean;
        let batch_variance;
        let y = each!(x, x => {
            let (y, mean, variance) = kernels::batch_norm(x, scale, offset, epsilon, self.clips[index]);
            batch_mean = mean;
            batch_variance = variance;
            y
        });
        // the unbiased variance, as Keras and PyTorch keep it
        let unbiased = batch_variance.mul_scalar(samples / (samples - 1.0).max(1.0));
        // Published momenta of 0.999 are for a million steps; after a few hundred the statistics would still be where
        // they started. TensorFlow's rule for young averages (`ExponentialMovingAverage`, `num_updates`).
        let momentum = momentum.min((1.0 + self.steps as f32) / (10.0 + self.steps as f32));
        for (at, new) in [(mean, batch_mean), (variance, unbiased)] {
            self.fixed[at] = self.fixed[at].clone().mul_scalar(momentum) + new.mul_scalar(1.0 - momentum);
        }
        y
    }

    fn is_clipped(&self, activation: usize) -> bool {
        matches!(self.wires[activation][..], [Some(before)] if self.clips[before] != Clip::Linear)
    }

    fn parameter(&self, layer: usize, nth: usize) -> (Tensor<1>, &[usize]) {
        let index = self.first[layer] + nth;
        let tensor = match self.places[index] {
            Place::Trained(at) => self.trained.values[at].val(),
            Place::Fixed(at) => self.fixed[at].clone(),
        };
        (tensor, &self.parameters[index].shape)
    }

    fn vector(&self, layer: usize, nth: usize) -> Tensor<1> {
        self.parameter(layer, nth).0
    }

    fn matrix(&self, layer: usize, nth: usize) -> Tensor<2> {
        let (tensor, shape) = self.parameter(layer, nth);
        tensor.reshape([shape[0], shape[1]])
    }

    fn four(&self, layer: usize, nth: usize) -> Tensor<4> {
        let (tensor, shape) = self.parameter(layer, nth);
        tensor.reshape([shape[0], shape[1], shape[2], shape[3]])
    }

    fn direction(&self, layer: usize, from: usize, count: usize) -> Direction {
        Direction {
            input: self.matrix(layer, from),
            recurrent: self.matrix(layer, from + 1),
            bias: self.vector(layer, from + 2),
            recurrent_bias: (count > 3).then(|| self.vector(layer, from + 3)),
        }
    }
}

/// For each layer whether it is a batch normalisation that is read by a ReLU and by nothing else.
fn clips(graph: &Graph, wires: &[Vec<Option<usize>>]) -> Vec<Clip> {
    let clip = |index: usize| {
        let mut readers = (0..wires.len()).filter(|reader| wires[*reader].contains(&Some(index)));
        let (Op::BatchNorm { .. }, Some(reader), None) = (&graph.nodes[index].op, readers.next(), readers.next())
        else {
            return Clip::Linear;
        };
        match graph.nodes[reader].op {
            Op::Activation { function: Activation::Relu } => Clip::Relu,
            Op::Activation { function: Activation::Relu6 } => Clip::Relu6,
            _ => Clip::Linear,
        }
    };
    (0..wires.len()).map(clip).collect()
}

/// The two values that a checked graph gives such a layer.
fn combined(mut read: Vec<Value>, function: Combine) -> Value {
    let second = read.swap_remove(1);
    layers::combine(read.swap_remove(0), second, function)
}

/// Dropout: 0 with the share `rate`, else what keeps the mean.
fn dropped(x: Value, rate: f32, rng: &mut ChaCha8Rng, device: &Device) -> Value {
    let shape = x.shape();
    let kept = 1.0 / (1.0 - rate);
    let limit = (f64::from(rate) * f64::from(u32::MAX)) as u32;
    let count = shape.iter().product();
    let mask: Vec<f32> = (0..count).map(|_| if rng.random::<u32>() < limit { 0.0 } else { kept }).collect();
    let mask = Value::new(mask, shape[0], &shape[1..], device);
    layers::combine(x, mask, Combine::Multiply)
}

/// The numbers of a tensor, row by row.
pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>, doing: &'static str) -> Result<Vec<f32>, LearnError> {
    tensor.try_into_vec_as::<f32>().map_err(|problem| LearnError::Tensor { doing, problem: format!("{problem:?}") })
}
