//! From examples to the numbers a network reads.

mod picture;
mod rows;

pub use picture::PictureLayout;
pub use rows::{FeatureLayout, Standardiser};

use kihap_zoo::networks::{InputKind, Settings};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::{blueprint::Blueprint, error::LearnError, example::Example, train::TrainOptions};

/// What a network's input consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Layout {
    /// A row of features.
    Rows(FeatureLayout),
    /// A picture.
    Picture(PictureLayout),
}

/// How an example is varied in training.
pub(crate) struct Variation<'a> {
    /// Whether it is seen in a mirror.
    pub(crate) mirror: bool,
    /// What may be changed, and how much.
    pub(crate) options: &'a TrainOptions,
    /// The source of chance.
    pub(crate) rng: &'a mut ChaCha8Rng,
}

impl Layout {
    /// The layout of the first usable examples.
    pub(crate) fn of(
        blueprint: &Blueprint,
        options: &TrainOptions,
        examples: &[Example],
    ) -> Result<Layout, LearnError> {
        let entry = blueprint.entry;
        match entry.input {
            InputKind::Landmarks | InputKind::Photo | InputKind::Fusion => {
                FeatureLayout::of(entry.name, entry.input, options.upper_body, examples).map(Layout::Rows)
            }
            InputKind::Picture => Ok(Layout::Picture(PictureLayout::of(blueprint)?)),
            InputKind::Joints | InputKind::Sequence | InputKind::JointSequence => {
                Err(LearnError::MissingInput { index: 0, input: entry.input.name() })
            }
        }
    }

    /// What the network reads.
    pub fn input(&self) -> InputKind {
        match self {
            Layout::Rows(layout) => layout.input,
            Layout::Picture(_) => InputKind::Picture,
        }
    }

    /// Shape of one example's numbers.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Layout::Rows(layout) => vec![layout.width()],
            Layout::Picture(layout) => vec![3, layout.preprocessing().side, layout.preprocessing().side],
        }
    }

    /// Tells the builder of a network what there will be to read.
    pub(crate) fn tell(&self, settings: &mut Settings) {
        if let Layout::Rows(layout) = self {
            settings.features = layout.width();
        }
    }

    /// Numbers of one example.
    pub fn width(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether this program computes features by the formulas this layout was made with.
    pub(crate) fn is_current(&self) -> bool {
        match self {
            Layout::Rows(layout) => layout.is_current(),
            Layout::Picture(_) => true,
        }
    }

    /// Writes an example's numbers, varied where asked for; `index` names the example in errors.
    pub(crate) fn write(
        &self,
        out: &mut [f32],
        index: usize,
        example: &Example,
        variation: Option<Variation<'_>>,
    ) -> Result<(), LearnError> {
        match self {
            Layout::Rows(layout) => layout.write_varied(out, index, example, variation),
            Layout::Picture(layout) => layout.write(out, index, example, variation),
        }
    }

    /// Whether `options` change what an example's numbers are from epoch to epoch, the mirror apart.
    pub(crate) fn varies(&self, options: &TrainOptions) -> bool {
        match self {
            Layout::Rows(layout) => options.augmentation.moves_joints() && layout.input.reads_landmarks(),
            Layout::Picture(_) => !options.picture_augmentation.changes_nothing(),
        }
    }
}
