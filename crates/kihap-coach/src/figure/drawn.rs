//! Any posed body in a room, before any camera.

use glam::{Mat3, Vec3};
use image::RgbImage;

use super::canvas::{self, Placed};
use super::dress::Person;
use super::light::Light;
use super::look::Look;
use super::room::Room;
use crate::camera::Camera;
use crate::chance::Chance;
use crate::kinematics::{Body, Joints};

/// A posed body and where it stands.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Lengths.
    pub body: Body,
    /// The posed body in its own axes.
    pub joints: Joints,
    /// Colours, hair and build follow from it.
    pub person_seed: u64,
    /// Turn of the body about the vertical, degrees clockwise seen from above; 0 faces +z.
    pub heading_deg: f32,
    /// The body as a whole tipped forward and to its left before that, degrees; for people who lie or stand on their hands.
    pub tip_deg: [f32; 2],
    /// Where it stands on the floor, metres.
    pub place: Vec3,
}

impl Actor {
    /// Somebody whose joints are in the room's axes already.
    pub fn at(body: Body, joints: Joints, person_seed: u64) -> Self {
        Self { body, joints, person_seed, heading_deg: 0.0, tip_deg: [0.0; 2], place: Vec3::ZERO }
    }

    /// From the body's axes to the room's.
    pub fn turn(&self) -> Mat3 {
        // Clockwise from above is a negative turn about y; leaning to the left a negative one about z.
        Mat3::from_rotation_y(-self.heading_deg.to_radians())
            * Mat3::from_rotation_x(self.tip_deg[0].to_radians())
            * Mat3::from_rotation_z(-self.tip_deg[1].to_radians())
    }

    /// BlazePose's 33 points in the room, metres.
    pub fn points(&self) -> [Vec3; 33] {
        let turn = self.turn();
        self.joints.points.map(|point| turn * point + self.place)
    }

    /// Moved up or down until the lowest point touches the floor.
    pub fn grounded(mut self) -> Self {
        let lowest = self.points().iter().map(|point| point.y).fold(f32::INFINITY, f32::min);
        self.place.y -= lowest;
        self
    }
}

/// Draws the actor as the camera sees them, in the room and light of a session.
pub fn draw(actor: &Actor, camera: &Camera, session_seed: u64) -> RgbImage {
    let person = Person::new(actor.body, Look::of(actor.person_seed), actor.joints.clone());
    let placed = Placed { person: &person, turn: actor.turn(), place: actor.place };
    let mut chance = Chance::new("grain", &[session_seed, actor.person_seed]);
    canvas::paint(camera, &Room::of(session_seed), &Light::of(session_seed), Some(&placed), &mut chance)
}

/// Draws the empty room of a session.
pub fn draw_room(camera: &Camera, session_seed: u64) -> RgbImage {
    let mut chance = Chance::new("grain", &[session_seed]);
    canvas::paint(camera, &Room::of(session_seed), &Light::of(session_seed), None, &mut chance)
}
