//! Pictures of any size brought to what a network wants, inside the graph.

use kihap_vision::backbone::{Fit, Preprocessing};

use super::nodes::Nodes;
use crate::error::Result;

const FLOAT: i64 = 1;

/// `[N, height, width, 3]` bytes, red, green, blue → `[N, 3, side, side]`. Shrinking is anti-aliased by a triangle in whole
/// numbers, as Pillow and Kihap do it.
pub(super) fn prepared(nodes: &mut Nodes<'_>, picture: &str, wanted: &Preprocessing) -> Result<String> {
    let mut planes = nodes.op("Transpose", &[picture], &[("perm", [0, 3, 1, 2].into())]);
    if wanted.fit == Fit::CentreCrop {
        planes = centre_square(nodes, &planes);
    }
    let side = wanted.side as i64;
    let sizes = sizes(nodes, &planes, side);
    let resized = nodes.op(
        "Resize",
        &[&planes, "", "", &sizes],
        &[("mode", "linear".into()), ("antialias", 1.into()), ("coordinate_transformation_mode", "half_pixel".into())],
    );
    let numbers = nodes.op("Cast", &[&resized], &[("to", FLOAT.into())]);
    let mean = nodes.numbers("mean", &[3, 1, 1], wanted.mean.to_vec())?;
    let scale = nodes.numbers("scale", &[3, 1, 1], wanted.scale.to_vec())?;
    let about = nodes.op("Sub", &[&numbers, &mean], &[]);
    Ok(nodes.op("Div", &[&about, &scale], &[]))
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

fn centre_square(nodes: &mut Nodes<'_>, planes: &str) -> String {
    let [height, width] = sides(nodes, planes);
    let side = nodes.op("Min", &[&height, &width], &[]);
    let two = nodes.integers(&[2]);
    let mut start = |whole: &str| {
        let rest = nodes.op("Sub", &[whole, &side], &[]);
        nodes.op("Div", &[&rest, &two], &[])
    };
    let (top, left) = (start(&height), start(&width));
    let from = nodes.op("Concat", &[&top, &left], &[("axis", 0.into())]);
    let to = nodes.op("Add", &[&from, &side], &[]);
    let axes = nodes.integers(&[2, 3]);
    nodes.op("Slice", &[planes, &from, &to, &axes], &[])
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
