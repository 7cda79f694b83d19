//! Shapes of what flows through a network.

use super::{Graph, Node, Op, Padding};
use crate::error::ZooError;

impl Padding {
    /// Top, bottom, left, right for a window over `height` × `width`.
    pub fn around(self, size: [usize; 2], kernel: [usize; 2], stride: [usize; 2], dilation: [usize; 2]) -> [usize; 4] {
        match self {
            Padding::Valid => [0; 4],
            Padding::Explicit(sides) => sides,
            Padding::Same => {
                let side = |axis: usize| {
                    let reach = (kernel[axis].max(1) - 1) * dilation[axis] + 1;
                    let stride = stride[axis].max(1);
                    let outputs = size[axis].div_ceil(stride);
                    let total = (outputs.max(1) - 1).saturating_mul(stride).saturating_add(reach);
                    let total = total.saturating_sub(size[axis]);
                    (total / 2, total - total / 2)
                };
                let ((top, bottom), (left, right)) = (side(0), side(1));
                [top, bottom, left, right]
            }
        }
    }
}

/// Numbers in one example's activation may not exceed this; larger ones are a mistake in the description.
const MOST_NUMBERS: usize = 1 << 28;

impl Graph {
    /// The shape of each layer's output for one example, in the order of the layers.
    ///
    /// # Errors
    /// A layer that does not fit its inputs.
    pub fn shapes(&self) -> Result<Vec<Vec<usize>>, ZooError> {
        let mut shapes: Vec<Vec<usize>> = Vec::with_capacity(self.nodes.len());
        for (node, wires) in self.nodes.iter().zip(self.wires()?) {
            let inputs: Vec<&[usize]> =
                wires.iter().map(|wire| wire.map_or(self.input.shape.as_slice(), |i| shapes[i].as_slice())).collect();
            let shape = output_shape(node, &inputs).map_err(|problem| self.misfit(node, problem))?;
            let numbers = shape.iter().try_fold(1usize, |all, side| all.checked_mul(*side));
            if numbers.is_none_or(|n| n == 0 || n > MOST_NUMBERS) {
                return Err(self.misfit(node, format!("its output would be {shape:?}")));
            }
            shapes.push(shape);
        }
        Ok(shapes)
    }
}

fn output_shape(node: &Node, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
    match node.op {
        Op::Add | Op::Subtract | Op::Multiply => match inputs {
            [a, b] => return broadcast(a, b),
            _ => return Err(format!("it needs two inputs and has {}", inputs.len())),
        },
        Op::Concat { axis } => return concatenated(axis, inputs),
        _ => {}
    }
    let [input] = inputs else { return Err(format!("it needs one input and has {}", inputs.len())) };
    let input = *input;
    match &node.op {
        Op::Conv2d { filters, kernel, stride, padding, dilation, groups, .. } => {
            let [channels, size] = picture(input)?;
            if *groups == 0 || !channels[0].is_multiple_of(*groups) || !filters.is_multiple_of(*groups) {
                return Err(format!("{} channels to {filters} cannot be divided into {groups} groups", channels[0]));
            }
            let [height, width] = windows([size[0], size[1]], *kernel, *stride, *padding, *dilation)?;
            Ok(vec![*filters, height, width])
        }
        Op::ConvTranspose2d { filters, kernel, stride, padding, .. } => {
            let [_, size] = picture(input)?;
            let side = |axis: usize| {
                ((size[axis] - 1) * stride[axis] + kernel[axis])
                    .checked_sub(2 * padding[axis])
                    .ok_or_else(|| "more is cut off than there is".to_owned())
            };
            Ok(vec![*filters, side(0)?, side(1)?])
        }
        Op::Pool { kernel, stride, padding, .. } => {
            let [channels, size] = picture(input)?;
            let [height, width] = windows([size[0], size[1]], *kernel, *stride, *padding, [1, 1])?;
            Ok(vec![channels[0], height, width])
        }
        Op::Dense { units, .. } => {
            let (_, rest) = input.split_last().ok_or("its input has no axes")?;
            Ok([rest, &[*units]].concat())
        }
        Op::BatchNorm { .. } | Op::LayerNorm { .. } | Op::Activation { .. } | Op::PositionEmbedding => {
            Ok(input.to_vec())
        }
        Op::LocalResponseNorm { .. } => picture(input).map(|_| input.to_vec()),
        Op::Dropout { rate } if (0.0..1.0).contains(rate) => Ok(input.to_vec()),
        Op::Dropout { rate } => Err(format!("its rate is {rate}, not from 0 to below 1")),
        Op::Reduce { axes, .. } => {
            let in_range = axes.iter().all(|axis| *axis < input.len()) && axes.windows(2).all(|pair| pair[0] < pair[1]);
            if !in_range || axes.is_empty() {
                return Err(format!("axes {axes:?} of {input:?} cannot be removed"));
            }
            let left: Vec<usize> =
                input.iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, side)| *side).collect();
            if left.is_empty() { Err("no axis would be left".into()) } else { Ok(left) }
        }
        Op::Flatten => Ok(vec![input.iter().product()]),
        Op::Reshape { shape } if shape.iter().product::<usize>() == input.iter().product::<usize>() => {
            Ok(shape.clone())
        }
        Op::Reshape { shape } => Err(format!("{input:?} has other many numbers than {shape:?}")),
        Op::Permute { axes } => {
            let mut sorted = axes.clone();
            sorted.sort_unstable();
            if sorted != (0..input.len()).collect::<Vec<_>>() {
                return Err(format!("{axes:?} is no order of the axes of {input:?}"));
            }
            Ok(axes.iter().map(|axis| input[*axis]).collect())
        }
        Op::ZeroPad { padding: [top, bottom, left, right] } => {
            let [channels, size] = picture(input)?;
            Ok(vec![channels[0], size[0] + top + bottom, size[1] + left + right])
        }
        Op::Crop { cropping: [top, bottom, left, right] } => {
            let [channels, size] = picture(input)?;
            match (size[0].checked_sub(top + bottom), size[1].checked_sub(left + right)) {
                (Some(height), Some(width)) => Ok(vec![channels[0], height, width]),
                _ => Err("more is cut off than there is".into()),
            }
        }
        Op::Gather { axis, indices } => {
            let side = *input.get(*axis).ok_or_else(|| format!("{input:?} has no axis {axis}"))?;
            if let Some(index) = indices.iter().find(|index| **index >= side) {
                return Err(format!("there is no element {index} along axis {axis} of {input:?}"));
            }
            let mut shape = input.to_vec();
            shape[*axis] = indices.len();
            Ok(shape)
        }
        Op::Scale { scale, offset } => match input.last() {
            Some(last) if scale.len() == *last && offset.len() == *last => Ok(input.to_vec()),
            _ => Err(format!("it has {} factors and {} summands for {input:?}", scale.len(), offset.len())),
        },
        Op::Recurrent { units, bidirectional, sequences, .. } => {
            let steps = sequence(input)?[0];
            let width = if *bidirectional { 2 * units } else { *units };
            Ok(if *sequences { vec![steps, width] } else { vec![width] })
        }
        Op::Attention { heads } => {
            let width = sequence(input)?[1];
            if *heads == 0 || !width.is_multiple_of(*heads) {
                return Err(format!("{width} features cannot be divided among {heads} heads"));
            }
            Ok(input.to_vec())
        }
        Op::Mix { matrix, .. } => match input.last() {
            Some(last) if matrix.len() == last * last => Ok(input.to_vec()),
            _ => Err(format!("its matrix has {} numbers for {input:?}", matrix.len())),
        },
        Op::Add | Op::Subtract | Op::Multiply | Op::Concat { .. } => Err("it needs several inputs".into()),
    }
}

/// Channels, and height and width.
fn picture(shape: &[usize]) -> Result<[&[usize]; 2], String> {
    if shape.len() == 3 {
        Ok([&shape[..1], &shape[1..]])
    } else {
        Err(format!("it needs [channels, height, width], not {shape:?}"))
    }
}

fn sequence(shape: &[usize]) -> Result<[usize; 2], String> {
    <[usize; 2]>::try_from(shape).map_err(|_| format!("it needs [steps, features], not {shape:?}"))
}

fn windows(
    size: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: Padding,
    dilation: [usize; 2],
) -> Result<[usize; 2], String> {
    if [kernel, stride, dilation].concat().contains(&0) {
        return Err("window, stride and dilation must be at least 1".into());
    }
    let [top, bottom, left, right] = padding.around(size, kernel, stride, dilation);
    let side = |axis: usize, added: usize| {
        let reach = (kernel[axis] - 1) * dilation[axis] + 1;
        (size[axis] + added).checked_sub(reach).map(|room| room / stride[axis] + 1).ok_or_else(|| {
            format!("a window of {reach} does not fit into {} (the picture is too small)", size[axis] + added)
        })
    };
    Ok([side(0, top + bottom)?, side(1, left + right)?])
}

fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let fits = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || *a == 1 || *b == 1);
    if !fits {
        return Err(format!("{a:?} and {b:?} do not go together"));
    }
    Ok(a.iter().zip(b).map(|(a, b)| *a.max(b)).collect())
}

fn concatenated(axis: usize, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
    let (first, others) = inputs.split_first().ok_or("it has no inputs")?;
    if axis >= first.len() {
        return Err(format!("{first:?} has no axis {axis}"));
    }
    let mut shape = first.to_vec();
    for other in others {
        let fits = other.len() == first.len() && (0..first.len()).all(|i| i == axis || other[i] == first[i]);
        if !fits {
            return Err(format!("{first:?} and {other:?} cannot be joined along axis {axis}"));
        }
        shape[axis] += other[axis];
    }
    Ok(shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{GraphBuilder, PoolKind};

    #[test]
    fn same_padding_is_tensorflows() {
        let around = |size, kernel, stride| Padding::Same.around([size, size], [kernel; 2], [stride; 2], [1, 1]);
        assert_eq!(around(224, 3, 2), [0, 1, 0, 1]);
        assert_eq!(around(224, 3, 1), [1, 1, 1, 1]);
        assert_eq!(around(5, 2, 2), [0, 1, 0, 1]);
        assert_eq!(around(7, 1, 2), [0, 0, 0, 0]);
    }

    #[test]
    fn shapes_follow_the_layers_and_misfits_are_named() {
        let mut net = GraphBuilder::picture("test", [3, 150, 150]);
        net.conv("conv", 16, 3, 1, Padding::Valid);
        net.pool("pool", PoolKind::Max, 2, 2, Padding::Valid);
        net.flatten("flat");
        net.dense("dense", 5);
        let graph = net.finish().unwrap();
        assert_eq!(graph.shapes().unwrap(), [vec![16, 148, 148], vec![16, 74, 74], vec![16 * 74 * 74], vec![5]]);

        let mut net = GraphBuilder::picture("test", [3, 4, 4]);
        net.conv("conv", 16, 7, 1, Padding::Valid);
        let error = net.finish().unwrap_err().to_string();
        assert!(error.contains("'conv'") && error.contains("too small"), "{error}");
    }
}
