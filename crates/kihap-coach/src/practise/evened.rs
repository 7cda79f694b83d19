//! Probabilities evened over a few frames, so that what is shown does not flicker.

/// Time constant, seconds: after so long, 63 % of a change are there. Three frames of a camera with 30 a second.
const TIME_S: f64 = 0.1;
/// After a gap this long, seconds, one begins anew.
const GAP_S: f64 = 1.0;

/// Probabilities that follow those of the frames with a time constant of 0.1 s, at any rate of frames.
#[derive(Debug, Clone, Default)]
pub struct Evened {
    last: Option<(f64, Vec<f64>)>,
}

impl Evened {
    /// Takes the probabilities of a frame in and gives the evened ones. They add up to what those of the frames add up to.
    pub fn next(&mut self, seconds: f64, probabilities: &[f64]) -> &[f64] {
        let kept = self
            .last
            .take()
            .filter(|(before, kept)| kept.len() == probabilities.len() && (0.0..GAP_S).contains(&(seconds - before)));
        let next = match kept {
            None => probabilities.to_vec(),
            Some((before, mut kept)) => {
                let share = 1.0 - (-(seconds - before) / TIME_S).exp();
                kept.iter_mut().zip(probabilities).for_each(|(kept, new)| *kept += share * (new - *kept));
                kept
            }
        };
        &self.last.insert((seconds, next)).1
    }

    /// Forgets what was.
    pub fn forget(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_frame_does_not_turn_the_answer_but_a_few_do() {
        let mut evened = Evened::default();
        let frame = |i: u32| f64::from(i) / 30.0;
        for i in 0..10 {
            evened.next(frame(i), &[0.9, 0.1]);
        }
        assert!(evened.next(frame(10), &[0.0, 1.0])[0] > 0.5);
        for i in 11..16 {
            evened.next(frame(i), &[0.0, 1.0]);
        }
        let now = evened.next(frame(16), &[0.0, 1.0]);
        assert!(now[1] > 0.9 && (now.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{now:?}");
    }

    #[test]
    fn after_a_gap_only_the_new_counts() {
        let mut evened = Evened::default();
        evened.next(0.0, &[1.0, 0.0]);
        assert_eq!(evened.next(5.0, &[0.2, 0.8]), [0.2, 0.8]);
    }
}
