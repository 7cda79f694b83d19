//! The dice thrown for one picture.

use image::{Rgb, RgbImage};
use rand::Rng;

use super::settings::{Erasing, Fill, PictureAugmentation};
use super::warp::{Colour, Layout, Map, warp};
use crate::backbone::Preprocessing;

/// What happens to one picture. Lengths are shares of the picture's, so that a draw fits any size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AugmentationDraw {
    /// Turn in degrees (Keras' `theta`).
    pub rotation_degrees: f64,
    /// How far to the right and down the picture is read, shares of its width and height.
    pub shift: [f64; 2],
    /// Shear in degrees.
    pub shear_degrees: f64,
    /// Zoom along the width and the height; under 1 magnifies.
    pub zoom: [f64; 2],
    /// Mirrored left to right.
    pub horizontal_flip: bool,
    /// Mirrored upside down.
    pub vertical_flip: bool,
    /// Factor on every value.
    pub brightness: f64,
    /// Factor on the distance from the mean luminance.
    pub contrast: f64,
    /// Factor on the distance from grey.
    pub saturation: f64,
    /// Turn of the hue in degrees.
    pub hue_degrees: f64,
    /// A rectangle of noise.
    pub erased: Option<ErasedBox>,
    /// What fills the gaps.
    pub fill: Fill,
}

/// A rectangle that becomes noise; shares of the picture's width and height, 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErasedBox {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What the noise is made from.
    pub noise: u64,
}

impl PictureAugmentation {
    /// Draws what happens to one picture. The same stream gives the same draw; give each picture of each epoch a stream
    /// of its own. Switching one option on or off doesn't change what the others draw.
    pub fn draw(&self, rng: &mut (impl Rng + ?Sized)) -> AugmentationDraw {
        let mut between = |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
        let mut symmetric = |range: f64| between(-range, range);
        let rotation_degrees = symmetric(self.rotation_degrees);
        let shift = [symmetric(self.width_shift), symmetric(self.height_shift)];
        let shear_degrees = symmetric(self.shear_degrees);
        let hue_degrees = symmetric(self.hue_degrees);
        let zoom = [between(self.zoom[0], self.zoom[1]), between(self.zoom[0], self.zoom[1])];
        let [brightness, contrast, saturation] =
            [self.brightness, self.contrast, self.saturation].map(|[low, high]| between(low, high));
        let [horizontal_flip, vertical_flip] =
            [self.horizontal_flip, self.vertical_flip].map(|wanted| rng.random::<bool>() && wanted);
        let erased = self.erase.as_ref().and_then(|e| e.draw(rng));
        AugmentationDraw {
            rotation_degrees,
            shift,
            shear_degrees,
            zoom,
            horizontal_flip,
            vertical_flip,
            brightness,
            contrast,
            saturation,
            hue_degrees,
            erased,
            fill: self.fill,
        }
    }
}

impl Erasing {
    /// The paper's algorithm: draw area and ratio until the rectangle fits; given up after 100 times.
    fn draw(&self, rng: &mut (impl Rng + ?Sized)) -> Option<ErasedBox> {
        if rng.random::<f64>() >= self.probability {
            return None;
        }
        let mut between = |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
        for _ in 0..100 {
            let area = between(self.area[0], self.area[1]);
            let ratio = between(self.aspect, 1.0 / self.aspect);
            let (width, height) = ((area / ratio).sqrt(), (area * ratio).sqrt());
            let (left, top) = (between(0.0, 1.0), between(0.0, 1.0));
            if left + width <= 1.0 && top + height <= 1.0 {
                return Some(ErasedBox { left, top, width, height, noise: rng.random() });
            }
        }
        None
    }
}

impl AugmentationDraw {
    /// The draw that changes nothing.
    pub const IDENTITY: AugmentationDraw = AugmentationDraw {
        rotation_degrees: 0.0,
        shift: [0.0; 2],
        shear_degrees: 0.0,
        zoom: [1.0; 2],
        horizontal_flip: false,
        vertical_flip: false,
        brightness: 1.0,
        contrast: 1.0,
        saturation: 1.0,
        hue_degrees: 0.0,
        erased: None,
        fill: Fill::Nearest,
    };

    /// Changes `picture`, which has the network's size already, and writes it as the network wants it: mean and scale of
    /// `preprocessing`, in one pass without a picture between. Keras does it in this order too: first the size, then
    /// the change.
    ///
    /// # Panics
    /// When `out` hasn't 3 × width × height values, or the picture has no pixels.
    pub fn apply(&self, picture: &RgbImage, preprocessing: &Preprocessing, layout: Layout, out: &mut [f32]) {
        let scale = preprocessing.scale.map(|s| 1.0 / s);
        let offset: [f32; 3] = std::array::from_fn(|c| -preprocessing.mean[c] * scale[c]);
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        assert_eq!(out.len(), 3 * width * height, "the input for a picture of {width}×{height} has another length");
        let finish = |v: [f32; 3]| std::array::from_fn(|c| v[c] * scale[c] + offset[c]);
        match layout {
            Layout::ChannelsFirst => {
                let (red, rest) = out.split_at_mut(width * height);
                let (green, blue) = rest.split_at_mut(width * height);
                let rows = red.chunks_exact_mut(width).zip(green.chunks_exact_mut(width));
                let mut rows = rows.zip(blue.chunks_exact_mut(width));
                self.rows(picture, |row| {
                    if let Some(((red, green), blue)) = rows.next() {
                        for (((pixel, r), g), b) in row.iter().zip(red).zip(green).zip(blue) {
                            [*r, *g, *b] = finish(*pixel);
                        }
                    }
                });
            }
            Layout::ChannelsLast => {
                let mut rows = out.chunks_exact_mut(3 * width);
                self.rows(picture, |row| {
                    if let Some(out) = rows.next() {
                        for (pixel, out) in row.iter().zip(out.chunks_exact_mut(3)) {
                            out.copy_from_slice(&finish(*pixel));
                        }
                    }
                });
            }
        }
    }

    /// The changed picture as a picture, for looking at; values are rounded.
    pub fn apply_to_picture(&self, picture: &RgbImage) -> RgbImage {
        let mut changed = RgbImage::new(picture.width(), picture.height());
        let mut pixels = changed.pixels_mut();
        self.rows(picture, |row| {
            for (value, pixel) in row.iter().zip(&mut pixels) {
                *pixel = Rgb(value.map(|v| (v + 0.5) as u8));
            }
        });
        changed
    }

    /// Hands out the changed picture row by row, values 0..=255.
    fn rows(&self, picture: &RgbImage, mut take: impl FnMut(&[[f32; 3]])) {
        let colour = Colour::of(self, picture);
        let erased = self.erased.map(|e| e.pixels(picture.width(), picture.height()));
        let mut y = 0;
        warp(picture, &Map::of(self, picture.dimensions()), self.fill, |row| {
            if let Some(colour) = &colour {
                row.iter_mut().for_each(|pixel| *pixel = colour.of_pixel(*pixel));
            }
            if let Some((columns, rows, noise)) = &erased
                && rows.contains(&y)
            {
                for x in columns.clone() {
                    row[x] = noise_at(*noise, x, y);
                }
            }
            take(row);
            y += 1;
        });
    }
}

impl ErasedBox {
    fn pixels(&self, width: u32, height: u32) -> (std::ops::Range<usize>, std::ops::Range<usize>, u64) {
        let span = |from: f64, length: f64, whole: u32| {
            let at = |share: f64| ((share * f64::from(whole)).round() as usize).min(whole as usize);
            at(from)..at(from + length)
        };
        (span(self.left, self.width, width), span(self.top, self.height, height), self.noise)
    }
}

/// Even noise 0..256 of a pixel: SplitMix64's finaliser of its place.
fn noise_at(noise: u64, x: usize, y: usize) -> [f32; 3] {
    let mut z = noise.wrapping_add(((y as u64) << 32 | x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let [r, g, b, ..] = (z ^ (z >> 31)).to_le_bytes();
    [r, g, b].map(f32::from)
}
