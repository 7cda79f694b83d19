//! What is learnt from: labelled examples and the classes they belong to.

use std::{collections::HashMap, sync::Arc};

use kihap_vision::{Pose, backbone::Preprocessing, image::RgbImage};
use serde::{Deserialize, Serialize};

use crate::error::LearnError;

/// Where a network on pictures gets one from.
pub trait PictureSource: std::fmt::Debug + Send + Sync {
    /// The picture, upright, cut and brought to the size that `wanted` asks for.
    ///
    /// # Errors
    /// Why it cannot be read, as a sentence.
    fn picture(&self, wanted: &Preprocessing) -> Result<Arc<RgbImage>, String>;
}

/// One picture, frame or clip, as a network sees it.
#[derive(Debug, Clone)]
pub struct Example {
    /// The person's skeleton; `None` when nobody was found.
    pub pose: Option<Pose>,
    /// Features of the picture by a frozen image network; needed by heads that read photos.
    pub photo: Option<Vec<f32>>,
    /// The same for the mirrored picture; without it, mirror augmentation leaves this example's photo alone.
    pub mirrored_photo: Option<Vec<f32>>,
    /// The picture itself; needed by networks that read pictures.
    pub picture: Option<Arc<dyn PictureSource>>,
    /// The skeletons of a clip, frame by frame (`None` where nobody was found); needed by networks that read sequences.
    pub frames: Option<Arc<Vec<Option<Pose>>>>,
    /// Index of its class.
    pub label: usize,
    /// How much it counts in training, 1 as a rule, 0 for not at all.
    pub weight: f32,
}

impl Example {
    /// An example of which nothing is known but its class.
    pub fn empty(label: usize) -> Example {
        Example { pose: None, photo: None, mirrored_photo: None, picture: None, frames: None, label, weight: 1.0 }
    }

    /// An example known by its picture only.
    pub fn from_picture(picture: Arc<dyn PictureSource>, label: usize) -> Example {
        Example { picture: Some(picture), ..Example::empty(label) }
    }

    /// An example known by the skeletons of its frames only.
    pub fn from_frames(frames: Vec<Option<Pose>>, label: usize) -> Example {
        Example { frames: Some(Arc::new(frames)), ..Example::empty(label) }
    }

    /// Whether no skeleton was found: neither in the picture nor in any frame.
    pub fn shows_nobody(&self) -> bool {
        match &self.frames {
            Some(frames) => frames.iter().all(Option::is_none),
            None => self.pose.is_none(),
        }
    }

    /// An example known by its skeleton only.
    pub fn from_pose(pose: Option<Pose>, label: usize) -> Example {
        Example { pose, ..Example::empty(label) }
    }

    /// An example known by its photo features only.
    pub fn from_photo(photo: Vec<f32>, label: usize) -> Example {
        Example { photo: Some(photo), ..Example::empty(label) }
    }
}

/// A class a model tells apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its name, as given by the user (any script).
    pub name: String,
    /// Name of the class that a mirrored example of this one belongs to: the other side's class, or the class itself
    /// where left and right do not differ. `None`: examples of this class are never mirrored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
}

impl Class {
    /// A class whose examples are never mirrored.
    pub fn new(name: impl Into<String>) -> Class {
        Class { name: name.into(), mirror: None }
    }

    /// A class that looks the same in a mirror.
    pub fn symmetric(name: impl Into<String>) -> Class {
        let name = name.into();
        Class { mirror: Some(name.clone()), name }
    }

    /// A class whose mirror image is the class `mirror`.
    pub fn mirrored_by(name: impl Into<String>, mirror: impl Into<String>) -> Class {
        Class { name: name.into(), mirror: Some(mirror.into()) }
    }
}

/// For each class the index of its mirror class.
///
/// # Errors
/// Names that are listed twice, partners that do not exist, and partners that do not name the class in turn.
pub(crate) fn mirror_indices(classes: &[Class]) -> Result<Vec<Option<usize>>, LearnError> {
    let mut indices = HashMap::new();
    for (index, class) in classes.iter().enumerate() {
        if indices.insert(class.name.as_str(), index).is_some() {
            return Err(LearnError::DuplicateClass { class: class.name.clone() });
        }
    }
    classes
        .iter()
        .map(|class| {
            let Some(mirror) = &class.mirror else { return Ok(None) };
            let bad = |problem| LearnError::BadMirror { class: class.name.clone(), mirror: mirror.clone(), problem };
            let index = *indices.get(mirror.as_str()).ok_or_else(|| bad("which is not a class"))?;
            if classes[index].mirror.as_deref() != Some(class.name.as_str()) {
                return Err(bad("which does not name it in turn"));
            }
            Ok(Some(index))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirror_partners_are_found_and_must_agree() {
        let classes = [
            Class::mirrored_by("왼막기", "오른막기"),
            Class::mirrored_by("오른막기", "왼막기"),
            Class::symmetric("ready"),
            Class::new("other"),
        ];
        assert_eq!(mirror_indices(&classes).unwrap(), [Some(1), Some(0), Some(2), None]);
        let one_sided = [Class::mirrored_by("a", "b"), Class::new("b")];
        assert!(mirror_indices(&one_sided).unwrap_err().to_string().contains("does not name it in turn"));
        let missing = [Class::mirrored_by("a", "c"), Class::new("b")];
        assert!(mirror_indices(&missing).unwrap_err().to_string().contains("not a class"));
        let twice = [Class::new("a"), Class::new("a")];
        assert!(matches!(mirror_indices(&twice), Err(LearnError::DuplicateClass { .. })));
    }
}
