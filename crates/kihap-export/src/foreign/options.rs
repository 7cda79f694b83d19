//! What a user says of a file that does not say it itself.

use std::path::PathBuf;
use std::str::FromStr;

use kihap_vision::backbone::Fit;

/// The numbers a network expects for the values 0..=255 of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRange {
    /// 0 to 1: v / 255.
    ZeroToOne,
    /// −1 to 1: v / 127.5 − 1.
    MinusOneToOne,
    /// torchvision's: v / 255, less the mean of ImageNet's pictures, over their standard deviation.
    Imagenet,
    /// 0 to 255: v.
    Bytes,
}

impl ValueRange {
    /// All of them.
    pub const ALL: [ValueRange; 4] =
        [ValueRange::ZeroToOne, ValueRange::MinusOneToOne, ValueRange::Imagenet, ValueRange::Bytes];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ValueRange::ZeroToOne => "0..1",
            ValueRange::MinusOneToOne => "-1..1",
            ValueRange::Imagenet => "imagenet",
            ValueRange::Bytes => "0..255",
        }
    }

    /// What is subtracted from each of red, green and blue, and what divides the rest.
    pub fn mean_and_scale(self) -> ([f32; 3], [f32; 3]) {
        match self {
            ValueRange::ZeroToOne => ([0.0; 3], [255.0; 3]),
            ValueRange::MinusOneToOne => ([127.5; 3], [127.5; 3]),
            ValueRange::Imagenet => ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375]),
            ValueRange::Bytes => ([0.0; 3], [1.0; 3]),
        }
    }
}

impl FromStr for ValueRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        ValueRange::ALL.into_iter().find(|range| range.name() == text).ok_or_else(|| {
            let names = ValueRange::ALL.map(ValueRange::name).join(", ");
            format!("there is no range '{text}'; there are {names}")
        })
    }
}

/// What the user says of a classifier; where the file says it, the file is believed unless told otherwise here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForeignOptions {
    /// The numbers the network expects.
    pub range: Option<ValueRange>,
    /// How a picture becomes the network's rectangle.
    pub fit: Option<Fit>,
    /// A file with one class a line, in the network's order.
    pub labels: Option<PathBuf>,
}
