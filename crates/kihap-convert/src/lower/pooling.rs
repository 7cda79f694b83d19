//! Pooling.

use super::convolution::Window;
use super::{Activation, Lowering, Padding, Value};
use crate::ConvertError;

/// What a pool takes from its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PoolKind {
    /// The largest value.
    Max,
    /// The mean of the pixels inside the picture.
    Average,
}

/// Options of a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pool {
    /// What is taken.
    pub(crate) kind: PoolKind,
    /// Height and width of the window.
    pub(crate) window: [usize; 2],
    /// Step down and to the right.
    pub(crate) strides: [usize; 2],
    /// What surrounds the picture; never counted.
    pub(crate) padding: Padding,
    /// What follows.
    pub(crate) activation: Activation,
}

impl Lowering {
    /// A pool over windows.
    pub(crate) fn pool(&mut self, operation: &str, x: &Value, pool: &Pool) -> Result<Value, ConvertError> {
        let x = self.channels_first(operation, x)?;
        let window = Window { kernel: pool.window, strides: pool.strides, dilations: [1, 1] };
        let (size, pads) = window.apply(operation, [x.shape[1], x.shape[2]], pool.padding)?;
        let op = match pool.kind {
            PoolKind::Max => "MaxPool",
            PoolKind::Average => "AveragePool",
        };
        let attributes =
            [("kernel_shape", pool.window.into()), ("strides", pool.strides.into()), ("pads", pads.into())];
        let name = self.graph.node(op, &[&x.name], "pool", &attributes);
        let shape = vec![x.shape[0], Some(size[0]), Some(size[1]), x.shape[3]];
        let y = Self::computed(name, shape, &x);
        self.activate(&y, pool.activation)
    }

    /// The mean over the whole picture: `[n, h, w, c]` → `[n, c]`.
    pub(crate) fn global_average(&mut self, operation: &str, x: &Value) -> Result<Value, ConvertError> {
        let x = self.channels_first(operation, x)?;
        let pooled = self.graph.node("GlobalAveragePool", &[&x.name], "pool", &[]);
        let name = self.graph.node("Flatten", &[&pooled], "pooled", &[("axis", 1.into())]);
        Ok(Self::computed_as_shape(name, vec![x.shape[0], x.shape[3]], x.element))
    }
}
