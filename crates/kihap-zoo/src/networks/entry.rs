//! What there is to know about a network of the zoo.

use kihap_vision::Skeleton;
use serde::{Deserialize, Serialize};

use crate::error::ZooError;
use crate::graph::Graph;

/// What a network reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Features of one skeleton, and a flag that a person was seen at all: `[features]`.
    Landmarks,
    /// The features a frozen image network gives: `[features]`.
    Photo,
    /// Photo features followed by those of the landmarks: `[features]`.
    Fusion,
    /// A picture: `[3, side, side]`.
    Picture,
    /// The joints of one skeleton: `[joints, channels]`.
    Joints,
    /// Features of a skeleton, step by step: `[steps, features]`.
    Sequence,
    /// The joints of a skeleton, step by step: `[channels, steps, joints]`.
    JointSequence,
}

impl InputKind {
    /// Whether a skeleton is read.
    pub fn reads_landmarks(self) -> bool {
        !matches!(self, InputKind::Photo | InputKind::Picture)
    }

    /// Whether features of a frozen image network are read.
    pub fn reads_photo(self) -> bool {
        matches!(self, InputKind::Photo | InputKind::Fusion)
    }

    /// Whether the pictures themselves are read.
    pub fn reads_pictures(self) -> bool {
        self == InputKind::Picture
    }

    /// Whether several frames in a row are read.
    pub fn reads_sequences(self) -> bool {
        matches!(self, InputKind::Sequence | InputKind::JointSequence)
    }

    /// The name used in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            InputKind::Landmarks => "landmarks",
            InputKind::Photo => "photo",
            InputKind::Fusion => "fusion",
            InputKind::Picture => "picture",
            InputKind::Joints => "joints",
            InputKind::Sequence => "sequence",
            InputKind::JointSequence => "joint-sequence",
        }
    }
}

/// What the builders of networks are told. Each network reads what concerns it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of classes, at least 2 (1 is allowed for a network with one output).
    pub classes: usize,
    /// Factor on the number of channels, as in the MobileNet papers; 1 is the published network.
    pub width: f32,
    /// Side of the pictures in pixels; `None` for the published one.
    pub side: Option<usize>,
    /// Features of a row or of a step.
    pub features: usize,
    /// Steps of a sequence.
    pub steps: usize,
    /// The joints, and the bones between them.
    pub skeleton: Skeleton,
    /// Channels of each joint.
    pub joint_channels: usize,
    /// Share of elements dropped in training, where it is not to be the network's own.
    pub dropout: Option<f32>,
}

impl Settings {
    /// For networks on pictures.
    pub fn pictures(classes: usize) -> Settings {
        Settings {
            classes,
            width: 1.0,
            side: None,
            features: 0,
            steps: 0,
            skeleton: Skeleton::Blazepose33,
            joint_channels: 0,
            dropout: None,
        }
    }

    /// For heads on rows of `features`.
    pub fn rows(classes: usize, features: usize) -> Settings {
        Settings { features, ..Settings::pictures(classes) }
    }
}

/// The number of weights that others state for a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The number.
    pub parameters: usize,
    /// Classes it was counted for.
    pub classes: usize,
    /// Whether running statistics of batch normalisation are counted, as Keras does.
    pub with_statistics: bool,
    /// Where it is stated.
    pub source: &'static str,
}

/// A network of the zoo.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Name on the command line.
    pub name: &'static str,
    /// What it reads.
    pub input: InputKind,
    /// What it is for, in one line.
    pub purpose: &'static str,
    /// Where it was published.
    pub paper: &'static str,
    /// The stated number of weights, where there is one.
    pub published: Option<Published>,
    /// The layer whose output is the feature vector that transfer learning keeps: what comes before the last dropout and
    /// the class scores. `None` where there is no such vector.
    pub features: Option<&'static str>,
    /// Makes its graph.
    pub build: fn(&Settings) -> Result<Graph, ZooError>,
}
