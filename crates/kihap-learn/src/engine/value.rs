//! Activations of a batch: tensors whose rank is known only when the graph is read.

use burn::tensor::{Device, Tensor, TensorData};

/// A batch of rows, of sequences (or other tables), or of pictures; the batch is the first axis.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Rows(Tensor<2>),
    Tables(Tensor<3>),
    Pictures(Tensor<4>),
}

/// Does the same to a value of any rank, giving the same rank.
macro_rules! each {
    ($value:expr, $x:ident => $result:expr) => {
        match $value {
            Value::Rows($x) => Value::Rows($result),
            Value::Tables($x) => Value::Tables($result),
            Value::Pictures($x) => Value::Pictures($result),
        }
    };
}
pub(crate) use each;

impl Value {
    /// A batch of examples of `shape` (1 to 3 axes) from their numbers.
    pub(crate) fn new(numbers: Vec<f32>, count: usize, shape: &[usize], device: &Device) -> Value {
        match *shape {
            [a, b, c] => Value::Pictures(Tensor::from_data(TensorData::new(numbers, [count, a, b, c]), device)),
            [a, b] => Value::Tables(Tensor::from_data(TensorData::new(numbers, [count, a, b]), device)),
            _ => {
                let width = shape.iter().product();
                Value::Rows(Tensor::from_data(TensorData::new(numbers, [count, width]), device))
            }
        }
    }

    /// The batch's and the example's axes.
    pub(crate) fn shape(&self) -> Vec<usize> {
        match self {
            Value::Rows(x) => x.dims().to_vec(),
            Value::Tables(x) => x.dims().to_vec(),
            Value::Pictures(x) => x.dims().to_vec(),
        }
    }

    /// The same numbers with examples of another shape (1 to 3 axes).
    pub(crate) fn reshaped(self, shape: &[usize]) -> Value {
        let count = self.shape()[0];
        macro_rules! to {
            ($x:expr) => {
                match *shape {
                    [a, b, c] => Value::Pictures($x.reshape([count, a, b, c])),
                    [a, b] => Value::Tables($x.reshape([count, a, b])),
                    _ => Value::Rows($x.reshape([count, shape.iter().product()])),
                }
            };
        }
        match self {
            Value::Rows(x) => to!(x),
            Value::Tables(x) => to!(x),
            Value::Pictures(x) => to!(x),
        }
    }

    /// As rows.
    pub(crate) fn rows(self) -> Tensor<2> {
        let shape = self.shape();
        let (count, width) = (shape[0], shape[1..].iter().product());
        match self {
            Value::Rows(x) => x,
            Value::Tables(x) => x.reshape([count, width]),
            Value::Pictures(x) => x.reshape([count, width]),
        }
    }

    /// As examples of three axes; those of fewer get axes of length 1 in front.
    pub(crate) fn pictures(self) -> Tensor<4> {
        match self {
            Value::Pictures(x) => x,
            Value::Tables(x) => {
                let [n, a, b] = x.dims();
                x.reshape([n, 1, a, b])
            }
            Value::Rows(x) => {
                let [n, a] = x.dims();
                x.reshape([n, 1, 1, a])
            }
        }
    }

    /// As examples of two axes; rows get an axis of length 1 in front.
    pub(crate) fn tables(self) -> Tensor<3> {
        let shape = self.shape();
        match self {
            Value::Tables(x) => x,
            other => {
                let last = shape.last().copied().unwrap_or(1);
                let middle = shape[1..].iter().product::<usize>() / last.max(1);
                other.rows().reshape([shape[0], middle, last])
            }
        }
    }
}
