//! Sparse constant tensors (`SparsityParameters` of the TFLite schema).
//!
//! The tensor's axes, and its blocks' where there are blocks, are visited in `traversal_order`. A dense level has every
//! coordinate; a sparse one (compressed rows) has, for the `p`-th visit, the coordinates
//! `indices[segments[p] .. segments[p + 1]]`. The values lie in the order of the visits.

use super::flatbuffer::{Integers, Table};
use crate::ConvertError;

/// More axes than any network's, blocks included.
const MAX_LEVELS: usize = 12;

enum Coordinates {
    Dense(usize),
    Sparse { segments: Vec<usize>, indices: Vec<usize> },
}

/// One level of the visit.
struct Level {
    coordinates: Coordinates,
    /// Sizes that a coordinate may have.
    size: usize,
    /// What a step along this level adds to the index in the dense tensor.
    stride: usize,
}

/// The dense tensor of that shape, of `count` elements.
pub(super) fn fill(sparsity: &Table, shape: &[usize], count: usize, values: &[f32]) -> Result<Vec<f32>, ConvertError> {
    if count == 0 {
        return Err(damaged("has no elements"));
    }
    let levels = levels(sparsity, shape)?;
    let mut dense = vec![0.0; count];
    visit(&levels, 0, 0, values, &mut dense)?;
    Ok(dense)
}

fn damaged(detail: &str) -> ConvertError {
    ConvertError::Damaged { format: "TFLite", detail: format!("a sparse tensor {detail}") }
}

fn levels(sparsity: &Table, shape: &[usize]) -> Result<Vec<Level>, ConvertError> {
    let order = unsigned(sparsity.i32s(0)?)?;
    let block_axes = unsigned(sparsity.i32s(1)?)?;
    let metadata = sparsity.tables(2)?;
    let rank = shape.len();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if order.len() != rank + block_axes.len()
        || order.len() != metadata.len()
        || order.len() > MAX_LEVELS
        || !sorted.iter().copied().eq(0..order.len())
        || block_axes.iter().any(|&axis| axis >= rank)
    {
        return Err(damaged("visits its axes in no sensible order"));
    }
    let mut blocks = vec![1usize; rank];
    for (axis, table) in order.iter().zip(&metadata) {
        if let Some(&of) = axis.checked_sub(rank).and_then(|block| block_axes.get(block)) {
            let size = usize::try_from(table.i32(1, 0)?).unwrap_or(0);
            if table.i8(0, 0)? != 0 || size == 0 || !shape[of].is_multiple_of(size) || blocks[of] != 1 {
                return Err(damaged("has blocks that do not fit"));
            }
            blocks[of] = size;
        }
    }
    let mut strides = vec![1usize; rank];
    for axis in (1..rank).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    (order.iter().zip(&metadata))
        .map(|(&axis, table)| {
            let (size, stride) = match axis.checked_sub(rank) {
                None => (shape[axis] / blocks[axis], strides[axis] * blocks[axis]),
                Some(block) => (blocks[block_axes[block]], strides[block_axes[block]]),
            };
            Ok(Level { coordinates: coordinates(table, size)?, size, stride })
        })
        .collect()
}

fn unsigned(values: Integers) -> Result<Vec<usize>, ConvertError> {
    values.iter().map(|value| usize::try_from(value).map_err(|_| damaged("counts below 0"))).collect()
}

fn coordinates(table: &Table, size: usize) -> Result<Coordinates, ConvertError> {
    if table.i8(0, 0)? == 0 {
        if usize::try_from(table.i32(1, 0)?) != Ok(size) {
            return Err(damaged("has a level of another size than its shape"));
        }
        return Ok(Coordinates::Dense(size));
    }
    let segments = index_vector(table, 2)?;
    let indices = index_vector(table, 4)?;
    if !segments.is_sorted() || segments.last() != Some(&indices.len()) || indices.iter().any(|&index| index >= size) {
        return Err(damaged("has coordinates outside its shape"));
    }
    Ok(Coordinates::Sparse { segments, indices })
}

/// The union `SparseIndexVector` whose type is field `id` and whose table is the next.
fn index_vector(table: &Table, id: usize) -> Result<Vec<usize>, ConvertError> {
    let vector = table.table(id + 1)?.ok_or_else(|| damaged("lacks coordinates"))?;
    match table.i8(id, 0)? {
        1 => unsigned(vector.i32s(0)?),
        2 => Ok(vector.u16s(0)?.into_iter().map(usize::from).collect()),
        3 => Ok(vector.bytes(0)?.iter().map(|&v| usize::from(v)).collect()),
        _ => Err(damaged("has coordinates of an unknown type")),
    }
}

fn visit(levels: &[Level], place: usize, index: usize, values: &[f32], dense: &mut [f32]) -> Result<(), ConvertError> {
    let Some((level, deeper)) = levels.split_first() else {
        let value = values.get(place).ok_or_else(|| damaged("has too few values"))?;
        *dense.get_mut(index).ok_or_else(|| damaged("reaches outside its shape"))? = *value;
        return Ok(());
    };
    match &level.coordinates {
        Coordinates::Dense(size) => {
            for i in 0..*size {
                visit(deeper, place * size + i, index + i * level.stride, values, dense)?;
            }
        }
        Coordinates::Sparse { segments, indices } => {
            let (Some(&from), Some(&to)) = (segments.get(place), segments.get(place + 1)) else {
                return Err(damaged("has too few segments"));
            };
            for (i, &at) in indices.iter().enumerate().take(to).skip(from) {
                debug_assert!(at < level.size, "checked while reading");
                visit(deeper, i, index + at * level.stride, values, dense)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sparse(size: usize, stride: usize, segments: &[usize], indices: &[usize]) -> Level {
        let coordinates = Coordinates::Sparse { segments: segments.to_vec(), indices: indices.to_vec() };
        Level { coordinates, size, stride }
    }

    fn dense(size: usize, stride: usize) -> Level {
        Level { coordinates: Coordinates::Dense(size), size, stride }
    }

    fn run(levels: &[Level], count: usize, values: &[f32]) -> Result<Vec<f32>, ConvertError> {
        let mut out = vec![0.0; count];
        visit(levels, 0, 0, values, &mut out).map(|()| out)
    }

    #[test]
    fn compressed_rows_are_filled_out() {
        let levels = [dense(2, 3), sparse(3, 1, &[0, 1, 3], &[2, 0, 1])];
        assert_eq!(run(&levels, 6, &[7., 8., 9.]).unwrap(), [0., 0., 7., 8., 9., 0.]);
    }

    #[test]
    fn blocks_are_filled_out() {
        // A 2 × 4 tensor in 1 × 2 blocks; only the second block of the first row and the first of the second are there.
        let levels = [dense(2, 4), sparse(2, 2, &[0, 1, 2], &[1, 0]), dense(2, 1)];
        assert_eq!(run(&levels, 8, &[1., 2., 3., 4.]).unwrap(), [0., 0., 1., 2., 3., 4., 0., 0.]);
    }

    #[test]
    fn missing_values_and_segments_are_errors() {
        assert!(run(&[dense(2, 1)], 2, &[1.]).is_err());
        assert!(run(&[dense(2, 1), sparse(1, 1, &[0, 1], &[0])], 2, &[1., 2.]).is_err());
    }
}
