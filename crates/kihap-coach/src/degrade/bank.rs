//! Errors that the real estimator made, put onto other bodies that stand alike.
//!
//! [`super::ErrorModel`] draws errors of the right sizes, each joint's by itself. Real ones belong to a posture and a view: an arm that
//! points at the camera is found bent in the same way every time. A network that learns from films with such errors can learn them.

use glam::{Vec2, Vec3};
use kihap_vision::smooth::Smoother;
use kihap_vision::{Pose, Skeleton};

use super::degrader::{middle, pixels_per_metre, trunk_of};
use super::latent::normal;
use super::view::across;
use crate::chance::Chance;
use crate::kinematics::at;
use crate::performance::Film;

const JOINTS: usize = 33;
/// Joints that say how alike two postures are: shoulders, elbows, wrists, hips, knees, ankles.
const LIKE: [usize; 12] = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28];
/// Parts of the circle by which bodies are sorted: 30 degrees each.
const TURNS: usize = 12;
/// A film takes its errors from every so many-th example, so that two films of a posture differ, …
const APART: usize = 2;
/// … and then from two of so many that are most alike: from somewhere on the line through both, up to so far beyond either, lest a network
/// learns the examples by heart.
const NEAREST: usize = 8;
const BEYOND: f32 = 0.3;
/// Mean way of the joints, in trunk lengths, and seconds after which errors are looked for anew.
const MOVED: f32 = 0.06;
const EVERY_S: f64 = 0.1;
/// Seconds in which one example's errors become another's.
const BLEND_S: f64 = 0.1;
/// Share of the modelled errors that is added, and what the examples' are multiplied by, hips and legs apart: together they are up to a fifth
/// larger than the estimator's on drawn films (`drawn_lessons`), from which networks learn more than from errors just as large.
const OF_MODELLED: f32 = 0.5;
const ABOVE: f32 = 1.0;
const BELOW: f32 = 0.9;
/// Jitter from frame to frame across and along the view, trunk lengths.
const JITTER: [f32; 2] = [0.01, 0.02];
/// Landmarks in the picture are better than world coordinates where these are off by little, and as bad where they are far off: half as far off
/// where world coordinates are off by so many trunk lengths. Besides they are off by themselves, standard deviation in trunk lengths. (All in
/// all still a third less than the estimator's on drawn films: `drawn_lessons`.)
const HALVED_AT: f32 = 0.15;
const OF_THEIR_OWN: f32 = 0.015;

/// Errors of an estimator with the postures they belong to, each also as seen in a mirror.
#[derive(Debug)]
pub struct ErrorBank {
    turns: Vec<Vec<Example>>,
}

#[derive(Debug)]
struct Example {
    like: [Vec3; LIKE.len()],
    errors: Errors,
}

/// Where joints are found against where they are, trunk lengths, and their visibility.
#[derive(Debug, Clone, Copy)]
struct Errors {
    shift: [Vec3; JOINTS],
    visibility: [f32; JOINTS],
}

impl Errors {
    fn towards(&self, other: &Self, share: f32) -> Self {
        Self {
            shift: std::array::from_fn(|j| self.shift[j].lerp(other.shift[j], share)),
            visibility: std::array::from_fn(|j| {
                self.visibility[j] + (other.visibility[j] - self.visibility[j]) * share
            }),
        }
    }
}

/// A body without its place and size.
struct Body {
    like: [Vec3; LIKE.len()],
    trunk: f32,
    turn: usize,
}

impl Body {
    /// `None` where there are no depths.
    fn of(points: &[Vec3; JOINTS]) -> Option<Self> {
        let (hips, trunk, across) = (middle(points, at::HIPS), trunk_of(points), across(points));
        let turn = across.z.atan2(across.x).rem_euclid(std::f32::consts::TAU) / std::f32::consts::TAU;
        let turn = ((turn * TURNS as f32) as usize).min(TURNS - 1);
        (trunk > 1e-3).then(|| Self { like: LIKE.map(|joint| (points[joint] - hips) / trunk), trunk, turn })
    }
}

/// What a film shows at the moment: one example's errors, on the way to another's.
struct Shown {
    from: Errors,
    to: Errors,
    like: [Vec3; LIKE.len()],
    since: f64,
}

impl Shown {
    fn at(&self, seconds: f64) -> Errors {
        self.from.towards(&self.to, ((seconds - self.since) / BLEND_S).clamp(0.0, 1.0) as f32)
    }

    fn is_old(&self, body: &Body, seconds: f64) -> bool {
        let way: f32 = self.like.iter().zip(&body.like).map(|(then, now)| then.distance(*now)).sum();
        seconds - self.since >= EVERY_S && way / LIKE.len() as f32 > MOVED
    }
}

impl ErrorBank {
    /// From true skeletons (33 world coordinates as [`crate::camera::Camera::sees`] gives them; x, y, z in metres) and what the estimator
    /// made of them. What is no skeleton of BlazePose's is left out.
    pub fn new<'a>(seen: impl IntoIterator<Item = (&'a [[f32; 3]], &'a Pose)>) -> Self {
        let mut bank = Self { turns: (0..TURNS).map(|_| Vec::new()).collect() };
        for (truth, pose) in seen {
            let (Some(truth), Some(found), Some(landmarks)) = (
                truth.first_chunk::<JOINTS>(),
                pose.world.first_chunk::<JOINTS>(),
                pose.landmarks.first_chunk::<JOINTS>(),
            ) else {
                continue;
            };
            let truth = truth.map(Vec3::from);
            let Some(body) = Body::of(&truth) else { continue };
            let shift = std::array::from_fn(|j| (Vec3::from(found[j]) - truth[j]) / body.trunk);
            let errors = Errors { shift, visibility: landmarks.map(|landmark| landmark.visibility) };
            let other = |joint: usize| Skeleton::Blazepose33.opposite(joint);
            let flipped = |points: &[Vec3; JOINTS]| -> [Vec3; JOINTS] {
                std::array::from_fn(|joint| points[other(joint)] * Vec3::new(-1.0, 1.0, 1.0))
            };
            let mirrored = Errors {
                shift: flipped(&shift),
                visibility: std::array::from_fn(|joint| errors.visibility[other(joint)]),
            };
            let mirror_body = Body::of(&flipped(&truth));
            bank.turns[body.turn].push(Example { like: body.like, errors });
            if let Some(body) = mirror_body {
                bank.turns[body.turn].push(Example { like: body.like, errors: mirrored });
            }
        }
        bank
    }

    /// Turns the true skeletons of a film into what the estimator might make of them: errors of examples, and a part of those in
    /// `modelled`, the same film with modelled errors, so that no two frames err alike. The same seed gives the same errors; without
    /// examples the film stays as it is.
    pub fn degrade(&self, film: &mut Film, modelled: &Film, seed: u64) {
        let mut chance = Chance::new("bank", &[seed]);
        let mut in_picture = Chance::new("bank picture", &[seed]);
        let first = chance.below(APART);
        let mut shown: Option<Shown> = None;
        let mut smoother = Smoother::default();
        for (frame, modelled) in film.frames.iter_mut().zip(&modelled.frames) {
            let Some(pose) = &mut frame.pose else { continue };
            let Some(points) = points_of(pose) else { continue };
            let Some(body) = Body::of(&points) else { continue };
            let seconds = frame.seconds;
            if shown.as_ref().is_none_or(|shown| shown.is_old(&body, seconds)) {
                let nearest = self.nearest(&body, first);
                if !nearest.is_empty() {
                    let [one, other] = [(); 2].map(|()| &nearest[chance.below(nearest.len())].errors);
                    let to = one.towards(other, chance.between(-BEYOND, 1.0 + BEYOND));
                    let from = shown.as_ref().map_or(to, |shown| shown.at(seconds));
                    shown = Some(Shown { from, to, like: body.like, since: seconds });
                }
            }
            let Some(shown) = &shown else { continue };
            let errors = shown.at(seconds);
            let height = extent(pose);
            move_landmarks(pose, &errors, pixels_per_metre(pose, &points) * body.trunk, &mut in_picture);
            put(pose, &errors, body.trunk, &mut chance);
            // Along a film the estimator smooths joints, and visibility for long.
            let mut smooth = smoother.next(pose.clone(), height, seconds);
            frame.pose = modelled.pose.as_ref().and_then(points_of).map(|noisy| {
                add(&mut smooth, &points, &noisy, body.trunk);
                smooth
            });
        }
    }

    /// Examples most like the body, at most [`NEAREST`], of every [`APART`]-th from the `first` on.
    fn nearest(&self, body: &Body, first: usize) -> Vec<&Example> {
        let mut best: Vec<(f32, &Example)> = Vec::with_capacity(NEAREST + 1);
        for turn in [TURNS - 1, 0, 1].map(|off| (body.turn + off) % TURNS) {
            for example in self.turns[turn].iter().skip(first).step_by(APART) {
                let limit = if best.len() < NEAREST { f32::MAX } else { best[NEAREST - 1].0 };
                let mut off = 0.0;
                for (a, b) in example.like.iter().zip(&body.like) {
                    off += a.distance_squared(*b);
                    if off >= limit {
                        break;
                    }
                }
                if off < limit {
                    best.truncate(NEAREST - 1);
                    let place = best.partition_point(|(other, _)| *other <= off);
                    best.insert(place, (off, example));
                }
            }
        }
        best.into_iter().map(|(_, example)| example).collect()
    }
}

fn points_of(pose: &Pose) -> Option<[Vec3; JOINTS]> {
    pose.world.first_chunk::<JOINTS>().map(|world| world.map(Vec3::from))
}

/// Adds a part of what separates a noisy skeleton from the true one, seen from the hips, the trunk taken as long.
fn add(pose: &mut Pose, truth: &[Vec3; JOINTS], noisy: &[Vec3; JOINTS], trunk: f32) {
    let (hips, noisy_hips) = (middle(truth, at::HIPS), middle(noisy, at::HIPS));
    let noisy_trunk = trunk_of(noisy).max(1e-3);
    for (joint, world) in pose.world.iter_mut().enumerate().take(JOINTS) {
        let off = (noisy[joint] - noisy_hips) * (trunk / noisy_trunk) - (truth[joint] - hips);
        *world = (Vec3::from(*world) + off * OF_MODELLED).to_array();
    }
}

/// Height of a body in the picture, pixels.
fn extent(pose: &Pose) -> f32 {
    let [low, high] = pose.landmarks.iter().fold([f32::MAX, f32::MIN], |[low, high], l| [low.min(l.y), high.max(l.y)]);
    high - low
}

/// Moves the landmarks of joints that are in the wrong place, of a trunk that is so many pixels long.
fn move_landmarks(pose: &mut Pose, errors: &Errors, trunk_px: f32, chance: &mut Chance) {
    for (landmark, shift) in pose.landmarks.iter_mut().zip(errors.shift) {
        let across = shift.truncate();
        let off = across.length();
        let own = Vec2::new(normal(chance), normal(chance)) * OF_THEIR_OWN;
        let by = (across * (off / (off + HALVED_AT)) + own) * trunk_px;
        (landmark.x, landmark.y) = (landmark.x + by.x, landmark.y + by.y);
    }
}

fn put(pose: &mut Pose, errors: &Errors, trunk: f32, chance: &mut Chance) {
    for joint in 0..JOINTS {
        let much = if joint < at::HIPS[0] { ABOVE } else { BELOW };
        let [across, along] = JITTER;
        let jitter = Vec3::new(chance.around(across), chance.around(across), chance.around(along));
        let point = Vec3::from(pose.world[joint]) + (errors.shift[joint] * much + jitter) * trunk;
        pose.world[joint] = point.to_array();
        if let Some(landmark) = pose.landmarks.get_mut(joint) {
            let visibility = errors.visibility[joint].clamp(0.0, 1.0);
            (landmark.visibility, landmark.presence) = (visibility, visibility);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::degrade::ErrorModel;
    use crate::performance::{Manner, Performance, Shoot, film};
    use kihap_syllabus::Syllabus;

    fn true_film() -> Film {
        let syllabus = Syllabus::embedded().unwrap();
        let form = syllabus.form("taegeuk_1").unwrap();
        let performance = Performance::of_form(&syllabus, form, Some(1), &Manner::of(4, 4)).unwrap();
        film(&performance, &Shoot::of(3), &ErrorModel::none(), 1)
    }

    /// An estimator that finds every left wrist 0.1 trunk lengths too far to the right of the picture, and hardly visible.
    fn bank(film: &Film) -> ErrorBank {
        let truths: Vec<&Pose> = film.frames.iter().step_by(3).filter_map(|frame| frame.pose.as_ref()).collect();
        let found: Vec<Pose> = truths
            .iter()
            .map(|truth| {
                let mut pose = (*truth).clone();
                let points = truth.world.first_chunk().unwrap().map(Vec3::from);
                pose.world[at::WRISTS[0]][0] += 0.1 * Body::of(&points).unwrap().trunk;
                pose.landmarks[at::WRISTS[0]].visibility = 0.2;
                pose
            })
            .collect();
        ErrorBank::new(truths.iter().map(|truth| &truth.world[..]).zip(&found))
    }

    #[test]
    fn like_postures_get_like_errors_and_mirrored_ones_mirrored_errors() {
        let truth = true_film();
        let bank = bank(&truth);
        let mut film = truth.clone();
        bank.degrade(&mut film, &truth, 5);
        let (mut left, mut right, mut knee, mut unseen) = (0.0, 0.0, 0.0_f32, 0);
        let (mut left_in_picture, mut knee_in_picture) = (0.0, 0.0_f32);
        for (frame, truth) in film.frames.iter().zip(&truth.frames) {
            let (pose, truth) = (frame.pose.as_ref().unwrap(), truth.pose.as_ref().unwrap());
            let points = points_of(truth).unwrap();
            let trunk = Body::of(&points).unwrap().trunk;
            let trunk_px = pixels_per_metre(truth, &points) * trunk;
            let shift = |joint: usize| (pose.world[joint][0] - truth.world[joint][0]) / trunk;
            left += shift(at::WRISTS[0]);
            right += shift(at::WRISTS[1]);
            knee += shift(at::KNEES[0]);
            let in_picture = |joint: usize| (pose.landmarks[joint].x - truth.landmarks[joint].x) / trunk_px;
            left_in_picture += in_picture(at::WRISTS[0]);
            knee_in_picture += in_picture(at::KNEES[0]);
            unseen += usize::from(pose.landmarks[at::WRISTS[0]].visibility < 0.5);
        }
        let count = film.frames.len() as f32;
        // Some frames are like a mirrored example; there the other wrist goes the other way.
        assert!(left / count > 0.06 && right / count <= 0.0, "{} {}", left / count, right / count);
        assert!((left - right) / count < 0.13 && unseen as f32 > 0.5 * count);
        assert!((knee / count).abs() < 0.01, "{}", knee / count);
        // In the picture the wrist is off as well, but by less.
        assert!((0.2..0.7).contains(&(left_in_picture / left)), "{}", left_in_picture / left);
        assert!((knee_in_picture / count).abs() < 0.01, "{}", knee_in_picture / count);
    }

    #[test]
    fn the_same_seed_gives_the_same_errors_and_no_examples_none() {
        let truth = true_film();
        let bank = bank(&truth);
        let degraded = |bank: &ErrorBank, seed: u64| {
            let mut film = truth.clone();
            bank.degrade(&mut film, &truth, seed);
            film.frames.into_iter().map(|frame| frame.pose).collect::<Vec<_>>()
        };
        assert_eq!(degraded(&bank, 1), degraded(&bank, 1));
        assert_ne!(degraded(&bank, 1), degraded(&bank, 2));
        let nothing = ErrorBank::new(std::iter::empty());
        let truths: Vec<_> = truth.frames.iter().map(|frame| frame.pose.clone()).collect();
        assert_eq!(degraded(&nothing, 1), truths);
    }
}
