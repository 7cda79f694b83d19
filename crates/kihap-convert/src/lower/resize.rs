//! Bilinear resizing and moving depth into space.

use super::{Lowering, Value};
use crate::{ConvertError, Tensor};

/// How pixels of the result are placed over the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResizeMode {
    /// TensorFlow's first way: pixel `i` at `i · in / out`.
    Legacy,
    /// Corner pixels on corner pixels.
    AlignCorners,
    /// Pixel centres at halves: `(i + ½) · in / out − ½`.
    HalfPixel,
}

impl Lowering {
    /// Bilinear resize to `size` (height, width).
    pub(crate) fn resize_bilinear(
        &mut self,
        operation: &str,
        x: &Value,
        size: [usize; 2],
        mode: ResizeMode,
    ) -> Result<Value, ConvertError> {
        let x = self.channels_first(operation, x)?;
        let shape = vec![x.shape[0], Some(size[0]), Some(size[1]), x.shape[3]];
        super::check_shape(operation, &shape)?;
        let (Some(height), Some(width), Some(channels)) = (x.shape[1], x.shape[2], x.shape[3]) else {
            return Err(ConvertError::inconsistent(operation, "the size of the picture is unknown"));
        };
        let mode = match mode {
            ResizeMode::Legacy => "asymmetric",
            ResizeMode::AlignCorners => "align_corners",
            ResizeMode::HalfPixel => "half_pixel",
        };
        let attributes = [("mode", "linear".into()), ("coordinate_transformation_mode", mode.into())];
        // ONNX Runtime keeps its fast blocked layout through a resize only where whole factors are given as scales.
        let name = if size[0].is_multiple_of(height) && size[1].is_multiple_of(width) {
            let scales = vec![1.0, 1.0, (size[0] / height) as f32, (size[1] / width) as f32];
            let scales = self.graph.constant("scales", Tensor::f32(&[4], scales)?);
            self.graph.node("Resize", &[&x.name, "", &scales], "resized", &attributes)
        } else if let Some(batch) = x.shape[0] {
            let sizes = [batch, channels, size[0], size[1]].map(|dim| dim as i64).to_vec();
            let sizes = self.graph.constant("sizes", Tensor::i64_vector(sizes));
            self.graph.node("Resize", &[&x.name, "", "", &sizes], "resized", &attributes)
        } else {
            let detail = "a resize by a broken factor needs a fixed batch size";
            return Err(ConvertError::inconsistent(operation, detail));
        };
        Ok(Self::computed(name, shape, &x))
    }

    /// TensorFlow's `DepthToSpace`: each pixel's channels become a `block` × `block` square of pixels.
    pub(crate) fn depth_to_space(&mut self, operation: &str, x: &Value, block: usize) -> Result<Value, ConvertError> {
        let x = self.channels_first(operation, x)?;
        let area = block.checked_mul(block).filter(|&area| area > 0);
        let (Some(h), Some(w), Some(c), Some(area)) = (x.shape[1], x.shape[2], x.shape[3], area) else {
            return Err(ConvertError::inconsistent(operation, format!("block {block} or the shape is not usable")));
        };
        if !c.is_multiple_of(area) {
            return Err(ConvertError::inconsistent(operation, format!("{c} channels do not make blocks of {block}")));
        }
        let shape = vec![x.shape[0], Some(h * block), Some(w * block), Some(c / area)];
        super::check_shape(operation, &shape)?;
        let attributes = [("blocksize", (block as i64).into()), ("mode", "DCR".into())];
        let name = self.graph.node("DepthToSpace", &[&x.name], "space", &attributes);
        Ok(Self::computed(name, shape, &x))
    }
}
