//! Batch normalisation in as few passes over memory as it takes, with a clipped linear unit behind it if wanted.
//!
//! Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
//! 2015; the gradients are those of its section 3.

use burn::{
    backend::{
        Autodiff, AutodiffBackend, Backend, Dispatch, Flex,
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
    tensor::{Tensor, module},
};
use rayon::prelude::*;

use super::flex::{dims, floats, takes, tensor, tensor_like};

/// What follows the normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clip {
    /// Nothing.
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
}

impl Clip {
    fn bounds(self) -> (f32, f32) {
        match self {
            Clip::Linear => (f32::NEG_INFINITY, f32::INFINITY),
            Clip::Relu => (0.0, f32::INFINITY),
            Clip::Relu6 => (0.0, 6.0),
        }
    }
}

/// Normalises `x` `[n, channels, …]` by its own mean and variance, channel by channel, multiplies with `scale` and adds
/// `offset` (one number a channel each), and clips. Also gives the means and the (biased) variances, without gradients.
pub(crate) fn batch_norm<const D: usize>(
    x: Tensor<D>,
    scale: Tensor<1>,
    offset: Tensor<1>,
    epsilon: f64,
    clip: Clip,
) -> (Tensor<D>, Tensor<1>, Tensor<1>) {
    if !(takes(&x) && takes(&scale)) {
        let result = module::batch_norm_train(x, scale, offset, epsilon);
        let y = match clip {
            Clip::Linear => result.output,
            Clip::Relu => burn::tensor::activation::relu(result.output),
            Clip::Relu6 => result.output.clamp(0.0, 6.0),
        };
        return (y, result.mean, result.variance);
    }
    let (y, mean, variance) = <Dispatch as Normalisation>::normalisation(
        x.into_dispatch(),
        scale.into_dispatch(),
        offset.into_dispatch(),
        epsilon as f32,
        clip,
    );
    (Tensor::from_dispatch(y), Tensor::from_dispatch(mean), Tensor::from_dispatch(variance))
}

#[backend_extension(Autodiff, Flex)]
trait Normalisation: Backend {
    fn normalisation(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        offset: FloatTensor<Self>,
        epsilon: f32,
        clip: Clip,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl Normalisation for Flex {
    fn normalisation(
        x: FlexTensor,
        scale: FlexTensor,
        offset: FlexTensor,
        epsilon: f32,
        clip: Clip,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let channels = floats(&scale).len();
        let numbers = floats(&x);
        let mut out = vec![0.0; numbers.len()];
        let planes = Planes::new(&numbers, dims(&x));
        let statistics = forward(&planes, &floats(&scale), &floats(&offset), epsilon, clip, &mut out);
        let (mean, variance) = statistics.into_iter().unzip();
        (tensor_like(out, &x), tensor(mean, [channels]), tensor(variance, [channels]))
    }
}

impl<C: CheckpointStrategy> Normalisation for Autodiff<Flex, C> {
    fn normalisation(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        offset: FloatTensor<Self>,
        epsilon: f32,
        clip: Clip,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [x.node(), scale.node(), offset.node()];
        match NormalisationBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept = [prep.checkpoint(&x), prep.checkpoint(&scale), prep.checkpoint(&offset)];
                let (x, scale, offset) = (x.into_primitive(), scale.into_primitive(), offset.into_primitive());
                let (y, mean, variance) = Flex::normalisation(x, scale, offset, epsilon, clip);
                let state = State { kept, mean: mean.clone(), variance: variance.clone(), epsilon, clip };
                (prep.finish(state, y), Self::from_inner(mean), Self::from_inner(variance))
            }
            OpsKind::UnTracked(prep) => {
                let (x, scale, offset) = (x.into_primitive(), scale.into_primitive(), offset.into_primitive());
                let (y, mean, variance) = Flex::normalisation(x, scale, offset, epsilon, clip);
                (prep.finish(y), Self::from_inner(mean), Self::from_inner(variance))
            }
        }
    }
}

#[derive(Debug, Clone)]
struct State {
    kept: [NodeId; 3],
    mean: FlexTensor,
    variance: FlexTensor,
    epsilon: f32,
    clip: Clip,
}

#[derive(Debug)]
struct NormalisationBackward;

impl Backward<Flex, 3> for NormalisationBackward {
    type State = State;

    fn backward(self, ops: Ops<State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let State { kept, mean, variance, epsilon, clip } = ops.state;
        let [x, scale, offset] = kept.map(|id| checkpointer.retrieve_node_output::<FlexTensor>(id));
        let (mean, variance) = (floats(&mean), floats(&variance));
        let channels: Vec<Channel> = mean
            .iter()
            .zip(variance.iter())
            .zip(floats(&scale).iter().zip(floats(&offset).iter()))
            .map(|((mean, variance), (scale, offset))| Channel::new(*mean, *variance, *scale, *offset, epsilon))
            .collect();
        let (numbers, gradient, sizes) = (floats(&x), floats(&gradient), dims(&x));
        let mut out = vec![0.0; numbers.len()];
        let sums = backward(&Planes::new(&numbers, sizes), &Planes::new(&gradient, sizes), &channels, clip, &mut out);
        let [for_x, for_scale, for_offset] = ops.parents;
        let count = channels.len();
        let (for_scales, for_offsets) = sums.into_iter().unzip();
        if let Some(node) = for_x {
            grads.register::<Flex>(node.id, tensor_like(out, &x));
        }
        if let Some(node) = for_scale {
            grads.register::<Flex>(node.id, tensor(for_scales, [count]));
        }
        if let Some(node) = for_offset {
            grads.register::<Flex>(node.id, tensor(for_offsets, [count]));
        }
    }
}

/// What is done to a channel: `scale · (x − mean) · inverse + offset`, which is `slope · x + shift`.
struct Channel {
    mean: f32,
    inverse: f32,
    slope: f32,
    shift: f32,
}

impl Channel {
    fn new(mean: f32, variance: f32, scale: f32, offset: f32, epsilon: f32) -> Channel {
        let inverse = 1.0 / (variance + epsilon).sqrt();
        let slope = scale * inverse;
        Channel { mean, inverse, slope, shift: offset - mean * slope }
    }
}

/// Fills `out`, and gives the mean and the variance of each channel.
fn forward(
    planes: &Planes<'_>,
    scale: &[f32],
    offset: &[f32],
    epsilon: f32,
    clip: Clip,
    out: &mut [f32],
) -> Vec<(f32, f32)> {
    let (low, high) = clip.bounds();
    let count = planes.count() as f64;
    let one = |(channel, outs): (usize, Vec<&mut [f32]>)| {
        let mean = (planes.of(channel).map(|plane| sum(plane, plane, |x, _| x)).sum::<f64>() / count) as f32;
        let squares = |plane| sum(plane, plane, |x, _| (x - mean) * (x - mean));
        let variance = (planes.of(channel).map(squares).sum::<f64>() / count) as f32;
        let Channel { slope, shift, .. } = Channel::new(mean, variance, scale[channel], offset[channel], epsilon);
        for (plane, out) in planes.of(channel).zip(outs) {
            out.iter_mut().zip(plane).for_each(|(out, x)| *out = (slope * x + shift).clamp(low, high));
        }
        (mean, variance)
    };
    planes.split(out).into_par_iter().enumerate().map(one).collect()
}

/// Fills `out` with the gradient of the input, and gives those of scale and offset of each channel.
fn backward(
    x: &Planes<'_>,
    gradient: &Planes<'_>,
    channels: &[Channel],
    clip: Clip,
    out: &mut [f32],
) -> Vec<(f32, f32)> {
    let (low, high) = clip.bounds();
    let count = x.count() as f64;
    let one = |(index, outs): (usize, Vec<&mut [f32]>)| {
        let &Channel { mean, inverse, slope, shift } = &channels[index];
        let passed = |x: f32, gradient: f32| {
            let y = slope * x + shift;
            // `&` does not branch
            if (y > low) & (y < high) { gradient } else { 0.0 }
        };
        let (mut for_offset, mut for_scale) = (0.0, 0.0);
        for (x, gradient) in x.of(index).zip(gradient.of(index)) {
            for_offset += sum(x, gradient, passed);
            for_scale += sum(x, gradient, |x, gradient| passed(x, gradient) * (x - mean));
        }
        for_scale *= f64::from(inverse);
        let mean_gradient = (for_offset / count) as f32;
        let lean = (for_scale / count) as f32 * inverse;
        for ((x, gradient), out) in x.of(index).zip(gradient.of(index)).zip(outs) {
            for ((out, x), gradient) in out.iter_mut().zip(x).zip(gradient) {
                *out = slope * (passed(*x, *gradient) - mean_gradient - (x - mean) * lean);
            }
        }
        (for_scale as f32, for_offset as f32)
    };
    x.split(out).into_par_iter().enumerate().map(one).collect()
}

/// The pixels of each channel of each picture.
struct Planes<'a> {
    numbers: &'a [f32],
    channels: usize,
    pixels: usize,
}

impl<'a> Planes<'a> {
    fn new(numbers: &'a [f32], [batch, channels]: [usize; 2]) -> Planes<'a> {
        Planes { numbers, channels, pixels: (numbers.len() / (batch * channels).max(1)).max(1) }
    }

    fn of(&self, channel: usize) -> impl Iterator<Item = &'a [f32]> {
        self.numbers.chunks_exact(self.pixels).skip(channel).step_by(self.channels)
    }

    /// Numbers of each channel.
    fn count(&self) -> usize {
        self.numbers.len() / self.channels
    }

    /// The planes of each channel, to be filled.
    fn split<'b>(&self, out: &'b mut [f32]) -> Vec<Vec<&'b mut [f32]>> {
        let mut split: Vec<Vec<&mut [f32]>> = (0..self.channels).map(|_| Vec::new()).collect();
        for (index, plane) in out.chunks_exact_mut(self.pixels).enumerate() {
            split[index % self.channels].push(plane);
        }
        split
    }
}

/// Sum of `of` over two planes, side by side so that the processor adds several at a time.
fn sum(a: &[f32], b: &[f32], of: impl Fn(f32, f32) -> f32) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| of(*a, *b)).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += of(a[lane], b[lane]);
        }
    }
    f64::from(rest) + sums.iter().map(|sum| f64::from(*sum)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData, activation::relu};

    use super::*;
    use crate::engine::kernels::checks::{assert_near, numbers, slopes};

    const SHAPE: [usize; 4] = [3, 4, 5, 7];

    /// Output, mean, variance, and gradients of input, scale and offset.
    fn results(clip: Clip, ours: bool) -> [Vec<f32>; 6] {
        let device = Device::flex().autodiff();
        let tensor =
            |count: usize, seed| Tensor::<1>::from_data(TensorData::new(numbers(count, seed), [count]), &device);
        let count = SHAPE.iter().product();
        let x = (tensor(count, 1).reshape(SHAPE) + 3.0).detach().require_grad();
        let scale = (tensor(4, 2) * 5.0).detach().require_grad();
        let offset = tensor(4, 3).require_grad();
        let (y, mean, variance) = if ours {
            batch_norm(x.clone(), scale.clone(), offset.clone(), 1e-3, clip)
        } else {
            let result = module::batch_norm_train(x.clone(), scale.clone(), offset.clone(), 1e-3);
            let y = match clip {
                Clip::Linear => result.output,
                Clip::Relu => relu(result.output),
                Clip::Relu6 => result.output.clamp(0.0, 6.0),
            };
            (y, result.mean, result.variance)
        };
        let grads = (y.clone() * tensor(count, 4).reshape(SHAPE)).sum().backward();
        [
            y.into_data().try_to_vec().unwrap(),
            mean.into_data().try_to_vec().unwrap(),
            variance.into_data().try_to_vec().unwrap(),
            x.grad(&grads).unwrap().into_data().try_to_vec().unwrap(),
            scale.grad(&grads).unwrap().into_data().try_to_vec().unwrap(),
            offset.grad(&grads).unwrap().into_data().try_to_vec().unwrap(),
        ]
    }

    #[test]
    fn output_statistics_and_gradients_agree_with_burn() {
        for clip in [Clip::Linear, Clip::Relu, Clip::Relu6] {
            for (ours, burns) in results(clip, true).iter().zip(&results(clip, false)) {
                assert_near(ours, burns, 1e-4);
            }
        }
    }

    #[test]
    fn relu6_clips_on_both_sides() {
        let [y, ..] = results(Clip::Relu6, true);
        assert!(y.contains(&0.0) && y.contains(&6.0) && y.iter().all(|y| (0.0..=6.0).contains(y)));
    }

    #[test]
    fn what_is_not_a_number_is_not_hidden() {
        let device = Device::flex();
        let x = Tensor::<2>::from_data([[f32::NAN], [1.0]], &device);
        let row = Tensor::<1>::ones([1], &device);
        let y: Vec<f32> = batch_norm(x, row.clone(), row, 1e-3, Clip::Relu).0.into_data().try_to_vec().unwrap();
        assert!(y.iter().all(|y| y.is_nan()));
    }

    #[test]
    fn gradients_are_the_slopes_of_the_output() {
        let [.., for_x, for_scale, for_offset] = results(Clip::Linear, true);
        let loss = |x: &[f32], scale: &[f32], offset: &[f32]| {
            let device = Device::flex();
            let tensor = |of: &[f32]| Tensor::<1>::from_data(TensorData::new(of.to_vec(), [of.len()]), &device);
            let (y, ..) = batch_norm(tensor(x).reshape(SHAPE), tensor(scale), tensor(offset), 1e-3, Clip::Linear);
            let y: Vec<f32> = y.into_data().try_to_vec().unwrap();
            y.iter().zip(numbers(y.len(), 4)).map(|(y, r)| f64::from(*y) * f64::from(r)).sum()
        };
        let x: Vec<f32> = numbers(SHAPE.iter().product(), 1).iter().map(|x| x + 3.0).collect();
        let scale: Vec<f32> = numbers(4, 2).iter().map(|scale| scale * 5.0).collect();
        let offset = numbers(4, 3);
        assert_near(&for_x, &slopes(&x, |x| loss(x, &scale, &offset)), 2e-3);
        assert_near(&for_scale, &slopes(&scale, |scale| loss(&x, scale, &offset)), 2e-3);
        assert_near(&for_offset, &slopes(&offset, |offset| loss(&x, &scale, offset)), 2e-3);
    }
}
