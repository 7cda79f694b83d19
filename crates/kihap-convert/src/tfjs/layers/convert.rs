//! Layers → ONNX.

use super::config::{self, Layer, Options};
use super::network::input_shape;
use crate::ConvertError;
use crate::lower::{Activation, BatchNormalization, Convolution, Lowering, Padding, Pool, PoolKind, Size, Value};
use crate::onnx::ElementType;
use crate::tensor::Tensor;
use crate::tfjs::manifest::Weights;

/// Where a layers model ends when it is converted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cut {
    /// At its end; the output is `output`.
    #[default]
    Whole,
    /// After its first `GlobalAveragePooling2D` (1280 values in Teachable Machine's picture models); the output is
    /// `features`.
    PooledFeatures,
    /// After the layer of that name; the output is named after it.
    After(String),
}

/// Converts a TensorFlow.js layers model (Keras' `Sequential`, `Model` or `Functional`, nested as they like) to ONNX.
///
/// `weights` are the bytes of all weight files in the order of [`crate::tfjs::weight_paths`]. The input is `input`,
/// `[N, c, h, w]` for pictures, of any batch size; the output has the published order of elements.
///
/// # Errors
/// For files that are damaged, layers outside the subset, several inputs or outputs, and a cut that does not exist.
pub fn layers_to_onnx(model_json: &[u8], weights: &[u8], cut: &Cut) -> Result<Vec<u8>, ConvertError> {
    let model = config::read(model_json)?;
    let mut converter = Converter {
        lowering: Lowering::new("tfjs-layers"),
        weights: Weights::read(model_json, weights)?,
        cut,
        end: None,
        passed: Vec::new(),
        applied: 0,
    };
    let shape: Vec<Size> = std::iter::once(None).chain(input_shape(&model)?.into_iter().map(Some)).collect();
    let input = converter.lowering.input("input", &shape, ElementType::F32)?;
    let value = converter.apply(&model, &[input])?;
    let (name, value) = match (cut, converter.end.take(), value) {
        (Cut::Whole, None, Some(value)) => ("output", value),
        (Cut::PooledFeatures, Some(value), _) => ("features", value),
        (Cut::After(name), Some(value), _) => (name.as_str(), value),
        _ => {
            let name = match cut {
                Cut::After(name) => name.clone(),
                _ => "GlobalAveragePooling2D".into(),
            };
            let available = converter.passed.join(", ");
            return Err(ConvertError::NoSuchName { what: "layer", name, available });
        }
    };
    converter.lowering.finish(&[(name.to_string(), value)])
}

/// State while walking the layers.
pub(super) struct Converter<'a> {
    pub(super) lowering: Lowering,
    weights: Weights<'a>,
    cut: &'a Cut,
    pub(super) end: Option<Value>,
    passed: Vec<String>,
    pub(super) applied: usize,
}

impl Converter<'_> {
    /// Whether the network is cut after this layer.
    pub(super) fn ends_at(&mut self, layer: &Layer) -> bool {
        self.passed.push(layer.name.clone());
        match self.cut {
            Cut::Whole => false,
            Cut::PooledFeatures => layer.class == "GlobalAveragePooling2D",
            Cut::After(name) => &layer.name == name,
        }
    }

    /// One layer that has no layers inside.
    pub(super) fn layer(&mut self, layer: &Layer, inputs: &[Value]) -> Result<Value, ConvertError> {
        let options = &layer.options;
        if layer.class == "Add" {
            let [first, rest @ ..] = inputs else { return Err(options.fail("it adds nothing")) };
            return rest.iter().try_fold(first.clone(), |sum, value| self.lowering.binary("Add", &sum, value));
        }
        if layer.class == "Concatenate" {
            let axis = options.number("axis").unwrap_or(-1.0) as i64;
            return self.lowering.concatenate(&layer.name, inputs, axis);
        }
        let [x] = inputs else { return Err(options.fail(format!("it is given {} inputs", inputs.len()))) };
        match layer.class.as_str() {
            "InputLayer" | "Dropout" | "SpatialDropout2D" | "GaussianNoise" => Ok(x.clone()),
            "ZeroPadding2D" => {
                channels_last(options)?;
                let [top, left, bottom, right] = options.border("padding")?;
                self.lowering.pad(&layer.name, x, &[[0, 0], [top, bottom], [left, right], [0, 0]])
            }
            "Conv2D" => self.convolution(layer, x, "kernel"),
            "DepthwiseConv2D" => self.convolution(layer, x, "depthwise_kernel"),
            "BatchNormalization" => self.batch_normalization(layer, x),
            "ReLU" => {
                let plain = ["negative_slope", "threshold"].iter().all(|key| options.number(key).unwrap_or(0.0) == 0.0);
                if !plain {
                    return Err(options.fail("a ReLU with a slope or threshold is not converted"));
                }
                let limit = options.number("max_value").map(|limit| Activation::Clip(0.0, limit as f32));
                self.lowering.activate(x, limit.unwrap_or(Activation::Relu))
            }
            "Activation" => self.lowering.activate(x, activation(options)?),
            "Softmax" => self.lowering.activate(x, Activation::Softmax),
            "GlobalAveragePooling2D" => {
                channels_last(options)?;
                self.lowering.global_average(&layer.name, x)
            }
            "MaxPooling2D" => self.pool(layer, x, PoolKind::Max),
            "AveragePooling2D" => self.pool(layer, x, PoolKind::Average),
            "Flatten" => {
                let count = x.shape().iter().skip(1).try_fold(1i64, |count, size| {
                    let size = size.and_then(|size| i64::try_from(size).ok());
                    count.checked_mul(size?)
                });
                let count = count.ok_or_else(|| options.fail("its input is too large"))?;
                self.lowering.reshape(&layer.name, x, &[-1, count])
            }
            "Dense" => {
                let (kernel, bias) = self.kernel_and_bias(layer, "kernel")?;
                self.lowering.dense(&layer.name, x, kernel, bias, activation(options)?)
            }
            other => {
                let what = format!("the layer {other} ({:?})", layer.name);
                Err(ConvertError::Unsupported { format: "TensorFlow.js layers", what })
            }
        }
    }

    fn kernel_and_bias(&mut self, layer: &Layer, kernel: &str) -> Result<(Tensor, Option<Tensor>), ConvertError> {
        let kernel = self.weights.get(&format!("{}/{kernel}", layer.name))?;
        let biased = layer.options.bool("use_bias", true);
        let bias = if biased { Some(self.weights.get(&format!("{}/bias", layer.name))?) } else { None };
        Ok((kernel, bias))
    }

    /// Kernels are `[h, w, in, out]`, and `[h, w, in, multiplier]` depthwise.
    fn convolution(&mut self, layer: &Layer, x: &Value, kernel: &str) -> Result<Value, ConvertError> {
        let options = &layer.options;
        channels_last(options)?;
        let spec = Convolution {
            strides: options.pair("strides", Some([1, 1]))?,
            dilations: options.pair("dilation_rate", Some([1, 1]))?,
            padding: padding(options)?,
            activation: activation(options)?,
        };
        let (weights, bias) = self.kernel_and_bias(layer, kernel)?;
        let &[h, w, channels, last] = weights.shape() else {
            return Err(options.fail(format!("a kernel of shape {:?}", weights.shape())));
        };
        let weights = if layer.class == "DepthwiseConv2D" {
            weights.transposed(&[2, 3, 0, 1])?.reshaped(&[channels.saturating_mul(last), 1, h, w])?
        } else {
            weights.transposed(&[3, 2, 0, 1])?
        };
        self.lowering.convolution(&layer.name, x, weights, bias, &spec)
    }

    fn batch_normalization(&mut self, layer: &Layer, x: &Value) -> Result<Value, ConvertError> {
        let options = &layer.options;
        let last = x.shape().len() as f64 - 1.0;
        let axis = options.number("axis").unwrap_or(-1.0);
        if axis != -1.0 && axis != last {
            return Err(options.fail("only the last axis is normalised"));
        }
        let mut part = |name: &str| self.weights.get(&format!("{}/{name}", layer.name));
        let mean = part("moving_mean")?;
        let variance = part("moving_variance")?;
        let count = mean.shape().iter().product();
        let gamma = match options.bool("scale", true) {
            true => part("gamma")?,
            false => Tensor::f32(&[count], vec![1.0; count])?,
        };
        let beta = match options.bool("center", true) {
            true => part("beta")?,
            false => Tensor::f32(&[count], vec![0.0; count])?,
        };
        let epsilon = options.number("epsilon").unwrap_or(1e-3) as f32;
        let parts = BatchNormalization { gamma, beta, mean, variance, epsilon };
        self.lowering.batch_normalization(&layer.name, x, parts)
    }

    fn pool(&mut self, layer: &Layer, x: &Value, kind: PoolKind) -> Result<Value, ConvertError> {
        let options = &layer.options;
        channels_last(options)?;
        let window = options.pair("pool_size", Some([2, 2]))?;
        let strides = options.pair("strides", Some(window))?;
        let pool = Pool { kind, window, strides, padding: padding(options)?, activation: Activation::None };
        self.lowering.pool(&layer.name, x, &pool)
    }
}

fn channels_last(options: &Options) -> Result<(), ConvertError> {
    match options.text("data_format") {
        None | Some("channels_last") => Ok(()),
        Some(other) => Err(options.fail(format!("data format {other} is not converted"))),
    }
}

fn padding(options: &Options) -> Result<Padding, ConvertError> {
    match options.text("padding").unwrap_or("valid") {
        "same" => Ok(Padding::Same),
        "valid" => Ok(Padding::Valid),
        other => Err(options.fail(format!("padding {other} is not converted"))),
    }
}

fn activation(options: &Options) -> Result<Activation, ConvertError> {
    match options.text("activation").unwrap_or("linear") {
        "linear" => Ok(Activation::None),
        "relu" => Ok(Activation::Relu),
        "relu6" => Ok(Activation::RELU6),
        "sigmoid" => Ok(Activation::Sigmoid),
        "tanh" => Ok(Activation::Tanh),
        "softmax" => Ok(Activation::Softmax),
        other => Err(options.fail(format!("activation {other} is not converted"))),
    }
}
