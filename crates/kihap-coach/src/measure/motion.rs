//! What only frames one after the other can tell: chambers, peaks, turns, holds, jumps.

use glam::Vec3;
use kihap_syllabus::{Measure, Quantity, Side};

use super::body3::limb;
use super::trunk::left_of_hips;
use super::{Body3, Context, Laterality, NotMeasurable, legs};
use crate::kinematics::at;

/// A body at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Seconds from any start.
    pub seconds: f64,
    /// The body; all bodies of a [`Motion`] must have the same facing direction.
    pub body: Body3,
}

/// A short run of moments in order of time: one technique from its chamber to its end.
#[derive(Debug, Clone, Copy)]
pub struct Motion<'a> {
    moments: &'a [Moment],
}

/// Hands and feet slower than this stand still, trunk lengths a second: the jitter of an estimator is about a third of it.
const STILL: f64 = 0.5;
/// Two kicks are two where the ankle falls by this between them, trunk lengths.
const FALL: f64 = 0.3;
/// An ankle higher than this kicks, trunk lengths over the hips (standing ankles are at −1.7).
const KICKING: f64 = -1.2;

impl<'a> Motion<'a> {
    /// The moments, in order of time.
    pub fn new(moments: &'a [Moment]) -> Self {
        Self { moments }
    }

    /// The value of a measure: those that need time from all moments, the others from the end moment, which for kicks is that of the
    /// kicking ankle's peak and else the last.
    ///
    /// # Errors
    /// [`NotMeasurable`]: what is missing.
    pub fn measure(&self, measure: Measure, context: &Context<'_>) -> Result<f64, NotMeasurable> {
        use Quantity as Q;
        let kicking = || match self.last()?.body.laterality(measure, context)? {
            Laterality::One(side) => Ok(side),
            _ => context.acting.ok_or(NotMeasurable::NoActingLimb),
        };
        match measure.quantity {
            Q::ChamberKneeDeg => self.chamber_knee_deg(kicking()?),
            Q::PeakAnkleHeight => self.peak(kicking()?).map(|(_, height)| height),
            Q::FirstAnkleHeight => self.nth_kick_height(kicking()?, 0),
            Q::SecondAnkleHeight => self.nth_kick_height(kicking()?, 1),
            Q::BodyTurnDeg => self.body_turn_deg(),
            Q::KicksInAir => self.kicks_in_air(context),
            Q::HoldS => self.hold_s(),
            Q::Airborne => self.airborne(context),
            _ => self.last()?.body.measure(measure, context),
        }
    }

    fn last(&self) -> Result<&'a Moment, NotMeasurable> {
        self.moments.last().ok_or(NotMeasurable::DoesNotHappen)
    }

    fn ankle(&self, index: usize, side: Side) -> f64 {
        let body = &self.moments[index].body;
        body.height(body.at(at::ANKLES[limb(side)]))
    }

    /// The moment at which a foot is highest, and that height in trunk lengths.
    ///
    /// # Errors
    /// [`NotMeasurable::DoesNotHappen`] without moments.
    pub fn peak(&self, side: Side) -> Result<(usize, f64), NotMeasurable> {
        (0..self.moments.len())
            .map(|index| (index, self.ankle(index, side)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .ok_or(NotMeasurable::DoesNotHappen)
    }

    /// The knee's smallest inner angle on the way up to the kick's peak, degrees.
    fn chamber_knee_deg(&self, side: Side) -> Result<f64, NotMeasurable> {
        let (peak, height) = self.peak(side)?;
        if height < KICKING || peak == 0 {
            return Err(NotMeasurable::DoesNotHappen);
        }
        self.moments[..=peak]
            .iter()
            .filter_map(|moment| legs::knee_deg(&moment.body, limb(side)))
            .min_by(f64::total_cmp)
            .ok_or(NotMeasurable::Degenerate)
    }

    /// Moments at which a foot's height has a peak over kicking height, with a fall of [`FALL`] between them.
    fn kicks(&self, side: Side) -> Vec<usize> {
        let (mut peaks, mut best, mut low): (Vec<usize>, Option<usize>, f64) = (Vec::new(), None, f64::INFINITY);
        for index in 0..self.moments.len() {
            let height = self.ankle(index, side);
            match best {
                Some(peak) if height < self.ankle(peak, side) - FALL => {
                    peaks.push(peak);
                    best = None;
                    low = height;
                }
                Some(peak) if height > self.ankle(peak, side) => best = Some(index),
                Some(_) => {}
                None => {
                    low = low.min(height);
                    if height > KICKING && height > low + FALL {
                        best = Some(index);
                    }
                }
            }
        }
        peaks.extend(best);
        peaks
    }

    fn nth_kick_height(&self, side: Side, n: usize) -> Result<f64, NotMeasurable> {
        let peak = *self.kicks(side).get(n).ok_or(NotMeasurable::DoesNotHappen)?;
        Ok(self.ankle(peak, side))
    }

    /// How far the hips turn from the first moment to where they have turned farthest, degrees.
    fn body_turn_deg(&self) -> Result<f64, NotMeasurable> {
        let headings: Vec<f64> = self
            .moments
            .iter()
            .filter_map(|moment| left_of_hips(&moment.body))
            .map(|left: Vec3| f64::from(left.z.atan2(left.x)).to_degrees())
            .collect();
        if headings.len() < 2 {
            return Err(NotMeasurable::OneFrame);
        }
        let (mut turned, mut farthest) = (0.0_f64, 0.0_f64);
        for pair in headings.windows(2) {
            turned += (pair[1] - pair[0] + 180.0).rem_euclid(360.0) - 180.0;
            farthest = farthest.max(turned.abs());
        }
        Ok(farthest)
    }

    /// 1 where both feet are off the floor at any moment.
    fn airborne(&self, context: &Context<'_>) -> Result<f64, NotMeasurable> {
        let mut most = Err(NotMeasurable::NoFloor);
        for moment in self.moments {
            let value = legs::airborne(&moment.body, context.ratios)?;
            most = Ok(most.unwrap_or(0.0_f64).max(value));
        }
        most
    }

    /// Kicks of either foot while both feet are off the floor.
    fn kicks_in_air(&self, context: &Context<'_>) -> Result<f64, NotMeasurable> {
        let mut count = 0.0;
        for side in Side::BOTH {
            for peak in self.kicks(side) {
                count += legs::airborne(&self.moments[peak].body, context.ratios)?;
            }
        }
        self.airborne(context)?;
        Ok(count)
    }

    /// How long hands and feet stand still up to the last moment, seconds.
    fn hold_s(&self) -> Result<f64, NotMeasurable> {
        let last = self.last()?;
        let mut since = last.seconds;
        for pair in self.moments.windows(2).rev() {
            let [before, after] = pair else { break };
            let step = after.seconds - before.seconds;
            let moved = at::WRISTS
                .into_iter()
                .chain(at::ANKLES)
                .map(|index| f64::from((after.body.at(index) - before.body.at(index)).length()))
                .fold(0.0, f64::max);
            if step <= 0.0 || moved / step > STILL * after.body.trunk_length() {
                break;
            }
            since = before.seconds;
        }
        if self.moments.len() < 2 { Err(NotMeasurable::OneFrame) } else { Ok(last.seconds - since) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{points_of, standing_points};
    use super::super::{BodyRatios, Facing};
    use super::*;
    use crate::kinematics::{Leg, Posture};

    fn value(moments: &[Moment], key: &str) -> Result<f64, NotMeasurable> {
        let ratios = BodyRatios::default();
        let context = Context { acting: Some(Side::Right), lead: None, ratios: &ratios };
        Motion::new(moments).measure(Measure::from_key(key).unwrap(), &context)
    }

    /// The right leg in the air: how high it points (−1 down, 0 level) and how far the knee is bent; or standing.
    fn frames(steps: &[Option<(f32, f32)>], lift: f32) -> Vec<Moment> {
        let body = |step: &Option<(f32, f32)>| {
            let mut posture = Posture { lift, ..Posture::upright() };
            if let Some((height, knee_deg)) = *step {
                posture.legs[1] = Leg::Kick { towards: Vec3::new(0.0, height, 1.0), knee_deg, pole: Vec3::Y };
            }
            Body3::on_floor(&points_of(&posture), Facing::AHEAD, 0.0)
        };
        steps.iter().enumerate().map(|(i, step)| Moment { seconds: i as f64 * 0.1, body: body(step) }).collect()
    }

    #[test]
    fn a_kick_has_a_chamber_and_a_peak() {
        let kick =
            frames(&[None, Some((-0.8, 60.0)), Some((-0.2, 100.0)), Some((0.1, 172.0)), Some((-0.5, 70.0)), None], 0.0);
        let chamber = value(&kick, "chamber_knee_deg").unwrap();
        assert!((chamber - 60.0).abs() < 2.0, "{chamber}");
        let peak = value(&kick, "peak_ankle_height").unwrap();
        assert!((0.0..0.4).contains(&peak), "{peak}");
        assert_eq!(value(&kick, "second_ankle_height"), Err(NotMeasurable::DoesNotHappen));
        assert_eq!(value(&frames(&[None, None], 0.0), "chamber_knee_deg"), Err(NotMeasurable::DoesNotHappen));
    }

    #[test]
    fn two_kicks_have_two_heights() {
        let low = Some((-0.5, 170.0));
        let folded = Some((-3.0, 100.0));
        let high = Some((0.6, 170.0));
        let kicks = frames(&[None, low, folded, high, folded, None], 0.0);
        let (first, second) =
            (value(&kicks, "first_ankle_height").unwrap(), value(&kicks, "second_ankle_height").unwrap());
        assert!(first < -0.3 && second > 0.5, "{first} {second}");
        assert_eq!(value(&kicks, "kicks_in_air"), Ok(0.0));
        assert_eq!(value(&frames(&[None, low, folded, high, folded], 0.2), "kicks_in_air"), Ok(2.0));
        assert_eq!(value(&frames(&[None, low], 0.2), "airborne"), Ok(1.0));
    }

    #[test]
    fn a_full_turn_and_a_hold() {
        let (points, _) = standing_points();
        let turning: Vec<Moment> = (0..=12)
            .map(|i| {
                let turn = Facing::of_heading_deg(f64::from(i) * 30.0).to_performer().transpose();
                Moment { seconds: f64::from(i) * 0.1, body: Body3::new(&points.map(|p| turn * p), Facing::AHEAD) }
            })
            .collect();
        let turn = value(&turning, "body_turn_deg").unwrap();
        assert!((turn - 360.0).abs() < 1.0, "{turn}");
        let mut held = frames(&[Some((0.0, 170.0)), None, None, None, None], 0.0);
        let hold = value(&held, "hold_s").unwrap();
        assert!((hold - 0.3).abs() < 1e-9, "{hold}");
        held.truncate(1);
        assert_eq!(value(&held, "hold_s"), Err(NotMeasurable::OneFrame));
    }
}
