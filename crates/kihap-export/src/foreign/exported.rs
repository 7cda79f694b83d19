//! ONNX files that `kihap export` wrote: they say themselves what they are given.

use kihap_convert::onnx::{Inspected, Port};
use kihap_learn::model::FeatureSource;
use kihap_vision::Skeleton;
use kihap_vision::estimators::EstimatorName;

use super::onnx::{BYTE, FLOAT};

/// What a file of `kihap export --to onnx` is given, by the names of its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedInput {
    /// It has `image`: bytes `[1, height, width, 3]` of a picture of any size.
    pub image: bool,
    /// It has `landmarks`: `[1, joints, channels]`, with the channels as [`crate::Reads`] tells them.
    pub joints: Option<(Skeleton, usize)>,
    /// Finds the people whose skeletons are given or drawn, with the settings that the model learnt from.
    pub estimator: Option<EstimatorName>,
    /// What the model learnt from; `picture` says what is drawn on a picture before it is given.
    pub source: FeatureSource,
    /// Whether it has learnt what nobody looks like; if not, the answer is withheld where nobody is seen.
    pub knows_nobody: bool,
}

impl ExportedInput {
    /// Reads what the file says; `None`: Kihap did not write it.
    ///
    /// # Errors
    /// What does not fit together, and clips, as a sentence.
    pub(super) fn of(seen: &Inspected) -> Result<Option<ExportedInput>, String> {
        if seen.metadata("kihap.input").is_none() {
            return Ok(None);
        }
        let features = seen.metadata("kihap.features").ok_or("it does not say what it learnt from; export it again")?;
        let source: FeatureSource =
            serde_json::from_str(features).map_err(|e| format!("its kihap.features is damaged ({e})"))?;
        let (mut image, mut joints) = (false, None);
        for input in &seen.inputs {
            match (input.name.as_str(), input.element) {
                ("image", BYTE) if input.shape.len() == 4 && input.shape[3] == Some(3) => image = true,
                ("landmarks", FLOAT) => joints = Some(joints_of(input)?),
                ("clip", _) => {
                    return Err(
                        "it reads clips as Kihap prepares them, which pictures are not; give the folder of the \
                                model it was exported from"
                            .into(),
                    );
                }
                (name, element) => {
                    return Err(format!(
                        "its input '{name}' of element type {element} is none that Kihap writes; export it again"
                    ));
                }
            }
        }
        let estimator = source.estimator.as_deref().map(EstimatorName::of_settings).transpose();
        let estimator = estimator.map_err(|e| format!("its estimator: {e}"))?;
        if estimator.is_none() && (joints.is_some() || source.picture.needs_people()) {
            return Err("it does not say whose landmarks it reads; export it again".into());
        }
        let knows_nobody = seen.metadata("kihap.knows_nobody") == Some("true");
        Ok(Some(ExportedInput { image, joints, estimator, source, knows_nobody }))
    }
}

fn joints_of(input: &Port) -> Result<(Skeleton, usize), String> {
    let skeletons = [Skeleton::Blazepose33, Skeleton::Coco17];
    let &[_, Some(joints), Some(channels @ 2..=4)] = input.shape.as_slice() else {
        return Err(format!("its input 'landmarks' has the shape {:?}; [N, joints, 2 to 4] can be given", input.shape));
    };
    let skeleton = skeletons.into_iter().find(|skeleton| skeleton.names().len() == joints);
    let skeleton = skeleton
        .ok_or_else(|| format!("it reads {joints} joints; estimators give 33 (BlazePose) or 17 (PoseNet, MoveNet)"))?;
    Ok((skeleton, channels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(inputs: &[(&str, i32, &[Option<usize>])], features: Option<&str>) -> Inspected {
        let port = |(name, element, shape): &(&str, i32, &[Option<usize>])| Port {
            name: (*name).to_owned(),
            element: *element,
            shape: shape.to_vec(),
        };
        let mut metadata = vec![("kihap.input".to_owned(), "[]".to_owned())];
        metadata.extend(features.map(|f| ("kihap.features".to_owned(), f.to_owned())));
        Inspected {
            producer: String::new(),
            opset: 18,
            inputs: inputs.iter().map(port).collect(),
            outputs: Vec::new(),
            makers: Vec::new(),
            metadata,
            parameters: 0,
        }
    }

    const FEATURES: &str = r#"{"estimator":"blazepose-full x","picture":"photo","preprocessing":""}"#;

    #[test]
    fn a_fusion_file_is_given_both() {
        let inputs: [(&str, i32, &[Option<usize>]); 2] =
            [("image", BYTE, &[None, None, None, Some(3)]), ("landmarks", FLOAT, &[None, Some(33), Some(3)])];
        let found = ExportedInput::of(&seen(&inputs, Some(FEATURES))).unwrap().unwrap();
        assert!(found.image && !found.knows_nobody);
        assert_eq!(found.joints, Some((Skeleton::Blazepose33, 3)));
        assert_eq!(found.estimator, Some(EstimatorName::BlazeposeFull));
    }

    #[test]
    fn what_does_not_fit_is_a_sentence() {
        let joints: [(&str, i32, &[Option<usize>]); 1] = [("landmarks", FLOAT, &[None, Some(20), Some(3)])];
        let clip: [(&str, i32, &[Option<usize>]); 1] = [("clip", FLOAT, &[None])];
        let other: [(&str, i32, &[Option<usize>]); 1] = [("x", FLOAT, &[None])];
        let fine: [(&str, i32, &[Option<usize>]); 1] = [("landmarks", FLOAT, &[None, Some(33), Some(3)])];
        for (inputs, features, word) in [
            (&joints[..], Some(FEATURES), "20 joints"),
            (&clip[..], Some(FEATURES), "clips"),
            (&other[..], Some(FEATURES), "'x'"),
            (&fine[..], None, "export it again"),
            (&fine[..], Some("{"), "damaged"),
            (&fine[..], Some(r#"{"picture":"photo","preprocessing":""}"#), "whose landmarks"),
            (&fine[..], Some(r#"{"estimator":"nobody","preprocessing":""}"#), "estimator"),
        ] {
            let problem = ExportedInput::of(&seen(inputs, features)).unwrap_err();
            assert!(problem.contains(word), "{word}: {problem}");
        }
    }
}
