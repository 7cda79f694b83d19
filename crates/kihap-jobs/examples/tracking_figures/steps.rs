//! Steps that were found in their place, of those performed and of those in the picture.

use std::collections::{BTreeMap, BTreeSet};

use kihap_coach::performance::{FilmFrame, InjectedFault, Phase};

use crate::Case;

/// A step counts as found in its place where the times overlap by at least this much, seconds.
const OVERLAP: f64 = 0.1;

/// Its times are right up to this far from the true ones, seconds.
const IN_TIME_S: f64 = 0.5;

/// A step faces the camera up to this far from it, degrees.
const FACING_DEG: f32 = 60.0;

/// Whether the trunk is in the picture. Whoever steps out of it is not seen.
fn is_in_picture(frame: &FilmFrame) -> bool {
    frame.pose.as_ref().is_some_and(|pose| {
        let inside = |name: &str| {
            let within = |at: f32, edge: u32| (0.0..=edge as f32).contains(&at);
            pose.joint(name).is_some_and(|joint| within(joint.x, pose.width) && within(joint.y, pose.height))
        };
        ["left_shoulder", "right_shoulder", "left_hip", "right_hip"].into_iter().all(inside)
    })
}

/// Steps that are in the picture for half of the time for which they are held, or more.
pub(crate) fn steps_in_picture(truth: &[FilmFrame]) -> BTreeSet<u32> {
    let mut frames: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for frame in truth.iter().filter(|frame| frame.truth.phase == Phase::Held) {
        let Some(step) = frame.truth.step else { continue };
        let (inside, all) = frames.entry(step).or_default();
        *inside += usize::from(is_in_picture(frame));
        *all += 1;
    }
    frames.into_iter().filter(|(_, (inside, all))| 2 * inside >= *all).map(|(step, _)| step).collect()
}

/// Whether the body is in the picture and turned to the camera in the latter half of a fault and just after it; what runs through the
/// whole form is always shown somewhere. Of a step left out, it is the moment in which it should have begun.
pub(crate) fn faces(fault: &InjectedFault, frames: &[FilmFrame]) -> bool {
    if fault.fault.step().is_none() {
        return true;
    }
    let (from, until) = ((fault.start + fault.end) * 0.5, fault.end + 0.3);
    let during: Vec<&FilmFrame> = frames.iter().filter(|frame| (from..=until).contains(&frame.seconds)).collect();
    if !during.iter().all(|frame| is_in_picture(frame)) {
        return false;
    }
    let off: Vec<f32> = during
        .into_iter()
        .map(|frame| ((frame.heading_to_camera_deg + 180.0).rem_euclid(360.0) - 180.0).abs())
        .collect();
    !off.is_empty() && off.iter().sum::<f32>() / off.len() as f32 <= FACING_DEG
}

/// Steps of performances without faults.
#[derive(Default, Clone, Copy)]
pub(crate) struct Steps {
    performed: usize,
    found: usize,
    /// Of those that are held in the picture.
    in_picture: usize,
    found_in_picture: usize,
    /// Found, but not where they were performed.
    elsewhere: usize,
    /// Found in their place, with a beginning and an arrival not further from the true ones than [`IN_TIME_S`].
    in_time: usize,
}

impl Steps {
    pub(crate) fn of(case: &Case) -> Self {
        let performed = case.performance.steps();
        let overlaps = |number: u32, start: f64, end: f64| {
            performed.iter().any(|s| s.step == Some(number) && start < s.end - OVERLAP && end > s.start + OVERLAP)
        };
        let timed = |number: u32, start: f64, reached: f64| {
            let near = |told: f64, really: f64| (told - really).abs() <= IN_TIME_S;
            performed.iter().any(|s| s.step == Some(number) && near(start, s.start) && near(reached, s.end))
        };
        let mut steps = Self::default();
        for step in &case.sheet.steps {
            let right =
                step.found && step.start.zip(step.end).is_some_and(|(start, end)| overlaps(step.number, start, end));
            let seen = case.in_picture.contains(&step.number);
            steps.performed += 1;
            steps.found += usize::from(right);
            steps.in_picture += usize::from(seen);
            steps.found_in_picture += usize::from(seen && right);
            steps.elsewhere += usize::from(step.found && !right);
            let times = step.start.zip(step.reached).filter(|_| right);
            steps.in_time += usize::from(times.is_some_and(|(start, reached)| timed(step.number, start, reached)));
        }
        steps
    }

    /// Share of the steps in the picture, and of all performed, that were found.
    fn shares(self) -> [f64; 2] {
        let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
        [share(self.found_in_picture, self.in_picture), share(self.found, self.performed)]
    }
}

impl std::iter::Sum for Steps {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| Self {
            performed: a.performed + b.performed,
            found: a.found + b.found,
            in_picture: a.in_picture + b.in_picture,
            found_in_picture: a.found_in_picture + b.found_in_picture,
            elsewhere: a.elsewhere + b.elsewhere,
            in_time: a.in_time + b.in_time,
        })
    }
}

impl std::fmt::Display for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [in_picture, all] = self.shares();
        let Self { performed, found, elsewhere, in_picture: seen, in_time, .. } = *self;
        let in_time = in_time as f64 / found.max(1) as f64;
        write!(f, "{seen:>4} {in_picture:.3}  {performed:>4} {all:.3}  {elsewhere:>3}  {in_time:.3}")
    }
}

/// Steps on the sheet that were not performed at all.
pub(crate) fn invented(case: &Case) -> usize {
    let performed = |number: u32| case.performance.steps().iter().any(|step| step.step == Some(number));
    case.sheet.steps.iter().filter(|step| step.found && !performed(step.number)).count()
}
