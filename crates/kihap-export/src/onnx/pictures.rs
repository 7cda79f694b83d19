//! Pictures of any size brought to what a network wants, inside the graph.

use kihap_vision::backbone::{Fit, Preprocessing};

use super::nodes::Nodes;
use crate::error::Result;

const FLOAT: i64 = 1;
const DOUBLE: i64 = 11;

/// `[N, height, width, 3]` bytes, red, green, blue → `[N, 3, side, side]`, resized as Kihap does it: by a triangle as wide as a pixel of
/// the result (at least one of the source), first the rows, then the columns, rounded to whole numbers after each. (`Resize` with
/// anti-aliasing goes over the columns first, and cannot cut at half pixels: probabilities then differ by up to 0.01.)
pub(super) fn prepared(nodes: &mut Nodes<'_>, picture: &str, wanted: &Preprocessing) -> Result<String> {
    let planes = nodes.op("Transpose", &[picture], &[("perm", [0, 3, 1, 2].into())]);
    // sums of 16-bit weights times bytes need up to 27 bits; with fewer a half is rounded to the other side now and then
    let planes = nodes.op("Cast", &[&planes], &[("to", DOUBLE.into())]);
    let [height, width] = sides(nodes, &planes).map(|side| nodes.op("Cast", &[&side], &[("to", DOUBLE.into())]));
    let taken = (wanted.fit == Fit::CentreCrop).then(|| nodes.op("Min", &[&height, &width], &[]));
    let down = weights(nodes, &height, taken.as_deref().unwrap_or(&height), wanted.side)?;
    let along = weights(nodes, &width, taken.as_deref().unwrap_or(&width), wanted.side)?;
    let along = nodes.op("Transpose", &[&along], &[("perm", [1, 0].into())]);
    let rows = nodes.op("MatMul", &[&down, &planes], &[]);
    let rows = rounded(nodes, &rows);
    let square = nodes.op("MatMul", &[&rows, &along], &[]);
    let square = rounded(nodes, &square);
    let square = nodes.op("Cast", &[&square], &[("to", FLOAT.into())]);
    let mean = nodes.numbers("mean", &[3, 1, 1], wanted.mean.to_vec())?;
    let scale = nodes.numbers("scale", &[3, 1, 1], wanted.scale.to_vec())?;
    let about = nodes.op("Sub", &[&square, &mean], &[]);
    Ok(nodes.op("Div", &[&about, &scale], &[]))
}

/// To whole numbers (doubles), halves up.
fn rounded(nodes: &mut Nodes<'_>, x: &str) -> String {
    let half = nodes.scalar(0.5);
    let half = nodes.op("Cast", &[&half], &[("to", DOUBLE.into())]);
    let moved = nodes.op("Add", &[x, &half], &[]);
    nodes.op("Floor", &[&moved], &[])
}

/// `[side, whole]`: how much each pixel of a row of `whole` (a number, double) counts for each of `side` pixels that stand for the
/// middle `taken` of it; each row adds up to 1.
fn weights(nodes: &mut Nodes<'_>, whole: &str, taken: &str, side: usize) -> Result<String> {
    let double = |nodes: &mut Nodes<'_>, x: &str| nodes.op("Cast", &[x], &[("to", DOUBLE.into())]);
    let centres = nodes.numbers("centres", &[side, 1], (0..side).map(|i| i as f32 + 0.5).collect())?;
    let centres = double(nodes, &centres);
    let [count, half, zero, one] = [side as f32, 0.5, 0.0, 1.0].map(|v| {
        let constant = nodes.scalar(v);
        double(nodes, &constant)
    });
    let step = nodes.op("Div", &[taken, &count], &[]);
    let rest = nodes.op("Sub", &[whole, taken], &[]);
    let start = nodes.op("Mul", &[&rest, &half], &[]);
    let start = nodes.op("Sub", &[&start, &half], &[]);
    let centres = nodes.op("Mul", &[&centres, &step], &[]);
    let centres = nodes.op("Add", &[&centres, &start], &[]);
    let last = nodes.op("Squeeze", &[whole], &[]);
    let pixels = nodes.op("Range", &[&zero, &last, &one], &[]);
    let away = nodes.op("Sub", &[&pixels, &centres], &[]);
    let away = nodes.op("Abs", &[&away], &[]);
    let reach = nodes.op("Max", &[&step, &one], &[]);
    let away = nodes.op("Div", &[&away, &reach], &[]);
    let weights = nodes.op("Sub", &[&one, &away], &[]);
    let weights = nodes.op("Max", &[&weights, &zero], &[]);
    let sum = nodes.sum(&weights, 1);
    let weights = nodes.op("Div", &[&weights, &sum], &[]);
    Ok(in_whole_numbers(nodes, &weights))
}

/// Weights as Kihap's resizer has them: whole 16-bit numbers over the largest power of two at which the largest weight still fits.
fn in_whole_numbers(nodes: &mut Nodes<'_>, weights: &str) -> String {
    let [room, two, log_two, half] = [32_767.5, 2.0, std::f32::consts::LN_2, 0.5].map(|v| {
        let constant = nodes.scalar(v);
        nodes.op("Cast", &[&constant], &[("to", DOUBLE.into())])
    });
    let axes = nodes.integers(&[0, 1]);
    let largest = nodes.op("ReduceMax", &[weights, &axes], &[("keepdims", 1.into())]);
    let times = nodes.op("Div", &[&room, &largest], &[]);
    let power = nodes.op("Log", &[&times], &[]);
    let power = nodes.op("Div", &[&power, &log_two], &[]);
    let power = nodes.op("Floor", &[&power], &[]);
    let unit = nodes.op("Pow", &[&two, &power], &[]);
    let whole = nodes.op("Mul", &[weights, &unit], &[]);
    let whole = nodes.op("Add", &[&whole, &half], &[]);
    let whole = nodes.op("Floor", &[&whole], &[]);
    nodes.op("Div", &[&whole, &unit], &[])
}

/// `[N, 3, side, side]` as a size for pictures as many as in `planes`.
fn sizes(nodes: &mut Nodes<'_>, planes: &str, side: i64) -> String {
    let shape = nodes.op("Shape", &[planes], &[]);
    let count = nodes.slice(&shape, 0, 0, 1);
    let rest = nodes.integers(&[3, side, side]);
    nodes.op("Concat", &[&count, &rest], &[("axis", 0.into())])
}

/// Height and width of `[N, 3, height, width]`, each `[1]`.
fn sides(nodes: &mut Nodes<'_>, planes: &str) -> [String; 2] {
    let shape = nodes.op("Shape", &[planes], &[]);
    [nodes.slice(&shape, 0, 2, 3), nodes.slice(&shape, 0, 3, 4)]
}

/// `[N, height, width, 3]` bytes → PoseNet's input `[N, 3, side, side]`: padded by black to a square, resized as TensorFlow.js
/// does, −1 to 1.
pub(super) fn for_posenet(nodes: &mut Nodes<'_>, picture: &str, side: usize) -> String {
    let planes = nodes.op("Transpose", &[picture], &[("perm", [0, 3, 1, 2].into())]);
    let numbers = nodes.op("Cast", &[&planes], &[("to", FLOAT.into())]);
    let [height, width] = sides(nodes, &numbers);
    let (zero, one, two) = (nodes.integers(&[0]), nodes.integers(&[1]), nodes.integers(&[2]));
    let mut pad = |long: &str, short: &str| {
        let rest = nodes.op("Sub", &[long, short], &[]);
        let rest = nodes.op("Max", &[&rest, &zero], &[]);
        let rest = nodes.op("Add", &[&rest, &one], &[]);
        nodes.op("Div", &[&rest, &two], &[])
    };
    let (top, left) = (pad(&width, &height), pad(&height, &width));
    let pads = [&zero, &zero, &top, &left, &zero, &zero, &top, &left].map(String::as_str);
    let pads = nodes.op("Concat", &pads, &[("axis", 0.into())]);
    let padded = nodes.op("Pad", &[&numbers, &pads], &[]);
    let sizes = sizes(nodes, &padded, side as i64);
    let resized = nodes.op(
        "Resize",
        &[&padded, "", "", &sizes],
        &[("mode", "linear".into()), ("coordinate_transformation_mode", "asymmetric".into())],
    );
    let (half, unit) = (nodes.scalar(127.5), nodes.scalar(1.0));
    let scaled = nodes.op("Div", &[&resized, &half], &[]);
    nodes.op("Sub", &[&scaled, &unit], &[])
}
