//! The numbers that a lifter reads of a skeleton, and those it gives.

use kihap_vision::features::landmarks_in_picture;
use kihap_vision::{Pose, Skeleton};

/// Points of a skeleton of BlazePose's.
pub(super) const POINTS: usize = 33;
/// Numbers that are read: all world coordinates about the middle of the hips, in estimated trunk lengths (x right, y down, z away, as
/// [`Pose::world`]); all landmarks as [`landmarks_in_picture`] has them; all visibilities.
pub(super) const INPUTS: usize = POINTS * 6;
/// Numbers that are given: what is to be added to the world coordinates, in estimated trunk lengths.
pub(super) const OUTPUTS: usize = POINTS * 3;
const SHOULDERS: [usize; 2] = [11, 12];
const HIPS: [usize; 2] = [23, 24];

/// A skeleton as an estimator found it, and where its joints really were.
#[derive(Debug, Clone)]
pub struct LiftExample {
    pub(super) seen: Vec<f32>,
    /// The true world coordinates about the middle of the hips, in true trunk lengths.
    pub(super) truth: Vec<f32>,
}

impl LiftExample {
    /// Of a skeleton of BlazePose's with depths and of 33 true world coordinates, in metres; `None` of others.
    pub fn new(seen: &Pose, truth: &[[f32; 3]]) -> Option<Self> {
        let seen = Seen::of(seen)?.numbers;
        let truth = Trunk::of(truth)?.normalised(truth);
        Some(Self { seen, truth })
    }

    /// The same in a mirror.
    pub(super) fn mirrored(&self) -> Self {
        Self { seen: mirrored(&self.seen), truth: flipped(&self.truth, 3) }
    }
}

/// What is read of a skeleton, and what leads back to metres.
pub(super) struct Seen {
    pub(super) numbers: Vec<f32>,
    pub(super) trunk: Trunk,
}

impl Seen {
    /// `None` of a skeleton that is not BlazePose's, or has no depths.
    pub(super) fn of(pose: &Pose) -> Option<Self> {
        if pose.skeleton != Skeleton::Blazepose33 || pose.landmarks.len() != POINTS {
            return None;
        }
        let trunk = Trunk::of(&pose.world)?;
        let mut numbers = trunk.normalised(&pose.world);
        numbers.extend(landmarks_in_picture(pose).into_flattened());
        numbers.extend(pose.landmarks.iter().map(|landmark| landmark.visibility));
        numbers.iter().all(|number| number.is_finite()).then_some(Self { numbers, trunk })
    }
}

/// Where a trunk is, and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trunk {
    hips: [f32; 3],
    length: f32,
}

impl Trunk {
    fn of(world: &[[f32; 3]]) -> Option<Self> {
        let world: &[[f32; 3]; POINTS] = world.try_into().ok()?;
        let [hips, shoulders] = [HIPS, SHOULDERS].map(|pair| middle(pair.map(|index| world[index])));
        let length = minus(shoulders, hips).iter().map(|v| v * v).sum::<f32>().sqrt();
        (length > 1e-3).then_some(Self { hips, length })
    }

    fn normalised(&self, world: &[[f32; 3]]) -> Vec<f32> {
        world.iter().flat_map(|point| minus(*point, self.hips)).map(|v| v / self.length).collect()
    }

    /// From trunk lengths back to metres.
    pub(super) fn world(&self, numbers: &[f32]) -> Vec<[f32; 3]> {
        let back = |point: &[f32; 3]| std::array::from_fn(|axis| self.hips[axis] + point[axis] * self.length);
        numbers.as_chunks::<3>().0.iter().map(back).collect()
    }
}

/// The numbers that are read of the same skeleton in a mirror.
pub(super) fn mirrored(numbers: &[f32]) -> Vec<f32> {
    let (world, rest) = numbers.split_at(POINTS * 3);
    let (landmarks, visibility) = rest.split_at(POINTS * 2);
    [flipped(world, 3), flipped(landmarks, 2), swapped(visibility, 1)].concat()
}

/// `width` numbers a point, left and right taken for each other and the first number turned over.
pub(super) fn flipped(numbers: &[f32], width: usize) -> Vec<f32> {
    let mut all = swapped(numbers, width);
    all.iter_mut().step_by(width).for_each(|x| *x = -*x);
    all
}

fn swapped(numbers: &[f32], width: usize) -> Vec<f32> {
    let of = |point: usize| {
        let other = Skeleton::Blazepose33.opposite(point);
        &numbers[other * width..(other + 1) * width]
    };
    (0..POINTS).flat_map(of).copied().collect()
}

fn middle<const N: usize>([a, b]: [[f32; N]; 2]) -> [f32; N] {
    std::array::from_fn(|axis| (a[axis] + b[axis]) * 0.5)
}

fn minus<const N: usize>(a: [f32; N], b: [f32; N]) -> [f32; N] {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

#[cfg(test)]
pub(super) mod tests {
    use kihap_vision::Landmark;

    use super::*;

    /// A body that stands before a camera of 100 pixels a metre.
    pub(crate) fn pose(bend: f32) -> Pose {
        let world: Vec<[f32; 3]> = (0..POINTS)
            .map(|index| {
                let side = if index % 2 == 1 { 0.2 } else { -0.2 };
                [side, 0.9 - 0.05 * index as f32, bend * (index % 5) as f32 * 0.1]
            })
            .collect();
        let landmarks = world
            .iter()
            .map(|p| Landmark {
                x: 320.0 + p[0] * 100.0,
                y: 240.0 + p[1] * 100.0,
                z: 0.0,
                visibility: 0.9,
                presence: 1.0,
            })
            .collect();
        Pose { skeleton: Skeleton::Blazepose33, width: 640, height: 480, score: 1.0, landmarks, world }
    }

    #[test]
    fn neither_place_nor_size_counts_and_metres_come_back() {
        let near = pose(1.0);
        let mut far = near.clone();
        for point in &mut far.world {
            *point = point.map(|v| v * 1.4 + 3.0);
        }
        for landmark in &mut far.landmarks {
            (landmark.x, landmark.y) = (landmark.x * 0.5 + 7.0, landmark.y * 0.5 - 9.0);
        }
        let [near_seen, far_seen] = [&near, &far].map(|pose| Seen::of(pose).unwrap());
        assert_eq!(near_seen.numbers.len(), INPUTS);
        for (a, b) in near_seen.numbers.iter().zip(&far_seen.numbers) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
        let back = far_seen.trunk.world(&far_seen.numbers[..OUTPUTS]);
        assert!(back.iter().flatten().zip(far.world.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn the_mirrored_numbers_are_those_of_the_mirrored_skeleton() {
        let mut pose = pose(1.0);
        pose.landmarks[13].visibility = 0.3;
        let example = LiftExample::new(&pose, &pose.world).unwrap();
        let mirror = pose.mirrored();
        let expected = LiftExample::new(&mirror, &mirror.world).unwrap();
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(close(&example.mirrored().seen, &expected.seen));
        assert!(close(&example.mirrored().truth, &expected.truth));
    }

    #[test]
    fn other_skeletons_are_left_alone() {
        let mut flat = pose(1.0);
        flat.world.clear();
        assert!(Seen::of(&flat).is_none());
        assert!(LiftExample::new(&pose(1.0), &[[0.0; 3]; 17]).is_none());
        let mut broken = pose(1.0);
        broken.landmarks[3].x = f32::NAN;
        assert!(Seen::of(&broken).is_none());
    }
}
