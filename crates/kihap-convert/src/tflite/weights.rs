//! Constant tensors of a TFLite file.

use half::f16;

use super::flatbuffer::Table;
use super::sparse;
use crate::ConvertError;
use crate::tensor::{MAX_WEIGHTS, Tensor, Values, element_count};

/// `TensorType` of the schema.
pub(super) const FLOAT32: i8 = 0;
const FLOAT16: i8 = 1;
const INT32: i8 = 2;
const INT64: i8 = 4;
const MAX_RANK: usize = 8;

/// What the file says of one tensor.
pub(super) struct Description<'a> {
    pub(super) name: &'a str,
    pub(super) shape: Vec<usize>,
    pub(super) element: i8,
    data: &'a [u8],
    sparsity: Option<Table<'a>>,
}

impl<'a> Description<'a> {
    /// Reads a `Tensor` table; `buffers` are the file's.
    pub(super) fn read(tensor: &Table<'a>, buffers: &[Table<'a>]) -> Result<Self, ConvertError> {
        let name = tensor.text(3)?;
        let shape = tensor.i32s(0)?;
        if shape.len() > MAX_RANK {
            return Err(damaged(name, "has more dimensions than any network uses"));
        }
        let shape = shape.iter().map(usize::try_from).collect::<Result<Vec<_>, _>>();
        let shape = shape.map_err(|_| damaged(name, "has a negative size"))?;
        let buffer = tensor.u32(2)?;
        let buffer = buffers.get(buffer).ok_or_else(|| damaged(name, "has no buffer"))?;
        Ok(Self { shape, element: tensor.i8(1, 0)?, data: buffer.bytes(0)?, sparsity: tensor.table(6)?, name })
    }

    /// Whether the file gives its values.
    pub(super) fn is_constant(&self) -> bool {
        !self.data.is_empty()
    }

    /// The values, half floats widened and sparse storage filled out. `budget` is what may still be unpacked.
    pub(super) fn unpack(&self, budget: &mut usize) -> Result<Tensor, ConvertError> {
        let count = element_count(&self.shape).filter(|&count| count <= *budget);
        let count = count.ok_or(ConvertError::TooLarge { limit: MAX_WEIGHTS })?;
        *budget -= count;
        let stored = self.stored()?;
        let values = match (&self.sparsity, stored) {
            (None, values) => values,
            (Some(sparsity), Values::F32(values)) => Values::F32(sparse::fill(sparsity, &self.shape, count, &values)?),
            (Some(_), _) => {
                return Err(ConvertError::Unsupported { format: "TFLite", what: "sparse integers".into() });
            }
        };
        Tensor::new(self.shape.clone(), values).map_err(|_| damaged(self.name, "has not as many values as its shape"))
    }

    fn stored(&self) -> Result<Values, ConvertError> {
        let data = self.data;
        Ok(match self.element {
            FLOAT32 => Values::F32(data.as_chunks().0.iter().map(|&c| f32::from_le_bytes(c)).collect()),
            FLOAT16 => Values::F32(data.as_chunks().0.iter().map(|&c| f16::from_le_bytes(c).to_f32()).collect()),
            INT32 => Values::I32(data.as_chunks().0.iter().map(|&c| i32::from_le_bytes(c)).collect()),
            INT64 => Values::I64(data.as_chunks().0.iter().map(|&c| i64::from_le_bytes(c)).collect()),
            other => {
                let what = format!("element type {other} (tensor {:?})", self.name);
                return Err(ConvertError::Unsupported { format: "TFLite", what });
            }
        })
    }
}

fn damaged(name: &str, what: &str) -> ConvertError {
    ConvertError::Damaged { format: "TFLite", detail: format!("tensor {name:?} {what}") }
}
