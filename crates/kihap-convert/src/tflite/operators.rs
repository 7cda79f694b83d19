//! TFLite operators. Numbers of operators, options and their fields: `schema.fbs` of TensorFlow Lite, version 3.

use super::flatbuffer::Table;
use super::graph::{Operator, Walk};
use crate::ConvertError;
use crate::lower::{Activation, Convolution, Padding, Pool, PoolKind, ResizeMode, Value};

const ADD: i32 = 0;
const AVERAGE_POOL_2D: i32 = 1;
const CONCATENATION: i32 = 2;
const CONV_2D: i32 = 3;
const DEPTHWISE_CONV_2D: i32 = 4;
const DEPTH_TO_SPACE: i32 = 5;
const DEQUANTIZE: i32 = 6;
const LOGISTIC: i32 = 14;
const MAX_POOL_2D: i32 = 17;
const MUL: i32 = 18;
const RELU: i32 = 19;
const RELU6: i32 = 21;
const RESHAPE: i32 = 22;
const RESIZE_BILINEAR: i32 = 23;
const PAD: i32 = 34;
const DENSIFY: i32 = 124;
/// Most tensors that one `CONCATENATION` is believed to join.
const MAX_JOINED: usize = 256;

/// The value that an operator makes.
pub(super) fn lower(walk: &mut Walk, operator: &Operator) -> Result<Value, ConvertError> {
    let options = operator.options.as_ref();
    match operator.code {
        CONV_2D => convolution(walk, operator, "CONV_2D"),
        DEPTHWISE_CONV_2D => convolution(walk, operator, "DEPTHWISE_CONV_2D"),
        ADD => binary(walk, operator, "Add"),
        MUL => binary(walk, operator, "Mul"),
        MAX_POOL_2D => pool(walk, operator, PoolKind::Max),
        AVERAGE_POOL_2D => pool(walk, operator, PoolKind::Average),
        LOGISTIC => activation(walk, operator, Activation::Sigmoid),
        RELU => activation(walk, operator, Activation::Relu),
        RELU6 => activation(walk, operator, Activation::RELU6),
        DEQUANTIZE => dequantize(walk, operator),
        // Constants are filled out when they are read.
        DENSIFY => {
            let value = input(walk, operator, 0)?;
            value.expect_constant("DENSIFY", "its operand")?;
            Ok(value)
        }
        PAD => pad(walk, operator),
        RESHAPE => {
            let x = input(walk, operator, 0)?;
            let shape = match operator.inputs.get(1) {
                Some(0..) => input(walk, operator, 1)?.expect_integers("RESHAPE", "the shape")?,
                _ => table(options, "RESHAPE")?.i32s(0)?.iter().map(i64::from).collect(),
            };
            walk.lowering.reshape("RESHAPE", &x, &shape)
        }
        CONCATENATION => {
            let options = table(options, "CONCATENATION")?;
            if operator.inputs.len() > MAX_JOINED {
                let what = format!("a CONCATENATION of {} tensors", operator.inputs.len());
                return Err(ConvertError::Unsupported { format: "TFLite", what });
            }
            let values = operator.inputs.iter().map(|index| walk.value(index)).collect::<Result<Vec<_>, _>>()?;
            let joined = walk.lowering.concatenate("CONCATENATION", &values, options.i32(0, 0)?.into())?;
            walk.lowering.activate(&joined, fused(options.i8(1, 0)?)?)
        }
        RESIZE_BILINEAR => resize(walk, operator),
        DEPTH_TO_SPACE => {
            let x = input(walk, operator, 0)?;
            let block = size(table(options, "DEPTH_TO_SPACE")?.i32(0, 0)?, "DEPTH_TO_SPACE")?;
            walk.lowering.depth_to_space("DEPTH_TO_SPACE", &x, block)
        }
        code => Err(ConvertError::Unsupported { format: "TFLite", what: format!("builtin operator {code}") }),
    }
}

fn input(walk: &mut Walk, operator: &Operator, number: usize) -> Result<Value, ConvertError> {
    let index = operator.inputs.get(number).unwrap_or(-1);
    walk.value(index)
}

fn table<'o, 'a>(options: Option<&'o Table<'a>>, operation: &str) -> Result<&'o Table<'a>, ConvertError> {
    options.ok_or_else(|| ConvertError::inconsistent(operation, "it has no options"))
}

fn size(value: i32, operation: &str) -> Result<usize, ConvertError> {
    usize::try_from(value).map_err(|_| ConvertError::inconsistent(operation, format!("a size of {value}")))
}

fn sizes(operation: &str, values: [i32; 2]) -> Result<[usize; 2], ConvertError> {
    Ok([size(values[0], operation)?, size(values[1], operation)?])
}

fn fused(code: i8) -> Result<Activation, ConvertError> {
    match code {
        0 => Ok(Activation::None),
        1 => Ok(Activation::Relu),
        2 => Ok(Activation::Clip(-1.0, 1.0)),
        3 => Ok(Activation::RELU6),
        4 => Ok(Activation::Tanh),
        code => Err(ConvertError::Unsupported { format: "TFLite", what: format!("activation {code}") }),
    }
}

fn padding(code: i8) -> Result<Padding, ConvertError> {
    match code {
        0 => Ok(Padding::Same),
        1 => Ok(Padding::Valid),
        code => Err(ConvertError::Damaged { format: "TFLite", detail: format!("padding {code} does not exist") }),
    }
}

/// `CONV_2D` has weights `[out, h, w, in]`, `DEPTHWISE_CONV_2D` `[1, h, w, out]`.
fn convolution(walk: &mut Walk, operator: &Operator, name: &str) -> Result<Value, ConvertError> {
    let depthwise = operator.code == DEPTHWISE_CONV_2D;
    let options = table(operator.options.as_ref(), name)?;
    let after = if depthwise { 4 } else { 3 };
    let spec = Convolution {
        strides: sizes(name, [options.i32(2, 0)?, options.i32(1, 0)?])?,
        dilations: sizes(name, [options.i32(after + 2, 1)?, options.i32(after + 1, 1)?])?,
        padding: padding(options.i8(0, 0)?)?,
        activation: fused(options.i8(after, 0)?)?,
    };
    let x = input(walk, operator, 0)?;
    let order = if depthwise { [3, 0, 1, 2] } else { [0, 3, 1, 2] };
    let weights = input(walk, operator, 1)?;
    let weights = weights.expect_constant(name, "the kernel")?.transposed(&order)?;
    let bias = match operator.inputs.get(2) {
        None | Some(-1) => None,
        Some(_) => Some(input(walk, operator, 2)?.expect_constant(name, "the bias")?.clone()),
    };
    walk.lowering.convolution(name, &x, weights, bias, &spec)
}

fn binary(walk: &mut Walk, operator: &Operator, op: &str) -> Result<Value, ConvertError> {
    let (a, b) = (input(walk, operator, 0)?, input(walk, operator, 1)?);
    let activation = operator.options.as_ref().map_or(Ok(0), |options| options.i8(0, 0))?;
    let y = walk.lowering.binary(op, &a, &b)?;
    walk.lowering.activate(&y, fused(activation)?)
}

fn activation(walk: &mut Walk, operator: &Operator, activation: Activation) -> Result<Value, ConvertError> {
    let x = input(walk, operator, 0)?;
    walk.lowering.activate(&x, activation)
}

fn dequantize(walk: &mut Walk, operator: &Operator) -> Result<Value, ConvertError> {
    let value = input(walk, operator, 0)?;
    let constant = value.expect_constant("DEQUANTIZE", "its operand")?;
    if constant.as_f32().is_none() {
        return Err(ConvertError::Unsupported { format: "TFLite", what: "integer quantisation".into() });
    }
    Ok(value)
}

fn pool(walk: &mut Walk, operator: &Operator, kind: PoolKind) -> Result<Value, ConvertError> {
    let name = if kind == PoolKind::Max { "MAX_POOL_2D" } else { "AVERAGE_POOL_2D" };
    let options = table(operator.options.as_ref(), name)?;
    let pool = Pool {
        kind,
        window: sizes(name, [options.i32(4, 0)?, options.i32(3, 0)?])?,
        strides: sizes(name, [options.i32(2, 0)?, options.i32(1, 0)?])?,
        padding: padding(options.i8(0, 0)?)?,
        activation: fused(options.i8(5, 0)?)?,
    };
    let x = input(walk, operator, 0)?;
    walk.lowering.pool(name, &x, &pool)
}

fn pad(walk: &mut Walk, operator: &Operator) -> Result<Value, ConvertError> {
    let x = input(walk, operator, 0)?;
    let pads = input(walk, operator, 1)?.expect_integers("PAD", "the padding")?;
    let pads = pads.into_iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
    let pads = pads.map_err(|_| ConvertError::inconsistent("PAD", "a negative padding"))?;
    walk.lowering.pad("PAD", &x, pads.as_chunks().0)
}

fn resize(walk: &mut Walk, operator: &Operator) -> Result<Value, ConvertError> {
    let name = "RESIZE_BILINEAR";
    let options = table(operator.options.as_ref(), name)?;
    let mode = match (options.bool(2)?, options.bool(3)?) {
        (true, _) => ResizeMode::AlignCorners,
        (_, true) => ResizeMode::HalfPixel,
        _ => ResizeMode::Legacy,
    };
    let x = input(walk, operator, 0)?;
    let target = input(walk, operator, 1)?.expect_integers(name, "the size")?;
    let &[height, width] = target.as_slice() else {
        return Err(ConvertError::inconsistent(name, "the size is not a height and a width"));
    };
    let size = [height, width].map(|size| usize::try_from(size).unwrap_or(0));
    walk.lowering.resize_bilinear(name, &x, size, mode)
}
