//! What can be wrong with a network or its weights.

/// Why a network cannot be built or filled with weights.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ZooError {
    /// A layer does not fit what comes before it.
    #[error("layer '{layer}' of {network} does not fit: {problem}")]
    Layer {
        /// The network.
        network: String,
        /// The layer.
        layer: String,
        /// What is wrong.
        problem: String,
    },
    /// No layer has the name.
    #[error("{network} has no layer '{layer}'; it has {known}")]
    NoLayer {
        /// The network.
        network: String,
        /// The name asked for.
        layer: String,
        /// The layers there are.
        known: String,
    },
    /// A network cannot be cut at a layer.
    #[error(
        "{network} cannot be cut at '{layer}': later layers also read '{read}', which lies before it; cut at another"
    )]
    Cut {
        /// The network.
        network: String,
        /// Where it was to be cut.
        layer: String,
        /// The earlier layer that is read past the cut.
        read: String,
    },
    /// No network has the name.
    #[error("there is no network '{name}'; there are {known}")]
    UnknownNetwork {
        /// The name asked for.
        name: String,
        /// The networks there are.
        known: String,
    },
    /// A setting that the network cannot be built with.
    #[error("{network} cannot have {setting} {value}; allowed: {allowed}")]
    Setting {
        /// The network.
        network: String,
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// A weight is missing or has another shape.
    #[error("the weights do not fit {network}: {problem}")]
    Weights {
        /// The network.
        network: String,
        /// Which weight, and what is wrong.
        problem: String,
    },
    /// A network that cannot be written as ONNX.
    #[error("{network} cannot be written as ONNX: {problem}")]
    Onnx {
        /// The network.
        network: String,
        /// Why not.
        problem: String,
    },
    /// A file of weights that cannot be read.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
}
