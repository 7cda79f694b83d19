//! Smoothing joints over time with the One Euro filter.
//!
//! Casiez, Roussel, Vogel: "1€ Filter", CHI 2012. Parameters as in MediaPipe's `pose_landmark_filtering`.

use crate::pose::Pose;

/// Parameters of a One Euro filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneEuroSettings {
    /// Cut-off in hertz for a value at rest: lower is smoother.
    pub min_cutoff_hz: f64,
    /// How much faster the filter follows a moving value (hertz for one unit a second).
    pub beta: f64,
    /// Cut-off in hertz for the speed itself.
    pub derivative_cutoff_hz: f64,
}

/// MediaPipe's filter for joints in the picture.
pub const JOINTS: OneEuroSettings = OneEuroSettings { min_cutoff_hz: 0.05, beta: 80.0, derivative_cutoff_hz: 1.0 };
/// MediaPipe's filter for world coordinates.
pub const WORLD: OneEuroSettings = OneEuroSettings { min_cutoff_hz: 0.1, beta: 40.0, derivative_cutoff_hz: 1.0 };
/// Share of a new visibility that is taken over at once.
const VISIBILITY_ALPHA: f32 = 0.1;

/// A One Euro filter for one number.
#[derive(Debug, Clone)]
pub struct OneEuro {
    settings: OneEuroSettings,
    last: Option<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    time: f64,
    raw: f64,
    value: f64,
    speed: f64,
}

impl OneEuro {
    /// A filter that has seen nothing yet.
    pub fn new(settings: OneEuroSettings) -> OneEuro {
        OneEuro { settings, last: None }
    }

    /// The filtered value. `scale` turns the value's unit into the one `beta` is meant for (MediaPipe: one over the
    /// person's size). A time not after the last one returns the last value unchanged.
    pub fn next(&mut self, value: f32, scale: f32, time_seconds: f64) -> f32 {
        let value = f64::from(value);
        let Some(last) = self.last else {
            self.last = Some(State { time: time_seconds, raw: value, value, speed: 0.0 });
            return value as f32;
        };
        let step = time_seconds - last.time;
        if step <= 0.0 {
            return last.value as f32;
        }
        let alpha = |cutoff: f64| {
            let tau = 1.0 / (2.0 * std::f64::consts::PI * cutoff);
            1.0 / (1.0 + tau / step)
        };
        let raw_speed = (value - last.raw) * f64::from(scale) / step;
        let blend = alpha(self.settings.derivative_cutoff_hz);
        let speed = blend * raw_speed + (1.0 - blend) * last.speed;
        let blend = alpha(self.settings.min_cutoff_hz + self.settings.beta * speed.abs());
        let smooth = blend * value + (1.0 - blend) * last.value;
        self.last = Some(State { time: time_seconds, raw: value, value: smooth, speed });
        smooth as f32
    }
}

/// Smooths every joint of one person.
#[derive(Debug, Clone, Default)]
pub struct Smoother {
    picture: Vec<OneEuro>,
    world: Vec<OneEuro>,
    visibility: Vec<(f32, f32)>,
}

impl Smoother {
    /// The smoothed pose; `size` is the person's extent in pixels.
    pub fn next(&mut self, mut pose: Pose, size: f32, time_seconds: f64) -> Pose {
        self.picture.resize(pose.landmarks.len() * 3, OneEuro::new(JOINTS));
        self.world.resize(pose.world.len() * 3, OneEuro::new(WORLD));
        let fresh = self.visibility.is_empty();
        self.visibility.resize(pose.landmarks.len(), (0.0, 0.0));
        let scale = 1.0 / size.max(1.0);
        for (i, l) in pose.landmarks.iter_mut().enumerate() {
            let [fx, fy, fz] = &mut self.picture[3 * i..3 * i + 3] else { continue };
            l.x = fx.next(l.x, scale, time_seconds);
            l.y = fy.next(l.y, scale, time_seconds);
            l.z = fz.next(l.z, scale, time_seconds);
            let held = &mut self.visibility[i];
            let alpha = if fresh { 1.0 } else { VISIBILITY_ALPHA };
            held.0 += alpha * (l.visibility - held.0);
            held.1 += alpha * (l.presence - held.1);
            (l.visibility, l.presence) = *held;
        }
        for (p, filters) in pose.world.iter_mut().zip(self.world.chunks_exact_mut(3)) {
            for (value, filter) in p.iter_mut().zip(filters) {
                *value = filter.next(*value, 1.0, time_seconds);
            }
        }
        pose
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resting_value_loses_its_jitter_and_a_fast_one_is_followed() {
        let mut filter = OneEuro::new(JOINTS);
        let mut spread = 0.0f32;
        for i in 0..200 {
            let jitter = if i % 2 == 0 { 0.5 } else { -0.5 };
            let out = filter.next(100.0 + jitter, 1.0 / 300.0, f64::from(i) / 30.0);
            if i > 100 {
                spread = spread.max((out - 100.0).abs());
            }
        }
        assert!(spread < 0.4, "{spread}");
        let mut out = 0.0;
        for i in 200..215 {
            out = filter.next(100.0 + (i - 200) as f32 * 30.0, 1.0 / 300.0, f64::from(i) / 30.0);
        }
        assert!((out - 520.0).abs() < 20.0, "{out}");
    }

    /// Values of MediaPipe's formula worked out by hand for two steps.
    #[test]
    fn two_steps_agree_with_the_formula() {
        let mut filter = OneEuro::new(OneEuroSettings { min_cutoff_hz: 1.0, beta: 2.0, derivative_cutoff_hz: 1.0 });
        assert_eq!(filter.next(1.0, 1.0, 0.0), 1.0);
        // step 0.1: tau(1 Hz) = 0.159155, alpha_d = 0.1/(0.1+0.159155) = 0.385869; speed = 10 * alpha_d = 3.85869;
        // cutoff = 8.71738, tau = 0.018257, alpha = 0.845617.
        assert!((filter.next(2.0, 1.0, 0.1) - 1.845617).abs() < 1e-5);
    }
}
