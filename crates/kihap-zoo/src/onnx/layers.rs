//! Each kind of layer in ONNX's operators.

use kihap_convert::onnx::Attribute;

use super::attention;
use super::recurrent;
use super::write::Layer;
use crate::graph::{Activation, Op, Padding, PoolKind, ReduceKind};

/// Writes `op`, whose output has `shape`.
pub(super) fn write(layer: &mut Layer<'_>, op: &Op, shape: &[usize]) -> Result<(), String> {
    let x = layer.inputs[0].to_owned();
    let x = x.as_str();
    let inputs = layer.inputs;
    match op {
        Op::Conv2d { kernel, stride, padding, dilation, groups, bias, .. } => {
            let pads = pads(layer.input_shape, *padding, *kernel, *stride, *dilation);
            let mut operands = vec![x.to_owned(), layer.weight("weight")?];
            if *bias {
                operands.push(layer.weight("bias")?);
            }
            let attributes = [
                ("kernel_shape", (*kernel).into()),
                ("strides", (*stride).into()),
                ("pads", pads),
                ("dilations", (*dilation).into()),
                ("group", (*groups as i64).into()),
            ];
            layer.finish("Conv", &names(&operands), &attributes);
        }
        Op::ConvTranspose2d { kernel, stride, padding: [rows, columns], bias, .. } => {
            let mut operands = vec![x.to_owned(), layer.weight("weight")?];
            if *bias {
                operands.push(layer.weight("bias")?);
            }
            let attributes = [
                ("kernel_shape", (*kernel).into()),
                ("strides", (*stride).into()),
                ("pads", [*rows, *columns, *rows, *columns].into()),
            ];
            layer.finish("ConvTranspose", &names(&operands), &attributes);
        }
        Op::Dense { bias, .. } => {
            let weight = layer.weight("weight")?;
            match *bias {
                true if layer.input_shape.len() == 1 => {
                    let bias = layer.weight("bias")?;
                    layer.finish("Gemm", &[x, &weight, &bias], &[]);
                }
                true => {
                    let bias = layer.weight("bias")?;
                    let product = layer.step("MatMul", &[x, &weight], &[]);
                    layer.finish("Add", &[&product, &bias], &[]);
                }
                false => layer.finish("MatMul", &[x, &weight], &[]),
            }
        }
        Op::BatchNorm { epsilon, .. } => {
            let mut operands = vec![x.to_owned()];
            for weight in ["scale", "offset", "mean", "variance"] {
                operands.push(layer.weight(weight)?);
            }
            layer.finish("BatchNormalization", &names(&operands), &[("epsilon", (*epsilon).into())]);
        }
        Op::LayerNorm { epsilon } => {
            let (scale, offset) = (layer.weight("scale")?, layer.weight("offset")?);
            let attributes = [("axis", (-1).into()), ("epsilon", (*epsilon).into())];
            layer.finish("LayerNormalization", &[x, &scale, &offset], &attributes);
        }
        Op::LocalResponseNorm { size, .. } if size.is_multiple_of(2) => {
            return Err(format!("ONNX Runtime normalises over an odd number of channels only, not {size}"));
        }
        Op::LocalResponseNorm { size, alpha, beta, k } => {
            let attributes = [
                ("size", (*size as i64).into()),
                ("alpha", (*alpha).into()),
                ("beta", (*beta).into()),
                ("bias", (*k).into()),
            ];
            layer.finish("LRN", &[x], &attributes);
        }
        Op::Activation { function } => activation(layer, x, *function)?,
        Op::Pool { kind, kernel, stride, padding } => {
            let pads = pads(layer.input_shape, *padding, *kernel, *stride, [1, 1]);
            let mut attributes =
                vec![("kernel_shape", (*kernel).into()), ("strides", (*stride).into()), ("pads", pads)];
            match kind {
                PoolKind::Max => layer.finish("MaxPool", &[x], &attributes),
                PoolKind::Average => {
                    attributes.push(("count_include_pad", 0.into()));
                    layer.finish("AveragePool", &[x], &attributes);
                }
            }
        }
        Op::Reduce { kind, axes } => reduce(layer, x, *kind, axes),
        Op::Add => layer.finish("Add", inputs, &[]),
        Op::Subtract => layer.finish("Sub", inputs, &[]),
        Op::Multiply => layer.finish("Mul", inputs, &[]),
        Op::Concat { axis } => layer.finish("Concat", inputs, &[("axis", (*axis as i64 + 1).into())]),
        Op::Dropout { .. } => layer.finish("Identity", &[x], &[]),
        Op::Flatten => layer.finish("Flatten", &[x], &[("axis", 1.into())]),
        Op::Reshape { .. } => reshape(layer, x, shape),
        Op::Permute { axes } => {
            let order: Vec<usize> = std::iter::once(0).chain(axes.iter().map(|axis| axis + 1)).collect();
            layer.finish("Transpose", &[x], &[("perm", order.as_slice().into())]);
        }
        Op::ZeroPad { padding: [top, bottom, left, right] } => {
            let pads = [0, 0, *top, *left, 0, 0, *bottom, *right].map(|side| side as i64);
            let pads = layer.integers("pads", pads.to_vec());
            layer.finish("Pad", &[x, &pads], &[]);
        }
        Op::Crop { cropping: [top, bottom, left, right] } => {
            let (height, width) = (layer.input_shape[1], layer.input_shape[2]);
            let starts = layer.integers("starts", vec![*top as i64, *left as i64]);
            let ends = layer.integers("ends", vec![(height - bottom) as i64, (width - right) as i64]);
            let axes = layer.integers("axes", vec![2, 3]);
            layer.finish("Slice", &[x, &starts, &ends, &axes], &[]);
        }
        Op::Gather { axis, indices } => {
            let indices = layer.integers("indices", indices.iter().map(|index| *index as i64).collect());
            layer.finish("Gather", &[x, &indices], &[("axis", (*axis as i64 + 1).into())]);
        }
        Op::Scale { scale, offset } => {
            let scale = layer.constant("factor", &[scale.len()], scale.clone())?;
            let offset = layer.constant("summand", &[offset.len()], offset.clone())?;
            let product = layer.step("Mul", &[x, &scale], &[]);
            layer.finish("Add", &[&product, &offset], &[]);
        }
        Op::PositionEmbedding => {
            let position = layer.weight("position")?;
            layer.finish("Add", &[x, &position], &[]);
        }
        Op::Recurrent { cell, units, bidirectional, sequences } => {
            recurrent::write(layer, x, *cell, *units, *bidirectional, *sequences)?;
        }
        Op::Attention { heads } => attention::write(layer, x, *heads)?,
        Op::Mix { matrix, learned } => {
            let side = layer.input_shape[layer.input_shape.len() - 1];
            let mut matrix = layer.constant("matrix", &[side, side], matrix.clone())?;
            if *learned {
                let learned = layer.weight("learned")?;
                matrix = layer.step("Add", &[&matrix, &learned], &[]);
            }
            layer.finish("MatMul", &[x, &matrix], &[]);
        }
    }
    Ok(())
}

fn names(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

/// ONNX's order: top, left, bottom, right.
fn pads(input: &[usize], padding: Padding, kernel: [usize; 2], stride: [usize; 2], dilation: [usize; 2]) -> Attribute {
    let [top, bottom, left, right] = padding.around([input[1], input[2]], kernel, stride, dilation);
    [top, left, bottom, right].into()
}

fn activation(layer: &mut Layer<'_>, x: &str, function: Activation) -> Result<(), String> {
    match function {
        Activation::Relu => layer.finish("Relu", &[x], &[]),
        Activation::Relu6 => {
            let (low, high) = (layer.constant("low", &[], vec![0.0])?, layer.constant("high", &[], vec![6.0])?);
            layer.finish("Clip", &[x, &low, &high], &[]);
        }
        Activation::LeakyRelu(slope) => layer.finish("LeakyRelu", &[x], &[("alpha", slope.into())]),
        Activation::HardSwish => layer.finish("HardSwish", &[x], &[]),
        Activation::HardSigmoid => {
            layer.finish("HardSigmoid", &[x], &[("alpha", (1.0f32 / 6.0).into()), ("beta", 0.5f32.into())]);
        }
        Activation::Swish => {
            let gate = layer.step("Sigmoid", &[x], &[]);
            layer.finish("Mul", &[x, &gate], &[]);
        }
        Activation::Gelu => {
            let root = layer.constant("root", &[], vec![std::f32::consts::SQRT_2])?;
            let (one, half) = (layer.constant("one", &[], vec![1.0])?, layer.constant("half", &[], vec![0.5])?);
            let scaled = layer.step("Div", &[x, &root], &[]);
            let erf = layer.step("Erf", &[&scaled], &[]);
            let twice = layer.step("Add", &[&erf, &one], &[]);
            let product = layer.step("Mul", &[x, &twice], &[]);
            layer.finish("Mul", &[&product, &half], &[]);
        }
        Activation::Sigmoid => layer.finish("Sigmoid", &[x], &[]),
        Activation::Tanh => layer.finish("Tanh", &[x], &[]),
        Activation::Softmax => layer.finish("Softmax", &[x], &[("axis", (-1).into())]),
    }
    Ok(())
}

/// Since version 13 of the operators, `ReduceSum` takes its axes as an input; the others do only since version 18.
fn reduce(layer: &mut Layer<'_>, x: &str, kind: ReduceKind, axes: &[usize]) {
    let axes: Vec<usize> = axes.iter().map(|axis| axis + 1).collect();
    let attributes = [("keepdims", 0.into()), ("axes", axes.as_slice().into())];
    match kind {
        ReduceKind::Mean => layer.finish("ReduceMean", &[x], &attributes),
        ReduceKind::Max => layer.finish("ReduceMax", &[x], &attributes),
        ReduceKind::Sum => {
            let axes = layer.integers("axes", axes.iter().map(|axis| *axis as i64).collect());
            layer.finish("ReduceSum", &[x, &axes], &attributes[..1]);
        }
    }
}

fn reshape(layer: &mut Layer<'_>, x: &str, shape: &[usize]) {
    let shape = batch_and(shape);
    let shape = layer.integers("shape", shape);
    layer.finish("Reshape", &[x, &shape], &[]);
}

/// A shape for `Reshape` whose first axis, the batch, stays as it is.
pub(super) fn batch_and(shape: &[usize]) -> Vec<i64> {
    std::iter::once(0).chain(shape.iter().map(|side| *side as i64)).collect()
}
