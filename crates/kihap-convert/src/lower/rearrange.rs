//! Padding, reshaping and joining.

use super::layout::same_order;
use super::{Flow, Layout, Lowering, Size, Value};
use crate::onnx::ElementType;
use crate::tensor::element_count;
use crate::{ConvertError, Tensor};

impl Lowering {
    /// Surrounds a value with zeros: (before, after) for each axis of the source's shape.
    pub(crate) fn pad(&mut self, operation: &str, x: &Value, pads: &[[usize; 2]]) -> Result<Value, ConvertError> {
        let flow = match x {
            Value::Computed(flow) if flow.element == ElementType::F32 && flow.shape.len() == 4 => flow.clone(),
            _ => self.plain(x)?,
        };
        if pads.len() != flow.shape.len() {
            return Err(ConvertError::inconsistent(operation, "not one pair of paddings for each axis"));
        }
        let shape: Vec<Size> = (flow.shape.iter().zip(pads))
            .map(|(size, [before, after])| size.map(|size| size.saturating_add(*before).saturating_add(*after)))
            .collect();
        super::check_shape(operation, &shape)?;
        let batch_padded = flow.shape.first() == Some(&None) && pads[0] != [0, 0];
        if batch_padded {
            return Err(ConvertError::inconsistent(operation, "the batch is padded"));
        }
        if let ([[0, 0], rows, columns, [0, 0]], Layout::ChannelsFirst) = (pads, flow.layout) {
            let [top, left, bottom, right] = flow.border;
            let border = [top + rows[0], left + columns[0], bottom + rows[1], right + columns[1]];
            return Ok(Value::Computed(Flow { shape, border, ..flow }));
        }
        let flow = self.plain(x)?;
        let order: Vec<usize> = match flow.layout {
            Layout::ChannelsFirst => super::layout::TO_FIRST.to_vec(),
            Layout::AsShape => (0..pads.len()).collect(),
        };
        let before = order.iter().map(|&axis| pads[axis][0] as i64);
        let after = order.iter().map(|&axis| pads[axis][1] as i64);
        let values = self.graph.constant("pads", Tensor::i64_vector(before.chain(after).collect()));
        let name = self.graph.node("Pad", &[&flow.name, &values], "padded", &[]);
        Ok(Self::computed(name, shape, &flow))
    }

    /// The same elements under another shape; one dimension of `wanted` may be -1.
    pub(crate) fn reshape(&mut self, operation: &str, x: &Value, wanted: &[i64]) -> Result<Value, ConvertError> {
        let shape = reshaped(operation, &x.shape(), wanted)?;
        let name = match x {
            // A single pixel, or one channel, has its elements in the right order already.
            Value::Computed(flow) if flow.layout == Layout::ChannelsFirst && same_order(&flow.shape) => {
                self.bordered(flow)
            }
            _ => self.as_shape(x)?,
        };
        let name = self.reshape_to(&name, &shape);
        Ok(Self::computed_as_shape(name, shape, x.element()))
    }

    /// Joins values along an axis (negative: from the end).
    pub(crate) fn concatenate(&mut self, operation: &str, xs: &[Value], axis: i64) -> Result<Value, ConvertError> {
        let Some(first) = xs.first() else { return Err(ConvertError::inconsistent(operation, "nothing to join")) };
        let mut shape = first.shape();
        let axis = resolve_axis(operation, axis, shape.len())?;
        let mut total = Some(0usize);
        for x in xs {
            let other = x.shape();
            let differs = |i: usize| i != axis && shape[i] != other[i];
            if other.len() != shape.len() || (0..shape.len()).any(differs) || x.element() != first.element() {
                return Err(ConvertError::inconsistent(operation, format!("{other:?} does not join {shape:?}")));
            }
            total = total.zip(other[axis]).and_then(|(sum, size)| sum.checked_add(size));
        }
        shape[axis] = total;
        super::check_shape(operation, &shape)?;
        let is_first =
            |x: &Value| matches!(x, Value::Computed(f) if f.layout == Layout::ChannelsFirst && f.shape.len() == 4);
        let layout = if xs.iter().any(is_first) { Layout::ChannelsFirst } else { Layout::AsShape };
        let mut names = Vec::with_capacity(xs.len());
        for x in xs {
            names.push(match layout {
                Layout::ChannelsFirst => self.channels_first(operation, x)?.name,
                Layout::AsShape => self.as_shape(x)?,
            });
        }
        let stored_axis = if layout == Layout::ChannelsFirst { [0, 2, 3, 1][axis] } else { axis };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let name = self.graph.node("Concat", &names, "joined", &[("axis", (stored_axis as i64).into())]);
        Ok(Value::Computed(Flow { name, shape, element: first.element(), layout, border: [0; 4] }))
    }
}

/// An axis counted from the front.
pub(super) fn resolve_axis(operation: &str, axis: i64, rank: usize) -> Result<usize, ConvertError> {
    let resolved = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(resolved)
        .ok()
        .filter(|&axis| axis < rank)
        .ok_or_else(|| ConvertError::inconsistent(operation, format!("axis {axis} of {rank} dimensions")))
}

/// The shape that `wanted` means for a value of `shape`.
fn reshaped(operation: &str, shape: &[Size], wanted: &[i64]) -> Result<Vec<Size>, ConvertError> {
    let fail = || ConvertError::inconsistent(operation, format!("shape {shape:?} does not reshape to {wanted:?}"));
    let sizes: Vec<usize> =
        wanted.iter().filter(|&&size| size != -1).map(|&size| usize::try_from(size).unwrap_or(0)).collect();
    let known = element_count(&sizes).ok_or_else(fail)?;
    let open = wanted.iter().filter(|&&size| size == -1).count();
    let sizes: Vec<usize> = shape.iter().map(|size| size.unwrap_or(1)).collect();
    let rest = element_count(&sizes).ok_or_else(fail)?;
    let dynamic = shape.contains(&None);
    if known == 0 || open > 1 || !rest.is_multiple_of(known) || (open == 0 && (known != rest || dynamic)) {
        return Err(fail());
    }
    if dynamic && (wanted.first() != Some(&-1) || known != rest) {
        return Err(fail());
    }
    let fill = if dynamic { None } else { Some(rest / known) };
    Ok(wanted.iter().map(|&size| usize::try_from(size).map_or(fill, Some)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshapes_fill_the_open_dimension_or_fail() {
        let shape = [Some(1), Some(7), Some(7), Some(6)];
        assert_eq!(reshaped("r", &shape, &[1, -1, 1]).unwrap(), [Some(1), Some(294), Some(1)]);
        assert_eq!(reshaped("r", &[None, Some(4)], &[-1, 2, 2]).unwrap(), [None, Some(2), Some(2)]);
        for wanted in [&[1, 5][..], &[-1, -1], &[0, -1], &[-2, 3], &[i64::MAX, i64::MAX, 4]] {
            assert!(reshaped("r", &shape, wanted).is_err(), "{wanted:?}");
        }
    }

    #[test]
    fn axes_count_from_both_ends() {
        assert_eq!(resolve_axis("c", -1, 4).unwrap(), 3);
        assert!(resolve_axis("c", 4, 4).is_err());
        assert!(resolve_axis("c", -5, 4).is_err());
    }
}
