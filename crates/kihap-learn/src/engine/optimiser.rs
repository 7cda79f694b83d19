//! Burn's optimisers, and their state as bytes.

use burn::{
    optim::{
        AdamConfig, AdamWConfig, ModuleOptimizer, OptimizerRecord, RmsPropConfig, SgdConfig, decay::WeightDecayConfig,
        momentum::MomentumConfig,
    },
    tensor::Bytes,
};

use crate::{
    error::LearnError,
    train::{Optimiser, TrainOptions},
};

/// ε of Adam and RMSprop, as in Keras.
const EPSILON: f32 = 1e-7;

/// The optimiser that `options` ask for.
pub(crate) fn new_optimiser(options: &TrainOptions) -> ModuleOptimizer {
    let decay = (options.weight_decay > 0.0).then(|| WeightDecayConfig::new(options.weight_decay));
    match options.optimiser {
        Optimiser::Sgd { momentum } => {
            let momentum = MomentumConfig::new().with_momentum(f64::from(momentum)).with_dampening(0.0);
            SgdConfig::new().with_momentum(Some(momentum)).with_weight_decay(decay).init()
        }
        Optimiser::Adam => AdamConfig::new().with_epsilon(EPSILON).with_weight_decay(decay).init(),
        Optimiser::AdamW => AdamWConfig::new().with_epsilon(EPSILON).with_weight_decay(options.weight_decay).init(),
        Optimiser::Rmsprop { rho, momentum } => RmsPropConfig::new()
            .with_alpha(rho)
            .with_momentum(momentum)
            .with_epsilon(EPSILON)
            .with_weight_decay(decay)
            .init(),
    }
}

/// Adam with another share of the last direction kept, as adversarial networks want it.
pub(crate) fn adam(beta1: f32) -> ModuleOptimizer {
    AdamConfig::new().with_beta_1(beta1).with_epsilon(EPSILON).init()
}

/// What the optimiser remembers of the steps so far.
pub(crate) fn to_bytes(optimiser: &ModuleOptimizer) -> Result<Vec<u8>, LearnError> {
    let bytes = optimiser.to_record().into_bytes().map_err(|e| LearnError::Checkpoint { problem: e.to_string() })?;
    Ok(bytes.to_vec())
}

/// The optimiser of `options` with what it remembered.
pub(crate) fn from_bytes(options: &TrainOptions, bytes: &[u8]) -> Result<ModuleOptimizer, LearnError> {
    let record = OptimizerRecord::from_bytes(Bytes::from_bytes_vec(bytes.to_vec()))
        .map_err(|e| LearnError::Checkpoint { problem: e.to_string() })?;
    Ok(new_optimiser(options).load_record(record))
}
