//! A BlazePose skeleton as numbers in a file: the 33 world coordinates (x, y, z; metres), then the 33 landmarks (x, y in pixels,
//! visibility, presence).

use kihap_vision::{Landmark, Pose, Skeleton};

/// Points of a skeleton.
pub(crate) const JOINTS: usize = 33;
/// Numbers of a skeleton.
pub(crate) const NUMBERS: usize = JOINTS * (3 + 4);

/// The numbers of a skeleton; zeros where nobody was found.
pub(crate) fn numbers_of(pose: Option<&Pose>) -> Vec<f32> {
    let Some(pose) = pose else { return vec![0.0; NUMBERS] };
    let mut numbers = pose.world.concat();
    numbers.extend(pose.landmarks.iter().flat_map(|l| [l.x, l.y, l.visibility, l.presence]));
    numbers
}

/// The skeleton of such numbers in a picture of a size in pixels; `None` where there are fewer.
pub(crate) fn pose_of(numbers: &[f32], [width, height]: [u32; 2]) -> Option<Pose> {
    let (world, landmarks) = numbers.split_at_checked(JOINTS * 3)?;
    let landmark = |v: &[f32; 4]| Landmark { x: v[0], y: v[1], z: 0.0, visibility: v[2], presence: v[3] };
    Some(Pose {
        skeleton: Skeleton::Blazepose33,
        width,
        height,
        score: 1.0,
        landmarks: landmarks.as_chunks::<4>().0.iter().map(landmark).collect(),
        world: world.as_chunks::<3>().0.to_vec(),
    })
}
