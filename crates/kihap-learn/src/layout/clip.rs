//! A clip's skeletons in the body's own measure, and in the time of its own movement: what the features of sequences are
//! computed from.

use kihap_vision::{Pose, Skeleton};

/// Points of one frame, in the order of the skeleton's joints: x from the person's right to left as seen from the front, y
/// down, z away from the camera, about the median middle of the hips, in median torso lengths.
pub(crate) type Frame = Vec<[f32; 3]>;

/// The frames of a clip.
#[derive(Debug, Clone)]
pub(crate) struct ClipPoints {
    pub(crate) frames: Vec<Frame>,
}

/// Torso lengths below this share of the largest are taken for mistakes of the estimator.
const LEAST_TORSO: f32 = 0.05;
/// What a joint may move from frame to frame, in torso lengths, before it counts as movement: an estimator's trembling.
const TREMBLING: f32 = 0.03;

impl ClipPoints {
    /// The points of all frames in which somebody was seen, the gaps between filled in evenly, each coordinate the median
    /// of three frames, the body turned about the vertical until shoulders and hips face the camera on the whole. `None`
    /// where nobody was ever seen, or in another skeleton.
    pub(crate) fn of(poses: &[Option<Pose>], skeleton: Skeleton) -> Option<ClipPoints> {
        let mut frames: Vec<Option<Frame>> =
            poses.iter().map(|pose| pose.as_ref().filter(|pose| is_seen(pose, skeleton)).map(points)).collect();
        fill_gaps(&mut frames);
        let frames: Vec<Frame> = frames.into_iter().flatten().collect();
        if frames.is_empty() {
            return None;
        }
        let frames = without_spikes(&frames);
        let middle = |left: &str, right: &str| -> Vec<[f32; 3]> {
            frames.iter().map(|frame| between(frame, skeleton, left, right)).collect()
        };
        let (hips, shoulders) = (middle("left_hip", "right_hip"), middle("left_shoulder", "right_shoulder"));
        let torsos: Vec<f32> = hips.iter().zip(&shoulders).map(|(a, b)| length(minus(*b, *a))).collect();
        let longest = torsos.iter().copied().fold(0.0, f32::max);
        let torso = median(torsos.into_iter().filter(|t| *t > longest * LEAST_TORSO).collect()).unwrap_or(1.0);
        let scale = if torso > 0.0 { 1.0 / torso } else { 1.0 };
        let origin = medians(&hips);
        let (sin, cos) = heading(&frames, skeleton);
        let place = |p: [f32; 3]| {
            let [x, y, z] = minus(p, origin).map(|v| v * scale);
            [cos * x + sin * z, y, cos * z - sin * x]
        };
        Some(ClipPoints { frames: frames.into_iter().map(|f| f.into_iter().map(place).collect()).collect() })
    }

    /// `steps` frames evenly spread over a clock that is movement to the share `alpha` and time for the rest, from where
    /// the share `from` of all movement is done to where the share `to` is: people neither begin on command nor move at
    /// one speed. Frames lie between their neighbours.
    pub(crate) fn resampled(&self, steps: usize, alpha: f32, from: f32, to: f32) -> ClipPoints {
        let count = self.frames.len();
        if count < 2 || steps < 2 {
            let frame = self.frames[count / 2].clone();
            return ClipPoints { frames: vec![frame; steps] };
        }
        let moved = self.movement();
        let times: Vec<f32> = (0..count).map(|i| i as f32 / (count - 1) as f32).collect();
        let (begin, end) = (interpolate(from, &moved, &times), interpolate(to, &moved, &times));
        let share = |value: f32, low: f32, high: f32| ((value - low) / (high - low).max(1e-3)).clamp(0.0, 1.0);
        let clock: Vec<f32> = (0..count)
            .map(|i| {
                // a little of the frame's number, so that the clock never stands still
                alpha * share(moved[i], from, to) + (1.0 - alpha) * share(times[i], begin, end) + 1e-5 * i as f32
            })
            .collect();
        let (first, last) = (interpolate(begin, &times, &clock), interpolate(end, &times, &clock));
        let numbers: Vec<f32> = (0..count).map(|i| i as f32).collect();
        let frame = |step: usize| {
            let at = interpolate(first + (last - first) * step as f32 / (steps - 1) as f32, &clock, &numbers);
            let (before, part) = ((at.floor() as usize).min(count - 2), at - at.floor().min((count - 2) as f32));
            let mix = |(a, b): (&[f32; 3], &[f32; 3])| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part);
            self.frames[before].iter().zip(&self.frames[before + 1]).map(mix).collect()
        };
        ClipPoints { frames: (0..steps).map(frame).collect() }
    }

    /// The share of all movement that is done at each frame, rising from 0 to 1.
    fn movement(&self) -> Vec<f32> {
        let steps: Vec<f32> = self
            .frames
            .windows(2)
            .map(|pair| {
                let moves = pair[0].iter().zip(&pair[1]).map(|(a, b)| (length(minus(*b, *a)) - TREMBLING).max(0.0));
                moves.sum()
            })
            .collect();
        let last = steps.len() - 1;
        let smooth = |i: usize| (steps[i.saturating_sub(1)] + steps[i] + steps[(i + 1).min(last)]) / 3.0 + 1e-4;
        let mut sum = 0.0;
        let mut sums = vec![0.0];
        sums.extend((0..steps.len()).map(|i| {
            sum += smooth(i);
            sum
        }));
        sums.iter_mut().for_each(|s| *s /= sum);
        sums
    }
}

/// The value at `x` of the line through the points (xs, ys); `xs` rises. Beyond the ends the line is level.
fn interpolate(x: f32, xs: &[f32], ys: &[f32]) -> f32 {
    let after = xs.partition_point(|v| *v <= x).clamp(1, xs.len() - 1);
    let (x0, x1) = (xs[after - 1], xs[after]);
    let part = ((x - x0) / (x1 - x0).max(1e-9)).clamp(0.0, 1.0);
    ys[after - 1] + (ys[after] - ys[after - 1]) * part
}

/// Frames that a sensor lost are recorded with a score of 0.
fn is_seen(pose: &Pose, skeleton: Skeleton) -> bool {
    pose.skeleton == skeleton && pose.score > 0.0
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
        frames[index] = match (before, after) {
            (Some(before), Some(after)) => {
                let part = (index - before) as f32 / (after - before) as f32;
                frames[before].as_ref().zip(frames[after].as_ref()).map(|(a, b)| {
                    a.iter().zip(b).map(|(a, b)| [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part)).collect()
                })
            }
            (Some(one), None) | (None, Some(one)) => frames[one].clone(),
            (None, None) => None,
        };
    }
}

/// Each coordinate as the median of the frame before, the frame itself and the one after.
fn without_spikes(frames: &[Frame]) -> Vec<Frame> {
    let middle = |a: f32, b: f32, c: f32| a.min(b).max(a.max(b).min(c));
    let last = frames.len() - 1;
    (0..frames.len())
        .map(|i| {
            let (before, after) = (&frames[i.saturating_sub(1)], &frames[(i + 1).min(last)]);
            (0..frames[i].len())
                .map(|j| [0, 1, 2].map(|axis| middle(before[j][axis], frames[i][j][axis], after[j][axis])))
                .collect()
        })
        .collect()
}

/// Sine and cosine of the turn about the vertical that brings the way from the left to the right shoulder and hip, on the
/// median, into the picture's plane.
fn heading(frames: &[Frame], skeleton: Skeleton) -> (f32, f32) {
    let across = |frame: &Frame| {
        let point = |name| skeleton.index_of(name).and_then(|i| frame.get(i)).copied().unwrap_or_default();
        let shoulders = minus(point("left_shoulder"), point("right_shoulder"));
        let hips = minus(point("left_hip"), point("right_hip"));
        [0, 1, 2].map(|i| shoulders[i] + hips[i])
    };
    let way = medians(&frames.iter().map(across).collect::<Vec<_>>());
    let length = way[0].hypot(way[2]);
    if length > 0.0 { (way[2] / length, way[0] / length) } else { (0.0, 1.0) }
}

fn between(frame: &Frame, skeleton: Skeleton, left: &str, right: &str) -> [f32; 3] {
    let point = |name| skeleton.index_of(name).and_then(|i| frame.get(i)).copied().unwrap_or_default();
    let (a, b) = (point(left), point(right));
    [0, 1, 2].map(|i| (a[i] + b[i]) / 2.0)
}

fn medians(points: &[[f32; 3]]) -> [f32; 3] {
    [0, 1, 2].map(|axis| median(points.iter().map(|p| p[axis]).collect()).unwrap_or(0.0))
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

    fn moving(places: &[f32]) -> ClipPoints {
        ClipPoints { frames: places.iter().map(|x| vec![[*x, 0.0, 0.0]; 4]).collect() }
    }

    fn xs(clip: &ClipPoints) -> Vec<f32> {
        clip.frames.iter().map(|f| f[0][0]).collect()
    }

    #[test]
    fn gaps_are_filled_evenly_and_ends_repeated() {
        let frame = |x: f32| Some(vec![[x, 0.0, 0.0]]);
        let mut frames = vec![None, frame(1.0), None, None, frame(4.0), None];
        fill_gaps(&mut frames);
        let xs: Vec<f32> = frames.iter().map(|f| f.as_ref().unwrap()[0][0]).collect();
        assert_eq!(xs, [1.0, 1.0, 2.0, 3.0, 4.0, 4.0]);
    }

    #[test]
    fn a_spike_of_one_frame_is_gone() {
        let clip = moving(&[0.0, 0.1, 9.0, 0.3, 0.4]);
        assert_eq!(without_spikes(&clip.frames)[2][0][0], 0.3);
    }

    #[test]
    fn a_slow_start_and_a_pause_do_not_matter_to_the_clock_of_movement() {
        let ramp: Vec<f32> = (0..=20).map(|i| i as f32 * 0.2).collect();
        let mut waiting = vec![0.0; 15];
        waiting.extend(&ramp[..11]);
        waiting.extend([2.0; 12]);
        waiting.extend(&ramp[11..]);
        let (plain, waited) = (moving(&ramp), moving(&waiting));
        let by_movement = xs(&waited.resampled(9, 1.0, 0.05, 0.95));
        for (a, b) in by_movement.iter().zip(xs(&plain.resampled(9, 1.0, 0.05, 0.95))) {
            assert!((a - b).abs() < 0.15, "{by_movement:?}");
        }
        let by_time = xs(&waited.resampled(9, 0.0, 0.0, 1.0));
        assert_eq!((by_time[0], by_time[8]), (0.0, 4.0));
        assert!((by_time[5] - by_time[6]).abs() < 0.01, "in the pause nothing moves: {by_time:?}");
    }

    #[test]
    fn one_frame_is_a_clip_that_stands_still() {
        assert_eq!(xs(&moving(&[7.0]).resampled(3, 0.6, 0.05, 0.95)), [7.0; 3]);
    }
}
