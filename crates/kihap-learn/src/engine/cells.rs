//! Recurrent layers, step by step.

use burn::tensor::{
    Tensor,
    activation::{sigmoid, tanh},
};
use kihap_zoo::graph::Cell;

use super::kernels;

/// Weights of one direction; see `Op::Recurrent` for their shapes.
pub(crate) struct Direction {
    pub(crate) input: Tensor<2>,
    pub(crate) recurrent: Tensor<2>,
    pub(crate) bias: Tensor<1>,
    pub(crate) recurrent_bias: Option<Tensor<1>>,
}

/// The states `[n, steps, units]` of a cell run over `[n, steps, features]`, in the order of the steps even where it runs
/// `backward`.
pub(crate) fn run(cell: Cell, units: usize, x: Tensor<3>, direction: &Direction, backward: bool) -> Tensor<3> {
    let [count, steps, features] = x.dims();
    let gates = cell.gates() * units;
    // one large product for all steps; only the recurrent one has to wait for the step before
    let projected = x.reshape([count * steps, features]).matmul(direction.input.clone())
        + direction.bias.clone().reshape([1, gates]);
    let projected = projected.reshape([count, steps, gates]);
    let fast = kernels::recurrent(cell, &projected, &direction.recurrent, direction.recurrent_bias.as_ref(), backward);
    if let Some(states) = fast {
        return states;
    }
    let device = projected.device();
    let mut state = Tensor::<2>::zeros([count, units], &device);
    let mut memory = Tensor::<2>::zeros([count, units], &device);
    let mut states = Vec::with_capacity(steps);
    for step in 0..steps {
        let at = if backward { steps - 1 - step } else { step };
        let x = projected.clone().narrow(1, at, 1).reshape([count, gates]);
        let h = state.clone().matmul(direction.recurrent.clone());
        let gate = |of: &Tensor<2>, index: usize| of.clone().narrow(1, index * units, units);
        match cell {
            Cell::Rnn => state = tanh(x + h),
            Cell::Gru => {
                let h = match &direction.recurrent_bias {
                    Some(bias) => h + bias.clone().reshape([1, gates]),
                    None => h,
                };
                let update = sigmoid(gate(&x, 0) + gate(&h, 0));
                let reset = sigmoid(gate(&x, 1) + gate(&h, 1));
                let candidate = tanh(gate(&x, 2) + reset * gate(&h, 2));
                state = candidate.clone() + update * (state - candidate);
            }
            Cell::Lstm => {
                let all = x + h;
                let (input, forget) = (sigmoid(gate(&all, 0)), sigmoid(gate(&all, 1)));
                let (candidate, output) = (tanh(gate(&all, 2)), sigmoid(gate(&all, 3)));
                memory = forget * memory + input * candidate;
                state = output * tanh(memory.clone());
            }
        }
        states.push(state.clone());
    }
    if backward {
        states.reverse();
    }
    Tensor::stack(states, 1)
}
