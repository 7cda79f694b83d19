//! Cutting a turned square out of a picture, as the networks' inputs want it.

use image::RgbImage;

/// A square region of a picture, possibly turned and reaching over the edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Roi {
    /// Centre, pixels from the left.
    pub(crate) x: f32,
    /// Centre, pixels from the top.
    pub(crate) y: f32,
    /// Side length in pixels.
    pub(crate) size: f32,
    /// Clockwise turn in radians.
    pub(crate) rotation: f32,
}

/// What lies outside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    /// Black.
    Zero,
    /// The nearest pixel of the edge.
    Replicate,
}

/// Samples `roi` bilinearly into `side`×`side` planes R, G, B (channels first), mapping 0..=255 to `low..=high`.
///
/// Output pixel (i, j) looks at the region's point (i/side, j/side) without a half-pixel shift and without
/// anti-aliasing: this is what MediaPipe's `ImageToTensorCalculator` does on the CPU.
pub(crate) fn sample_planes(
    picture: &RgbImage,
    roi: &Roi,
    side: usize,
    (low, high): (f32, f32),
    border: Border,
    out: &mut Vec<f32>,
) {
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    let data = picture.as_raw().as_slice();
    let row_bytes = width as usize * 3;
    let scale = (high - low) / 255.0;
    let step = roi.size / side as f32;
    let (sin, cos) = roi.rotation.sin_cos();
    let (step_x, step_y) = (cos * step, sin * step);
    out.clear();
    out.resize(side * side * 3, low);
    let (red, rest) = out.split_at_mut(side * side);
    let (green, blue) = rest.split_at_mut(side * side);
    let texel = |x: i32, y: i32| -> Option<usize> {
        match border {
            Border::Replicate => Some(y.clamp(0, height - 1) as usize * row_bytes + x.clamp(0, width - 1) as usize * 3),
            Border::Zero if x < 0 || y < 0 || x >= width || y >= height => None,
            Border::Zero => Some(y as usize * row_bytes + x as usize * 3),
        }
    };
    for j in 0..side {
        let down = (j as f32 - side as f32 / 2.0) * step;
        let left = -(side as f32 / 2.0) * step;
        let start_x = roi.x + cos * left - sin * down;
        let start_y = roi.y + sin * left + cos * down;
        for i in 0..side {
            let x = start_x + step_x * i as f32;
            let y = start_y + step_y * i as f32;
            let (x0, y0) = (x.floor(), y.floor());
            let (fx, fy) = (x - x0, y - y0);
            let (xi, yi) = (x0 as i32, y0 as i32);
            let weights = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
            let mut rgb = [0.0f32; 3];
            if xi >= 0 && yi >= 0 && xi + 1 < width && yi + 1 < height {
                let at = yi as usize * row_bytes + xi as usize * 3;
                let (above, below) = (&data[at..at + 6], &data[at + row_bytes..at + row_bytes + 6]);
                for c in 0..3 {
                    rgb[c] = weights[0] * f32::from(above[c])
                        + weights[1] * f32::from(above[c + 3])
                        + weights[2] * f32::from(below[c])
                        + weights[3] * f32::from(below[c + 3]);
                }
            } else {
                for (k, weight) in weights.iter().enumerate() {
                    if let Some(at) = texel(xi + (k as i32 & 1), yi + (k as i32 >> 1)) {
                        for c in 0..3 {
                            rgb[c] += weight * f32::from(data[at + c]);
                        }
                    }
                }
            }
            let at = j * side + i;
            red[at] = low + rgb[0] * scale;
            green[at] = low + rgb[1] * scale;
            blue[at] = low + rgb[2] * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn ramp() -> RgbImage {
        RgbImage::from_fn(8, 8, |x, y| Rgb([x as u8 * 10, y as u8 * 10, 255]))
    }

    #[test]
    fn an_upright_square_of_the_same_size_is_the_picture() {
        let mut out = Vec::new();
        let roi = Roi { x: 4.0, y: 4.0, size: 8.0, rotation: 0.0 };
        sample_planes(&ramp(), &roi, 8, (0.0, 255.0), Border::Zero, &mut out);
        assert_eq!(out[8 * 3 + 5], 50.0);
        assert_eq!(out[64 + 8 * 3 + 5], 30.0);
    }

    #[test]
    fn a_quarter_turn_clockwise_makes_the_rows_run_down() {
        let mut out = Vec::new();
        let roi = Roi { x: 3.5, y: 3.5, size: 4.0, rotation: std::f32::consts::FRAC_PI_2 };
        sample_planes(&ramp(), &roi, 4, (0.0, 255.0), Border::Replicate, &mut out);
        // Going right in the turned square goes down in the picture: green grows along a row, red along none.
        assert!((out[16 + 1] - out[16] - 10.0).abs() < 1e-3);
        assert!((out[1] - out[0]).abs() < 1e-3);
    }

    #[test]
    fn outside_is_black_or_the_edge() {
        let roi = Roi { x: -10.0, y: 4.0, size: 4.0, rotation: 0.0 };
        let mut out = Vec::new();
        sample_planes(&ramp(), &roi, 4, (-1.0, 1.0), Border::Zero, &mut out);
        assert!(out.iter().all(|v| *v == -1.0));
        sample_planes(&ramp(), &roi, 4, (0.0, 1.0), Border::Replicate, &mut out);
        assert!(out[32..].iter().all(|v| (*v - 1.0).abs() < 1e-6));
    }
}
