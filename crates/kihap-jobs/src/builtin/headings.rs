//! Which way a performer faces, from the turn of hips and shoulders and from how far a technique turns them.

use std::collections::BTreeMap;

use kihap_vision::{Pose, Skeleton};
use serde::{Deserialize, Serialize};

use super::stills::SeenStill;

/// How far the direction of a technique lies from where hips and shoulders face, degrees clockwise, by class of the course
/// `techniques`; measured on the stills that the networks were trained from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Headings {
    /// Offset of each class.
    pub offset_deg: BTreeMap<String, f32>,
    /// How surely it is known: length of the mean direction, 0 (no idea) to 1 (always the same).
    pub certainty: BTreeMap<String, f32>,
}

impl Headings {
    /// Measures the offsets of all techniques shown to their end.
    pub fn measure(stills: &[SeenStill]) -> Self {
        let mut sums: BTreeMap<String, (f32, f32, f32)> = BTreeMap::new();
        for still in stills {
            let (Some(pose), Some((id, side)), true) = (&still.pose, &still.shown.technique, still.shown.done) else {
                continue;
            };
            let Some(body) = body_heading(pose) else { continue };
            let name = side.map_or_else(|| id.clone(), |side| format!("{id}_{}", side.id()));
            let off = (still.shown.heading_deg - body).to_radians();
            let sum = sums.entry(name).or_default();
            *sum = (sum.0 + off.cos(), sum.1 + off.sin(), sum.2 + 1.0);
        }
        let offset_deg = sums.iter().map(|(name, (x, y, _))| (name.clone(), y.atan2(*x).to_degrees())).collect();
        let certainty = sums.into_iter().map(|(name, (x, y, n))| (name, x.hypot(y) / n)).collect();
        Self { offset_deg, certainty }
    }

    /// The heading of a pose whose techniques have these probabilities, in 0..360; `None` where hips and shoulders cannot be told.
    pub fn of<'a>(&self, pose: &Pose, techniques: impl Iterator<Item = (&'a str, f32)>) -> Option<f32> {
        let body = body_heading(pose)?;
        let (mut x, mut y) = (0.0, 0.0);
        for (name, probability) in techniques {
            // Without a technique one faces where hips and shoulders do.
            let offset = self.offset_deg.get(name).copied().unwrap_or(0.0).to_radians();
            let weight = probability * self.certainty.get(name).copied().unwrap_or(0.5);
            (x, y) = (x + weight * offset.cos(), y + weight * offset.sin());
        }
        Some((body + y.atan2(x).to_degrees()).rem_euclid(360.0))
    }
}

/// Where hips and shoulders face, degrees clockwise from the camera.
fn body_heading(pose: &Pose) -> Option<f32> {
    if pose.skeleton != Skeleton::Blazepose33 || pose.world.len() != 33 {
        return None;
    }
    let across =
        |axis: usize| pose.world[11][axis] - pose.world[12][axis] + pose.world[23][axis] - pose.world[24][axis];
    let (x, away) = (across(0), across(2));
    (x.hypot(away) > 1e-6).then(|| (-away).atan2(x).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_coach::synth::{Plan, StillMaker};
    use kihap_syllabus::Syllabus;

    #[test]
    fn the_heading_of_true_skeletons_is_found_again() {
        let syllabus = Syllabus::embedded().unwrap();
        let maker = StillMaker::new(&syllabus);
        let stills: Vec<SeenStill> = Plan::BUILTIN
            .share(0.01)
            .shots(&syllabus, 5)
            .iter()
            .map(|(shot, seed)| {
                let still = maker.make(shot, *seed);
                SeenStill { shown: still.shown, body: 0, pose: still.truth, truth: Vec::new() }
            })
            .collect();
        let headings = Headings::measure(&stills);
        let mut off: Vec<f32> = Vec::new();
        for still in &stills {
            let (Some(pose), Some((id, side)), true) = (&still.pose, &still.shown.technique, still.shown.done) else {
                continue;
            };
            let name = side.map_or_else(|| id.clone(), |side| format!("{id}_{}", side.id()));
            let found = headings.of(pose, std::iter::once((name.as_str(), 1.0))).unwrap();
            off.push(((found - still.shown.heading_deg + 180.0).rem_euclid(360.0) - 180.0).abs());
        }
        off.sort_by(f32::total_cmp);
        assert!(off[off.len() / 2] < 15.0, "median {}", off[off.len() / 2]);
        assert!(off[off.len() * 9 / 10] < 45.0, "nine in ten below {}", off[off.len() * 9 / 10]);
    }
}
