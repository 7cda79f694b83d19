//! Convolution of pictures that trains fast on the CPU.
//!
//! Burn's CPU backend has no backward pass of its own for convolutions: the gradients go through a transposed convolution
//! and a convolution with axes swapped (see `docs/burn-findings.md`). Here they are products of matrices.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, Flex,
        autodiff::{
            NodeId,
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        flex::FlexTensor,
        tensor::FloatTensor,
    },
    tensor::{Tensor, module, ops::ConvOptions},
};

use super::{
    dense_conv, depthwise,
    flex::{dims, floats, takes, tensor},
    patches::Geometry,
};

/// Convolution of `x` `[n, inputs, height, width]` with `weight` `[outputs, inputs / groups, height, width]`, and `bias`
/// `[outputs]` added; `padding` is zeros at the top, left, bottom and right.
pub(crate) fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: [usize; 2],
    padding: [usize; 4],
    dilation: [usize; 2],
    groups: usize,
) -> Tensor<4> {
    let [top, left, bottom, right] = padding;
    if !(takes(&x) && takes(&weight)) {
        let pairs = [(top, bottom), (left, right)];
        return module::conv2d(x, weight, bias, ConvOptions::new_with_padding(stride, pairs, dilation, groups));
    }
    let [batch, inputs, height, width] = x.dims();
    let [outputs, _, kernel_height, kernel_width] = weight.dims();
    let out = |size: usize, before: usize, after: usize, axis: usize, kernel: usize| {
        (size + before + after).saturating_sub(dilation[axis] * (kernel - 1) + 1) / stride[axis] + 1
    };
    let geometry = Geometry {
        batch,
        inputs,
        size: [height, width],
        outputs,
        kernel: [kernel_height, kernel_width],
        stride,
        padding: [top, left],
        dilation,
        groups,
        out: [out(height, top, bottom, 0, kernel_height), out(width, left, right, 1, kernel_width)],
    };
    let bias = bias.unwrap_or_else(|| Tensor::zeros([outputs], &x.device()));
    let y = <Dispatch as Convolution>::convolution(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        geometry,
    );
    Tensor::from_dispatch(y)
}

#[backend_extension(Autodiff, Flex)]
trait Convolution: Backend {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self>;
}

impl Convolution for Flex {
    fn convolution(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, geometry: Geometry) -> FlexTensor {
        let g = &geometry.lengthened();
        let run = if g.is_depthwise() { depthwise::forward } else { dense_conv::forward };
        let mut out = run(g, &floats(&x), &floats(&weight));
        add_bias(g, &floats(&bias), &mut out);
        tensor(out, [g.batch, g.outputs, geometry.out[0], geometry.out[1]])
    }
}

impl<C: CheckpointStrategy> Convolution for Autodiff<Flex, C> {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        match ConvolutionBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let state = (prep.checkpoint(&x), prep.checkpoint(&weight), geometry);
                let y = Flex::convolution(x.into_primitive(), weight.into_primitive(), bias.into_primitive(), geometry);
                prep.finish(state, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(Flex::convolution(
                x.into_primitive(),
                weight.into_primitive(),
                bias.into_primitive(),
                geometry,
            )),
        }
    }
}

#[derive(Debug)]
struct ConvolutionBackward;

impl Backward<Flex, 3> for ConvolutionBackward {
    type State = (NodeId, NodeId, Geometry);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let [for_x, for_weight, for_bias] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        let gradient = floats(&gradient);
        let (x, weight, geometry) = ops.state;
        let g = &geometry.lengthened();
        let x = checkpointer.retrieve_node_output::<FlexTensor>(x);
        let weight = checkpointer.retrieve_node_output::<FlexTensor>(weight);
        let shape = dims::<4>(&weight);
        let alone = g.is_depthwise();
        if let Some(node) = for_x {
            let run = if alone { depthwise::input_gradient } else { dense_conv::input_gradient };
            let out = run(g, &floats(&weight), &gradient);
            grads.register::<Flex>(node.id, tensor(out, [g.batch, g.inputs, geometry.size[0], geometry.size[1]]));
        }
        if let Some(node) = for_weight {
            let run = if alone { depthwise::weight_gradient } else { dense_conv::weight_gradient };
            grads.register::<Flex>(node.id, tensor(run(g, &floats(&x), &gradient), shape));
        }
        if let Some(node) = for_bias {
            grads.register::<Flex>(node.id, tensor(bias_gradient(g, &gradient), [g.outputs]));
        }
    }
}

fn add_bias(g: &Geometry, bias: &[f32], out: &mut [f32]) {
    if bias.iter().all(|bias| *bias == 0.0) {
        return;
    }
    for (index, plane) in out.chunks_exact_mut(g.pixels_out()).enumerate() {
        let bias = bias[index % g.outputs];
        plane.iter_mut().for_each(|out| *out += bias);
    }
}

fn bias_gradient(g: &Geometry, gradient: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0; g.outputs];
    for (index, plane) in gradient.chunks_exact(g.pixels_out()).enumerate() {
        sums[index % g.outputs] += plane.iter().sum::<f32>();
    }
    sums
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::engine::kernels::checks::{assert_near, numbers, slopes};

    #[derive(Clone, Copy)]
    struct Case {
        x: [usize; 4],
        weight: [usize; 4],
        stride: [usize; 2],
        padding: [usize; 4],
        dilation: [usize; 2],
        groups: usize,
    }

    const PLAIN: Case =
        Case { x: [2, 3, 9, 8], weight: [4, 3, 3, 3], stride: [1; 2], padding: [1; 4], dilation: [1; 2], groups: 1 };

    /// Output and gradients of input, weights and bias, where the output's gradient is random.
    fn results(case: Case, ours: bool) -> [Vec<f32>; 4] {
        let device = Device::flex().autodiff();
        let random = |shape: [usize; 4], seed| {
            Tensor::<4>::from_data(TensorData::new(numbers(shape.iter().product(), seed), shape), &device)
        };
        let x = random(case.x, 1).require_grad();
        let weight = random(case.weight, 2).require_grad();
        let bias = random([1, 1, 1, case.weight[0]], 3).reshape([case.weight[0]]).detach().require_grad();
        let (a, b, c) = (x.clone(), weight.clone(), Some(bias.clone()));
        let [top, left, bottom, right] = case.padding;
        let y = if ours {
            conv2d(a, b, c, case.stride, case.padding, case.dilation, case.groups)
        } else {
            let padding = [(top, bottom), (left, right)];
            module::conv2d(a, b, c, ConvOptions::new_with_padding(case.stride, padding, case.dilation, case.groups))
        };
        let grads = (y.clone() * random(y.dims(), 4)).sum().backward();
        let of = |tensor: Option<Tensor<4>>| tensor.unwrap().into_data().try_to_vec().unwrap();
        let bias = bias.grad(&grads).unwrap().into_data().try_to_vec().unwrap();
        [y.into_data().try_to_vec().unwrap(), of(x.grad(&grads)), of(weight.grad(&grads)), bias]
    }

    fn assert_as_burn(case: Case) {
        for (ours, burns) in results(case, true).iter().zip(&results(case, false)) {
            assert_near(ours, burns, 2e-4);
        }
    }

    #[test]
    fn kernels_and_strides_agree_with_burn() {
        for kernel in [1, 3, 5, 7] {
            for stride in [1, 2] {
                let weight = [4, 3, kernel, kernel];
                assert_as_burn(Case { weight, stride: [stride; 2], padding: [kernel / 2; 4], ..PLAIN });
                assert_as_burn(Case { weight, stride: [stride; 2], padding: [0; 4], ..PLAIN });
            }
        }
    }

    #[test]
    fn uneven_padding_kernels_and_dilation_agree_with_burn() {
        assert_as_burn(Case { padding: [0, 0, 1, 1], stride: [2; 2], ..PLAIN });
        assert_as_burn(Case { padding: [2, 0, 1, 3], ..PLAIN });
        assert_as_burn(Case { weight: [5, 3, 9, 1], padding: [4, 0, 4, 0], ..PLAIN });
        assert_as_burn(Case { weight: [5, 3, 1, 3], stride: [1, 2], padding: [0, 1, 0, 1], ..PLAIN });
        assert_as_burn(Case { dilation: [2, 1], padding: [2, 1, 2, 1], ..PLAIN });
    }

    #[test]
    fn kernels_of_one_column_agree_with_burn() {
        let case = Case { weight: [4, 3, 5, 1], padding: [2, 0, 2, 0], ..PLAIN };
        assert_as_burn(case);
        assert_as_burn(Case { dilation: [2, 1], padding: [1, 0, 3, 0], ..case });
        assert_as_burn(Case { x: [2, 3, 12, 1], ..case });
        assert_as_burn(Case { x: [2, 3, 12, 1], stride: [2, 1], ..case });
        assert_as_burn(Case { x: [2, 4, 12, 1], weight: [4, 1, 5, 1], groups: 4, ..case });
        assert_as_burn(Case { x: [2, 4, 9, 3], weight: [4, 1, 5, 1], groups: 4, ..case });
    }

    #[test]
    fn padding_wider_than_the_picture_agrees_with_burn() {
        assert_as_burn(Case { x: [2, 3, 2, 2], weight: [2, 3, 7, 7], padding: [3; 4], ..PLAIN });
    }

    #[test]
    fn groups_agree_with_burn() {
        for stride in [1, 2] {
            let stride = [stride; 2];
            assert_as_burn(Case { x: [2, 6, 7, 9], weight: [4, 3, 3, 3], groups: 2, stride, ..PLAIN });
            assert_as_burn(Case { x: [2, 5, 7, 9], weight: [5, 1, 3, 3], groups: 5, stride, ..PLAIN });
            assert_as_burn(Case { x: [2, 5, 7, 9], weight: [10, 1, 3, 3], groups: 5, stride, ..PLAIN });
            assert_as_burn(Case { x: [2, 6, 7, 9], weight: [4, 3, 1, 1], padding: [0; 4], groups: 2, stride, ..PLAIN });
        }
    }

    #[test]
    fn pictures_larger_than_a_tile_agree_with_burn() {
        assert_as_burn(Case { x: [3, 40, 40, 30], weight: [8, 40, 3, 3], ..PLAIN });
    }

    #[test]
    fn many_small_pictures_agree_with_burn() {
        assert_as_burn(Case { x: [70, 6, 4, 4], weight: [8, 3, 3, 3], groups: 2, ..PLAIN });
        assert_as_burn(Case { x: [70, 6, 4, 4], weight: [8, 6, 1, 1], padding: [0; 4], ..PLAIN });
    }

    #[test]
    fn gradients_are_the_slopes_of_the_output() {
        let case = Case { x: [2, 2, 5, 4], weight: [3, 2, 3, 3], stride: [2; 2], padding: [0, 1, 1, 0], ..PLAIN };
        let [_, for_x, for_weight, _] = results(case, true);
        let given = |shape: [usize; 4], seed| numbers(shape.iter().product(), seed);
        let loss = |x: &[f32], weight: &[f32]| {
            let device = Device::flex();
            let x = Tensor::<4>::from_data(TensorData::new(x.to_vec(), case.x), &device);
            let weight = Tensor::<4>::from_data(TensorData::new(weight.to_vec(), case.weight), &device);
            let y = conv2d(x, weight, None, case.stride, case.padding, case.dilation, case.groups);
            let y: Vec<f32> = y.into_data().try_to_vec().unwrap();
            y.iter().zip(numbers(y.len(), 4)).map(|(y, r)| f64::from(*y) * f64::from(r)).sum()
        };
        let (x, weight) = (given(case.x, 1), given(case.weight, 2));
        assert_near(&for_x, &slopes(&x, |x| loss(x, &weight)), 1e-3);
        assert_near(&for_weight, &slopes(&weight, |weight| loss(&x, weight)), 1e-3);
    }

    #[test]
    fn what_needs_no_gradient_gets_none() {
        let device = Device::flex().autodiff();
        let x = Tensor::<4>::ones([1, 1, 3, 3], &device);
        let weight = Tensor::<4>::ones([1, 1, 2, 2], &device).require_grad();
        let grads = conv2d(x.clone(), weight.clone(), None, [1; 2], [0; 4], [1; 2], 1).sum().backward();
        assert!(x.grad(&grads).is_none());
        assert_eq!(weight.grad(&grads).unwrap().into_data().try_to_vec::<f32>().unwrap(), [4.0; 4]);
    }
}
