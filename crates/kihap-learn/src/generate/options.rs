//! What can be set about training a generator.

use serde::{Deserialize, Serialize};

use crate::error::LearnError;

/// What a generator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GanKind {
    /// Skeletons, by a conditional GAN on joints.
    Landmarks,
    /// Grey pictures of skeletons of 64 × 64, by a conditional DCGAN.
    Pictures,
}

/// Options of [`super::train_gan`]; recorded in the generator's folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GanOptions {
    /// What is made.
    pub kind: GanKind,
    /// Steps of each of the two networks, at least 1.
    pub steps: usize,
    /// Real and generated examples a step, each; at least 2.
    pub batch_size: usize,
    /// Learning rate of both networks, above 0.
    pub learning_rate: f64,
    /// Adam's β₁, 0 to below 1; 0.5 as Radford et al. (2015).
    pub beta1: f32,
    /// Length of the noise, at least 1.
    pub noise: usize,
    /// Units of a hidden layer (skeletons), or filters next to the picture; at least 1.
    pub width: usize,
    /// Real examples are given to the discriminator as real with 1 minus this, 0 to below 0.5 (one-sided label smoothing:
    /// Salimans et al., 2016).
    pub label_smoothing: f32,
    /// Deviation of the noise added to all that the discriminator sees, in deviations of the numbers; falls to nothing over
    /// the first three quarters of the training (instance noise: Sønderby et al., 2017).
    pub instance_noise: f32,
    /// Weight of the term that rewards different examples for different noise (mode seeking: Mao et al., 2019); 0 for none.
    pub diversity: f32,
    /// Share of the generator's averaged weights that a step leaves as they are, 0 to below 1 (Yazıcı et al., 2019).
    pub averaging: f32,
    /// Learn from the mirror images of classes with a mirror class, too.
    pub mirror: bool,
    /// The seed of everything random.
    pub seed: u64,
}

impl GanOptions {
    /// For skeletons.
    pub fn landmarks() -> GanOptions {
        GanOptions {
            kind: GanKind::Landmarks,
            steps: 3000,
            batch_size: 32,
            learning_rate: 5e-4,
            beta1: 0.5,
            noise: 16,
            width: 128,
            label_smoothing: 0.1,
            instance_noise: 0.3,
            diversity: 0.1,
            averaging: 0.995,
            mirror: true,
            seed: 0,
        }
    }

    /// For skeleton pictures, with Radford's learning rate.
    pub fn pictures() -> GanOptions {
        GanOptions {
            kind: GanKind::Pictures,
            steps: 400,
            batch_size: 16,
            learning_rate: 2e-4,
            noise: 32,
            width: 16,
            instance_noise: 0.1,
            averaging: 0.98,
            ..GanOptions::landmarks()
        }
    }

    /// The defaults for `kind`.
    pub fn of(kind: GanKind) -> GanOptions {
        match kind {
            GanKind::Landmarks => GanOptions::landmarks(),
            GanKind::Pictures => GanOptions::pictures(),
        }
    }

    pub(super) fn check(&self) -> Result<(), LearnError> {
        let bad = |option, value: String, allowed| Err(LearnError::BadOption { option, value, allowed });
        for (option, value) in [("steps", self.steps), ("noise", self.noise), ("width", self.width)] {
            if value == 0 {
                return bad(option, "0".into(), "at least 1");
            }
        }
        if self.batch_size < 2 {
            return bad("batch_size", self.batch_size.to_string(), "at least 2");
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return bad("learning_rate", self.learning_rate.to_string(), "a number above 0");
        }
        for (option, value) in [("beta1", self.beta1), ("averaging", self.averaging)] {
            if !(0.0..1.0).contains(&value) {
                return bad(option, value.to_string(), "from 0 to below 1");
            }
        }
        if !(0.0..0.5).contains(&self.label_smoothing) {
            return bad("label_smoothing", self.label_smoothing.to_string(), "from 0 to below 0.5");
        }
        for (option, value) in [("instance_noise", self.instance_noise), ("diversity", self.diversity)] {
            if !(value.is_finite() && value >= 0.0) {
                return bad(option, value.to_string(), "0 or a number above 0");
            }
        }
        if i64::try_from(self.seed).is_err() {
            return bad("seed", self.seed.to_string(), "at most 9223372036854775807");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_allowed_and_bad_options_are_named() {
        for kind in [GanKind::Landmarks, GanKind::Pictures] {
            GanOptions::of(kind).check().unwrap();
            assert_eq!(GanOptions::of(kind).kind, kind);
        }
        let refused = |options: GanOptions| options.check().unwrap_err().to_string();
        assert!(refused(GanOptions { batch_size: 1, ..GanOptions::pictures() }).contains("batch_size"));
        assert!(refused(GanOptions { beta1: 1.0, ..GanOptions::pictures() }).contains("beta1"));
        assert!(refused(GanOptions { diversity: f32::NAN, ..GanOptions::pictures() }).contains("diversity"));
        assert!(refused(GanOptions { label_smoothing: 0.5, ..GanOptions::pictures() }).contains("label_smoothing"));
    }
}
