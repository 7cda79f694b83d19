//! A head as a Burn module, and its weights as plain numbers.

use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor, TensorData, activation::relu},
};
use rand::Rng;

use crate::{
    error::LearnError,
    random::{Purpose, stream, symmetric},
    zoo::Head,
};

/// Weights of one fully connected layer: `output = input · weight + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseWeights {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// `inputs` rows of `outputs` numbers.
    pub weight: Vec<f32>,
    /// One number an output.
    pub bias: Vec<f32>,
}

/// Random weights to start from: Glorot's uniform distribution for the last layer (Glorot and Bengio, 2010; Keras'
/// default), He's uniform distribution before a ReLU (He et al., 2015), and biases of 0.
pub(crate) fn initial_weights(head: &Head, features: usize, classes: usize, seed: u64) -> Vec<DenseWeights> {
    let layers = head.layers(features, classes);
    let last = layers.len() - 1;
    let layer = |(index, (inputs, outputs)): (usize, (usize, usize))| {
        let fan = if index == last { (inputs + outputs) as f32 } else { inputs as f32 };
        let limit = (6.0 / fan).sqrt();
        let mut rng = stream(seed, Purpose::Weights, index as u64, 0);
        let weight = (0..inputs * outputs).map(|_| limit * symmetric(&mut rng)).collect();
        DenseWeights { inputs, outputs, weight, bias: vec![0.0; outputs] }
    };
    layers.into_iter().enumerate().map(layer).collect()
}

/// Fully connected layers with ReLU in between.
#[derive(Module, Debug)]
pub(crate) struct HeadNetwork {
    layers: Vec<Linear>,
}

impl HeadNetwork {
    pub(crate) fn new(weights: &[DenseWeights], device: &Device) -> HeadNetwork {
        let layer = |dense: &DenseWeights| Linear {
            weight: Param::from_tensor(Tensor::from_data(
                TensorData::new(dense.weight.clone(), [dense.inputs, dense.outputs]),
                device,
            )),
            bias: Some(Param::from_tensor(Tensor::from_data(
                TensorData::new(dense.bias.clone(), [dense.outputs]),
                device,
            ))),
        };
        HeadNetwork { layers: weights.iter().map(layer).collect() }
    }

    /// Logits of a batch. `masks` multiply the input and the output of each hidden layer (dropout); without masks
    /// nothing is dropped.
    pub(crate) fn forward(&self, input: Tensor<2>, masks: &[Option<Tensor<2>>]) -> Tensor<2> {
        let drop = |x: Tensor<2>, index: usize| match masks.get(index) {
            Some(Some(mask)) => x * mask.clone(),
            _ => x,
        };
        let mut x = drop(input, 0);
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            if index + 1 < self.layers.len() {
                x = drop(relu(x), index + 1);
            }
        }
        x
    }

    pub(crate) fn weights(&self) -> Result<Vec<DenseWeights>, LearnError> {
        let layer = |layer: &Linear| {
            let weight = layer.weight.val().inner();
            let [inputs, outputs] = weight.dims();
            let bias = match &layer.bias {
                Some(bias) => numbers(bias.val().inner(), "reading a bias")?,
                None => vec![0.0; outputs],
            };
            Ok(DenseWeights { inputs, outputs, weight: numbers(weight, "reading a weight")?, bias })
        };
        self.layers.iter().map(layer).collect()
    }
}

/// The numbers of a tensor, row by row.
pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>, doing: &'static str) -> Result<Vec<f32>, LearnError> {
    tensor.try_into_vec_as::<f32>().map_err(|problem| LearnError::Tensor { doing, problem: format!("{problem:?}") })
}

/// Dropout masks for one step: 0 with the head's share, else what keeps the mean.
pub(crate) fn dropout_masks(
    head: &Head,
    rows: usize,
    features: usize,
    rng: &mut impl Rng,
    device: &Device,
) -> Vec<Option<Tensor<2>>> {
    let mut mask = |width: usize, share: f32| {
        (share > 0.0).then(|| {
            let kept = 1.0 / (1.0 - share);
            let limit = (f64::from(share) * f64::from(u32::MAX)) as u32;
            let values: Vec<f32> =
                (0..rows * width).map(|_| if rng.random::<u32>() < limit { 0.0 } else { kept }).collect();
            Tensor::from_data(TensorData::new(values, [rows, width]), device)
        })
    };
    let input = mask(features, head.input_dropout);
    let mut masks = vec![input];
    masks.extend(head.hidden.iter().map(|width| mask(*width, head.dropout)));
    masks
}
