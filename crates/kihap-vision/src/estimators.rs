//! The pose estimators by name, as commands and model folders call them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::PoseEstimator;
use crate::blazepose::{BlazePose, Complexity};
use crate::error::Result;
use crate::movenet::MovenetThunder;
use crate::posenet::Posenet;

/// A pose estimator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EstimatorName {
    /// BlazePose with the lite landmark network.
    BlazeposeLite,
    /// BlazePose with the full landmark network.
    #[default]
    BlazeposeFull,
    /// BlazePose with the heavy landmark network.
    BlazeposeHeavy,
    /// PoseNet as Teachable Machine uses it.
    Posenet,
    /// MoveNet Thunder.
    MovenetThunder,
}

impl EstimatorName {
    /// All of them.
    pub const ALL: [EstimatorName; 5] = [
        EstimatorName::BlazeposeFull,
        EstimatorName::BlazeposeLite,
        EstimatorName::BlazeposeHeavy,
        EstimatorName::Posenet,
        EstimatorName::MovenetThunder,
    ];

    /// The name in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            EstimatorName::BlazeposeLite => "blazepose-lite",
            EstimatorName::BlazeposeFull => "blazepose-full",
            EstimatorName::BlazeposeHeavy => "blazepose-heavy",
            EstimatorName::Posenet => "posenet",
            EstimatorName::MovenetThunder => "movenet-thunder",
        }
    }

    /// The estimator whose settings ([`PoseEstimator::settings`]) these are: they begin with its name.
    ///
    /// # Errors
    /// A name that no estimator has; the text lists them.
    pub fn of_settings(settings: &str) -> std::result::Result<EstimatorName, String> {
        settings.split(' ').next().unwrap_or_default().parse()
    }

    /// BlazePose's variant, where it is one.
    pub fn blazepose(self) -> Option<Complexity> {
        match self {
            EstimatorName::BlazeposeLite => Some(Complexity::Lite),
            EstimatorName::BlazeposeFull => Some(Complexity::Full),
            EstimatorName::BlazeposeHeavy => Some(Complexity::Heavy),
            EstimatorName::Posenet | EstimatorName::MovenetThunder => None,
        }
    }

    /// Loads it from the cache folder. `max_people` bounds the people BlazePose gives joints for.
    ///
    /// # Errors
    /// When the runtime or a network is missing (the text says what to do) or damaged.
    pub fn open(self, max_people: usize) -> Result<Box<dyn PoseEstimator + Send>> {
        Ok(match self {
            EstimatorName::Posenet => Box::new(Posenet::open()?),
            EstimatorName::MovenetThunder => Box::new(MovenetThunder::open()?),
            _ => Box::new(BlazePose::open(self.blazepose().unwrap_or_default(), max_people)?),
        })
    }
}

impl fmt::Display for EstimatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for EstimatorName {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        EstimatorName::ALL.into_iter().find(|e| e.name() == text).ok_or_else(|| {
            let names: Vec<&str> = EstimatorName::ALL.iter().map(|e| e.name()).collect();
            format!("there is no pose estimator called '{text}'; there are {}", names.join(", "))
        })
    }
}
