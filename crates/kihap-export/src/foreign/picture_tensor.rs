//! How a picture becomes the numbers that a network of others reads.

use image::RgbImage;
use kihap_vision::backbone::{Fit, Preprocessing};
use kihap_vision::fitting::{Filter, TargetSize};
use kihap_vision::picture::PictureError;

/// No network's picture is larger than this on a side.
pub(super) const LARGEST_SIDE: usize = 2048;

/// A network's picture input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureTensor {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// One channel of grey (0.2989 R + 0.587 G + 0.114 B, as Teachable Machine's) instead of red, green and blue.
    pub grey: bool,
    /// `[1, height, width, channels]` instead of `[1, channels, height, width]`.
    pub channels_last: bool,
    /// How a picture becomes the rectangle.
    pub fit: Fit,
    /// Subtracted from every value 0..=255 of red, green and blue.
    pub mean: [f32; 3],
    /// Divides what is left.
    pub scale: [f32; 3],
}

impl PictureTensor {
    /// Red, green and blue planes as `preprocessing` says.
    pub(super) fn of(preprocessing: &Preprocessing) -> PictureTensor {
        let Preprocessing { side, fit, mean, scale } = *preprocessing;
        PictureTensor { width: side, height: side, grey: false, channels_last: false, fit, mean, scale }
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        if self.grey { 1 } else { 3 }
    }

    /// The shape of a picture's numbers, with a batch of 1.
    pub fn shape(&self) -> [usize; 4] {
        let (channels, height, width) = (self.channels(), self.height, self.width);
        if self.channels_last { [1, height, width, channels] } else { [1, channels, height, width] }
    }

    /// The numbers of a picture, row by row of [`PictureTensor::shape`].
    ///
    /// # Errors
    /// A picture that cannot be brought to size.
    pub fn numbers(&self, picture: &RgbImage) -> Result<Vec<f32>, PictureError> {
        let (width, height) = (self.width as u32, self.height as u32);
        let fitted = if picture.dimensions() == (width, height) {
            picture.clone()
        } else {
            TargetSize { width, height, fit: self.fit, filter: Filter::Bilinear }.fit(picture)?
        };
        let (plane, channels) = (width as usize * height as usize, self.channels());
        let mut numbers = vec![0.0; plane * channels];
        for (at, pixel) in fitted.as_raw().chunks_exact(3).enumerate() {
            let rgb: [f32; 3] = std::array::from_fn(|c| (f32::from(pixel[c]) - self.mean[c]) / self.scale[c]);
            let values = if self.grey { [0.2989 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]; 3] } else { rgb };
            for (channel, value) in values.iter().take(channels).enumerate() {
                let place = if self.channels_last { at * channels + channel } else { channel * plane + at };
                numbers[place] = *value;
            }
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn numbers_lie_where_the_network_reads_them() {
        let picture = RgbImage::from_fn(2, 2, |x, y| Rgb([(x * 10) as u8, (y * 10) as u8, 200]));
        let mut tensor = PictureTensor {
            width: 2,
            height: 2,
            grey: false,
            channels_last: false,
            fit: Fit::Stretch,
            mean: [0.0; 3],
            scale: [1.0; 3],
        };
        assert_eq!(tensor.numbers(&picture).unwrap(), [0., 10., 0., 10., 0., 0., 10., 10., 200., 200., 200., 200.]);
        tensor.channels_last = true;
        assert_eq!(tensor.numbers(&picture).unwrap()[..6], [0., 0., 200., 10., 0., 200.]);
        assert_eq!(tensor.shape(), [1, 2, 2, 3]);
        tensor.grey = true;
        let grey = tensor.numbers(&picture).unwrap();
        assert_eq!(grey.len(), 4);
        assert!((grey[1] - (2.989 + 22.8)).abs() < 1e-3, "{grey:?}");
    }
}
