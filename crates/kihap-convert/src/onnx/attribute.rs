//! Options of nodes.

use super::proto::AttributeProto;

/// An option of a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// An integer.
    Int(i64),
    /// A list of integers.
    Ints(Vec<i64>),
    /// A float.
    Float(f32),
    /// A text.
    Text(String),
}

impl From<i64> for Attribute {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f32> for Attribute {
    fn from(value: f32) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Attribute {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<&[usize]> for Attribute {
    fn from(values: &[usize]) -> Self {
        Self::Ints(values.iter().map(|&v| v as i64).collect())
    }
}

impl<const N: usize> From<[usize; N]> for Attribute {
    fn from(values: [usize; N]) -> Self {
        values.as_slice().into()
    }
}

impl Attribute {
    /// The attribute under its name.
    pub(super) fn named(&self, name: &str) -> AttributeProto {
        let mut proto = AttributeProto { name: name.into(), ..AttributeProto::default() };
        let kind = match self {
            Self::Float(v) => {
                proto.f = Some(*v);
                1
            }
            Self::Int(v) => {
                proto.i = Some(*v);
                2
            }
            Self::Text(v) => {
                proto.s = Some(v.clone().into_bytes());
                3
            }
            Self::Ints(v) => {
                proto.ints = v.clone();
                7
            }
        };
        proto.r#type = Some(kind);
        proto
    }
}
