//! TensorFlow operators of graph models.

use super::graph::Walk;
use super::topology::Node;
use crate::ConvertError;
use crate::lower::{Activation, Convolution, Padding, Pool, PoolKind, ResizeMode, Value};
use crate::onnx::ElementType;

/// The values that a node makes.
pub(super) fn lower(walk: &mut Walk, node: &Node) -> Result<Vec<Value>, ConvertError> {
    let op = node.op.as_str();
    let value = match op {
        "Placeholder" | "PlaceholderWithDefault" => walk.placeholder(node)?,
        "Const" => Value::constant(walk.weights.get(&node.name)?),
        "Identity" | "StopGradient" | "Snapshot" => walk.input(node, 0)?,
        "Conv2D" | "_FusedConv2D" => convolution(walk, node, false)?,
        "DepthwiseConv2dNative" | "FusedDepthwiseConv2dNative" => convolution(walk, node, true)?,
        "BiasAdd" | "Add" | "AddV2" => binary(walk, node, "Add")?,
        "Sub" => binary(walk, node, "Sub")?,
        "Mul" => binary(walk, node, "Mul")?,
        "RealDiv" => binary(walk, node, "Div")?,
        "Maximum" => binary(walk, node, "Max")?,
        "Minimum" => binary(walk, node, "Min")?,
        "FloorDiv" => {
            let (a, b) = (walk.input(node, 0)?, walk.input(node, 1)?);
            walk.lowering.floor_divide(&a, &b)?
        }
        "SquaredDifference" => {
            let difference = binary(walk, node, "Sub")?;
            walk.lowering.binary("Mul", &difference, &difference)?
        }
        "Sqrt" => unary(walk, node, "Sqrt")?,
        "Exp" => unary(walk, node, "Exp")?,
        "Relu" => activation(walk, node, Activation::Relu)?,
        "Relu6" => activation(walk, node, Activation::RELU6)?,
        "Sigmoid" => activation(walk, node, Activation::Sigmoid)?,
        "Tanh" => activation(walk, node, Activation::Tanh)?,
        "Softmax" => activation(walk, node, Activation::Softmax)?,
        "MaxPool" => pool(walk, node, PoolKind::Max)?,
        "AvgPool" => pool(walk, node, PoolKind::Average)?,
        "Pad" => pad(walk, node)?,
        "ResizeBilinear" => resize(walk, node)?,
        "DepthToSpace" => {
            channels_last(node)?;
            let x = walk.input(node, 0)?;
            let block = node.int("block_size").and_then(|block| usize::try_from(block).ok()).unwrap_or(0);
            walk.lowering.depth_to_space(&node.name, &x, block)?
        }
        "Cast" => cast(walk, node)?,
        "Reshape" => {
            let shape = integers(walk, node, 1, "the shape")?;
            let x = walk.input(node, 0)?;
            walk.lowering.reshape(&node.name, &x, &shape)?
        }
        "ExpandDims" => {
            let axis = axis(walk, node, 1)?;
            let x = walk.input(node, 0)?;
            walk.lowering.expand(&node.name, &x, axis)?
        }
        "Squeeze" => {
            let x = walk.input(node, 0)?;
            walk.lowering.squeeze(&node.name, &x, &node.ints("squeeze_dims")?)?
        }
        "Pack" => {
            let values = inputs(walk, node, node.input.len())?;
            walk.lowering.pack(&node.name, &values, node.int("axis").unwrap_or(0))?
        }
        "Unpack" => {
            let x = walk.input(node, 0)?;
            return walk.lowering.unpack(&node.name, &x, node.int("axis").unwrap_or(0));
        }
        "ConcatV2" => {
            let last = node.input.len().saturating_sub(1);
            let axis = axis(walk, node, last)?;
            let values = inputs(walk, node, last)?;
            walk.lowering.concatenate(&node.name, &values, axis)?
        }
        "ArgMax" => {
            let axis = axis(walk, node, 1)?;
            let element = element(node, node.element("output_type").unwrap_or("DT_INT64"))?;
            let x = walk.input(node, 0)?;
            walk.lowering.arg_max(&node.name, &x, axis, element)?
        }
        "GatherNd" => {
            let (x, places) = (walk.input(node, 0)?, walk.input(node, 1)?);
            walk.lowering.gather_nd(&node.name, &x, &places)?
        }
        _ => {
            let what = format!("the operator {op} (node {:?})", node.name);
            return Err(ConvertError::Unsupported { format: "TensorFlow.js graph", what });
        }
    };
    Ok(vec![value])
}

fn inputs(walk: &Walk, node: &Node, count: usize) -> Result<Vec<Value>, ConvertError> {
    (0..count).map(|number| walk.input(node, number)).collect()
}

fn integers(walk: &Walk, node: &Node, number: usize, what: &str) -> Result<Vec<i64>, ConvertError> {
    walk.input(node, number)?.expect_integers(&node.name, what)
}

fn axis(walk: &Walk, node: &Node, number: usize) -> Result<i64, ConvertError> {
    match integers(walk, node, number, "the axis")?.as_slice() {
        &[axis] => Ok(axis),
        _ => Err(node.inconsistent("its axis is not one number")),
    }
}

fn unary(walk: &mut Walk, node: &Node, op: &str) -> Result<Value, ConvertError> {
    let x = walk.input(node, 0)?;
    walk.lowering.unary(op, &x)
}

fn binary(walk: &mut Walk, node: &Node, op: &str) -> Result<Value, ConvertError> {
    let (a, b) = (walk.input(node, 0)?, walk.input(node, 1)?);
    walk.lowering.binary(op, &a, &b)
}

fn activation(walk: &mut Walk, node: &Node, activation: Activation) -> Result<Value, ConvertError> {
    let x = walk.input(node, 0)?;
    walk.lowering.activate(&x, activation)
}

fn element(node: &Node, name: &str) -> Result<ElementType, ConvertError> {
    match name {
        "DT_FLOAT" => Ok(ElementType::F32),
        "DT_INT32" => Ok(ElementType::I32),
        "DT_INT64" => Ok(ElementType::I64),
        other => Err(node.inconsistent(format!("element type {other} is not converted"))),
    }
}

fn cast(walk: &mut Walk, node: &Node) -> Result<Value, ConvertError> {
    let to = element(node, node.element("DstT").unwrap_or("none"))?;
    let x = walk.input(node, 0)?;
    walk.lowering.cast(&x, to)
}

fn channels_last(node: &Node) -> Result<(), ConvertError> {
    match node.text("data_format").as_deref() {
        None | Some("" | "NHWC") => Ok(()),
        Some(other) => Err(node.inconsistent(format!("data format {other} is not converted"))),
    }
}

/// The two middle numbers of `[1, h, w, 1]`, or ones where the list is absent.
fn spatial(node: &Node, name: &str) -> Result<[usize; 2], ConvertError> {
    let fail = || node.inconsistent(format!("{name} is not [1, height, width, 1]"));
    match node.ints(name)?.as_slice() {
        [] => Ok([1, 1]),
        &[1, h, w, 1] => Ok([usize::try_from(h).map_err(|_| fail())?, usize::try_from(w).map_err(|_| fail())?]),
        _ => Err(fail()),
    }
}

fn padding(node: &Node) -> Result<Padding, ConvertError> {
    match node.text("padding").as_deref() {
        Some("SAME") => Ok(Padding::Same),
        Some("VALID") => Ok(Padding::Valid),
        Some("EXPLICIT") => {
            let pads = node.ints("explicit_paddings")?.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
            match pads.as_deref() {
                Ok(&[0, 0, top, bottom, left, right, 0, 0]) => Ok(Padding::Explicit([top, left, bottom, right])),
                _ => Err(node.inconsistent("explicit_paddings do not pad height and width")),
            }
        }
        other => Err(node.inconsistent(format!("padding {other:?} is not converted"))),
    }
}

/// Kernels are `[h, w, in, out]`, and `[h, w, in, multiplier]` depthwise, where result `c · multiplier + m` comes from
/// channel `c`.
fn convolution(walk: &mut Walk, node: &Node, depthwise: bool) -> Result<Value, ConvertError> {
    channels_last(node)?;
    let mut activation = Activation::None;
    let mut bias = None;
    for fused in node.texts("fused_ops")? {
        match fused.as_str() {
            "BiasAdd" => bias = Some(walk.input(node, 2)?.expect_constant(&node.name, "the bias")?.clone()),
            "Relu" => activation = Activation::Relu,
            "Relu6" => activation = Activation::RELU6,
            "Sigmoid" => activation = Activation::Sigmoid,
            other => return Err(node.inconsistent(format!("the fused operator {other} is not converted"))),
        }
    }
    let options = Convolution {
        strides: spatial(node, "strides")?,
        dilations: spatial(node, "dilations")?,
        padding: padding(node)?,
        activation,
    };
    let kernel = walk.input(node, 1)?;
    let kernel = kernel.expect_constant(&node.name, "the kernel")?;
    let &[h, w, channels, last] = kernel.shape() else {
        return Err(node.inconsistent(format!("a kernel of shape {:?}", kernel.shape())));
    };
    let weights = if depthwise {
        kernel.transposed(&[2, 3, 0, 1])?.reshaped(&[channels.saturating_mul(last), 1, h, w])?
    } else {
        kernel.transposed(&[3, 2, 0, 1])?
    };
    let x = walk.input(node, 0)?;
    walk.lowering.convolution(&node.name, &x, weights, bias, &options)
}

fn pool(walk: &mut Walk, node: &Node, kind: PoolKind) -> Result<Value, ConvertError> {
    channels_last(node)?;
    let window = spatial(node, "ksize")?;
    let strides = spatial(node, "strides")?;
    let pool = Pool { kind, window, strides, padding: padding(node)?, activation: Activation::None };
    let x = walk.input(node, 0)?;
    walk.lowering.pool(&node.name, &x, &pool)
}

fn pad(walk: &mut Walk, node: &Node) -> Result<Value, ConvertError> {
    let pads = integers(walk, node, 1, "the padding")?.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
    let pads = pads.map_err(|_| node.inconsistent("a negative padding"))?;
    let x = walk.input(node, 0)?;
    walk.lowering.pad(&node.name, &x, pads.as_chunks().0)
}

fn resize(walk: &mut Walk, node: &Node) -> Result<Value, ConvertError> {
    let mode = match (node.bool("align_corners"), node.bool("half_pixel_centers")) {
        (true, _) => ResizeMode::AlignCorners,
        (_, true) => ResizeMode::HalfPixel,
        _ => ResizeMode::Legacy,
    };
    let &[height, width] = integers(walk, node, 1, "the size")?.as_slice() else {
        return Err(node.inconsistent("its size is not a height and a width"));
    };
    let size = [height, width].map(|size| usize::try_from(size).unwrap_or(0));
    let x = walk.input(node, 0)?;
    walk.lowering.resize_bilinear(&node.name, &x, size, mode)
}
