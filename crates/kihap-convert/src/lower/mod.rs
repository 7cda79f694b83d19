//! From channels-last networks (TensorFlow's habit) to a channels-first ONNX graph.
//!
//! A [`Value`] is known by the shape its source gives it, channels last, while the ONNX tensor behind it may lie channels
//! first. Convolutions, pools, element-wise arithmetic and the like stay channels first from one end of the network to
//! the other; a transpose is written only where an operation depends on the order of all elements (a reshape), and for
//! published outputs, which keep the source's order. Zero borders before a convolution become its own padding.

mod convolution;
mod dense;
mod elementwise;
mod indexing;
mod layout;
mod pooling;
mod rearrange;
mod resize;

use std::collections::HashMap;
use std::rc::Rc;

pub(crate) use convolution::{Convolution, Padding};
pub(crate) use dense::BatchNormalization;
pub(crate) use elementwise::Activation;
pub(crate) use pooling::{Pool, PoolKind};
pub(crate) use resize::ResizeMode;

use crate::onnx::{Dim, ElementType, GraphBuilder};
use crate::tensor::Values;
use crate::{ConvertError, Tensor};

/// Largest size of one dimension that is believed.
const MAX_DIM: usize = 1 << 24;

/// Largest number of scalars that one value for one picture may have (512 MiB of `f32`): a few bytes of a file can ask for
/// borders or sizes that no machine has memory for.
const MAX_SCALARS: usize = 1 << 27;

/// More outputs than any network has.
const MAX_OUTPUTS: usize = 256;

/// A size, or `None` for the batch dimension that is chosen at run time.
pub(crate) type Size = Option<usize>;

/// How the ONNX tensor of a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Layout {
    /// As the source's shape says.
    AsShape,
    /// The source says `[n, h, w, c]`, or `[h, w, c]` with a batch of 1 gone; the tensor is `[n, c, h, w]`.
    ChannelsFirst,
}

/// A value computed at run time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flow {
    /// ONNX name.
    pub(crate) name: String,
    /// Shape as the source sees it, border included.
    pub(crate) shape: Vec<Size>,
    /// Element type.
    pub(crate) element: ElementType,
    /// How the ONNX tensor lies.
    pub(crate) layout: Layout,
    /// Border of zeros (top, left, bottom, right) that is not in the ONNX tensor yet.
    pub(crate) border: [usize; 4],
}

/// A constant or a computed value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Known while converting.
    Constant(Rc<Tensor>),
    /// Known at run time.
    Computed(Flow),
}

impl Value {
    pub(crate) fn constant(tensor: Tensor) -> Self {
        Self::Constant(Rc::new(tensor))
    }

    /// Shape as the source sees it.
    pub(crate) fn shape(&self) -> Vec<Size> {
        match self {
            Self::Constant(tensor) => tensor.shape().iter().map(|&dim| Some(dim)).collect(),
            Self::Computed(flow) => flow.shape.clone(),
        }
    }

    /// Element type.
    pub(crate) fn element(&self) -> ElementType {
        match self {
            Self::Constant(tensor) => match tensor.values() {
                Values::F32(_) => ElementType::F32,
                Values::I32(_) => ElementType::I32,
                Values::I64(_) => ElementType::I64,
            },
            Self::Computed(flow) => flow.element,
        }
    }

    /// The constant, or an error that names what was to be constant.
    pub(crate) fn expect_constant(&self, operation: &str, what: &str) -> Result<&Tensor, ConvertError> {
        match self {
            Self::Constant(tensor) => Ok(tensor),
            Self::Computed(_) => Err(ConvertError::inconsistent(operation, format!("{what} is not constant"))),
        }
    }

    /// The constant as integers.
    pub(crate) fn expect_integers(&self, operation: &str, what: &str) -> Result<Vec<i64>, ConvertError> {
        self.expect_constant(operation, what)?
            .to_i64()
            .ok_or_else(|| ConvertError::inconsistent(operation, format!("{what} is not made of integers")))
    }
}

/// Writes the ONNX graph while a frontend walks its network.
pub(crate) struct Lowering {
    pub(crate) graph: GraphBuilder,
    /// Tensors made from others by moving data only, so that each is made once: (name, border, wanted) → name.
    moved: HashMap<(String, [usize; 4], Layout), String>,
}

impl Lowering {
    pub(crate) fn new(name: &str) -> Self {
        Self { graph: GraphBuilder::new(name), moved: HashMap::new() }
    }

    /// Declares the picture input `name` of channels-last shape `[n, h, w, c]`; the ONNX input is `[n, c, h, w]`.
    /// A batch that is `None` is written as `N`. Inputs of other ranks lie as their shape says.
    pub(crate) fn input(&mut self, name: &str, shape: &[Size], element: ElementType) -> Result<Value, ConvertError> {
        check_shape(name, shape)?;
        let layout = if shape.len() == 4 { Layout::ChannelsFirst } else { Layout::AsShape };
        let dims: Vec<Dim> = stored(shape, layout).into_iter().map(dim).collect();
        self.graph.input(name, element, &dims);
        Ok(Value::Computed(Flow { name: name.into(), shape: shape.to_vec(), element, layout, border: [0; 4] }))
    }

    /// Publishes values with the source's names, shapes and order of elements, folds, prunes and encodes.
    pub(crate) fn finish(mut self, outputs: &[(String, Value)]) -> Result<Vec<u8>, ConvertError> {
        if outputs.len() > MAX_OUTPUTS {
            return Err(ConvertError::inconsistent("the network", format!("it has {} outputs", outputs.len())));
        }
        outputs.iter().for_each(|(name, _)| self.graph.reserve(name));
        let made = outputs.iter().map(|(_, value)| self.as_shape(value)).collect::<Result<Vec<_>, _>>()?;
        let mut published: HashMap<&str, &str> = HashMap::new();
        for ((name, value), made) in outputs.iter().zip(&made) {
            let source = published.get(made.as_str()).copied();
            if source.is_some() || !self.graph.rename(made, name) {
                self.graph.node_into("Identity", &[source.unwrap_or(made)], name, &[]);
            } else {
                published.insert(made, name);
            }
            let dims: Vec<Dim> = value.shape().into_iter().map(dim).collect();
            self.graph.output(name, value.element(), &dims);
        }
        self.graph.fold_into_convolutions()?;
        self.graph.finish()
    }
}

fn dim(size: Size) -> Dim {
    size.map_or_else(Dim::batch, Dim::Fixed)
}

/// Order in which the ONNX tensor has the dimensions of a source shape.
fn stored(shape: &[Size], layout: Layout) -> Vec<Size> {
    match (layout, shape) {
        (Layout::ChannelsFirst, &[n, h, w, c]) => vec![n, c, h, w],
        _ => shape.to_vec(),
    }
}

/// Refuses shapes with dimensions that are zero, absurd, or unknown anywhere but in front.
fn check_shape(operation: &str, shape: &[Size]) -> Result<(), ConvertError> {
    for (axis, size) in shape.iter().enumerate() {
        match size {
            Some(1..=MAX_DIM) => {}
            None if axis == 0 => {}
            _ => return Err(ConvertError::inconsistent(operation, format!("shape {shape:?} is not usable"))),
        }
    }
    check_size(operation, shape)
}

/// Refuses values that no memory has room for.
pub(crate) fn check_size(operation: &str, shape: &[Size]) -> Result<(), ConvertError> {
    let scalars = shape.iter().try_fold(1usize, |all, size| all.checked_mul(size.unwrap_or(1)));
    match scalars {
        Some(0..=MAX_SCALARS) => Ok(()),
        _ => Err(ConvertError::inconsistent(operation, format!("a value of shape {shape:?} is too large"))),
    }
}
