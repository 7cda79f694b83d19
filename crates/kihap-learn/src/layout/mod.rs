//! From examples to the numbers a network reads.

pub(crate) mod clip;
mod joints;
mod picture;
mod rows;
mod sequence;

pub use joints::JointsLayout;
pub use picture::PictureLayout;
pub use rows::{FeatureLayout, Standardiser};
pub use sequence::SequenceLayout;

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
    /// The joints of one skeleton.
    Joints(JointsLayout),
    /// The skeletons of a clip.
    Sequence(SequenceLayout),
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
            InputKind::Joints => JointsLayout::of(entry.name, examples).map(Layout::Joints),
            InputKind::Sequence | InputKind::JointSequence => {
                SequenceLayout::of(entry.name, entry.input, examples).map(Layout::Sequence)
            }
        }
    }

    /// What the network reads.
    pub fn input(&self) -> InputKind {
        match self {
            Layout::Rows(layout) => layout.input,
            Layout::Picture(_) => InputKind::Picture,
            Layout::Joints(_) => InputKind::Joints,
            Layout::Sequence(layout) => layout.input(),
        }
    }

    /// Shape of one example's numbers.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Layout::Rows(layout) => vec![layout.width()],
            Layout::Picture(layout) => vec![3, layout.preprocessing().side, layout.preprocessing().side],
            Layout::Joints(layout) => layout.shape(),
            Layout::Sequence(layout) => layout.shape(),
        }
    }

    /// Tells the builder of a network what there will be to read.
    pub(crate) fn tell(&self, settings: &mut Settings) {
        match self {
            Layout::Rows(layout) => settings.features = layout.width(),
            Layout::Picture(_) => {}
            Layout::Joints(layout) => layout.tell(settings),
            Layout::Sequence(layout) => layout.tell(settings),
        }
    }

    /// Numbers of one example.
    pub fn width(&self) -> usize {
        self.shape().iter().product()
    }

    /// In how many ways a trained network sees an example; the first is the plain one.
    pub fn views(&self) -> usize {
        match self {
            Layout::Sequence(_) => SequenceLayout::VIEWS,
            Layout::Rows(_) | Layout::Picture(_) | Layout::Joints(_) => 1,
        }
    }

    /// Whether this program computes features by the formulas this layout was made with.
    pub(crate) fn is_current(&self) -> bool {
        match self {
            Layout::Rows(layout) => layout.is_current(),
            Layout::Sequence(layout) => layout.is_current(),
            Layout::Picture(_) | Layout::Joints(_) => true,
        }
    }

    /// What a network is given of an example, before standardising, in the way `view` of [`Layout::views`].
    ///
    /// # Errors
    /// An example without what the network reads, or with another number of features.
    pub fn numbers(&self, example: &Example, view: usize) -> Result<Vec<f32>, LearnError> {
        let mut numbers = vec![0.0; self.width()];
        self.write(&mut numbers, 0, example, None, view)?;
        Ok(numbers)
    }

    /// Writes an example's numbers, varied where asked for, else in the way `view` of [`Layout::views`]; `index` names the
    /// example in errors.
    pub(crate) fn write(
        &self,
        out: &mut [f32],
        index: usize,
        example: &Example,
        variation: Option<Variation<'_>>,
        view: usize,
    ) -> Result<(), LearnError> {
        match self {
            Layout::Rows(layout) => layout.write_varied(out, index, example, variation),
            Layout::Picture(layout) => layout.write(out, index, example, variation),
            Layout::Joints(layout) => {
                layout.write(out, example, variation);
                Ok(())
            }
            Layout::Sequence(layout) => layout.write(out, index, example, variation, view),
        }
    }

    /// Whether `options` change what an example's numbers are from epoch to epoch, the mirror apart.
    pub(crate) fn varies(&self, options: &TrainOptions) -> bool {
        match self {
            Layout::Rows(layout) => options.augmentation.moves_joints() && layout.input.reads_landmarks(),
            Layout::Joints(_) => options.augmentation.moves_joints(),
            Layout::Sequence(_) => options.augmentation.moves_joints() || options.augmentation.bends_time(),
            Layout::Picture(_) => !options.picture_augmentation.changes_nothing(),
        }
    }
}
