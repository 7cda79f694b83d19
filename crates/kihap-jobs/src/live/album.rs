//! Small pictures of a performance, for the places of its sheet.

use std::collections::VecDeque;

use image::codecs::jpeg::JpegEncoder;
use image::{RgbImage, imageops};
use kihap_vision::Pose;

/// Least time between two pictures, seconds, a little under three frames of a camera with 30 a second: an end posture is held longer.
const EVERY_S: f64 = 0.09;
/// Longest side, pixels.
const SIDE: u32 = 400;
const QUALITY: u8 = 80;
/// Bytes kept at most; beyond that every other picture goes.
const BYTES: usize = 48 << 20;

/// A picture that was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// When it was taken, seconds.
    pub seconds: f64,
    /// JPEG.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The person's joints in pixels of this picture, and how visible each is, 0 to 1.
    pub points: Vec<[f32; 3]>,
}

/// Pictures in order of time, about ten a second and at most 48 MiB.
#[derive(Debug, Default)]
pub struct Album {
    kept: VecDeque<Kept>,
    bytes: usize,
    every_s: Option<f64>,
}

impl Album {
    /// Keeps a small copy of the picture, unless the one before is too near.
    pub fn keep(&mut self, seconds: f64, picture: &RgbImage, pose: Option<&Pose>) {
        let every = *self.every_s.get_or_insert(EVERY_S);
        if self.kept.back().is_some_and(|last| seconds - last.seconds < every) {
            return;
        }
        let (width, height) = picture.dimensions();
        let scale = (SIDE as f32 / width.max(height).max(1) as f32).min(1.0);
        let size = |side: u32| ((side as f32 * scale).round() as u32).max(1);
        let small = imageops::thumbnail(picture, size(width), size(height));
        let mut jpeg = Vec::new();
        // Writing to memory fails only for pictures that no JPEG can hold; those need not be kept.
        if JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&small).is_err() {
            return;
        }
        let landmarks = pose.map(|pose| pose.landmarks.as_slice()).unwrap_or_default();
        let points = landmarks.iter().map(|point| [point.x * scale, point.y * scale, point.visibility]).collect();
        self.bytes += jpeg.len();
        self.kept.push_back(Kept { seconds, jpeg, width: small.width(), height: small.height(), points });
        if self.bytes > BYTES {
            self.thin(every);
        }
    }

    fn thin(&mut self, every: f64) {
        let mut odd = false;
        self.kept.retain(|_| {
            odd = !odd;
            odd
        });
        self.bytes = self.kept.iter().map(|kept| kept.jpeg.len()).sum();
        self.every_s = Some(2.0 * every);
    }

    /// Forgets what was before.
    pub fn forget_before(&mut self, seconds: f64) {
        while self.kept.front().is_some_and(|first| first.seconds < seconds) {
            self.bytes -= self.kept.pop_front().map_or(0, |first| first.jpeg.len());
        }
    }

    /// The picture taken nearest to a time.
    pub fn nearest(&self, seconds: f64) -> Option<&Kept> {
        let off = |kept: &&Kept| (kept.seconds - seconds).abs();
        self.kept.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_small_pictures_a_second_and_the_nearest_of_them() {
        let mut album = Album::default();
        let picture = RgbImage::from_pixel(800, 600, image::Rgb([9, 9, 9]));
        for i in 0..60 {
            album.keep(f64::from(i) / 30.0, &picture, None);
        }
        assert!((18..=20).contains(&album.kept.len()), "{}", album.kept.len());
        let found = album.nearest(1.04).unwrap();
        assert!((found.seconds - 1.04).abs() <= 0.06);
        assert_eq!((found.width, found.height), (400, 300));
        assert!(image::load_from_memory(&found.jpeg).is_ok());
        album.forget_before(1.0);
        assert!(album.nearest(0.0).unwrap().seconds >= 1.0);
    }

    #[test]
    fn memory_is_bounded() {
        let mut album = Album::default();
        let picture = RgbImage::new(40, 30);
        for i in 0..100 {
            album.keep(f64::from(i), &picture, None);
        }
        let one = album.bytes / 100;
        album.bytes = BYTES;
        album.keep(100.0, &picture, None);
        assert!(album.kept.len() <= 51 && album.bytes <= one * 60, "{} of {}", album.kept.len(), album.bytes);
        album.keep(100.13, &picture, None);
        assert!(album.kept.back().unwrap().seconds < 100.1);
    }
}
