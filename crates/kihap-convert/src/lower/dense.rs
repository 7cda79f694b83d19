//! Batch normalisation and dense layers.

use super::{Activation, Lowering, Value};
use crate::{ConvertError, Tensor};

/// Statistics and parameters of a batch normalisation, one value for each channel.
pub(crate) struct BatchNormalization {
    /// Multiplies the normalised value.
    pub(crate) gamma: Tensor,
    /// Is added after that.
    pub(crate) beta: Tensor,
    /// Moving mean.
    pub(crate) mean: Tensor,
    /// Moving variance.
    pub(crate) variance: Tensor,
    /// Added to the variance.
    pub(crate) epsilon: f32,
}

impl Lowering {
    /// Batch normalisation of a picture's channels, or of a vector's elements; [`Lowering::finish`] folds it into the
    /// convolution before it.
    pub(crate) fn batch_normalization(
        &mut self,
        operation: &str,
        x: &Value,
        options: BatchNormalization,
    ) -> Result<Value, ConvertError> {
        let shape = x.shape();
        let x = match shape.len() {
            4 => self.channels_first(operation, x)?,
            2 => self.plain(x)?,
            _ => return Err(ConvertError::inconsistent(operation, format!("shape {shape:?} is not normalised"))),
        };
        let channels = shape.last().copied().flatten();
        let parts = [options.gamma, options.beta, options.mean, options.variance];
        if parts.iter().any(|part| part.as_f32().is_none() || part.shape() != channels.as_slice()) {
            return Err(ConvertError::inconsistent(operation, "its parameters do not fit the channels"));
        }
        let names = parts.map(|part| self.graph.constant("normalization", part));
        let inputs = [&x.name, &names[0], &names[1], &names[2], &names[3]].map(String::as_str);
        let attributes = [("epsilon", options.epsilon.into())];
        let name = self.graph.node("BatchNormalization", &inputs, "normalized", &attributes);
        Ok(Self::computed(name, shape, &x))
    }

    /// `x · weights + bias` for `x` of shape `[n, in]` and weights `[in, out]`.
    pub(crate) fn dense(
        &mut self,
        operation: &str,
        x: &Value,
        weights: Tensor,
        bias: Option<Tensor>,
        activation: Activation,
    ) -> Result<Value, ConvertError> {
        let shape = x.shape();
        let (&[batch, Some(given)], &[wanted, out]) = (shape.as_slice(), weights.shape()) else {
            let detail = format!("shapes {shape:?} and {:?} are not those of a dense layer", weights.shape());
            return Err(ConvertError::inconsistent(operation, detail));
        };
        let bias_fits = bias.as_ref().is_none_or(|bias| bias.shape() == [out] && bias.as_f32().is_some());
        if given != wanted || weights.as_f32().is_none() || !bias_fits {
            return Err(ConvertError::inconsistent(operation, format!("{given} values meet {wanted} rows of weights")));
        }
        let x = self.plain(x)?;
        let weights = self.graph.constant("weights", weights);
        let mut inputs = vec![x.name.clone(), weights];
        inputs.extend(bias.map(|bias| self.graph.constant("bias", bias)));
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let name = self.graph.node("Gemm", &inputs, "dense", &[]);
        let y = Self::computed(name, vec![batch, Some(out)], &x);
        self.activate(&y, activation)
    }
}
