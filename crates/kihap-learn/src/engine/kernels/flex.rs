//! Reading and making tensors of Burn's CPU backend, for operations written by hand.

use std::borrow::Cow;

use burn::{
    backend::flex::FlexTensor,
    tensor::{DType, Device, Tensor, TensorData},
};

/// Whether the operations written by hand can take `x`: numbers of 32 bits on the CPU backend.
pub(super) fn takes<const D: usize>(x: &Tensor<D>) -> bool {
    x.dtype() == DType::F32 && x.device().inner() == Device::flex()
}

/// The numbers of a tensor in the order of its axes; copied only where they lie otherwise.
pub(super) fn floats(tensor: &FlexTensor) -> Cow<'_, [f32]> {
    match tensor.layout().contiguous_offsets() {
        Some((start, end)) => Cow::Borrowed(&tensor.storage::<f32>()[start..end]),
        None => {
            let tensor = tensor.to_contiguous();
            let (start, end) = tensor.layout().contiguous_offsets().unwrap_or_default();
            Cow::Owned(tensor.storage::<f32>()[start..end].to_vec())
        }
    }
}

/// A tensor of `shape` from its numbers.
pub(super) fn tensor<const D: usize>(numbers: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(numbers, shape))
}

/// A tensor of the shape of `like` from its numbers.
pub(super) fn tensor_like(numbers: Vec<f32>, like: &FlexTensor) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(numbers, like.layout().shape().clone()))
}

/// The lengths of a tensor's first axes; those it lacks are 1.
pub(super) fn dims<const D: usize>(tensor: &FlexTensor) -> [usize; D] {
    let mut dims = [1; D];
    for (to, from) in dims.iter_mut().zip(tensor.layout().shape().iter()) {
        *to = *from;
    }
    dims
}
