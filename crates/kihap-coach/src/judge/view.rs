//! From where the performer is seen.

use kihap_syllabus::Quantity;
use serde::Serialize;

use crate::measure::Facing;

/// From where the performer is seen: by the angle between the facing direction and the way to the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Up to 25 degrees from the front.
    Front,
    /// 25 to 65 degrees.
    Oblique,
    /// 65 to 115 degrees.
    Side,
    /// 115 to 155 degrees.
    BackOblique,
    /// More.
    Back,
}

impl View {
    /// Whether a quantity lies along this view as a whole, so that nothing of it is seen but the estimator's guess of depth: the length
    /// of a stance from the front and from behind, its width and what is aside from the side. `lengthwise` says that the feet stand one
    /// before the other.
    pub(super) fn hides(self, quantity: Quantity, lengthwise: bool) -> bool {
        use Quantity as Q;
        let length = match quantity {
            Q::ToeHeelGapFeet | Q::OverallLengthFeet | Q::KneePastToe | Q::FrontShinTiltDeg => true,
            Q::AnkleDistanceSw | Q::ToeToToeFeet | Q::WeightFront => lengthwise,
            Q::FistToBellyFists | Q::GapToTrunkFists | Q::GapHandblades => true,
            _ => false,
        };
        let width = match quantity {
            Q::WidthFists | Q::FootGapFeet | Q::WristLateral | Q::KickPlaneYawDeg => true,
            Q::AnkleDistanceSw | Q::WeightFront => !lengthwise,
            _ => false,
        };
        match self {
            Self::Front | Self::Back | Self::BackOblique => length,
            Self::Side => width,
            Self::Oblique => false,
        }
    }

    /// The view of a facing direction in the camera's axes.
    pub fn of(facing: Facing) -> Self {
        match facing.from(Facing::AHEAD).abs() {
            angle if angle <= 25.0 => Self::Front,
            angle if angle <= 65.0 => Self::Oblique,
            angle if angle <= 115.0 => Self::Side,
            angle if angle <= 155.0 => Self::BackOblique,
            _ => Self::Back,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_seen_from_the_side_and_a_width_from_the_front() {
        assert!(
            View::Front.hides(Quantity::OverallLengthFeet, true)
                && !View::Side.hides(Quantity::OverallLengthFeet, true)
        );
        assert!(View::Side.hides(Quantity::WristLateral, true) && !View::Front.hides(Quantity::WristLateral, true));
        assert!(
            View::Side.hides(Quantity::AnkleDistanceSw, false) && !View::Side.hides(Quantity::AnkleDistanceSw, true)
        );
        assert!(!View::Side.hides(Quantity::ElbowDeg, true));
    }

    #[test]
    fn views_by_heading() {
        let view = |degrees| View::of(Facing::of_heading_deg(degrees));
        assert_eq!([view(0.0), view(340.0), view(45.0)], [View::Front, View::Front, View::Oblique]);
        assert_eq!(
            [view(90.0), view(270.0), view(140.0), view(180.0)],
            [View::Side, View::Side, View::BackOblique, View::Back]
        );
    }
}
