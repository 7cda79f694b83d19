//! Arithmetic on each element.

use super::layout::constant_channels_first;
use super::{Flow, Layout, Lowering, Size, Value};
use crate::onnx::ElementType;
use crate::{ConvertError, Tensor};

/// A function applied to each element after an operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Activation {
    /// Nothing.
    None,
    /// Negative values become 0.
    Relu,
    /// Values are kept between the bounds.
    Clip(f32, f32),
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// Softmax over the last dimension.
    Softmax,
}

impl Activation {
    /// ReLU6: between 0 and 6.
    pub(crate) const RELU6: Self = Self::Clip(0.0, 6.0);
}

impl Lowering {
    /// Applies an activation.
    pub(crate) fn activate(&mut self, x: &Value, activation: Activation) -> Result<Value, ConvertError> {
        let op = match activation {
            Activation::None => return Ok(x.clone()),
            Activation::Relu => "Relu",
            Activation::Sigmoid => "Sigmoid",
            Activation::Tanh => "Tanh",
            Activation::Softmax => return self.softmax(x),
            Activation::Clip(low, high) => {
                let bounds = [low, high].map(|bound| self.graph.constant("bound", Tensor::scalar(bound)));
                let flow = self.plain(x)?;
                let name = self.graph.node("Clip", &[&flow.name, &bounds[0], &bounds[1]], "clip", &[]);
                return Ok(Self::computed(name, flow.shape.clone(), &flow));
            }
        };
        self.unary(op, x)
    }

    /// An ONNX operator of one operand that keeps shape and type.
    pub(crate) fn unary(&mut self, op: &str, x: &Value) -> Result<Value, ConvertError> {
        let flow = self.plain(x)?;
        let name = self.graph.node(op, &[&flow.name], &op.to_lowercase(), &[]);
        Ok(Self::computed(name, flow.shape.clone(), &flow))
    }

    /// Changes the element type.
    pub(crate) fn cast(&mut self, x: &Value, element: ElementType) -> Result<Value, ConvertError> {
        let flow = self.plain(x)?;
        if flow.element == element {
            return Ok(Value::Computed(flow));
        }
        let name = self.graph.node("Cast", &[&flow.name], "cast", &[("to", i64::from(element as i32).into())]);
        Ok(Value::Computed(Flow { name, element, ..flow }))
    }

    /// An ONNX operator of two operands of one type, broadcast as TensorFlow and ONNX both do.
    pub(crate) fn binary(&mut self, op: &str, a: &Value, b: &Value) -> Result<Value, ConvertError> {
        let shape = broadcast(op, &a.shape(), &b.shape())?;
        if a.element() != b.element() {
            let detail = format!("{:?} meets {:?}", a.element(), b.element());
            return Err(ConvertError::inconsistent(op, detail));
        }
        let first = |value: &Value| matches!(value, Value::Computed(f) if f.layout == Layout::ChannelsFirst);
        let fits = |value: &Value| matches!(value, Value::Constant(_)) || value.shape().is_empty();
        let picture = |value: &Value| first(value) && value.shape().len() == 4;
        let both = (picture(a) || fits(a)) && (picture(b) || fits(b)) && shape.len() == 4;
        let layout = if both && (first(a) || first(b)) { Layout::ChannelsFirst } else { Layout::AsShape };
        let [left, right] = [a, b].map(|operand| self.operand(op, operand, layout));
        let name = self.graph.node(op, &[&left?, &right?], &op.to_lowercase(), &[]);
        Ok(Value::Computed(Flow { name, shape, element: a.element(), layout, border: [0; 4] }))
    }

    fn operand(&mut self, op: &str, value: &Value, layout: Layout) -> Result<String, ConvertError> {
        match value {
            _ if layout == Layout::AsShape || value.shape().is_empty() => self.as_shape(value),
            Value::Constant(tensor) => {
                let tensor = constant_channels_first(tensor)?;
                Ok(self.graph.constant("constant", tensor))
            }
            Value::Computed(_) => Ok(self.channels_first(op, value)?.name),
        }
    }

    fn softmax(&mut self, x: &Value) -> Result<Value, ConvertError> {
        let flow = self.plain(x)?;
        let axis = if flow.layout == Layout::ChannelsFirst { 1 } else { -1 };
        let name = self.graph.node("Softmax", &[&flow.name], "softmax", &[("axis", axis.into())]);
        Ok(Self::computed(name, flow.shape.clone(), &flow))
    }
}

fn broadcast(op: &str, a: &[Size], b: &[Size]) -> Result<Vec<Size>, ConvertError> {
    let rank = a.len().max(b.len());
    let at = |shape: &[Size], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(Some(1), |i| shape[i]);
    (0..rank)
        .map(|axis| match (at(a, axis), at(b, axis)) {
            (x, y) if x == y => Ok(x),
            (Some(1), other) | (other, Some(1)) => Ok(other),
            _ => Err(ConvertError::inconsistent(op, format!("shapes {a:?} and {b:?} do not match"))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::broadcast;

    #[test]
    fn shapes_broadcast_from_the_right() {
        let shape = |s: &[usize]| s.iter().map(|&d| Some(d)).collect::<Vec<_>>();
        assert_eq!(broadcast("Add", &shape(&[1, 4, 4, 3]), &shape(&[3])).unwrap(), shape(&[1, 4, 4, 3]));
        assert_eq!(broadcast("Add", &shape(&[]), &shape(&[2])).unwrap(), shape(&[2]));
        assert_eq!(broadcast("Add", &[None, Some(3)], &shape(&[1, 3])).unwrap(), [None, Some(3)]);
        assert!(broadcast("Add", &shape(&[2]), &shape(&[3])).is_err());
    }
}
