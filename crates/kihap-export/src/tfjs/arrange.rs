//! Axes: what is channels first in the zoo is channels last in TensorFlow.js.

use serde_json::json;

use super::writer::{Layer, Value};

/// Place of an axis of a channels-first shape of `rank` in TensorFlow.js, the batch being 0.
pub(super) fn place(rank: usize, axis: usize) -> usize {
    match (rank, axis) {
        (3, 0) => 3,
        (3, axis) => axis,
        (_, axis) => axis + 1,
    }
}

/// Which channels-first axis lies at each place after the batch.
fn stored(rank: usize) -> Vec<usize> {
    if rank == 3 { vec![1, 2, 0] } else { (0..rank).collect() }
}

impl Layer<'_, '_> {
    /// Axes in another order; `dims` as Keras counts them, from 1.
    pub(super) fn permute(&mut self, part: &str, value: &str, dims: &[usize]) -> Value {
        if dims.iter().enumerate().all(|(i, d)| *d == i + 1) {
            return value.to_owned();
        }
        self.emit("Permute", part, &[value], json!({"dims": dims}))
    }

    /// The value's elements in the zoo's order of axes, channels first.
    pub(super) fn channels_first(&mut self, part: &str, value: &str, rank: usize) -> Value {
        if rank == 3 { self.permute(part, value, &[3, 1, 2]) } else { value.to_owned() }
    }

    /// Back from [`Layer::channels_first`].
    pub(super) fn channels_last(&mut self, part: &str, value: &str, rank: usize) -> Value {
        if rank == 3 { self.permute(part, value, &[2, 3, 1]) } else { value.to_owned() }
    }

    /// The zoo's `Permute`: axis `i` of the result is axis `axes[i]`.
    pub(super) fn reorder(&mut self, value: &str, axes: &[usize]) -> Value {
        let rank = axes.len();
        let dims: Vec<usize> = stored(rank).into_iter().map(|axis| place(rank, axes[axis])).collect();
        self.permute("", value, &dims)
    }

    /// Multiplies an axis of the value by a matrix `[length, width]`, adding a bias where there is one.
    pub(super) fn along(&mut self, value: &str, axis: usize, matrix: Vec<f32>, width: usize) -> Value {
        let rank = self.given[0].len();
        let length = self.given[0][axis];
        let at = place(rank, axis);
        let mut there: Vec<usize> = (1..=rank).filter(|a| *a != at).collect();
        there.push(at);
        let turned = self.permute("turned", value, &there);
        let part = if turned == value { "" } else { "product" };
        let product = self.dense(part, &turned, width, None);
        self.weigh(&product, "kernel", &[length, width], matrix);
        let mut back = vec![0; rank];
        there.iter().enumerate().for_each(|(i, axis)| back[axis - 1] = i + 1);
        self.permute("", &product, &back)
    }

    /// A fully connected layer without its weights.
    pub(super) fn dense(&mut self, part: &str, value: &str, units: usize, activation: Option<&str>) -> Value {
        self.dense_with(part, value, units, false, activation)
    }

    pub(super) fn dense_with(
        &mut self,
        part: &str,
        value: &str,
        units: usize,
        bias: bool,
        activation: Option<&str>,
    ) -> Value {
        let config = json!({
            "units": units,
            "activation": activation.unwrap_or("linear"),
            "use_bias": bias,
            "kernel_initializer": {"class_name": "VarianceScaling",
                "config": {"scale": 1, "mode": "fan_in", "distribution": "normal", "seed": null}},
            "bias_initializer": {"class_name": "Zeros", "config": {}},
            "kernel_regularizer": null,
            "bias_regularizer": null,
            "activity_regularizer": null,
            "kernel_constraint": null,
            "bias_constraint": null,
        });
        self.emit("Dense", part, &[value], config)
    }

    /// x · scale + offset along an axis, as a batch normalisation whose statistics change nothing.
    pub(super) fn affine(&mut self, part: &str, value: &str, axis: i64, scale: Vec<f32>, offset: Vec<f32>) -> Value {
        let count = scale.len();
        let value = self.batch_norm(part, value, axis, 1e-3);
        self.weigh(&value, "gamma", &[count], scale);
        self.weigh(&value, "beta", &[count], offset);
        self.weigh(&value, "moving_mean", &[count], vec![0.0; count]);
        self.weigh(&value, "moving_variance", &[count], vec![1.0 - 1e-3; count]);
        value
    }

    /// A batch normalisation without its weights.
    pub(super) fn batch_norm(&mut self, part: &str, value: &str, axis: i64, epsilon: f32) -> Value {
        let zeros = json!({"class_name": "Zeros", "config": {}});
        let ones = json!({"class_name": "Ones", "config": {}});
        // the shortest decimal of the 32-bit number, as it was written down
        let epsilon: f64 = epsilon.to_string().parse().unwrap_or(f64::from(epsilon));
        let config = json!({
            "axis": axis, "momentum": 0.99, "epsilon": epsilon, "center": true, "scale": true,
            "beta_initializer": zeros, "gamma_initializer": ones, "moving_mean_initializer": zeros,
            "moving_variance_initializer": ones, "beta_regularizer": null, "gamma_regularizer": null,
            "beta_constraint": null, "gamma_constraint": null,
        });
        self.emit("BatchNormalization", part, &[value], config)
    }
}
