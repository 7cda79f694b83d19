//! What is measured in a picture when it is taken in: identity, likeness, sharpness, brightness.

use std::sync::OnceLock;

use image::{GrayImage, RgbImage};
use image_hasher::{HashAlg, Hasher, HasherConfig};
pub use kihap_vision::picture::PictureError;

use crate::sample::Measures;

/// Longer side in pixels of the grey copy that everything is measured on, so that a 12-megapixel photograph and its
/// thumbnail give about the same numbers. Smaller pictures are not enlarged.
const MEASURED_SIDE: u32 = 256;

/// What is known about a picture once it was decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureFacts {
    /// BLAKE3 of the file's bytes, in hexadecimal.
    pub hash: String,
    /// See [`perceptual_hash`].
    pub perceptual_hash: u64,
    /// Width in pixels after EXIF orientation.
    pub width: u32,
    /// Height in pixels after EXIF orientation.
    pub height: u32,
    /// Sharpness and brightness.
    pub measures: Measures,
    /// The usual extension of the format: `jpg`, `png` or `webp`.
    pub extension: &'static str,
}

/// BLAKE3 of a file's bytes, in hexadecimal: the identity of a picture.
pub fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Decodes `bytes` and measures the picture; the error says what is wrong with it.
pub fn examine(bytes: &[u8]) -> Result<PictureFacts, PictureError> {
    Ok(facts(bytes, content_hash(bytes), &kihap_vision::picture::decode(bytes)?))
}

/// Measures a picture that was decoded from (or encoded to) `bytes`, whose [`content_hash`] is `hash`.
pub(crate) fn facts(bytes: &[u8], hash: String, picture: &RgbImage) -> PictureFacts {
    let extension = match image::guess_format(bytes) {
        Ok(image::ImageFormat::Png) => "png",
        Ok(image::ImageFormat::WebP) => "webp",
        _ => "jpg",
    };
    let grey = grey_copy(picture);
    PictureFacts {
        hash,
        perceptual_hash: perceptual_hash(&grey),
        width: picture.width(),
        height: picture.height(),
        measures: measure(&grey),
        extension,
    }
}

/// A grey copy (luma of BT.601) of at most 256 pixels on the longer side; each pixel is the mean of those it stands for.
pub fn grey_copy(picture: &RgbImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let longer = width.max(height).max(1);
    let to = |side: u32| {
        if longer <= MEASURED_SIDE { side } else { (side * MEASURED_SIDE).div_ceil(longer).clamp(1, MEASURED_SIDE) }
    };
    let (new_width, new_height) = (to(width), to(height));
    let bound = |i: u32, new: u32, old: u32| (u64::from(i) * u64::from(old) / u64::from(new)) as usize;
    let columns: Vec<usize> = (0..=new_width).map(|x| bound(x, new_width, width) * 3).collect();
    let stride = width as usize * 3;
    let pixels = picture.as_raw();
    let mut grey = GrayImage::new(new_width, new_height);
    let mut sums = vec![0u32; new_width as usize];
    for (y, row) in grey.rows_mut().enumerate() {
        let (top, bottom) = (bound(y as u32, new_height, height), bound(y as u32 + 1, new_height, height));
        sums.fill(0);
        for line in top..bottom {
            let line = &pixels[line * stride..(line + 1) * stride];
            for (sum, pair) in sums.iter_mut().zip(columns.windows(2)) {
                *sum += line[pair[0]..pair[1]]
                    .chunks_exact(3)
                    .map(|p| (77 * u32::from(p[0]) + 150 * u32::from(p[1]) + 29 * u32::from(p[2])) >> 8)
                    .sum::<u32>();
            }
        }
        for ((pixel, sum), pair) in row.zip(&sums).zip(columns.windows(2)) {
            let count = ((pair[1] - pair[0]) / 3 * (bottom - top)).max(1) as u32;
            pixel.0[0] = ((sum + count / 2) / count) as u8;
        }
    }
    grey
}

/// A 64-bit hash of what a picture looks like (pHash: the signs of its lowest 8×8 cosine coefficients against their
/// median). The same picture after rescaling or recompressing differs in a few bits, unrelated pictures in about 32.
pub fn perceptual_hash(grey: &GrayImage) -> u64 {
    static HASHER: OnceLock<Hasher<[u8; 8]>> = OnceLock::new();
    let hasher = HASHER.get_or_init(|| {
        HasherConfig::with_bytes_type::<[u8; 8]>()
            .hash_size(8, 8)
            .hash_alg(HashAlg::Median)
            .preproc_dct()
            .resize_filter(image_hasher::FilterType::Triangle)
            .to_hasher()
    });
    let mut bytes = [0; 8];
    bytes.copy_from_slice(hasher.hash_image(grey).as_bytes());
    u64::from_be_bytes(bytes)
}

/// Measures a grey copy made by [`grey_copy`].
///
/// Sharpness: the variance of the second derivative against the mean squared first derivative, as a root, along the
/// rows, the columns and both diagonals; the smallest of the four counts. The plain variance of the Laplacian
/// (Pech-Pacheco and others, 2000) calls every sharp picture of a plain wall blurred, since it grows with contrast; the
/// ratio asks how steep the edges are that there are. The smallest direction is the one a shaking camera moved along.
pub fn measure(grey: &GrayImage) -> Measures {
    let pixels = grey.as_raw();
    let mut histogram = [0u64; 256];
    for &p in pixels {
        histogram[usize::from(p)] += 1;
    }
    let count: u64 = histogram.iter().sum();
    let brightness = histogram.iter().enumerate().map(|(v, n)| v as f64 * *n as f64).sum::<f64>() / count.max(1) as f64;
    let mut seen = 0;
    let highlight = histogram.iter().position(|n| {
        seen += n;
        seen * 100 >= count * 98
    });

    let sharpness = [(1, 0), (0, 1), (1, 1), (1, -1)]
        .map(|direction| steepness(grey, direction))
        .into_iter()
        .fold(f64::INFINITY, f64::min);
    Measures { sharpness: sharpness as f32, brightness: brightness as f32, highlight: highlight.unwrap_or(0) as f32 }
}

/// Ratio of second to first derivatives along one direction, from 0 (flat) to about 2 (as steep as pixels allow).
fn steepness(grey: &GrayImage, (dx, dy): (isize, isize)) -> f64 {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    if width < 3 || height < 3 {
        return 0.0;
    }
    let pixels = grey.as_raw();
    let step = dy * width as isize + dx;
    let (mut sum, mut bends, mut slopes) = (0i64, 0i64, 0i64);
    for y in 1..height - 1 {
        let row = y * width;
        for at in row + 1..row + width - 1 {
            let before = i64::from(pixels[at.wrapping_add_signed(-step)]);
            let after = i64::from(pixels[at.wrapping_add_signed(step)]);
            let bend = before + after - 2 * i64::from(pixels[at]);
            let slope = after - before;
            sum += bend;
            bends += bend * bend;
            slopes += slope * slope;
        }
    }
    let count = ((width - 2) * (height - 2)) as f64;
    let variance = (bends as f64 / count - (sum as f64 / count).powi(2)).max(0.0);
    // Slopes were taken over two pixels; the 1 keeps the rounding noise of flat pictures from counting as edges.
    (variance / (slopes as f64 / 4.0 / count + 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn checks(width: u32, height: u32, cell: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let v = if (x / cell + y / cell).is_multiple_of(2) { 40 } else { 210 };
            Rgb([v, v, v])
        })
    }

    #[test]
    fn the_grey_copy_keeps_shape_and_brightness() {
        let grey = grey_copy(&RgbImage::from_pixel(1000, 500, Rgb([100, 100, 100])));
        assert_eq!(grey.dimensions(), (256, 128));
        assert!(grey.pixels().all(|p| p.0[0].abs_diff(100) <= 1));
        assert_eq!(grey_copy(&RgbImage::new(30, 20)).dimensions(), (30, 20), "small pictures are not enlarged");
        assert_eq!(grey_copy(&RgbImage::new(5000, 1)).dimensions(), (256, 1));
    }

    #[test]
    fn blur_lowers_sharpness_and_contrast_does_not() {
        let sharp = checks(256, 256, 16);
        let faint = RgbImage::from_fn(256, 256, |x, y| {
            let v = (f32::from(sharp.get_pixel(x, y).0[0]) * 0.3 + 90.0) as u8;
            Rgb([v, v, v])
        });
        let blurred = image::imageops::blur(&sharp, 4.0);
        let shaken = RgbImage::from_fn(256, 256, |x, y| {
            let sum: u32 = (0..12).map(|i| u32::from(sharp.get_pixel((x + i) % 256, y).0[0])).sum();
            Rgb([(sum / 12) as u8; 3])
        });
        let [sharp, faint, blurred, shaken] =
            [&sharp, &faint, &blurred, &shaken].map(|p| measure(&grey_copy(p)).sharpness);
        assert!(blurred < sharp / 3.0, "sharp {sharp}, blurred {blurred}");
        assert!(shaken < sharp / 2.0, "sharp {sharp}, shaken {shaken}");
        assert!((faint / sharp - 1.0).abs() < 0.1, "sharp {sharp}, faint {faint}");
    }

    #[test]
    fn brightness_and_highlight_are_in_luma_steps() {
        let mut picture = RgbImage::from_pixel(100, 100, Rgb([10, 10, 10]));
        for y in 0..10 {
            for x in 0..100 {
                picture.put_pixel(x, y, Rgb([200, 200, 200]));
            }
        }
        let measures = measure(&grey_copy(&picture));
        assert!((measures.brightness - 29.0).abs() < 1.5, "{measures:?}");
        assert!((measures.highlight - 200.0).abs() < 1.5, "{measures:?}");
        assert_eq!(measure(&grey_copy(&RgbImage::new(20, 20))), Measures::default());
    }

    #[test]
    fn the_same_picture_at_another_size_hashes_alike_and_another_picture_does_not() {
        // Waves along both axes up to the eighth, with strengths that depend on `kind`.
        let scene = |w: u32, h: u32, kind: u32| {
            RgbImage::from_fn(w, h, |x, y| {
                let (u, v) = (x as f32 / w as f32, y as f32 / h as f32);
                let waves = (0..64u32).map(|i| {
                    let strength = ((i + 1) * (kind + 3) * 7919 % 31) as f32 - 15.0;
                    let (a, b) = ((i % 8) as f32, (i / 8) as f32);
                    strength * (std::f32::consts::PI * a * u).cos() * (std::f32::consts::PI * b * v).cos()
                });
                Rgb([(128.0 + waves.sum::<f32>() / 2.0).clamp(0.0, 255.0) as u8; 3])
            })
        };
        let hash = |p: &RgbImage| perceptual_hash(&grey_copy(p));
        let one = hash(&scene(640, 480, 0));
        assert!((one ^ hash(&scene(320, 240, 0))).count_ones() <= 4);
        assert!((one ^ hash(&scene(640, 480, 5))).count_ones() >= 12);
    }

    #[test]
    fn extension_follows_the_content() {
        let mut bytes = std::io::Cursor::new(Vec::new());
        checks(32, 32, 8).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let facts = examine(bytes.get_ref()).unwrap();
        assert_eq!((facts.extension, facts.width, facts.height), ("png", 32, 32));
        assert_eq!(facts.hash, content_hash(bytes.get_ref()));
    }
}
