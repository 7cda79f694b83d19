//! Where weights start from.

use rand::Rng;
use serde::{Deserialize, Serialize};

/// A distribution for the first values of a weight.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform within ±√(6 / inputs) (He et al., 2015); for layers before a ReLU.
    #[default]
    HeUniform,
    /// Normal with deviation √(2 / inputs) (He et al., 2015).
    HeNormal,
    /// Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010); Keras' default.
    GlorotUniform,
    /// Normal with deviation √(1 / inputs), cut off at two deviations: TensorFlow.js' `varianceScaling`.
    LecunNormal,
    /// Normal with the given deviation.
    Normal(f32),
    /// Rows that are at right angles to each other (Saxe et al., 2014); Keras' default for recurrent weights. Only for
    /// weights of rank 2; each square block as wide as the array is high is drawn by itself.
    Orthogonal,
    /// The same number everywhere.
    Constant(f32),
}

impl Init {
    /// `count` numbers for a weight with so many inputs and outputs a unit. `shape` is the weight's.
    pub fn sample(self, shape: &[usize], fan_in: usize, fan_out: usize, rng: &mut impl Rng) -> Vec<f32> {
        let count: usize = shape.iter().product();
        let inputs = fan_in.max(1) as f32;
        let uniform = |limit: f32, rng: &mut dyn FnMut() -> f32| (0..count).map(|_| limit * rng()).collect();
        match self {
            Init::HeUniform => uniform((6.0 / inputs).sqrt(), &mut || symmetric(rng)),
            Init::GlorotUniform => uniform((6.0 / (inputs + fan_out as f32)).sqrt(), &mut || symmetric(rng)),
            Init::HeNormal => (0..count).map(|_| (2.0 / inputs).sqrt() * normal(rng)).collect(),
            Init::LecunNormal => (0..count).map(|_| (1.0 / inputs).sqrt() * truncated(rng)).collect(),
            Init::Normal(deviation) => (0..count).map(|_| deviation * normal(rng)).collect(),
            Init::Orthogonal => orthogonal(shape, rng),
            Init::Constant(value) => vec![value; count],
        }
    }
}

fn symmetric(rng: &mut impl Rng) -> f32 {
    rng.random::<f32>() * 2.0 - 1.0
}

/// Box and Muller's transform.
fn normal(rng: &mut impl Rng) -> f32 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    (radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()) as f32
}

fn truncated(rng: &mut impl Rng) -> f32 {
    loop {
        let value = normal(rng);
        if value.abs() <= 2.0 {
            return value;
        }
    }
}

/// Square blocks side by side, each made orthonormal by Gram and Schmidt's process.
fn orthogonal(shape: &[usize], rng: &mut impl Rng) -> Vec<f32> {
    let rows = shape.first().copied().unwrap_or(1);
    let columns: usize = shape.iter().skip(1).product();
    let mut all = vec![0.0f32; rows * columns];
    for start in (0..columns).step_by(rows.max(1)) {
        let width = rows.min(columns - start);
        let mut basis: Vec<Vec<f64>> = Vec::with_capacity(width);
        while basis.len() < width {
            let mut vector: Vec<f64> = (0..rows).map(|_| f64::from(normal(rng))).collect();
            for other in &basis {
                let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
            let length = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
            if length > 1e-6 {
                vector.iter_mut().for_each(|v| *v /= length);
                basis.push(vector);
            }
        }
        for (column, vector) in basis.iter().enumerate() {
            for (row, value) in vector.iter().enumerate() {
                all[row * columns + start + column] = *value as f32;
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn distributions_have_their_spread() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let spread = |init: Init, rng: &mut ChaCha8Rng| {
            let values = init.sample(&[100, 300], 100, 300, rng);
            (values.iter().map(|v| f64::from(v * v)).sum::<f64>() / values.len() as f64).sqrt()
        };
        assert!((spread(Init::HeNormal, &mut rng) - 0.02f64.sqrt()).abs() < 2e-3);
        assert!((spread(Init::HeUniform, &mut rng) - 0.02f64.sqrt()).abs() < 2e-3);
        assert!((spread(Init::GlorotUniform, &mut rng) - (2.0f64 / 400.0).sqrt()).abs() < 1e-3);
        assert!((spread(Init::Normal(0.02), &mut rng) - 0.02).abs() < 1e-3);
        assert_eq!(Init::Constant(1.0).sample(&[3], 1, 1, &mut rng), [1.0; 3]);
    }

    #[test]
    fn orthogonal_blocks_keep_lengths() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let (rows, columns) = (8, 24);
        let w = Init::Orthogonal.sample(&[rows, columns], rows, columns, &mut rng);
        for block in 0..3 {
            for a in 0..rows {
                for b in 0..rows {
                    let dot: f32 =
                        (0..rows).map(|r| w[r * columns + block * rows + a] * w[r * columns + block * rows + b]).sum();
                    assert!((dot - if a == b { 1.0 } else { 0.0 }).abs() < 1e-5, "{a} {b} {dot}");
                }
            }
        }
    }
}
