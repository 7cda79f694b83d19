//! The ready stance that begins a test.

use kihap_syllabus::Syllabus;

/// Waits until the ready stance is held: so many frames in a row at so high a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadyWatch {
    min_probability: f64,
    needed: u32,
    held: u32,
}

impl ReadyWatch {
    /// The rule of the syllabus (`scoring.toml`): 5 frames at 0.8.
    pub fn of(syllabus: &Syllabus) -> Self {
        let rule = &syllabus.scoring().original_app.start_rule;
        Self { min_probability: rule.min_score, needed: rule.consecutive_frames.max(1), held: 0 }
    }

    /// Takes the probability of the ready stance in one frame; whether it has been held long enough.
    pub fn next(&mut self, probability: f64) -> bool {
        self.held = if probability >= self.min_probability { self.held + 1 } else { 0 };
        self.held >= self.needed
    }

    /// Frames held so far.
    pub fn held(&self) -> u32 {
        self.held.min(self.needed)
    }

    /// Frames that must be held.
    pub fn needed(&self) -> u32 {
        self.needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_frames_in_a_row_at_four_fifths() {
        let mut watch = ReadyWatch::of(&Syllabus::embedded().unwrap());
        let held: Vec<bool> =
            [0.9, 0.9, 0.9, 0.9, 0.79, 0.8, 0.8, 0.8, 0.8, 0.8].map(|p| watch.next(p)).into_iter().collect();
        assert_eq!(held.iter().position(|held| *held), Some(9));
    }
}
