//! What can go wrong while a published network is read or an ONNX graph is written.

/// Why a conversion was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The bytes are not a well-formed file of that format.
    #[error("this {format} file is damaged: {detail}; get the file again and check its SHA-256")]
    Damaged {
        /// Format that was being read, such as `TFLite`.
        format: &'static str,
        /// What was found, and where.
        detail: String,
    },
    /// The file is well-formed but uses something outside the subset that is converted.
    #[error("this {format} network uses {what}, which is not converted")]
    Unsupported {
        /// Format that was being read.
        format: &'static str,
        /// Operation, element type or option.
        what: String,
    },
    /// The weights, once unpacked, would need more memory than any network that is read here.
    #[error("this network unpacks to more than {limit} weights, far more than any network read here; it is refused")]
    TooLarge {
        /// Limit, in scalar weights.
        limit: usize,
    },
    /// A name given by the caller is not in the network.
    #[error("the network has no {what} named {name:?}; it has: {available}")]
    NoSuchName {
        /// What was looked for, such as `output`.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// Names that exist, comma-separated.
        available: String,
    },
    /// Shapes, element types or axes of an operation do not fit together.
    #[error("the network does not fit together at {operation}: {detail}")]
    Inconsistent {
        /// Operation or node.
        operation: String,
        /// What does not fit.
        detail: String,
    },
    /// An ONNX graph was assembled that no runtime would load.
    #[error("the ONNX graph is not valid: {0}")]
    InvalidGraph(String),
}

impl ConvertError {
    pub(crate) fn inconsistent(operation: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Inconsistent { operation: operation.into(), detail: detail.into() }
    }
}
