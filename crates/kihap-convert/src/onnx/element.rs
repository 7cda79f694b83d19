//! Element types and dimensions of ONNX values.

/// Element type of an ONNX tensor; the numbers are those of `TensorProto.DataType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ElementType {
    /// 32-bit float.
    F32 = 1,
    /// Unsigned byte.
    U8 = 2,
    /// 32-bit integer.
    I32 = 6,
    /// 64-bit integer.
    I64 = 7,
    /// Truth value.
    Bool = 9,
}

/// One dimension of a graph input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dim {
    /// Known when the graph is written.
    Fixed(usize),
    /// Chosen at run time; the name ties equal dimensions together, such as `N` for the batch.
    Named(String),
}

impl Dim {
    /// The batch dimension, `N`.
    pub fn batch() -> Self {
        Self::Named("N".into())
    }
}

impl From<usize> for Dim {
    fn from(size: usize) -> Self {
        Self::Fixed(size)
    }
}
