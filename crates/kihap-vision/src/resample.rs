//! The resizings that the networks' own clients use, done as they do them: another filter gives other answers.

use image::RgbImage;

/// A picture padded by black to a square, as the client of a network does it: where the picture lies in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Padded {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Padded {
    /// TensorFlow.js' PoseNet (`padAndResizeTo`): the same rounded half of the difference on both sides, so that an
    /// odd difference gives a rectangle one pixel off a square.
    pub(crate) fn same_on_both_sides(width: u32, height: u32) -> Padded {
        let (width, height) = (width as usize, height as usize);
        let half = |long: usize, short: usize| (long.saturating_sub(short) as f64 * 0.5).round() as usize;
        let (left, top) = (half(height, width), half(width, height));
        Padded { left, top, width: width + 2 * left, height: height + 2 * top }
    }
}

/// Which source position an output position looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grid {
    /// `i · in/out`: TensorFlow's legacy `resizeBilinear`, neither corners aligned nor half-pixel centres.
    Legacy,
    /// `i · (in − 1)/(out − 1)`: corners on corners, as `cropAndResize` of a whole picture does it.
    CornersAligned,
}

impl Grid {
    fn position(self, i: usize, from: usize, to: usize) -> f32 {
        match self {
            Grid::Legacy => i as f32 * (from as f32 / to as f32),
            Grid::CornersAligned => i as f32 * ((from - 1) as f32 / (to - 1) as f32),
        }
    }
}

/// Bilinear resize of the padded picture to `side`×`side` planes R, G, B (channels first), each value put through `map`.
pub(crate) fn resize_padded(
    picture: &RgbImage,
    padded: &Padded,
    side: usize,
    grid: Grid,
    map: impl Fn(f32) -> f32,
) -> Vec<f32> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let data = picture.as_raw();
    let taps = |pad: usize, inner: usize, whole: usize| -> Vec<(Option<usize>, Option<usize>, f32)> {
        let inside = |at: usize| (at >= pad && at < pad + inner).then(|| at - pad);
        (0..side)
            .map(|i| {
                let at = grid.position(i, whole, side);
                let low = (at.floor() as usize).min(whole - 1);
                let high = (at.ceil() as usize).min(whole - 1);
                (inside(low), inside(high), at - low as f32)
            })
            .collect()
    };
    let columns = taps(padded.left, width, padded.width);
    let rows = taps(padded.top, height, padded.height);
    let mut out = vec![0.0; 3 * side * side];
    for (j, (above, below, down)) in rows.iter().enumerate() {
        for (i, (left, right, along)) in columns.iter().enumerate() {
            for c in 0..3 {
                let pixel = |y: &Option<usize>, x: &Option<usize>| match (y, x) {
                    (Some(y), Some(x)) => f32::from(data[(y * width + x) * 3 + c]),
                    _ => 0.0,
                };
                let upper = pixel(above, left) + (pixel(above, right) - pixel(above, left)) * along;
                let lower = pixel(below, left) + (pixel(below, right) - pixel(below, left)) * along;
                out[(c * side + j) * side + i] = map(upper + (lower - upper) * down);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn an_odd_difference_pads_one_pixel_too_many() {
        assert_eq!(Padded::same_on_both_sides(101, 200), Padded { left: 50, top: 0, width: 201, height: 200 });
        assert_eq!(Padded::same_on_both_sides(300, 200).top, 50);
    }

    #[test]
    fn the_two_grids_look_where_they_should() {
        assert_eq!(Grid::Legacy.position(2, 8, 4), 4.0);
        assert_eq!(Grid::CornersAligned.position(3, 8, 4), 7.0);
    }

    #[test]
    fn padding_is_black_and_the_middle_is_kept() {
        let picture = RgbImage::from_pixel(4, 2, Rgb([200, 100, 50]));
        let padded = Padded::same_on_both_sides(4, 2);
        let out = resize_padded(&picture, &padded, 4, Grid::Legacy, |v| v);
        assert_eq!(&out[..4], &[0.0; 4]);
        assert_eq!(&out[4..12], &[200.0; 8]);
        assert_eq!(out[16 + 5], 100.0);
    }
}
