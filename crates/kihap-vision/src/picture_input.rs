//! What of a picture a network is shown: the photo, the photo with the skeleton on it, or the skeleton alone.

use std::fmt;
use std::str::FromStr;

use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::draw::{DrawMode, draw_wide};
use crate::pose::Pose;

/// What of a picture a network is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureInput {
    /// The photo as it is.
    #[default]
    Photo,
    /// The photo with the skeletons drawn on it.
    Overlay,
    /// The skeletons alone, on black, where they are in the photo.
    Skeleton,
}

impl PictureInput {
    /// All of them.
    pub const ALL: [PictureInput; 3] = [PictureInput::Photo, PictureInput::Overlay, PictureInput::Skeleton];

    /// The name in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            PictureInput::Photo => "photo",
            PictureInput::Overlay => "overlay",
            PictureInput::Skeleton => "skeleton",
        }
    }

    /// Whether people have to be looked for first.
    pub fn needs_people(self) -> bool {
        self != PictureInput::Photo
    }
}

impl fmt::Display for PictureInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PictureInput {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        PictureInput::ALL.into_iter().find(|i| i.name() == text).ok_or_else(|| {
            let names = PictureInput::ALL.map(PictureInput::name).join(", ");
            format!("there is no picture input called '{text}'; there are {names}")
        })
    }
}

/// The picture a network is shown, of the same size as `picture`. Limbs are a hundredth of the longer side wide, so that
/// they are still there at a network's size: bring the result to that size, not the photo before.
pub fn picture_input(input: PictureInput, picture: &RgbImage, people: &[Pose]) -> RgbImage {
    let mode = match input {
        PictureInput::Photo => return picture.clone(),
        PictureInput::Overlay => DrawMode::Overlay,
        PictureInput::Skeleton => DrawMode::Skeleton,
    };
    let half_width = (picture.width().max(picture.height()) as f32 / 200.0).max(1.0);
    draw_wide(picture, people, mode, half_width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::{Landmark, Skeleton};
    use image::Rgb;

    fn person(scale: f32) -> Pose {
        let mut landmarks = vec![Landmark::default(); 17];
        for (i, x, y) in [(5, 0.6, 0.2), (7, 0.6, 0.8)] {
            landmarks[i] = Landmark { x: x * scale, y: y * scale, z: 0.0, visibility: 0.9, presence: 0.9 };
        }
        let side = scale as u32;
        Pose { skeleton: Skeleton::Coco17, width: side, height: side, score: 1.0, landmarks, world: Vec::new() }
    }

    #[test]
    fn the_three_inputs_show_what_they_say() {
        let photo = RgbImage::from_pixel(400, 400, Rgb([9, 20, 30]));
        let people = [person(400.0)];
        let show = |input| picture_input(input, &photo, &people);
        assert_eq!(show(PictureInput::Photo), photo);
        let (overlay, skeleton) = (show(PictureInput::Overlay), show(PictureInput::Skeleton));
        assert_eq!(*overlay.get_pixel(10, 10), Rgb([9, 20, 30]));
        assert_eq!(*skeleton.get_pixel(10, 10), Rgb([0, 0, 0]));
        assert_eq!(overlay.get_pixel(240, 200), skeleton.get_pixel(240, 200));
        assert!(skeleton.get_pixel(240, 200)[0] > 200);
        assert_eq!(picture_input(PictureInput::Skeleton, &photo, &[]), RgbImage::new(400, 400));
    }

    #[test]
    fn limbs_keep_their_share_of_the_picture() {
        let width_at = |side: u32| {
            let drawn = picture_input(PictureInput::Skeleton, &RgbImage::new(side, side), &[person(side as f32)]);
            (0..side).filter(|x| drawn.get_pixel(*x, side / 2)[0] > 0).count() as f32 / side as f32
        };
        assert!((width_at(1600) - width_at(400)).abs() < 0.004, "{} {}", width_at(1600), width_at(400));
    }

    #[test]
    fn names_read_back() {
        for input in PictureInput::ALL {
            assert_eq!(input.name().parse(), Ok(input));
            assert_eq!(serde_json::to_string(&input).unwrap(), format!("\"{input}\""));
        }
        assert!("bones".parse::<PictureInput>().unwrap_err().contains("photo, overlay, skeleton"));
    }
}
