//! Constant tensors: the weights of a network.

use crate::ConvertError;

/// Largest number of scalars that the weights of one network may unpack to (512 MiB of `f32`). The largest network
/// read here, BlazePose heavy, has 14 million.
pub const MAX_WEIGHTS: usize = 1 << 27;

/// Scalars of a tensor in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 32-bit integers.
    I32(Vec<i32>),
    /// 64-bit integers.
    I64(Vec<i64>),
}

impl Values {
    /// Number of scalars.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::I64(v) => v.len(),
        }
    }

    /// Whether there are no scalars.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A dense constant tensor, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Values,
}

impl Tensor {
    /// A tensor of that shape; an error if the number of values is not the product of the shape.
    pub fn new(shape: Vec<usize>, values: Values) -> Result<Self, ConvertError> {
        if element_count(&shape) != Some(values.len()) {
            return Err(ConvertError::inconsistent(
                "a constant",
                format!("{} values do not fill shape {shape:?}", values.len()),
            ));
        }
        Ok(Self { shape, values })
    }

    /// A tensor of 32-bit floats; same error as [`Tensor::new`].
    pub fn f32(shape: &[usize], values: Vec<f32>) -> Result<Self, ConvertError> {
        Self::new(shape.to_vec(), Values::F32(values))
    }

    /// A one-dimensional tensor of 64-bit integers.
    pub fn i64_vector(values: Vec<i64>) -> Self {
        Self { shape: vec![values.len()], values: Values::I64(values) }
    }

    /// A single 32-bit float (rank 0).
    pub fn scalar(value: f32) -> Self {
        Self { shape: Vec::new(), values: Values::F32(vec![value]) }
    }

    /// Shape, outermost dimension first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Scalars, row-major.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Scalars as floats, if they are floats.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.values {
            Values::F32(v) => Some(v),
            _ => None,
        }
    }

    /// Scalars as 64-bit integers, if they are integers.
    pub fn to_i64(&self) -> Option<Vec<i64>> {
        match &self.values {
            Values::F32(_) => None,
            Values::I32(v) => Some(v.iter().map(|&x| i64::from(x)).collect()),
            Values::I64(v) => Some(v.clone()),
        }
    }

    /// The same scalars under another shape of the same size.
    pub fn reshaped(self, shape: &[usize]) -> Result<Self, ConvertError> {
        Self::new(shape.to_vec(), self.values)
    }

    /// The tensor with dimension `order[i]` of `self` as dimension `i`. `order` must be a permutation of the axes.
    pub fn transposed(&self, order: &[usize]) -> Result<Self, ConvertError> {
        let mut seen = vec![false; self.shape.len()];
        for &axis in order {
            match seen.get_mut(axis) {
                Some(flag) if !*flag => *flag = true,
                _ => return Err(self.bad_order(order)),
            }
        }
        if order.len() != self.shape.len() {
            return Err(self.bad_order(order));
        }
        let mut strides = vec![1usize; self.shape.len()];
        for axis in (1..self.shape.len()).rev() {
            // Wraps only where another dimension is 0 and nothing is read.
            strides[axis - 1] = strides[axis].wrapping_mul(self.shape[axis]);
        }
        let shape: Vec<usize> = order.iter().map(|&axis| self.shape[axis]).collect();
        let strides: Vec<usize> = order.iter().map(|&axis| strides[axis]).collect();
        let values = match &self.values {
            Values::F32(v) => Values::F32(gather(v, &shape, &strides)),
            Values::I32(v) => Values::I32(gather(v, &shape, &strides)),
            Values::I64(v) => Values::I64(gather(v, &shape, &strides)),
        };
        Self::new(shape, values)
    }

    fn bad_order(&self, order: &[usize]) -> ConvertError {
        ConvertError::inconsistent("a transpose", format!("{order:?} does not permute shape {:?}", self.shape))
    }
}

/// Product of a shape, or `None` where it overflows.
pub(crate) fn element_count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1usize, |product, &dim| product.checked_mul(dim))
}

/// Values read in the order of `shape`, where a step along axis `i` moves `strides[i]` in `source`.
fn gather<T: Copy>(source: &[T], shape: &[usize], strides: &[usize]) -> Vec<T> {
    let mut out = Vec::with_capacity(source.len());
    let mut index = vec![0usize; shape.len()];
    let mut offset = 0;
    for _ in 0..source.len() {
        out.push(source[offset]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            offset += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_moves_every_value() {
        let t = Tensor::f32(&[2, 3, 1], vec![0., 1., 2., 3., 4., 5.]).unwrap();
        let u = t.transposed(&[2, 1, 0]).unwrap();
        assert_eq!(u.shape(), [1, 3, 2]);
        assert_eq!(u.as_f32().unwrap(), [0., 3., 1., 4., 2., 5.]);
        assert_eq!(u.transposed(&[2, 1, 0]).unwrap(), t);
    }

    #[test]
    fn a_wrong_permutation_is_an_error() {
        let t = Tensor::f32(&[2, 2], vec![0.; 4]).unwrap();
        assert!(t.transposed(&[0, 0]).is_err());
        assert!(t.transposed(&[0]).is_err());
        assert!(t.transposed(&[0, 2]).is_err());
    }

    #[test]
    fn shape_and_values_must_agree() {
        assert!(Tensor::f32(&[2, 2], vec![0.; 3]).is_err());
        assert!(Tensor::f32(&[usize::MAX, 2], vec![]).is_err());
        let empty = Tensor::f32(&[0, usize::MAX, 2], vec![]).unwrap();
        assert_eq!(empty.transposed(&[1, 0, 2]).unwrap().shape(), [usize::MAX, 0, 2]);
    }
}
