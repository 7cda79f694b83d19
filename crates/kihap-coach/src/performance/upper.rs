//! Arms, trunk and head in time.

use super::ease::Ease;
use crate::kinematics::Posture;

/// Postures whose arms, trunk and head are reached at times; their hips and legs are of no account.
#[derive(Debug, Clone)]
pub(super) struct UpperTrack(Vec<(f64, Posture, Ease)>);

impl UpperTrack {
    pub(super) fn starting(posture: Posture) -> Self {
        Self(vec![(0.0, posture, Ease::Soft)])
    }

    /// Where the last posture is.
    pub(super) fn last(&self) -> (f64, Posture) {
        let (seconds, posture, _) = self.0[self.0.len() - 1];
        (seconds, posture)
    }

    /// Stays as it is until `seconds`, where that lies ahead.
    pub(super) fn hold_until(&mut self, seconds: f64) {
        let (last, posture) = self.last();
        if seconds > last {
            self.0.push((seconds, posture, Ease::Soft));
        }
    }

    /// Is at the posture at `seconds`.
    pub(super) fn reach(&mut self, seconds: f64, posture: Posture, ease: Ease) {
        self.0.push((seconds.max(self.last().0), posture, ease));
    }

    pub(super) fn at(&self, seconds: f64) -> Posture {
        let next = self.0.partition_point(|(reached, ..)| *reached <= seconds);
        let Some((end, to, ease)) = self.0.get(next) else { return self.last().1 };
        let Some((start, from, _)) = next.checked_sub(1).and_then(|before| self.0.get(before)) else { return *to };
        from.between(to, ease.at(((seconds - start) / (end - start)) as f32))
    }
}
