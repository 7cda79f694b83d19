//! Tracks of people.

use kihap_vision::Pose;

use super::features::{Build, Place};
use super::motion::Course;

/// How tracks are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackOptions {
    /// People followed at most; sparring has two. More than 4 are taken for 4.
    pub people: usize,
    /// A track unseen for so long is given up when somebody else needs it, seconds.
    pub forget_s: f64,
    /// Weight of the build against the place.
    pub build: f32,
}

impl Default for TrackOptions {
    fn default() -> Self {
        Self { people: 2, forget_s: 2.0, build: 1.0 }
    }
}

/// A pose and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedPose {
    /// Number of the person, from 0 in order of appearance; the same person keeps it.
    pub person: usize,
    /// Index of the pose among those given.
    pub pose: usize,
}

struct Track {
    person: usize,
    course: Course,
    build: Build,
}

/// Puts the poses of each frame to people.
pub struct PeopleTracks {
    options: TrackOptions,
    tracks: Vec<Track>,
    next_person: usize,
}

/// Cost above which a pose is somebody else, where somebody else is possible.
const STRANGER: f32 = 30.0;
/// Cost of leaving a pose without a track.
const UNMATCHED: f32 = 40.0;
/// Tracks nearer to each other than this (shares of the body's height) may be swapped; their builds are not learnt from.
const TOGETHER: f32 = 0.28;
/// Spread of the logarithm of a person's size from frame to frame.
const SIZE_SPREAD: f32 = 0.15;

impl PeopleTracks {
    /// Nobody yet.
    pub fn new(options: TrackOptions) -> Self {
        let options = TrackOptions { people: options.people.clamp(1, 4), ..options };
        Self { options, tracks: Vec::new(), next_person: 0 }
    }

    /// Puts the poses of the next frame to people, in the order of the persons' numbers. Poses of nobody followed (a referee, a
    /// double) are left out. Times must grow.
    pub fn next(&mut self, poses: &[Pose], seconds: f64) -> Vec<TrackedPose> {
        let seen: Vec<(usize, Place, _)> = poses
            .iter()
            .enumerate()
            .filter_map(|(index, pose)| Some((index, Place::of(pose)?, Build::of(pose))))
            .collect();
        let costs: Vec<Vec<f32>> = self
            .tracks
            .iter()
            .map(|track| seen.iter().map(|(_, place, ratios)| self.cost(track, place, ratios, seconds)).collect())
            .collect();
        let matched = assign(&costs, seen.len());
        let together = self.together(seconds);
        let mut tracked = Vec::new();
        let mut taken = vec![false; seen.len()];
        for (index, found) in matched.iter().enumerate() {
            let Some(found) = *found else { continue };
            let (pose, place, ratios) = &seen[found];
            taken[found] = true;
            let track = &mut self.tracks[index];
            track.course.update(place.centre, place.size, seconds);
            if !together[index] {
                track.build.learn(ratios);
            }
            tracked.push(TrackedPose { person: track.person, pose: *pose });
        }
        for (_, (pose, place, ratios)) in taken.iter().zip(&seen).filter(|(taken, _)| !**taken) {
            if let Some(person) = self.welcome(place, ratios, seconds) {
                tracked.push(TrackedPose { person, pose: *pose });
            }
        }
        tracked.sort_by_key(|tracked| tracked.person);
        tracked
    }

    fn cost(&self, track: &Track, place: &Place, ratios: &[Option<f32>; 6], seconds: f64) -> f32 {
        let off = (place.centre - track.course.at(seconds)).length() / track.course.doubt(seconds);
        let size = (place.size / track.course.size().max(1.0)).ln() / SIZE_SPREAD;
        off * off + size * size + self.options.build * track.build.unlike(ratios)
    }

    /// Tracks that are so near to another one that either might be the other.
    fn together(&self, seconds: f64) -> Vec<bool> {
        let places: Vec<_> = self.tracks.iter().map(|track| (track.course.at(seconds), track.course.size())).collect();
        (0..places.len())
            .map(|i| {
                let near = |j: usize| (places[i].0 - places[j].0).length() < TOGETHER * places[i].1.max(places[j].1);
                (0..places.len()).any(|j| j != i && near(j))
            })
            .collect()
    }

    /// A new person, where there is room, or a lost one who comes back elsewhere.
    fn welcome(&mut self, place: &Place, ratios: &[Option<f32>; 6], seconds: f64) -> Option<usize> {
        // A double of somebody followed is nobody new.
        let double = self.tracks.iter().any(|track| {
            let near = (track.course.at(seconds) - place.centre).length() < 0.15 * place.size;
            near && track.course.unseen_s(seconds) < 1e-6
        });
        if double {
            return None;
        }
        if self.tracks.len() < self.options.people {
            let mut build = Build::default();
            build.learn(ratios);
            let person = self.next_person;
            self.next_person += 1;
            self.tracks.push(Track { person, course: Course::new(place.centre, place.size, seconds), build });
            return Some(person);
        }
        let forget = self.options.forget_s;
        let lost = self
            .tracks
            .iter_mut()
            .filter(|track| track.course.unseen_s(seconds) >= forget)
            .min_by(|a, b| a.build.unlike(ratios).total_cmp(&b.build.unlike(ratios)))?;
        lost.course = Course::new(place.centre, place.size, seconds);
        Some(lost.person)
    }
}

/// For each track the pose it takes: the assignment of least cost over all permutations (of two tracks and two poses there are two).
fn assign(costs: &[Vec<f32>], poses: usize) -> Vec<Option<usize>> {
    fn search(
        costs: &[Vec<f32>],
        taken: &mut Vec<bool>,
        chosen: &mut Vec<Option<usize>>,
        sum: f32,
        best: &mut (f32, Vec<Option<usize>>),
    ) {
        let track = chosen.len();
        if track == costs.len() {
            // Poses left over cost as well, so that a far pose is rather a strange jump than nobody.
            let total = sum + UNMATCHED * 0.5 * taken.iter().filter(|taken| !**taken).count() as f32;
            if total < best.0 {
                *best = (total, chosen.clone());
            }
            return;
        }
        for pose in 0..taken.len() {
            if !taken[pose] && costs[track][pose] < STRANGER {
                taken[pose] = true;
                chosen.push(Some(pose));
                search(costs, taken, chosen, sum + costs[track][pose], best);
                chosen.pop();
                taken[pose] = false;
            }
        }
        chosen.push(None);
        search(costs, taken, chosen, sum + UNMATCHED * 0.5, best);
        chosen.pop();
    }
    let mut best = (f32::INFINITY, vec![None; costs.len()]);
    search(costs, &mut vec![false; poses], &mut Vec::new(), 0.0, &mut best);
    best.1
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;
    use crate::camera::Camera;
    use crate::chance::Chance;
    use crate::kinematics::{Body, Joints, Posture};

    /// Two people on paths through a room, seen by a camera at the side.
    struct Paths {
        persons: [u64; 2],
        /// Places at a time, metres: along the picture, towards the camera.
        place: fn(f64) -> [(f32, f32); 2],
        seconds: f64,
        noise_px: f32,
        /// Two people nearer than this in the picture give one pose, metres along the picture.
        merges: f32,
        /// A span in which nobody is found.
        gap: Option<(f64, f64)>,
    }

    /// How often the people's numbers change places, and in how many frames both were told apart.
    fn swaps(paths: &Paths, seed: u64) -> (usize, usize) {
        let camera = Camera::towards(1280, 720, 900.0, Vec3::new(0.0, 1.1, 6.0), Vec3::new(0.0, 0.9, 0.0));
        let bodies = paths.persons.map(Body::of);
        let mut chance = Chance::new("paths", &[seed]);
        let mut tracks = PeopleTracks::new(TrackOptions::default());
        let mut names: Option<[usize; 2]> = None;
        let (mut swaps, mut told) = (0, 0);
        for frame in 0..(paths.seconds * 30.0) as u32 {
            let seconds = f64::from(frame) / 30.0;
            if paths.gap.is_some_and(|(from, to)| (from..to).contains(&seconds)) {
                tracks.next(&[], seconds);
                continue;
            }
            let places = (paths.place)(seconds);
            let mut poses = Vec::new();
            for (who, body) in bodies.iter().enumerate() {
                let (x, z) = places[who];
                let shift = Vec3::new(x, 0.0, z);
                let mut pose = camera.sees(&Joints::of(body, &Posture::upright()).points.map(|point| point + shift));
                for landmark in &mut pose.landmarks {
                    landmark.x += chance.around(paths.noise_px);
                    landmark.y += chance.around(paths.noise_px);
                }
                for world in &mut pose.world {
                    *world = world.map(|value| value * (1.0 + chance.around(0.08)));
                }
                poses.push((who, pose));
            }
            if (places[0].0 - places[1].0).abs() < paths.merges {
                // The nearer one hides the other.
                let nearer = if places[0].1 >= places[1].1 { 0 } else { 1 };
                poses.retain(|(who, _)| *who == nearer);
            }
            if chance.often(0.5) {
                poses.reverse();
            }
            let given: Vec<Pose> = poses.iter().map(|(_, pose)| pose.clone()).collect();
            let found = tracks.next(&given, seconds);
            if found.len() < 2 {
                continue;
            }
            told += 1;
            let mut now = [usize::MAX; 2];
            for tracked in &found {
                now[poses[tracked.pose].0] = tracked.person;
            }
            match names {
                None => names = Some(now),
                Some(before) if before != now => {
                    swaps += 1;
                    names = Some(now);
                }
                _ => {}
            }
        }
        (swaps, told)
    }

    fn crossing<const TENTHS: u32>(seconds: f64) -> [(f32, f32); 2] {
        let way = (f64::from(TENTHS) / 10.0 * (seconds - 1.5)) as f32;
        [(way.clamp(-2.5, 2.5), 0.25), ((-way).clamp(-2.5, 2.5), -0.25)]
    }

    fn bouncing(seconds: f64) -> [(f32, f32); 2] {
        // To 0.25 m from each other and back.
        let apart = (0.25 + 0.9 * (seconds - 1.5).abs()) as f32;
        [(-apart, 0.1), (apart, -0.1)]
    }

    fn standing_by(seconds: f64) -> [(f32, f32); 2] {
        // One walks past the other, who stands.
        [((1.2 * (seconds - 1.5)) as f32, 0.3), (0.0, -0.2)]
    }

    const PLAIN: Paths =
        Paths { persons: [3, 8], place: crossing::<10>, seconds: 3.0, noise_px: 3.0, merges: 0.0, gap: None };

    #[test]
    fn people_who_cross_keep_their_numbers_at_every_speed() {
        for (place, merges) in [
            (crossing::<5> as fn(f64) -> _, 0.25),
            (crossing::<10>, 0.25),
            (crossing::<20>, 0.25),
            (crossing::<40>, 0.25),
            (crossing::<10>, 0.0),
            (crossing::<40>, 0.0),
            (standing_by, 0.25),
            (bouncing, 0.0),
        ] {
            for seed in 0..6 {
                let paths = Paths { place, merges, persons: [seed, seed + 20], ..PLAIN };
                let (swaps, told) = swaps(&paths, seed);
                assert_eq!(swaps, 0, "seed {seed} merges {merges}");
                assert!(told > 45, "{told}");
            }
        }
    }

    #[test]
    fn a_gap_in_which_nobody_is_found_is_bridged() {
        for seed in 0..6 {
            for place in [crossing::<10> as fn(f64) -> _, crossing::<20>, standing_by] {
                let paths = Paths { place, gap: Some((1.3, 1.7)), persons: [seed, seed + 20], ..PLAIN };
                assert_eq!(swaps(&paths, seed).0, 0, "seed {seed}");
            }
        }
    }

    #[test]
    fn noise_does_not_swap_them() {
        for seed in 0..6 {
            let paths = Paths { noise_px: 12.0, merges: 0.3, persons: [seed, seed + 20], ..PLAIN };
            assert_eq!(swaps(&paths, seed).0, 0, "seed {seed}");
        }
    }

    #[test]
    fn a_third_person_and_a_double_are_left_out() {
        let camera = Camera::towards(1280, 720, 900.0, Vec3::new(0.0, 1.1, 6.0), Vec3::new(0.0, 0.9, 0.0));
        let at = |x: f32| {
            let points = Joints::of(&Body::of(4), &Posture::upright()).points;
            camera.sees(&points.map(|point| point + Vec3::new(x, 0.0, 0.0)))
        };
        let mut tracks = PeopleTracks::new(TrackOptions::default());
        let double = tracks.next(&[at(-1.0), at(-0.98)], 0.0);
        assert_eq!(double, [TrackedPose { person: 0, pose: 0 }]);
        let two = tracks.next(&[at(1.0), at(-1.0)], 0.03);
        assert_eq!(two, [TrackedPose { person: 0, pose: 1 }, TrackedPose { person: 1, pose: 0 }]);
        let three = tracks.next(&[at(0.0), at(-1.0), at(1.0)], 0.06);
        assert_eq!(three, [TrackedPose { person: 0, pose: 1 }, TrackedPose { person: 1, pose: 2 }]);
        assert!(tracks.next(&[], 0.1).is_empty());
    }

    #[test]
    fn somebody_lost_comes_back_elsewhere_as_oneself() {
        let camera = Camera::towards(1280, 720, 900.0, Vec3::new(0.0, 1.1, 6.0), Vec3::new(0.0, 0.9, 0.0));
        let at = |x: f32| {
            let points = Joints::of(&Body::of(4), &Posture::upright()).points;
            camera.sees(&points.map(|point| point + Vec3::new(x, 0.0, 0.0)))
        };
        let mut tracks = PeopleTracks::new(TrackOptions { people: 1, ..TrackOptions::default() });
        tracks.next(&[at(-2.0)], 0.0);
        assert!(tracks.next(&[at(2.0)], 0.05).is_empty());
        assert_eq!(tracks.next(&[at(2.0)], 3.0), [TrackedPose { person: 0, pose: 0 }]);
    }
}
