//! Skeletons drawn white on black in small, and sheets of pictures to look at.

use kihap_vision::{
    Pose,
    image::{Rgb, RgbImage, imageops::replace},
};
use kihap_zoo::networks::DCGAN_SIDE;

/// Share of the picture that the body fills at most.
const FILLED: f32 = 0.85;
/// Half the width of a limb, in shares of the picture's side.
const HALF_WIDTH: f32 = 0.014;
/// Pixels between the pictures of a sheet.
const GAP: u32 = 2;

/// A skeleton drawn white on black in the middle of a picture of `side` × `side` pixels, as large as fits, without regard
/// to hidden joints; black where a joint is no number.
pub fn skeleton_picture(pose: &Pose, side: u32) -> RgbImage {
    grey(&drawn(pose, side as usize), side)
}

/// What the DCGAN sees of a skeleton.
pub(super) fn numbers(pose: &Pose) -> Vec<f32> {
    drawn(pose, DCGAN_SIDE)
}

/// The picture that the DCGAN made.
pub(super) fn picture(numbers: &[f32]) -> RgbImage {
    grey(numbers, DCGAN_SIDE as u32)
}

/// −1 for black to 1 for white, row by row.
fn drawn(pose: &Pose, side: usize) -> Vec<f32> {
    let points: Vec<[f32; 2]> = pose.landmarks.iter().map(|l| [l.x, l.y]).collect();
    if points.is_empty() || points.iter().flatten().any(|v| !v.is_finite()) {
        return vec![-1.0; side * side];
    }
    let bounds =
        |axis: usize| points.iter().fold((f32::MAX, f32::MIN), |(low, high), p| (low.min(p[axis]), high.max(p[axis])));
    let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
    let scale = FILLED * side as f32 / (right - left).max(bottom - top).max(1e-3);
    let half = side as f32 / 2.0;
    let place =
        |p: [f32; 2]| [half + (p[0] - (left + right) / 2.0) * scale, half + (p[1] - (top + bottom) / 2.0) * scale];
    let points: Vec<[f32; 2]> = points.into_iter().map(place).collect();
    let reach = (HALF_WIDTH * side as f32).max(0.5);
    let mut covered = vec![0.0f32; side * side];
    for &(a, b) in pose.skeleton.bones() {
        let (Some(a), Some(b)) = (points.get(a), points.get(b)) else { continue };
        limb(&mut covered, side, *a, *b, reach);
    }
    covered.into_iter().map(|share| 2.0 * share - 1.0).collect()
}

/// Draws one limb with soft edges.
fn limb(covered: &mut [f32], side: usize, a: [f32; 2], b: [f32; 2], reach: f32) {
    let range = |axis: usize| {
        let low = (a[axis].min(b[axis]) - reach - 1.0).floor().max(0.0) as usize;
        let high = (a[axis].max(b[axis]) + reach + 1.0).ceil().max(0.0) as usize;
        low..high.min(side)
    };
    for y in range(1) {
        for x in range(0) {
            let distance = to_line([x as f32 + 0.5, y as f32 + 0.5], a, b);
            let share = (reach + 0.5 - distance).clamp(0.0, 1.0);
            let pixel = &mut covered[y * side + x];
            *pixel = pixel.max(share);
        }
    }
}

/// Distance of `p` from the line from `a` to `b`.
fn to_line(p: [f32; 2], a: [f32; 2], b: [f32; 2]) -> f32 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let squares = (dx * dx + dy * dy).max(1e-12);
    let along = (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squares).clamp(0.0, 1.0);
    (p[0] - a[0] - along * dx).hypot(p[1] - a[1] - along * dy)
}

fn grey(numbers: &[f32], side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| {
        let value = numbers.get((y * side + x) as usize).copied().unwrap_or(-1.0);
        Rgb([((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8; 3])
    })
}

/// Pictures side by side, one row a list, on dark grey; rows are as high, columns as wide as the largest picture.
pub fn contact_sheet(rows: &[Vec<RgbImage>]) -> RgbImage {
    let all = || rows.iter().flatten();
    let width = all().map(RgbImage::width).max().unwrap_or(1) + GAP;
    let height = all().map(RgbImage::height).max().unwrap_or(1) + GAP;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(1) as u32;
    let size = (columns * width + GAP, rows.len().max(1) as u32 * height + GAP);
    let mut sheet = RgbImage::from_pixel(size.0, size.1, Rgb([60; 3]));
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            replace(&mut sheet, picture, i64::from(GAP + x as u32 * width), i64::from(GAP + y as u32 * height));
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use kihap_vision::{Landmark, Skeleton};

    use super::*;

    #[test]
    fn limbs_are_white_on_black_and_fill_the_picture() {
        let mut landmarks = vec![Landmark { x: 110.0, y: 110.0, ..Landmark::default() }; 17];
        // left shoulder and elbow: one long horizontal line, all others in its middle
        landmarks[5].x = 10.0;
        landmarks[7].x = 210.0;
        let pose =
            Pose { skeleton: Skeleton::Coco17, width: 300, height: 300, score: 1.0, landmarks, world: Vec::new() };
        let picture = skeleton_picture(&pose, 64);
        assert_eq!(picture.dimensions(), (64, 64));
        assert!(picture.get_pixel(20, 32).0[0] > 200, "a line as thin as a pixel may lie between two");
        assert_eq!(picture.get_pixel(20, 10).0, [0; 3]);
        assert_eq!(picture.get_pixel(1, 32).0, [0; 3], "there is a margin");
        let nothing = Pose { landmarks: vec![Landmark { x: f32::NAN, ..Landmark::default() }; 17], ..pose };
        assert!(skeleton_picture(&nothing, 64).pixels().all(|p| p.0 == [0; 3]));
    }

    #[test]
    fn a_sheet_holds_every_picture() {
        let picture = |grey: u8| RgbImage::from_pixel(4, 6, Rgb([grey; 3]));
        let sheet = contact_sheet(&[vec![picture(10), picture(20)], vec![picture(30)]]);
        assert_eq!(sheet.dimensions(), (2 * 6 + 2, 2 * 8 + 2));
        assert_eq!(sheet.get_pixel(9, 3).0, [20; 3]);
        assert_eq!(sheet.get_pixel(3, 11).0, [30; 3]);
        assert_eq!(sheet.get_pixel(9, 11).0, [60; 3]);
    }
}
