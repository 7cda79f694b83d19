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
    /// Where it stands on the floor, metres.
    pub place: Vec3,
}

/// Draws the actor as the camera sees them, in the room and light of a session.
pub fn draw(actor: &Actor, camera: &Camera, session_seed: u64) -> RgbImage {
    let person = Person::new(actor.body, Look::of(actor.person_seed), actor.joints.clone());
    // Clockwise from above is a negative turn about y.
    let turn = Mat3::from_rotation_y(-actor.heading_deg.to_radians());
    let placed = Placed { person: &person, turn, place: actor.place };
    let mut chance = Chance::new("grain", &[session_seed, actor.person_seed]);
    canvas::paint(camera, &Room::of(session_seed), &Light::of(session_seed), Some(&placed), &mut chance)
}
