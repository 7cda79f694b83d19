//! What of a pose tells one person from another without colours: lengths of limbs against each other.

use glam::Vec2;
use kihap_vision::Pose;

use crate::kinematics::at;
use crate::measure::Body3;

/// Where a person is in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Middle between hips and shoulders, pixels.
    pub(super) centre: Vec2,
    /// Height of the body in pixels, about, by trunk and legs; turning hardly changes it.
    pub(super) size: f32,
}

impl Place {
    pub(super) fn of(pose: &Pose) -> Option<Self> {
        let at = |index: usize| pose.landmarks.get(index).map(|l| Vec2::new(l.x, l.y));
        let middle = |pair: [usize; 2]| Some((at(pair[0])? + at(pair[1])?) * 0.5);
        let (hips, shoulders) = (middle(at::HIPS)?, middle(at::SHOULDERS)?);
        let trunk = (shoulders - hips).length();
        // The shoulders' and hips' spread counts where the trunk is seen along its length.
        let spread = (at(at::SHOULDERS[0])? - at(at::SHOULDERS[1])?).length();
        let size = (trunk * 3.4).max(spread * 4.0);
        let centre = (hips + shoulders) * 0.5;
        (centre.is_finite() && size > 1.0).then_some(Self { centre, size })
    }
}

/// Ratios that are kept: upper arm, forearm, thigh, shin, shoulder width, head, each against the trunk.
pub(super) const RATIOS: usize = 6;
/// Standard deviations of the logarithms of the ratios in one frame, as BlazePose gives them: a forearm's length varies by 20 %, an
/// upper arm's by 11 %, a thigh's and a shin's by 6 % (`degrade/errors.toml`).
const SPREAD: [f32; RATIOS] = [0.11, 0.20, 0.06, 0.06, 0.12, 0.10];
/// Points less visible than this tell no length.
const SEEN: f32 = 0.5;

/// The build of one person: logarithms of limb lengths against the trunk, with how often each was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Build {
    mean: [f32; RATIOS],
    count: [f32; RATIOS],
}

/// Frames after which an old build weighs no more: frames of one second are much alike, so that more are no more sure.
const MOST: f32 = 60.0;
/// Frames that are like one independent look.
const ALIKE: f32 = 6.0;

impl Build {
    /// Logarithms of the ratios of one pose, where seen.
    pub(super) fn of(pose: &Pose) -> [Option<f32>; RATIOS] {
        let Some(points) = Body3::camera_points(pose) else { return [None; RATIOS] };
        let visible = |index: usize| pose.landmarks.get(index).is_some_and(|l| l.visibility >= SEEN);
        let middle = |pair: [usize; 2]| (points[pair[0]] + points[pair[1]]) * 0.5;
        let trunk = (middle(at::SHOULDERS) - middle(at::HIPS)).length();
        let bone = |from: [usize; 2], to: [usize; 2]| {
            let lengths: Vec<f32> = (0..2)
                .filter(|i| visible(from[*i]) && visible(to[*i]))
                .map(|i| (points[from[i]] - points[to[i]]).length())
                .collect();
            (!lengths.is_empty()).then(|| lengths.iter().sum::<f32>() / lengths.len() as f32)
        };
        let lengths = [
            bone(at::SHOULDERS, at::ELBOWS),
            bone(at::ELBOWS, at::WRISTS),
            bone(at::HIPS, at::KNEES),
            bone(at::KNEES, at::ANKLES),
            Some((points[at::SHOULDERS[0]] - points[at::SHOULDERS[1]]).length()),
            Some((points[at::NOSE] - middle(at::SHOULDERS)).length()),
        ];
        lengths.map(|length| length.filter(|length| *length > 1e-3 && trunk > 1e-3).map(|length| (length / trunk).ln()))
    }

    /// Takes in one more pose.
    pub(super) fn learn(&mut self, ratios: &[Option<f32>; RATIOS]) {
        for (i, ratio) in ratios.iter().enumerate() {
            let Some(ratio) = ratio else { continue };
            self.count[i] = (self.count[i] + 1.0).min(MOST);
            self.mean[i] += (ratio - self.mean[i]) / self.count[i];
        }
    }

    /// How unlike the pose is, as squared standard deviations on the mean of what both know; 1 where they know nothing.
    pub(super) fn unlike(&self, ratios: &[Option<f32>; RATIOS]) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (i, ratio) in ratios.iter().enumerate() {
            let (Some(ratio), true) = (ratio, self.count[i] >= ALIKE) else { continue };
            let variance = SPREAD[i] * SPREAD[i] * (1.0 + ALIKE / self.count[i]);
            sum += (ratio - self.mean[i]).powi(2) / variance;
            count += 1.0;
        }
        if count > 0.0 { sum / count } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;
    use crate::camera::Camera;
    use crate::kinematics::{Body, Joints, Posture};

    fn pose(person: u64) -> Pose {
        let points = Joints::of(&Body::of(person), &Posture::upright()).points;
        Camera::towards(960, 720, 800.0, Vec3::new(0.0, 1.0, 4.0), Vec3::new(0.0, 0.9, 0.0)).sees(&points)
    }

    #[test]
    fn a_person_is_like_oneself_and_unlike_another() {
        let mut build = Build::default();
        let mine = Build::of(&pose(3));
        assert_eq!(build.unlike(&mine), 1.0);
        for _ in 0..20 {
            build.learn(&mine);
        }
        assert!(build.unlike(&mine) < 1e-3);
        let mut longer = mine;
        longer[2] = longer[2].map(|ratio| ratio + 0.2);
        assert!(build.unlike(&longer) > 1.0);
    }

    #[test]
    fn a_place_has_the_size_of_the_body() {
        let place = Place::of(&pose(3)).unwrap();
        let stature = Body::of(3).stature * 200.0;
        assert!((place.size / stature - 1.0).abs() < 0.25, "{place:?} {stature}");
        assert!((place.centre.x - 480.0).abs() < 5.0);
    }
}
