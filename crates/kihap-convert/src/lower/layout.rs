//! Moving values between layouts.

use std::rc::Rc;

use super::{Flow, Layout, Lowering, Size, Value};
use crate::{ConvertError, Tensor};

/// `[n, h, w, c]` → `[n, c, h, w]`.
pub(super) const TO_FIRST: [usize; 4] = [0, 3, 1, 2];
/// `[n, c, h, w]` → `[n, h, w, c]`.
const TO_LAST: [usize; 4] = [0, 2, 3, 1];

impl Lowering {
    /// ONNX name of the value lying as its shape says.
    pub(super) fn as_shape(&mut self, value: &Value) -> Result<String, ConvertError> {
        match value {
            Value::Constant(tensor) => Ok(self.graph.constant("constant", Tensor::clone(tensor))),
            Value::Computed(flow) => Ok(self.moved_to(flow, Layout::AsShape)),
        }
    }

    /// The four-dimensional value lying channels first, with its border written.
    pub(super) fn channels_first(&mut self, operation: &str, value: &Value) -> Result<Flow, ConvertError> {
        let flow = self.channels_first_with_border(operation, value)?;
        let name = self.moved_to(&flow, Layout::ChannelsFirst);
        Ok(Flow { name, border: [0; 4], ..flow })
    }

    /// The same, where the caller takes care of a border that is not written yet.
    pub(super) fn channels_first_with_border(&mut self, operation: &str, value: &Value) -> Result<Flow, ConvertError> {
        let shape = value.shape();
        if shape.len() != 4 {
            return Err(ConvertError::inconsistent(operation, format!("shape {shape:?} is not that of pictures")));
        }
        match value {
            Value::Constant(tensor) => {
                let name = self.graph.constant("constant", tensor.transposed(&TO_FIRST)?);
                Ok(Flow { name, shape, element: value.element(), layout: Layout::ChannelsFirst, border: [0; 4] })
            }
            Value::Computed(flow) if flow.layout == Layout::ChannelsFirst => Ok(flow.clone()),
            Value::Computed(flow) => {
                let name = self.moved_to(flow, Layout::ChannelsFirst);
                Ok(Flow { name, layout: Layout::ChannelsFirst, border: [0; 4], ..flow.clone() })
            }
        }
    }

    /// The tensor with its border written, lying as its layout says.
    pub(super) fn bordered(&mut self, flow: &Flow) -> String {
        self.moved_to(flow, flow.layout)
    }

    fn moved_to(&mut self, flow: &Flow, wanted: Layout) -> String {
        if flow.layout == wanted && flow.border == [0; 4] {
            return flow.name.clone();
        }
        if let (&[h, w, c], Layout::ChannelsFirst, Layout::AsShape) = (flow.shape.as_slice(), flow.layout, wanted) {
            let picture = Flow { shape: vec![Some(1), h, w, c], ..flow.clone() };
            let name = self.moved_to(&picture, wanted);
            return self.reshape_to(&name, &flow.shape);
        }
        let key = (flow.name.clone(), flow.border, wanted);
        if let Some(name) = self.moved.get(&key) {
            return name.clone();
        }
        let name = if flow.border == [0; 4] {
            self.relayout(flow, wanted)
        } else {
            let [top, left, bottom, right] = flow.border.map(|size| size as i64);
            let pads = self.graph.constant("pads", Tensor::i64_vector(vec![0, 0, top, left, 0, 0, bottom, right]));
            let name = self.graph.node("Pad", &[&flow.name, &pads], "bordered", &[]);
            self.moved_to(&Flow { name, border: [0; 4], ..flow.clone() }, wanted)
        };
        self.moved.insert(key, name.clone());
        name
    }

    fn relayout(&mut self, flow: &Flow, wanted: Layout) -> String {
        let order = if wanted == Layout::AsShape { TO_LAST } else { TO_FIRST };
        if same_order(&flow.shape) {
            let shape = super::stored(&flow.shape, wanted);
            return self.reshape_to(&flow.name, &shape);
        }
        self.graph.node("Transpose", &[&flow.name], "transposed", &[("perm", order.into())])
    }

    /// The value as a flow without border, channels first only if it has four dimensions.
    pub(super) fn plain(&mut self, value: &Value) -> Result<Flow, ConvertError> {
        match value {
            Value::Computed(flow) if flow.shape.len() == 4 => {
                let name = self.bordered(flow);
                Ok(Flow { name, border: [0; 4], ..flow.clone() })
            }
            _ => {
                let name = self.as_shape(value)?;
                let (shape, element) = (value.shape(), value.element());
                Ok(Flow { name, shape, element, layout: Layout::AsShape, border: [0; 4] })
            }
        }
    }

    /// A `Reshape` to a shape whose unknown dimension, if any, is computed from the rest.
    pub(super) fn reshape_to(&mut self, name: &str, shape: &[Size]) -> String {
        let dims = shape.iter().map(|size| size.map_or(-1, |size| size as i64)).collect();
        let dims = self.graph.constant("shape", Tensor::i64_vector(dims));
        self.graph.node("Reshape", &[name, &dims], "reshaped", &[])
    }

    /// A computed value of the same layout as `like`, without border.
    pub(super) fn computed(name: String, shape: Vec<Size>, like: &Flow) -> Value {
        Value::Computed(Flow { name, shape, element: like.element, layout: like.layout, border: [0; 4] })
    }

    /// A computed value that lies as its shape says.
    pub(super) fn computed_as_shape(name: String, shape: Vec<Size>, element: crate::onnx::ElementType) -> Value {
        Value::Computed(Flow { name, shape, element, layout: Layout::AsShape, border: [0; 4] })
    }
}

/// Whether a channels-last shape has its elements in the same order channels first: a single pixel, or one channel.
pub(super) fn same_order(shape: &[Size]) -> bool {
    matches!(shape, [_, Some(1), Some(1), _] | [_, _, _, Some(1)])
}

/// A constant given four dimensions (ones in front), in channels-first order, for broadcasting.
pub(super) fn constant_channels_first(tensor: &Rc<Tensor>) -> Result<Tensor, ConvertError> {
    let mut shape = vec![1; 4usize.saturating_sub(tensor.shape().len())];
    shape.extend_from_slice(tensor.shape());
    Tensor::clone(tensor).reshaped(&shape)?.transposed(&TO_FIRST)
}
