//! What decoders of key points need: axes added and removed, places found and looked up. Everything here works in the
//! source's order of elements.

use super::rearrange::resolve_axis;
use super::{Flow, Layout, Lowering, Size, Value};
use crate::onnx::ElementType;
use crate::{ConvertError, Tensor};

impl Lowering {
    /// Adds an axis of size 1; negative axes count from the end of the result.
    pub(crate) fn expand(&mut self, operation: &str, x: &Value, axis: i64) -> Result<Value, ConvertError> {
        let mut shape = x.shape();
        let axis = resolve_axis(operation, axis, shape.len() + 1)?;
        shape.insert(axis, Some(1));
        self.differently_shaped(operation, x, &shape)
    }

    /// Removes axes of size 1: those named, or all where none is named.
    pub(crate) fn squeeze(&mut self, operation: &str, x: &Value, axes: &[i64]) -> Result<Value, ConvertError> {
        let shape = x.shape();
        let axes =
            axes.iter().map(|&axis| resolve_axis(operation, axis, shape.len())).collect::<Result<Vec<_>, _>>()?;
        if let Some(&axis) = axes.iter().find(|&&axis| shape[axis] != Some(1)) {
            return Err(ConvertError::inconsistent(operation, format!("axis {axis} of {shape:?} is not of size 1")));
        }
        let removed = |i: usize| if axes.is_empty() { shape[i] == Some(1) } else { axes.contains(&i) };
        let kept: Vec<Size> = (0..shape.len()).filter(|&i| !removed(i)).map(|i| shape[i]).collect();
        self.differently_shaped(operation, x, &kept)
    }

    /// Joins values along a new axis.
    pub(crate) fn pack(&mut self, operation: &str, xs: &[Value], axis: i64) -> Result<Value, ConvertError> {
        let expanded = xs.iter().map(|x| self.expand(operation, x, axis)).collect::<Result<Vec<_>, _>>()?;
        self.concatenate(operation, &expanded, axis)
    }

    /// Takes a value apart along an axis, which vanishes.
    pub(crate) fn unpack(&mut self, operation: &str, x: &Value, axis: i64) -> Result<Vec<Value>, ConvertError> {
        const MAX_PARTS: usize = 1024;
        let shape = x.shape();
        let axis = resolve_axis(operation, axis, shape.len())?;
        match shape[axis] {
            Some(1) => Ok(vec![self.squeeze(operation, x, &[axis as i64])?]),
            Some(count @ 2..=MAX_PARTS) => {
                let name = self.as_shape(x)?;
                let mut rest = shape;
                rest.remove(axis);
                (0..count)
                    .map(|place| {
                        let place = Tensor::new(Vec::new(), crate::Values::I64(vec![place as i64]))?;
                        let place = self.graph.constant("place", place);
                        let attributes = [("axis", (axis as i64).into())];
                        let part = self.graph.node("Gather", &[&name, &place], "part", &attributes);
                        Ok(Self::computed_as_shape(part, rest.clone(), x.element()))
                    })
                    .collect()
            }
            size => Err(ConvertError::inconsistent(operation, format!("cannot be taken apart into {size:?}"))),
        }
    }

    /// Place of the largest value along an axis, which vanishes; the first of equals.
    pub(crate) fn arg_max(
        &mut self,
        operation: &str,
        x: &Value,
        axis: i64,
        element: ElementType,
    ) -> Result<Value, ConvertError> {
        let mut shape = x.shape();
        let axis = resolve_axis(operation, axis, shape.len())?;
        shape.remove(axis);
        let name = self.as_shape(x)?;
        let attributes = [("axis", (axis as i64).into()), ("keepdims", 0.into())];
        let name = self.graph.node("ArgMax", &[&name], "argmax", &attributes);
        let places = Self::computed_as_shape(name, shape, ElementType::I64);
        self.cast(&places, element)
    }

    /// The slices at `places` `[…, depth]`, each of which names the first `depth` coordinates.
    pub(crate) fn gather_nd(&mut self, operation: &str, x: &Value, places: &Value) -> Result<Value, ConvertError> {
        let (data, mut shape) = (x.shape(), places.shape());
        let depth = shape.pop().flatten().filter(|&depth| depth <= data.len());
        let depth = depth.ok_or_else(|| ConvertError::inconsistent(operation, "its places do not fit its data"))?;
        shape.extend_from_slice(&data[depth..]);
        let places = self.cast(places, ElementType::I64)?;
        let names = [self.as_shape(x)?, self.as_shape(&places)?];
        let name = self.graph.node("GatherND", &[&names[0], &names[1]], "gathered", &[]);
        Ok(Self::computed_as_shape(name, shape, x.element()))
    }

    /// Quotient rounded down. ONNX divides integers towards zero, so the remainder (which has the divisor's sign) is taken
    /// away first.
    pub(crate) fn floor_divide(&mut self, a: &Value, b: &Value) -> Result<Value, ConvertError> {
        if a.element() == ElementType::F32 {
            let quotient = self.binary("Div", a, b)?;
            return self.unary("Floor", &quotient);
        }
        let remainder = self.binary("Mod", a, b)?;
        let whole = self.binary("Sub", a, &remainder)?;
        self.binary("Div", &whole, b)
    }

    /// A reshape between shapes that differ in axes of size 1 only. A picture whose batch of 1 comes or goes stays
    /// channels first.
    fn differently_shaped(&mut self, operation: &str, x: &Value, shape: &[Size]) -> Result<Value, ConvertError> {
        super::check_shape(operation, shape)?;
        if let Value::Computed(flow) = x
            && flow.layout == Layout::ChannelsFirst
            && let ([Some(1), a @ ..], b) | (b, [Some(1), a @ ..]) = (flow.shape.as_slice(), shape)
            && a == b
            && b.len() == 3
        {
            return Ok(Value::Computed(Flow { shape: shape.to_vec(), ..flow.clone() }));
        }
        let wanted: Vec<i64> = shape.iter().map(|size| size.map_or(-1, |size| size as i64)).collect();
        self.reshape(operation, x, &wanted)
    }
}
