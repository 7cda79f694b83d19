//! The camera that sees a body.

use glam::{Mat3, Vec2, Vec3};
use kihap_vision::{Landmark, Pose, Skeleton};

/// A pinhole camera; x right, y up, z towards it.
#[derive(Debug, Clone, Copy)]
pub struct Camera {
    /// Width of the picture, pixels.
    pub width: u32,
    /// Height of the picture, pixels.
    pub height: u32,
    /// Pixels a metre spans at a metre.
    pub focal: f32,
    /// Where it stands, metres; the floor is y = 0.
    pub place: Vec3,
    /// Columns: right, up, backward.
    pub frame: Mat3,
}

impl Camera {
    /// Looks from `place` at `target`.
    pub fn towards(width: u32, height: u32, focal: f32, place: Vec3, target: Vec3) -> Self {
        let back = (place - target).normalize_or(Vec3::Z);
        let right = Vec3::Y.cross(back).normalize_or(Vec3::X);
        Self { width, height, focal, place, frame: Mat3::from_cols(right, back.cross(right), back) }
    }

    /// Pixel (from the picture's top left corner) and distance along the view.
    pub fn project(&self, point: Vec3) -> (Vec2, f32) {
        let p = self.frame.transpose() * (point - self.place);
        let depth = (-p.z).max(1e-3);
        let centre = Vec2::new(self.width as f32, self.height as f32) * 0.5;
        (centre + Vec2::new(p.x, -p.y) * (self.focal / depth), depth)
    }

    /// Direction through a pixel, one metre deep.
    pub(crate) fn ray(&self, x: f32, y: f32) -> Vec3 {
        let (cx, cy) = (self.width as f32 * 0.5, self.height as f32 * 0.5);
        self.frame * Vec3::new((x - cx) / self.focal, (cy - y) / self.focal, -1.0)
    }

    /// The skeleton of BlazePose's 33 points (world axes, metres) as a perfect estimator would give it: places in the picture,
    /// and world coordinates about the middle of the hips with x right, y down and z away from the camera. A point's visibility
    /// says only whether it lies in the picture, not whether the body hides it.
    pub fn sees(&self, points: &[Vec3; 33]) -> Pose {
        let middle = (points[23] + points[24]) * 0.5;
        let (_, middle_depth) = self.project(middle);
        let landmark = |point: Vec3| {
            let (pixel, depth) = self.project(point);
            let (width, height) = (self.width as f32, self.height as f32);
            let inside = pixel.x >= 0.0 && pixel.y >= 0.0 && pixel.x < width && pixel.y < height;
            let certain = if inside { 1.0 } else { 0.0 };
            // Pixels a metre spans where the hips are, so that z has the scale of x.
            let z = (depth - middle_depth) * self.focal / middle_depth;
            Landmark { x: pixel.x, y: pixel.y, z, visibility: certain, presence: certain }
        };
        let world = |point: Vec3| {
            let p = self.frame.transpose() * (point - middle);
            [p.x, -p.y, -p.z]
        };
        Pose {
            skeleton: Skeleton::Blazepose33,
            width: self.width,
            height: self.height,
            score: 1.0,
            landmarks: points.iter().map(|&point| landmark(point)).collect(),
            world: points.iter().map(|&point| world(point)).collect(),
        }
    }
}
