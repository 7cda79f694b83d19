//! What set-up must have brought for a recipe to be trained.

use kihap_learn::LearnError;
use kihap_vision::estimators::EstimatorName;
use kihap_vision::weights::Network;
use kihap_zoo::networks::find;

use crate::error::Result;
use crate::recipe::{Freeze, Recipe};

/// Set-up's name of ONNX Runtime.
const RUNTIME: &str = "onnxruntime";

impl Recipe {
    /// Names of what must be installed, as set-up's record has them; empty where the recipe needs nothing.
    ///
    /// # Errors
    /// A name that no network has.
    pub fn needs(&self) -> Result<Vec<&'static str>> {
        let input = find(&self.model).map_err(LearnError::from)?.input;
        let sees = input.reads_photo() || input.reads_pictures();
        let mut needs = Vec::new();
        if input.reads_landmarks() || (sees && self.input.needs_people()) {
            needs.extend(estimators(self.estimator).iter().map(|network| network.name()));
        }
        if input.reads_photo() {
            match self.backbone.as_str() {
                "efficientnet-lite0" => needs.push(Network::EfficientnetLite0.name()),
                "posenet" => needs.push(Network::Posenet.name()),
                // A folder of the user's own.
                _ => {}
            }
        }
        if input.reads_landmarks() || input.reads_photo() || self.freeze != Freeze::Nothing || !needs.is_empty() {
            needs.insert(0, RUNTIME);
        }
        Ok(needs)
    }
}

fn estimators(name: EstimatorName) -> &'static [Network] {
    match name {
        EstimatorName::BlazeposeLite => &[Network::BlazeposeDetector, Network::BlazeposeLite],
        EstimatorName::BlazeposeFull => &[Network::BlazeposeDetector, Network::BlazeposeFull],
        EstimatorName::BlazeposeHeavy => &[Network::BlazeposeDetector, Network::BlazeposeHeavy],
        EstimatorName::Posenet => &[Network::Posenet],
        EstimatorName::MovenetThunder => &[Network::MovenetThunder],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_vision::picture_input::PictureInput;

    #[test]
    fn what_a_network_reads_says_what_must_be_there() {
        let needs = |name: &str| Recipe::of(name).unwrap().needs().unwrap();
        assert_eq!(needs("landmark-mlp"), [RUNTIME, "blazepose-detector", "blazepose-full"]);
        assert_eq!(needs("photo-mlp"), [RUNTIME, "efficientnet-lite0"]);
        assert_eq!(needs("teachable-machine-pose"), [RUNTIME, "posenet"]);
        assert!(needs("catdog-cnn").is_empty());
        let drawn = Recipe { input: PictureInput::Skeleton, ..Recipe::of("catdog-cnn").unwrap() };
        assert_eq!(drawn.needs().unwrap(), [RUNTIME, "blazepose-detector", "blazepose-full"]);
    }
}
