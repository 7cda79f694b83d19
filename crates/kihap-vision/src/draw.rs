//! Drawing skeletons: over the picture, or alone on black.

use image::{Rgb, RgbImage};
use imageproc::drawing::{draw_filled_circle_mut, draw_polygon_mut};
use imageproc::point::Point;

use crate::pose::{Pose, Side};

/// How a skeleton is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawMode {
    /// Over the picture.
    Overlay,
    /// Alone, on black of the same size.
    Skeleton,
}

/// Joints less visible than this are not drawn.
const MIN_VISIBILITY: f32 = 0.3;
/// The person's left: orange.
const LEFT: Rgb<u8> = Rgb([255, 138, 0]);
/// The person's right: blue.
const RIGHT: Rgb<u8> = Rgb([0, 170, 255]);
/// Neither: white.
const MIDDLE: Rgb<u8> = Rgb([240, 240, 240]);

fn colour(side: Option<Side>) -> Rgb<u8> {
    match side {
        Some(Side::Left) => LEFT,
        Some(Side::Right) => RIGHT,
        None => MIDDLE,
    }
}

/// The picture with `poses` drawn on it, or the poses alone on black. Limbs of the person's left are orange, of the
/// right blue, what joins the two white; line widths grow with the picture.
pub fn draw(picture: &RgbImage, poses: &[Pose], mode: DrawMode) -> RgbImage {
    draw_wide(picture, poses, mode, (picture.width().max(picture.height()) as f32 / 320.0).max(1.0))
}

/// [`draw`] with limbs twice `half_width` pixels wide.
pub(crate) fn draw_wide(picture: &RgbImage, poses: &[Pose], mode: DrawMode, half_width: f32) -> RgbImage {
    let mut canvas = match mode {
        DrawMode::Overlay => picture.clone(),
        DrawMode::Skeleton => RgbImage::new(picture.width(), picture.height()),
    };
    for pose in poses {
        draw_pose(&mut canvas, pose, half_width);
    }
    canvas
}

fn draw_pose(canvas: &mut RgbImage, pose: &Pose, half_width: f32) {
    let seen = |i: usize| pose.landmarks.get(i).filter(|l| l.visibility >= MIN_VISIBILITY && l.x.is_finite());
    for &(a, b) in pose.skeleton.bones() {
        if let (Some(from), Some(to)) = (seen(a), seen(b)) {
            let sides = (pose.skeleton.side_of(a), pose.skeleton.side_of(b));
            let side = if sides.0 == sides.1 { sides.0 } else { None };
            draw_limb(canvas, (from.x, from.y), (to.x, to.y), half_width, colour(side));
        }
    }
    for i in 0..pose.landmarks.len() {
        if let Some(joint) = seen(i) {
            let centre = (joint.x.round() as i32, joint.y.round() as i32);
            let radius = (half_width * 1.6).round() as i32;
            draw_filled_circle_mut(canvas, centre, radius, colour(pose.skeleton.side_of(i)));
        }
    }
}

/// A line with a width: a four-cornered polygon.
fn draw_limb(canvas: &mut RgbImage, from: (f32, f32), to: (f32, f32), half_width: f32, colour: Rgb<u8>) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 1.0 {
        return;
    }
    let (nx, ny) = (-dy / length * half_width, dx / length * half_width);
    let corner = |x: f32, y: f32| Point::new(x.round() as i32, y.round() as i32);
    let mut corners = vec![
        corner(from.0 + nx, from.1 + ny),
        corner(from.0 - nx, from.1 - ny),
        corner(to.0 - nx, to.1 - ny),
        corner(to.0 + nx, to.1 + ny),
    ];
    // The drawing function wants an open outline without repeated corners.
    corners.dedup();
    if corners.first() == corners.last() {
        corners.pop();
    }
    if corners.len() >= 3 {
        draw_polygon_mut(canvas, &corners, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::{Landmark, Skeleton};

    fn pose() -> Pose {
        let mut landmarks = vec![Landmark::default(); 17];
        for (i, x, y) in [(5, 60.0, 20.0), (7, 80.0, 40.0), (6, 30.0, 20.0), (8, -500.0, 9000.0)] {
            landmarks[i] = Landmark { x, y, z: 0.0, visibility: 0.9, presence: 0.9 };
        }
        Pose { skeleton: Skeleton::Coco17, width: 100, height: 100, score: 1.0, landmarks, world: Vec::new() }
    }

    #[test]
    fn limbs_are_coloured_by_side_and_hidden_joints_left_out() {
        let picture = RgbImage::from_pixel(100, 100, Rgb([9, 9, 9]));
        let drawn = draw(&picture, &[pose()], DrawMode::Skeleton);
        assert_eq!(*drawn.get_pixel(70, 30), LEFT);
        assert_eq!(*drawn.get_pixel(30, 20), RIGHT);
        assert_eq!(*drawn.get_pixel(45, 20), MIDDLE);
        assert_eq!(*drawn.get_pixel(0, 0), Rgb([0, 0, 0]), "joints of no visibility are not drawn");
        let over = draw(&picture, &[pose()], DrawMode::Overlay);
        assert_eq!(*over.get_pixel(5, 60), Rgb([9, 9, 9]));
    }
}
