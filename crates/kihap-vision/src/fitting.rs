//! Bringing pictures to the size a network wants.

use std::path::Path;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::backbone::Fit;
use crate::picture::{self, PictureError};

/// How pixels are made when a picture is brought to another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Bilinear convolution: shrinking is anti-aliased.
    #[default]
    Bilinear,
    /// The nearest pixel, as Pillow takes it; what Keras' `flow_from_directory` does unless told otherwise. Thin limbs get
    /// ragged.
    Nearest,
}

/// A size for pictures and the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSize {
    /// Width in pixels, over 0.
    pub width: u32,
    /// Height in pixels, over 0.
    pub height: u32,
    /// Whether the whole picture is taken.
    pub fit: Fit,
    /// How pixels are made.
    pub filter: Filter,
}

impl TargetSize {
    /// A picture brought to this size.
    ///
    /// # Errors
    /// When a side has no length.
    pub fn fit(&self, picture: &RgbImage) -> Result<RgbImage, PictureError> {
        if self.width == 0 || self.height == 0 {
            return Err(PictureError::NoPixels { width: self.width, height: self.height });
        }
        let (left, top, width, height) = self.region(picture);
        if self.filter == Filter::Nearest {
            return Ok(nearest(picture, (left, top), (width, height), (self.width, self.height)));
        }
        let failed = |e: &dyn std::fmt::Display| PictureError::Damaged(e.to_string());
        let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
            .map_err(|e| failed(&e))?;
        let mut target = Image::new(self.width, self.height, PixelType::U8x3);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
            .crop(left, top, width, height);
        Resizer::new().resize(&source, &mut target, &options).map_err(|e| failed(&e))?;
        RgbImage::from_raw(self.width, self.height, target.into_vec())
            .ok_or(PictureError::NoPixels { width: self.width, height: self.height })
    }

    /// The part of the picture that is taken: left, top, width, height.
    fn region(&self, picture: &RgbImage) -> (f64, f64, f64, f64) {
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        if self.fit == Fit::Stretch {
            return (0.0, 0.0, width, height);
        }
        let wanted = f64::from(self.width) / f64::from(self.height);
        let (w, h) = if width > height * wanted { (height * wanted, height) } else { (width, width / wanted) };
        ((width - w) / 2.0, (height - h) / 2.0, w, h)
    }
}

/// Each pixel from where its centre falls. Steps are added up as Pillow adds them: 224 out of 640 puts every seventh centre
/// on the edge between two pixels, and there the last bit decides.
fn nearest(picture: &RgbImage, from: (f64, f64), region: (f64, f64), to: (u32, u32)) -> RgbImage {
    let places = |start: f64, length: f64, count: u32, limit: u32| -> Vec<u32> {
        let step = length / f64::from(count);
        let centres = std::iter::successors(Some(start + step * 0.5), |at| Some(at + step));
        centres.take(count as usize).map(|at| (at as u32).min(limit - 1)).collect()
    };
    let columns = places(from.0, region.0, to.0, picture.width());
    let rows = places(from.1, region.1, to.1, picture.height());
    RgbImage::from_fn(to.0, to.1, |x, y| *picture.get_pixel(columns[x as usize], rows[y as usize]))
}

/// Reads a picture file upright and brings it to a network's size.
///
/// # Errors
/// When the file cannot be read or is no whole picture.
pub fn decode_to_fit(path: &Path, size: &TargetSize) -> Result<RgbImage, PictureError> {
    size.fit(&picture::read(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn cropping_keeps_the_middle_and_stretching_keeps_all() {
        let picture = RgbImage::from_fn(300, 100, |x, _| Rgb([if x < 100 { 255 } else { 0 }, 0, (x / 2) as u8]));
        for filter in [Filter::Bilinear, Filter::Nearest] {
            let all = TargetSize { width: 30, height: 10, fit: Fit::Stretch, filter }.fit(&picture).unwrap();
            assert_eq!((all.dimensions(), all.get_pixel(0, 5)[0]), ((30, 10), 255));
            let middle = TargetSize { width: 50, height: 50, fit: Fit::CentreCrop, filter }.fit(&picture).unwrap();
            assert_eq!((middle.dimensions(), middle.get_pixel(3, 5)[0]), ((50, 50), 0));
            assert!((i32::from(middle.get_pixel(25, 5)[2]) - 75).abs() <= 1);
        }
        let none = TargetSize { width: 0, height: 10, fit: Fit::Stretch, filter: Filter::Nearest };
        assert!(none.fit(&picture).is_err());
    }
}
