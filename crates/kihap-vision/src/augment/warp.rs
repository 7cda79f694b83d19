//! Reading a picture along a turned, stretched grid.

use image::RgbImage;

use super::drawn::AugmentationDraw;
use super::settings::Fill;

/// In which order a network wants the values of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// All of red, then green, then blue (ONNX, Burn, PyTorch).
    #[default]
    ChannelsFirst,
    /// Red, green and blue of each pixel together (Keras, TensorFlow).
    ChannelsLast,
}

/// Where the value of an output pixel is read: (x, y) ↦ `matrix`·(x, y) + `offset`, in pixels, pixel centres on whole
/// numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Map {
    pub(super) matrix: [[f64; 2]; 2],
    pub(super) offset: [f64; 2],
}

impl Map {
    /// Rotation · shift · shear · zoom about the centre, as Keras' `apply_affine_transform` composes them; a flip of the
    /// result is a flip of the positions that are asked for.
    pub(super) fn of(draw: &AugmentationDraw, (width, height): (u32, u32)) -> Map {
        let (width, height) = (f64::from(width), f64::from(height));
        let (sin, cos) = draw.rotation_degrees.to_radians().sin_cos();
        let (shear_sin, shear_cos) = draw.shear_degrees.to_radians().sin_cos();
        let [zoom_x, zoom_y] = draw.zoom;
        // Shear · zoom, whose columns are then turned.
        let inner = [[zoom_x, -shear_sin * zoom_y], [0.0, shear_cos * zoom_y]];
        let turn = |[x, y]: [f64; 2]| [cos * x - sin * y, sin * x + cos * y];
        let [first, second] = [turn([inner[0][0], inner[1][0]]), turn([inner[0][1], inner[1][1]])];
        let mut matrix = [[first[0], second[0]], [first[1], second[1]]];
        let shift = turn([draw.shift[0] * width, draw.shift[1] * height]);
        let centre = [width / 2.0 - 0.5, height / 2.0 - 0.5];
        let mut offset: [f64; 2] =
            std::array::from_fn(|i| centre[i] + shift[i] - matrix[i][0] * centre[0] - matrix[i][1] * centre[1]);
        for (axis, (flip, last)) in
            [(draw.horizontal_flip, width - 1.0), (draw.vertical_flip, height - 1.0)].into_iter().enumerate()
        {
            if flip {
                for i in 0..2 {
                    offset[i] += matrix[i][axis] * last;
                    matrix[i][axis] = -matrix[i][axis];
                }
            }
        }
        Map { matrix, offset }
    }
}

/// Bits after the point in positions: 32 keep the error of a row's end under a millionth of a pixel.
const FRACTION_BITS: u32 = 32;
const ONE: f64 = (1_u64 << FRACTION_BITS) as f64;

/// Reads `picture` at `map` of each pixel, bilinearly, and hands out row by row; values are 0..=255.
pub(super) fn warp(picture: &RgbImage, map: &Map, fill: Fill, mut take: impl FnMut(&mut [[f32; 3]])) {
    let source = Source::of(picture);
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut row = vec![[0.0; 3]; width];
    let step = [fixed(map.matrix[0][0]), fixed(map.matrix[1][0])];
    for y in 0..height {
        let mut at: [i64; 2] = std::array::from_fn(|i| fixed(map.matrix[i][1] * y as f64 + map.offset[i]));
        for pixel in &mut row {
            *pixel = match fill {
                Fill::Nearest => source.at(at),
                Fill::Reflect => source.at([reflected(at[0], width), reflected(at[1], height)]),
                Fill::Constant(value) if !source.contains(at) => [value; 3],
                Fill::Constant(_) => source.at(at),
            };
            at = [at[0] + step[0], at[1] + step[1]];
        }
        take(&mut row);
    }
}

fn fixed(value: f64) -> i64 {
    (value * ONE).round() as i64
}

/// Folds a position back into the picture, mirrored at the outer side of its edge pixels.
fn reflected(at: i64, length: usize) -> i64 {
    let half = 1_i64 << (FRACTION_BITS - 1);
    let period = (length as i64) << FRACTION_BITS;
    let folded = (at + half).rem_euclid(2 * period);
    (if folded < period { folded } else { 2 * period - folded }) - half
}

/// The picture with four bytes a pixel, at least two pixels each way: a pixel and its neighbours are then read without
/// a look at the edges.
struct Source {
    pixels: Vec<[u8; 4]>,
    width: usize,
    /// The last position inside, fixed point.
    last: [i64; 2],
    /// The last pixel that has a neighbour to the right and below.
    last_pixel: [i64; 2],
}

impl Source {
    fn of(picture: &RgbImage) -> Source {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        assert!(width > 0 && height > 0, "a picture without pixels cannot be changed");
        let mut pixels = Vec::with_capacity((width.max(2)) * height.max(2));
        for row in picture.as_raw().chunks_exact(3 * width) {
            pixels.extend(row.chunks_exact(3).map(|p| [p[0], p[1], p[2], 0]));
            if width == 1 {
                pixels.extend_from_within(pixels.len() - 1..);
            }
        }
        if height == 1 {
            pixels.extend_from_within(..);
        }
        Source {
            pixels,
            width: width.max(2),
            last: [width, height].map(|length| (length as i64 - 1) << FRACTION_BITS),
            last_pixel: [width, height].map(|length| (length as i64 - 2).max(0)),
        }
    }

    fn contains(&self, at: [i64; 2]) -> bool {
        (0..2).all(|i| (0..=self.last[i]).contains(&at[i]))
    }

    /// The value at a position; outside, that of the nearest position inside.
    #[inline(always)]
    fn at(&self, at: [i64; 2]) -> [f32; 3] {
        let mut pixel = [0; 2];
        let mut part = [0.0; 2];
        for i in 0..2 {
            let inside = at[i].max(0).min(self.last[i]);
            pixel[i] = (inside >> FRACTION_BITS).min(self.last_pixel[i]);
            part[i] = (inside - (pixel[i] << FRACTION_BITS)) as f32 * (1.0 / ONE as f32);
        }
        let start = pixel[1] as usize * self.width + pixel[0] as usize;
        let pair = |from: usize| match self.pixels.get(from..from + 2) {
            Some(&[left, right]) => between(left.map(f32::from), right.map(f32::from), part[0]),
            _ => [0.0; 4],
        };
        let [r, g, b, _] = between(pair(start), pair(start + self.width), part[1]);
        [r, g, b]
    }
}

/// Four channels at once: the compiler makes one vector instruction of each step.
#[inline(always)]
fn between(a: [f32; 4], b: [f32; 4], part: f32) -> [f32; 4] {
    std::array::from_fn(|c| a[c] + (b[c] - a[c]) * part)
}

/// Weights of red, green and blue in luminance (ITU-R BT.601).
const LUMINANCE: [f64; 3] = [0.299, 0.587, 0.114];

/// Brightness, contrast, saturation and hue as one affine map of a pixel.
pub(super) struct Colour {
    matrix: [[f32; 3]; 3],
    offset: f32,
}

impl Colour {
    /// `None` where colours stay.
    pub(super) fn of(draw: &AugmentationDraw, picture: &RgbImage) -> Option<Colour> {
        let AugmentationDraw { brightness, contrast, saturation, hue_degrees, .. } = *draw;
        if [brightness, contrast, saturation] == [1.0; 3] && hue_degrees == 0.0 {
            return None;
        }
        let mean = if contrast == 1.0 { 0.0 } else { mean_luminance(picture) };
        // Hue turns about grey in the plane of YIQ's two colour axes; saturation stretches that plane.
        let (sin, cos) = hue_degrees.to_radians().sin_cos();
        let to_yiq = [LUMINANCE, [0.595_716, -0.274_453, -0.321_263], [0.211_456, -0.522_591, 0.311_135]];
        let from_yiq = [[1.0, 0.956_296, 0.621_024], [1.0, -0.272_122, -0.647_381], [1.0, -1.106_989, 1.704_615]];
        let stretch =
            [[1.0, 0.0, 0.0], [0.0, saturation * cos, -saturation * sin], [0.0, saturation * sin, saturation * cos]];
        let colours = product(from_yiq, product(stretch, to_yiq));
        let offset = (1.0 - contrast) * brightness * mean;
        Some(Colour {
            matrix: colours.map(|row| row.map(|v| (v * contrast * brightness) as f32)),
            offset: offset as f32,
        })
    }

    pub(super) fn of_pixel(&self, v: [f32; 3]) -> [f32; 3] {
        self.matrix.map(|m| (m[0] * v[0] + m[1] * v[1] + m[2] * v[2] + self.offset).clamp(0.0, 255.0))
    }
}

fn product(a: [[f64; 3]; 3], b: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    a.map(|row| std::array::from_fn(|j| (0..3).map(|k| row[k] * b[k][j]).sum()))
}

/// Mean luminance of a picture, 0..=255.
fn mean_luminance(picture: &RgbImage) -> f64 {
    let mut sums = [0_u64; 3];
    for pixel in picture.as_raw().chunks_exact(3) {
        for c in 0..3 {
            sums[c] += u64::from(pixel[c]);
        }
    }
    let pixels = f64::from(picture.width()) * f64::from(picture.height());
    (0..3).map(|c| LUMINANCE[c] * sums[c] as f64 / pixels).sum()
}
