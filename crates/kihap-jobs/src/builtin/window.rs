//! What the networks on films read: a skeleton and how it came to be there.

use std::collections::VecDeque;

use kihap_vision::Pose;
use kihap_vision::features::{JOINTS, landmark_features};

/// How far back the earlier skeletons lie, seconds: held postures and the way from the chamber.
const LAGS: [f64; 4] = [0.12, 0.27, 0.5, 0.8];
/// Joints whose visibility counts: elbows, wrists, knees, ankles.
const LIMBS: [usize; 8] = [13, 14, 15, 16, 25, 26, 27, 28];
/// Wrist and knuckle of either hand.
const HANDS: [[usize; 2]; 2] = [[15, 19], [16, 20]];
const SHOULDERS: [usize; 2] = [11, 12];
const HIPS: [usize; 2] = [23, 24];
const POINTS: usize = 33;

/// The skeletons of the last second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window {
    seen: VecDeque<(f64, Vec<[f32; 3]>)>,
}

impl Window {
    /// How long what it knows lasted, seconds.
    pub(crate) fn span(&self) -> f64 {
        self.seen.front().zip(self.seen.back()).map_or(0.0, |((first, _), (last, _))| last - first)
    }

    /// Forgets what was: another shot begins.
    pub(crate) fn clear(&mut self) {
        self.seen.clear();
    }

    /// Takes a frame in and gives what a network reads of it; `None` where nobody is seen, or no depth.
    pub(crate) fn push(&mut self, seconds: f64, pose: Option<&Pose>) -> Option<Vec<f32>> {
        let keep = LAGS[LAGS.len() - 1] + 0.2;
        while self.seen.front().is_some_and(|(then, _)| seconds - then > keep || *then >= seconds) {
            self.seen.pop_front();
        }
        let pose = pose.filter(|pose| pose.world.len() == POINTS && pose.landmarks.len() == POINTS)?;
        let joints = JOINTS.iter().filter_map(|name| pose.skeleton.index_of(name));
        let body: Vec<[f32; 3]> = joints.map(|joint| pose.world[joint]).collect();
        let mut row = landmark_features(pose);
        let turn = Turn::of(&pose.world);
        row.extend([turn.cos, turn.sin]);
        row.extend(LIMBS.map(|joint| pose.landmarks[joint].visibility));
        row.extend(
            HANDS.iter().flat_map(|&[wrist, knuckle]| turn.apply(minus(pose.world[knuckle], pose.world[wrist]))),
        );
        self.seen.push_back((seconds, body));
        for lag in LAGS {
            // The latest that is so long ago, else the earliest there is.
            let then = self.seen.iter().rfind(|(then, _)| seconds - then >= lag - 0.02).or(self.seen.front());
            let body = then.map_or(&[][..], |(_, body)| body);
            row.extend(body.iter().flat_map(|joint| turn.apply(*joint)));
        }
        row.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = 0.0);
        Some(row)
    }
}

/// The turn about the vertical that brings hips and shoulders before the camera, and the trunk to length 1.
struct Turn {
    cos: f32,
    sin: f32,
    scale: f32,
}

impl Turn {
    fn of(world: &[[f32; 3]]) -> Self {
        let across = |axis: usize| {
            world[SHOULDERS[0]][axis] - world[SHOULDERS[1]][axis] + world[HIPS[0]][axis] - world[HIPS[1]][axis]
        };
        let (x, z) = (across(0), across(2));
        let size = x.hypot(z).max(1e-6);
        let middle = |pair: [usize; 2]| [0, 1, 2].map(|axis| (world[pair[0]][axis] + world[pair[1]][axis]) / 2.0);
        let trunk = minus(middle(SHOULDERS), middle(HIPS)).iter().map(|v| v * v).sum::<f32>().sqrt();
        Self { cos: x / size, sin: z / size, scale: 1.0 / trunk.max(1e-3) }
    }

    fn apply(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        [self.cos * x + self.sin * z, y, self.cos * z - self.sin * x].map(|value| value * self.scale)
    }
}

fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|axis| a[axis] - b[axis])
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_vision::{Landmark, Skeleton};

    fn body(shift: f32) -> Pose {
        let world = (0..POINTS).map(|i| [(i as f32).sin() * 0.3 + shift, i as f32 * 0.02, (i as f32).cos() * 0.2]);
        Pose {
            skeleton: Skeleton::Blazepose33,
            width: 640,
            height: 480,
            score: 1.0,
            landmarks: vec![Landmark { visibility: 0.9, ..Landmark::default() }; POINTS],
            world: world.collect(),
        }
    }

    #[test]
    fn earlier_skeletons_follow_the_present_one_and_a_cut_forgets_them() {
        let mut window = Window::default();
        assert!(window.push(0.0, None).is_none());
        let first = window.push(0.1, Some(&body(0.0))).unwrap();
        let past = JOINTS.len() * 3 * LAGS.len();
        let later = window.push(0.3, Some(&body(0.5))).unwrap();
        assert_eq!(first.len(), later.len());
        // What was seen lies where it was: the body stands half a metre further since.
        let tail = later.len() - past;
        assert_eq!(later[tail..tail + 45], first[first.len() - past..first.len() - past + 45]);
        assert!((window.span() - 0.2).abs() < 1e-9);
        window.clear();
        assert_eq!(window.span(), 0.0);
        let after = window.push(0.4, Some(&body(0.5))).unwrap();
        assert_ne!(after[tail..], later[tail..]);
        assert_eq!(after[..tail], later[..tail]);
    }
}
