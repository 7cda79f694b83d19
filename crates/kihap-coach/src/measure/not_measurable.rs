//! Why a quantity cannot be told.

use serde::Serialize;

/// Why a quantity cannot be told from what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotMeasurable {
    /// It is about time or about a way, and there is one frame.
    #[error("one frame cannot tell it: it needs the frames before")]
    OneFrame,
    /// It is about the acting limb, and none was named.
    #[error("it is about the acting limb, and which limb acts was not said")]
    NoActingLimb,
    /// It is about the front or the rear leg, and neither foot leads.
    #[error("it is about the leg in front, and neither foot is in front")]
    NoLeadingLeg,
    /// No point of the skeleton shows it (the shape of a hand, the toes).
    #[error("no point of the skeleton shows it")]
    NoSuchPoint,
    /// The height of the floor is not known.
    #[error("the height of the floor is not known")]
    NoFloor,
    /// The points lie on each other, so that an angle or a length between them means nothing.
    #[error("its points lie on each other")]
    Degenerate,
    /// What it counts did not happen in the frames there are.
    #[error("it does not happen in the frames there are")]
    DoesNotHappen,
}
