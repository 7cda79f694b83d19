//! The steps of recurrent cells and their gradients, for some examples at a time.

use kihap_zoo::graph::Cell;

use super::{
    matrix::{Matrix, multiply},
    squash::{sigmoid, tanh},
};

/// Sizes of a recurrent layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) cell: Cell,
    pub(super) units: usize,
    pub(super) steps: usize,
    /// From the last step to the first.
    pub(super) backward: bool,
}

impl Sizes {
    pub(super) fn gates(&self) -> usize {
        self.cell.gates() * self.units
    }

    /// Numbers that are kept for each step of an example, for the gradients.
    pub(super) fn kept(&self) -> usize {
        self.units
            * match self.cell {
                Cell::Rnn => 0,
                Cell::Gru => 4,
                Cell::Lstm => 6,
            }
    }

    /// The steps in the order they are run, each with the one before.
    fn order(&self) -> impl DoubleEndedIterator<Item = (usize, Option<usize>)> + use<> {
        let (steps, backward) = (self.steps, self.backward);
        (0..steps).map(move |at| match backward {
            false => (at, at.checked_sub(1)),
            true => (steps - 1 - at, (at > 0).then(|| steps - at)),
        })
    }
}

/// Weights of the recurrence: `units × gates`, and the bias of a GRU's recurrent part (or none).
#[derive(Clone, Copy)]
pub(super) struct Recurrence<'a> {
    pub(super) weight: &'a [f32],
    pub(super) bias: &'a [f32],
}

/// Fills `states` (`examples × steps × units`) and `kept` from `projected` (`examples × steps × gates`).
pub(super) fn forward(s: &Sizes, projected: &[f32], recurrence: Recurrence<'_>, states: &mut [f32], kept: &mut [f32]) {
    let (units, gates, line) = (s.units, s.gates(), s.steps * s.units);
    let examples = states.len() / line;
    let weight = Matrix::new(recurrence.weight, units, gates, gates);
    let mut recurrent = vec![0.0; examples * gates];
    let mut zeros = vec![0.0; units];
    let mut memory = vec![0.0; units];
    for (at, before) in s.order() {
        match before {
            Some(before) => {
                let state = Matrix::new(&states[before * units..], examples, units, line);
                multiply(state, weight, 0.0, &mut recurrent, gates);
            }
            None => recurrent.fill(0.0),
        }
        for example in 0..examples {
            let place = example * s.steps + at;
            let x = &projected[place * gates..][..gates];
            let h = &mut recurrent[example * gates..][..gates];
            let (last, state) = match before {
                Some(before) if before < at => {
                    let (last, state) = states[example * line..].split_at_mut(at * units);
                    (&mut last[before * units..][..units], &mut state[..units])
                }
                Some(before) => {
                    let (state, last) = states[example * line + at * units..].split_at_mut(units);
                    (&mut last[(before - at - 1) * units..][..units], state)
                }
                None => (zeros.as_mut_slice(), &mut states[place * units..][..units]),
            };
            match s.cell {
                Cell::Rnn => {
                    state.iter_mut().zip(x).zip(h).for_each(|((state, x), h)| *state = x + *h);
                    tanh(state);
                }
                Cell::Gru => {
                    h.iter_mut().zip(recurrence.bias).for_each(|(h, bias)| *h += bias);
                    let (gates, others) = kept[place * 4 * units..][..4 * units].split_at_mut(2 * units);
                    gates.iter_mut().zip(x).zip(&*h).for_each(|((gate, x), h)| *gate = x + h);
                    sigmoid(gates);
                    let (update, reset) = gates.split_at(units);
                    let (candidate, part) = others.split_at_mut(units);
                    part.copy_from_slice(&h[2 * units..]);
                    for u in 0..units {
                        candidate[u] = x[2 * units + u] + reset[u] * part[u];
                    }
                    tanh(candidate);
                    for u in 0..units {
                        state[u] = candidate[u] + update[u] * (last[u] - candidate[u]);
                    }
                }
                Cell::Lstm => {
                    memory.fill(0.0);
                    if let Some(before) = before {
                        let at = (example * s.steps + before) * 6 + 4;
                        memory.copy_from_slice(&kept[at * units..][..units]);
                    }
                    let (gates, others) = kept[place * 6 * units..][..6 * units].split_at_mut(4 * units);
                    gates.iter_mut().zip(x).zip(&*h).for_each(|((gate, x), h)| *gate = x + *h);
                    sigmoid(&mut gates[..2 * units]);
                    tanh(&mut gates[2 * units..3 * units]);
                    sigmoid(&mut gates[3 * units..]);
                    let (now, shown) = others.split_at_mut(units);
                    for u in 0..units {
                        now[u] = gates[units + u] * memory[u] + gates[u] * gates[2 * units + u];
                    }
                    shown.copy_from_slice(now);
                    tanh(shown);
                    for u in 0..units {
                        state[u] = gates[3 * units + u] * shown[u];
                    }
                }
            }
        }
    }
}

/// Gradients of what the recurrence was given.
pub(super) struct Gradients {
    pub(super) weight: Vec<f32>,
    /// Of the recurrent part's bias, whether there is one or not.
    pub(super) bias: Vec<f32>,
}

/// Fills `for_projected` from the gradients of the states, through time (Werbos, 1990).
pub(super) fn backward(
    s: &Sizes,
    weight: &[f32],
    states: &[f32],
    kept: &[f32],
    gradient: &[f32],
    for_projected: &mut [f32],
) -> Gradients {
    let (units, gates, line) = (s.units, s.gates(), s.steps * s.units);
    let examples = states.len() / line;
    let turned = Matrix::new(weight, units, gates, gates).turned();
    // the recurrent part's gradients; those of a GRU's candidate differ from the projection's
    let mut all = vec![0.0; examples * s.steps * gates];
    let mut carried = vec![0.0; examples * units];
    let mut memories = vec![0.0; examples * units];
    for (at, before) in s.order().rev() {
        for example in 0..examples {
            let place = example * s.steps + at;
            let given = &gradient[place * units..][..units];
            let state = &states[place * units..][..units];
            let carried = &mut carried[example * units..][..units];
            let h = &mut all[place * gates..][..gates];
            let x = &mut for_projected[place * gates..][..gates];
            match s.cell {
                Cell::Rnn => {
                    for u in 0..units {
                        h[u] = (given[u] + carried[u]) * (1.0 - state[u] * state[u]);
                        carried[u] = 0.0;
                    }
                    x.copy_from_slice(h);
                }
                Cell::Gru => {
                    let kept = &kept[place * 4 * units..][..4 * units];
                    for u in 0..units {
                        let (update, reset) = (kept[u], kept[units + u]);
                        let (candidate, part) = (kept[2 * units + u], kept[3 * units + u]);
                        let last = before.map_or(0.0, |before| states[(example * s.steps + before) * units + u]);
                        let total = given[u] + carried[u];
                        let for_candidate = total * (1.0 - update) * (1.0 - candidate * candidate);
                        x[u] = total * (last - candidate) * update * (1.0 - update);
                        x[units + u] = for_candidate * part * reset * (1.0 - reset);
                        x[2 * units + u] = for_candidate;
                        (h[u], h[units + u], h[2 * units + u]) = (x[u], x[units + u], for_candidate * reset);
                        carried[u] = total * update;
                    }
                }
                Cell::Lstm => {
                    let memory = &mut memories[example * units..][..units];
                    let kept =
                        |index: usize, at: usize, u: usize| kept[((example * s.steps + at) * 6 + index) * units + u];
                    for u in 0..units {
                        let [input, forget, candidate, output, _, shown] =
                            std::array::from_fn(|index| kept(index, at, u));
                        let last = before.map_or(0.0, |before| kept(4, before, u));
                        let total = given[u] + carried[u];
                        let cell = memory[u] + total * output * (1.0 - shown * shown);
                        h[u] = cell * candidate * input * (1.0 - input);
                        h[units + u] = cell * last * forget * (1.0 - forget);
                        h[2 * units + u] = cell * input * (1.0 - candidate * candidate);
                        h[3 * units + u] = total * shown * output * (1.0 - output);
                        memory[u] = cell * forget;
                        carried[u] = 0.0;
                    }
                    x.copy_from_slice(h);
                }
            }
        }
        let all = Matrix::new(&all[at * gates..], examples, gates, s.steps * gates);
        multiply(all, turned, 1.0, &mut carried, units);
    }
    sums(s, states, &all)
}

/// Gradients of weight and bias from those of the recurrent parts.
fn sums(s: &Sizes, states: &[f32], all: &[f32]) -> Gradients {
    let (units, gates) = (s.units, s.gates());
    let mut sums = Gradients { weight: vec![0.0; units * gates], bias: vec![0.0; gates] };
    for row in all.chunks_exact(gates) {
        sums.bias.iter_mut().zip(row).for_each(|(sum, row)| *sum += row);
    }
    let (from_states, from_all) = if s.backward { (1, 0) } else { (0, 1) };
    if s.steps > 1 {
        for (states, all) in states.chunks_exact(s.steps * units).zip(all.chunks_exact(s.steps * gates)) {
            let states = Matrix::new(&states[from_states * units..], s.steps - 1, units, units).turned();
            let all = Matrix::new(&all[from_all * gates..], s.steps - 1, gates, gates);
            multiply(states, all, 1.0, &mut sums.weight, gates);
        }
    }
    sums
}
