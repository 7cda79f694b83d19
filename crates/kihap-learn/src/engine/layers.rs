//! What each kind of layer does to a batch.

use burn::tensor::{
    Device, Int, Tensor, TensorData, activation,
    module::{avg_pool2d, conv_transpose2d, layer_norm, linear},
    ops::{AvgPoolOptions, ConvTransposeOptions, PadMode},
};
use kihap_zoo::graph::{Activation, Padding, PoolKind, ReduceKind};

use super::{
    kernels,
    value::{Value, each},
};

/// Sliding windows, as the graph describes them.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) padding: Padding,
    pub(crate) dilation: [usize; 2],
}

impl Window {
    /// (top, bottom), (left, right).
    fn pairs(self, height: usize, width: usize) -> [(usize, usize); 2] {
        let [top, bottom, left, right] = self.padding.around([height, width], self.kernel, self.stride, self.dilation);
        [(top, bottom), (left, right)]
    }
}

pub(crate) fn convolve(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    window: Window,
    groups: usize,
) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    let [(top, bottom), (left, right)] = window.pairs(height, width);
    kernels::conv2d(x, weight, bias, window.stride, [top, left, bottom, right], window.dilation, groups)
}

pub(crate) fn convolve_transposed(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: [usize; 2],
    padding: [usize; 2],
) -> Tensor<4> {
    conv_transpose2d(x, weight, bias, ConvTransposeOptions::new(stride, padding, [0, 0], [1, 1], 1))
}

pub(crate) fn pool(x: Tensor<4>, kind: PoolKind, window: Window) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    let padding = window.pairs(height, width);
    match kind {
        PoolKind::Max => {
            let [(top, bottom), (left, right)] = padding;
            kernels::max_pool2d(x, window.kernel, window.stride, [top, left, bottom, right])
        }
        PoolKind::Average => avg_pool2d(
            x,
            AvgPoolOptions::new(window.kernel)
                .with_stride(window.stride)
                .with_padding_pairs(padding)
                .with_count_include_pad(false),
        ),
    }
}

pub(crate) fn dense(x: Value, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Value {
    match x {
        Value::Rows(x) => Value::Rows(linear(x, weight, bias)),
        other => {
            let shape = other.shape();
            let (inner, last) = (shape[1..shape.len() - 1].to_vec(), shape[shape.len() - 1]);
            let count: usize = shape[..shape.len() - 1].iter().product();
            let units = weight.dims()[1];
            let rows = each!(other, x => x).rows().reshape([count, last]);
            let y = linear(rows, weight, bias).reshape([shape[0], inner.iter().product::<usize>() * units]);
            Value::Rows(y).reshaped(&[inner.as_slice(), &[units]].concat())
        }
    }
}

/// Over the last axis.
pub(crate) fn normalise(x: Value, scale: Tensor<1>, offset: Tensor<1>, epsilon: f32) -> Value {
    each!(x, x => layer_norm(x, scale, Some(offset), f64::from(epsilon)))
}

/// Over neighbouring channels; the mean of a window with padding counted is its sum over its size.
pub(crate) fn local_response(x: Tensor<4>, size: usize, alpha: f32, beta: f32, k: f32) -> Tensor<4> {
    let [n, channels, height, width] = x.dims();
    let squares = x.clone().square().reshape([n, 1, channels, height * width]);
    let before = size.saturating_sub(1) / 2;
    let options = AvgPoolOptions::new([size, 1])
        .with_stride([1, 1])
        .with_padding_pairs([(before, size.saturating_sub(1) - before), (0, 0)])
        .with_count_include_pad(true);
    let means = avg_pool2d(squares, options).reshape([n, channels, height, width]);
    x / means.mul_scalar(alpha).add_scalar(k).powf_scalar(beta)
}

pub(crate) fn activate(x: Value, function: Activation) -> Value {
    match function {
        Activation::Relu => each!(x, x => activation::relu(x)),
        Activation::Relu6 => each!(x, x => x.clamp(0.0, 6.0)),
        Activation::LeakyRelu(slope) => each!(x, x => activation::leaky_relu(x, f64::from(slope))),
        Activation::HardSwish => each!(x, x => x.clone() * x.add_scalar(3.0).clamp(0.0, 6.0).div_scalar(6.0)),
        Activation::HardSigmoid => each!(x, x => x.add_scalar(3.0).clamp(0.0, 6.0).div_scalar(6.0)),
        Activation::Swish => each!(x, x => x.clone() * activation::sigmoid(x)),
        Activation::Gelu => each!(x, x => activation::gelu(x)),
        Activation::Sigmoid => each!(x, x => activation::sigmoid(x)),
        Activation::Tanh => each!(x, x => activation::tanh(x)),
        Activation::Softmax => match x {
            Value::Rows(x) => Value::Rows(activation::softmax(x, 1)),
            Value::Tables(x) => Value::Tables(activation::softmax(x, 2)),
            Value::Pictures(x) => Value::Pictures(activation::softmax(x, 3)),
        },
    }
}

/// Removes axes (of an example, counted without the batch).
pub(crate) fn reduce(x: Value, kind: ReduceKind, axes: &[usize]) -> Value {
    let shape = x.shape();
    let left: Vec<usize> =
        (1..shape.len()).filter(|axis| !axes.contains(&(axis - 1))).map(|axis| shape[axis]).collect();
    let mut x = x;
    for axis in axes {
        x = match kind {
            ReduceKind::Mean => each!(x, x => x.mean_dim(axis + 1)),
            ReduceKind::Max => each!(x, x => x.max_dim(axis + 1)),
            ReduceKind::Sum => each!(x, x => x.sum_dim(axis + 1)),
        };
    }
    x.reshaped(&left)
}

/// Applies `function` to two values of the same rank.
pub(crate) fn combine(a: Value, b: Value, function: Combine) -> Value {
    macro_rules! of {
        ($a:expr, $b:expr) => {
            match function {
                Combine::Add => $a + $b,
                Combine::Subtract => $a - $b,
                Combine::Multiply => $a * $b,
            }
        };
    }
    match (a, b) {
        (Value::Rows(a), Value::Rows(b)) => Value::Rows(of!(a, b)),
        (Value::Tables(a), Value::Tables(b)) => Value::Tables(of!(a, b)),
        (a, b) => Value::Pictures(of!(a.pictures(), b.pictures())),
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Combine {
    Add,
    Subtract,
    Multiply,
}

/// One after the other along an axis of the example.
pub(crate) fn concatenate(values: Vec<Value>, axis: usize) -> Value {
    match values.first() {
        Some(Value::Rows(_)) => Value::Rows(Tensor::cat(values.into_iter().map(Value::rows).collect(), axis + 1)),
        Some(Value::Tables(_)) => Value::Tables(Tensor::cat(values.into_iter().map(Value::tables).collect(), axis + 1)),
        _ => Value::Pictures(Tensor::cat(values.into_iter().map(Value::pictures).collect(), axis + 1)),
    }
}

pub(crate) fn permute(x: Value, axes: &[usize]) -> Value {
    match (x, axes) {
        (Value::Tables(x), &[a, b]) => Value::Tables(x.permute([0, a as isize + 1, b as isize + 1])),
        (Value::Pictures(x), &[a, b, c]) => {
            Value::Pictures(x.permute([0, a as isize + 1, b as isize + 1, c as isize + 1]))
        }
        (x, _) => x,
    }
}

pub(crate) fn pad(x: Tensor<4>, [top, bottom, left, right]: [usize; 4]) -> Tensor<4> {
    x.pad([(top, bottom), (left, right)], PadMode::Constant(0.0))
}

pub(crate) fn crop(x: Tensor<4>, [top, bottom, left, right]: [usize; 4]) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    x.narrow(2, top, height - top - bottom).narrow(3, left, width - left - right)
}

pub(crate) fn gather(x: Value, axis: usize, indices: &[usize], device: &Device) -> Value {
    let indices: Vec<i64> = indices.iter().map(|index| *index as i64).collect();
    let count = indices.len();
    let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [count]), device);
    each!(x, x => x.select(axis + 1, indices))
}

/// Multiplies the last axis by one row and adds another.
pub(crate) fn scale(x: Value, scale: &[f32], offset: &[f32], device: &Device) -> Value {
    let row = |values: &[f32]| Tensor::<1>::from_data(TensorData::new(values.to_vec(), [values.len()]), device);
    let (scale, offset) = (row(scale), row(offset));
    each!(x, x => x * scale.unsqueeze() + offset.unsqueeze())
}

/// Weights and biases of self-attention, as query, key, value and output.
pub(crate) type AttentionWeights = [(Tensor<2>, Tensor<1>); 4];

/// Multi-head self-attention on `[n, steps, features]`.
pub(crate) fn attend(x: Tensor<3>, heads: usize, weights: AttentionWeights) -> Tensor<3> {
    let [count, steps, width] = x.dims();
    let each_head = width / heads;
    let [query, key, value, output] = weights;
    let split = |(weight, bias): (Tensor<2>, Tensor<1>)| {
        linear(x.clone(), weight, Some(bias)).reshape([count, steps, heads, each_head]).swap_dims(1, 2)
    };
    let (query, key, value) = (split(query), split(key), split(value));
    let scores = query.matmul(key.swap_dims(2, 3)).div_scalar((each_head as f32).sqrt());
    let mixed = activation::softmax(scores, 3).matmul(value).swap_dims(1, 2).reshape([count, steps, width]);
    linear(mixed, output.0, Some(output.1))
}
