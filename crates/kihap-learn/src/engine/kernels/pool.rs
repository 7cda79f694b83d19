//! Max-pooling of pictures.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        flex::FlexTensor,
        tensor::FloatTensor,
    },
    tensor::{Tensor, module, ops::MaxPoolOptions},
};
use rayon::prelude::*;

use super::flex::{dims, floats, takes, tensor};

/// The greatest number in each window of `x` `[n, channels, height, width]`; `padding` at the top, left, bottom and right
/// is less than any number.
pub(crate) fn max_pool2d(x: Tensor<4>, kernel: [usize; 2], stride: [usize; 2], padding: [usize; 4]) -> Tensor<4> {
    let [top, left, bottom, right] = padding;
    if !takes(&x) {
        let options =
            MaxPoolOptions::new(kernel).with_stride(stride).with_padding_pairs([(top, bottom), (left, right)]);
        return module::max_pool2d(x, options);
    }
    let [_, _, height, width] = x.dims();
    let out = |size: usize, axis: usize| size.saturating_sub(kernel[axis]) / stride[axis] + 1;
    let out = [out(height + top + bottom, 0), out(width + left + right, 1)];
    let windows = Windows { size: [height, width], kernel, stride, padding: [top, left], out };
    Tensor::from_dispatch(<Dispatch as MaxPooling>::max_pooling(x.into_dispatch(), windows))
}

/// Shapes of a pooling, in pixels.
#[derive(Debug, Clone, Copy)]
struct Windows {
    size: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    out: [usize; 2],
}

#[backend_extension(Autodiff, Flex)]
trait MaxPooling: Backend {
    fn max_pooling(x: FloatTensor<Self>, windows: Windows) -> FloatTensor<Self>;
}

impl MaxPooling for Flex {
    fn max_pooling(x: FlexTensor, windows: Windows) -> FlexTensor {
        let [batch, channels] = dims(&x);
        tensor(windows.forward(&floats(&x)), [batch, channels, windows.out[0], windows.out[1]])
    }
}

impl<C: CheckpointStrategy> MaxPooling for Autodiff<Flex, C> {
    fn max_pooling(x: FloatTensor<Self>, windows: Windows) -> FloatTensor<Self> {
        match MaxPoolingBackward.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let x = x.into_primitive();
                let y = Flex::max_pooling(x.clone(), windows);
                prep.finish((x, y.clone(), windows), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::max_pooling(x.into_primitive(), windows)),
        }
    }
}

#[derive(Debug)]
struct MaxPoolingBackward;

impl Backward<Flex, 1> for MaxPoolingBackward {
    type State = (FlexTensor, FlexTensor, Windows);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let (x, y, windows) = ops.state;
        let [node] = ops.parents;
        if let Some(node) = node {
            let out = windows.backward(&floats(&x), &floats(&y), &floats(&gradient));
            grads.register::<Flex>(node.id, tensor(out, dims::<4>(&x)));
        }
    }
}

impl Windows {
    /// The rows or columns of the picture in the window at `at`.
    fn reach(&self, axis: usize, at: usize) -> std::ops::Range<usize> {
        let from = at * self.stride[axis];
        let to = (from + self.kernel[axis]).saturating_sub(self.padding[axis]).min(self.size[axis]);
        from.saturating_sub(self.padding[axis]).min(to)..to
    }

    /// `reach` of every row or column of the output.
    fn reaches(&self, axis: usize) -> Vec<std::ops::Range<usize>> {
        (0..self.out[axis]).map(|at| self.reach(axis, at)).collect()
    }

    fn forward(&self, x: &[f32]) -> Vec<f32> {
        let [height, width] = self.out;
        let pixels = self.size[0] * self.size[1];
        let (rows, columns) = (self.reaches(0), self.reaches(1));
        let mut out = vec![0.0; x.len() / pixels.max(1) * height * width];
        let planes = out.par_chunks_mut(height * width).zip(x.par_chunks(pixels));
        planes.for_each_init(Vec::new, |greatest, (out, x)| {
            for (rows, out) in rows.iter().zip(out.chunks_exact_mut(width)) {
                // down first, many columns at once
                greatest.clear();
                greatest.resize(self.size[1], f32::NEG_INFINITY);
                for row in rows.clone() {
                    let row = &x[row * self.size[1]..][..self.size[1]];
                    greatest.iter_mut().zip(row).for_each(|(greatest, x)| *greatest = greater(*greatest, *x));
                }
                for (columns, out) in columns.iter().zip(out) {
                    *out = greatest[columns.clone()].iter().copied().fold(f32::NEG_INFINITY, greater);
                }
            }
        });
        out
    }

    /// Each window's gradient goes to the first of its greatest numbers.
    fn backward(&self, x: &[f32], y: &[f32], gradient: &[f32]) -> Vec<f32> {
        let [height, width] = self.out;
        let pixels = self.size[0] * self.size[1];
        let (rows, columns) = (self.reaches(0), self.reaches(1));
        let mut out = vec![0.0; x.len()];
        let given = y.par_chunks(height * width).zip(gradient.par_chunks(height * width));
        out.par_chunks_mut(pixels).zip(x.par_chunks(pixels)).zip(given).for_each(|((out, x), (y, gradient))| {
            let lines = y.chunks_exact(width).zip(gradient.chunks_exact(width));
            for (rows, (y, gradient)) in rows.iter().zip(lines) {
                for ((columns, greatest), gradient) in columns.iter().zip(y).zip(gradient) {
                    let first = rows.clone().find_map(|row| {
                        let at = row * self.size[1] + columns.start;
                        let found = x[at..][..columns.len()].iter().position(|x| x == greatest);
                        found.map(|place| at + place)
                    });
                    if let Some(at) = first {
                        out[at] += gradient;
                    }
                }
            }
        });
        out
    }
}

/// The greater number, or what is not a number (which `max` would drop).
fn greater(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::engine::kernels::checks::{assert_near, numbers};

    /// Output and the input's gradient.
    fn results(kernel: [usize; 2], stride: [usize; 2], padding: [usize; 4], ours: bool) -> [Vec<f32>; 2] {
        let device = Device::flex().autodiff();
        let random = |shape: [usize; 4], seed| {
            Tensor::<4>::from_data(TensorData::new(numbers(shape.iter().product(), seed), shape), &device)
        };
        let x = random([2, 3, 9, 8], 1).require_grad();
        let [top, left, bottom, right] = padding;
        let y = if ours {
            max_pool2d(x.clone(), kernel, stride, padding)
        } else {
            let options =
                MaxPoolOptions::new(kernel).with_stride(stride).with_padding_pairs([(top, bottom), (left, right)]);
            module::max_pool2d(x.clone(), options)
        };
        let grads = (y.clone() * random(y.dims(), 2)).sum().backward();
        let x = x.grad(&grads).unwrap();
        [y.into_data().try_to_vec().unwrap(), x.into_data().try_to_vec().unwrap()]
    }

    #[test]
    fn output_and_gradient_agree_with_burn() {
        for (kernel, stride, padding) in [
            ([2, 2], [2, 2], [0; 4]),
            ([3, 3], [2, 2], [1; 4]),
            ([3, 3], [2, 2], [0, 0, 1, 1]),
            ([3, 3], [1, 1], [1; 4]),
            ([3, 2], [1, 3], [0; 4]),
            ([9, 8], [9, 8], [0; 4]),
        ] {
            let (ours, burns) = (results(kernel, stride, padding, true), results(kernel, stride, padding, false));
            assert_near(&ours[0], &burns[0], 0.0);
            assert_near(&ours[1], &burns[1], 1e-6);
        }
    }

    #[test]
    fn of_equal_numbers_the_first_gets_the_gradient() {
        let device = Device::flex().autodiff();
        let x = Tensor::<4>::zeros([1, 1, 2, 4], &device).require_grad();
        let grads = max_pool2d(x.clone(), [2, 2], [2, 2], [0; 4]).sum().backward();
        let found = x.grad(&grads).unwrap().into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(found, [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
