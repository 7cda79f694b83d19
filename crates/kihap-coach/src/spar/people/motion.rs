//! Where a person will be: a filter with constant speed.

use glam::Vec2;

/// Position and speed of one track, pixels and pixels a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    place: Vec2,
    speed: Vec2,
    size: f32,
    seconds: f64,
    looks: u32,
}

/// Share of what a new place differs that is taken over, and of the speed it speaks for (α-β filter: β = α² / (2 − α)).
const ALPHA: f32 = 0.6;
const BETA: f32 = ALPHA * ALPHA / (2.0 - ALPHA);
/// Speed that is left after a second in which nobody was seen.
const KEPT_SPEED: f32 = 0.5;

impl Course {
    pub(super) fn new(place: Vec2, size: f32, seconds: f64) -> Self {
        Self { place, speed: Vec2::ZERO, size, seconds, looks: 1 }
    }

    /// Where the person should be at a time.
    pub(super) fn at(&self, seconds: f64) -> Vec2 {
        let gap = (seconds - self.seconds).max(0.0) as f32;
        // The integral of a speed that decays.
        let decay = -KEPT_SPEED.ln();
        self.place + self.speed * ((1.0 - (-decay * gap).exp()) / decay)
    }

    /// Seconds since the person was seen.
    pub(super) fn unseen_s(&self, seconds: f64) -> f64 {
        (seconds - self.seconds).max(0.0)
    }

    pub(super) fn size(&self) -> f32 {
        self.size
    }

    /// How far off a pose may be on the mean, pixels: what the filter leaves, a step aside, and the more the longer unseen.
    pub(super) fn doubt(&self, seconds: f64) -> f32 {
        let gap = self.unseen_s(seconds) as f32;
        let fresh = if self.looks < 3 { 0.4 } else { 0.0 };
        self.size * (0.06 + fresh * gap.min(0.5) + 0.45 * gap.min(2.0))
    }

    /// Takes in a place.
    pub(super) fn update(&mut self, place: Vec2, size: f32, seconds: f64) {
        let gap = (seconds - self.seconds) as f32;
        let expected = self.at(seconds);
        let off = place - expected;
        self.place = expected + off * ALPHA;
        if gap > 1e-4 {
            // The second look gives the speed by itself.
            let share = if self.looks == 1 { 1.0 } else { BETA };
            self.speed += off * (share / gap.min(0.5));
        }
        let fastest = 6.0 * self.size;
        self.speed = self.speed.clamp_length_max(fastest);
        self.size += (size - self.size) * 0.2;
        self.seconds = seconds;
        self.looks += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_walk_is_foreseen() {
        let mut course = Course::new(Vec2::new(100.0, 200.0), 300.0, 0.0);
        for i in 1..40 {
            course.update(Vec2::new(100.0 + i as f32 * 5.0, 200.0), 300.0, f64::from(i) / 30.0);
        }
        let ahead = course.at(39.0 / 30.0 + 0.2);
        assert!((ahead.x - (295.0 + 30.0)).abs() < 4.0 && (ahead.y - 200.0).abs() < 0.1, "{ahead}");
        assert!(course.doubt(2.3) > course.doubt(1.4));
    }
}
