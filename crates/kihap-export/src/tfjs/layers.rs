//! Each kind of layer in TensorFlow.js' layers.

use kihap_zoo::graph::{Activation, Op, Padding, PoolKind, ReduceKind};
use serde_json::{Value as Json, json};

use super::arrange::place;
use super::recurrent;
use super::writer::{Layer, Value};
use crate::error::Result;

/// Writes `op`, which reads `inputs`.
pub(super) fn write(layer: &mut Layer<'_, '_>, op: &Op, inputs: &[Value]) -> Result<Value> {
    let x = inputs[0].as_str();
    let all: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let rank = layer.given[0].len();
    Ok(match op {
        Op::Conv2d { .. } => convolution(layer, x, op)?,
        Op::Dense { units, bias, .. } => {
            let length = layer.given[0][rank - 1];
            if rank == 3 {
                if *bias {
                    return Err(layer.none("a fully connected layer with a bias along the columns of a picture"));
                }
                let matrix = layer.numbers("weight")?;
                return Ok(layer.along(x, rank - 1, matrix, *units));
            }
            let value = layer.dense_with("", x, *units, *bias, None);
            let kernel = layer.numbers("weight")?;
            layer.weigh(&value, "kernel", &[length, *units], kernel);
            if *bias {
                let bias = layer.numbers("bias")?;
                layer.weigh(&value, "bias", &[*units], bias);
            }
            value
        }
        Op::BatchNorm { epsilon, .. } => {
            let axis = if rank == 2 { 1 } else { -1 };
            let value = layer.batch_norm("", x, axis, *epsilon);
            for (ours, theirs) in
                [("scale", "gamma"), ("offset", "beta"), ("mean", "moving_mean"), ("variance", "moving_variance")]
            {
                let numbers = layer.numbers(ours)?;
                layer.weigh(&value, theirs, &[numbers.len()], numbers);
            }
            value
        }
        Op::LayerNorm { epsilon } if rank < 3 => {
            let config = json!({"axis": [rank], "epsilon": epsilon, "center": true, "scale": true});
            let value = layer.emit("LayerNormalization", "", &[x], config);
            for (ours, theirs) in [("scale", "gamma"), ("offset", "beta")] {
                let numbers = layer.numbers(ours)?;
                layer.weigh(&value, theirs, &[numbers.len()], numbers);
            }
            value
        }
        Op::Activation { function } => activation(layer, x, *function)?,
        Op::Pool { kind, kernel, stride, padding } => pool(layer, x, *kind, *kernel, *stride, *padding)?,
        Op::Reduce { kind, axes } => reduce(layer, x, *kind, axes)?,
        Op::Add => layer.emit("Add", "", &all, json!({})),
        Op::Multiply => layer.emit("Multiply", "", &all, json!({})),
        Op::Subtract => {
            let count = *layer.given[1].last().unwrap_or(&1);
            let axis = place(layer.given[1].len(), layer.given[1].len() - 1) as i64;
            let less = layer.affine("less", all[1], axis, vec![-1.0; count], vec![0.0; count]);
            layer.emit("Add", "", &[x, &less], json!({}))
        }
        Op::Concat { axis } => layer.emit("Concatenate", "", &all, json!({"axis": place(rank, *axis)})),
        Op::Dropout { rate } => {
            layer.emit("Dropout", "", &[x], json!({"rate": rate, "noise_shape": null, "seed": null}))
        }
        Op::Flatten => {
            let alone = rank == 3 && layer.given[0][1..] == [1, 1];
            let first = if alone { x.to_owned() } else { layer.channels_first("channels_first", x, rank) };
            layer.emit("Flatten", "", &[&first], json!({}))
        }
        Op::Reshape { shape } => {
            let first = layer.channels_first("channels_first", x, rank);
            let part = if shape.len() == 3 { "elements" } else { "" };
            let shaped = layer.emit("Reshape", part, &[&first], json!({"target_shape": shape}));
            layer.channels_last("", &shaped, shape.len())
        }
        Op::Permute { axes } => layer.reorder(x, axes),
        Op::ZeroPad { padding: [top, bottom, left, right] } => {
            let config = json!({"padding": [[top, bottom], [left, right]], "data_format": "channels_last"});
            layer.emit("ZeroPadding2D", "", &[x], config)
        }
        Op::Crop { cropping: [top, bottom, left, right] } => {
            let config = json!({"cropping": [[top, bottom], [left, right]], "data_format": "channels_last"});
            layer.emit("Cropping2D", "", &[x], config)
        }
        Op::Gather { axis, indices } => {
            let length = layer.given[0][*axis];
            let mut chosen = vec![0.0; length * indices.len()];
            indices.iter().enumerate().for_each(|(to, from)| chosen[from * indices.len() + to] = 1.0);
            layer.along(x, *axis, chosen, indices.len())
        }
        Op::Scale { scale, offset } => {
            let axis = place(rank, rank - 1) as i64;
            layer.affine("", x, axis, scale.clone(), offset.clone())
        }
        Op::Mix { matrix, learned } => {
            let mut matrix = matrix.clone();
            if *learned {
                matrix.iter_mut().zip(layer.numbers("learned")?).for_each(|(m, l)| *m += l);
            }
            let side = layer.given[0][rank - 1];
            layer.along(x, rank - 1, matrix, side)
        }
        Op::Recurrent { cell, units, bidirectional, sequences } => {
            recurrent::write(layer, x, *cell, *units, *bidirectional, *sequences)?
        }
        Op::PositionEmbedding => position(layer, x)?,
        Op::LayerNorm { .. } => return Err(layer.none("layer normalisation of pictures")),
        Op::ConvTranspose2d { .. } => return Err(layer.none("transposed convolution is written for generators only")),
        Op::LocalResponseNorm { .. } => return Err(layer.none("normalisation over neighbouring channels")),
        Op::Attention { .. } => return Err(layer.none("self-attention")),
    })
}

/// A learned array added to `[steps, n]`: as a batch normalisation of the flat array, for there is no layer that adds one.
fn position(layer: &mut Layer<'_, '_>, x: &str) -> Result<Value> {
    let shape = layer.given[0].clone();
    if shape.len() == 3 {
        return Err(layer.none("a learned array added to a picture"));
    }
    let added = layer.numbers("position")?;
    let flat = layer.emit("Flatten", "flat", &[x], json!({}));
    let moved = layer.affine("moved", &flat, -1, vec![1.0; added.len()], added);
    Ok(layer.emit("Reshape", "", &[&moved], json!({"target_shape": shape})))
}

fn convolution(layer: &mut Layer<'_, '_>, x: &str, op: &Op) -> Result<Value> {
    let Op::Conv2d { filters, kernel, stride, padding, dilation, groups, bias, .. } = op else {
        return Err(layer.none("no convolution"));
    };
    let (filters, groups) = (*filters, *groups);
    let channels = layer.given[0][0];
    let weight = layer.numbers("weight")?;
    let (x, padding) = padded(layer, x, *padding);
    let mut config = json!({
        "kernel_size": kernel, "strides": stride, "padding": padding, "data_format": "channels_last",
        "dilation_rate": dilation, "activation": "linear", "use_bias": bias,
        "bias_initializer": {"class_name": "Zeros", "config": {}}, "bias_regularizer": null,
        "activity_regularizer": null, "bias_constraint": null,
    });
    let [rows, columns] = *kernel;
    let ours = |filter: usize, channel: usize, cell: usize| {
        weight[(filter * (channels / groups) + channel) * rows * columns + cell]
    };
    let start = json!({"class_name": "VarianceScaling",
        "config": {"scale": 1, "mode": "fan_avg", "distribution": "uniform", "seed": null}});
    let value = if groups == channels && groups > 1 {
        let times = filters / channels;
        config["depth_multiplier"] = json!(times);
        config["depthwise_initializer"] = start;
        config["depthwise_regularizer"] = Json::Null;
        config["depthwise_constraint"] = Json::Null;
        let value = layer.emit("DepthwiseConv2D", "", &[&x], config);
        let cells = rows * columns;
        let values = (0..cells).flat_map(|cell| (0..filters).map(move |f| (cell, f)));
        let values = values.map(|(cell, filter)| ours(filter, 0, cell)).collect();
        layer.weigh(&value, "depthwise_kernel", &[rows, columns, channels, times], values);
        value
    } else {
        config["filters"] = json!(filters);
        config["kernel_initializer"] = start;
        config["kernel_regularizer"] = Json::Null;
        config["kernel_constraint"] = Json::Null;
        let value = layer.emit("Conv2D", "", &[&x], config);
        // groups become one kernel that is zero between them, for TensorFlow.js has no grouped convolution
        let (inner, outer) = (channels / groups, filters / groups);
        let mut values = vec![0.0; rows * columns * channels * filters];
        for cell in 0..rows * columns {
            for filter in 0..filters {
                let group = filter / outer;
                for channel in 0..inner {
                    let to = (cell * channels + group * inner + channel) * filters + filter;
                    values[to] = ours(filter, channel, cell);
                }
            }
        }
        layer.weigh(&value, "kernel", &[rows, columns, channels, filters], values);
        value
    };
    if *bias {
        let bias = layer.numbers("bias")?;
        layer.weigh(&value, "bias", &[filters], bias);
    }
    Ok(value)
}

/// The value padded where that takes a layer of its own, and Keras' word for the rest.
fn padded(layer: &mut Layer<'_, '_>, x: &str, padding: Padding) -> (Value, &'static str) {
    match padding {
        Padding::Same => (x.to_owned(), "same"),
        Padding::Valid | Padding::Explicit([0, 0, 0, 0]) => (x.to_owned(), "valid"),
        Padding::Explicit([top, bottom, left, right]) => {
            let config = json!({"padding": [[top, bottom], [left, right]], "data_format": "channels_last"});
            (layer.emit("ZeroPadding2D", "pad", &[x], config), "valid")
        }
    }
}

fn pool(
    layer: &mut Layer<'_, '_>,
    x: &str,
    kind: PoolKind,
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: Padding,
) -> Result<Value> {
    let explicit = matches!(padding, Padding::Explicit(sides) if sides != [0; 4]);
    if explicit && (kind == PoolKind::Average || !layer.given_not_negative) {
        return Err(layer.none("pooling with a border that zeros cannot stand for"));
    }
    let (x, padding) = padded(layer, x, padding);
    let config = json!({"pool_size": kernel, "strides": stride, "padding": padding, "data_format": "channels_last"});
    let class = if kind == PoolKind::Max { "MaxPooling2D" } else { "AveragePooling2D" };
    Ok(layer.emit(class, "", &[&x], config))
}

fn reduce(layer: &mut Layer<'_, '_>, x: &str, kind: ReduceKind, axes: &[usize]) -> Result<Value> {
    let rank = layer.given[0].len();
    let class = match (kind, rank, axes) {
        (ReduceKind::Mean, 3, [1, 2]) => "GlobalAveragePooling2D",
        (ReduceKind::Max, 3, [1, 2]) => "GlobalMaxPooling2D",
        (ReduceKind::Mean, 2, [0]) => "GlobalAveragePooling1D",
        (ReduceKind::Max, 2, [0]) => "GlobalMaxPooling1D",
        _ => return Err(layer.none(&format!("a {kind:?} over the axes {axes:?} of {rank}"))),
    };
    let config = if rank == 3 { json!({"data_format": "channels_last"}) } else { json!({}) };
    Ok(layer.emit(class, "", &[x], config))
}

fn activation(layer: &mut Layer<'_, '_>, x: &str, function: Activation) -> Result<Value> {
    let named = |layer: &mut Layer<'_, '_>, part: &str, name: &str| {
        layer.emit("Activation", part, &[x], json!({"activation": name}))
    };
    Ok(match function {
        Activation::Relu => named(layer, "", "relu"),
        Activation::Sigmoid => named(layer, "", "sigmoid"),
        Activation::Tanh => named(layer, "", "tanh"),
        Activation::Softmax if layer.given[0].len() == 1 => layer.emit("Softmax", "", &[x], json!({"axis": -1})),
        Activation::Softmax => return Err(layer.none("softmax of anything but a row")),
        Activation::Relu6 => layer.emit("ReLU", "", &[x], json!({"max_value": 6})),
        Activation::LeakyRelu(slope) => layer.emit("LeakyReLU", "", &[x], json!({"alpha": slope})),
        Activation::Swish => {
            let gate = named(layer, "gate", "sigmoid");
            layer.emit("Multiply", "", &[x, &gate], json!({}))
        }
        Activation::HardSigmoid => hard_sigmoid(layer, "", x),
        Activation::HardSwish => {
            let gate = hard_sigmoid(layer, "gate", x);
            layer.emit("Multiply", "", &[x, &gate], json!({}))
        }
        Activation::Gelu => return Err(layer.none("the error function")),
    })
}

/// relu6(x + 3) / 6.
fn hard_sigmoid(layer: &mut Layer<'_, '_>, part: &str, x: &str) -> Value {
    let shape = layer.given[0].clone();
    // channels are the last axis of a picture, and of everything else
    let count = if shape.len() == 3 { shape[0] } else { *shape.last().unwrap_or(&1) };
    let moved = layer.affine("moved", x, -1, vec![1.0; count], vec![3.0; count]);
    let clipped = layer.emit("ReLU", "clipped", &[&moved], json!({"max_value": 6}));
    layer.affine(part, &clipped, -1, vec![1.0 / 6.0; count], vec![0.0; count])
}
