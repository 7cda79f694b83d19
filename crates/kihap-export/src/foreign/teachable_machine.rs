//! What is special about Teachable Machine's exports: the labels, and how its clients prepare a picture.
//!
//! Facts from `@teachablemachine/image` 0.8.5 and `@teachablemachine/pose` 0.8.6. An image is cut to its centred square and
//! becomes v / 127 − 1; the network of a pose model reads PoseNet's maps, and PoseNet is not in the export.

use std::path::Path;

use kihap_convert::onnx::Inspected;
use kihap_vision::backbone::{Fit, Preprocessing};
use kihap_vision::posenet;
use serde_json::Value;

use super::classifier::{ForeignClassifier, ForeignInput, ForeignKind, Scores};
use super::error::ForeignError;
use super::package::Package;
use super::picture_tensor::PictureTensor;
use super::{labels, tfjs};

const METADATA: &str = "metadata.json";

/// `metadata.json` of an export.
pub(super) struct Metadata {
    labels: Vec<String>,
    name: Option<String>,
    side: Option<u64>,
    grey: bool,
    posenet: Option<Value>,
}

impl Metadata {
    /// The metadata beside `model`; `None` where there are none, or some that are not Teachable Machine's.
    pub(super) fn beside(package: &mut Package, model: &str) -> Result<Option<Metadata>, ForeignError> {
        let place = format!("{}{METADATA}", model.strip_suffix(tfjs::MODEL).unwrap_or_default());
        let there = package.find(METADATA).is_some_and(|found| found == place);
        if !there {
            return Ok(None);
        }
        let text = package.text(&place)?;
        let error = |problem: String| ForeignError::new(package.path(), problem);
        let value: Value =
            serde_json::from_str(&text).map_err(|e| error(format!("its {METADATA} is damaged ({e})")))?;
        Metadata::of(&value).map_err(|problem| error(format!("{METADATA}: {problem}")))
    }

    fn of(value: &Value) -> Result<Option<Metadata>, String> {
        if value.get("wordLabels").is_some() {
            return Err("it is an audio project; Kihap reads image and pose projects".into());
        }
        let Some(labels) = value.get("labels") else { return Ok(None) };
        Ok(Some(Metadata {
            labels: labels::from_json(labels)?,
            name: value.get("modelName").and_then(Value::as_str).map(str::to_owned),
            side: value.get("imageSize").and_then(Value::as_u64),
            grey: value.get("grayscale").and_then(Value::as_bool).unwrap_or(false),
            posenet: value.pointer("/modelSettings/posenet").cloned(),
        }))
    }

    /// What the network is shown; `shape` is that of its input, with the batch in front.
    pub(super) fn input(&self, shape: &[Option<usize>]) -> Result<ForeignInput, String> {
        match shape {
            &[_, Some(posenet::FEATURES)] => {
                self.usual_posenet()?;
                Ok(ForeignInput::PosenetFeatures)
            }
            &[_, Some(channels), Some(height), Some(width)] => {
                let Preprocessing { mean, scale, .. } = Preprocessing::TEACHABLE_MACHINE;
                let picture = tfjs::picture(channels, height, width, Fit::CentreCrop, mean, scale)?;
                self.same_size(&picture)?;
                Ok(ForeignInput::Picture(picture))
            }
            other => Err(format!(
                "its network reads {other:?}; Teachable Machine's image models read pictures and its pose models {} numbers",
                posenet::FEATURES
            )),
        }
    }

    fn same_size(&self, picture: &PictureTensor) -> Result<(), String> {
        let says = self.side.map_or((picture.width, picture.height), |side| (side as usize, side as usize));
        if says == (picture.width, picture.height) && self.grey == picture.grey {
            return Ok(());
        }
        Err(format!(
            "{METADATA} speaks of other pictures ({} pixels, grey: {}) than the network reads ({} × {}, grey: {})",
            says.0, self.grey, picture.width, picture.height, picture.grey
        ))
    }

    /// Other settings than the site's give other maps; the client takes these where one is left out.
    fn usual_posenet(&self) -> Result<(), String> {
        let Some(posenet) = &self.posenet else { return Ok(()) };
        let usual: [(&str, Value); 4] = [
            ("architecture", "MobileNetV1".into()),
            ("outputStride", 16.into()),
            ("inputResolution", 257.into()),
            ("multiplier", 0.75.into()),
        ];
        for (setting, value) in usual {
            let same = |found: &Value| *found == value || found.as_f64().is_some_and(|f| Some(f) == value.as_f64());
            match posenet.get(setting) {
                Some(found) if !same(found) => {
                    return Err(format!("its PoseNet has {setting} {found}; {value} can be run"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The whole classifier with its network, which gives one list of numbers.
    pub(super) fn classifier(
        self,
        path: &Path,
        input: ForeignInput,
        network: Vec<u8>,
        seen: &Inspected,
    ) -> Result<ForeignClassifier, String> {
        let output = seen.outputs.first().ok_or("its network gives nothing")?;
        let classes = output.shape.last().copied().flatten().unwrap_or_default();
        if self.labels.len() != classes {
            return Err(format!(
                "{METADATA} names {} classes, but the network tells {classes} apart",
                self.labels.len()
            ));
        }
        let kind = match input {
            ForeignInput::PosenetFeatures => ForeignKind::TeachableMachinePose,
            ForeignInput::Picture(_) | ForeignInput::Exported(_) => ForeignKind::TeachableMachineImage,
        };
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(ForeignClassifier {
            kind,
            name: self.name.or(stem).unwrap_or_default(),
            labels: self.labels,
            input,
            scores: Scores::Probabilities,
            threshold: 0.0,
            parameters: seen.parameters,
            network,
            output: output.name.clone(),
            warnings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn metadata(value: Value) -> Metadata {
        Metadata::of(&value).unwrap().unwrap()
    }

    #[test]
    fn metadata_of_2019_and_later_are_read() {
        let old =
            metadata(json!({"tfjsVersion": "1.1.2", "tmSupportVersion": "0.2.0", "labels": ["Class 1", "Class 2"]}));
        let input = old.input(&[None, Some(3), Some(224), Some(224)]).unwrap();
        let ForeignInput::Picture(picture) = input else { panic!("{input:?}") };
        assert_eq!((picture.fit, picture.mean[0], picture.scale[0]), (Fit::CentreCrop, 127.0, 127.0));
        let tiny = metadata(json!({"labels": ["a", "b"], "grayscale": true, "imageSize": 96}));
        assert!(tiny.input(&[None, Some(1), Some(96), Some(96)]).is_ok());
        assert!(tiny.input(&[None, Some(3), Some(96), Some(96)]).unwrap_err().contains("other pictures"));
        let pose =
            json!({"architecture": "MobileNetV1", "outputStride": 16, "inputResolution": 257, "multiplier": 0.75});
        let pose = metadata(json!({"labels": ["a", "b"], "modelSettings": {"posenet": pose}}));
        assert_eq!(pose.input(&[None, Some(14739)]).unwrap(), ForeignInput::PosenetFeatures);
    }

    #[test]
    fn what_cannot_be_run_is_told() {
        let other = metadata(json!({"labels": ["a", "b"], "modelSettings": {"posenet": {"outputStride": 8}}}));
        assert!(other.input(&[None, Some(14739)]).unwrap_err().contains("outputStride 8"));
        assert!(other.input(&[None, Some(99)]).is_err());
        assert!(Metadata::of(&json!({"wordLabels": ["a"]})).err().unwrap().contains("audio"));
        assert!(Metadata::of(&json!({"labels": ["a", "a"]})).err().unwrap().contains("'a'"));
        assert!(Metadata::of(&json!({"labels": 7})).is_err());
        assert!(Metadata::of(&json!({"words": []})).unwrap().is_none());
    }
}
