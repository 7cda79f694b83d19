//! How far a picture may be changed.

use serde::{Deserialize, Serialize};

/// What is put where a moved picture leaves a gap.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fill {
    /// The nearest pixel of the edge (`aaa|abcd|ddd`), Keras' `nearest`.
    #[default]
    Nearest,
    /// The picture mirrored at its edge (`cba|abcd|dcb`), Keras' `reflect`.
    Reflect,
    /// One grey value 0..=255, Keras' `constant` with `cval`.
    Constant(f32),
}

/// Random erasing (Zhong et al.: Random Erasing Data Augmentation, 2017): a rectangle becomes noise, so that a network
/// cannot lean on one detail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Erasing {
    /// How often a picture has a rectangle erased, 0..=1.
    pub probability: f64,
    /// Smallest and largest share of the picture's area, each over 0 and under 1.
    pub area: [f64; 2],
    /// Smallest ratio of the rectangle's sides, over 0 and at most 1; the largest is its inverse.
    pub aspect: f64,
}

impl Default for Erasing {
    /// The paper's values for classification: half of the pictures, 2 to 40 % of the area, ratios from 0.3.
    fn default() -> Erasing {
        Erasing { probability: 0.5, area: [0.02, 0.4], aspect: 0.3 }
    }
}

/// How far pictures are changed at random. Ranges are drawn from evenly; the default changes nothing.
///
/// The geometry is that of Keras' `ImageDataGenerator` (Keras 3.15, `apply_affine_transform`): what is wanted at (x, y) is
/// read at rotation · shift · shear · zoom of it about the picture's centre, bilinearly. Two differences: a width shift
/// goes sideways and a height shift up and down (Keras 3.15 has them the other way round), and the centre of a
/// picture that isn't square is its centre. Neither shows on squares with equal shifts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PictureAugmentation {
    /// Turned by up to so many degrees either way, 0..=180.
    pub rotation_degrees: f64,
    /// Moved sideways by up to this share of the width either way, 0..=1.
    pub width_shift: f64,
    /// Moved up or down by up to this share of the height, 0..=1.
    pub height_shift: f64,
    /// Sheared by up to so many degrees either way, 0..90. Keras' `shear_range` is in degrees too: the 0.2 of the 2022
    /// project and of Keras' own tutorials is a fifth of a degree, which is nearly nothing.
    pub shear_degrees: f64,
    /// Smallest and largest zoom, each side drawn for itself; under 1 magnifies, over 1 shows more than the picture.
    pub zoom: [f64; 2],
    /// Mirrored left to right half of the time. Wrong for classes that tell left from right.
    pub horizontal_flip: bool,
    /// Mirrored upside down half of the time.
    pub vertical_flip: bool,
    /// Smallest and largest factor on every value; 1 leaves it.
    pub brightness: [f64; 2],
    /// Smallest and largest factor on the distance from the picture's mean luminance; 1 leaves it.
    pub contrast: [f64; 2],
    /// Smallest and largest factor on the distance from grey; 0 is grey, 1 leaves it.
    pub saturation: [f64; 2],
    /// Hue turned by up to so many degrees either way (rotation in YIQ space), 0..=180.
    pub hue_degrees: f64,
    /// A rectangle erased, where asked for.
    pub erase: Option<Erasing>,
    /// What fills the gaps.
    pub fill: Fill,
}

impl Default for PictureAugmentation {
    fn default() -> PictureAugmentation {
        PictureAugmentation::none()
    }
}

impl PictureAugmentation {
    /// Pictures stay as they are.
    pub const fn none() -> PictureAugmentation {
        PictureAugmentation {
            rotation_degrees: 0.0,
            width_shift: 0.0,
            height_shift: 0.0,
            shear_degrees: 0.0,
            zoom: [1.0; 2],
            horizontal_flip: false,
            vertical_flip: false,
            brightness: [1.0; 2],
            contrast: [1.0; 2],
            saturation: [1.0; 2],
            hue_degrees: 0.0,
            erase: None,
            fill: Fill::Nearest,
        }
    }

    /// What the 2022 project trained with: `ImageDataGenerator(rotation_range=40, width_shift_range=0.2,
    /// height_shift_range=0.2, shear_range=0.2, zoom_range=0.2, fill_mode='nearest')`. Its `rescale` belongs to the
    /// network's preprocessing.
    pub const fn keras_original() -> PictureAugmentation {
        PictureAugmentation {
            rotation_degrees: 40.0,
            width_shift: 0.2,
            height_shift: 0.2,
            shear_degrees: 0.2,
            zoom: [0.8, 1.2],
            ..PictureAugmentation::none()
        }
    }

    /// Whether no picture can come out changed.
    pub fn changes_nothing(&self) -> bool {
        let erases = self.erase.is_some_and(|e| e.probability > 0.0);
        !erases && PictureAugmentation { erase: None, fill: Fill::Nearest, ..*self } == PictureAugmentation::none()
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// Names the first field that is not.
    pub fn validate(&self) -> Result<(), AugmentationError> {
        let within = |field, value: f64, low: f64, high: f64| {
            let fine = value >= low && value <= high;
            if fine { Ok(()) } else { Err(AugmentationError::Range { field, value, low, high }) }
        };
        let ordered = |field, [low, high]: [f64; 2]| {
            if low <= high { Ok(()) } else { Err(AugmentationError::Order { field, low, high }) }
        };
        within("rotation_degrees", self.rotation_degrees, 0.0, 180.0)?;
        within("width_shift", self.width_shift, 0.0, 1.0)?;
        within("height_shift", self.height_shift, 0.0, 1.0)?;
        within("shear_degrees", self.shear_degrees, 0.0, 89.0)?;
        within("hue_degrees", self.hue_degrees, 0.0, 180.0)?;
        for (field, pair, least) in [
            ("zoom", self.zoom, 0.01),
            ("brightness", self.brightness, 0.0),
            ("contrast", self.contrast, 0.0),
            ("saturation", self.saturation, 0.0),
        ] {
            within(field, pair[0], least, 100.0)?;
            within(field, pair[1], least, 100.0)?;
            ordered(field, pair)?;
        }
        if let Fill::Constant(value) = self.fill {
            within("fill", f64::from(value), 0.0, 255.0)?;
        }
        if let Some(erase) = &self.erase {
            within("erase.probability", erase.probability, 0.0, 1.0)?;
            within("erase.area", erase.area[0], 0.0001, 0.99)?;
            within("erase.area", erase.area[1], 0.0001, 0.99)?;
            ordered("erase.area", erase.area)?;
            within("erase.aspect", erase.aspect, 0.01, 1.0)?;
        }
        Ok(())
    }
}

/// A setting of [`PictureAugmentation`] that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AugmentationError {
    /// Outside of its range.
    #[error("augmentation: {field} is {value}; choose a number from {low} to {high}")]
    Range {
        /// The field.
        field: &'static str,
        /// What it is.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
    /// The smaller number comes second.
    #[error("augmentation: {field} is [{low}, {high}]; give the smaller number first")]
    Order {
        /// The field.
        field: &'static str,
        /// The first number.
        low: f64,
        /// The second number.
        high: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_gives_what_is_not_named_its_default_and_refuses_unknown_names() {
        let read = |text| toml::from_str::<PictureAugmentation>(text);
        assert_eq!(read("").unwrap(), PictureAugmentation::none());
        let some = read("rotation_degrees = 10\nfill = { constant = 127 }\nerase = { probability = 0.25 }").unwrap();
        assert_eq!(some.rotation_degrees, 10.0);
        assert_eq!(some.fill, Fill::Constant(127.0));
        assert_eq!(some.erase, Some(Erasing { probability: 0.25, ..Erasing::default() }));
        assert!(read("rotation = 10").is_err());
        let original = PictureAugmentation::keras_original();
        assert_eq!(read(&toml::to_string(&original).unwrap()).unwrap(), original);
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        assert_eq!(PictureAugmentation::keras_original().validate(), Ok(()));
        let bad = PictureAugmentation { zoom: [1.2, 0.8], ..PictureAugmentation::none() };
        assert_eq!(
            bad.validate().unwrap_err().to_string(),
            "augmentation: zoom is [1.2, 0.8]; give the smaller number first"
        );
        let bad = PictureAugmentation { rotation_degrees: f64::NAN, ..PictureAugmentation::none() };
        assert!(bad.validate().unwrap_err().to_string().contains("rotation_degrees is NaN"));
        let erase = Some(Erasing { probability: 2.0, ..Erasing::default() });
        assert!(PictureAugmentation { erase, ..PictureAugmentation::none() }.validate().is_err());
    }

    #[test]
    fn it_is_known_when_nothing_changes() {
        let none = PictureAugmentation::none();
        assert!(PictureAugmentation { fill: Fill::Reflect, ..none }.changes_nothing());
        assert!(!PictureAugmentation { horizontal_flip: true, ..none }.changes_nothing());
        assert!(!PictureAugmentation { erase: Some(Erasing::default()), ..none }.changes_nothing());
    }
}
