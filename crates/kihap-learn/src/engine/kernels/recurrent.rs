//! Recurrent layers as one operation, so that training them does not record dozens of small ones for each step.

use burn::{
    backend::{
        Autodiff, AutodiffBackend, Backend, Dispatch, Flex,
        autodiff::{
            NodeId,
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        flex::FlexTensor,
        tensor::FloatTensor,
    },
    tensor::Tensor,
};
use kihap_zoo::graph::Cell;
use rayon::prelude::*;

use super::{
    flex::{dims, floats, takes, tensor, tensor_like},
    recurrent_steps::{self as steps, Recurrence, Sizes},
};

/// Examples that a thread takes together; a constant, so that sums do not depend on the number of threads.
const EXAMPLES: usize = 16;

/// The states `[n, steps, units]` of a cell for inputs already multiplied with the input weights, `[n, steps, gates]`, with
/// the recurrent `weight` `[units, gates]` and a GRU's recurrent `bias` `[gates]`; `None` where the device is not the CPU.
pub(crate) fn recurrent(
    cell: Cell,
    projected: &Tensor<3>,
    weight: &Tensor<2>,
    bias: Option<&Tensor<1>>,
    backward: bool,
) -> Option<Tensor<3>> {
    if !(takes(projected) && takes(weight)) {
        return None;
    }
    let [_, steps, gates] = projected.dims();
    let bias = bias.cloned().unwrap_or_else(|| Tensor::zeros([gates], &projected.device()));
    let sizes = Sizes { cell, units: weight.dims()[0], steps, backward };
    let (projected, weight) = (projected.clone().into_dispatch(), weight.clone().into_dispatch());
    let (states, _) = <Dispatch as Recurrent>::recurrent(projected, weight, bias.into_dispatch(), sizes);
    Some(Tensor::from_dispatch(states))
}

#[backend_extension(Autodiff, Flex)]
trait Recurrent: Backend {
    /// The states, and what the gradients need besides.
    fn recurrent(
        projected: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        sizes: Sizes,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl Recurrent for Flex {
    fn recurrent(
        projected: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        sizes: Sizes,
    ) -> (FlexTensor, FlexTensor) {
        let (units, steps) = (sizes.units, sizes.steps);
        let [batch] = dims(&projected);
        let (numbers, weight, bias) = (floats(&projected), floats(&weight), floats(&bias));
        let recurrence = Recurrence { weight: &weight, bias: &bias };
        let mut states = vec![0.0; batch * steps * units];
        let each = steps * sizes.kept();
        // a plain cell keeps nothing, but chunks may not be empty
        let mut kept = vec![0.0; batch * each.max(1)];
        states
            .par_chunks_mut(EXAMPLES * steps * units)
            .zip(kept.par_chunks_mut(EXAMPLES * each.max(1)))
            .zip(numbers.par_chunks(EXAMPLES * steps * sizes.gates()))
            .for_each(|((states, kept), projected)| steps::forward(&sizes, projected, recurrence, states, kept));
        (tensor(states, [batch, steps, units]), tensor(kept, [batch, each.max(1)]))
    }
}

impl<C: CheckpointStrategy> Recurrent for Autodiff<Flex, C> {
    fn recurrent(
        projected: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        sizes: Sizes,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [projected.node(), weight.node(), bias.node()];
        match RecurrentBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let used = prep.checkpoint(&weight);
                let (projected, weight, bias) =
                    (projected.into_primitive(), weight.into_primitive(), bias.into_primitive());
                let (states, kept) = Flex::recurrent(projected, weight, bias, sizes);
                let state = (used, states.clone(), kept.clone(), sizes);
                (prep.finish(state, states), Self::from_inner(kept))
            }
            OpsKind::UnTracked(prep) => {
                let (projected, weight, bias) =
                    (projected.into_primitive(), weight.into_primitive(), bias.into_primitive());
                let (states, kept) = Flex::recurrent(projected, weight, bias, sizes);
                (prep.finish(states), Self::from_inner(kept))
            }
        }
    }
}

#[derive(Debug)]
struct RecurrentBackward;

impl Backward<Flex, 3> for RecurrentBackward {
    type State = (NodeId, FlexTensor, FlexTensor, Sizes);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let (weight, states, kept, sizes) = ops.state;
        let weight = checkpointer.retrieve_node_output::<FlexTensor>(weight);
        let [batch] = dims(&states);
        let (states, kept, gradient) = (floats(&states), floats(&kept), floats(&gradient));
        let numbers = floats(&weight);
        let (line, gates) = (EXAMPLES * sizes.steps, sizes.gates());
        let mut for_projected = vec![0.0; batch * sizes.steps * gates];
        let parts: Vec<steps::Gradients> = for_projected
            .par_chunks_mut(line * gates)
            .zip(states.par_chunks(line * sizes.units))
            .zip(kept.par_chunks(EXAMPLES * (sizes.steps * sizes.kept()).max(1)))
            .zip(gradient.par_chunks(line * sizes.units))
            .map(|(((out, states), kept), gradient)| steps::backward(&sizes, &numbers, states, kept, gradient, out))
            .collect();
        let sum = |of: fn(&steps::Gradients) -> &[f32], count: usize| {
            let mut sum = vec![0.0; count];
            for part in &parts {
                sum.iter_mut().zip(of(part)).for_each(|(sum, part)| *sum += part);
            }
            sum
        };
        let [for_inputs, for_weight, for_bias] = ops.parents;
        if let Some(node) = for_inputs {
            grads.register::<Flex>(node.id, tensor(for_projected, [batch, sizes.steps, gates]));
        }
        if let Some(node) = for_weight {
            grads.register::<Flex>(node.id, tensor_like(sum(|part| &part.weight, numbers.len()), &weight));
        }
        if let Some(node) = for_bias {
            grads.register::<Flex>(node.id, tensor(sum(|part| &part.bias, gates), [gates]));
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::engine::kernels::checks::{assert_near, numbers, slopes};

    const CELLS: [Cell; 3] = [Cell::Rnn, Cell::Gru, Cell::Lstm];
    const UNITS: usize = 3;
    const STEPS: usize = 5;
    /// More than a thread takes together.
    const BATCH: usize = EXAMPLES + 2;

    struct Given {
        projected: Vec<f32>,
        weight: Vec<f32>,
        bias: Vec<f32>,
    }

    fn given(cell: Cell) -> Given {
        let gates = cell.gates() * UNITS;
        let bias = if cell == Cell::Gru { numbers(gates, 3) } else { vec![0.0; gates] };
        Given { projected: numbers(BATCH * STEPS * gates, 1), weight: numbers(UNITS * gates, 2), bias }
    }

    fn states(cell: Cell, given: &Given, backward: bool, device: &Device) -> [Tensor<3>; 4] {
        let gates = cell.gates() * UNITS;
        let tensor = |of: &[f32]| Tensor::<1>::from_data(TensorData::new(of.to_vec(), [of.len()]), device);
        let lift = |tensor: Tensor<3>| if device.is_autodiff() { tensor.detach().require_grad() } else { tensor };
        let projected = lift(tensor(&given.projected).reshape([BATCH, STEPS, gates]));
        let weight = lift(tensor(&given.weight).reshape([1, UNITS, gates]));
        let bias = lift(tensor(&given.bias).reshape([1, 1, gates]));
        let (matrix, row) = (weight.clone().reshape([UNITS, gates]), bias.clone().reshape([gates]));
        let row = (cell == Cell::Gru).then_some(row);
        [recurrent(cell, &projected, &matrix, row.as_ref(), backward).unwrap(), projected, weight, bias]
    }

    /// The same in plain numbers, from the papers' formulas.
    fn reference(cell: Cell, given: &Given, backward: bool) -> Vec<f32> {
        let gates = cell.gates() * UNITS;
        let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
        let mut states = vec![0.0; BATCH * STEPS * UNITS];
        for example in 0..BATCH {
            let (mut state, mut memory) = ([0.0f32; UNITS], [0.0f32; UNITS]);
            for step in 0..STEPS {
                let step = if backward { STEPS - 1 - step } else { step };
                let x = &given.projected[(example * STEPS + step) * gates..][..gates];
                let h = |gate: usize| {
                    (0..UNITS).map(|u| state[u] * given.weight[u * gates + gate]).sum::<f32>() + given.bias[gate]
                };
                let h: Vec<f32> = (0..gates).map(h).collect();
                for u in 0..UNITS {
                    let both = |gate: usize| x[gate * UNITS + u] + h[gate * UNITS + u];
                    state[u] = match cell {
                        Cell::Rnn => both(0).tanh(),
                        Cell::Gru => {
                            let update = sigmoid(both(0));
                            let candidate = (x[2 * UNITS + u] + sigmoid(both(1)) * h[2 * UNITS + u]).tanh();
                            update * state[u] + (1.0 - update) * candidate
                        }
                        Cell::Lstm => {
                            memory[u] = sigmoid(both(1)) * memory[u] + sigmoid(both(0)) * both(2).tanh();
                            sigmoid(both(3)) * memory[u].tanh()
                        }
                    };
                }
                states[(example * STEPS + step) * UNITS..][..UNITS].copy_from_slice(&state);
            }
        }
        states
    }

    #[test]
    fn states_follow_the_formulas() {
        for cell in CELLS {
            for backward in [false, true] {
                let given = given(cell);
                let [found, ..] = states(cell, &given, backward, &Device::flex());
                let found: Vec<f32> = found.into_data().try_to_vec().unwrap();
                assert_near(&found, &reference(cell, &given, backward), 1e-5);
            }
        }
    }

    #[test]
    fn gradients_are_the_slopes_of_the_states() {
        for cell in CELLS {
            for backward in [false, true] {
                let given = given(cell);
                let [y, projected, weight, bias] = states(cell, &given, backward, &Device::flex().autodiff());
                let shape = y.dims();
                let factors = numbers(shape.iter().product(), 4);
                let given_gradient = Tensor::<3>::from_data(TensorData::new(factors.clone(), shape), &y.device());
                let grads = (y * given_gradient).sum().backward();
                let loss = |given: &Given| {
                    let states = reference(cell, given, backward);
                    states.iter().zip(&factors).map(|(y, r)| f64::from(*y) * f64::from(*r)).sum::<f64>()
                };
                let of = |tensor: &Tensor<3>| tensor.grad(&grads).unwrap().into_data().try_to_vec::<f32>().unwrap();
                let with = |projected: &[f32], weight: &[f32], bias: &[f32]| Given {
                    projected: projected.to_vec(),
                    weight: weight.to_vec(),
                    bias: bias.to_vec(),
                };
                let (p, w, b) = (&given.projected, &given.weight, &given.bias);
                assert_near(&of(&projected), &slopes(p, |p| loss(&with(p, w, b))), 2e-3);
                assert_near(&of(&weight), &slopes(w, |w| loss(&with(p, w, b))), 2e-3);
                if cell == Cell::Gru {
                    assert_near(&of(&bias), &slopes(b, |b| loss(&with(p, w, b))), 2e-3);
                }
            }
        }
    }
}
