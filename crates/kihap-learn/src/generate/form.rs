//! What the networks' numbers stand for.

use kihap_vision::Pose;
use kihap_zoo::networks::{DCGAN_SIDE, GanGraphs, GanSettings, dcgan, landmark_gan};
use serde::{Deserialize, Serialize};

use super::{
    body::BodySpace,
    options::{GanKind, GanOptions},
    picture,
};
use crate::error::LearnError;

/// How examples become numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    Landmarks(Box<BodySpace>),
    Pictures,
}

impl Form {
    pub(super) fn of(kind: GanKind, poses: &[&Pose]) -> Result<Form, LearnError> {
        match kind {
            GanKind::Landmarks => Ok(Form::Landmarks(Box::new(BodySpace::of(poses)?))),
            GanKind::Pictures => Ok(Form::Pictures),
        }
    }

    pub(super) fn graphs(&self, classes: usize, options: &GanOptions) -> Result<GanGraphs, LearnError> {
        let settings = GanSettings { classes, noise: options.noise, width: options.width };
        Ok(match self {
            Form::Landmarks(space) => landmark_gan(&settings, space.width())?,
            Form::Pictures => dcgan(&settings)?,
        })
    }

    /// The numbers that the discriminator sees of a skeleton.
    pub(super) fn numbers(&self, pose: &Pose) -> Vec<f32> {
        match self {
            Form::Landmarks(space) => space.numbers(pose),
            Form::Pictures => picture::numbers(pose),
        }
    }

    /// How many numbers an example has.
    pub(super) fn width(&self) -> usize {
        match self {
            Form::Landmarks(space) => space.width(),
            Form::Pictures => DCGAN_SIDE * DCGAN_SIDE,
        }
    }

    /// How many numbers tell the discriminator that an example is of a class, each.
    pub(super) fn flags(&self) -> usize {
        match self {
            Form::Landmarks(_) => 1,
            Form::Pictures => DCGAN_SIDE * DCGAN_SIDE,
        }
    }
}
