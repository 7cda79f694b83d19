//! Everybody in one picture.

use image::RgbImage;

use super::{BlazePose, detector};
use crate::error::Result;
use crate::pose::Pose;

/// Two poses whose joints lie nearer to each other than this on the mean, as a share of the person's extent, are one person's: those
/// of two people one before the other still differ by an arm's breadth.
const SAME: f32 = 0.06;

impl BlazePose {
    /// The joints of up to `at_most` people, the most certainly found first: of everybody the detector is sure of (after non-maximum
    /// suppression), with the landmark network's consent, and nobody twice. Unlike [`PoseEstimator::estimate`](crate::PoseEstimator)
    /// there is no second look at faint candidates: with several people those are mostly parts of them.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn estimate_people(&mut self, picture: &RgbImage, at_most: usize) -> Result<Vec<Pose>> {
        let mut people: Vec<Pose> = Vec::new();
        for found in self.detector.detect(picture, detector::MIN_SCORE)? {
            if people.len() >= at_most {
                break;
            }
            // A square between two people shows the landmark network one of them, whose own square comes or came as well.
            if let Some(seen) = self.landmarks.look(picture, &found.roi)?
                && !people.iter().any(|other| same_person(other, &seen.pose))
            {
                people.push(seen.pose);
            }
        }
        Ok(people)
    }
}

/// Whether two poses are one person's.
fn same_person(a: &Pose, b: &Pose) -> bool {
    let extent = |pose: &Pose| {
        pose.bounds(0.0).map_or(1.0, |(left, top, right, bottom)| (right - left).max(bottom - top).max(1.0))
    };
    // Trunk and face: arms and legs of one person are guessed differently from two squares.
    let points = (0..13).chain(23..25);
    let apart: f32 = points
        .clone()
        .filter_map(|index| Some((a.landmarks.get(index)?, b.landmarks.get(index)?)))
        .map(|(a, b)| (a.x - b.x).hypot(a.y - b.y))
        .sum();
    apart / points.count() as f32 <= SAME * extent(a).min(extent(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::{Landmark, Skeleton};

    fn pose(x: f32, y: f32, height: f32) -> Pose {
        Pose {
            skeleton: Skeleton::Blazepose33,
            width: 640,
            height: 480,
            score: 0.9,
            landmarks: (0..33)
                .map(|i| Landmark { x, y: y + height * i as f32 / 32.0, visibility: 1.0, ..Landmark::default() })
                .collect(),
            world: Vec::new(),
        }
    }

    #[test]
    fn one_person_found_twice_is_one_and_neighbours_are_two() {
        assert!(same_person(&pose(100.0, 50.0, 300.0), &pose(108.0, 54.0, 296.0)));
        assert!(!same_person(&pose(100.0, 50.0, 300.0), &pose(135.0, 50.0, 300.0)));
        // A child before a grown-up.
        assert!(!same_person(&pose(100.0, 50.0, 300.0), &pose(100.0, 150.0, 200.0)));
    }
}
