//! Where the lines are drawn, and why there.

use serde::{Deserialize, Serialize};

use crate::curate::BodyPart;
use crate::split::NEAR_DISTANCE;

/// What counts as bad. Every limit can be changed; the defaults were set on 1079 photographs off the web and on frames
/// of 36 phone videos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CurationLimits {
    /// A picture less sharp than this is blurred (see [`crate::Measures::sharpness`]).
    ///
    /// 0.7: photographs that are in focus lie above 1.0; under a Gaussian blur of 3 pixels at 512 they fall to 0.4–0.6,
    /// when shaken by 12 to 20 pixels to 0.3–0.8.
    pub blur: f32,
    /// A picture is dark when 98 of 100 pixels are below this luma.
    ///
    /// 80: of a lit person before a black curtain, skin or uniform lies above; by the mean such pictures, which are
    /// good ones, would be dark.
    pub dark_highlight: f32,
    /// Persons found with less confidence than this do not count.
    pub person_score: f32,
    /// A second person counts from this fraction of the first one's height; people far behind do not disturb.
    pub second_person: f32,
    /// A joint is outside when it lies this fraction of the picture's longer side beyond its edge; less is within the
    /// error of the estimators.
    pub outside: f32,
    /// Body parts that must be inside the picture.
    pub required: Vec<BodyPart>,
    /// Pictures in different parts whose perceptual hashes differ in at most this many of 64 bits are leaks.
    ///
    /// 6: of such pairs of photographs off the web about half are copies of each other, the rest are much alike (one
    /// posture on a white ground); at 8 a fifth shows different postures. A leak too many costs nothing.
    pub near_distance: u32,
    /// Pictures of one class within this many bits are duplicates, one of which can go: stricter than a leak, since a
    /// picture is lost by it ...
    pub duplicate_distance: u32,
    /// ... and only while their postures, where known, are no further apart than this: before a fixed camera all
    /// pictures look alike to the hash. In units of the posture's own size (root mean square distance of the joints
    /// from their middle).
    pub duplicate_posture: f32,
    /// Neighbours asked whether a pose is mislabelled.
    pub neighbours: usize,
    /// A pose is an outlier only if at most this fraction of its neighbours has its label ...
    pub own_neighbours: f32,
    /// ... and it is further from its own class than the class's own poses are from each other: by this many times the
    /// robust standard deviation above the median.
    pub outlier_deviations: f32,
    /// Classes with fewer poses than this are too small to tell who is an outlier.
    pub smallest_class: usize,
}

impl Default for CurationLimits {
    fn default() -> CurationLimits {
        CurationLimits {
            blur: 0.7,
            dark_highlight: 80.0,
            person_score: 0.3,
            second_person: 0.5,
            outside: 0.02,
            required: BodyPart::ALL.to_vec(),
            near_distance: NEAR_DISTANCE,
            duplicate_distance: 4,
            duplicate_posture: 0.1,
            neighbours: 9,
            own_neighbours: 0.12,
            outlier_deviations: 2.0,
            smallest_class: 8,
        }
    }
}
