//! One picture: who does what, where, in which frame.

use glam::{Mat3, Vec3};
use image::RgbImage;
use kihap_syllabus::Side;
use kihap_vision::Pose;

use super::basics;
use super::canvas::{self, Placed};
use super::dress::Person;
use super::light::Light;
use super::look::Look;
use super::motion::Motion;
use super::room::Room;
use crate::camera::Camera;
use crate::chance::Chance;
use crate::kinematics::{Body, Joints};

/// Long and short edge of a picture, pixels.
const EDGES: [u32; 2] = [640, 480];

/// What to draw. The same scene always gives the same picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scene {
    /// What is done.
    pub motion: Motion,
    /// The side that acts; of no account for motions without sides.
    pub side: Side,
    /// Who.
    pub person_seed: u64,
    /// Where and by which camera; also whether pictures are upright (480×640) or wide (640×480).
    pub session_seed: u64,
    /// Which frame of the session; the posture, the place and the turn differ a little in each.
    pub frame: u32,
}

/// A drawn picture and what is true of it.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The picture, 640×480 or 480×640.
    pub picture: RgbImage,
    /// BlazePose's 33 points where they really are; `None` in an empty room. A point's visibility says only whether it
    /// lies in the picture, not whether the body hides it.
    pub pose: Option<Pose>,
}

/// Draws a scene.
pub fn render(scene: &Scene) -> Drawing {
    let mut stage = Stage::of(scene);
    let (light, room) = (Light::of(scene.session_seed), Room::of(scene.session_seed));
    let placed = stage.actor.as_ref().map(Actor::placed);
    let picture = canvas::paint(&stage.camera, &room, &light, placed.as_ref(), &mut stage.chance);
    Drawing { picture, pose: placed.map(|placed| placed.seen_by(&stage.camera)) }
}

/// Where the joints of a scene are, without drawing it; `None` in an empty room.
pub fn true_pose(scene: &Scene) -> Option<Pose> {
    let stage = Stage::of(scene);
    stage.actor.as_ref().map(|actor| actor.placed().seen_by(&stage.camera))
}

/// A person in their place.
struct Actor {
    person: Person,
    turn: Mat3,
    place: Vec3,
}

impl Actor {
    fn placed(&self) -> Placed<'_> {
        Placed { person: &self.person, turn: self.turn, place: self.place }
    }
}

/// Everything of a scene but room and light, and the chance that is left for them.
struct Stage {
    camera: Camera,
    actor: Option<Actor>,
    chance: Chance,
}

impl Stage {
    fn of(scene: &Scene) -> Self {
        let Scene { motion, side, person_seed, session_seed, frame } = *scene;
        let moment = [person_seed, session_seed, u64::from(frame), motion as u64, side as u64];
        let mut chance = Chance::new("moment", &moment);
        let body = Body::of(person_seed);
        let view = View::of(session_seed);
        let camera = view.camera(&body, &mut chance);
        let actor = basics::of(motion, side, &mut chance).map(|posture| Actor {
            person: Person::new(body, Look::of(person_seed), Joints::of(&body, &posture)),
            turn: Mat3::from_rotation_y((view.yaw_deg + chance.around(12.0)).to_radians()),
            place: Vec3::new(chance.around(0.10), 0.0, chance.around(0.15)) * body.stature,
        });
        Self { camera, actor, chance }
    }
}

/// How a session's camera stands to the person.
struct View {
    upright: bool,
    /// The performer turned to the picture's right, degrees.
    yaw_deg: f32,
    distance: f32,
    eye_height: f32,
    /// Share of the picture's height that the standing person fills.
    share: f32,
}

impl View {
    fn of(session_seed: u64) -> Self {
        let mut chance = Chance::new("view", &[session_seed]);
        let upright = chance.often(0.5);
        Self {
            upright,
            yaw_deg: chance.around(32.0),
            distance: chance.between(2.6, 4.6),
            eye_height: chance.between(0.8, 1.5),
            share: if upright { chance.between(0.50, 0.64) } else { chance.between(0.60, 0.74) },
        }
    }

    /// The camera of one frame: a hand or a table holds it, neither quite still.
    fn camera(&self, body: &Body, chance: &mut Chance) -> Camera {
        let [long, short] = EDGES;
        let (width, height) = if self.upright { (short, long) } else { (long, short) };
        let focal = self.share * height as f32 * self.distance / body.stature;
        let place = Vec3::new(chance.around(0.06), self.eye_height + chance.around(0.04), self.distance);
        let target = Vec3::new(chance.around(0.05), 0.53 + chance.around(0.03), 0.0) * body.stature;
        Camera::towards(width, height, focal, place, target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(motion: Motion) -> Scene {
        Scene { motion, side: Side::Left, person_seed: 5, session_seed: 8, frame: 2 }
    }

    fn angle(pose: &Pose, joints: [usize; 3]) -> f32 {
        let [a, b, c] = joints.map(|joint| Vec3::from(pose.world[joint]));
        (a - b).angle_between(c - b).to_degrees()
    }

    #[test]
    fn the_same_scene_is_the_same_picture_and_another_frame_is_not() {
        let first = render(&scene(Motion::FrontLowBlock));
        assert_eq!(first.picture, render(&scene(Motion::FrontLowBlock)).picture);
        let other = render(&Scene { frame: 3, ..scene(Motion::FrontLowBlock) });
        assert_ne!(first.picture, other.picture);
        assert_eq!(first.pose, true_pose(&scene(Motion::FrontLowBlock)));
        assert!(render(&scene(Motion::Nobody)).pose.is_none());
    }

    #[test]
    fn an_empty_room_has_no_pose_and_everybody_else_lies_in_the_picture() {
        for (motion, _) in Motion::ALL {
            for frame in 0..20 {
                let scene = Scene { motion, side: Side::Right, person_seed: 31, session_seed: u64::from(frame), frame };
                let Some(pose) = true_pose(&scene) else {
                    assert_eq!(motion, Motion::Nobody);
                    continue;
                };
                assert_ne!(motion, Motion::Nobody);
                let outside = pose.landmarks.iter().filter(|landmark| landmark.visibility < 0.5).count();
                assert!(outside == 0, "{motion:?} {frame}: {outside} joints outside");
            }
        }
    }

    #[test]
    fn postures_are_those_of_the_syllabus() {
        let syllabus = kihap_syllabus::Syllabus::embedded().unwrap();
        let cases = [
            (Motion::FrontLowBlock, "low_block"),
            (Motion::FrontInwardBlock, "inward_middle_block"),
            (Motion::FrontFaceBlock, "face_block"),
            (Motion::HorseTrunkPunch, "trunk_punch"),
            (Motion::BackOutwardBlock, "outward_middle_block"),
        ];
        for (motion, technique) in cases {
            let geometry = &syllabus.technique(technique).unwrap().geometry;
            for (key, joints) in [("act_elbow_deg", [11, 13, 15]), ("aux_elbow_deg", [12, 14, 16])] {
                let bounds = geometry.bounds(key).unwrap();
                for frame in 0..10 {
                    let pose = true_pose(&Scene { frame, ..scene(motion) }).unwrap();
                    let elbow = f64::from(angle(&pose, joints));
                    assert!((bounds.min - 3.0..=bounds.max + 3.0).contains(&elbow), "{technique} {key} {elbow}");
                }
            }
        }
    }

    #[test]
    fn left_and_right_are_mirror_images_in_the_body() {
        // The same chance moves both differently, so only the acting side is compared.
        let wrist_height = |side, wrist: usize| {
            let pose = true_pose(&Scene { side, ..scene(Motion::FrontFaceBlock) }).unwrap();
            -pose.world[wrist][1]
        };
        assert!(wrist_height(Side::Left, 15) > wrist_height(Side::Left, 16) + 0.3);
        assert!(wrist_height(Side::Right, 16) > wrist_height(Side::Right, 15) + 0.3);
    }
}
