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

/// The red, green and blue of one row, values 0..=255.
pub(super) type Row<'a> = [&'a mut [f32]; 3];

/// A picture that is read between its pixels: four bytes a pixel, at least two pixels each way, so that a pixel and its
/// neighbours are read without a look at the edges.
pub(super) struct Source {
    pixels: Vec<[u8; 4]>,
    /// Pixels in a row of `pixels`.
    stride: usize,
    /// Width and height of the picture.
    lengths: [usize; 2],
    fill: Fill,
    places: Places,
    row: Vec<[f32; 4]>,
}

/// Where the pixels of a row are read.
struct Places {
    /// Index of the pixel above and left.
    from: Vec<u32>,
    /// How far from that to the right, 0..=1.
    along: Vec<f32>,
    /// How far from that down, 0..=1.
    down: Vec<f32>,
}

impl Source {
    pub(super) fn of(picture: &RgbImage, fill: Fill) -> Source {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        assert!(width > 0 && height > 0, "a picture without pixels cannot be changed");
        let mut pixels = Vec::with_capacity(width.max(2) * height.max(2));
        for row in picture.as_raw().chunks_exact(3 * width) {
            pixels.extend(row.chunks_exact(3).map(|p| [p[0], p[1], p[2], 0]));
            if width == 1 {
                pixels.extend_from_within(pixels.len() - 1..);
            }
        }
        if height == 1 {
            pixels.extend_from_within(..);
        }
        let places = Places { from: vec![0; width], along: vec![0.0; width], down: vec![0.0; width] };
        Source { pixels, stride: width.max(2), lengths: [width, height], fill, places, row: vec![[0.0; 4]; width] }
    }

    /// Reads row `y` of the result, each pixel where `map` says, bilinearly.
    pub(super) fn read_row(&mut self, map: &Map, y: usize, [red, green, blue]: Row) {
        // Along a row the position grows by the same step; single precision keeps it within 0.0001 pixel.
        let start: [f32; 2] = std::array::from_fn(|i| (map.matrix[i][1] * y as f64 + map.offset[i]) as f32);
        let step: [f32; 2] = std::array::from_fn(|i| map.matrix[i][0] as f32);
        let position = |x: i32, axis: usize| start[axis] + step[axis] * x as f32;
        match self.fill {
            Fill::Nearest | Fill::Constant(_) => self.find_places(position),
            Fill::Reflect => {
                let [width, height] = self.lengths.map(|length| length as f32);
                self.find_places(|x, axis| reflected(position(x, axis), if axis == 0 { width } else { height }));
            }
        }
        // Four channels to the end, the last one empty: three are not worked on at once.
        let places = self.places.from.iter().zip(&self.places.along).zip(&self.places.down);
        for (((from, along), down), pixel) in places.zip(&mut self.row) {
            let pair = |from: usize| match self.pixels.get(from..from + 2) {
                Some(&[left, right]) => between(left.map(f32::from), right.map(f32::from), *along),
                _ => [0.0; 4],
            };
            let upper = *from as usize;
            *pixel = between(pair(upper), pair(upper + self.stride), *down);
        }
        for (((pixel, red), green), blue) in self.row.iter().zip(&mut *red).zip(&mut *green).zip(&mut *blue) {
            [*red, *green, *blue, _] = *pixel;
        }
        if let Fill::Constant(value) = self.fill {
            let inside = |x, axis: usize| (0.0..=(self.lengths[axis] - 1) as f32).contains(&position(x, axis));
            for (x, ((red, green), blue)) in red.iter_mut().zip(green).zip(blue).enumerate() {
                if !inside(x as i32, 0) || !inside(x as i32, 1) {
                    [*red, *green, *blue] = [value; 3];
                }
            }
        }
    }

    /// Positions outside are those of the nearest pixel inside.
    #[inline(always)]
    fn find_places(&mut self, position: impl Fn(i32, usize) -> f32) {
        let last = self.lengths.map(|length| (length - 1) as f32);
        // The last pixel that has a neighbour to the right and below.
        let last_pixel = self.lengths.map(|length| length.saturating_sub(2) as i32);
        let stride = self.stride as i32;
        let Places { from, along, down } = &mut self.places;
        for (((x, from), along), down) in (0_i32..).zip(from).zip(along).zip(down) {
            let mut pixel = [0; 2];
            let mut past = [0.0; 2];
            for axis in 0..2 {
                let at = position(x, axis).max(0.0).min(last[axis]);
                pixel[axis] = pixel_before(at).min(last_pixel[axis]);
                past[axis] = at - pixel[axis] as f32;
            }
            *from = (pixel[1] * stride + pixel[0]) as u32;
            [*along, *down] = past;
        }
    }
}

/// The pixel left of (or above) a position from 0 to 2²²; of a position on a pixel that one or the one before. Added to
/// 1.5·2²³, a number is left rounded in the last bits; unlike `as`, this is done for four positions at once.
#[inline(always)]
fn pixel_before(at: f32) -> i32 {
    const SHIFT: f32 = 12_582_912.0;
    (at - 0.5 + SHIFT).to_bits() as i32 - SHIFT.to_bits() as i32
}

/// Folds a position back into the picture, mirrored at the outer side of its edge pixels.
fn reflected(at: f32, length: f32) -> f32 {
    if (0.0..=length - 1.0).contains(&at) {
        return at;
    }
    let folded = (at + 0.5).rem_euclid(2.0 * length);
    (if folded < length { folded } else { 2.0 * length - folded }) - 0.5
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

    pub(super) fn change(&self, [red, green, blue]: Row) {
        for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
            let v = [*red, *green, *blue];
            [*red, *green, *blue] =
                self.matrix.map(|m| (m[0] * v[0] + m[1] * v[1] + m[2] * v[2] + self.offset).clamp(0.0, 255.0));
        }
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
