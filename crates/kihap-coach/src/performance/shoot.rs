//! Where the camera stands and how it takes pictures.

use glam::{Mat3, Vec3};

use super::moving::Performance;
use crate::camera::Camera;
use crate::chance::Chance;

/// A fixed camera beside a performance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shoot {
    /// Width of the pictures, pixels.
    pub width: u32,
    /// Height of the pictures, pixels.
    pub height: u32,
    /// Field of view along the longer edge, degrees.
    pub fov_deg: f32,
    /// Where the camera stands: degrees clockwise from north seen from above; 0 looks the performer in the face at the start.
    pub azimuth_deg: f32,
    /// Distance from the spot of the performance that comes nearest, metres.
    pub distance: f32,
    /// Height over the floor, metres.
    pub eye_height: f32,
    /// Height that the middle of the picture aims at, shares of the performer's stature.
    pub aim: f32,
    /// Tilt of the camera about its view, degrees.
    pub roll_deg: f32,
    /// Pictures a second.
    pub frames_per_second: f32,
}

/// Webcams and phones: 640×480 and 1280×720, lying and upright.
const SIZES: [[u32; 2]; 4] = [[640, 480], [480, 640], [1280, 720], [720, 1280]];

/// What has to fit into the picture, metres: somebody tall with an arm raised, and some room.
const TALL: f32 = 2.3;

impl Shoot {
    /// The camera of a seed: all round, 2 to 5 m away, further where the picture would
    /// cut the body off, and 0.5 to 1.8 m high, 50 to 75 degrees wide, 10 to 30 pictures a
    /// second. One in seven stands too near to see the whole body.
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::new("shoot", &[seed]);
        let [width, height] = chance.one_of(&SIZES);
        let fov_deg = chance.between(50.0, 75.0);
        let near = chance.often(0.15);
        let mut shoot = Self {
            width,
            height,
            fov_deg,
            azimuth_deg: chance.between(0.0, 360.0),
            distance: chance.between(2.0, 5.0),
            eye_height: chance.between(0.5, 1.8),
            aim: chance.between(0.44, 0.58),
            roll_deg: chance.around(3.0),
            frames_per_second: chance.between(10.0, 30.0),
        };
        // Who films themselves steps back until all of the body is in the picture, arms raised; not everybody does.
        let enough = TALL / (2.0 * shoot.half_height());
        shoot.distance = if near { (enough * chance.between(0.4, 0.8)).max(1.0) } else { shoot.distance.max(enough) };
        shoot
    }

    /// The same from another side.
    pub fn from_azimuth(self, azimuth_deg: f32) -> Self {
        Self { azimuth_deg, ..self }
    }

    /// Pixels a metre spans at a metre.
    fn focal(&self) -> f32 {
        let long = self.width.max(self.height) as f32;
        long * 0.5 / (self.fov_deg.clamp(5.0, 170.0) * 0.5).to_radians().tan()
    }

    /// Half the height that is seen at a metre.
    fn half_height(&self) -> f32 {
        self.height as f32 * 0.5 / self.focal()
    }

    /// The camera before a performance: it looks at the middle of the floor that is used.
    pub fn camera(&self, performance: &Performance) -> Camera {
        let moments = (0..=40).map(|i| performance.seconds() * f64::from(i) / 40.0);
        let spots: Vec<Vec3> = moments.map(|seconds| performance.joints_at(seconds).hip_centre.with_y(0.0)).collect();
        let low = spots.iter().copied().reduce(Vec3::min).unwrap_or_default();
        let high = spots.iter().copied().reduce(Vec3::max).unwrap_or_default();
        let middle = (low + high) * 0.5;
        let turn = self.azimuth_deg.to_radians();
        let towards = Vec3::new(-turn.sin(), 0.0, turn.cos());
        let nearest = spots.iter().map(|spot| (*spot - middle).dot(towards)).fold(0.0, f32::max);
        let place = middle + towards * (nearest + self.distance) + Vec3::Y * self.eye_height;
        let target = middle + Vec3::Y * (self.aim * performance.body().stature);
        let mut camera = Camera::towards(self.width, self.height, self.focal(), place, target);
        camera.frame *= Mat3::from_rotation_z(self.roll_deg.to_radians());
        camera
    }
}
