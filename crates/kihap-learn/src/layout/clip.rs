//! A clip's skeletons in the body's own measure: what the features of sequences are computed from.

use kihap_vision::{Pose, Skeleton};

/// Points of one frame, in the order of the skeleton's joints: x to the right, y down, z away from the camera, about the
/// middle of the hips in the clip's median frame, in median torso lengths.
type Frame = Vec<[f32; 3]>;

/// The frames of a clip.
#[derive(Debug, Clone)]
pub(crate) struct ClipPoints {
    pub(crate) frames: Vec<Frame>,
}

/// Torso lengths below this share of the largest are taken for mistakes of the estimator.
const LEAST_TORSO: f32 = 0.05;

impl ClipPoints {
    /// The points of all frames in which somebody was seen, the gaps between filled in evenly; `None` where nobody was
    /// ever seen, or in another skeleton.
    pub(crate) fn of(poses: &[Option<Pose>], skeleton: Skeleton) -> Option<ClipPoints> {
        let mut frames: Vec<Option<Frame>> =
            poses.iter().map(|pose| pose.as_ref().filter(|pose| pose.skeleton == skeleton).map(points)).collect();
        fill_gaps(&mut frames);
        let frames: Vec<Frame> = frames.into_iter().flatten().collect();
        if frames.is_empty() {
            return None;
        }
        let hips: Vec<[f32; 3]> =
            frames.iter().map(|frame| between(frame, skeleton, "left_hip", "right_hip")).collect();
        let shoulders: Vec<[f32; 3]> =
            frames.iter().map(|frame| between(frame, skeleton, "left_shoulder", "right_shoulder")).collect();
        let torsos: Vec<f32> = hips.iter().zip(&shoulders).map(|(a, b)| length(minus(*b, *a))).collect();
        let longest = torsos.iter().copied().fold(0.0, f32::max);
        let torso = median(torsos.into_iter().filter(|t| *t > longest * LEAST_TORSO).collect()).unwrap_or(1.0);
        let scale = if torso > 0.0 { 1.0 / torso } else { 1.0 };
        let axis = |axis: usize| median(hips.iter().map(|p| p[axis]).collect()).unwrap_or(0.0);
        let origin = [axis(0), axis(1), axis(2)];
        let place = |p: [f32; 3]| minus(p, origin).map(|v| v * scale);
        Some(ClipPoints { frames: frames.into_iter().map(|f| f.into_iter().map(place).collect()).collect() })
    }

    /// `steps` frames evenly spread from the share `from` to the share `to` of the clip, each between its neighbours. What
    /// lies beyond the clip repeats its ends.
    pub(crate) fn resampled(&self, steps: usize, from: f32, to: f32) -> ClipPoints {
        self.bent(steps, from, to, 0.0)
    }

    /// The same at a speed that changes: `bend` above 0 spends longer at the beginning, below 0 at the end; it lies between
    /// -1 and 1.
    pub(crate) fn bent(&self, steps: usize, from: f32, to: f32, bend: f32) -> ClipPoints {
        let last = (self.frames.len() - 1) as f32;
        let frame = |step: usize| {
            let share = if steps > 1 { step as f32 / (steps - 1) as f32 } else { 0.5 };
            let share = share - bend * share * (1.0 - share);
            let at = (last * (from + (to - from) * share)).clamp(0.0, last);
            let (before, part) = (at.floor() as usize, at.fract());
            let after = (before + 1).min(self.frames.len() - 1);
            let mix = |(a, b): (&[f32; 3], &[f32; 3])| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part);
            self.frames[before].iter().zip(&self.frames[after]).map(mix).collect()
        };
        ClipPoints { frames: (0..steps).map(frame).collect() }
    }
}

/// World coordinates where there are any, else the picture's, whose depth is a guess of the same size.
fn points(pose: &Pose) -> Frame {
    if pose.world.len() == pose.skeleton.names().len() {
        return pose.world.clone();
    }
    pose.landmarks.iter().map(|l| [l.x, l.y, l.z]).collect()
}

/// Frames without anybody between two with somebody are put evenly between them; those at the ends repeat the nearest.
fn fill_gaps(frames: &mut [Option<Frame>]) {
    let seen: Vec<usize> = (0..frames.len()).filter(|i| frames[*i].is_some()).collect();
    for index in 0..frames.len() {
        if frames[index].is_some() {
            continue;
        }
        let before = seen.iter().rev().find(|s| **s < index).copied();
        let after = seen.iter().find(|s| **s > index).copied();
        let filled = match (before, after) {
            (Some(before), Some(after)) => {
                let part = (index - before) as f32 / (after - before) as f32;
                frames[before].as_ref().zip(frames[after].as_ref()).map(|(a, b)| {
                    a.iter().zip(b).map(|(a, b)| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part)).collect()
                })
            }
            (Some(one), None) | (None, Some(one)) => frames[one].clone(),
            (None, None) => None,
        };
        frames[index] = filled;
    }
}

fn between(frame: &Frame, skeleton: Skeleton, left: &str, right: &str) -> [f32; 3] {
    let point = |name| skeleton.index_of(name).and_then(|i| frame.get(i)).copied().unwrap_or_default();
    let (a, b) = (point(left), point(right));
    [0, 1, 2].map(|i| (a[i] + b[i]) / 2.0)
}

pub(crate) fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn length(a: [f32; 3]) -> f32 {
    (a[0] * a[0] + a[1] * a[1] + a[2] * a[2]).sqrt()
}

pub(crate) fn median(mut values: Vec<f32>) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_evenly_and_ends_repeated() {
        let frame = |x: f32| Some(vec![[x, 0.0, 0.0]]);
        let mut frames = vec![None, frame(1.0), None, None, frame(4.0), None];
        fill_gaps(&mut frames);
        let xs: Vec<f32> = frames.iter().map(|f| f.as_ref().unwrap()[0][0]).collect();
        assert_eq!(xs, [1.0, 1.0, 2.0, 3.0, 4.0, 4.0]);
    }

    #[test]
    fn resampling_keeps_the_ends_and_the_speed() {
        let clip = ClipPoints { frames: (0..11).map(|i| vec![[i as f32, 0.0, 0.0]]).collect() };
        let xs = |clip: &ClipPoints| clip.frames.iter().map(|f| f[0][0]).collect::<Vec<_>>();
        assert_eq!(xs(&clip.resampled(6, 0.0, 1.0)), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(xs(&clip.resampled(3, 0.1, 0.5)), [1.0, 3.0, 5.0]);
        let one = ClipPoints { frames: vec![vec![[7.0, 0.0, 0.0]]] };
        assert_eq!(xs(&one.resampled(3, 0.0, 1.0)), [7.0; 3]);
    }
}
