//! Reading pictures: JPEG, PNG and WebP, turned upright as their EXIF says.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

/// The largest picture that is decoded, in pixels (a 120 megapixel photograph; 360 MB of RGB).
pub const MAX_PIXELS: u64 = 120_000_000;

/// Why a picture could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The file could not be opened or read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
    /// A file of no length.
    #[error("the file is empty")]
    Empty,
    /// Not one of the formats that are read.
    #[error("this is not a JPEG, PNG or WebP picture, whatever its name says")]
    NotAPicture,
    /// The compressed data end too early or are damaged.
    #[error("the picture is cut short: its data end before the last row (copy it again from the camera)")]
    Truncated,
    /// The decoder refused the data.
    #[error("the picture is damaged: {0}")]
    Damaged(String),
    /// A side of no length.
    #[error("the picture has no pixels ({width}×{height})")]
    NoPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// More pixels than [`MAX_PIXELS`].
    #[error("the picture is too large ({width}×{height}, the limit is 120 megapixels); make it smaller first")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// Whether the file name looks like a picture that [`read`] understands.
pub fn is_picture(path: &Path) -> bool {
    matches!(extension(path).as_str(), "jpg" | "jpeg" | "png" | "webp")
}

pub(crate) fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Reads a picture file as upright 8-bit RGB; transparency is dropped.
pub fn read(path: &Path) -> Result<RgbImage, PictureError> {
    let bytes = std::fs::read(path).map_err(|reason| PictureError::Unreadable { path: path.to_owned(), reason })?;
    decode(&bytes)
}

/// Decodes a picture in memory as upright 8-bit RGB; transparency is dropped. What kind it is is told from its first
/// bytes, not from a name. Pictures over [`MAX_PIXELS`] are refused before anything is allocated for them.
pub fn decode(bytes: &[u8]) -> Result<RgbImage, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| PictureError::NotAPicture)?;
    let format = reader.format();
    if !matches!(format, Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PictureError::NotAPicture);
    }
    if format == Some(ImageFormat::Jpeg) {
        if let Some((width, height)) = jpeg_size(bytes) {
            check_size(width, height)?;
        }
        if !jpeg_has_an_end(bytes) {
            return Err(PictureError::Truncated);
        }
    }
    if format == Some(ImageFormat::Png)
        && let Some(&[a, b, c, d, e, f, g, h]) = bytes.get(16..24)
    {
        check_size(u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))?;
    }
    let mut decoder = reader.into_decoder().map_err(damage)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damage)?;
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

/// Width and height in pixels as they will be after [`decode`], read from the header alone.
pub fn upright_size(bytes: &[u8]) -> Result<(u32, u32), PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| PictureError::NotAPicture)?;
    let mut decoder = reader.into_decoder().map_err(damage)?;
    let (width, height) = decoder.dimensions();
    use image::metadata::Orientation::*;
    Ok(match decoder.orientation() {
        Ok(Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) => (height, width),
        _ => (width, height),
    })
}

fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    if width == 0 || height == 0 {
        Err(PictureError::NoPixels { width, height })
    } else if u64::from(width) * u64::from(height) > MAX_PIXELS {
        Err(PictureError::TooLarge { width, height })
    } else {
        Ok(())
    }
}

fn damage(error: image::ImageError) -> PictureError {
    match error {
        image::ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => PictureError::Truncated,
        image::ImageError::Unsupported(_) => PictureError::NotAPicture,
        other => PictureError::Damaged(other.to_string()),
    }
}

/// Walks a JPEG's segments up to the scan; calls `visit(marker, payload)` and returns where the scan's data begin.
fn jpeg_segments(bytes: &[u8], mut visit: impl FnMut(u8, &[u8])) -> Option<usize> {
    let mut at = 2;
    loop {
        while *bytes.get(at)? != 0xFF {
            at += 1;
        }
        while *bytes.get(at)? == 0xFF {
            at += 1;
        }
        let marker = *bytes.get(at)?;
        at += 1;
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        visit(marker, bytes.get(at + 2..at + length)?);
        at += length;
        if marker == 0xDA {
            return Some(at);
        }
    }
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut size = None;
    jpeg_segments(bytes, |marker, payload| {
        let frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if frame && payload.len() >= 5 {
            let height = u32::from(u16::from_be_bytes([payload[1], payload[2]]));
            let width = u32::from(u16::from_be_bytes([payload[3], payload[4]]));
            size = Some((width, height));
        }
    });
    size
}

/// The decoder fills what is missing with grey, so a file cut short is told by its missing end marker.
fn jpeg_has_an_end(bytes: &[u8]) -> bool {
    jpeg_segments(bytes, |_, _| {}).is_some_and(|scan| bytes[scan..].windows(2).rev().any(|w| w == [0xFF, 0xD9]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::ImageEncoder;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 5) as u8, (y * 7) as u8, 40]));
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)
            .write_image(&picture, width, height, image::ExtendedColorType::Rgb8)
            .unwrap();
        bytes
    }

    /// Inserts an EXIF segment with nothing but an orientation.
    fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let tiff =
            [b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        let mut out = jpeg[..2].to_vec();
        out.extend([0xFF, 0xE1]);
        out.extend(((2 + 6 + tiff.len()) as u16).to_be_bytes());
        out.extend(b"Exif\0\0");
        out.extend(tiff);
        out.extend(&jpeg[2..]);
        out
    }

    #[test]
    fn exif_orientation_turns_the_picture_upright() {
        let plain = jpeg(40, 24);
        let turned = with_orientation(&plain, 6);
        let upright = decode(&turned).unwrap();
        assert_eq!(upright.dimensions(), (24, 40));
        assert_eq!(upright_size(&turned).unwrap(), (24, 40));
        // Orientation 6 means "turn clockwise to view": the stored top left corner ends at the top right.
        assert_eq!(upright.get_pixel(23, 0), decode(&plain).unwrap().get_pixel(0, 0));
    }

    #[test]
    fn each_bad_file_says_what_is_wrong() {
        let whole = jpeg(64, 64);
        assert!(matches!(decode(&[]), Err(PictureError::Empty)));
        assert!(matches!(decode(b"hello, I am text"), Err(PictureError::NotAPicture)));
        assert!(matches!(decode(&whole[..whole.len() / 2]), Err(PictureError::Truncated)));
        assert!(matches!(decode(&whole[..30]), Err(PictureError::Truncated | PictureError::Damaged(_))));
        let mut png = Vec::new();
        image::codecs::png::PngEncoder::new(&mut png)
            .write_image(&[0; 12], 2, 2, image::ExtendedColorType::Rgb8)
            .unwrap();
        assert_eq!(decode(&png).unwrap().dimensions(), (2, 2));
        let mut none = png.clone();
        none[16..24].fill(0);
        assert!(matches!(decode(&none), Err(PictureError::NoPixels { width: 0, height: 0 })));
        assert!(decode(&png[..png.len() - 20]).is_err());
    }

    /// Rewrites the size in a JPEG's frame header.
    fn resized_header(bytes: &[u8], width: u16, height: u16) -> Vec<u8> {
        let at = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
        let mut out = bytes.to_vec();
        out[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
        out[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
        out
    }

    #[test]
    fn absurd_sizes_are_refused_before_decoding() {
        let huge = resized_header(&jpeg(16, 16), 20_000, 20_000);
        assert!(matches!(decode(&huge), Err(PictureError::TooLarge { width: 20_000, height: 20_000 })));
        let none = resized_header(&jpeg(16, 16), 0, 0);
        assert!(matches!(decode(&none), Err(PictureError::NoPixels { .. })));
    }
}
