//! Why a model cannot be had in a format.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What stands between a model and a format. As a sentence it also says what to do on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obstacle {
    /// It reads clips, and the page looks at single frames.
    Clips,
    /// Its joints are not BlazePose's, which alone are in the page.
    OtherJoints,
    /// It sees pictures with a skeleton drawn on them, which the page does not draw as Kihap does.
    DrawnInPage,
    /// It sees pictures with a skeleton drawn on them, which Teachable Machine's clients do not have.
    DrawnForClient {
        /// "overlay" or "skeleton".
        input: String,
    },
    /// It stands on photo features that Teachable Machine's clients cannot make.
    OtherFeatures {
        /// The backbone's name.
        backbone: String,
    },
    /// It reads what Teachable Machine's clients do not give.
    OtherInput {
        /// What it reads.
        input: String,
    },
    /// It averages the answers of several networks, behind which no temperature fits.
    Ensemble {
        /// How many.
        networks: usize,
    },
    /// Its estimator is not known.
    UnknownEstimator {
        /// What is wrong.
        problem: String,
    },
    /// Its skeleton lacks a joint.
    NoJoint {
        /// The joint.
        joint: String,
    },
    /// Its own parts do not fit together.
    Incomplete {
        /// What is missing.
        problem: String,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PAGE: &str =
            "train a landmark network on blazepose-full or a photo network, or use --to onnx in a page of your own";
        match self {
            Obstacle::Clips => write!(f, "it reads clips, and the page looks at single frames; {PAGE}"),
            Obstacle::OtherJoints => {
                write!(f, "its joints are not BlazePose's, which alone are in the page; {PAGE}")
            }
            Obstacle::DrawnInPage => write!(
                f,
                "it sees pictures with a skeleton drawn on them, which the page does not draw as Kihap does; {PAGE}"
            ),
            Obstacle::DrawnForClient { input } => {
                write!(f, "it sees pictures with a skeleton drawn on them ({input}); use --to onnx")
            }
            Obstacle::OtherFeatures { backbone } => write!(
                f,
                "it stands on the features of {backbone}, which the client cannot make; train it with --backbone \
                 FOLDER_OF_A_TEACHABLE_MACHINE_IMAGE_EXPORT, or use --to onnx"
            ),
            Obstacle::OtherInput { input } => write!(
                f,
                "it reads {input}, and the clients give a picture or PoseNet's maps; train teachable-machine-pose or \
                 photo-mlp --backbone posenet, or use --to onnx or web"
            ),
            Obstacle::Ensemble { networks } => write!(
                f,
                "it averages the answers of {networks} networks, behind which no temperature fits; train it with \
                 --members 1, or use --to onnx"
            ),
            Obstacle::UnknownEstimator { problem } => {
                write!(f, "{problem}; train it again with --estimator blazepose-full")
            }
            Obstacle::NoJoint { joint } => {
                write!(f, "the skeleton has no {joint}; train it on BlazePose's landmarks")
            }
            Obstacle::Incomplete { problem } => write!(f, "{problem}; train it again with this version"),
        }
    }
}
