//! Pictures as a network's input.

use kihap_vision::{
    augment::{AugmentationDraw, Layout as ChannelOrder},
    backbone::{Fit, Preprocessing},
};
use serde::{Deserialize, Serialize};

use super::Variation;
use crate::{blueprint::Blueprint, error::LearnError, example::Example};

/// How a picture becomes numbers: `[3, side, side]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureLayout {
    picture: Preprocessing,
}

// Preprocessing holds only finite numbers of the zoo's own constants.
impl Eq for PictureLayout {}

impl PictureLayout {
    /// As the network's own description asks for.
    pub(crate) fn of(blueprint: &Blueprint) -> Result<PictureLayout, LearnError> {
        let graph = blueprint.graph_of_pictures(2)?;
        let own = graph.input.preprocessing;
        let picture = own.unwrap_or(Preprocessing {
            side: graph.input.shape[1],
            fit: Fit::Stretch,
            mean: [127.5; 3],
            scale: [127.5; 3],
        });
        Ok(PictureLayout { picture })
    }

    /// What the network wants to be fed with.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.picture
    }

    pub(crate) fn write(
        &self,
        out: &mut [f32],
        index: usize,
        example: &Example,
        variation: Option<Variation<'_>>,
    ) -> Result<(), LearnError> {
        let missing = || LearnError::MissingInput { index, input: "picture" };
        let source = example.picture.as_ref().ok_or_else(missing)?;
        let unreadable = |problem: String| LearnError::UnreadablePicture { index, problem };
        let picture = source.picture(&self.picture).map_err(unreadable)?;
        let side = self.picture.side as u32;
        if picture.dimensions() != (side, side) {
            return Err(unreadable(format!("it is {:?} pixels where {side}×{side} are needed", picture.dimensions())));
        }
        let mut draw = AugmentationDraw::IDENTITY;
        if let Some(variation) = variation {
            draw = variation.options.picture_augmentation.draw(variation.rng);
            draw.horizontal_flip ^= variation.mirror;
        }
        draw.apply(&picture, &self.picture, ChannelOrder::ChannelsFirst, out);
        Ok(())
    }
}
