//! Recurrent layers: ONNX packs their weights in its own way.

use std::collections::BTreeMap;

use kihap_convert::onnx::Attribute;

use super::layers::batch_and;
use super::write::Layer;
use crate::graph::Cell;

/// For each of ONNX's gates the place of ours: `RNN` has one, `GRU` z, r, h, and `LSTM` i, o, f, c.
fn order(cell: Cell) -> &'static [usize] {
    match cell {
        Cell::Rnn => &[0],
        Cell::Gru => &[0, 1, 2],
        Cell::Lstm => &[0, 3, 1, 2],
    }
}

pub(crate) fn directions(bidirectional: bool) -> &'static [&'static str] {
    if bidirectional { &["forward", "backward"] } else { &["forward"] }
}

pub(super) fn write(
    layer: &mut Layer<'_>,
    x: &str,
    cell: Cell,
    units: usize,
    bidirectional: bool,
    sequences: bool,
) -> Result<(), String> {
    let (steps, features) = (layer.input_shape[0], layer.input_shape[1]);
    let (mut input, mut recurrent, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    let ways = directions(bidirectional);
    for way in ways {
        input.extend(pack(layer.numbers(&format!("{way}.input"))?, features, cell, units));
        recurrent.extend(pack(layer.numbers(&format!("{way}.recurrent"))?, units, cell, units));
        bias.extend(pack(layer.numbers(&format!("{way}.bias"))?, 1, cell, units));
        match cell {
            Cell::Gru => bias.extend(pack(layer.numbers(&format!("{way}.recurrent_bias"))?, 1, cell, units)),
            _ => bias.extend(vec![0.0; cell.gates() * units]),
        }
    }
    let (ways, rows) = (ways.len(), cell.gates() * units);
    let input = layer.constant("W", &[ways, rows, features], input)?;
    let recurrent = layer.constant("R", &[ways, rows, units], recurrent)?;
    let bias = layer.constant("B", &[ways, 2 * rows], bias)?;

    let turned = layer.step("Transpose", &[x], &[("perm", [1, 0, 2].into())]);
    let direction = if bidirectional { "bidirectional" } else { "forward" };
    let mut attributes: Vec<(&str, Attribute)> =
        vec![("hidden_size", (units as i64).into()), ("direction", direction.into())];
    let op = match cell {
        Cell::Rnn => "RNN",
        Cell::Gru => {
            attributes.push(("linear_before_reset", 1.into()));
            "GRU"
        }
        Cell::Lstm => "LSTM",
    };
    let [states, last] = layer.step_with_two(op, &[&turned, &input, &recurrent, &bias], &attributes);
    // [steps, ways, N, units] and [ways, N, units]
    let (turned, shape) = if sequences {
        (layer.step("Transpose", &[&states], &[("perm", [2, 0, 1, 3].into())]), vec![steps, ways * units])
    } else {
        (layer.step("Transpose", &[&last], &[("perm", [1, 0, 2].into())]), vec![ways * units])
    };
    let shape = layer.integers("shape", batch_and(&shape));
    layer.finish("Reshape", &[&turned, &shape], &[]);
    Ok(())
}

/// `[inputs, gates·units]` in our order of gates → `[gates·units, inputs]` in ONNX's.
fn pack(ours: &[f32], inputs: usize, cell: Cell, units: usize) -> Vec<f32> {
    let width = cell.gates() * units;
    let column = |gate: &usize| (gate * units..(gate + 1) * units).collect::<Vec<_>>();
    let columns = order(cell).iter().flat_map(column);
    columns.flat_map(|column| (0..inputs).map(move |row| ours[row * width + column])).collect()
}

/// Back from [`pack`].
fn unpack(theirs: &[f32], inputs: usize, cell: Cell, units: usize) -> Vec<f32> {
    let width = cell.gates() * units;
    let mut ours = vec![0.0; inputs * width];
    for (place, gate) in order(cell).iter().enumerate() {
        for unit in 0..units {
            for row in 0..inputs {
                ours[row * width + gate * units + unit] = theirs[(place * units + unit) * inputs + row];
            }
        }
    }
    ours
}

/// The weights of a recurrent layer of `features` inputs by our names (without the layer's), from ONNX's three arrays;
/// `None` where these have other many numbers. A second bias, where our cell has none, is added to the first.
pub(crate) fn unpack_layer(
    [input, recurrent, bias]: [&[f32]; 3],
    features: usize,
    cell: Cell,
    units: usize,
    bidirectional: bool,
) -> Option<BTreeMap<String, Vec<f32>>> {
    let ways = directions(bidirectional);
    let rows = cell.gates() * units;
    let fits = input.len() == ways.len() * rows * features
        && recurrent.len() == ways.len() * rows * units
        && bias.len() == ways.len() * 2 * rows
        && rows * features > 0;
    if !fits {
        return None;
    }
    let mut all = BTreeMap::new();
    for (index, way) in ways.iter().enumerate() {
        let of = |array: &[f32], size: usize, inputs: usize| {
            unpack(&array[index * size..(index + 1) * size][..rows * inputs], inputs, cell, units)
        };
        all.insert(format!("{way}.input"), of(input, rows * features, features));
        all.insert(format!("{way}.recurrent"), of(recurrent, rows * units, units));
        let mut first = of(bias, 2 * rows, 1);
        let second = unpack(&bias[(2 * index + 1) * rows..][..rows], 1, cell, units);
        if cell == Cell::Gru {
            all.insert(format!("{way}.recurrent_bias"), second);
        } else {
            first.iter_mut().zip(second).for_each(|(a, b)| *a += b);
        }
        all.insert(format!("{way}.bias"), first);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_orders_gates_as_onnx_and_comes_back() {
        let (inputs, units) = (2, 2);
        let ours: Vec<f32> = (0..inputs * 4 * units).map(|v| v as f32).collect();
        let packed = pack(&ours, inputs, Cell::Lstm, units);
        // first row: unit 0 of the input gate for both inputs; third row: unit 0 of the output gate, ours the last
        assert_eq!(packed[..2], [0.0, 8.0]);
        assert_eq!(packed[4..6], [6.0, 14.0]);
        assert_eq!(unpack(&packed, inputs, Cell::Lstm, units), ours);
        let gru: Vec<f32> = (0..inputs * 3 * units).map(|v| v as f32).collect();
        assert_eq!(unpack(&pack(&gru, inputs, Cell::Gru, units), inputs, Cell::Gru, units), gru);
    }
}
