//! The real examples that a generator learns from.

use kihap_vision::Pose;

use super::{form::Form, options::GanOptions};
use crate::{
    error::LearnError,
    example::{Class, Example, mirror_indices},
};

/// Real examples as numbers.
pub(super) struct Originals {
    pub(super) form: Form,
    /// For each class its examples.
    pub(super) classes: Vec<Vec<Vec<f32>>>,
}

impl Originals {
    /// All examples that show somebody, and their mirror images where asked for.
    pub(super) fn of(examples: &[Example], classes: &[Class], options: &GanOptions) -> Result<Originals, LearnError> {
        let plain = of_class(examples, classes)?;
        let poses = if options.mirror { mirrored_too(plain, classes)? } else { plain };
        if let Some(empty) = poses.iter().position(Vec::is_empty) {
            return Err(LearnError::EmptyClass { class: classes[empty].name.clone() });
        }
        let form = Form::of(options.kind, &poses.iter().flatten().collect::<Vec<_>>())?;
        let numbers = poses.iter().map(|poses| poses.iter().map(|pose| form.numbers(pose)).collect());
        Ok(Originals { classes: numbers.collect(), form })
    }
}

/// The skeletons of each class.
///
/// # Errors
/// Labels that no class has, and joints that are nowhere.
pub(super) fn of_class(examples: &[Example], classes: &[Class]) -> Result<Vec<Vec<Pose>>, LearnError> {
    let mut poses = vec![Vec::new(); classes.len()];
    for (index, example) in examples.iter().enumerate() {
        let label = example.label;
        let class = poses.get_mut(label).ok_or(LearnError::BadLabel { index, label, classes: classes.len() })?;
        let Some(pose) = &example.pose else { continue };
        let world = pose.world.iter().flatten().copied();
        let finite = pose.landmarks.iter().flat_map(|l| [l.x, l.y, l.z]).chain(world).all(f32::is_finite);
        if !finite {
            return Err(LearnError::NotFinite { index, what: "a landmark" });
        }
        class.push(pose.clone());
    }
    Ok(poses)
}

/// The skeletons of each class and the mirror images of those whose mirror class it is.
pub(super) fn mirrored_too(mut poses: Vec<Vec<Pose>>, classes: &[Class]) -> Result<Vec<Vec<Pose>>, LearnError> {
    let mirrored: Vec<Vec<Pose>> = poses.iter().map(|poses| poses.iter().map(Pose::mirrored).collect()).collect();
    for (mirror, more) in mirror_indices(classes)?.into_iter().zip(mirrored) {
        if let Some(label) = mirror {
            poses[label].extend(more);
        }
    }
    Ok(poses)
}
