//! The kinds of layers.

use serde::{Deserialize, Serialize};

use super::Init;

/// Rows and columns added around a picture before a window slides over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// None.
    Valid,
    /// TensorFlow's `SAME`: as much as makes the output ⌈input / stride⌉ long; an odd one goes to the bottom or right.
    Same,
    /// Top, bottom, left, right.
    Explicit([usize; 4]),
}

/// Functions applied to every element.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// min(max(x, 0), 6).
    Relu6,
    /// x, or the slope times x below 0.
    LeakyRelu(f32),
    /// x · relu6(x + 3) / 6 (Howard et al., 2019).
    HardSwish,
    /// relu6(x + 3) / 6 (Howard et al., 2019).
    HardSigmoid,
    /// x · sigmoid(x) (Ramachandran et al., 2017), also called SiLU.
    Swish,
    /// x · Φ(x), by the error function (Hendrycks and Gimpel, 2016).
    Gelu,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// e^x over its sum along the last axis.
    Softmax,
}

/// What a pooling window gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolKind {
    /// The largest value.
    Max,
    /// The mean of the values that are not padding.
    Average,
}

/// What is left of the axes that are reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReduceKind {
    /// The mean.
    Mean,
    /// The largest value.
    Max,
    /// The sum.
    Sum,
}

/// Kinds of recurrent cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// h' = tanh(x·W + h·U + b) (Elman, 1990).
    Rnn,
    /// Gated recurrent unit (Cho et al., 2014) with the reset gate applied after the product, as Keras' default: gates in
    /// the order update, reset, candidate.
    Gru,
    /// Long short-term memory (Hochreiter and Schmidhuber, 1997): gates in the order input, forget, candidate, output.
    Lstm,
}

impl Cell {
    /// Number of gates, each as wide as the state.
    pub fn gates(self) -> usize {
        match self {
            Cell::Rnn => 1,
            Cell::Gru => 3,
            Cell::Lstm => 4,
        }
    }
}

/// A layer. Shapes are those of one example: pictures `[channels, height, width]`, sequences `[steps, features]`, rows
/// `[features]`. Windows over time alone are 2-D windows over `[channels, steps, 1]` (or `[channels, steps, joints]`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// `[c, h, w]` → `[filters, h', w']`. Weights: `weight` `[filters, c / groups, kernel]`, and `bias` `[filters]`.
    Conv2d {
        /// Channels of the output.
        filters: usize,
        /// Height and width of the window.
        kernel: [usize; 2],
        /// Steps down and to the right.
        stride: [usize; 2],
        /// What is added at the edges.
        padding: Padding,
        /// Distance between the window's elements.
        dilation: [usize; 2],
        /// Channels are divided into so many groups; as many as channels for a depthwise convolution.
        groups: usize,
        /// Whether a bias is added.
        bias: bool,
        /// Where the weights start from.
        init: Init,
    },
    /// `[c, h, w]` → `[filters, (h − 1)·stride + kernel − 2·padding, …]`. Weights: `weight` `[c, filters, kernel]`, and
    /// `bias` `[filters]`.
    ConvTranspose2d {
        /// Channels of the output.
        filters: usize,
        /// Height and width of the window.
        kernel: [usize; 2],
        /// Rows and columns of the output for one of the input.
        stride: [usize; 2],
        /// Rows and columns cut off on each side of the output.
        padding: [usize; 2],
        /// Whether a bias is added.
        bias: bool,
        /// Where the weights start from.
        init: Init,
    },
    /// `[…, n]` → `[…, units]`. Weights: `weight` `[n, units]`, and `bias` `[units]`.
    Dense {
        /// Width of the output.
        units: usize,
        /// Whether a bias is added.
        bias: bool,
        /// Where the weights start from.
        init: Init,
    },
    /// Normalises each channel (the first axis) over the batch (Ioffe and Szegedy, 2015). Weights: `scale`, `offset`,
    /// and the running `mean` and `variance`, which are not trained.
    BatchNorm {
        /// Added to the variance.
        epsilon: f32,
        /// Share of the running statistics that a batch leaves as it is.
        momentum: f32,
    },
    /// Normalises the last axis (Ba et al., 2016). Weights: `scale` and `offset`.
    LayerNorm {
        /// Added to the variance.
        epsilon: f32,
    },
    /// Divides by (k + alpha / size · Σ x²)^beta over `size` neighbouring channels (Krizhevsky et al., 2012).
    LocalResponseNorm {
        /// Number of neighbouring channels.
        size: usize,
        /// Weight of the squares.
        alpha: f32,
        /// Exponent.
        beta: f32,
        /// Constant.
        k: f32,
    },
    /// A function of every element.
    Activation {
        /// Which.
        function: Activation,
    },
    /// `[c, h, w]` → `[c, h', w']`.
    Pool {
        /// What is taken from a window.
        kind: PoolKind,
        /// Height and width of the window.
        kernel: [usize; 2],
        /// Steps down and to the right.
        stride: [usize; 2],
        /// What is added at the edges.
        padding: Padding,
    },
    /// Removes axes.
    Reduce {
        /// How.
        kind: ReduceKind,
        /// Which, in rising order.
        axes: Vec<usize>,
    },
    /// Sum of two inputs of the same rank; an axis of length 1 is stretched.
    Add,
    /// First input minus the second, shaped as for [`Op::Add`].
    Subtract,
    /// Product of two inputs, shaped as for [`Op::Add`].
    Multiply,
    /// Inputs one after the other along `axis`.
    Concat {
        /// The axis.
        axis: usize,
    },
    /// Sets a share of the elements to 0 in training and scales the others up (Srivastava et al., 2014).
    Dropout {
        /// The share, 0 to below 1.
        rate: f32,
    },
    /// `[a, b, …]` → `[a·b·…]`, channels first.
    Flatten,
    /// The same elements in another shape.
    Reshape {
        /// The shape.
        shape: Vec<usize>,
    },
    /// Axes in another order: axis `i` of the output is axis `axes[i]` of the input.
    Permute {
        /// The order.
        axes: Vec<usize>,
    },
    /// Zeros around a picture: top, bottom, left, right.
    ZeroPad {
        /// How many.
        padding: [usize; 4],
    },
    /// Cuts rows and columns off a picture: top, bottom, left, right.
    Crop {
        /// How many.
        cropping: [usize; 4],
    },
    /// Picks elements along an axis, in the order given; elements may be picked more than once.
    Gather {
        /// The axis.
        axis: usize,
        /// Which elements.
        indices: Vec<usize>,
    },
    /// Multiplies by a constant and adds another, both as long as the last axis.
    Scale {
        /// Factor.
        scale: Vec<f32>,
        /// Summand.
        offset: Vec<f32>,
    },
    /// Adds a learned array of the input's shape. Weight: `position`.
    PositionEmbedding,
    /// `[steps, n]` → `[steps, units]`, or `[units]` after all steps (for the way back: after the first step, where it ends,
    /// as in Keras and ONNX); twice as wide where it runs both ways. Weights for
    /// each direction `forward` and `backward`: `input` `[n, gates·units]`, `recurrent` `[units, gates·units]`, `bias`
    /// `[gates·units]`; for [`Cell::Gru`] also `recurrent_bias`.
    Recurrent {
        /// Kind of cell.
        cell: Cell,
        /// Width of the state.
        units: usize,
        /// Also from the last step to the first; the outputs come one after the other along the last axis.
        bidirectional: bool,
        /// Whether every step's state is given.
        sequences: bool,
    },
    /// Multi-head self-attention on `[steps, n]` (Vaswani et al., 2017). Weights: `query`, `key`, `value` and `output`,
    /// each `.weight` `[n, n]` and `.bias` `[n]`.
    Attention {
        /// Number of heads; divides n.
        heads: usize,
    },
    /// Mixes the last axis: y = x·(matrix + learned). Used over a skeleton's joints (Yan et al., 2018). Weight, where it
    /// is learned: `learned` `[n, n]`, starting at 0.
    Mix {
        /// `n` rows of `n` numbers.
        matrix: Vec<f32>,
        /// Whether a learned matrix is added.
        learned: bool,
    },
}
