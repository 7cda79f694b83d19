//! The dice thrown for one picture.

use std::ops::Range;

use image::RgbImage;
use rand::Rng;

use super::settings::{Erasing, Fill, PictureAugmentation};
use super::warp::{Colour, Layout, Map, Row, Source};
use crate::backbone::{Fit, Preprocessing};

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
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        assert_eq!(out.len(), 3 * width * height, "the input for a picture of {width}×{height} has another length");
        let scale = preprocessing.scale.map(|s| 1.0 / s);
        let offset: [f32; 3] = std::array::from_fn(|c| -preprocessing.mean[c] * scale[c]);
        let finish = |c: usize, v: f32| v * scale[c] + offset[c];
        let mut rows = Rows::of(self, picture);
        match layout {
            Layout::ChannelsFirst => {
                let (red, rest) = out.split_at_mut(width * height);
                let (green, blue) = rest.split_at_mut(width * height);
                let planes = red.chunks_exact_mut(width).zip(green.chunks_exact_mut(width));
                for ((red, green), blue) in planes.zip(blue.chunks_exact_mut(width)) {
                    rows.next([red, green, blue]);
                    for (c, row) in [red, green, blue].into_iter().enumerate() {
                        row.iter_mut().for_each(|v| *v = finish(c, *v));
                    }
                }
            }
            Layout::ChannelsLast => {
                let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0.0; width]);
                for out in out.chunks_exact_mut(3 * width) {
                    rows.next([&mut red, &mut green, &mut blue]);
                    for (x, pixel) in out.chunks_exact_mut(3).enumerate() {
                        pixel.copy_from_slice(&[finish(0, red[x]), finish(1, green[x]), finish(2, blue[x])]);
                    }
                }
            }
        }
    }

    /// The changed picture as a picture, for looking at; values are rounded.
    pub fn apply_to_picture(&self, picture: &RgbImage) -> RgbImage {
        const PLAIN: Preprocessing = Preprocessing { side: 0, fit: Fit::Stretch, mean: [0.0; 3], scale: [1.0; 3] };
        let mut values = vec![0.0; picture.as_raw().len()];
        self.apply(picture, &PLAIN, Layout::ChannelsLast, &mut values);
        let mut changed = picture.clone();
        changed.iter_mut().zip(values).for_each(|(pixel, value)| *pixel = (value + 0.5) as u8);
        changed
    }
}

/// The changed picture, row by row.
struct Rows {
    source: Source,
    map: Map,
    colour: Option<Colour>,
    erased: Option<(Range<usize>, Range<usize>, u64)>,
    y: usize,
}

impl Rows {
    fn of(draw: &AugmentationDraw, picture: &RgbImage) -> Rows {
        let (width, height) = picture.dimensions();
        Rows {
            source: Source::of(picture, draw.fill),
            map: Map::of(draw, (width, height)),
            colour: Colour::of(draw, picture),
            erased: draw.erased.map(|e| (span(e.left, e.width, width), span(e.top, e.height, height), e.noise)),
            y: 0,
        }
    }

    /// Writes the next row, values 0..=255.
    fn next(&mut self, [red, green, blue]: Row) {
        self.source.read_row(&self.map, self.y, [red, green, blue]);
        if let Some(colour) = &self.colour {
            colour.change([red, green, blue]);
        }
        if let Some((columns, rows, noise)) = &self.erased
            && rows.contains(&self.y)
        {
            for x in columns.clone() {
                [red[x], green[x], blue[x]] = noise_at(*noise, x, self.y);
            }
        }
        self.y += 1;
    }
}

/// The pixels of a share of a length.
fn span(from: f64, length: f64, whole: u32) -> Range<usize> {
    let at = |share: f64| ((share * f64::from(whole)).round() as usize).min(whole as usize);
    at(from)..at(from + length)
}

/// Even noise 0..256 of a pixel: SplitMix64's finaliser of its place.
fn noise_at(noise: u64, x: usize, y: usize) -> [f32; 3] {
    let mut z = noise.wrapping_add(((y as u64) << 32 | x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let [r, g, b, ..] = (z ^ (z >> 31)).to_le_bytes();
    [r, g, b].map(f32::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn picture() -> RgbImage {
        RgbImage::from_fn(20, 14, |x, y| Rgb([(x * 12) as u8, (y * 18) as u8, 90]))
    }

    fn rng(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    #[test]
    fn a_draw_depends_on_its_stream_alone_and_options_on_themselves() {
        let original = PictureAugmentation::keras_original();
        assert_eq!(original.draw(&mut rng(3)), original.draw(&mut rng(3)));
        assert_ne!(original.draw(&mut rng(3)), original.draw(&mut rng(4)));
        let erase = Some(Erasing::default());
        let more = PictureAugmentation { hue_degrees: 20.0, erase, horizontal_flip: true, ..original };
        let (some, all) = (original.draw(&mut rng(5)), more.draw(&mut rng(5)));
        assert_eq!((some.rotation_degrees, some.shift, some.zoom), (all.rotation_degrees, all.shift, all.zoom));
    }

    #[test]
    fn draws_fill_their_ranges_and_stay_in_them() {
        let settings = PictureAugmentation {
            horizontal_flip: true,
            brightness: [0.5, 2.0],
            erase: Some(Erasing::default()),
            ..PictureAugmentation::keras_original()
        };
        let draws: Vec<_> = (0..2000).map(|seed| settings.draw(&mut rng(seed))).collect();
        let range = |value: &dyn Fn(&AugmentationDraw) -> f64| {
            draws.iter().map(value).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
        };
        for (value, low, high) in [
            (&(|d: &AugmentationDraw| d.rotation_degrees) as &dyn Fn(&AugmentationDraw) -> f64, -40.0, 40.0),
            (&|d: &AugmentationDraw| d.shift[1], -0.2, 0.2),
            (&|d: &AugmentationDraw| d.zoom[0], 0.8, 1.2),
            (&|d: &AugmentationDraw| d.brightness, 0.5, 2.0),
        ] {
            let (least, most) = range(value);
            let margin = (high - low) * 0.01;
            assert!(least >= low && least < low + margin && most <= high && most > high - margin, "{least} {most}");
        }
        let share = |count: usize| count as f64 / 2000.0;
        assert!((share(draws.iter().filter(|d| d.horizontal_flip).count()) - 0.5).abs() < 0.05);
        assert!(draws.iter().all(|d| !d.vertical_flip));
        let erased: Vec<_> = draws.iter().filter_map(|d| d.erased).collect();
        assert!((share(erased.len()) - 0.5).abs() < 0.05);
        for e in erased {
            assert!((0.02..=0.4).contains(&(e.width * e.height)), "{e:?}");
            assert!(e.left >= 0.0 && e.left + e.width <= 1.0 && e.top >= 0.0 && e.top + e.height <= 1.0, "{e:?}");
        }
    }

    #[test]
    fn nothing_drawn_changes_nothing_and_flips_mirror() {
        let draw = PictureAugmentation::none().draw(&mut rng(1));
        assert_eq!(draw, AugmentationDraw::IDENTITY);
        assert_eq!(draw.apply_to_picture(&picture()), picture());
        for fill in [Fill::Nearest, Fill::Reflect, Fill::Constant(0.0)] {
            let draw = AugmentationDraw { horizontal_flip: true, fill, ..draw };
            assert_eq!(draw.apply_to_picture(&picture()), image::imageops::flip_horizontal(&picture()));
            let draw = AugmentationDraw { vertical_flip: true, horizontal_flip: false, ..draw };
            assert_eq!(draw.apply_to_picture(&picture()), image::imageops::flip_vertical(&picture()));
        }
        let turned = AugmentationDraw { rotation_degrees: 180.0, ..AugmentationDraw::IDENTITY };
        assert_eq!(turned.apply_to_picture(&picture()), image::imageops::rotate180(&picture()));
    }

    #[test]
    fn both_layouts_hold_the_preprocessed_values() {
        let draw = PictureAugmentation::keras_original().draw(&mut rng(2));
        let preprocessing =
            Preprocessing { side: 20, fit: Fit::Stretch, mean: [10.0, 20.0, 30.0], scale: [2.0, 4.0, 8.0] };
        let (mut planes, mut pixels) = (vec![0.0; 840], vec![0.0; 840]);
        draw.apply(&picture(), &preprocessing, Layout::ChannelsFirst, &mut planes);
        draw.apply(&picture(), &preprocessing, Layout::ChannelsLast, &mut pixels);
        let looked_at = draw.apply_to_picture(&picture());
        for (i, pixel) in looked_at.pixels().enumerate() {
            for c in 0..3 {
                assert_eq!(planes[c * 280 + i], pixels[3 * i + c]);
                let value = pixels[3 * i + c] * preprocessing.scale[c] + preprocessing.mean[c];
                assert!((value - f32::from(pixel[c])).abs() <= 0.501, "{value} {}", pixel[c]);
            }
        }
    }

    #[test]
    fn colours_change_as_they_should() {
        let none = AugmentationDraw::IDENTITY;
        let one =
            |draw: AugmentationDraw, rgb| *draw.apply_to_picture(&RgbImage::from_pixel(4, 4, Rgb(rgb))).get_pixel(1, 1);
        assert_eq!(one(AugmentationDraw { brightness: 1.5, ..none }, [100, 200, 10]), Rgb([150, 255, 15]));
        assert_eq!(one(AugmentationDraw { saturation: 0.0, ..none }, [100, 200, 10]), Rgb([148, 148, 148]));
        assert_eq!(one(AugmentationDraw { hue_degrees: 90.0, ..none }, [77, 77, 77]), Rgb([77, 77, 77]));
        assert_eq!(one(AugmentationDraw { contrast: 3.0, ..none }, [50, 50, 50]), Rgb([50, 50, 50]));
        // A third of the way round the hues, red is mostly green or mostly blue.
        let turned = one(AugmentationDraw { hue_degrees: 120.0, ..none }, [180, 60, 60]);
        assert!(turned[0] < turned[1].max(turned[2]), "{turned:?}");
        let mut two = RgbImage::from_pixel(2, 1, Rgb([80; 3]));
        two.put_pixel(1, 0, Rgb([120; 3]));
        let strong = AugmentationDraw { contrast: 2.0, ..none }.apply_to_picture(&two);
        assert_eq!((strong.get_pixel(0, 0)[0], strong.get_pixel(1, 0)[0]), (60, 140));
    }

    #[test]
    fn the_erased_rectangle_is_noise_and_the_rest_is_not_touched() {
        let erased = Some(ErasedBox { left: 0.25, top: 0.5, width: 0.5, height: 0.5, noise: 8 });
        let out = AugmentationDraw { erased, ..AugmentationDraw::IDENTITY }.apply_to_picture(&picture());
        let mut changed = 0;
        for (x, y, pixel) in out.enumerate_pixels() {
            let inside = (5..15).contains(&x) && y >= 7;
            assert!(inside || pixel == picture().get_pixel(x, y));
            changed += usize::from(inside && pixel != picture().get_pixel(x, y));
        }
        assert!(changed >= 68, "{changed} of 70");
    }

    #[test]
    fn pictures_of_one_row_or_one_pixel_survive() {
        let draw = PictureAugmentation::keras_original().draw(&mut rng(9));
        for (width, height) in [(1, 1), (5, 1), (1, 5)] {
            let grey = RgbImage::from_pixel(width, height, Rgb([33; 3]));
            assert_eq!(draw.apply_to_picture(&grey), grey);
        }
    }
}
