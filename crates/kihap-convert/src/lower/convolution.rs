//! Convolutions.

use super::{Activation, Flow, Layout, Lowering, Size, Value};
use crate::{ConvertError, Tensor};

/// What surrounds the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Padding {
    /// TensorFlow's `SAME`: output size is input size over stride, rounded up; the odd pixel goes below and right.
    Same,
    /// Nothing.
    Valid,
    /// Zeros: top, left, bottom, right.
    Explicit([usize; 4]),
}

/// Options of a convolution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Convolution {
    /// Step down and to the right.
    pub(crate) strides: [usize; 2],
    /// Distance of kernel taps.
    pub(crate) dilations: [usize; 2],
    /// What surrounds the picture.
    pub(crate) padding: Padding,
    /// What follows.
    pub(crate) activation: Activation,
}

impl Default for Convolution {
    fn default() -> Self {
        Self { strides: [1; 2], dilations: [1; 2], padding: Padding::Valid, activation: Activation::None }
    }
}

impl Lowering {
    /// A convolution with weights `[out, in / groups, kh, kw]`; the number of groups follows from the input's channels.
    pub(crate) fn convolution(
        &mut self,
        operation: &str,
        x: &Value,
        weights: Tensor,
        bias: Option<Tensor>,
        options: &Convolution,
    ) -> Result<Value, ConvertError> {
        let fail = |detail: String| ConvertError::inconsistent(operation, detail);
        let x = self.channels_first_with_border(operation, x)?;
        let &[out, per_group, kh, kw] = weights.shape() else {
            return Err(fail(format!("weights of shape {:?}", weights.shape())));
        };
        let Some(channels) = x.shape[3] else { return Err(fail("the number of channels is unknown".into())) };
        if per_group == 0 || !channels.is_multiple_of(per_group) || !out.is_multiple_of(channels / per_group) {
            return Err(fail(format!("weights {:?} do not fit {channels} channels", weights.shape())));
        }
        if weights.as_f32().is_none() || bias.as_ref().is_some_and(|b| b.shape() != [out] || b.as_f32().is_none()) {
            return Err(fail("weights or bias are not floats of a matching shape".into()));
        }
        let window = Window { kernel: [kh, kw], strides: options.strides, dilations: options.dilations };
        let (size, own) = window.apply(operation, [x.shape[1], x.shape[2]], options.padding)?;
        let pads = [0, 1, 2, 3].map(|side| own[side] + x.border[side]);
        let weights = self.graph.constant("weights", weights);
        let mut inputs = vec![x.name.clone(), weights];
        inputs.extend(bias.map(|bias| self.graph.constant("bias", bias)));
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let mut attributes = vec![
            ("kernel_shape", [kh, kw].into()),
            ("strides", options.strides.into()),
            ("pads", pads.into()),
            ("group", ((channels / per_group) as i64).into()),
        ];
        if options.dilations != [1, 1] {
            attributes.push(("dilations", options.dilations.into()));
        }
        let name = self.graph.node("Conv", &inputs, "conv", &attributes);
        let shape = vec![x.shape[0], Some(size[0]), Some(size[1]), Some(out)];
        let y = Flow { name, shape, element: x.element, layout: Layout::ChannelsFirst, border: [0; 4] };
        self.activate(&Value::Computed(y), options.activation)
    }
}

/// A window that slides over a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) kernel: [usize; 2],
    pub(super) strides: [usize; 2],
    pub(super) dilations: [usize; 2],
}

impl Window {
    /// Size of the result and the padding (top, left, bottom, right) that leads to it.
    pub(super) fn apply(
        &self,
        operation: &str,
        size: [Size; 2],
        padding: Padding,
    ) -> Result<([usize; 2], [usize; 4]), ConvertError> {
        let mut out = [0; 2];
        let mut pads = [0; 4];
        for axis in 0..2 {
            let fail = |detail: &str| ConvertError::inconsistent(operation, detail);
            let size = size[axis].ok_or_else(|| fail("the size of the picture is unknown"))?;
            let (kernel, stride, dilation) = (self.kernel[axis], self.strides[axis], self.dilations[axis]);
            let small = |v: usize| (1..=super::MAX_DIM).contains(&v);
            if ![kernel, stride, dilation].into_iter().all(small) {
                return Err(fail("a kernel size, stride or dilation is not usable"));
            }
            let reach = (kernel - 1) * dilation + 1;
            let (before, after) = match padding {
                Padding::Valid => (0, 0),
                Padding::Explicit(pads) => (pads[axis], pads[axis + 2]),
                Padding::Same => {
                    let total = ((size.div_ceil(stride) - 1) * stride + reach).saturating_sub(size);
                    (total / 2, total - total / 2)
                }
            };
            let padded = size.saturating_add(before).saturating_add(after);
            if padded < reach || padded > super::MAX_DIM {
                return Err(fail("the picture is smaller than the kernel, or too large"));
            }
            out[axis] = (padded - reach) / stride + 1;
            (pads[axis], pads[axis + 2]) = (before, after);
        }
        Ok((out, pads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(size: usize, kernel: usize, stride: usize, dilation: usize) -> (usize, usize, usize) {
        let window = Window { kernel: [kernel; 2], strides: [stride; 2], dilations: [dilation; 2] };
        let (out, pads) = window.apply("test", [Some(size); 2], Padding::Same).unwrap();
        (out[0], pads[0], pads[2])
    }

    #[test]
    fn same_padding_is_tensorflows() {
        assert_eq!(same(224, 3, 2, 1), (112, 0, 1));
        assert_eq!(same(257, 3, 2, 1), (129, 1, 1));
        assert_eq!(same(224, 5, 2, 1), (112, 1, 2));
        assert_eq!(same(17, 3, 1, 2), (17, 2, 2));
        assert_eq!(same(7, 1, 2, 1), (4, 0, 0));
    }

    #[test]
    fn impossible_windows_are_errors() {
        let apply = |kernel, stride| {
            let window = Window { kernel: [kernel; 2], strides: [stride; 2], dilations: [1; 2] };
            window.apply("test", [Some(4); 2], Padding::Valid)
        };
        assert!(apply(5, 1).is_err());
        assert!(apply(3, 0).is_err());
        assert!(apply(0, 1).is_err());
        assert!(apply(usize::MAX, usize::MAX).is_err());
    }
}
